package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const clockColumns = `
		id, case_id, kind, occurrence, department_id, amount, unit, calendar_id, started_at, due_at, first_due_at, warn_at,
		provisional, urgent, paused_at, paused_minutes, extended_by, warned_at, breached_at, met_at, cancelled_at`

type clockRow struct {
	ID            int64   `db:"id"`
	CaseID        int64   `db:"case_id"`
	Kind          string  `db:"kind"`
	Occurrence    int     `db:"occurrence"`
	Department    ref     `db:"department_id"`
	Amount        int     `db:"amount"`
	Unit          string  `db:"unit"`
	Calendar      int64   `db:"calendar_id"`
	Started       instant `db:"started_at"`
	Due           instant `db:"due_at"`
	FirstDue      instant `db:"first_due_at"`
	Warn          instant `db:"warn_at"`
	Provisional   bool    `db:"provisional"`
	Urgent        bool    `db:"urgent"`
	Paused        instant `db:"paused_at"`
	PausedMinutes int     `db:"paused_minutes"`
	ExtendedBy    int     `db:"extended_by"`
	Warned        instant `db:"warned_at"`
	Breached      instant `db:"breached_at"`
	Met           instant `db:"met_at"`
	Cancelled     instant `db:"cancelled_at"`
}

func (r clockRow) toClock() workflow.Clock {
	return workflow.Clock{
		ID: r.ID, CaseID: r.CaseID, Kind: workflow.ClockKind(r.Kind), Occurrence: r.Occurrence, Department: int64(r.Department),
		Promise: workflow.Promise{Amount: r.Amount, Unit: workflow.Unit(r.Unit)}, Calendar: r.Calendar,
		Started: time.Time(r.Started), Due: time.Time(r.Due), FirstDue: time.Time(r.FirstDue), Warn: time.Time(r.Warn),
		Provisional: r.Provisional, Urgent: r.Urgent, Paused: time.Time(r.Paused), PausedMinutes: r.PausedMinutes,
		ExtendedBy: r.ExtendedBy, Warned: time.Time(r.Warned), Breached: time.Time(r.Breached),
		Met: time.Time(r.Met), Cancelled: time.Time(r.Cancelled),
	}
}

// clockValues are the columns from department_id on, in their order.
func clockValues(k *workflow.Clock) []any {
	return []any{
		ref(k.Department), k.Promise.Amount, k.Promise.Unit, k.Calendar, instant(k.Started), instant(k.Due), instant(k.FirstDue),
		instant(k.Warn), k.Provisional, k.Urgent, instant(k.Paused), k.PausedMinutes, k.ExtendedBy,
		instant(k.Warned), instant(k.Breached), instant(k.Met), instant(k.Cancelled),
	}
}

const sqlAddClock = `
	INSERT INTO clocks (case_id, kind, occurrence, department_id, amount, unit, calendar_id, started_at, due_at, first_due_at,
		warn_at, provisional, urgent, paused_at, paused_minutes, extended_by, warned_at, breached_at, met_at, cancelled_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
	RETURNING id`

// AddClock implements workflow.Clocks.
func (s *Store) AddClock(ctx context.Context, k *workflow.Clock) error {
	id, err := one[int64](ctx, s, "add clock", sqlAddClock, append([]any{k.CaseID, k.Kind, k.Occurrence}, clockValues(k)...)...)
	if err == nil {
		k.ID = id
	}
	return err
}

const sqlSaveClock = `
	UPDATE clocks SET (department_id, amount, unit, calendar_id, started_at, due_at, first_due_at, warn_at, provisional, urgent,
		paused_at, paused_minutes, extended_by, warned_at, breached_at, met_at, cancelled_at)
		= ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
	WHERE id = $1`

// SaveClock implements workflow.Clocks.
func (s *Store) SaveClock(ctx context.Context, k workflow.Clock) error {
	return s.change(ctx, "save clock", sqlSaveClock, append([]any{k.ID}, clockValues(&k)...)...)
}

const sqlClock = `SELECT` + clockColumns + ` FROM clocks WHERE id = $1`

// Clock implements workflow.Clocks.
func (s *Store) Clock(ctx context.Context, id int64) (workflow.Clock, error) {
	r, err := one[clockRow](ctx, s, "read clock", sqlClock, id)
	return r.toClock(), err
}

const sqlLockClock = sqlClock + ` FOR NO KEY UPDATE`

// LockClock implements workflow.Clocks.
func (s *Store) LockClock(ctx context.Context, id int64) (workflow.Clock, error) {
	r, err := one[clockRow](ctx, s, "lock clock", sqlLockClock, id)
	return r.toClock(), err
}

const sqlClocksOf = `SELECT` + clockColumns + ` FROM clocks WHERE case_id = ANY ($1) ORDER BY id`

// ClocksOf implements workflow.Clocks.
func (s *Store) ClocksOf(ctx context.Context, caseIDs ...int64) ([]workflow.Clock, error) {
	return many(ctx, s, "list clocks", clockRow.toClock, sqlClocksOf, pq.Int64Array(caseIDs))
}

const sqlClocksAt = `SELECT` + clockColumns + ` FROM clocks WHERE id = ANY ($1) ORDER BY id`

// ClocksAt implements workflow.Clocks.
func (s *Store) ClocksAt(ctx context.Context, ids []int64) ([]workflow.Clock, error) {
	return many(ctx, s, "read clocks", clockRow.toClock, sqlClocksAt, pq.Int64Array(ids))
}

// mayRing are the clocks of which a step is still to be noted; two indexes hold
// exactly these.
const mayRing = ` met_at IS NULL AND cancelled_at IS NULL AND paused_at IS NULL AND breached_at IS NULL`

const sqlRinging = `SELECT` + clockColumns + ` FROM clocks WHERE` + mayRing + ` AND id > $1 ORDER BY id LIMIT $2`

// Ringing implements workflow.Clocks.
func (s *Store) Ringing(ctx context.Context, after int64, limit int) ([]workflow.Clock, error) {
	return many(ctx, s, "list ringing clocks", clockRow.toClock, sqlRinging, after, ref(limit))
}

const sqlRingingBefore = `SELECT` + clockColumns + ` FROM clocks WHERE` + mayRing + ` AND rings_at < $1 AND id > $2 ORDER BY id LIMIT $3`

// RingingBefore implements workflow.Clocks.
func (s *Store) RingingBefore(ctx context.Context, before time.Time, after int64, limit int) ([]workflow.Clock, error) {
	return many(ctx, s, "list clocks that ring soon", clockRow.toClock, sqlRingingBefore, instant(before), after, ref(limit))
}

const sqlTakeDue = `SELECT` + clockColumns + `
	FROM clocks
	WHERE` + mayRing + ` AND rings_at <= $1
	ORDER BY rings_at, id
	LIMIT $2
	FOR NO KEY UPDATE SKIP LOCKED`

// TakeDue implements workflow.Clocks.
func (s *Store) TakeDue(ctx context.Context, now time.Time, limit int) ([]workflow.Clock, error) {
	if s.act == nil {
		return nil, errors.New("take due clocks: outside of Atomic they would be let go at once")
	}
	return many(ctx, s, "take due clocks", clockRow.toClock, sqlTakeDue, instant(now), ref(limit))
}
