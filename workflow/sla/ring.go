package sla

import (
	"context"
	"slices"
	"strconv"
	"time"

	"mailbox/workflow"
)

// due is what a clock has to do at a moment: one of the steps, or nothing. A
// clock that has run out is not warned of any more.
func due(k workflow.Clock, now time.Time) string {
	switch {
	case !ringing(k):
		return ""
	case !k.Due.After(now):
		return breachStep
	case k.Warned.IsZero() && !k.Warn.After(now):
		return warnStep
	}
	return ""
}

// ring does what the clock has to do now. A clock that has nothing to do any
// more, or not yet, is armed as its row says.
func (r *round) ring(ctx context.Context, id int64) error {
	k, err := r.watch.desk.Store.Clock(ctx, id)
	if workflow.KindOf(err) == workflow.NotFound {
		return nil // no such clock: an old timer
	}
	if err != nil {
		return err
	}
	if due(k, r.now) == "" {
		return r.rearm(ctx, k)
	}
	return r.step(ctx, k.CaseID, id)
}

// step lets the clock ring while its case is locked.
func (r *round) step(ctx context.Context, caseID, id int64) error {
	var changed []workflow.Clock
	desk := *r.watch.desk
	desk.Now = func() time.Time { return r.now }
	desk.Arm = func(_ context.Context, clocks ...workflow.Clock) { changed = clocks }
	_, err := desk.Step(ctx, caseID, func(s *workflow.Step) error {
		i := slices.IndexFunc(s.Clocks, func(k workflow.Clock) bool { return k.ID == id })
		if i < 0 {
			return nil
		}
		switch k := s.Clocks[i]; due(k, r.now) {
		case breachStep:
			return r.breach(ctx, s, k)
		case warnStep:
			return r.warn(ctx, s, k)
		}
		return nil // another watcher was quicker, or the case has moved
	})
	if err != nil || len(changed) == 0 {
		return err
	}
	return r.rearm(ctx, changed...)
}

func (r *round) warn(ctx context.Context, s *workflow.Step, k workflow.Clock) error {
	k.Warned = r.now
	if err := s.SaveClocks(ctx, k); err != nil {
		return err
	}
	if k.Kind == workflow.ToRate {
		return nil
	}
	s.Mark(workflow.MarkWarned, workflow.BySystem(), workflow.System, "", facts(k))
	if k.Kind == workflow.ToSupply {
		return r.remindWriter(ctx, s, k)
	}
	return r.tellStaff(ctx, s, k, warnStep)
}

func (r *round) breach(ctx context.Context, s *workflow.Step, k workflow.Clock) error {
	k.Breached = r.now
	if err := s.SaveClocks(ctx, k); err != nil {
		return err
	}
	if k.Kind == workflow.ToSupply {
		return r.closeUnsupplied(ctx, s, k)
	}
	if k.Kind == workflow.ToRate {
		return r.end(ctx, s, k, workflow.OutcomeSilence)
	}
	s.Mark(workflow.MarkBreached, workflow.BySystem(), workflow.System, "", facts(k))
	return r.tellStaff(ctx, s, k, breachStep)
}

// closeUnsupplied closes a case whose writer did not answer a question, and
// tells the writer so.
func (r *round) closeUnsupplied(ctx context.Context, s *workflow.Step, k workflow.Clock) error {
	if err := r.end(ctx, s, k, workflow.OutcomeNoReply); err != nil {
		return err
	}
	t := r.telling(s, k, breachStep, workflow.NoticeClosing)
	t.Args["outcome"] = string(workflow.OutcomeNoReply)
	return r.watch.desk.Keeper.TellWriter(ctx, s.Tx, t)
}

// end closes the case in the name of the clock.
func (r *round) end(ctx context.Context, s *workflow.Step, k workflow.Clock, outcome workflow.Outcome) error {
	m := workflow.Move{Action: workflow.CloseCase, By: workflow.BySystem()}
	detail := facts(k)
	detail["outcome"] = string(outcome)
	_, err := s.Move(ctx, m, detail, func(c *workflow.Case) { c.Outcome = outcome })
	return err
}

// facts is what the history keeps of a step.
func facts(k workflow.Clock) map[string]string {
	return map[string]string{
		"clock": string(k.Kind), "occurrence": strconv.Itoa(k.Occurrence), "due": k.Due.UTC().Format(time.RFC3339),
	}
}
