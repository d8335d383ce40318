package casework_test

import (
	"errors"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/worldtest"
)

// Sealing takes a case out of everybody's sight and numbers but the discipline
// officer's.
func TestSealing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	if err := w.Cases.Seal(t.Context(), w.Clerk.Actor(), r.CaseID, "涉及违纪"); err != nil {
		t.Fatal(err)
	}
	for _, a := range []workflow.Account{w.Clerk, w.OfficeHead, w.Leader, w.Principal, w.Admin, w.LogisticsHead} {
		if _, err := w.Cases.Open(t.Context(), a.Actor(), r.Number); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s opens it: %v", a.Username, err)
		}
		if n, err := w.Cases.Count(t.Context(), a.Actor(), workflow.Query{}); err != nil || n != 0 {
			t.Errorf("%s counts %d, %v", a.Username, n, err)
		}
	}
	if _, err := w.Cases.Open(t.Context(), w.Discipline.Actor(), r.Number); err != nil {
		t.Errorf("discipline: %v", err)
	}
	if n := received(t, w, workflow.CountReceived); n != 0 {
		t.Errorf("%d sealed case in the college's figures", n)
	}
	if n := received(t, w, workflow.CountReceived.Sealed()); n != 1 {
		t.Errorf("%d sealed cases counted apart, want 1", n)
	}
}

func received(t *testing.T, w *worldtest.World, m workflow.Measure) int {
	t.Helper()
	for {
		n, err := w.Store.Project(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	rows, err := w.Store.Sum(t.Context(), workflow.FigureQuery{Measures: []workflow.Measure{m}, From: "2020-01-01", To: "2030-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, row := range rows {
		sum += row.N
	}
	return sum
}

// The department complained about never learns of the case, however it asks.
func TestDepartmentComplainedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t, func(l *workflow.Letter) { l.About = w.Logistics.ID })
	if _, err := w.Cases.Do(t.Context(), w.Clerk.Actor(), r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID}); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("routed to the department complained about: %v", err)
	}
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Academic.ID})
	if err := w.Cases.Assist(t.Context(), w.Clerk.Actor(), r.CaseID, w.Logistics.ID, true); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("asked the department complained about to assist: %v", err)
	}
	by := w.LogisticsHead.Actor()
	if _, err := w.Cases.Open(t.Context(), by, r.Number); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("opened: %v", err)
	}
	if n, _ := w.Cases.Count(t.Context(), by, workflow.Query{}); n != 0 {
		t.Errorf("counted %d", n)
	}
	notices, err := w.Store.PageNotices(t.Context(), w.LogisticsHead.ID, 0, 10)
	if err != nil || len(notices) != 0 {
		t.Errorf("was told %d things, %v", len(notices), err)
	}
}

// Who writes second sees what the first wrote, and overwrites nothing.
func TestTwoPeopleDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.SignFor})
	first, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), r.CaseID, "甲稿", 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Cases.SaveDraft(t.Context(), w.LogisticsHead.Actor(), r.CaseID, "乙稿", 0)
	conflict, ok := errors.AsType[*casework.DraftConflict](err)
	if !ok || conflict.Theirs.Body != "甲稿" || workflow.KindOf(err) != workflow.Conflict {
		t.Fatalf("second draft: %v", err)
	}
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsHead.Actor(), r.CaseID, "乙稿并甲稿", first.Version); err != nil {
		t.Errorf("after looking: %v", err)
	}
}

// The writers of joined letters each get the answer and learn of nobody else.
func TestJoinedLettersAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, twin := w.Send(t), w.Send(t)
	c := w.Do(t, w.Clerk, twin.CaseID, casework.Act{Action: workflow.Merge, Into: main.Number})
	if c.State != workflow.Merged || c.MergedInto != main.CaseID {
		t.Fatalf("%s into %d", c.State, c.MergedInto)
	}
	w.Answer(t, main.CaseID, "已经修好。")
	p, err := w.Cases.Follow(t.Context(), workflow.ByWriter(twin.CaseID), twin.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.Messages); n != 2 || p.Messages[1].Body != "已经修好。" {
		t.Errorf("the joined writer sees %d messages", n)
	}
}

