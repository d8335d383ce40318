package workflowtest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"mailbox/workflow"
)

// AddClock implements workflow.Clocks.
func (m *Memory) AddClock(ctx context.Context, k *workflow.Clock) error {
	return m.write(ctx, func(d *data) error {
		if err := d.checkClock(*k); err != nil {
			return err
		}
		if d.clocks.any(func(o workflow.Clock) bool {
			return o.CaseID == k.CaseID && o.Kind == k.Kind && o.Occurrence == k.Occurrence
		}) {
			return conflict()
		}
		k.ID = d.clocks.next()
		d.clocks.put(k.ID, *k)
		return nil
	})
}

var units = []workflow.Unit{workflow.WorkingDays, workflow.WorkingHours, workflow.Days, workflow.Hours}

func (d *data) checkClock(k workflow.Clock) error {
	if err := need(d.cases.has(k.CaseID), d.department(k.Department), d.calendars.has(k.Calendar)); err != nil {
		return err
	}
	switch {
	case !slices.Contains(workflow.ClockKinds, k.Kind):
		return refused("no such clock")
	case k.Occurrence < 1 || k.Promise.Amount < 1:
		return refused("clocks count from 1")
	case !slices.Contains(units, k.Promise.Unit):
		return refused("no such unit")
	case !k.Met.IsZero() && !k.Cancelled.IsZero():
		return refused("a clock ends once")
	case !k.Paused.IsZero() && k.Over():
		return refused("a clock that has ended does not pause")
	}
	return nil
}

// SaveClock implements workflow.Clocks.
func (m *Memory) SaveClock(ctx context.Context, k workflow.Clock) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.clocks.has(k.ID)); err != nil {
			return err
		}
		if err := d.checkClock(k); err != nil {
			return err
		}
		d.clocks.put(k.ID, k)
		return nil
	})
}

// Clock implements workflow.Clocks.
func (m *Memory) Clock(ctx context.Context, id int64) (workflow.Clock, error) {
	return read(ctx, m, func(d *data) (workflow.Clock, error) { return d.clocks.get(id) })
}

// LockClock implements workflow.Clocks.
func (m *Memory) LockClock(ctx context.Context, id int64) (workflow.Clock, error) {
	return m.Clock(ctx, id)
}

// ClocksOf implements workflow.Clocks.
func (m *Memory) ClocksOf(ctx context.Context, caseIDs ...int64) ([]workflow.Clock, error) {
	return read(ctx, m, func(d *data) ([]workflow.Clock, error) {
		return d.clocks.where(func(k workflow.Clock) bool { return slices.Contains(caseIDs, k.CaseID) }), nil
	})
}

// ClocksAt implements workflow.Clocks.
func (m *Memory) ClocksAt(ctx context.Context, ids []int64) ([]workflow.Clock, error) {
	return read(ctx, m, func(d *data) ([]workflow.Clock, error) {
		return d.clocks.where(func(k workflow.Clock) bool { return slices.Contains(ids, k.ID) }), nil
	})
}

// Ringing implements workflow.Clocks.
func (m *Memory) Ringing(ctx context.Context, after int64, limit int) ([]workflow.Clock, error) {
	return read(ctx, m, func(d *data) ([]workflow.Clock, error) {
		return first(d.clocks.where(func(k workflow.Clock) bool { return k.ID > after && mayRing(k) }), limit), nil
	})
}

// RingingBefore implements workflow.Clocks.
func (m *Memory) RingingBefore(ctx context.Context, before time.Time, after int64, limit int) ([]workflow.Clock, error) {
	return read(ctx, m, func(d *data) ([]workflow.Clock, error) {
		return first(d.clocks.where(func(k workflow.Clock) bool {
			return k.ID > after && mayRing(k) && (k.Due.Before(before) || k.Warned.IsZero() && k.Warn.Before(before))
		}), limit), nil
	})
}

// mayRing reports whether a step of the clock is still to be noted.
func mayRing(k workflow.Clock) bool { return k.Running() && k.Breached.IsZero() }

// TakeDue implements workflow.Clocks.
func (m *Memory) TakeDue(ctx context.Context, now time.Time, limit int) ([]workflow.Clock, error) {
	if !m.inside {
		return nil, errors.New("take due clocks: outside of Atomic")
	}
	return read(ctx, m, func(d *data) ([]workflow.Clock, error) {
		due := d.clocks.where(func(k workflow.Clock) bool {
			return mayRing(k) && (!k.Due.After(now) || k.Warned.IsZero() && !k.Warn.After(now))
		})
		slices.SortStableFunc(due, func(a, b workflow.Clock) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
		return first(due, limit), nil
	})
}
