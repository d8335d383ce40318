package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

// Keys of advisory locks: who holds one does what the others must wait with.
const (
	journalLock  = 7214002
	projectLock  = 7214003
	calendarLock = 7214004
	importLock   = 7214005
	openWorkLock = 7214006
)

const sqlLock = `SELECT pg_advisory_xact_lock($1)`

const journalColumns = ` id, seq, at, account_id, action, subject, detail, hash`

type journalRow struct {
	ID      int64   `db:"id"`
	Seq     int64   `db:"seq"`
	At      instant `db:"at"`
	Account ref     `db:"account_id"`
	Action  string  `db:"action"`
	Subject string  `db:"subject"`
	Detail  pairs   `db:"detail"`
	Hash    []byte  `db:"hash"`
}

func (r journalRow) toEntry() workflow.JournalEntry {
	return workflow.JournalEntry{
		ID: r.ID, Seq: r.Seq, At: time.Time(r.At), Account: int64(r.Account), Action: r.Action,
		Subject: r.Subject, Detail: r.Detail, Hash: r.Hash,
	}
}

const sqlLastEntry = `SELECT` + journalColumns + ` FROM journal ORDER BY seq DESC LIMIT 1`

const sqlAddEntry = `
	INSERT INTO journal (seq, at, account_id, action, subject, detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`

// AddJournal implements workflow.Events. The lock is held until the act ends:
// the next entry must follow one that is kept.
func (s *Store) AddJournal(ctx context.Context, e workflow.JournalEntry, link func(prev []byte, e workflow.JournalEntry) []byte) error {
	return s.together(ctx, func(tx *Store) error {
		if _, err := tx.exec(ctx, "lock journal", sqlLock, journalLock); err != nil {
			return err
		}
		last, err := one[journalRow](ctx, tx, "read last journal entry", sqlLastEntry)
		if err != nil && workflow.KindOf(err) != workflow.NotFound {
			return err
		}
		next := e
		next.Seq, next.At = last.Seq+1, e.At.UTC().Truncate(time.Microsecond)
		next.Hash = link(last.Hash, next)
		_, err = tx.exec(ctx, "add journal entry", sqlAddEntry,
			next.Seq, instant(next.At), ref(next.Account), next.Action, next.Subject, pairs(next.Detail), solid(next.Hash))
		return err
	})
}

const sqlJournal = `SELECT` + journalColumns + ` FROM journal WHERE ($1::bigint = 0 OR id < $1) ORDER BY id DESC LIMIT $2`

// Journal implements workflow.Events.
func (s *Store) Journal(ctx context.Context, before int64, limit int) ([]workflow.JournalEntry, error) {
	return many(ctx, s, "list journal", journalRow.toEntry, sqlJournal, before, ref(limit))
}

const sqlJournalFrom = `SELECT` + journalColumns + ` FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2`

// JournalFrom implements workflow.Events.
func (s *Store) JournalFrom(ctx context.Context, after int64, limit int) ([]workflow.JournalEntry, error) {
	return many(ctx, s, "read journal", journalRow.toEntry, sqlJournalFrom, after, ref(limit))
}
