// Package oa joins the mailbox with the college's office automation system.
//
// In: one signed webhook, by which a system of the college hands on what people
// write there. Out: the same scheme for answers to them, and to-dos for staff,
// in whatever form the mapping says; see workflow/todo.
//
// There is no common standard. The scheme is channel.Signer's; the shape of a
// letter is [Letter].
package oa

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/channel"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/intake"
)

// Letter is what a system of the college hands on. The header Idempotency-Key
// names it: the same name twice is one letter, however often it is sent.
type Letter struct {
	Person string `json:"person"`           // what the system calls the writer; an answer goes back to it
	Type   string `json:"type"`             // "letter" always begins a case; "message" may belong to the last one
	Text   string `json:"text"`             //
	Files  []File `json:"files,omitempty"`  //
	At     string `json:"at,omitempty"`     // RFC 3339
	Locale string `json:"locale,omitempty"` // zh-CN or en
}

// File is a file that comes with a letter. All of a call is at most a megabyte.
type File struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Content []byte `json:"content"` // base64
}

// Limits of one call.
const (
	maxPerson = 128
	maxName   = 128
	maxFiles  = 9
)

// Adapter reads the calls of the college's systems.
type Adapter struct{}

var _ channel.Adapter = Adapter{}

// Channel implements channel.Adapter.
func (Adapter) Channel() workflow.Channel { return workflow.OA }

// Open implements channel.Adapter.
func (Adapter) Open(line channels.Line, c *channel.Callback) (channel.Received, error) {
	if c.Method != http.MethodPost {
		return channel.Received{}, channel.ErrRefused
	}
	signer := channel.Signer{Key: line.Config["key_id"], Secret: line.Secrets["secret"]}
	body, nonce, err := signer.Open(c)
	if err != nil {
		return channel.Received{}, err
	}
	h, err := heard(signer.Key, c.Header.Get("Idempotency-Key"), body, c.Now)
	if err != nil {
		return channel.Received{}, err
	}
	return channel.Received{Heard: h, Nonce: nonce, Answer: acknowledge}, nil
}

// acknowledge says that the call was taken, and what to tell the person.
func acknowledge(words string) (contentType string, body []byte) {
	b, err := json.Marshal(map[string]any{"taken": true, "reply": words})
	if err != nil {
		b = []byte(`{"taken":true,"reply":""}`)
	}
	return "application/json", b
}

// heard is a letter in words of none.
func heard(account, name string, body []byte, now time.Time) (intake.Heard, error) {
	l, err := decode(body)
	if err != nil || !visible(name, maxName) || !visible(l.Person, maxPerson) || len(l.Files) > maxFiles {
		return intake.Heard{}, channel.ErrRefused
	}
	at := now
	if l.At != "" {
		if at, err = time.Parse(time.RFC3339, l.At); err != nil {
			return intake.Heard{}, channel.ErrRefused
		}
	}
	if l.Locale != "" && l.Locale != "zh-CN" && l.Locale != "en" {
		return intake.Heard{}, channel.ErrRefused
	}
	h := intake.Heard{
		Channel: workflow.OA, Account: account, External: name, Person: workflow.PlatformID(l.Person), At: at.UTC(),
		Kind: intake.HeardOther, Text: l.Text, Locale: l.Locale, Raw: body,
	}
	if l.Type == "letter" || l.Type == "message" {
		h.Anew = l.Type == "letter"
		h.Kind, h.Media = kindOf(l), media(l.Files)
	}
	return h, nil
}

// decode reads exactly one letter and no field that nobody knows: what is
// misspelt would be lost in silence.
func decode(body []byte) (Letter, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	var l Letter
	if err := d.Decode(&l); err != nil {
		return l, err
	}
	if _, err := d.Token(); err != io.EOF {
		return l, channel.ErrRefused
	}
	return l, nil
}

// visible reports whether s is 1 to most characters without control characters.
func visible(s string, most int) bool {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	return s != "" && len(s) <= most && !strings.ContainsFunc(s, control)
}

// kindOf is what sort of thing the letter is when it has no words.
func kindOf(l Letter) intake.HeardKind {
	switch {
	case strings.TrimSpace(l.Text) != "" || len(l.Files) == 0:
		return intake.HeardText
	case strings.HasPrefix(l.Files[0].Type, "image/"):
		return intake.HeardImage
	}
	return intake.HeardFile
}
