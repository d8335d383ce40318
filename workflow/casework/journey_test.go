package casework_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func newWorld(t *testing.T) *worldtest.World { return worldtest.New(t, workflowtest.NewMemory()) }

// The main job, from the letter to the rating.
func TestJourney(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	c := w.Answer(t, r.CaseID, "三号楼的循环泵已于今日更换，热水恢复。")
	if c.State != workflow.Answered || c.InTime == nil || !*c.InTime {
		t.Fatalf("state %s, in time %v", c.State, c.InTime)
	}
	if c.Worked != 120 {
		t.Errorf("worked %d minutes from acceptance to answer, want 120", c.Worked)
	}
	me, err := w.Cases.Track(t.Context(), r.Number, string(r.Code), "here")
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.Cases.Follow(t.Context(), me, me.Case)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.Messages); n != 2 || p.Messages[1].Kind != workflow.AnswerMessage {
		t.Fatalf("the writer sees %d messages", n)
	}
	c, err = w.Cases.Rate(t.Context(), me, r.CaseID, workflow.Rating{Speed: 5, Attitude: 5, Result: 4, Solved: true}, "谢谢")
	if err != nil || c.State != workflow.Closed || c.Outcome != workflow.OutcomeRated {
		t.Fatalf("after rating: %s %s, %v", c.State, c.Outcome, err)
	}
	clocks, _ := w.Store.ClocksOf(t.Context(), r.CaseID)
	for _, k := range clocks {
		if !k.Over() {
			t.Errorf("clock %s still runs in a closed case", k.Kind)
		}
	}
}

func TestSecondClickIsOneCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.Letter()
	first, err := w.Intake.Submit(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.Intake.Submit(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if first.Number != second.Number || first.Code != second.Code || !second.Again || first.Proof != second.Proof {
		t.Errorf("first %v, second %v", first.Number, second.Number)
	}
}

// Refusing a case back does not make time anew: the department that gets it
// next has what is left.
func TestRefusingKeepsTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	before := clockOf(t, w, r.CaseID, workflow.ToAnswer)
	w.Pass(30 * time.Minute)
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.Refuse, Note: "不属我处职责"})
	w.Pass(30 * time.Minute)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Route, Department: w.Academic.ID})
	after := clockOf(t, w, r.CaseID, workflow.ToAnswer)
	if after.ID != before.ID || !after.Due.Equal(before.Due) || after.Department != w.Academic.ID {
		t.Errorf("answer clock was due %s, is %s (another clock: %v)", before.Due, after.Due, after.ID != before.ID)
	}
	if _, err := w.Cases.Open(t.Context(), w.LogisticsClerk.Actor(), r.Number); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("the department that refused still sees it: %v", err)
	}
}

func clockOf(t *testing.T, w *worldtest.World, caseID int64, kind workflow.ClockKind) workflow.Clock {
	t.Helper()
	clocks, err := w.Store.ClocksOf(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(clocks) - 1; i >= 0; i-- {
		if clocks[i].Kind == kind {
			return clocks[i]
		}
	}
	t.Fatalf("no clock %s", kind)
	return workflow.Clock{}
}
