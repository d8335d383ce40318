package wechat

import (
	"time"

	"mailbox/handlers/channel"
)

// reply writes the answer to a callback: words for the person, in the same mode
// as they came, or "success", which says that there is nothing to say.
type reply struct {
	to, from string
	at       time.Time
	seal     *channel.Envelope // nil in plain mode
}

func (r reply) write(words string) (string, []byte) {
	nothing := channel.Plain(channel.Nothing)
	if words == "" {
		return nothing(words)
	}
	xml := channel.TextMessage(r.to, r.from, words, r.at)
	if r.seal == nil {
		return "application/xml; charset=utf-8", xml
	}
	out, err := r.seal.Answer(xml, r.at)
	if err != nil { // the key opened the question
		return nothing(words)
	}
	return "application/xml; charset=utf-8", out
}
