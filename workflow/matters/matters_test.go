package matters_test

import (
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/matters"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func open(t *testing.T) (*worldtest.World, *matters.Matters) {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	return w, matters.New(w.Desk)
}

var year = matters.Period{From: "2026-01-01", To: "2027-01-01"}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func project(t *testing.T, w *worldtest.World) {
	t.Helper()
	_, err := w.Store.Project(t.Context(), 1000)
	must(t, err)
}

// behindIt counts the cases that a count opens, as the clerk sees them.
func behindIt(t *testing.T, w *worldtest.World, c matters.Count) int {
	t.Helper()
	n, err := w.Cases.Count(t.Context(), w.Clerk.Actor(), c.Behind)
	must(t, err)
	return n
}

// Every count of the page equals the list it opens, and nothing is counted
// that is not there.
func TestCounts(t *testing.T) {
	t.Parallel()
	w, m := open(t)
	application := func(l *workflow.Letter) { l.Kind = workflow.Disclosure }
	w.Send(t, application)
	gone := w.Send(t, application)
	_, err := w.Cases.Say(t.Context(), workflow.ByWriter(gone.CaseID), gone.CaseID, casework.Word{Action: workflow.Withdraw})
	must(t, err)
	again := w.Send(t, application)
	w.Do(t, w.Clerk, again.CaseID, casework.Act{Action: workflow.Decline, Ground: "duplicate"})
	about := w.Send(t)
	_, err = w.Cases.Concern(t.Context(), w.Clerk.Actor(), about.CaseID, "reconsideration", 0)
	must(t, err)
	project(t, w)

	c, err := m.Counts(t.Context(), w.Clerk.Actor(), year)
	must(t, err)
	want := map[workflow.Measure]int{
		workflow.CountApplied: 3, workflow.DecideWithdrawn.Measure(): 1, workflow.DecideRepeated.Measure(): 1,
		workflow.Concern("reconsideration").Measure(): 1,
	}
	for _, n := range append(append([]matters.Count{c.Applied}, c.Decided...), c.Concerns...) {
		if n.N != want[n.Measure] || behindIt(t, w, n) != n.N {
			t.Errorf("%s: %d, with %d cases behind it, want %d", n.Measure, n.N, behindIt(t, w, n), want[n.Measure])
		}
	}
	if c.Open.N != 1 || behindIt(t, w, c.Open) != 1 || c.Waiting != 0 {
		t.Errorf("open %d, waiting %d", c.Open.N, c.Waiting)
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	w, m := open(t)
	k, err := m.SaveCampaign(t.Context(), w.Clerk.Actor(), workflow.Campaign{Name: "办实事", From: "2026-11-01", To: "2026-11-23"})
	must(t, err)
	o, err := m.SaveCampaign(t.Context(), w.Clerk.Actor(), workflow.Campaign{Name: "别的", From: "2026-01-01", To: "2026-12-31"})
	must(t, err)
	one, two := w.Send(t), w.Send(t)
	for _, r := range []int64{one.CaseID, two.CaseID} {
		w.Answer(t, r, "已办。")
		_, err = w.Cases.Rate(t.Context(), workflow.ByWriter(r), r, workflow.Rating{Speed: 5, Attitude: 5, Result: 5, Solved: true}, "")
		must(t, err)
	}
	_, err = w.Cases.Propose(t.Context(), w.LogisticsHead.Actor(), two.CaseID, k.ID, 0)
	must(t, err)
	_, err = w.Cases.Tag(t.Context(), w.Clerk.Actor(), one.CaseID, k.ID, 0)
	must(t, err)
	project(t, w)
	tally, err := m.Tally(t.Context(), w.Leader.Actor(), k)
	must(t, err)
	if tally.Closed.N != 1 || behindIt(t, w, tally.Closed) != 1 || tally.Proposed.N != 1 || behindIt(t, w, tally.Proposed) != 1 {
		t.Errorf("tally %+v", tally)
	}
	other, err := m.Tally(t.Context(), w.Leader.Actor(), o)
	must(t, err)
	if other.Closed.N != 0 || other.Proposed.N != 0 {
		t.Errorf("the other campaign has come to %+v", other)
	}
	k.To = "2026-11-22" // closed a day after its last
	early, err := m.Tally(t.Context(), w.Clerk.Actor(), k)
	must(t, err)
	if early.Closed.N != 0 {
		t.Errorf("%d cases closed before the campaign ended", early.Closed.N)
	}
}

func TestRights(t *testing.T) {
	t.Parallel()
	w, m := open(t)
	a := workflow.Appraisal{Kind: "survey", Day: "2026-11-20", Title: "问卷"}
	for _, who := range []workflow.Account{w.Leader, w.Principal, w.Reviewer, w.Discipline, w.Admin, w.LogisticsHead, w.LogisticsClerk} {
		by, ctx := who.Actor(), t.Context()
		_, err := m.SaveCampaign(ctx, by, workflow.Campaign{Name: "甲", From: "2026-01-01", To: "2026-01-02"})
		_, saved := m.SaveAppraisal(ctx, by, a)
		for _, e := range []error{err, saved, m.RemoveAppraisal(ctx, by, 1)} {
			if workflow.KindOf(e) != workflow.NotFound {
				t.Errorf("%s keeps matters: %v", who.Username, e)
			}
		}
		_, err = m.Counts(ctx, by, year)
		_, _, listed := m.Appraisals(ctx, by, workflow.AppraisalQuery{})
		_, campaigns := m.Campaigns(ctx, by)
		for _, e := range []error{err, listed, campaigns} {
			if may := workflow.MayReadMatters(by); may != (e == nil) {
				t.Errorf("%s may read matters %v: %v", who.Username, may, e)
			}
		}
	}
}

func TestSaveCampaign_refuses(t *testing.T) {
	t.Parallel()
	w, m := open(t)
	good := workflow.Campaign{Name: "办实事", From: "2026-01-01", To: "2026-12-31"}
	_, err := m.SaveCampaign(t.Context(), w.Clerk.Actor(), good)
	must(t, err)
	for name, spoil := range map[string]func(*workflow.Campaign){
		"the same name": func(*workflow.Campaign) {},
		"no name":       func(c *workflow.Campaign) { c.Name = "" },
		"backwards":     func(c *workflow.Campaign) { c.Name, c.To = "乙", "2025-01-01" },
		"no day":        func(c *workflow.Campaign) { c.Name, c.From = "丙", "soon" },
	} {
		c := good
		spoil(&c)
		if _, err := m.SaveCampaign(t.Context(), w.Clerk.Actor(), c); workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAppraisal(t *testing.T) {
	t.Parallel()
	w, m := open(t)
	ctx, by := t.Context(), w.Clerk.Actor()
	first := workflow.Appraisal{
		External: "form", Kind: "survey", Day: "2026-11-20", Title: " 问卷 ", Participants: 10, Satisfied: 7,
		File: workflow.NewFile{SHA256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Name: "卷.pdf"},
	}
	a, err := m.SaveAppraisal(ctx, by, first)
	must(t, err)
	if _, err := m.SaveAppraisal(ctx, by, first); err != nil {
		t.Errorf("a second click: %v", err)
	}
	if n, err := w.Store.CountAppraisals(ctx, workflow.AppraisalQuery{}); err != nil || n != 1 {
		t.Errorf("%d appraisals after a second click, %v", n, err)
	}
	stale := a
	a.File, a.Findings = workflow.NewFile{}, "尚可"
	a, err = m.SaveAppraisal(ctx, by, a)
	must(t, err)
	if a.Title != "问卷" || a.File.Name != "卷.pdf" || a.CreatedBy != w.Clerk.ID {
		t.Errorf("saved as %+v", a)
	}
	if _, err = m.SaveAppraisal(ctx, by, stale); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("two people at once: %v", err)
	}
	for name, spoil := range map[string]func(*workflow.Appraisal){
		"tomorrow":                    func(a *workflow.Appraisal) { a.Day = "2026-11-24" },
		"more content than present":   func(a *workflow.Appraisal) { a.Satisfied = 11 },
		"without a title":             func(a *workflow.Appraisal) { a.Title = " " },
		"of a kind nobody knows":      func(a *workflow.Appraisal) { a.Kind = "gossip" },
		"fewer than nobody took part": func(a *workflow.Appraisal) { a.Participants = -1 },
	} {
		wrong := a
		spoil(&wrong)
		if _, err := m.SaveAppraisal(ctx, by, wrong); workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 2 { // twice is once
		must(t, m.RemoveAppraisal(ctx, by, a.ID))
	}
	if _, err := m.Appraisal(ctx, by, a.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a removed one is found: %v", err)
	}
	entries, err := w.Store.Journal(ctx, 0, 10)
	if err != nil || len(entries) != 3 {
		t.Errorf("%d journal entries, want added, changed, removed (%v)", len(entries), err)
	}
}
