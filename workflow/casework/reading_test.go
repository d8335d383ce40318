package casework_test

import (
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// TestDossierOffersWhatIsAllowed compares what a dossier says may be done with
// what happens when it is tried.
func TestDossierOffersWhatIsAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	id := w.Send(t).CaseID
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	c := w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.SignFor})
	for _, test := range []struct {
		who       workflow.Account
		may, mayn []workflow.Action
	}{
		{w.LogisticsClerk, []workflow.Action{workflow.MarkDraft, workflow.MarkMoreTime, workflow.MarkNote, workflow.HandIn}, []workflow.Action{workflow.MarkClassify, workflow.MarkGrant, workflow.MarkReveal, workflow.MarkInstruct}},
		{w.Clerk, []workflow.Action{workflow.MarkClassify, workflow.MarkSeal, workflow.MarkRemind, workflow.MarkReveal, workflow.Ask}, []workflow.Action{workflow.MarkDraft, workflow.MarkMoreTime, workflow.MarkInstruct}},
		{w.Leader, []workflow.Action{workflow.MarkInstruct, workflow.MarkRemind, workflow.MarkNote}, []workflow.Action{workflow.MarkClassify, workflow.MarkDraft, workflow.HandIn}},
	} {
		d, err := w.Cases.Open(ctx, test.who.Actor(), c.Number)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range test.may {
			if !d.May(a) {
				t.Errorf("%s may not %s", test.who.Username, a)
			}
		}
		for _, a := range test.mayn {
			if d.May(a) {
				t.Errorf("%s may %s", test.who.Username, a)
			}
		}
	}
	if err := w.Cases.AskMoreTime(ctx, w.LogisticsClerk.Actor(), id, 3, "配件未到"); err != nil {
		t.Fatal(err)
	}
	if d, _ := w.Cases.Open(ctx, w.OfficeHead.Actor(), c.Number); !d.May(workflow.MarkGrant) || d.Wish() == nil {
		t.Error("nobody can decide the wish")
	}
	if d, _ := w.Cases.Open(ctx, w.LogisticsClerk.Actor(), c.Number); d.May(workflow.MarkMoreTime) {
		t.Error("a second wish is offered beside the first")
	}
}

// TestAnonymousTimesAreCoarse wants no minute of an anonymous letter anywhere in
// what a department is given.
func TestAnonymousTimesAreCoarse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Pass(17*time.Minute + 23*time.Second)
	r := w.Send(t, func(l *workflow.Letter) {
		l.Mode, l.Identity, l.Received = workflow.Anonymous, workflow.Identity{}, w.Now()
	})
	c := w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	d, err := w.Cases.Open(t.Context(), w.LogisticsClerk.Actor(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	times := []time.Time{d.Case.Received, d.Messages[0].At, d.Events[0].At}
	if i := slices.IndexFunc(times, func(at time.Time) bool { return at.Minute() != 0 || at.Second() != 0 }); i >= 0 {
		t.Errorf("time %d is %v", i, times[i])
	}
	if d, _ := w.Cases.Open(t.Context(), w.Clerk.Actor(), c.Number); d.Case.Received.Minute() != 17 {
		t.Errorf("the office is told %v", d.Case.Received)
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Send(t).CaseID
	k := clockOf(t, w, id, workflow.Overall)
	steps, err := w.Cases.Why(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	last := steps[len(steps)-1]
	if last.N != k.Promise.Amount || !last.Date.In(k.FirstDue.Location()).Before(k.FirstDue) || !last.Counted {
		t.Errorf("the last day is %+v of a promise due %v", last, k.FirstDue)
	}
	if steps, err := w.Cases.Why(t.Context(), workflow.Clock{}); err != nil || steps != nil {
		t.Errorf("no promise: %v, %v", steps, err)
	}
}

func TestNoticesForgetWhatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, by := t.Context(), w.LogisticsClerk.Actor()
	id := w.Send(t).CaseID
	c := w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	told, err := w.Cases.Notices(ctx, by, 0, 10)
	if err != nil || len(told) != 1 || told[0].Case.Number != c.Number {
		t.Fatalf("%+v, %v", told, err)
	}
	if n, _ := w.Cases.Unseen(ctx, by); n != 1 {
		t.Errorf("%d unseen", n)
	}
	if err := w.Cases.SeeNotices(ctx, by, told[0].ID); err != nil {
		t.Fatal(err)
	}
	if n, _ := w.Cases.Unseen(ctx, by); n != 0 {
		t.Errorf("%d unseen after reading", n)
	}
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.Refuse, Note: "不属于本部门"})
	if told, _ := w.Cases.Notices(ctx, by, 0, 10); told[0].Case.ID != 0 {
		t.Error("the notice still names a case that is no longer theirs")
	}
}

func TestTemplatesOfACategory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, a := range []workflow.AnswerTemplate{
		{Title: "通用", Purpose: "answer", Active: true, Body: "a"},
		{Title: "维修", Purpose: "answer", Category: w.Repair.ID, Active: true, Body: "b"},
		{Title: "教学", Purpose: "answer", Category: w.Teaching.ID, Active: true, Body: "c"},
		{Title: "不予受理", Purpose: "decline", Active: true, Body: "d"},
		{Title: "停用", Purpose: "answer", Body: "e"},
	} {
		if err := w.Store.SaveAnswerTemplate(t.Context(), &a); err != nil {
			t.Fatal(err)
		}
	}
	found, err := w.Cases.Templates(t.Context(), w.Repair.ID)
	if err != nil || len(found) != 2 || found[0].Title != "维修" || found[1].Title != "通用" {
		t.Errorf("%+v, %v", found, err)
	}
}
