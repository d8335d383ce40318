// Package send lets mail out: by SMTP, or as files in a folder for the
// demonstration.
//
// Delivery by SMTP has three ends, not two. When the connection breaks after
// the text was given away and before the server answered, nobody knows whether
// it arrived: that is Uncertain, and sending again could double the mail.
package send

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
)

// State is how a delivery ended.
type State int

// The ends of a delivery.
const (
	// Retry: nothing was delivered; another attempt may succeed.
	Retry State = iota
	// Sent: the server took the mail over.
	Sent
	// Failed: the server refused the mail for good, or it cannot be written.
	Failed
	// Uncertain: it may have been delivered; a person decides.
	Uncertain
)

// String is the state's stable name.
func (s State) String() string { return [...]string{"retry", "sent", "failed", "uncertain"}[s] }

// Outcome is the end of one delivery. Reason is in the server's words, for
// staff, on one line.
type Outcome struct {
	State  State
	Reason string
	Code   int // the server's reply code, 0 when it gave none
}

// Mailbox is an address with the name shown beside it.
type Mailbox struct {
	Name    string
	Address string
}

// File is an attachment.
type File struct {
	Name    string
	Type    string
	Content []byte
}

// Outgoing is one mail to one person. The MessageID is fixed when the mail is
// queued, so that a mail sent twice can be known as one.
type Outgoing struct {
	MessageID   string // without brackets
	From        Mailbox
	To          Mailbox
	ReplyTo     Mailbox // optional
	Subject     string
	Text        string
	HTML        string // optional
	InReplyTo   string // without brackets
	References  []string
	Attachments []File
	// AutoSubmitted marks what no person wrote, so that other machines do not
	// answer it.
	AutoSubmitted bool
}

// Sender sends mail. It returns in time for the context's deadline. The error
// is nil when the mail was sent, else the cause for the log.
type Sender interface {
	Send(ctx context.Context, m Outgoing) (Outcome, error)
}

// message writes m for go-mail. No field can add a header: every value is one
// line without control characters.
func message(m Outgoing, at time.Time) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := people(msg, m); err != nil {
		return nil, err
	}
	if !validID(m.MessageID) {
		return nil, errors.New("the message id is not valid")
	}
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(at)
	msg.Subject(oneLine(m.Subject, 900))
	thread(msg, m)
	if m.AutoSubmitted {
		markAutomatic(msg, m.InReplyTo != "")
	}
	msg.SetBodyString(gomail.TypeTextPlain, crlf(m.Text))
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, crlf(m.HTML))
	}
	for _, f := range m.Attachments {
		msg.AttachReadSeeker(fileName(f.Name), bytes.NewReader(f.Content), gomail.WithFileContentType(contentType(f.Type)))
	}
	return msg, nil
}

func people(msg *gomail.Msg, m Outgoing) error {
	from, err := address(m.From)
	if err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	to, err := address(m.To)
	if err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	if m.ReplyTo.Address == "" {
		return nil
	}
	replyTo, err := address(m.ReplyTo)
	if err != nil {
		return fmt.Errorf("reply address: %w", err)
	}
	msg.ReplyToMailAddress(replyTo)
	return nil
}

// address refuses what is not exactly one address.
func address(m Mailbox) (*mail.Address, error) {
	if strings.ContainsFunc(m.Address, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune("<>(),;:\"\\\u2028\u2029", r)
	}) {
		return nil, errors.New("the address is not valid")
	}
	parsed, err := mail.ParseAddress(m.Address)
	if err != nil || parsed.Name != "" || parsed.Address != m.Address {
		return nil, errors.New("the address is not valid")
	}
	parsed.Name = oneLine(m.Name, 100)
	return parsed, nil
}

var messageID = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~.@\[\]:-]{3,900}$`)

func validID(id string) bool {
	return messageID.MatchString(id) && strings.Count(id, "@") == 1 && !strings.Contains(id, "=?")
}

func thread(msg *gomail.Msg, m Outgoing) {
	if validID(m.InReplyTo) {
		msg.SetGenHeaderPreformatted(gomail.HeaderInReplyTo, "<"+m.InReplyTo+">")
	}
	const most = 30
	var refs []string
	for _, r := range m.References[max(0, len(m.References)-most):] {
		if validID(r) {
			refs = append(refs, "<"+r+">")
		}
	}
	if len(refs) > 0 {
		msg.SetGenHeaderPreformatted(gomail.HeaderReferences, strings.Join(refs, "\r\n "))
	}
}

// markAutomatic follows RFC 3834 and what Exchange and older programs read.
func markAutomatic(msg *gomail.Msg, answers bool) {
	kind := "auto-generated"
	if answers {
		kind = "auto-replied"
	}
	msg.SetGenHeader("Auto-Submitted", kind)
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader(gomail.HeaderPrecedence, "auto_reply")
}

// oneLine makes a header value of any text: one line, no control characters,
// nothing that reads as an encoded word.
func oneLine(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028', r == '\u2029', unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "=?", "= ?")
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}

func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|;%`, r) {
			return '_'
		}
		return r
	}, oneLine(s, 200))
	if strings.Trim(s, ". ") == "" {
		return "file"
	}
	return s
}

var mediaType = regexp.MustCompile(`^[a-zA-Z0-9!#$&^_.+-]+/[a-zA-Z0-9!#$&^_.+-]+$`)

func contentType(s string) gomail.ContentType {
	if !mediaType.MatchString(s) {
		return gomail.TypeAppOctetStream
	}
	return gomail.ContentType(s)
}

func crlf(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.ReplaceAll(s, "\x00", "")
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r", "\n"), "\n", "\r\n")
}

// failed is the outcome of a mail that cannot be written at all.
func failed(err error) (Outcome, error) {
	return Outcome{State: Failed, Reason: oneLine(err.Error(), 300)}, fmt.Errorf("write mail: %w", err)
}
