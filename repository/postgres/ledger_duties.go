package postgres

import (
	"context"

	"github.com/lib/pq"

	"mailbox/workflow"
)

type dutyRow struct {
	ID         int64         `db:"id"`
	No         int           `db:"no"`
	Class      int           `db:"class"`
	Title      string        `db:"title"`
	Applies    bool          `db:"applies"`
	WhyNot     string        `db:"why_not"`
	URL        string        `db:"url"`
	Department ref           `db:"department_id"`
	Columns    pq.Int64Array `db:"columns"`
	Changed    date          `db:"changed_on"`
	Updated    date          `db:"updated_on"`
	Told       date          `db:"told_on"`
	Latest     date          `db:"latest"`
	Version    int64         `db:"version"`
}

func (r dutyRow) toDuty() workflow.Duty {
	d := workflow.Duty{
		ID: r.ID, No: r.No, Class: r.Class, Title: r.Title, Applies: r.Applies, WhyNot: r.WhyNot, URL: r.URL,
		Department: int64(r.Department), Changed: string(r.Changed), Updated: string(r.Updated), Told: string(r.Told),
		Latest: string(r.Latest), Version: r.Version,
	}
	if len(r.Columns) > 0 {
		d.Columns = r.Columns
	}
	return d
}

// What is public below a section brings the section up to date as well.
const sqlDuties = `
	WITH RECURSIVE tree AS (
		SELECT duty_id, column_id FROM duty_columns
		UNION
		SELECT t.duty_id, c.id FROM columns c JOIN tree t ON t.column_id = c.parent_id
	), newest AS (
		SELECT column_id, max(day) AS day FROM items WHERE state = 'published' GROUP BY column_id
	), latest AS (
		SELECT t.duty_id, max(n.day) AS day FROM tree t JOIN newest n ON n.column_id = t.column_id GROUP BY t.duty_id
	)
	SELECT d.id, d.no, d.class, d.title, d.applies, d.why_not, d.url, d.department_id,
		ARRAY(SELECT c.column_id FROM duty_columns c WHERE c.duty_id = d.id ORDER BY c.column_id) AS columns,
		d.changed_on, d.updated_on, d.told_on, l.day AS latest, d.version
	FROM duties d LEFT JOIN latest l ON l.duty_id = d.id
	ORDER BY d.no`

// Duties implements workflow.Ledger.
func (s *Store) Duties(ctx context.Context) ([]workflow.Duty, error) {
	return many(ctx, s, "list duties", dutyRow.toDuty, sqlDuties)
}

const sqlAddDuty = `
	INSERT INTO duties (no, class, title, applies, why_not, url, department_id, changed_on, updated_on, told_on)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	RETURNING id`

const sqlSaveDuty = `
	UPDATE duties SET no = $3, class = $4, title = $5, applies = $6, why_not = $7, url = $8, department_id = $9, changed_on = $10,
		updated_on = $11, told_on = $12, version = version + 1
	WHERE id = $1 AND version = $2`

const sqlDutyExists = `SELECT EXISTS (SELECT FROM duties WHERE id = $1)`

const sqlClearDutyColumns = `DELETE FROM duty_columns WHERE duty_id = $1`

const sqlAddDutyColumns = `INSERT INTO duty_columns (duty_id, column_id) SELECT $1, c FROM unnest($2::bigint[]) AS c`

// SaveDuty implements workflow.Ledger.
func (s *Store) SaveDuty(ctx context.Context, d *workflow.Duty) error {
	saved := *d
	err := s.together(ctx, func(tx *Store) error {
		saved = *d
		if err := tx.putDuty(ctx, &saved); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, "clear columns of duty", sqlClearDutyColumns, saved.ID); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "add columns of duty", sqlAddDutyColumns, saved.ID, pq.Int64Array(saved.Columns))
		return err
	})
	if err == nil {
		*d = saved
	}
	return err
}

func (s *Store) putDuty(ctx context.Context, d *workflow.Duty) error {
	values := []any{
		d.No, d.Class, d.Title, d.Applies, d.WhyNot, d.URL, ref(d.Department), date(d.Changed), date(d.Updated), date(d.Told),
	}
	if d.ID == 0 {
		id, err := one[int64](ctx, s, "add duty", sqlAddDuty, values...)
		d.ID, d.Version = id, 1
		return err
	}
	err := s.save(ctx, "save duty", sqlSaveDuty, sqlDutyExists, d.ID, append([]any{d.Version}, values...)...)
	d.Version++
	return err
}
