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

// steps lets the waiting clocks of cases ring while all of these are locked.
func (r *round) steps(ctx context.Context, cases []int64, waiting map[int64][]int64) (done []int64, err error) {
	desk, changed := r.desk()
	done, err = desk.Steps(ctx, cases, func(s *workflow.Step) error { return r.ring(ctx, s, waiting[s.Case.ID]) })
	if err != nil || len(*changed) == 0 {
		return done, err
	}
	return done, r.rearm(ctx, *changed...)
}

// step lets the clocks of one case ring while it is locked.
func (r *round) step(ctx context.Context, caseID int64, ids []int64) error {
	desk, changed := r.desk()
	_, err := desk.Step(ctx, caseID, func(s *workflow.Step) error { return r.ring(ctx, s, ids) })
	if err != nil || len(*changed) == 0 {
		return err
	}
	return r.rearm(ctx, *changed...)
}

// desk is the desk at the time of the round; it notes which clocks changed.
func (r *round) desk() (desk *workflow.Desk, changed *[]workflow.Clock) {
	d := *r.watch.desk
	changed = new([]workflow.Clock)
	d.Now = func() time.Time { return r.now }
	d.Arm = func(_ context.Context, clocks ...workflow.Clock) { *changed = append(*changed, clocks...) }
	return &d, changed
}

// ring does what the clocks of a case have to do now. Another watcher may have
// been quicker, or the case may have moved.
func (r *round) ring(ctx context.Context, s *workflow.Step, ids []int64) error {
	for _, id := range ids {
		i := slices.IndexFunc(s.Clocks, func(k workflow.Clock) bool { return k.ID == id })
		if i < 0 {
			continue
		}
		var err error
		switch k := s.Clocks[i]; due(k, r.now) {
		case breachStep:
			err = r.breach(ctx, s, k)
		case warnStep:
			err = r.warn(ctx, s, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *round) warn(ctx context.Context, s *workflow.Step, k workflow.Clock) error {
	k.Warned = r.now
	s.SaveClocks(k)
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
	s.SaveClocks(k)
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
	return s.TellWriterOf(ctx, t)
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
