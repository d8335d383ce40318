package report

import (
	"context"
	"fmt"

	"mailbox/workflow"
)

// mostFlawed is up to where flaws are counted.
const mostFlawed = 100

// flawedAtOnce is how many cases a page of flaws lists.
const flawedAtOnce = 25

// FlawCount is how many cases have a flaw; More says that there are at least N.
type FlawCount struct {
	Flaw workflow.Flaw
	N    int
	More bool
}

// Flaws counts every flaw among the cases the actor may know of. Only the
// office mends, so only the office is told.
func (o *Office) Flaws(ctx context.Context, by workflow.Actor) ([]FlawCount, error) {
	if !by.Office() {
		return nil, workflow.Fail(workflow.Forbidden, "figures.not_yours")
	}
	out := make([]FlawCount, len(workflow.Flaws))
	for i, f := range workflow.Flaws {
		n, err := o.Store.CountFlawed(ctx, f, workflow.ScopeOf(by), o.Now(), mostFlawed)
		if err != nil {
			return nil, fmt.Errorf("count %s: %w", f, err)
		}
		out[i] = FlawCount{Flaw: f, N: n, More: n == mostFlawed}
	}
	return out, nil
}

// Flawed lists cases with a flaw, ids above after; next is where the following
// page begins, 0 when this is the last.
func (o *Office) Flawed(ctx context.Context, by workflow.Actor, f workflow.Flaw, after int64) (rows []workflow.Row, next int64, err error) {
	if !by.Office() {
		return nil, 0, workflow.Fail(workflow.Forbidden, "figures.not_yours")
	}
	rows, err = o.Store.Flawed(ctx, f, workflow.ScopeOf(by), o.Now(), after, flawedAtOnce+1)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > flawedAtOnce {
		rows = rows[:flawedAtOnce]
		next = rows[flawedAtOnce-1].ID
	}
	return rows, next, nil
}
