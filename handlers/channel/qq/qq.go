// Package qq is the QQ bot: callbacks signed with Ed25519, and replies to what
// somebody has said, while the platform allows them.
//
// Facts are from bot.q.qq.com/wiki/develop/api-v2 (dev-prepare/
// interface-framework/event-emit and sign, server-inter/message/send-receive):
// the key is made of the secret, which is repeated to 32 bytes; the check of the
// address is op 13; a callback is acknowledged by op 12; a person is answered
// within 60 minutes and in a group within five, five times each, by the name of
// what they said and a number that is used once; nothing is sent unasked any
// more; addresses in messages must be registered.
package qq

import (
	"crypto/ed25519"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
)

// Adapter reads QQ's callbacks.
type Adapter struct{}

var _ channel.Adapter = Adapter{}

// Channel implements channel.Adapter.
func (Adapter) Channel() workflow.Channel { return workflow.QQ }

// Key is the bot's key: its secret, repeated until it is long enough.
func Key(secret string) (ed25519.PrivateKey, bool) {
	if secret == "" {
		return nil, false
	}
	seed := strings.Repeat(secret, ed25519.SeedSize/len(secret)+1)[:ed25519.SeedSize]
	return ed25519.NewKeyFromSeed([]byte(seed)), true
}

// payload is a callback.
type payload struct {
	ID   string          `json:"id"`
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Type string          `json:"t"`
}

// What a callback can be.
const (
	opEvent = 0
	opAck   = 12
	opCheck = 13
)

// Open implements channel.Adapter.
func (Adapter) Open(line channels.Line, c *channel.Callback) (channel.Received, error) {
	key, ok := Key(line.Secrets["app_secret"])
	if !ok || c.Method != "POST" || !ours(line, c) {
		return channel.Received{}, channel.ErrRefused
	}
	stamp, signature := c.Header.Get("X-Signature-Timestamp"), c.Header.Get("X-Signature-Ed25519")
	if seconds, err := strconv.ParseInt(stamp, 10, 64); signature != "" && (err != nil || !c.Fresh(seconds)) {
		return channel.Received{}, channel.ErrRefused
	}
	body, err := c.Body()
	if err != nil {
		return channel.Received{}, err
	}
	signed := verified(key, stamp, signature, body)
	var p payload
	if signature != "" && !signed || json.Unmarshal(body, &p) != nil {
		return channel.Received{}, channel.ErrRefused
	}
	switch {
	case p.Op == opCheck:
		return checked(key, p, c)
	case !signed:
		return channel.Received{}, channel.ErrRefused
	case p.Op != opEvent:
		return channel.Received{Answer: acknowledge}, nil
	}
	return event(line, p, body)
}

// ours reports whether the callback is for our bot; an older platform does not
// say.
func ours(line channels.Line, c *channel.Callback) bool {
	id := c.Header.Get("X-Bot-Appid")
	return id == "" || subtle.ConstantTimeCompare([]byte(id), []byte(line.Config["app_id"])) == 1
}

func verified(key ed25519.PrivateKey, stamp, signature string, body []byte) bool {
	raw, err := hex.DecodeString(signature)
	public, ok := key.Public().(ed25519.PublicKey)
	return err == nil && ok && len(raw) == ed25519.SignatureSize && ed25519.Verify(public, append([]byte(stamp), body...), raw)
}

// acknowledge says that the callback was taken.
func acknowledge(string) (string, []byte) {
	return "application/json", []byte(`{"op":` + strconv.Itoa(opAck) + `,"d":0}`)
}

const (
	maxToken = 128
	letters  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits   = "0123456789"
)

// checked signs what the platform asks to have signed, which need not be signed
// itself. A callback is verified by the same key over a time and a body, and a
// body begins with a brace: what is signed here holds letters and digits only,
// so that nobody has a callback signed by asking.
func checked(key ed25519.PrivateKey, p payload, c *channel.Callback) (channel.Received, error) {
	var ask struct {
		Token string `json:"plain_token"`
		At    string `json:"event_ts"`
	}
	if json.Unmarshal(p.Data, &ask) != nil || ask.Token == "" || len(ask.Token) > maxToken || strings.Trim(ask.Token, letters+digits) != "" {
		return channel.Received{}, channel.ErrRefused
	}
	seconds, err := strconv.ParseInt(ask.At, 10, 64)
	if err != nil || strings.Trim(ask.At, digits) != "" || !c.Fresh(seconds) {
		return channel.Received{}, channel.ErrRefused
	}
	answer, err := json.Marshal(map[string]string{
		"plain_token": ask.Token, "signature": hex.EncodeToString(ed25519.Sign(key, []byte(ask.At+ask.Token))),
	})
	if err != nil {
		return channel.Received{}, channel.ErrRefused
	}
	return channel.Received{Answer: func(string) (string, []byte) { return "application/json", answer }}, nil
}

