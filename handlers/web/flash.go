package web

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"mailbox/templates"
)

// flashCookie carries what the last act did over the redirect to the page that
// says so. It is signed, lives a minute, and holds catalogue keys rather than
// words.
const (
	flashCookie  = "mailbox-flash"
	flashSeconds = 60
	maxFlash     = 2 << 10
)

type flash struct {
	Tone string          `json:"t"`
	Key  string          `json:"k"`
	Args []string        `json:"a,omitempty"`
	Undo *templates.Undo `json:"u,omitempty"`
}

// Flash leaves one message for the next page: tone is good, warn, late or
// info. Messages hold nothing that is secret; one that does not fit is dropped.
func (c *Context) Flash(tone, key string, args ...string) {
	c.leave(flash{Tone: tone, Key: key, Args: args})
}

// FlashUndo leaves a message of success that offers to take the act back.
func (c *Context) FlashUndo(undo templates.Undo, key string, args ...string) {
	c.leave(flash{Tone: "good", Key: key, Args: args, Undo: &undo})
}

func (c *Context) leave(f flash) {
	b, err := json.Marshal(f)
	if err != nil || len(b) > maxFlash {
		return
	}
	value := base64.RawURLEncoding.EncodeToString(b)
	c.setCookie(c.server.hostCookie(flashCookie), value+"."+c.server.mac("flash", value), flashSeconds)
}

// Hidden returns the hidden fields of a form that is shown by a partial, the
// token first.
func (c *Context) Hidden(fields ...templates.Hidden) []templates.Hidden {
	return append([]templates.Hidden{{Name: TokenField, Value: c.FormToken()}}, fields...)
}

// takeFlash returns the message and forgets it.
func (c *Context) takeFlash() []templates.Toast {
	name := c.server.hostCookie(flashCookie)
	raw := c.cookie(name)
	if raw == "" {
		return nil
	}
	c.dropCookie(name)
	value, mac, _ := strings.Cut(raw, ".")
	if !sameMAC(mac, c.server.mac("flash", value)) {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil
	}
	var f flash
	if err := json.Unmarshal(b, &f); err != nil {
		return nil
	}
	args := make([]any, len(f.Args))
	for i, a := range f.Args {
		args[i] = a
	}
	if f.Undo != nil {
		f.Undo.Fields = c.Hidden(f.Undo.Fields...)
	}
	return []templates.Toast{{Tone: f.Tone, Text: c.Text(f.Key, args...), Undo: f.Undo}}
}
