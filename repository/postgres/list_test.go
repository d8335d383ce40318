package postgres_test

import (
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

func listed(t *testing.T, s workflow.Store, q workflow.Query) []int64 {
	t.Helper()
	page, err := s.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.CountCases(t.Context(), q)
	if err != nil || n != len(page.Rows) {
		t.Errorf("%+v counts %d (%v), lists %d", q, n, err, len(page.Rows))
	}
	var ids []int64
	for _, r := range page.Rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// A department that assists sees the case among its open ones exactly as long
// as it is open, and at the time it came.
func TestAssistedCaseIsFollowed(t *testing.T) {
	t.Parallel()
	s := open(t)
	college := workflowtest.Seed(t, s)
	other := workflowtest.NewCase(t, s, func(c *workflow.Case) { c.Department = college.Academic.ID })
	c := workflowtest.NewCase(t, s, func(c *workflow.Case) { c.Department = college.Logistics.ID })
	if err := s.Assist(t.Context(), c.ID, college.Academic.ID, true, workflowtest.Morning); err != nil {
		t.Fatal(err)
	}
	desk := workflow.Query{Scope: workflow.Scope{Department: college.Academic.ID}, Order: workflow.DueFirst, Open: true}
	want := func(what string, ids ...int64) {
		t.Helper()
		if got := listed(t, s, desk); !slices.Equal(got, ids) {
			t.Errorf("%s: got %v, want %v", what, got, ids)
		}
	}
	save := func(change func()) {
		t.Helper()
		change()
		if err := s.SaveCase(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
	}
	want("open", other.ID, c.ID)
	save(func() { c.State, c.Ended = workflow.Closed, workflowtest.Morning })
	want("closed", other.ID)
	save(func() { c.State, c.Ended = workflow.Accepted, time.Time{} })
	want("opened again", other.ID, c.ID)
	desk.Order, desk.Open = workflow.NewestFirst, false
	want("newest", c.ID, other.ID)
	save(func() { c.Received = workflowtest.Morning.Add(-time.Hour) })
	want("came earlier than was thought", other.ID, c.ID)
}

func TestSearchByBeginningOfNumber(t *testing.T) {
	t.Parallel()
	s := open(t)
	workflowtest.Seed(t, s)
	late := workflowtest.NewCase(t, s)
	early := workflowtest.NewCase(t, s, func(c *workflow.Case) { c.Received = workflowtest.Morning.AddDate(0, -1, 0) })
	for typed, want := range map[string][]int64{
		"xz2026": {late.ID, early.ID}, "XZ202611": {late.ID}, "XZ20261023": {early.ID}, "20261023-": {early.ID},
		early.Number: {early.ID}, early.Number[2:]: {early.ID}, "XZ2025": nil, "XZ20261023-9": nil, "!!": nil,
	} {
		q := workflow.Query{Scope: workflow.Scope{Everything: true}, Search: typed}
		if got := listed(t, s, q); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", typed, got, want)
		}
	}
}

func TestForeignCursors(t *testing.T) {
	t.Parallel()
	s := open(t)
	workflowtest.Seed(t, s)
	workflowtest.NewCase(t, s)
	workflowtest.NewCase(t, s)
	q := workflow.Query{Scope: workflow.Scope{Everything: true}, Order: workflow.DueFirst, Limit: 1}
	page, err := s.List(t.Context(), q)
	if err != nil || page.Next == "" {
		t.Fatal(page, err)
	}
	q.Order = workflow.NewestFirst
	for _, cursor := range []string{page.Next, "x", "ZCB4IDE", "ciBpbmZpbml0eSA", "'; DROP TABLE cases"} {
		q.After = cursor
		_, err := s.List(t.Context(), q)
		wantKind(t, cursor, err, workflow.Invalid)
	}
	q.After, q.Order = "", "subject"
	_, err = s.List(t.Context(), q)
	wantKind(t, "an order there is none of", err, workflow.Invalid)
}