// An identity is opened with a reason only, by those who may, and the case
// remembers it.
func TestReveal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	if _, err := w.Vault.Reveal(t.Context(), w.LogisticsHead.Actor(), r.CaseID, "核实情况"); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a department opens a confidential identity: %v", err)
	}
	if _, err := w.Vault.Reveal(t.Context(), w.Clerk.Actor(), r.CaseID, " "); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("without a reason: %v", err)
	}
	i, err := w.Vault.Reveal(t.Context(), w.Clerk.Actor(), r.CaseID, "电话核实")
	if err != nil || i.Name != "林同学" {
		t.Fatalf("%v", err)
	}
	events, _ := w.Store.EventsOf(t.Context(), r.CaseID)
	if last := events[len(events)-1]; last.Action != workflow.MarkReveal || last.Note != "电话核实" || last.By.ID != w.Clerk.ID {
		t.Errorf("last event: %s %q by %d", last.Action, last.Note, last.By.ID)
	}
}

// Of an anonymous letter nothing about the writer is stored, whatever was sent.
func TestAnonymous(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t, func(l *workflow.Letter) { l.Mode = workflow.Anonymous })
	c, err := w.Store.Case(t.Context(), r.CaseID)
	if err != nil || c.Writer != "" {
		t.Errorf("writer %q, %v", c.Writer, err)
	}
	if _, err := w.Vault.Reveal(t.Context(), w.Clerk.Actor(), r.CaseID, "想知道"); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("revealed: %v", err)
	}
}

// A wrong code and an unknown number are one answer.
func TestTrackIsNoOracle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	_, wrong := w.Cases.Track(t.Context(), r.Number, string(workflow.NewCode()), "a")
	_, unknown := w.Cases.Track(t.Context(), "XZ20991231-0001", string(r.Code), "a")
	if wrong == nil || unknown == nil || wrong.Error() != unknown.Error() || workflow.KindOf(wrong) != workflow.NotFound {
		t.Errorf("wrong code: %v; unknown number: %v", wrong, unknown)
	}
	limited := false
	for range 100 {
		_, err := w.Cases.Track(t.Context(), r.Number, string(workflow.NewCode()), "b")
		limited = limited || workflow.KindOf(err) == workflow.Limited
	}
	if !limited {
		t.Error("a hundred guesses were never limited")
	}
}

// More time is asked for once, before the limit, and moves answer and overall.
func TestMoreTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.SignFor})
	before := clockOf(t, w, r.CaseID, workflow.Overall)
	if err := w.Cases.AskMoreTime(t.Context(), w.LogisticsClerk.Actor(), r.CaseID, 3, "配件需从外地采购"); err != nil {
		t.Fatal(err)
	}
	if err := w.Cases.DecideMoreTime(t.Context(), w.Clerk.Actor(), r.CaseID, true, "同意"); err != nil {
		t.Fatal(err)
	}
	after := clockOf(t, w, r.CaseID, workflow.Overall)
	if after.ExtendedBy != 3 || !after.Due.After(before.Due) || !after.FirstDue.Equal(before.FirstDue) {
		t.Errorf("overall due %s, was %s", after.Due, before.Due)
	}
	if err := w.Cases.AskMoreTime(t.Context(), w.LogisticsClerk.Actor(), r.CaseID, 3, "再要三天"); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("asked twice: %v", err)
	}
}

// Waiting for the writer stops the college's clocks, and the writer's word
// starts them again where they were.
func TestWaitingForTheWriter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	c := w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Ask, Note: "请说明楼层"})
	if c.State != workflow.Waiting || !c.Due.IsZero() {
		t.Fatalf("%s, due %s", c.State, c.Due)
	}
	me := workflow.ByWriter(r.CaseID)
	for range 2 { // a second click is one word
		if _, err := w.Cases.Say(t.Context(), me, r.CaseID, casework.Word{Action: workflow.MarkAdd, Body: "四楼", External: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.Cases.Follow(t.Context(), me, r.CaseID)
	if err != nil || p.Case.State != workflow.Received || len(p.Messages) != 3 {
		t.Errorf("%s with %d messages, %v", p.Case.State, len(p.Messages), err)
	}
}
