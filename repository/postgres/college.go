package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type departmentRow struct {
	ID     int64  `db:"id"`
	Code   string `db:"code"`
	NameZH string `db:"name_zh"`
	NameEN string `db:"name_en"`
	Phone  string `db:"phone"`
	Sort   int    `db:"sort"`
	Active bool   `db:"active"`
}

func (r departmentRow) toDepartment() workflow.Department { return workflow.Department(r) }

const sqlDepartments = `SELECT id, code, name_zh, name_en, phone, sort, active FROM departments ORDER BY sort, id`

// Departments implements workflow.College.
func (s *Store) Departments(ctx context.Context) ([]workflow.Department, error) {
	return many(ctx, s, "list departments", departmentRow.toDepartment, sqlDepartments)
}

const sqlAddDepartment = `
	INSERT INTO departments (code, name_zh, name_en, phone, sort, active) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`

const sqlSaveDepartment = `
	UPDATE departments SET code = $2, name_zh = $3, name_en = $4, phone = $5, sort = $6, active = $7 WHERE id = $1`

// SaveDepartment implements workflow.College.
func (s *Store) SaveDepartment(ctx context.Context, d *workflow.Department) error {
	values := []any{d.Code, d.NameZH, d.NameEN, d.Phone, d.Sort, d.Active}
	if d.ID != 0 {
		return s.change(ctx, "save department", sqlSaveDepartment, append([]any{d.ID}, values...)...)
	}
	id, err := one[int64](ctx, s, "add department", sqlAddDepartment, values...)
	if err == nil {
		d.ID = id
	}
	return err
}

type templateRow struct {
	ID       int64   `db:"id"`
	Title    string  `db:"title"`
	Body     string  `db:"body"`
	Purpose  string  `db:"purpose"`
	Category ref     `db:"category_id"`
	Active   bool    `db:"active"`
	ReviewOn date    `db:"review_on"`
	Version  int64   `db:"version"`
	Updated  instant `db:"updated_at"`
}

func (r templateRow) toTemplate() workflow.AnswerTemplate {
	return workflow.AnswerTemplate{
		ID: r.ID, Title: r.Title, Body: r.Body, Purpose: r.Purpose, Category: int64(r.Category), Active: r.Active,
		ReviewOn: string(r.ReviewOn), Version: r.Version, Updated: time.Time(r.Updated),
	}
}

const sqlAnswerTemplates = `
	SELECT id, title, body, purpose, category_id, active, review_on, version, updated_at
	FROM answer_templates WHERE $1 OR active ORDER BY id`

// AnswerTemplates implements workflow.College.
func (s *Store) AnswerTemplates(ctx context.Context, all bool) ([]workflow.AnswerTemplate, error) {
	return many(ctx, s, "list answer templates", templateRow.toTemplate, sqlAnswerTemplates, all)
}

const sqlAddAnswerTemplate = `
	INSERT INTO answer_templates (title, body, purpose, category_id, active, review_on, updated_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	RETURNING id`

const sqlSaveAnswerTemplate = `
	UPDATE answer_templates SET title = $3, body = $4, purpose = $5, category_id = $6, active = $7, review_on = $8,
		updated_at = $9, version = version + 1
	WHERE id = $1 AND version = $2`

const sqlAnswerTemplateExists = `SELECT EXISTS (SELECT FROM answer_templates WHERE id = $1)`

// SaveAnswerTemplate implements workflow.College.
func (s *Store) SaveAnswerTemplate(ctx context.Context, t *workflow.AnswerTemplate) error {
	values := []any{t.Title, t.Body, t.Purpose, ref(t.Category), t.Active, date(t.ReviewOn), instant(t.Updated).or(s.now())}
	if t.ID != 0 {
		err := s.save(ctx, "save answer template", sqlSaveAnswerTemplate, sqlAnswerTemplateExists,
			t.ID, append([]any{t.Version}, values...)...)
		if err == nil {
			t.Version++
		}
		return err
	}
	id, err := one[int64](ctx, s, "add answer template", sqlAddAnswerTemplate, values...)
	if err == nil {
		t.ID, t.Version = id, 1
	}
	return err
}

type settingRow struct {
	Key   string `db:"key"`
	Value string `db:"value"`
}

const sqlSettings = `SELECT key, value FROM settings`

// Settings implements workflow.College.
func (s *Store) Settings(ctx context.Context) (map[string]string, error) {
	rows, err := many(ctx, s, "read settings", same[settingRow], sqlSettings)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Key] = r.Value
	}
	return out, nil
}

const sqlSaveSetting = `
	INSERT INTO settings (key, value, updated_at, updated_by) VALUES ($1, $2, $3, $4)
	ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`

// SaveSetting implements workflow.College.
func (s *Store) SaveSetting(ctx context.Context, key, value string, by int64, at time.Time) error {
	_, err := s.exec(ctx, "save setting", sqlSaveSetting, key, value, instant(at), ref(by))
	return err
}
