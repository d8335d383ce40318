package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"mailbox/workflow"
)

// Archives reads archives of mail in which departments reported what they made
// public.
type Archives interface {
	// Holds reports whether a file is an archive, by its name and its beginning.
	Holds(name string, begin []byte) bool
	// Mails gives each mail to take, with the line of the file at which it begins.
	// Never more than one mail is in memory. What no mail can be made of is given
	// with its Fault; an error of take ends the reading and is returned.
	Mails(name string, r io.Reader, take func(line int, m ArchivedMail) error) error
}

// ArchivedMail is what a mail says of something that was made public.
type ArchivedMail struct {
	Name    string // the Message-ID: the same name is the same mail
	Subject string
	From    string // the name that the sender goes by
	At      time.Time
	URL     string // the first web address in the text
	Fault   string // why nothing can be made of it, a key of the catalogue, or ""
}

// MaxArchive is how large an archive of mail may be, in bytes.
const MaxArchive = 128 << 20

// What an import was made from.
const (
	fromSheet   = "sheet"
	fromMailbox = "mailbox"
)

// mailFields are what the cells of a mail mean, as Imports.cells gives them.
var mailFields = []Field{TitleField, DayField, AuthorField, URLField, NameField}

// cells are a mail as a row of a table, its day the college's. An address that
// the ledger would not take is left out: the mail says more than that.
func (x *Imports) cells(m ArchivedMail) []Cell {
	if address(&m.URL) != nil {
		m.URL = ""
	}
	name := ""
	if m.Name != "" {
		sum := sha256.Sum256([]byte(m.Name))
		name = "mail:" + hex.EncodeToString(sum[:16])
	}
	return []Cell{{Text: clip(m.Subject, maxTitle)}, {Text: x.desk.Keeper.Day(m.At)}, {Text: clip(m.From, maxName)}, {Text: m.URL}, {Text: name}}
}

// beginning is enough of a file to tell what it is.
const beginning = 4 << 10

// sourceOf tells what kind of file was handed in.
func (x *Imports) sourceOf(ctx context.Context, name, sha256 string) (string, error) {
	r, err := x.blobs.Open(ctx, sha256)
	if err != nil {
		return "", err
	}
	begin := make([]byte, beginning)
	n, err := io.ReadFull(r, begin)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	if err = errors.Join(err, r.Close()); err != nil {
		return "", err
	}
	if x.archives.Holds(name, begin[:n]) {
		return fromMailbox, nil
	}
	return fromSheet, nil
}

// opened is the file of an import, ready to be read row by row.
type opened struct {
	head []Cell // of a table
	at   int    // the row of the head; what comes after it counts
	plan Plan
	rows func(b *batch) error
}

func (x *Imports) open(ctx context.Context, m workflow.Import) (opened, error) {
	o := opened{plan: recall(m.Mapping)}
	if m.Source == fromMailbox {
		o.plan.Fields = mailFields
		o.rows = func(b *batch) error { return x.mails(ctx, m, b) }
		return o, nil
	}
	content, err := x.content(ctx, m.SHA256)
	if err != nil {
		return o, err
	}
	o.head, o.at, err = x.head(m.Name, content)
	o.rows = func(b *batch) error { return x.tables.Rows(m.Name, content, b.row) }
	return o, err
}

func (x *Imports) mails(ctx context.Context, m workflow.Import, b *batch) error {
	r, err := x.blobs.Open(ctx, m.SHA256)
	if err != nil {
		return err
	}
	err = x.archives.Mails(m.Name, r, func(line int, mail ArchivedMail) error {
		if mail.Fault == "" && mail.At.IsZero() {
			mail.Fault = "ledger.mail.day"
		}
		if mail.Fault != "" {
			b.rows++
			b.refuse(wrongRow(line, mail.Fault))
			return ctx.Err()
		}
		return b.row(line, x.cells(mail))
	})
	return errors.Join(err, r.Close())
}
