package wechat

import (
	"crypto/rand"
	"fmt"
	"strconv"
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
	if words == "" {
		return "text/plain; charset=utf-8", []byte("success")
	}
	xml := fmt.Sprintf("<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime><MsgType>%s</MsgType><Content>%s</Content></xml>",
		channel.CDATA(r.to), channel.CDATA(r.from), r.at.Unix(), channel.CDATA("text"), channel.CDATA(words))
	if r.seal == nil {
		return "application/xml; charset=utf-8", []byte(xml)
	}
	sealed, err := r.seal.Seal([]byte(xml))
	if err != nil { // the key opened the question
		return "text/plain; charset=utf-8", []byte("success")
	}
	stamp, nonce := strconv.FormatInt(r.at.Unix(), 10), rand.Text()[:16]
	signature := channel.Signature(r.seal.Token, stamp, nonce, sealed)
	out := fmt.Sprintf("<xml><Encrypt>%s</Encrypt><MsgSignature>%s</MsgSignature><TimeStamp>%s</TimeStamp><Nonce>%s</Nonce></xml>",
		channel.CDATA(sealed), channel.CDATA(signature), stamp, channel.CDATA(nonce))
	return "application/xml; charset=utf-8", []byte(out)
}
