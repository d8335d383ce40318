// Package wecom is WeCom (企业微信): encrypted callbacks of a self-built app,
// its messages to members, cards that are to-dos for staff, and the link in a
// card that lets them in.
//
// Facts are from developer.work.weixin.qq.com/document: 90238 (callbacks and
// their encryption), 90239 (messages), 90240 (events), 90241 (answers), 90236
// (sending; text of at most 2048 bytes, a card's title of 128, its description of
// 512), 94867 (recall within 24 hours), 91022 and 91023 (OAuth2), 91039 (tokens),
// 90313 (codes).
package wecom

import (
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
)

// Adapter reads WeCom's callbacks.
type Adapter struct{}

var _ channel.Adapter = Adapter{}

// Channel implements channel.Adapter.
func (Adapter) Channel() workflow.Channel { return workflow.WeCom }

func envelope(line channels.Line) channel.Envelope {
	return channel.Envelope{Token: line.Secrets["token"], Key: line.Secrets["aes_key"], Owner: line.Config["corp_id"]}
}

// Open implements channel.Adapter. WeCom signs what it has encrypted: nothing is
// decrypted whose signature is wrong.
func (Adapter) Open(line channels.Line, c *channel.Callback) (channel.Received, error) {
	seconds, err := strconv.ParseInt(c.Query.Get("timestamp"), 10, 64)
	if err != nil || !c.Fresh(seconds) {
		return channel.Received{}, channel.ErrRefused
	}
	switch c.Method {
	case "GET":
		return checked(line, c)
	case "POST":
		return opened(line, c)
	}
	return channel.Received{}, channel.ErrRefused
}

// checked answers the check of the address: the words themselves, with nothing
// around them.
func checked(line channels.Line, c *channel.Callback) (channel.Received, error) {
	sealed := strings.ReplaceAll(c.Query.Get("echostr"), " ", "+") // as some send it
	plain, err := unseal(line, c, sealed)
	if err != nil {
		return channel.Received{}, err
	}
	return channel.Received{Answer: channel.Plain(string(plain))}, nil
}

func unseal(line channels.Line, c *channel.Callback, sealed string) ([]byte, error) {
	e := envelope(line)
	if !e.Signed(c.Query.Get("msg_signature"), c.Query.Get("timestamp"), c.Query.Get("nonce"), sealed) {
		return nil, channel.ErrRefused
	}
	return e.Open(sealed)
}

func opened(line channels.Line, c *channel.Callback) (channel.Received, error) {
	body, err := c.Body()
	if err != nil {
		return channel.Received{}, err
	}
	outer, err := channel.Fields(body)
	if err != nil {
		return channel.Received{}, err
	}
	raw, err := unseal(line, c, channel.One(outer, "Encrypt"))
	if err != nil {
		return channel.Received{}, err
	}
	inner, err := channel.Fields(raw)
	if err != nil || !addressed(line, inner) {
		return channel.Received{}, channel.ErrRefused
	}
	h, err := heard(line, inner)
	if err != nil {
		return channel.Received{}, err
	}
	h.Raw = raw
	r := reply{e: envelope(line), to: string(h.Person), at: c.Now}
	return channel.Received{Heard: h, Nonce: c.Query.Get("timestamp") + ":" + c.Query.Get("nonce"), Answer: r.write}, nil
}

// addressed reports whether the message is for our app of our corporation.
func addressed(line channels.Line, f map[string][]string) bool {
	agent := channel.One(f, "AgentID")
	return channel.One(f, "ToUserName") == line.Config["corp_id"] && (agent == "" || agent == line.Config["agent_id"])
}

// heard is a message or an event in words of none.
func heard(line channels.Line, f map[string][]string) (intake.Heard, error) {
	seconds, err := strconv.ParseInt(channel.One(f, "CreateTime"), 10, 64)
	person := channel.One(f, "FromUserName")
	if err != nil || person == "" || len(person) > 128 {
		return intake.Heard{}, channel.ErrRefused
	}
	h := intake.Heard{
		Channel: workflow.WeCom, Account: line.Config["corp_id"], Person: workflow.PlatformID(person), At: time.Unix(seconds, 0).UTC(),
		External: channel.One(f, "MsgId"), Text: channel.One(f, "Content"),
	}
	if channel.One(f, "MsgType") == "event" {
		return event(h, f), nil
	}
	if h.External == "" || strings.Trim(h.External, "0123456789") != "" {
		return intake.Heard{}, channel.ErrRefused
	}
	message(&h, f)
	return h, nil
}

func message(h *intake.Heard, f map[string][]string) {
	media := func(kind intake.HeardKind, name string) {
		h.Kind = kind
		h.Media = []intake.MediaRef{{ID: channel.One(f, "MediaId"), Name: name, Kind: kind}}
	}
	switch channel.One(f, "MsgType") {
	case "text":
		h.Kind = intake.HeardText
	case "image":
		media(intake.HeardImage, "wecom-"+h.External+".jpg")
	case "voice":
		media(intake.HeardVoice, "wecom-"+h.External+"."+format(channel.One(f, "Format")))
	case "video":
		media(intake.HeardVideo, "wecom-"+h.External+".mp4")
	case "file":
		media(intake.HeardFile, fileName(f, h.External))
	default: // a place, a link
		h.Kind = intake.HeardOther
	}
}

func format(s string) string {
	if s = strings.ToLower(s); s == "amr" || s == "speex" || s == "mp3" {
		return s
	}
	return "amr"
}

// fileName is the name a file was sent under, or one of ours.
func fileName(f map[string][]string, id string) string {
	if name := channel.One(f, "FileName"); name != "" {
		return name
	}
	return "wecom-" + id
}

// event has no MsgId: it is known by who did it when, and what.
func event(h intake.Heard, f map[string][]string) intake.Heard {
	name := channel.One(f, "Event")
	h.Kind, h.Event, h.Text = intake.HeardEvent, intake.EventNone, ""
	h.External = strings.Join([]string{string(h.Person), channel.One(f, "CreateTime"), name, channel.One(f, "EventKey")}, ":")
	switch name {
	case "subscribe":
		h.Event = intake.EventHello
	case "unsubscribe":
		h.Event = intake.EventGone
	case "click":
		h.Event, h.Text = intake.EventMenu, strings.ToLower(channel.One(f, "EventKey"))
	}
	return h
}

// reply writes the answer to a callback.
type reply struct {
	e  channel.Envelope
	to string
	at time.Time
}

func (r reply) write(words string) (string, []byte) {
	if words == "" {
		return channel.Plain("")(words) // 200 and nothing else is what says: taken
	}
	out, err := r.e.Answer(channel.TextMessage(r.to, r.e.Owner, words, r.at), r.at)
	if err != nil { // the key opened the question
		return channel.Plain("")(words)
	}
	return "application/xml; charset=utf-8", out
}
