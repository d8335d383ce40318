package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const extensionColumns = `
		id, case_id, days, reason, asked_by, asked_at, decided_by, decided_at, coalesce(granted, false) AS granted, remark`

type extensionRow struct {
	ID      int64   `db:"id"`
	CaseID  int64   `db:"case_id"`
	Days    int     `db:"days"`
	Reason  string  `db:"reason"`
	AskedBy int64   `db:"asked_by"`
	Asked   instant `db:"asked_at"`
	By      ref     `db:"decided_by"`
	Decided instant `db:"decided_at"`
	Granted bool    `db:"granted"`
	Remark  string  `db:"remark"`
}

func (r extensionRow) toExtension() workflow.Extension {
	return workflow.Extension{
		ID: r.ID, CaseID: r.CaseID, Days: r.Days, Reason: r.Reason, AskedBy: r.AskedBy, Asked: time.Time(r.Asked),
		Decided: time.Time(r.Decided), By: int64(r.By), Granted: r.Granted, Remark: r.Remark,
	}
}

const sqlAddExtension = `
	INSERT INTO extensions (case_id, days, reason, asked_by, asked_at, decided_by, decided_at, granted, remark)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	RETURNING id`

// AddExtension implements workflow.Cases.
func (s *Store) AddExtension(ctx context.Context, x *workflow.Extension) error {
	id, err := one[int64](ctx, s, "add extension", sqlAddExtension,
		x.CaseID, x.Days, x.Reason, x.AskedBy, instant(x.Asked), ref(x.By), instant(x.Decided), granted(*x), x.Remark)
	if err == nil {
		x.ID = id
	}
	return err
}

const sqlOpenExtension = `SELECT` + extensionColumns + ` FROM extensions WHERE case_id = $1 AND decided_at IS NULL`

// OpenExtension implements workflow.Cases.
func (s *Store) OpenExtension(ctx context.Context, caseID int64) (workflow.Extension, error) {
	r, err := one[extensionRow](ctx, s, "read open extension", sqlOpenExtension, caseID)
	return r.toExtension(), err
}

const sqlSaveExtension = `
	UPDATE extensions SET days = $2, reason = $3, decided_by = $4, decided_at = $5, granted = $6, remark = $7
	WHERE id = $1`

// SaveExtension implements workflow.Cases.
func (s *Store) SaveExtension(ctx context.Context, x workflow.Extension) error {
	return s.change(ctx, "save extension", sqlSaveExtension,
		x.ID, x.Days, x.Reason, ref(x.By), instant(x.Decided), granted(x), x.Remark)
}

const sqlExtensionsOf = `SELECT` + extensionColumns + ` FROM extensions WHERE case_id = $1 ORDER BY id`

// ExtensionsOf implements workflow.Cases.
func (s *Store) ExtensionsOf(ctx context.Context, caseID int64) ([]workflow.Extension, error) {
	return many(ctx, s, "list extensions", extensionRow.toExtension, sqlExtensionsOf, caseID)
}

// granted is the office's yes or no; before it decides there is neither.
func granted(x workflow.Extension) *bool {
	if x.Decided.IsZero() {
		return nil
	}
	return &x.Granted
}
