package workflowtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"mailbox/workflow"
)

// Departments implements workflow.College.
func (m *Memory) Departments(ctx context.Context) ([]workflow.Department, error) {
	return read(ctx, m, func(d *data) ([]workflow.Department, error) {
		out := d.departments.where(func(workflow.Department) bool { return true })
		slices.SortStableFunc(out, func(a, b workflow.Department) int { return cmp.Compare(a.Sort, b.Sort) })
		return out, nil
	})
}

// SaveDepartment implements workflow.College.
func (m *Memory) SaveDepartment(ctx context.Context, dep *workflow.Department) error {
	return m.write(ctx, func(d *data) error {
		if dep.ID != 0 && !d.departments.has(dep.ID) {
			return workflow.Absent()
		}
		if d.departments.any(func(o workflow.Department) bool { return o.ID != dep.ID && o.Code == dep.Code }) {
			return conflict()
		}
		if dep.ID == 0 {
			dep.ID = d.departments.next()
		}
		d.departments.put(dep.ID, *dep)
		return nil
	})
}

// Categories implements workflow.College.
func (m *Memory) Categories(ctx context.Context, at time.Time, all bool) ([]workflow.Category, error) {
	return read(ctx, m, func(d *data) ([]workflow.Category, error) {
		out := d.categories.where(func(c workflow.Category) bool { return inForce(c.From, c.To, at) && (all || c.Active) })
		slices.SortStableFunc(out, func(a, b workflow.Category) int { return cmp.Or(cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID)) })
		return out, nil
	})
}

// inForce reports whether at is in the half-open span; a zero end is open.
func inForce(from, to, at time.Time) bool {
	return !at.Before(from) && (to.IsZero() || at.Before(to))
}

// CategoryVersion implements workflow.College.
func (m *Memory) CategoryVersion(ctx context.Context, version int64) (workflow.Category, error) {
	return read(ctx, m, func(d *data) (workflow.Category, error) { return d.categories.get(version) })
}

// CategoryHistory implements workflow.College.
func (m *Memory) CategoryHistory(ctx context.Context, id int64) ([]workflow.Category, error) {
	return read(ctx, m, func(d *data) ([]workflow.Category, error) { return d.categoryVersions(id), nil })
}

func (d *data) categoryVersions(id int64) []workflow.Category {
	return d.categories.where(func(c workflow.Category) bool { return c.ID == id })
}

// SaveCategory implements workflow.College. Code, parent, place and whether it
// is active belong to the category; the rest to the version.
func (m *Memory) SaveCategory(ctx context.Context, c *workflow.Category, by int64) error {
	return m.write(ctx, func(d *data) error {
		if err := need(c.ID == 0 || d.category(c.ID), d.category(c.Parent), d.department(c.Department), d.policy(c.Policy), d.account(by)); err != nil {
			return err
		}
		if d.categories.any(func(o workflow.Category) bool { return o.ID != c.ID && o.Code == c.Code }) {
			return conflict()
		}
		old := d.categoryVersions(c.ID)
		if n := len(old); n > 0 && !c.From.After(old[n-1].From) {
			return conflict()
		}
		for i, o := range old {
			o.Code, o.Parent, o.Sort, o.Active = c.Code, c.Parent, c.Sort, c.Active
			if i == len(old)-1 {
				o.To = c.From
			}
			d.categories.put(o.Version, o)
		}
		if c.ID == 0 {
			d.categoryIDs++
			c.ID = d.categoryIDs
		}
		c.Version, c.To = d.categories.next(), time.Time{}
		d.categories.put(c.Version, *c)
		return nil
	})
}

// AnswerTemplates implements workflow.College.
func (m *Memory) AnswerTemplates(ctx context.Context, all bool) ([]workflow.AnswerTemplate, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnswerTemplate, error) {
		return d.templates.where(func(t workflow.AnswerTemplate) bool { return all || t.Active }), nil
	})
}

// SaveAnswerTemplate implements workflow.College.
func (m *Memory) SaveAnswerTemplate(ctx context.Context, t *workflow.AnswerTemplate) error {
	return m.write(ctx, func(d *data) error {
		if err := need(t.ID == 0 || d.templates.has(t.ID), d.category(t.Category)); err != nil {
			return err
		}
		switch {
		case t.ID == 0:
			t.ID, t.Version = d.templates.next(), 1
		case d.templates.rows[t.ID].Version != t.Version:
			return conflict()
		default:
			t.Version++
		}
		d.templates.put(t.ID, *t)
		return nil
	})
}

// Settings implements workflow.College.
func (m *Memory) Settings(ctx context.Context) (map[string]string, error) {
	return read(ctx, m, func(d *data) (map[string]string, error) { return maps.Clone(d.settings.rows), nil })
}

// SaveSetting implements workflow.College.
func (m *Memory) SaveSetting(ctx context.Context, key, value string, by int64, _ time.Time) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.account(by)); err != nil {
			return err
		}
		d.settings.put(key, value)
		return nil
	})
}
