package workflowtest

import (
	"math/rand/v2"
	"testing"
	"time"

	"mailbox/workflow"
)

// casesInHandThen: the stock of a day opens the cases that were in hand at its
// end, whatever they are now, and as of a moment those that were known to be.
func casesInHandThen(t *testing.T, s workflow.Store, c College) {
	rnd := rand.New(rand.NewPCG(11, 12)) //nolint:gosec // the same every time
	var cases []workflow.Case
	for range 40 {
		cases = append(cases, NewCase(t, s, func(x *workflow.Case) {
			scatter(rnd, x, c, c.Departments(), 0)
			if !x.Ended.IsZero() {
				x.Ended = x.Received.Add(time.Duration(2+rnd.IntN(400)) * time.Hour)
			}
		}))
	}
	for i, x := range cases {
		begun := x
		begun.State, begun.Ended = workflow.Received, time.Time{}
		begun.Accepted, begun.SignedFor, begun.Answered, begun.Rating = time.Time{}, time.Time{}, time.Time{}, workflow.Rating{}
		begun.Updated = x.Received
		changes := workflow.FactsBetween(workflow.Case{}, begun, Zone)
		if i%5 == 0 && !x.Ended.IsZero() { // it had ended before, and was taken up again
			once := x
			once.Ended = x.Received.Add(time.Hour)
			once.Updated, begun.Updated = once.Ended, once.Ended.Add(time.Minute)
			changes = append(append(changes, workflow.FactsBetween(begun, once, Zone)...), workflow.FactsBetween(once, begun, Zone)...)
		}
		if !x.Ended.IsZero() {
			x.Updated = x.Ended
		}
		must(t, s.AddFacts(t.Context(), x.ID, append(changes, workflow.FactsBetween(begun, x, Zone)...)))
	}
	for _, day := range []string{"2026-11-10", "2026-11-15", "2026-11-23", "2026-11-24", "2026-11-26", "2026-12-20"} {
		for _, asOf := range []time.Time{{}, Morning.AddDate(0, 0, -6), Morning, Morning.Add(30 * time.Hour)} {
			for _, department := range []int64{0, c.Logistics.ID} {
				q := workflow.FactQuery{Measure: workflow.CountReceived, From: "0001-01-01", To: day, Department: department, AsOf: asOf, Stock: true}
				var want []int64
				for _, x := range cases {
					if !x.Sealed && like(department, x.Department) && inHandThen(x, day, asOf) {
						want = append(want, x.ID)
					}
				}
				wantList(t, s, workflow.Query{Scope: workflow.Scope{Everything: true}, Fact: &q}, want)
			}
		}
	}
}

func inHandThen(x workflow.Case, day string, asOf time.Time) bool {
	before := func(at time.Time) bool {
		return !at.IsZero() && at.In(Zone).Format(time.DateOnly) < day && (asOf.IsZero() || !at.After(asOf))
	}
	return before(x.Received) && !before(x.Ended)
}
