package workflowtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// Policies implements workflow.Rules.
func (m *Memory) Policies(ctx context.Context, at time.Time) ([]workflow.Policy, error) {
	return read(ctx, m, func(d *data) ([]workflow.Policy, error) {
		out := d.policies.where(func(p workflow.Policy) bool { return inForce(p.From, p.To, at) })
		slices.SortFunc(out, func(a, b workflow.Policy) int { return cmp.Compare(a.ID, b.ID) })
		return out, nil
	})
}

// PolicyVersion implements workflow.Rules.
func (m *Memory) PolicyVersion(ctx context.Context, version int64) (workflow.Policy, error) {
	return read(ctx, m, func(d *data) (workflow.Policy, error) { return d.policies.get(version) })
}

// PolicyAt implements workflow.Rules.
func (m *Memory) PolicyAt(ctx context.Context, policy int64, at time.Time) (workflow.Policy, error) {
	return read(ctx, m, func(d *data) (workflow.Policy, error) {
		return only(d.policies.where(func(p workflow.Policy) bool { return p.ID == policy && inForce(p.From, p.To, at) }))
	})
}

// PolicyHistory implements workflow.Rules.
func (m *Memory) PolicyHistory(ctx context.Context, id int64) ([]workflow.Policy, error) {
	return read(ctx, m, func(d *data) ([]workflow.Policy, error) { return d.policyVersions(id), nil })
}

func (d *data) policyVersions(id int64) []workflow.Policy {
	return d.policies.where(func(p workflow.Policy) bool { return p.ID == id })
}

// SavePolicy implements workflow.Rules.
func (m *Memory) SavePolicy(ctx context.Context, p *workflow.Policy, by int64) error {
	return m.write(ctx, func(d *data) error {
		if err := need(p.ID == 0 || d.policy(p.ID), d.account(by)); err != nil {
			return err
		}
		if d.policies.any(func(o workflow.Policy) bool { return o.ID != p.ID && o.Code == p.Code }) {
			return conflict()
		}
		old := d.policyVersions(p.ID)
		if n := len(old); n > 0 && !p.From.After(old[n-1].From) {
			return conflict()
		}
		for i, o := range old {
			o.Code = p.Code
			if i == len(old)-1 {
				o.To = p.From
			}
			d.policies.put(o.Version, o)
		}
		if p.ID == 0 {
			d.policyIDs++
			p.ID = d.policyIDs
		}
		p.Version, p.To = d.policies.next(), time.Time{}
		d.policies.put(p.Version, *p)
		return nil
	})
}

// CurrentCalendar implements workflow.Rules.
func (m *Memory) CurrentCalendar(ctx context.Context) (workflow.CalendarVersion, error) {
	return read(ctx, m, func(d *data) (workflow.CalendarVersion, error) {
		return only(d.calendars.where(func(v workflow.CalendarVersion) bool { return v.Current }))
	})
}

// Calendar implements workflow.Rules.
func (m *Memory) Calendar(ctx context.Context, id int64) (workflow.CalendarVersion, error) {
	return read(ctx, m, func(d *data) (workflow.CalendarVersion, error) { return d.calendars.get(id) })
}

// CalendarHistory implements workflow.Rules.
func (m *Memory) CalendarHistory(ctx context.Context) ([]workflow.CalendarVersion, error) {
	return read(ctx, m, func(d *data) ([]workflow.CalendarVersion, error) {
		out := newest(d.calendars.where(func(workflow.CalendarVersion) bool { return true }), 0)
		for i := range out {
			out[i].Days = nil
		}
		return out, nil
	})
}

// AddCalendar implements workflow.Rules.
func (m *Memory) AddCalendar(ctx context.Context, v *workflow.CalendarVersion) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.account(v.CreatedBy)); err != nil {
			return err
		}
		for _, o := range d.calendars.where(func(o workflow.CalendarVersion) bool { return o.Current }) {
			o.Current = false
			d.calendars.put(o.ID, o)
		}
		v.ID, v.Current = d.calendars.next(), true
		d.calendars.put(v.ID, *v)
		return nil
	})
}
