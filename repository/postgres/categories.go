package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const categoryColumns = `
		c.id, v.id AS version, c.code, c.parent_id, v.name_zh, v.name_en, v.hint_zh, v.hint_en, v.department_id, v.policy_id,
		v.sealed, c.sort, c.active, v.valid_from, v.valid_to`

const fromCategories = ` FROM categories c JOIN category_versions v ON v.category_id = c.id`

type categoryRow struct {
	ID         int64   `db:"id"`
	Version    int64   `db:"version"`
	Code       string  `db:"code"`
	Parent     ref     `db:"parent_id"`
	NameZH     string  `db:"name_zh"`
	NameEN     string  `db:"name_en"`
	HintZH     string  `db:"hint_zh"`
	HintEN     string  `db:"hint_en"`
	Department ref     `db:"department_id"`
	Policy     int64   `db:"policy_id"`
	Sealed     bool    `db:"sealed"`
	Sort       int     `db:"sort"`
	Active     bool    `db:"active"`
	From       instant `db:"valid_from"`
	To         instant `db:"valid_to"`
}

func (r categoryRow) toCategory() workflow.Category {
	return workflow.Category{
		ID: r.ID, Version: r.Version, Code: r.Code, Parent: int64(r.Parent), NameZH: r.NameZH, NameEN: r.NameEN,
		HintZH: r.HintZH, HintEN: r.HintEN, Department: int64(r.Department), Policy: r.Policy, Sealed: r.Sealed,
		Sort: r.Sort, Active: r.Active, From: time.Time(r.From), To: time.Time(r.To),
	}
}

// inForce is whether the version v is in force at $1.
const inForce = ` v.valid_from <= $1 AND (v.valid_to IS NULL OR v.valid_to > $1)`

const sqlCategories = `SELECT` + categoryColumns + fromCategories + `
	WHERE` + inForce + ` AND ($2 OR c.active)
	ORDER BY c.sort, c.id`

// Categories implements workflow.College.
func (s *Store) Categories(ctx context.Context, at time.Time, all bool) ([]workflow.Category, error) {
	return many(ctx, s, "list categories", categoryRow.toCategory, sqlCategories, at.UTC(), all)
}

const sqlCategoryVersion = `SELECT` + categoryColumns + fromCategories + ` WHERE v.id = $1`

// CategoryVersion implements workflow.College.
func (s *Store) CategoryVersion(ctx context.Context, version int64) (workflow.Category, error) {
	r, err := one[categoryRow](ctx, s, "read category", sqlCategoryVersion, version)
	return r.toCategory(), err
}

const sqlCategoryHistory = `SELECT` + categoryColumns + fromCategories + ` WHERE c.id = $1 ORDER BY v.id`

// CategoryHistory implements workflow.College.
func (s *Store) CategoryHistory(ctx context.Context, id int64) ([]workflow.Category, error) {
	return many(ctx, s, "list category versions", categoryRow.toCategory, sqlCategoryHistory, id)
}

const sqlAddCategory = `
	INSERT INTO categories (code, parent_id, sort, active) VALUES ($1, $2, $3, $4) RETURNING id`

const sqlSaveCategory = `
	UPDATE categories SET code = $2, parent_id = $3, sort = $4, active = $5 WHERE id = $1`

const sqlEndCategoryVersion = `
	UPDATE category_versions SET valid_to = $2 WHERE category_id = $1 AND valid_to IS NULL AND valid_from < $2`

const sqlAddCategoryVersion = `
	INSERT INTO category_versions (category_id, name_zh, name_en, hint_zh, hint_en, department_id, policy_id, sealed, valid_from, created_by)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	RETURNING id`

// SaveCategory implements workflow.College. Code, parent, place and whether it
// is active belong to the category; the rest to the version. A version that
// begins no later than the one before is a Conflict.
func (s *Store) SaveCategory(ctx context.Context, c *workflow.Category, by int64) error {
	saved := *c
	saved.From, saved.To = time.Time(instant(c.From).or(s.now())), time.Time{}
	err := s.together(ctx, func(tx *Store) error {
		if err := tx.beginCategory(ctx, &saved, c.ID); err != nil {
			return err
		}
		version, err := one[int64](ctx, tx, "add category version", sqlAddCategoryVersion,
			saved.ID, saved.NameZH, saved.NameEN, saved.HintZH, saved.HintEN, ref(saved.Department), saved.Policy, saved.Sealed,
			instant(saved.From), ref(by))
		saved.Version = version
		return err
	})
	if err == nil {
		*c = saved
	}
	return err
}

// beginCategory stores what does not depend on the version, and ends the
// version before.
func (s *Store) beginCategory(ctx context.Context, c *workflow.Category, id int64) error {
	if id == 0 {
		added, err := one[int64](ctx, s, "add category", sqlAddCategory, c.Code, ref(c.Parent), c.Sort, c.Active)
		c.ID = added
		return err
	}
	if err := s.change(ctx, "save category", sqlSaveCategory, id, c.Code, ref(c.Parent), c.Sort, c.Active); err != nil {
		return err
	}
	n, err := s.exec(ctx, "end category version", sqlEndCategoryVersion, id, instant(c.From))
	if err == nil && n == 0 {
		return stale("end category version")
	}
	return err
}
