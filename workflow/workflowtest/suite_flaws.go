package workflowtest

import (
	"strconv"
	"testing"
	"time"

	"mailbox/workflow"
)

var flawPromises = []promise{
	{"every flaw finds its cases and no sound one", flawsFound},
	{"flaws are found inside a scope only", flawsInScope},
}

// answered is a sound life up to the first answer.
func answered(c *workflow.Case) {
	yes := true
	c.Accepted, c.Routed, c.SignedFor = c.Received.Add(time.Hour), c.Received.Add(time.Hour), c.Received.Add(2*time.Hour)
	c.Answered, c.State, c.InTime, c.Worked = c.Received.Add(9*time.Hour), workflow.Answered, &yes, 300
}

func rated(c *workflow.Case) {
	answered(c)
	c.State, c.Ended = workflow.Closed, c.Answered.Add(time.Hour)
	c.Rating = workflow.Rating{At: c.Ended, Speed: 4, Attitude: 5, Result: 4, Solved: true}
}

// flawedCase stores a case with a letter and, while it is open, a clock.
func flawedCase(t *testing.T, s workflow.Store, c College, letter, clock bool, set func(*workflow.Case)) int64 {
	t.Helper()
	x := NewCase(t, s, func(c *workflow.Case) { c.Received = Morning.AddDate(0, 0, -30).UTC() }, set)
	must(t, s.SaveCase(t.Context(), &x)) // verdicts are not kept at birth
	if letter {
		must(t, s.AddLetter(t.Context(), &workflow.StoredLetter{CaseID: x.ID, Channel: workflow.Web, External: random(32), ContentHash: random(32), Received: x.Received}))
	}
	if clock {
		must(t, s.AddClock(t.Context(), &workflow.Clock{
			CaseID: x.ID, Kind: workflow.Overall, Occurrence: 1, Promise: workflow.Promise{Amount: 1, Unit: workflow.Days}, Calendar: c.Calendar.ID,
			Started: x.Received, Due: Morning, FirstDue: Morning, Warn: Morning,
		}))
	}
	return x.ID
}

func flawsFound(t *testing.T, s workflow.Store, c College) {
	given := func(c *workflow.Case) { answered(c); c.Department = 0 }
	closed := c.Other
	closed.Active, closed.From = false, Morning.AddDate(0, 0, -1)
	must(t, s.SaveCategory(t.Context(), &closed, c.Admin.ID))
	of := func(id int64) func(*workflow.Case) {
		return func(x *workflow.Case) { answered(x); x.Department = id }
	}
	sound := func(x *workflow.Case) { rated(x); x.Department = c.Logistics.ID }
	flawedCase(t, s, c, true, true, of(c.Logistics.ID))
	flawedCase(t, s, c, true, false, sound)
	flawedCase(t, s, c, true, false, func(x *workflow.Case) {
		x.State, x.Ended, x.Outcome = workflow.Closed, x.Received.Add(time.Hour), workflow.OutcomeNoReply
	})
	want := map[workflow.Flaw]int64{
		workflow.FlawDates: flawedCase(t, s, c, true, true, func(x *workflow.Case) {
			of(c.Logistics.ID)(x)
			x.Answered = x.Received.Add(time.Minute)
		}),
		workflow.FlawFuture:       flawedCase(t, s, c, true, true, func(x *workflow.Case) { x.Received = Morning.AddDate(0, 0, 2) }),
		workflow.FlawNoDepartment: flawedCase(t, s, c, true, true, given),
		workflow.FlawVerdict:      flawedCase(t, s, c, true, true, func(x *workflow.Case) { of(c.Academic.ID)(x); x.InTime = nil }),
		workflow.FlawRating: flawedCase(t, s, c, true, false, func(x *workflow.Case) {
			x.State, x.Ended, x.Outcome = workflow.Closed, x.Received.Add(time.Hour), workflow.OutcomeNoReply
			x.Rating = workflow.Rating{At: x.Ended, Speed: 4, Attitude: 5, Result: 4}
		}),
		workflow.FlawUnanswered: flawedCase(t, s, c, true, false, func(x *workflow.Case) {
			x.State, x.Ended, x.Outcome = workflow.Closed, x.Received.Add(time.Hour), workflow.OutcomeSolved
		}),
		workflow.FlawCategory: flawedCase(t, s, c, true, true, func(x *workflow.Case) { x.Category, x.CategoryVersion = c.Other.ID, c.Other.Version }),
		workflow.FlawClock:    flawedCase(t, s, c, true, true, sound),
		workflow.FlawNoClock:  flawedCase(t, s, c, true, false, of(c.Logistics.ID)),
		workflow.FlawNoLetter: flawedCase(t, s, c, false, true, of(c.Logistics.ID)),
	}
	for _, f := range workflow.Flaws {
		rows := ok(s.Flawed(t.Context(), f, workflow.Scope{}, Morning, 0, 10))(t)
		same(t, string(f), ids(rows, func(r workflow.Row) int64 { return r.ID }), []int64{want[f]})
		same(t, string(f)+" counted", ok(s.CountFlawed(t.Context(), f, workflow.Scope{}, Morning, 10))(t), 1)
		same(t, string(f)+" behind it", len(ok(s.Flawed(t.Context(), f, workflow.Scope{}, Morning, want[f], 10))(t)), 0)
	}
	_, err := s.Flawed(t.Context(), "ugly", workflow.Scope{}, Morning, 0, 10)
	wantKind(t, workflow.Invalid, err)
}

func flawsInScope(t *testing.T, s workflow.Store, c College) {
	for i := range 4 {
		flawedCase(t, s, c, true, true, func(x *workflow.Case) {
			answered(x)
			x.Sealed = i == 0
			if i == 1 {
				x.About = c.Office.ID
			}
		})
	}
	same(t, "counted up to a limit", ok(s.CountFlawed(t.Context(), workflow.FlawNoDepartment, workflow.Scope{Everything: true}, Morning, 3))(t), 3)
	scope := workflow.ScopeOf(c.Clerk.Actor())
	same(t, "the office's", ok(s.CountFlawed(t.Context(), workflow.FlawNoDepartment, scope, Morning, 10))(t), 2)
	page := ok(s.Flawed(t.Context(), workflow.FlawNoDepartment, scope, Morning, 0, 1))(t)
	next := ok(s.Flawed(t.Context(), workflow.FlawNoDepartment, scope, Morning, page[0].ID, 5))(t)
	same(t, "pages of "+strconv.Itoa(len(page)), len(next), 1)
}
