package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type columnRow struct {
	ID         int64  `db:"id"`
	Parent     ref    `db:"parent_id"`
	Name       string `db:"name"`
	URL        string `db:"url"`
	Department ref    `db:"department_id"`
	Sort       int    `db:"sort"`
	Opened     date   `db:"opened_on"`
	Closed     date   `db:"closed_on"`
	Version    int64  `db:"version"`
}

func (r columnRow) toColumn() workflow.Column {
	return workflow.Column{
		ID: r.ID, Parent: int64(r.Parent), Name: r.Name, URL: r.URL, Department: int64(r.Department), Sort: r.Sort,
		Opened: string(r.Opened), Closed: string(r.Closed), Version: r.Version,
	}
}

// The order of the tree: each section behind its parent, siblings by sort.
const sqlColumns = `
	WITH RECURSIVE tree AS (
		SELECT id, ARRAY[sort::bigint, id] AS place FROM columns WHERE parent_id IS NULL
		UNION ALL
		SELECT c.id, t.place || ARRAY[c.sort::bigint, c.id] FROM columns c JOIN tree t ON t.id = c.parent_id
	)
	SELECT c.id, c.parent_id, c.name, c.url, c.department_id, c.sort, c.opened_on, c.closed_on, c.version
	FROM tree t JOIN columns c ON c.id = t.id
	WHERE $1::date IS NULL OR c.opened_on <= $1 AND (c.closed_on IS NULL OR c.closed_on > $1)
	ORDER BY t.place`

// Columns implements workflow.Ledger.
func (s *Store) Columns(ctx context.Context, day string) ([]workflow.Column, error) {
	return many(ctx, s, "list columns", columnRow.toColumn, sqlColumns, date(day))
}

const sqlAddColumn = `
	INSERT INTO columns (parent_id, name, url, department_id, sort, opened_on, closed_on) VALUES ($1, $2, $3, $4, $5, $6, $7)
	RETURNING id`

const sqlSaveColumn = `
	UPDATE columns SET parent_id = $3, name = $4, url = $5, department_id = $6, sort = $7, opened_on = $8, closed_on = $9,
		version = version + 1
	WHERE id = $1 AND version = $2`

const sqlColumnExists = `SELECT EXISTS (SELECT FROM columns WHERE id = $1)`

// SaveColumn implements workflow.Ledger.
func (s *Store) SaveColumn(ctx context.Context, c *workflow.Column) error {
	values := []any{ref(c.Parent), c.Name, c.URL, ref(c.Department), c.Sort, date(c.Opened), date(c.Closed)}
	if c.ID == 0 {
		id, err := one[int64](ctx, s, "add column", sqlAddColumn, values...)
		if err == nil {
			c.ID, c.Version = id, 1
		}
		return err
	}
	err := s.save(ctx, "save column", sqlSaveColumn, sqlColumnExists, c.ID, append([]any{c.Version}, values...)...)
	if err == nil {
		c.Version++
	}
	return err
}

const sqlCountByColumn = `
	SELECT column_id, count(*) AS n FROM items
	WHERE column_id IS NOT NULL AND published_at <= $1 AND (withdrawn_at IS NULL OR withdrawn_at > $1)
	GROUP BY column_id`

type columnCount struct {
	Column int64 `db:"column_id"`
	N      int   `db:"n"`
}

// CountByColumn implements workflow.Ledger.
func (s *Store) CountByColumn(ctx context.Context, asOf time.Time) (map[int64]int, error) {
	rows, err := many(ctx, s, "count items by column", same[columnCount], sqlCountByColumn, instant(asOf))
	if err != nil {
		return nil, err
	}
	out := make(map[int64]int, len(rows))
	for _, r := range rows {
		out[r.Column] = r.N
	}
	return out, nil
}
