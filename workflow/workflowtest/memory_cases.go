package workflowtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

type assist struct{ caseID, department int64 }

func (a assist) key() string { return fmt.Sprintf("%d:%d", a.caseID, a.department) }

// NameCase implements workflow.Cases.
func (m *Memory) NameCase(ctx context.Context, day string) (id int64, number string, err error) {
	err = m.write(ctx, func(d *data) error {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return fmt.Errorf("day of a case: %w", err)
		}
		serial := d.serials.rows[day] + 1
		d.serials.put(day, serial)
		id, number = d.cases.next(), fmt.Sprintf("XZ%s-%04d", strings.ReplaceAll(day, "-", ""), serial)
		return nil
	})
	return id, number, err
}

// checkCase refuses a case that leads nowhere or contradicts itself.
func (d *data) checkCase(c workflow.Case) error {
	err := need(d.categories.has(c.CategoryVersion), c.Category != 0 && d.category(c.Category), d.policies.has(c.Policy),
		d.department(c.Department), d.department(c.About), d.writer(c.Writer), d.caseRef(c.MergedInto), d.caseRef(c.SplitFrom),
		d.campaign(c.Campaign), d.campaign(c.Proposed))
	if err != nil {
		return err
	}
	if why := contradiction(c); why != "" {
		return refused(why)
	}
	if d.hides(c) {
		return refused("the answer to this case is still public")
	}
	return nil
}

func contradiction(c workflow.Case) string {
	marks := []int{c.Rating.Speed, c.Rating.Attitude, c.Rating.Result}
	switch {
	case !slices.Contains(workflow.States, c.State), !slices.Contains(workflow.CaseKinds, c.Kind),
		!slices.Contains(workflow.Channels, c.Channel), !slices.Contains(workflow.Modes, c.Mode):
		return "a word of a case is not in its list"
	case (c.State == workflow.Merged) != (c.MergedInto != 0):
		return "merged cases say into which"
	case (c.State == workflow.Declined) != (c.Ground != ""):
		return "declined cases have a ground"
	case c.State.Ended() == c.Ended.IsZero():
		return "ended cases say when"
	case (c.State == workflow.Waiting) != (c.Resume != ""):
		return "waiting cases say where they go on"
	case c.Decision != "" && (c.Kind != workflow.Disclosure || !slices.Contains(workflow.Decisions, c.Decision)):
		return "only applications are decided"
	case c.Concern != "" && !slices.Contains(workflow.Concerns, c.Concern):
		return "a concern is not in its list"
	case c.Rating.Given() && (slices.Min(marks) < 1 || slices.Max(marks) > 5):
		return "marks are from 1 to 5"
	}
	return ""
}

// Case implements workflow.Cases.
func (m *Memory) Case(ctx context.Context, id int64) (workflow.Case, error) {
	return read(ctx, m, func(d *data) (workflow.Case, error) { return d.cases.get(id) })
}

// LockCase implements workflow.Cases; a transaction keeps everybody out anyway.
func (m *Memory) LockCase(ctx context.Context, id int64) (workflow.Case, error) {
	return m.Case(ctx, id)
}

// LockFreeCases implements workflow.Cases; nobody else can hold any.
func (m *Memory) LockFreeCases(ctx context.Context, ids []int64) ([]workflow.Case, error) {
	return read(ctx, m, func(d *data) ([]workflow.Case, error) {
		return d.cases.where(func(c workflow.Case) bool { return slices.Contains(ids, c.ID) }), nil
	})
}

// CaseByNumber implements workflow.Cases.
func (m *Memory) CaseByNumber(ctx context.Context, number string) (workflow.Case, error) {
	return read(ctx, m, func(d *data) (workflow.Case, error) {
		return only(d.cases.where(func(c workflow.Case) bool { return c.Number == number }))
	})
}

// only is the first of rows, or NotFound.
func only[V any](rows []V) (V, error) {
	if len(rows) == 0 {
		var none V
		return none, workflow.Absent()
	}
	return rows[0], nil
}

