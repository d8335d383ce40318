package workflowtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// Flawed implements workflow.Checks.
func (m *Memory) Flawed(ctx context.Context, f workflow.Flaw, s workflow.Scope, now time.Time, after int64, limit int) ([]workflow.Row, error) {
	return read(ctx, m, func(d *data) ([]workflow.Row, error) {
		found, err := d.flawed(f, s, now)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(c workflow.Case) bool { return c.ID <= after })
		return d.listing(first(found, limit), limit).Rows, nil
	})
}

// CountFlawed implements workflow.Checks.
func (m *Memory) CountFlawed(ctx context.Context, f workflow.Flaw, s workflow.Scope, now time.Time, limit int) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		found, err := d.flawed(f, s, now)
		return min(len(found), limit), err
	})
}

func (d *data) flawed(f workflow.Flaw, s workflow.Scope, now time.Time) ([]workflow.Case, error) {
	if !slices.Contains(workflow.Flaws, f) {
		return nil, workflow.Wrong("flaw", "invalid.choice")
	}
	found := d.cases.where(func(c workflow.Case) bool { return d.inScope(s, c) && d.has(f, c, now) })
	slices.SortFunc(found, func(a, b workflow.Case) int { return cmp.Compare(a.ID, b.ID) })
	return found, nil
}

func (d *data) has(f workflow.Flaw, c workflow.Case, now time.Time) bool {
	switch f {
	case workflow.FlawDates:
		return backwards(c)
	case workflow.FlawFuture:
		return c.Received.After(now)
	case workflow.FlawUnanswered:
		return (c.State == workflow.Closed || c.State == workflow.Archived) && c.Answered.IsZero() && c.Outcome != workflow.OutcomeNoReply
	case workflow.FlawNoDepartment:
		worked := slices.Contains([]workflow.State{workflow.Routed, workflow.InHand, workflow.Drafted, workflow.Approved}, c.State)
		return c.Department == 0 && (worked || !c.Answered.IsZero())
	case workflow.FlawVerdict:
		return !c.Answered.IsZero() && (c.InTime == nil || c.Worked < 0)
	case workflow.FlawRating:
		r := c.Rating
		return r.Given() && (r.Result == 0 || r.Speed == 0 || r.Attitude == 0 || c.Answered.IsZero())
	case workflow.FlawCategory:
		return c.Open() && !d.categories.any(func(k workflow.Category) bool {
			return k.ID == c.Category && k.Active && k.To.IsZero()
		})
	case workflow.FlawClock:
		return !c.Open() && d.ticks(c.ID)
	case workflow.FlawNoClock:
		return c.Open() && !d.ticks(c.ID)
	case workflow.FlawNoLetter:
		return c.Received.After(now.AddDate(0, 0, -workflow.LetterlessDays)) && c.SplitFrom == 0 &&
			!d.letters.any(func(l workflow.StoredLetter) bool { return l.CaseID == c.ID })
	}
	return false
}

// backwards reports whether something happened before what it needs.
func backwards(c workflow.Case) bool {
	for _, pair := range [][2]time.Time{
		{c.Received, c.Accepted}, {c.Accepted, c.Answered}, {c.Routed, c.SignedFor}, {c.Received, c.Routed}, {c.Received, c.Ended}, {c.Answered, c.Rating.At},
	} {
		if !pair[0].IsZero() && !pair[1].IsZero() && pair[1].Before(pair[0]) {
			return true
		}
	}
	return false
}

// ticks reports whether a clock of the case is not over.
func (d *data) ticks(caseID int64) bool {
	return d.clocks.any(func(k workflow.Clock) bool { return k.CaseID == caseID && !k.Over() })
}
