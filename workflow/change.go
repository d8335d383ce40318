package workflow

import "context"

// Change is all that one step writes about a case, so that a store can keep it,
// and those of other cases, in one go.
type Change struct {
	Case    Case // as it has become; ID 0: it has not changed
	Clocks  []Clock
	Events  []Event
	Facts   []FactChange
	Notices []Notice
	Told    []Dispatch // to webhooks
}

func (c Change) nothing() bool {
	return c.Case.ID == 0 && len(c.Clocks) == 0 && len(c.Notices) == 0
}

// Steps is Step for several cases in one transaction: quicker, and all of it or
// nothing. Cases that somebody else holds just now, or that are not there, are
// passed over; it returns the ids of those that went their step.
func (d *Desk) Steps(ctx context.Context, caseIDs []int64, do func(*Step) error) (done []int64, err error) {
	var turned []Clock
	err = d.Store.Atomic(ctx, func(tx Store) error {
		done, turned = nil, nil
		steps, err := d.beginAll(ctx, tx, caseIDs)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if err := do(s); err != nil {
				return err
			}
		}
		if err := keepAll(ctx, tx, steps); err != nil {
			return err
		}
		for _, s := range steps {
			done, turned = append(done, s.Case.ID), append(turned, s.turned...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(turned) > 0 {
		d.Arm(ctx, turned...)
	}
	return done, nil
}

func (d *Desk) beginAll(ctx context.Context, tx Store, caseIDs []int64) ([]*Step, error) {
	cases, err := tx.LockFreeCases(ctx, caseIDs)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(cases))
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	all, err := tx.ClocksOf(ctx, ids...)
	if err != nil {
		return nil, err
	}
	clocks := map[int64][]Clock{}
	for _, k := range all {
		clocks[k.CaseID] = append(clocks[k.CaseID], k)
	}
	var out []*Step
	for _, c := range cases {
		s, err := d.step(ctx, tx, c, clocks[c.ID])
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// keepAll stores what the steps have made of their cases.
func keepAll(ctx context.Context, tx Store, steps []*Step) error {
	var changes []*Change
	var changed []*Step
	for _, s := range steps {
		if c := s.change(); !c.nothing() {
			changes, changed = append(changes, &c), append(changed, s)
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if err := tx.SaveChanges(ctx, changes...); err != nil {
		return err
	}
	for i, s := range changed {
		if changes[i].Case.ID != 0 {
			s.Case = changes[i].Case
		}
		if s.deserted() {
			if err := s.release(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// change is what the step has to write.
func (s *Step) change() Change {
	c := Change{Clocks: s.saved, Notices: s.told}
	if len(s.events) == 0 {
		return c
	}
	return s.desk.Keeper.Change(c, s.Before, s.Case, s.events...)
}

// Change adds to a change the case as it has become, with the events that made
// it so and the difference in what it counts.
func (k Keeper) Change(c Change, before, after Case, events ...Event) Change {
	for _, ev := range events {
		c.Events = append(c.Events, k.Chain.Append(&after, ev))
		after.Updated = ev.At
	}
	for _, ev := range events {
		c.Told = append(c.Told, DispatchesOf(after, ev)...)
	}
	c.Case, c.Facts = after, FactsBetween(before, after, k.Zone)
	return c
}
