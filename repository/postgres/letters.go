package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const letterColumns = ` id, channel, external, case_id, content_hash, receipt, raw_id, received_at`

type letterRow struct {
	ID          int64   `db:"id"`
	Channel     string  `db:"channel"`
	External    []byte  `db:"external"`
	CaseID      int64   `db:"case_id"`
	ContentHash []byte  `db:"content_hash"`
	Receipt     octets  `db:"receipt"`
	RawMail     ref     `db:"raw_id"`
	Received    instant `db:"received_at"`
}

func (r letterRow) toLetter() workflow.StoredLetter {
	return workflow.StoredLetter{
		ID: r.ID, Channel: workflow.Channel(r.Channel), External: r.External, CaseID: r.CaseID,
		ContentHash: r.ContentHash, Receipt: r.Receipt, RawMail: int64(r.RawMail), Received: time.Time(r.Received),
	}
}

const sqlAddLetter = `
	INSERT INTO letters (channel, external, case_id, content_hash, receipt, raw_id, received_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	RETURNING id`

// AddLetter implements workflow.Letters.
func (s *Store) AddLetter(ctx context.Context, l *workflow.StoredLetter) error {
	id, err := one[int64](ctx, s, "add letter", sqlAddLetter,
		l.Channel, solid(l.External), l.CaseID, solid(l.ContentHash), octets(l.Receipt), ref(l.RawMail), instant(l.Received))
	if err == nil {
		l.ID = id
	}
	return err
}

const sqlLetterBy = `SELECT` + letterColumns + ` FROM letters WHERE channel = $1 AND external = $2`

// LetterBy implements workflow.Letters.
func (s *Store) LetterBy(ctx context.Context, channel workflow.Channel, external []byte) (workflow.StoredLetter, error) {
	r, err := one[letterRow](ctx, s, "find letter", sqlLetterBy, channel, solid(external))
	return r.toLetter(), err
}

const sqlLettersOf = `SELECT` + letterColumns + ` FROM letters WHERE case_id = $1 ORDER BY id`

// LettersOf implements workflow.Letters.
func (s *Store) LettersOf(ctx context.Context, caseID int64) ([]workflow.StoredLetter, error) {
	return many(ctx, s, "list letters", letterRow.toLetter, sqlLettersOf, caseID)
}

type writerRow struct {
	ID        string  `db:"id"`
	Sealed    []byte  `db:"sealed"`
	KeyID     string  `db:"key_id"`
	MailIndex octets  `db:"mail_index"`
	Created   instant `db:"created_at"`
}

func (r writerRow) toWriter() workflow.SealedWriter {
	return workflow.SealedWriter{ID: r.ID, Sealed: r.Sealed, KeyID: r.KeyID, MailIndex: r.MailIndex, Created: time.Time(r.Created)}
}

const sqlAddWriter = `
	INSERT INTO writers (id, sealed, key_id, mail_index, created_at) VALUES ($1, $2, $3, $4, $5)`

// AddWriter implements workflow.Letters.
func (s *Store) AddWriter(ctx context.Context, w workflow.SealedWriter) error {
	_, err := s.exec(ctx, "add writer", sqlAddWriter,
		uid(w.ID), solid(w.Sealed), w.KeyID, octets(w.MailIndex), instant(w.Created).or(s.now()))
	return err
}

const sqlWriter = `SELECT id, sealed, key_id, mail_index, created_at FROM writers WHERE id = $1`

// Writer implements workflow.Letters.
func (s *Store) Writer(ctx context.Context, id string) (workflow.SealedWriter, error) {
	if !uid(id).known() {
		return workflow.SealedWriter{}, workflow.Absent()
	}
	r, err := one[writerRow](ctx, s, "read writer", sqlWriter, uid(id))
	return r.toWriter(), err
}

const sqlSaveWriter = `UPDATE writers SET sealed = $2, key_id = $3, mail_index = $4 WHERE id = $1`

// SaveWriter implements workflow.Letters.
func (s *Store) SaveWriter(ctx context.Context, w workflow.SealedWriter) error {
	if !uid(w.ID).known() {
		return workflow.Absent()
	}
	return s.change(ctx, "save writer", sqlSaveWriter, uid(w.ID), solid(w.Sealed), w.KeyID, octets(w.MailIndex))
}

const sqlWritersByMail = `SELECT id FROM writers WHERE mail_index = $1 ORDER BY created_at, id`

// WritersByMail implements workflow.Letters.
func (s *Store) WritersByMail(ctx context.Context, index []byte) ([]string, error) {
	return many(ctx, s, "find writers by mail", same[string], sqlWritersByMail, octets(index))
}
