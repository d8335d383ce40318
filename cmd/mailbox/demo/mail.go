package demo

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"

	"mailbox/workflow"
)

// Mail is one mail that arrives beside the letters, as the bytes a server
// would hand over. Its kind says what becomes of it.
type Mail struct {
	ID      string `json:"id"`
	Ago     int    `json:"ago"` // days before now
	Time    string `json:"time"`
	Kind    string `json:"kind"`
	Letter  string `json:"letter"` // whose case it is about
	From    string `json:"from"`   // "" when the letter's writer sends it
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// The kinds of mail.
const (
	reply    = "reply"    // the writer answers a mail of ours
	stranger = "stranger" // somebody else writes about the case
	bounce   = "bounce"   // a mail of ours could not be delivered
	auto     = "auto"     // a machine answers
	bulk     = "bulk"     // advertising
	empty    = "empty"    // there is nothing in it to read
	letter   = "letter"   // a letter like any other
)

// raw is a mail as it travels. told is the mail of ours that it answers.
type raw struct {
	Mail

	at   time.Time
	to   string
	told workflow.Notice
	our  string // number of the case
}

// bytes writes the mail down.
func (r raw) bytes() []byte {
	var b strings.Builder
	line := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	line("From", (&mail.Address{Name: r.Name, Address: r.From}).String())
	line("To", r.to)
	line("Date", r.at.Format(time.RFC1123Z))
	line("Message-ID", "<"+strings.ToLower(r.ID)+".demo@example.net>")
	if r.Kind == empty {
		return []byte(b.String() + "\r\n")
	}
	r.headers(line)
	line("MIME-Version", "1.0")
	if r.Kind == bounce {
		b.WriteString(r.report())
		return []byte(b.String())
	}
	line("Content-Type", "text/plain; charset=utf-8")
	line("Content-Transfer-Encoding", "base64")
	b.WriteString("\r\n" + base64.StdEncoding.EncodeToString([]byte(r.Body)) + "\r\n")
	return []byte(b.String())
}

// headers are what each kind of mail has of its own.
func (r raw) headers(line func(name, value string)) {
	subject := r.Subject
	switch r.Kind {
	case reply:
		subject = "Re: " + subject
		line("In-Reply-To", "<"+r.told.MessageID+">")
	case stranger:
		subject += "（" + r.our + "）"
	case auto:
		line("Auto-Submitted", "auto-replied")
		line("In-Reply-To", "<"+r.told.MessageID+">")
	case bulk:
		line("Precedence", "bulk")
		line("List-Unsubscribe", "<mailto:leave@example.net>")
	case bounce:
		subject = "Undelivered Mail Returned to Sender"
	}
	line("Subject", mime.BEncoding.Encode("utf-8", subject))
}

// report is the body of a bounce.
func (r raw) report() string {
	const edge = "=_demo"
	part := func(kind, text string) string {
		return "--" + edge + "\r\nContent-Type: " + kind + "\r\n\r\n" + text + "\r\n"
	}
	return `Content-Type: multipart/report; report-type=delivery-status; boundary="` + edge + `"` + "\r\n\r\n" +
		part("text/plain", "The mailbox is unknown here.") +
		part("message/delivery-status", "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; "+r.Body+"\r\nAction: failed\r\nStatus: 5.1.1\r\n") +
		part("text/rfc822-headers", "Message-ID: <"+r.told.MessageID+">\r\nSubject: mailbox\r\n") +
		"--" + edge + "--\r\n"
}
