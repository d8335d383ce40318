package casework_test

import (
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func TestConcern(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Send(t).CaseID
	if _, err := w.Cases.Concern(t.Context(), w.LogisticsHead.Actor(), id, "complaint", 0); err == nil {
		t.Error("a department says what a case is about")
	}
	if _, err := w.Cases.Concern(t.Context(), w.Clerk.Actor(), id, "gossip", 0); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("gossip: %v", err)
	}
	w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Decline, Ground: "unclear"}) // also of what has ended
	c, err := w.Cases.Concern(t.Context(), w.Clerk.Actor(), id, "complaint", 0)
	if err != nil || c.Concern != "complaint" {
		t.Fatalf("%+v, %v", c.Concern, err)
	}
	q := workflow.Query{Fact: &workflow.FactQuery{Measure: workflow.Concern("complaint").Measure(), From: "2026-11-23", To: "2026-11-24"}}
	if n, err := w.Cases.Count(t.Context(), w.Clerk.Actor(), q); err != nil || n != 1 {
		t.Errorf("%d complaints about disclosure, %v", n, err)
	}
	if c, err = w.Cases.Concern(t.Context(), w.Clerk.Actor(), id, "", 0); err != nil || c.Concern != "" {
		t.Errorf("taken back: %q, %v", c.Concern, err)
	}
	if n, err := w.Cases.Count(t.Context(), w.Clerk.Actor(), q); err != nil || n != 0 {
		t.Errorf("%d complaints about disclosure after it was taken back, %v", n, err)
	}
}

func TestClassify_concern(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Send(t).CaseID
	concern := workflow.Concern("report")
	to := casework.Classes{Kind: workflow.Complaint, Category: w.Repair.ID, Concern: &concern}
	c, err := w.Cases.Classify(t.Context(), w.Clerk.Actor(), id, to)
	if err != nil || c.Concern != "report" {
		t.Fatalf("%q, %v", c.Concern, err)
	}
	to.Concern = nil
	if c, err = w.Cases.Classify(t.Context(), w.Clerk.Actor(), id, to); err != nil || c.Concern != "report" {
		t.Errorf("a form that does not ask changes it to %q, %v", c.Concern, err)
	}
	concern, to.Concern = "gossip", &concern
	if _, err = w.Cases.Classify(t.Context(), w.Clerk.Actor(), id, to); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("gossip: %v", err)
	}
}

// A department proposes, the office decides, and it may be undone.
func TestCampaign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := workflow.Campaign{Name: "办实事", From: "2026-01-01", To: "2026-12-31"}
	if err := w.Store.SaveCampaign(t.Context(), &k); err != nil {
		t.Fatal(err)
	}
	id := w.Send(t).CaseID
	w.Answer(t, id, "已修好。")
	ctx, head, clerk := t.Context(), w.LogisticsHead.Actor(), w.Clerk.Actor()
	if _, err := w.Cases.Tag(ctx, head, id, k.ID, 0); workflow.KindOf(err) != workflow.Forbidden {
		t.Errorf("a department tags: %v", err)
	}
	if _, err := w.Cases.Propose(ctx, w.AcademicHead.Actor(), id, k.ID, 0); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("another department proposes: %v", err)
	}
	c, err := w.Cases.Propose(ctx, head, id, k.ID, 0)
	if err != nil || c.Proposed != k.ID || c.Campaign != 0 {
		t.Fatalf("proposed %d, counted %d, %v", c.Proposed, c.Campaign, err)
	}
	if _, err := w.Cases.Tag(ctx, clerk, id, 4711, 0); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("an unknown campaign: %v", err)
	}
	if c, err = w.Cases.Tag(ctx, clerk, id, k.ID, 0); err != nil || c.Campaign != k.ID || c.Proposed != 0 {
		t.Fatalf("tagged %d, proposed %d, %v", c.Campaign, c.Proposed, err)
	}
	behind := func() int {
		q := workflow.FactQuery{Measure: workflow.CountCampaign, From: "2026-01-01", To: "2027-01-01", MinBucket: int(k.ID), EndBucket: int(k.ID) + 1}
		n, err := w.Cases.Count(ctx, clerk, workflow.Query{Fact: &q})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	open := behind()
	if _, err := w.Cases.Rate(ctx, workflow.ByWriter(id), id, workflow.Rating{Speed: 5, Attitude: 5, Result: 5, Solved: true}, ""); err != nil {
		t.Fatal(err)
	}
	closed := behind()
	if _, err := w.Cases.Tag(ctx, clerk, id, 0, 0); err != nil {
		t.Fatal(err)
	}
	if got := []int{open, closed, behind()}; got[0] != 0 || got[1] != 1 || got[2] != 0 {
		t.Errorf("counted %v while open, once closed, and undone; want 0, 1, 0", got)
	}
}
