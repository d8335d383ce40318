package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
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
	Dead        []string // addresses that will never take mail again
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

// Mailroom stores mails as they arrive and sorts them afterwards.
type Mailroom struct {
	intake *Intake
	desk   *workflow.Desk
	vault  workflow.Vault
	codes  workflow.Codes
	blobs  workflow.Blobs
	reader Reader
	follow Follow
}

// NewMailroom returns a Mailroom. All arguments are required.
func NewMailroom(in *Intake, blobs workflow.Blobs, reader Reader, follow Follow) *Mailroom {
	return &Mailroom{intake: in, desk: in.desk, vault: in.vault, codes: in.codes, blobs: blobs, reader: reader, follow: follow}
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
		EnvelopeFrom: a.EnvelopeFrom, EnvelopeTo: a.EnvelopeTo, Received: a.Received.UTC().Truncate(time.Microsecond), State: workflow.MailNew,
	}
	if a.Unreadable {
		m.State, m.Reason, m.Handled = workflow.MailUnreadable, "mail.reason.tries", r.desk.Now()
	}
	if err := r.desk.Store.AddRawMail(ctx, &m); err != nil && workflow.KindOf(err) != workflow.Conflict {
		return fmt.Errorf("store mail: %w", err)
	}
	return nil
}

func (r *Mailroom) read(ctx context.Context, m workflow.RawMail) (ReadMail, error) {
	f, err := r.blobs.Open(ctx, m.SHA256)
	if err != nil {
		return ReadMail{}, fmt.Errorf("open mail: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return ReadMail{}, fmt.Errorf("read mail: %w", err)
	}
	return r.reader.Read(raw, m.EnvelopeTo), nil
}

func (r *Mailroom) end(ctx context.Context, m workflow.RawMail, state workflow.MailState, reason string) error {
	m.State, m.Reason, m.Handled = state, reason, r.desk.Now()
	return r.desk.Store.SaveRawMail(ctx, m)
}

// place finds out what a readable mail is: something a machine sent, a mail we
// have already, a reply, or a letter.
func (r *Mailroom) place(ctx context.Context, m workflow.RawMail, read ReadMail) error {
	switch read.Machine {
	case Bounce:
		return r.bounced(ctx, m, read)
	case AutoOut, Bulk, Own:
		return r.end(ctx, m, workflow.MailMachine, "mail.reason."+string(read.Machine))
	case Person:
	}
	done, err := r.seenBefore(ctx, m)
	if done || err != nil {
		return err
	}
	id, sure, err := r.caseOf(ctx, read)
	switch {
	case err != nil:
		return err
	case id != 0 && sure:
		return r.reply(ctx, m, read, id)
	case id != 0:
		m.Guesses = []int64{id}
		return r.end(ctx, m, workflow.MailHeld, "mail.reason.stranger")
	}
	return r.letter(ctx, m, read)
}

// seenBefore ends a mail that reached us by another of our addresses already.
func (r *Mailroom) seenBefore(ctx context.Context, m workflow.RawMail) (bool, error) {
	same, err := r.desk.Store.SameMail(ctx, m.IdentityHash)
	if err != nil {
		return false, err
	}
	for _, s := range same {
		if s.ID != m.ID && s.CaseID != 0 {
			m.CaseID = s.CaseID
			return true, r.end(ctx, m, workflow.MailDuplicate, "mail.reason.duplicate")
		}
	}
	return false, nil
}

// caseOf finds the case a mail answers: by the unguessable address it was sent
// to, then by the Message-ID of ours it refers to, then by a number in the
// subject, which anybody may write. sure says that it may be added: the sender
// is the case's writer, and did not only quote a number.
func (r *Mailroom) caseOf(ctx context.Context, read ReadMail) (id int64, sure bool, err error) {
	if id, ok := r.codes.CaseOfReply(read.Token); ok {
		sure, err := r.fromWriter(ctx, id, read.FromAddress)
		return id, sure, absentIsNone(err)
	}
	for _, ref := range read.InReplyTo {
		n, err := r.desk.Store.NoticeByMessageID(ctx, ref)
		if err == nil && n.CaseID != 0 && n.Account == 0 {
			sure, err := r.fromWriter(ctx, n.CaseID, read.FromAddress)
			return n.CaseID, sure, err
		}
		if absentIsNone(err) != nil {
			return 0, false, err
		}
	}
	for _, number := range read.Numbers {
		c, err := r.desk.Store.CaseByNumber(ctx, number)
		if err == nil {
			return c.ID, false, nil
		}
		if absentIsNone(err) != nil {
			return 0, false, err
		}
	}
	return 0, false, nil
}

func absentIsNone(err error) error {
	if err != nil && workflow.KindOf(err) == workflow.NotFound {
		return nil
	}
	return err
}

func (r *Mailroom) fromWriter(ctx context.Context, caseID int64, address string) (bool, error) {
	c, err := r.desk.Store.Case(ctx, caseID)
	if err != nil || c.Writer == "" {
		return false, err
	}
	w, err := r.desk.Store.Writer(ctx, c.Writer)
	if err != nil {
		return false, err
	}
	index := r.vault.MailIndex(address)
	return index != nil && bytes.Equal(index, w.MailIndex), nil
}

// reply adds a mail to the case it answers; a case that has ended for good
// makes it a letter of its own.
func (r *Mailroom) reply(ctx context.Context, m workflow.RawMail, read ReadMail, caseID int64) error {
	files, err := r.keepFiles(ctx, read)
	if err != nil {
		return err
	}
	err = r.follow(ctx, caseID, read, external(m), files)
	if err != nil && workflow.KindOf(err) == workflow.Conflict {
		return r.letter(ctx, m, read)
	}
	if err != nil {
		return err
	}
	m.CaseID = caseID
	return r.end(ctx, m, workflow.MailReply, "")
}

func external(m workflow.RawMail) string { return fmt.Sprintf("mail:%x", m.IdentityHash) }

// How many acknowledgements one address gets: a brake on loops with programs
// that do not say they are programs.
const (
	acksPerHour = 3
	acksPerDay  = 10
)

func (r *Mailroom) letter(ctx context.Context, m workflow.RawMail, read ReadMail) error {
	files, err := r.keepFiles(ctx, read)
	if err != nil {
		return err
	}
	category, err := r.defaultCategory(ctx)
	if err != nil {
		return err
	}
	quiet, err := r.enough(ctx, read.FromAddress)
	if err != nil {
		return err
	}
	receipt, err := r.intake.Submit(ctx, workflow.Letter{
		Channel: workflow.Email, External: external(m), Mode: workflow.Confidential, Kind: workflow.Inquiry, Category: category,
		Subject: read.Subject, Body: read.Text, Quoted: read.Quoted, HTML: read.HTML, Files: files, RawMail: m.ID, Quiet: quiet || read.Silent,
		Identity: workflow.Identity{Name: read.FromName, Email: read.FromAddress},
	})
	if err != nil {
		return err
	}
	m.CaseID = receipt.CaseID
	return r.end(ctx, m, workflow.MailCase, "")
}

// defaultCategory is where a mail goes until somebody has read it: the category
// with the code "other", or the last one.
func (r *Mailroom) defaultCategory(ctx context.Context) (int64, error) {
	all, err := r.desk.Store.Categories(ctx, r.desk.Now(), false)
	if err != nil {
		return 0, err
	}
	for i, c := range all {
		if c.Code == "other" || i == len(all)-1 {
			return c.ID, nil
		}
	}
	return 0, workflow.Fail(workflow.Unavailable, "mail.no_category")
}

func (r *Mailroom) enough(ctx context.Context, address string) (bool, error) {
	index, now := r.vault.MailIndex(address), r.desk.Now()
	if index == nil {
		return true, nil
	}
	hour, err := r.desk.Store.CountAnswered(ctx, index, now.Add(-time.Hour))
	if err != nil || hour >= acksPerHour {
		return true, err
	}
	day, err := r.desk.Store.CountAnswered(ctx, index, now.Add(-24*time.Hour))
	return day >= acksPerDay, err
}

func (r *Mailroom) keepFiles(ctx context.Context, read ReadMail) ([]workflow.NewFile, error) {
	var out []workflow.NewFile
	for _, f := range read.Files {
		sha, size, err := r.blobs.Put(ctx, bytes.NewReader(f.Content), MaxMail)
		if err != nil {
			return nil, fmt.Errorf("store attachment: %w", err)
		}
		out = append(out, workflow.NewFile{SHA256: sha, Name: f.Name, MediaType: f.MediaType, Size: size})
	}
	return out, nil
}

// bounced notes that something of ours did not arrive, and never answers.
func (r *Mailroom) bounced(ctx context.Context, m workflow.RawMail, read ReadMail) error {
	now := r.desk.Now()
	for _, address := range read.Dead {
		if index := r.vault.MailIndex(address); index != nil {
			if err := r.desk.Store.MarkDead(ctx, index, "bounced", now); err != nil {
				return err
			}
		}
	}
	for _, id := range read.Bounced {
		n, err := r.desk.Store.FailNoticeByMessageID(ctx, id, "delivery.reason.bounced")
		if absentIsNone(err) != nil {
			return err
		}
		if err == nil {
			m.CaseID = n.CaseID
		}
	}
	return r.end(ctx, m, workflow.MailBounce, "")
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