// SaveCase implements workflow.Cases.
func (m *Memory) SaveCase(ctx context.Context, c *workflow.Case) error {
	return m.write(ctx, func(d *data) error {
		stored, err := d.cases.get(c.ID)
		if err != nil {
			return err
		}
		if stored.Version != c.Version {
			return conflict()
		}
		if err := d.checkCase(*c); err != nil {
			return err
		}
		c.Version++
		d.cases.put(c.ID, *c)
		d.turn(stored, *c)
		return nil
	})
}

// CasesFrom implements workflow.Cases.
func (m *Memory) CasesFrom(ctx context.Context, after int64, limit int) ([]workflow.Case, error) {
	return read(ctx, m, func(d *data) ([]workflow.Case, error) {
		return first(d.cases.where(func(c workflow.Case) bool { return c.ID > after }), limit), nil
	})
}

// CaseIDs implements workflow.Cases.
func (m *Memory) CaseIDs(ctx context.Context, after int64, limit int) ([]int64, error) {
	return read(ctx, m, func(d *data) ([]int64, error) {
		var out []int64
		for _, c := range first(d.cases.where(func(c workflow.Case) bool { return c.ID > after }), limit) {
			out = append(out, c.ID)
		}
		return out, nil
	})
}

// Assist implements workflow.Cases.
func (m *Memory) Assist(ctx context.Context, caseID, department int64, helps bool, _ time.Time) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(caseID), d.departments.has(department)); err != nil {
			return err
		}
		a := assist{caseID, department}
		if helps {
			d.assists.rows[a.key()] = a
		} else {
			d.assists.drop(a.key())
		}
		return nil
	})
}

// Assisting implements workflow.Cases.
func (m *Memory) Assisting(ctx context.Context, caseID int64) ([]int64, error) {
	return read(ctx, m, func(d *data) ([]int64, error) {
		var out []int64
		for _, a := range d.assists.rows {
			if a.caseID == caseID {
				out = append(out, a.department)
			}
		}
		slices.Sort(out)
		return out, nil
	})
}

// Parts implements workflow.Cases.
func (m *Memory) Parts(ctx context.Context, caseID int64) ([]workflow.Case, error) {
	return read(ctx, m, func(d *data) ([]workflow.Case, error) {
		return d.cases.where(func(c workflow.Case) bool { return c.MergedInto == caseID || c.SplitFrom == caseID }), nil
	})
}

// Index implements workflow.Cases.
func (m *Memory) Index(ctx context.Context, caseID int64, words string) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(caseID)); err != nil {
			return err
		}
		d.words.put(caseID, words)
		return nil
	})
}

// AddExtension implements workflow.Cases.
func (m *Memory) AddExtension(ctx context.Context, x *workflow.Extension) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(x.CaseID), d.accounts.has(x.AskedBy)); err != nil {
			return err
		}
		if x.Decided.IsZero() && d.extensions.any(func(o workflow.Extension) bool { return o.CaseID == x.CaseID && o.Decided.IsZero() }) {
			return conflict()
		}
		x.ID = d.extensions.next()
		d.extensions.put(x.ID, *x)
		return nil
	})
}

// OpenExtension implements workflow.Cases.
func (m *Memory) OpenExtension(ctx context.Context, caseID int64) (workflow.Extension, error) {
	return read(ctx, m, func(d *data) (workflow.Extension, error) {
		return only(d.extensions.where(func(x workflow.Extension) bool { return x.CaseID == caseID && x.Decided.IsZero() }))
	})
}

// SaveExtension implements workflow.Cases.
func (m *Memory) SaveExtension(ctx context.Context, x workflow.Extension) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.extensions.has(x.ID), d.account(x.By)); err != nil {
			return err
		}
		d.extensions.put(x.ID, x)
		return nil
	})
}

// ExtensionsOf implements workflow.Cases.
func (m *Memory) ExtensionsOf(ctx context.Context, caseID int64) ([]workflow.Extension, error) {
	return read(ctx, m, func(d *data) ([]workflow.Extension, error) {
		return d.extensions.where(func(x workflow.Extension) bool { return x.CaseID == caseID }), nil
	})
}
