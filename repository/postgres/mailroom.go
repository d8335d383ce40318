package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const mailColumns = `
		id, source, mailbox, external, sha256, size, identity_hash, envelope_from, envelope_to, received_at, state, case_id,
		subject, reason, guesses, attempts, handled_at, handled_by`

type mailRow struct {
	ID           int64             `db:"id"`
	Source       string            `db:"source"`
	Mailbox      string            `db:"mailbox"`
	External     string            `db:"external"`
	SHA256       string            `db:"sha256"`
	Size         int64             `db:"size"`
	IdentityHash []byte            `db:"identity_hash"`
	EnvelopeFrom string            `db:"envelope_from"`
	EnvelopeTo   pq.StringArray    `db:"envelope_to"`
	Received     instant           `db:"received_at"`
	State        string            `db:"state"`
	CaseID       ref               `db:"case_id"`
	Subject      string            `db:"subject"`
	Reason       string            `db:"reason"`
	Guesses      document[[]int64] `db:"guesses"`
	Attempts     int               `db:"attempts"`
	Handled      instant           `db:"handled_at"`
	HandledBy    ref               `db:"handled_by"`
}

func (r mailRow) toMail() workflow.RawMail {
	m := workflow.RawMail{
		ID: r.ID, Source: r.Source, Mailbox: r.Mailbox, External: r.External, SHA256: r.SHA256, Size: r.Size,
		IdentityHash: r.IdentityHash, EnvelopeFrom: r.EnvelopeFrom, Received: time.Time(r.Received),
		State: workflow.MailState(r.State), CaseID: int64(r.CaseID), Subject: r.Subject, Reason: r.Reason,
		Attempts: r.Attempts, Handled: time.Time(r.Handled), HandledBy: int64(r.HandledBy),
	}
	if len(r.EnvelopeTo) > 0 {
		m.EnvelopeTo = r.EnvelopeTo
	}
	if len(r.Guesses.v) > 0 {
		m.Guesses = r.Guesses.v
	}
	return m
}

// mailValues are the columns from source on, in their order.
func mailValues(m *workflow.RawMail) []any {
	to, guesses := pq.StringArray(m.EnvelopeTo), m.Guesses
	if to == nil {
		to = pq.StringArray{}
	}
	if guesses == nil {
		guesses = []int64{}
	}
	return []any{
		m.Source, m.Mailbox, m.External, m.SHA256, m.Size, solid(m.IdentityHash), m.EnvelopeFrom, to, instant(m.Received), m.State,
		ref(m.CaseID), m.Subject, m.Reason,
		document[[]int64]{guesses},
		m.Attempts, instant(m.Handled), ref(m.HandledBy),
	}
}

const sqlAddRawMail = `
	INSERT INTO raw_mails (source, mailbox, external, sha256, size, identity_hash, envelope_from, envelope_to, received_at, state,
		case_id, subject, reason, guesses, attempts, handled_at, handled_by)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
	RETURNING id`

// AddRawMail implements workflow.Mailroom.
func (s *Store) AddRawMail(ctx context.Context, m *workflow.RawMail) error {
	id, err := one[int64](ctx, s, "add mail", sqlAddRawMail, mailValues(m)...)
	if err == nil {
		m.ID = id
	}
	return err
}

const sqlSaveRawMail = `
	UPDATE raw_mails SET (source, mailbox, external, sha256, size, identity_hash, envelope_from, envelope_to, received_at, state,
		case_id, subject, reason, guesses, attempts, handled_at, handled_by)
		= ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
	WHERE id = $1 AND state = $19 AND attempts = $20`

const sqlRawMailExists = `SELECT EXISTS (SELECT FROM raw_mails WHERE id = $1)`

// SaveRawMail implements workflow.Mailroom.
func (s *Store) SaveRawMail(ctx context.Context, was, m workflow.RawMail) error {
	args := append(mailValues(&m), was.State, was.Attempts)
	return s.save(ctx, "save mail", sqlSaveRawMail, sqlRawMailExists, m.ID, args...)
}

const sqlRawMail = `SELECT` + mailColumns + ` FROM raw_mails WHERE id = $1`

// RawMail implements workflow.Mailroom.
func (s *Store) RawMail(ctx context.Context, id int64) (workflow.RawMail, error) {
	r, err := one[mailRow](ctx, s, "read mail", sqlRawMail, id)
	return r.toMail(), err
}

const sqlSameMail = `SELECT` + mailColumns + ` FROM raw_mails WHERE identity_hash = $1 ORDER BY id`

// SameMail implements workflow.Mailroom.
func (s *Store) SameMail(ctx context.Context, identity []byte) ([]workflow.RawMail, error) {
	return many(ctx, s, "find same mail", mailRow.toMail, sqlSameMail, solid(identity))
}

const sqlNewMails = `SELECT` + mailColumns + `
	FROM raw_mails WHERE state = 'new' ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED`

// NewMails implements workflow.Mailroom.
func (s *Store) NewMails(ctx context.Context, limit int) ([]workflow.RawMail, error) {
	return many(ctx, s, "take new mails", mailRow.toMail, sqlNewMails, ref(limit))
}

const sqlMailTray = `SELECT` + mailColumns + `
	FROM raw_mails WHERE state = $1 AND ($2::bigint = 0 OR id < $2) ORDER BY id DESC LIMIT $3`

// MailTray implements workflow.Mailroom.
func (s *Store) MailTray(ctx context.Context, state workflow.MailState, before int64, limit int) ([]workflow.RawMail, error) {
	return many(ctx, s, "list mail tray", mailRow.toMail, sqlMailTray, state, before, ref(limit))
}

const sqlCountMails = `SELECT count(*) FROM raw_mails WHERE state = $1`

// CountMails implements workflow.Mailroom.
func (s *Store) CountMails(ctx context.Context, state workflow.MailState) (int, error) {
	return one[int](ctx, s, "count mails", sqlCountMails, state)
}

const sqlRawMailsOf = `SELECT` + mailColumns + ` FROM raw_mails WHERE case_id = $1 ORDER BY id`

// RawMailsOf implements workflow.Mailroom.
func (s *Store) RawMailsOf(ctx context.Context, caseID int64) ([]workflow.RawMail, error) {
	return many(ctx, s, "list mails of case", mailRow.toMail, sqlRawMailsOf, caseID)
}
