package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"mailbox/workflow"
)

// Arrival is a mail at the door: bytes that nobody has tried to read.
type Arrival struct {
	Source       string // smtp, imap, import
	Mailbox      string
	External     string // the source's own name for it; the same twice is one mail
	EnvelopeFrom string
	EnvelopeTo   []string
	Received     time.Time
	Raw          []byte
	Unreadable   bool // reading failed before: keep the bytes for a person
}

// ReadMail is a mail as a reader understood it.
type ReadMail struct {
	Readable    bool
	MessageID   string
	InReplyTo   []string // Message-IDs it answers, nearest first
	FromName    string
	FromAddress string
	Sent        string // its own date line, to tell two mails apart
	Subject     string
	Text        string // what the person wrote
	Quoted      string
	HTML        string // cleaned
	Files       []ReadFile
	Machine     Machine
	Silent      bool     // a person's, but no automatic answer may go back
	Bounced     []string // Message-IDs of ours that could not be delivered
	Dead        []string // addresses that, it says, will never take mail again
	Token       string   // of the reply address it was sent to, "" without one
	Numbers     []string // case numbers in the subject
}

// ReadFile is an attachment of a mail.
type ReadFile struct {
	Name, MediaType string
	Content         []byte
}

// Machine says what kind of machine wrote a mail.
type Machine string

// The kinds of machine mail. None of it is ever answered.
const (
	Person  Machine = ""
	Bounce  Machine = "bounce"
	AutoOut Machine = "auto"
	Bulk    Machine = "list"
	Own     Machine = "own" // our own mail come back
)

// Reader makes sense of raw mail; it never fails, it says what it could not read.
type Reader interface {
	Read(raw []byte, envelopeTo []string) ReadMail
}

// Follow adds what a writer wrote by mail to their case. It is a Conflict when
// the case has ended for good.
type Follow func(ctx context.Context, caseID int64, m ReadMail, external string, files []workflow.NewFile) error

// Returned notes that a mail of ours came back, and lets somebody know; hard
// says that its address will never take mail. A mail that is none of ours, or
// that is known to have come back, is NotFound.
type Returned func(ctx context.Context, messageID, reason string, hard bool) error

// Mailroom stores mails as they arrive and sorts them afterwards.
type Mailroom struct {
	intake   *Intake
	desk     *workflow.Desk
	vault    workflow.Vault
	codes    workflow.Codes
	blobs    workflow.Blobs
	reader   Reader
	follow   Follow
	returned Returned
}

// NewMailroom returns a Mailroom. All arguments are required.
func NewMailroom(in *Intake, blobs workflow.Blobs, reader Reader, follow Follow, returned Returned) *Mailroom {
	return &Mailroom{intake: in, desk: in.desk, vault: in.vault, codes: in.codes, blobs: blobs, reader: reader, follow: follow, returned: returned}
}

// MaxMail is the size of the largest mail that is taken, in bytes.
const MaxMail = 35 << 20

// Arrive stores a mail. Once it has returned nil the mail cannot be lost: its
// bytes are on disk and its row is committed.
func (r *Mailroom) Arrive(ctx context.Context, a Arrival) error {
	sha, size, err := r.blobs.Put(ctx, bytes.NewReader(a.Raw), MaxMail)
	if err != nil {
		return fmt.Errorf("store mail: %w", err)
	}
	m := workflow.RawMail{
		Source: a.Source, Mailbox: a.Mailbox, External: a.External, SHA256: sha, Size: size, IdentityHash: hash(sha),
		EnvelopeFrom: Text(a.EnvelopeFrom), EnvelopeTo: texts(a.EnvelopeTo), Received: a.Received.UTC().Truncate(time.Microsecond), State: workflow.MailNew,
	}
	if a.Unreadable {
		m.State, m.Reason, m.Handled = workflow.MailUnreadable, "mail.reason.tries", r.desk.Now()
	}
	if err := r.desk.Store.AddRawMail(ctx, &m); err != nil && workflow.KindOf(err) != workflow.Conflict {
		return fmt.Errorf("store mail: %w", err)
	}
	return nil
}

func texts(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = Text(s)
	}
	return out
}

// identity is what makes two mails the same: who sent what, when, under which
// Message-ID. A Message-ID used again with other words is another mail.
func identity(m ReadMail, sha string) []byte {
	if m.MessageID == "" {
		return hash(sha)
	}
	return hash(m.MessageID, strings.ToLower(m.FromAddress), m.Sent, m.Subject, m.Text)
}

func hash(fields ...string) []byte {
	h := sha256.New()
	for _, f := range fields {
		fmt.Fprintf(h, "%d:%s,", len(f), f)
	}
	return h.Sum(nil)
}