// The events that concern us.
const (
	private     = "C2C_MESSAGE_CREATE"
	inGroup     = "GROUP_AT_MESSAGE_CREATE"
	friendAdded = "FRIEND_ADD"
	friendGone  = "FRIEND_DEL"
)

// said is what an event tells.
type said struct {
	ID      string `json:"id"`
	Content string `json:"content"`
	At      any    `json:"timestamp"` // words in messages, a number in events
	Group   string `json:"group_openid"`
	OpenID  string `json:"openid"`
	Author  struct {
		User   string `json:"user_openid"`
		Member string `json:"member_openid"`
	} `json:"author"`
	Files []attachment `json:"attachments"`
}

type attachment struct {
	URL   string `json:"url"`
	Name  string `json:"filename"`
	Kind  string `json:"content_type"`
	Words string `json:"asr_refer_text"` // of a voice, as the platform understood it
}

// event is what somebody said or did; what is of no concern to us is taken and
// not kept.
func event(line channels.Line, p payload, raw []byte) (channel.Received, error) {
	if !slices.Contains([]string{private, inGroup, friendAdded, friendGone}, p.Type) {
		return channel.Received{Answer: acknowledge}, nil
	}
	var s said
	if json.Unmarshal(p.Data, &s) != nil {
		return channel.Received{}, channel.ErrRefused
	}
	h := intake.Heard{Channel: workflow.QQ, Account: line.Config["app_id"], Raw: raw, Later: true, External: s.ID, ReplyTo: s.ID}
	switch p.Type {
	case private:
		h.Person = workflow.PlatformID(s.Author.User)
		message(&h, s)
	case inGroup:
		h.Person, h.Room = workflow.PlatformID(s.Author.Member), s.Group
		message(&h, s)
		if line.Config["groups"] == "" {
			h.Kind, h.Event, h.Text, h.Media = intake.HeardEvent, intake.EventPublic, "", nil
		}
	case friendAdded, friendGone:
		h.Person, h.External, h.ReplyTo = workflow.PlatformID(s.OpenID), p.ID, eventName+p.ID
		h.Kind, h.Event = intake.HeardEvent, intake.EventHello
		if p.Type == friendGone {
			h.Event = intake.EventGone
		}
	}
	if h.Person == "" || len(h.Person) > maxToken || h.External == "" || p.Type == inGroup && h.Room == "" {
		return channel.Received{}, channel.ErrRefused
	}
	return channel.Received{Heard: h, Answer: acknowledge, Later: true}, nil
}

// eventName begins the name of what is answered when that is no message.
const eventName = "event:"

func message(h *intake.Heard, s said) {
	h.Kind, h.Text = intake.HeardText, strings.TrimSpace(s.Content)
	if words, ok := s.At.(string); ok {
		if at, err := time.Parse(time.RFC3339, words); err == nil {
			h.At = at.UTC()
		}
	}
	for i, f := range s.Files {
		kind := kindOf(f.Kind)
		h.Media = append(h.Media, intake.MediaRef{URL: address(f.URL), Name: fileName(f, kind, i), Kind: kind})
		if h.Text == "" {
			h.Text = strings.TrimSpace(f.Words)
		}
	}
	switch {
	case len(h.Media) > 0:
		h.Kind = h.Media[0].Kind
	case h.Text == "": // a sticker, somebody's card
		h.Kind = intake.HeardOther
	}
}

func kindOf(contentType string) intake.HeardKind {
	switch kind, _, _ := strings.Cut(contentType, "/"); kind {
	case "image":
		return intake.HeardImage
	case "voice", "audio":
		return intake.HeardVoice
	case "video":
		return intake.HeardVideo
	}
	return intake.HeardFile
}

// address has the scheme that the platform sometimes leaves out.
func address(s string) string {
	s = strings.TrimPrefix(s, "//")
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	return s
}

var endings = map[intake.HeardKind]string{intake.HeardImage: ".jpg", intake.HeardVoice: ".amr", intake.HeardVideo: ".mp4"}

func fileName(f attachment, kind intake.HeardKind, i int) string {
	if f.Name != "" {
		return f.Name
	}
	return "qq-" + strconv.Itoa(i+1) + endings[kind]
}
