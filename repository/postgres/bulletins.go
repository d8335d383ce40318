package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type bulletinRow struct {
	ID       int64                             `db:"id"`
	Month    date                              `db:"month"`
	State    string                            `db:"state"`
	Text     string                            `db:"body"`
	Values   document[workflow.BulletinValues] `db:"figures"`
	Created  instant                           `db:"created_at"`
	Edited   instant                           `db:"edited_at"`
	EditedBy ref                               `db:"edited_by"`
	Approved instant                           `db:"approved_at"`
	By       ref                               `db:"approved_by"`
	Version  int64                             `db:"version"`
}

func (r bulletinRow) toBulletin() workflow.Bulletin {
	return workflow.Bulletin{
		ID: r.ID, Month: string(r.Month), State: workflow.BulletinState(r.State), Text: r.Text, Values: r.Values.v,
		Created: time.Time(r.Created), Edited: time.Time(r.Edited), EditedBy: int64(r.EditedBy),
		Approved: time.Time(r.Approved), By: int64(r.By), Version: r.Version,
	}
}

const bulletinColumns = ` id, month, state, body, figures, created_at, edited_at, edited_by, approved_at, approved_by, version `

const sqlAddBulletin = `
	INSERT INTO bulletins (month, state, body, figures, created_at, edited_at, edited_by, approved_at, approved_by)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`

// AddBulletin implements workflow.Bulletins.
func (s *Store) AddBulletin(ctx context.Context, b *workflow.Bulletin) error {
	id, err := one[int64](ctx, s, "add bulletin", sqlAddBulletin, append([]any{date(b.Month)}, bulletinValues(b)...)...)
	if err == nil {
		b.ID, b.Version = id, 1
	}
	return err
}

func bulletinValues(b *workflow.Bulletin) []any {
	return []any{
		b.State, b.Text,
		document[workflow.BulletinValues]{b.Values},
		instant(b.Created), instant(b.Edited), ref(b.EditedBy),
		instant(b.Approved), ref(b.By),
	}
}

const sqlSaveBulletin = `
	UPDATE bulletins SET (state, body, figures, created_at, edited_at, edited_by, approved_at, approved_by, version)
		= ($3, $4, $5, $6, $7, $8, $9, $10, version + 1)
	WHERE id = $1 AND version = $2 AND state = 'draft'`

const sqlBulletinExists = `SELECT EXISTS (SELECT FROM bulletins WHERE id = $1)`

// SaveBulletin implements workflow.Bulletins.
func (s *Store) SaveBulletin(ctx context.Context, b *workflow.Bulletin) error {
	err := s.save(ctx, "save bulletin", sqlSaveBulletin, sqlBulletinExists, b.ID, append([]any{b.Version}, bulletinValues(b)...)...)
	if err == nil {
		b.Version++
	}
	return err
}

const sqlBulletin = `SELECT` + bulletinColumns + `FROM bulletins WHERE month = $1::date`

// Bulletin implements workflow.Bulletins.
func (s *Store) Bulletin(ctx context.Context, month string) (workflow.Bulletin, error) {
	r, err := one[bulletinRow](ctx, s, "read bulletin", sqlBulletin, month)
	return r.toBulletin(), err
}

const sqlBulletins = `
	SELECT` + bulletinColumns + `FROM bulletins WHERE month < coalesce($1::date, 'infinity') ORDER BY month DESC LIMIT $2`

// Bulletins implements workflow.Bulletins.
func (s *Store) Bulletins(ctx context.Context, before string, limit int) ([]workflow.Bulletin, error) {
	return many(ctx, s, "list bulletins", bulletinRow.toBulletin, sqlBulletins, date(before), ref(limit))
}
