// Package email reads the mail that strangers send: whatever the bytes are, it
// gives back what can be read of them and says what could not.
//
// Parse never fails and never panics. Its subpackages carry mail: receive takes
// it in by SMTP, LMTP and IMAP, send lets it out.
package email

import (
	"strings"
	"time"
)

// Limits of what is shown of one mail. The original is kept whole elsewhere.
const (
	maxSubject   = 1000    // runes
	maxAddresses = 2000    // per header
	maxText      = 4 << 20 // bytes of one readable body part
	maxParts     = 10_000
	maxFaults    = 50
)

// Address is a mailbox and the name its owner goes by. Either may be empty.
type Address struct {
	Name    string
	Address string
}

// Attachment is a file that came with a mail. Content may share memory with
// the bytes given to Parse.
type Attachment struct {
	Name      string // never empty, without any path
	Named     bool   // whether the mail gave the name
	Type      string // as the sender says: "image/png"
	Content   []byte
	Inline    bool
	ContentID string // without brackets
	Note      string // "tnef", "encrypted", "signature", "message", or ""
}

// Mail is what could be read of one message. All text is valid UTF-8 without
// control characters but newline and tab.
type Mail struct {
	MessageID  string // without brackets, as all ids
	InReplyTo  []string
	References []string

	From        Address
	Sender      Address
	ReplyTo     []Address
	To, Cc      []Address
	DeliveredTo []string // from Delivered-To, X-Original-To and their like
	Date        time.Time
	Subject     string

	Text     string // what the person wrote
	Quoted   string // the history below it
	FullText string // both, in the order of the mail
	HTML     string // safe to show, fetches nothing; "" when there was none

	Attachments []Attachment

	Machine Machine
	Bounce  Bounce // when Machine.Kind is Bounced

	Faults   []string // what was wrong with the message
	Readable bool     // whether a person would find anything in it
}

// Parse reads a message. own are the addresses of our mailboxes: mail from one
// of them is a loop.
func Parse(raw []byte, own ...string) (m Mail) {
	defer func() {
		if r := recover(); r != nil {
			m.fault("the message could not be taken apart")
			m.Readable = false
		}
	}()
	raw = unifyLines(raw)
	root, faults := split(raw)
	m.Faults = faults
	m.readHead(root)
	b := gather(root, &m)
	m.readBody(b)
	m.judge(root, own)
	m.Readable = m.readable(root)
	return m
}

func (m *Mail) fault(what string) {
	for _, f := range m.Faults {
		if f == what {
			return
		}
	}
	if len(m.Faults) < maxFaults {
		m.Faults = append(m.Faults, what)
	}
}

func (m *Mail) readable(root *part) bool {
	return m.FullText != "" || len(m.Attachments) > 0 || m.Subject != "" && len(root.head) > 1
}

func (m *Mail) readHead(root *part) {
	h := root.head
	hint := root.params["charset"]
	m.MessageID = firstID(h.get("message-id"))
	m.InReplyTo = ids(h.all("in-reply-to"))
	m.References = ids(h.all("references"))
	m.Subject = m.subject(h.get("subject"), hint)
	m.Date = date(h)
	m.readAddresses(h, hint)
	if m.From.Address == "" {
		m.fault("no sender address")
	}
}

func (m *Mail) subject(raw []byte, hint string) string {
	const enough = 64 << 10
	if len(raw) > enough {
		raw = raw[:enough]
		m.fault("the subject was cut")
	}
	s := strings.Join(strings.Fields(decodeHeader(raw, hint)), " ")
	if r := []rune(s); len(r) > maxSubject {
		m.fault("the subject was cut")
		s = string(r[:maxSubject])
	}
	return s
}

func (m *Mail) readAddresses(h header, hint string) {
	list := func(name string) []Address {
		var out []Address
		for _, v := range h.all(name) {
			out = append(out, addresses(v, hint, maxAddresses-len(out))...)
			if len(out) >= maxAddresses {
				m.fault("there are more addresses than are shown")
				break
			}
		}
		return out
	}
	m.From = firstMailbox(list("from"))
	m.Sender = firstMailbox(list("sender"))
	m.ReplyTo, m.To, m.Cc = list("reply-to"), list("to"), list("cc")
	for _, name := range []string{"delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "apparently-to"} {
		for _, a := range list(name) {
			m.DeliveredTo = append(m.DeliveredTo, a.Address)
		}
	}
	if m.From.Address == "" {
		m.From = m.otherSender(list("return-path"))
	}
}

// otherSender looks for an address where From has none, keeping From's name.
func (m *Mail) otherSender(returnPath []Address) Address {
	for _, a := range append(append([]Address{m.Sender}, m.ReplyTo...), returnPath...) {
		if a.Address != "" {
			if m.From.Name != "" {
				a.Name = m.From.Name
			}
			return a
		}
	}
	return m.From
}

func firstMailbox(list []Address) Address {
	for _, a := range list {
		if a.Address != "" {
			return a
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return Address{}
}
