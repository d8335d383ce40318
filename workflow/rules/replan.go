package rules

import (
	"context"
	"slices"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// plan is which clocks a calendar moves.
type plan struct {
	looked int
	moves  []move
}

// move is one clock as it is and as it would be. It may fall due when it did
// and only cease to be provisional.
type move struct{ before, after workflow.Clock }

func (m move) moves() bool { return !m.after.Due.Equal(m.before.Due) }

// planner computes clocks by a new calendar.
type planner struct {
	rules    *Rules
	tx       workflow.Store
	work     calendar.Working
	calendar int64                      // of work
	made     map[int64]calendar.Working // the calendars clocks were made by
	plan     plan
}

const clocksAtOnce = 1000

// plan goes through every promise that is neither over nor broken: those that
// run, and those that pause in cases that wait or were refused.
func (r *Rules) plan(ctx context.Context, tx workflow.Store, work calendar.Working, version int64) (plan, error) {
	p := planner{rules: r, tx: tx, work: work, calendar: version, made: map[int64]calendar.Working{}}
	if err := p.running(ctx); err != nil {
		return plan{}, err
	}
	if err := p.paused(ctx); err != nil {
		return plan{}, err
	}
	slices.SortStableFunc(p.plan.moves, func(a, b move) int {
		return int(min(1, max(-1, a.before.CaseID-b.before.CaseID)))
	})
	return p.plan, nil
}

func (p *planner) running(ctx context.Context) error {
	for after := int64(0); ; {
		clocks, err := p.tx.Ringing(ctx, after, clocksAtOnce)
		if err != nil || len(clocks) == 0 {
			return err
		}
		after = clocks[len(clocks)-1].ID
		for _, k := range clocks {
			if err := p.look(ctx, k); err != nil {
				return err
			}
		}
	}
}

// pausing are the states in which clocks pause: see the plans of Ask and Refuse.
var pausing = []workflow.State{workflow.Waiting, workflow.Accepted}

func (p *planner) paused(ctx context.Context) error {
	q := workflow.Query{Scope: workflow.ScopeOf(workflow.BySystem()), States: pausing, Open: true, Order: workflow.NewestFirst, Limit: 100}
	for {
		page, err := p.tx.List(ctx, q)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			clocks, err := p.tx.ClocksOf(ctx, row.ID)
			if err != nil {
				return err
			}
			for _, k := range clocks {
				if k.Paused.IsZero() || !k.Breached.IsZero() {
					continue
				}
				if err := p.look(ctx, k); err != nil {
					return err
				}
			}
		}
		if q.After = page.Next; page.Next == "" {
			return nil
		}
	}
}

// look computes one clock anew. A clock whose due time does not follow from
// when it started, such as one that was hastened, is left as it is.
func (p *planner) look(ctx context.Context, k workflow.Clock) error {
	p.plan.looked++
	if k.Calendar == p.calendar {
		return nil
	}
	made, err := p.madeBy(ctx, k.Calendar)
	if err != nil {
		return err
	}
	if due, _ := made.Due(k.Started, k.Promise); !due.Equal(k.FirstDue) {
		return nil
	}
	after := k
	if after.Recompute(p.work, p.calendar, p.rules.desk.Now()) {
		p.plan.moves = append(p.plan.moves, move{before: k, after: after})
	}
	return nil
}

func (p *planner) madeBy(ctx context.Context, id int64) (calendar.Working, error) {
	if w, ok := p.made[id]; ok {
		return w, nil
	}
	v, err := p.tx.Calendar(ctx, id)
	if err != nil {
		return calendar.Working{}, err
	}
	w, err := calendar.Of(v, p.rules.desk.Keeper.Zone)
	p.made[id] = w
	return w, err
}

// effect tells of a plan what people want to know.
func (r *Rules) effect(ctx context.Context, store workflow.Store, p plan) (Effect, error) {
	e := Effect{Looked: p.looked}
	now := r.desk.Now()
	for _, m := range p.moves {
		if !m.moves() {
			continue
		}
		e.Moved++
		if m.after.Kind.Promised() && m.after.Running() && !m.after.Due.After(now) {
			e.Late++
		}
		if e.Moved > shownMoves {
			continue
		}
		c, err := store.Case(ctx, m.before.CaseID)
		if err != nil {
			return Effect{}, err
		}
		e.Shown = append(e.Shown, Moved{
			Number: c.Number, Kind: m.before.Kind, Department: m.before.Department,
			Old: m.before.Due, New: m.after.Due, Paused: !m.before.Paused.IsZero(),
		})
	}
	return e, nil
}

// moveAll moves the clocks of every case the calendar moves, each under the
// lock of its case, and notes it in the history.
func (r *Rules) moveAll(ctx context.Context, tx workflow.Store, by workflow.Actor, work calendar.Working, v workflow.CalendarVersion) (Effect, []workflow.Clock, error) {
	p, err := r.plan(ctx, tx, work, v.ID)
	if err != nil {
		return Effect{}, nil, err
	}
	effect, err := r.effect(ctx, tx, p)
	if err != nil {
		return Effect{}, nil, err
	}
	var turned []workflow.Clock
	desk := *r.desk
	desk.Store = tx
	desk.Arm = func(_ context.Context, clocks ...workflow.Clock) { turned = append(turned, clocks...) }
	for rest := p.moves; len(rest) > 0; {
		id, n := rest[0].before.CaseID, 1
		for n < len(rest) && rest[n].before.CaseID == id {
			n++
		}
		_, err := desk.Step(ctx, id, func(s *workflow.Step) error { return moveCase(s, by, v, work, rest[:n]) })
		if err != nil {
			return Effect{}, nil, err
		}
		rest = rest[n:]
	}
	return effect, turned, nil
}

// moveCase moves the clocks of one case as they are now: between the plan and
// the lock one may have ended or broken.
func moveCase(s *workflow.Step, by workflow.Actor, v workflow.CalendarVersion, work calendar.Working, moves []move) error {
	var changed []workflow.Clock
	for _, k := range s.Clocks {
		planned := slices.ContainsFunc(moves, func(m move) bool { return m.before.ID == k.ID && m.before.FirstDue.Equal(k.FirstDue) })
		if !planned || k.Over() || !k.Breached.IsZero() {
			continue
		}
		old := k.Due
		if !k.Recompute(work, v.ID, s.At) {
			continue
		}
		changed = append(changed, k)
		if k.Due.Equal(old) {
			continue
		}
		s.Mark(workflow.MarkReplan, by, by.Roles[0], v.Name, map[string]string{
			"clock": string(k.Kind), "old": old.UTC().Format(time.RFC3339), "new": k.Due.UTC().Format(time.RFC3339),
		})
	}
	if len(changed) == 0 {
		return nil
	}
	s.SaveClocks(changed...)
	return nil
}
