package qq

import (
	"context"
	"hash/fnv"
	"net/url"
	"regexp"
	"strings"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
)

// maxText is the longest text we send, in bytes.
const maxText = 2000

// answer is what the platform says of a message.
type answer struct {
	fault
	ID string `json:"id"`
}

// The platform's codes that mean something to us.
const (
	codeLimit      = 22009    // so many messages are enough
	codeAudit      = 304023   // somebody at the platform reads it first
	codeAudit2     = 304024   // the same
	codeClosed     = 304103   // too late to reply
	codeNoReply    = 40034005 // too late to reply
	codeNoWord     = 40034024 // what is replied to is unknown, or too long ago
	codeOver       = 40034128 // too late to reply, or too often
	codeMuted      = 40054002
	codeNoMember   = 40054003
	codeNoFriend   = 40054004
	codeAgain      = 40054005 // name and number were used before
	codeNoLinks    = 40054010 // the address is not registered
	codeUnwelcome  = 40054013 // the person wants nothing of us
	codeSwitchedID = 40054016 // the bot is off
)

// Speak implements delivery.Voice: a reply to what was said last.
func (c *Client) Speak(ctx context.Context, s delivery.Speech) (workflow.SendResult, string) {
	line, err := c.Lines.Line(ctx, workflow.QQ)
	if err != nil || !line.Enabled {
		return workflow.SendResult{State: workflow.Queued, Reason: delivery.ChannelOff}, ""
	}
	words := c.words(s)
	got, err := c.say(ctx, line, s, words, s.Dedup)
	if err == nil && got.Code == codeNoLinks { // nobody has read it: once more, without addresses
		got, err = c.say(ctx, line, s, links.ReplaceAllString(words, c.Words.Words.Text(s.Mail.Locale, "chat.site")), s.Dedup+":plain")
	}
	r := result(err, got)
	news := workflow.ChannelNews{Out: r.State == workflow.Sent, Alive: r.State == workflow.Sent || personal(got.Code)}
	if !news.Alive {
		news.Error = r.Reason
	}
	c.News(ctx, news)
	return r, got.ID
}

var links = regexp.MustCompile(`https?://[^\s]+`)

// words are what is said. In a group everybody reads: no answer, no question.
func (c *Client) words(s delivery.Speech) string {
	switch {
	case s.Words != "":
		return s.Words
	case s.Room != "":
		s.Mail.Message = nil
	}
	return c.Words.Notice(s.Mail, maxText)
}

// say replies once. The number is made of the message's own name, so that the
// platform knows it again and the person reads it once.
func (c *Client) say(ctx context.Context, line channels.Line, s delivery.Speech, words, name string) (answer, error) {
	path := "/v2/users/" + url.PathEscape(string(s.Person)) + "/messages"
	if s.Room != "" {
		path = "/v2/groups/" + url.PathEscape(s.Room) + "/messages"
	}
	body := map[string]any{"content": words, "msg_type": 0, "msg_seq": number(name)}
	if id, ok := strings.CutPrefix(s.ReplyTo, eventName); ok {
		body["event_id"] = id
	} else {
		body["msg_id"] = s.ReplyTo
	}
	var got answer
	err := c.call(ctx, line, path, body, &got)
	return got, err
}

// number is the number of a message among the replies to one word: different
// for different messages, and the same for every attempt.
func number(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // it never fails
	return h.Sum32()>>1 | 1
}

// result is what became of a message. That its number was used says that an
// attempt before this one was taken, and not that somebody has read it.
func result(err error, got answer) workflow.SendResult {
	failed := func(reason string) workflow.SendResult {
		return workflow.SendResult{State: workflow.Failed, Reason: reason}
	}
	switch {
	case err != nil:
		return channel.Unsent(err)
	case refused(got.Code):
		return workflow.SendResult{State: workflow.Queued, Reason: channel.TokenFault}
	}
	switch got.Code {
	case 0:
		if got.ID == "" {
			return failed(channel.Refused)
		}
		return workflow.SendResult{State: workflow.Sent}
	case codeClosed, codeNoReply, codeNoWord, codeOver:
		return failed(delivery.WindowClosed)
	case codeLimit:
		return failed(delivery.UsedUp)
	case codeMuted, codeNoMember, codeNoFriend, codeUnwelcome:
		return failed(delivery.Unfollowed)
	case codeAgain, codeAudit, codeAudit2:
		return workflow.SendResult{State: workflow.Uncertain, Reason: delivery.NoAnswer}
	case codeSwitchedID:
		return failed(delivery.ChannelOff)
	}
	return failed(channel.Refused)
}

// personal reports whether a code is about one conversation and not about us.
func personal(code int) bool {
	switch code {
	case codeClosed, codeNoReply, codeNoWord, codeOver, codeLimit, codeMuted, codeNoMember, codeNoFriend, codeUnwelcome, codeAgain:
		return true
	}
	return false
}
