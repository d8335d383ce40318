package annual_test

import (
	"context"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/report/annual"
	"mailbox/workflow/workflowtest"
)

// lagging is a store whose facts another process is about to add up.
type lagging struct{ workflow.Store }

func (lagging) Project(context.Context, int) (int, error) { return 0, nil }

// TestFrozenWhileFactsWait: a report that is frozen while facts wait to be counted
// has behind each number as much as it says.
func TestFrozenWhileFactsWait(t *testing.T) {
	b := openOn(t, lagging{workflowtest.NewMemory()})
	b.live(t)
	r := b.draft(t)
	_, err := b.Freeze(t.Context(), b.Clerk.Actor(), r.ID)
	must(t, err)
	n, err := annual.Verify(t.Context(), b.Store, func(f annual.Fault) { t.Error(f) })
	if n != 1 || err != nil {
		t.Errorf("%d reports, %v", n, err)
	}
}
