// Package wechat is the WeChat official account (公众号, 服务号): callbacks plain
// and encrypted, and messages by customer service, template and subscription.
//
// Facts are from developers.weixin.qq.com/doc/offiaccount and
// developers.weixin.qq.com/doc/service: signatures and encryption, the five
// seconds within which a callback is answered and the three times it comes, five
// messages in the 48 hours after a person's own (three in a minute after a menu,
// a scan or a subscription), stable_token, error codes 40001, 42001, 43004,
// 45015, 45047.
package wechat

import (
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
)

// Adapter reads WeChat's callbacks.
type Adapter struct{}

var _ channel.Adapter = Adapter{}

// Channel implements channel.Adapter.
func (Adapter) Channel() workflow.Channel { return workflow.WeChat }

// Open implements channel.Adapter. The signature of the query stands before
// everything, also before reading the body of an encrypted callback.
func (Adapter) Open(line channels.Line, c *channel.Callback) (channel.Received, error) {
	e := channel.Envelope{Token: line.Secrets["token"], Key: line.Secrets["aes_key"], Owner: line.Config["app_id"]}
	q := c.Query
	stamp, nonce := q.Get("timestamp"), q.Get("nonce")
	if !e.Signed(q.Get("signature"), stamp, nonce) {
		return channel.Received{}, channel.ErrRefused
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || !c.Fresh(seconds) {
		return channel.Received{}, channel.ErrRefused
	}
	switch c.Method {
	case "GET":
		return channel.Received{Answer: channel.Plain(q.Get("echostr"))}, nil
	case "POST":
		return open(line, e, c, nonce)
	}
	return channel.Received{}, channel.ErrRefused
}

func open(line channels.Line, e channel.Envelope, c *channel.Callback, nonce string) (channel.Received, error) {
	body, err := c.Body()
	if err != nil {
		return channel.Received{}, err
	}
	outer, err := channel.Fields(body)
	if err != nil {
		return channel.Received{}, err
	}
	sealed := c.Query.Get("encrypt_type") == "aes"
	inner, raw := outer, body
	if sealed {
		if !e.Signed(c.Query.Get("msg_signature"), c.Query.Get("timestamp"), nonce, channel.One(outer, "Encrypt")) {
			return channel.Received{}, channel.ErrRefused
		}
		if raw, err = e.Open(channel.One(outer, "Encrypt")); err != nil {
			return channel.Received{}, err
		}
		if inner, err = channel.Fields(raw); err != nil {
			return channel.Received{}, err
		}
	}
	if line.Secrets["aes_key"] != "" && !sealed || !addressed(line, inner) {
		return channel.Received{}, channel.ErrRefused // who set a key wants no plain letters
	}
	h, err := heard(line, inner)
	if err != nil {
		return channel.Received{}, err
	}
	h.Raw = raw
	r := reply{to: string(h.Person), from: channel.One(inner, "ToUserName"), at: c.Now}
	if sealed {
		r.seal = &e
	}
	return channel.Received{Heard: h, Nonce: c.Query.Get("timestamp") + ":" + nonce, Answer: r.write}, nil
}

// addressed reports whether the message is for our account: another tenant's has
// another name. Where the original id is not set, encryption alone tells.
func addressed(line channels.Line, f map[string][]string) bool {
	to, ours := channel.One(f, "ToUserName"), line.Config["original_id"]
	return to != "" && (ours == "" || to == ours)
}

// heard is a message or an event in words of none.
func heard(line channels.Line, f map[string][]string) (intake.Heard, error) {
	seconds, err := strconv.ParseInt(channel.One(f, "CreateTime"), 10, 64)
	person := channel.One(f, "FromUserName")
	if err != nil || person == "" || len(person) > 128 {
		return intake.Heard{}, channel.ErrRefused
	}
	h := intake.Heard{
		Channel: workflow.WeChat, Account: line.Config["app_id"], Person: workflow.PlatformID(person), At: time.Unix(seconds, 0).UTC(),
		External: channel.One(f, "MsgId"), Text: channel.One(f, "Content"),
	}
	if channel.One(f, "MsgType") == "event" {
		return event(line, h, f), nil
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
		media(intake.HeardImage, "wechat-"+h.External+".jpg")
	case "voice":
		media(intake.HeardVoice, "wechat-"+h.External+"."+format(channel.One(f, "Format")))
		h.Text = strings.TrimSpace(channel.One(f, "Recognition"))
	case "video", "shortvideo":
		media(intake.HeardVideo, "wechat-"+h.External+".mp4")
	default: // a place, a link, a sticker
		h.Kind = intake.HeardOther
	}
}

func format(s string) string {
	if s = strings.ToLower(s); s == "amr" || s == "speex" || s == "mp3" {
		return s
	}
	return "amr"
}

// event has no MsgId: it is known by who did it when, and what.
func event(line channels.Line, h intake.Heard, f map[string][]string) intake.Heard {
	name := channel.One(f, "Event")
	h.Kind, h.Event, h.Text = intake.HeardEvent, intake.EventNone, ""
	h.External = strings.Join([]string{string(h.Person), channel.One(f, "CreateTime"), name, channel.One(f, "EventKey"), channel.One(f, "MsgID")}, ":")
	switch name {
	case "subscribe":
		h.Event = intake.EventHello
	case "unsubscribe":
		h.Event = intake.EventGone
	case "SCAN":
		h.Event, h.Text = intake.EventMenu, "help"
	case "CLICK":
		h.Event, h.Text = intake.EventMenu, strings.ToLower(channel.One(f, "EventKey"))
	case "subscribe_msg_popup_event", "subscribe_msg_change_event":
		h.Event = grant(line, f, name)
	case "TEMPLATESENDJOBFINISH":
		h.Event, h.Sent, h.Text = intake.EventEnd, channel.One(f, "MsgID"), outcome(channel.One(f, "Status"), "success")
	case "subscribe_msg_sent_event":
		h.Event, h.Sent, h.Text = intake.EventEnd, channel.One(f, "MsgID"), outcome(channel.One(f, "ErrorCode"), "0")
		if channel.One(f, "ErrorCode") == "43101" {
			h.Text = intake.Blocked
		}
	}
	return h
}

// grant is what the person has decided about our notices; what they decided
// about others, for which one callback speaks as well, is nothing to us. Who
// closes the question keeps what was allowed before.
func grant(line channels.Line, f map[string][]string, event string) intake.HeardOf {
	templates, said := f["TemplateId"], f["SubscribeStatusString"]
	if len(templates) != len(said) {
		return intake.EventNone
	}
	for i, id := range templates {
		switch {
		case id != line.Config["subscribe_id"]:
		case said[i] == "accept":
			return intake.EventGrant
		case event == "subscribe_msg_change_event":
			return intake.EventKeep
		}
	}
	return intake.EventNone
}

// outcome is why something did not arrive, or "".
func outcome(said, good string) string {
	switch {
	case said == good:
		return ""
	case strings.Contains(said, "user block"):
		return intake.Blocked
	}
	return said
}
