package workflowtest

import (
	"bytes"
	"testing"
	"time"

	"mailbox/workflow"
)

var reviewPromises = []promise{
	{"a review comes back as it was asked for and decided", reviewComesBack},
	{"a review is decided once", reviewOnce},
	{"what is reviewed does not change with the decision", reviewedStays},
	{"nobody decides what they asked for, nor without saying why", reviewRefusals},
	{"a list of reviews restricts as its query says, newest first, in pages", reviewLists},
}

// newReview asks for a review of an answer, changed by opts.
func newReview(t *testing.T, s workflow.Store, c College, opts ...func(*workflow.Review)) workflow.Review {
	t.Helper()
	r := workflow.Review{
		Subject: workflow.ReviewAnswer, SubjectID: 7, Title: "热水供应的答复", ContentHash: bytes.Repeat([]byte{1}, 32),
		AskedBy: c.Clerk.ID, Asked: Morning,
	}
	for _, o := range opts {
		o(&r)
	}
	must(t, s.AddReview(t.Context(), &r))
	return r
}

func decide(r *workflow.Review, by int64, result workflow.ReviewResult) {
	r.Checklist, r.Basis, r.Remark = map[string]bool{"classified": false, "private": true}, "《高等学校信息公开办法》第十条", "已核对"
	r.Reviewer, r.Decided, r.Result = by, Morning.Add(time.Hour), result
	if result != workflow.ReviewPublic {
		r.Ground = "privacy"
	}
}

func reviewComesBack(t *testing.T, s workflow.Store, c College) {
	r := newReview(t, s, c, func(r *workflow.Review) { r.Department, r.Doubtful = c.Logistics.ID, true })
	same(t, "asked for", ok(s.Review(t.Context(), r.ID))(t), r)
	decide(&r, c.Reviewer.ID, workflow.ReviewPartly)
	must(t, s.DecideReview(t.Context(), &r))
	same(t, "decided", ok(s.Review(t.Context(), r.ID))(t), r)
	same(t, "passed", r.Passed(), true)
	absent(t, "unknown", second(s.Review(t.Context(), nowhere)))
	unknown := workflow.Review{ID: nowhere, Version: 1}
	decide(&unknown, c.Reviewer.ID, workflow.ReviewPublic)
	absent(t, "decide unknown", s.DecideReview(t.Context(), &unknown))
}

func reviewOnce(t *testing.T, s workflow.Store, c College) {
	r := newReview(t, s, c)
	once(t, together(4, func(int) error {
		mine := r
		decide(&mine, c.Reviewer.ID, workflow.ReviewPublic)
		return s.DecideReview(t.Context(), &mine)
	}))
	again := ok(s.Review(t.Context(), r.ID))(t)
	decide(&again, c.Reviewer.ID, workflow.ReviewRefused)
	wantKind(t, workflow.Conflict, s.DecideReview(t.Context(), &again))
}

func reviewedStays(t *testing.T, s workflow.Store, c College) {
	r := newReview(t, s, c)
	other := r
	other.ContentHash, other.SubjectID, other.Title = bytes.Repeat([]byte{2}, 32), 8, "别的"
	decide(&other, c.Reviewer.ID, workflow.ReviewPublic)
	must(t, s.DecideReview(t.Context(), &other))
	got := ok(s.Review(t.Context(), r.ID))(t)
	same(t, "content", got.ContentHash, r.ContentHash)
	same(t, "subject", got.SubjectID, r.SubjectID)
	same(t, "title", got.Title, r.Title)
}

func reviewRefusals(t *testing.T, s workflow.Store, c College) {
	for what, change := range map[string]func(*workflow.Review){
		"own":            func(r *workflow.Review) { r.Reviewer = c.Clerk.ID },
		"without basis":  func(r *workflow.Review) { r.Basis = "" },
		"without ground": func(r *workflow.Review) { r.Result, r.Ground = workflow.ReviewRefused, "" },
	} {
		r := newReview(t, s, c)
		decide(&r, c.Reviewer.ID, workflow.ReviewPublic)
		change(&r)
		if err := s.DecideReview(t.Context(), &r); err == nil {
			t.Errorf("%s: was decided", what)
		}
	}
}

func reviewLists(t *testing.T, s workflow.Store, c College) {
	plain := newReview(t, s, c)
	doubtful := newReview(t, s, c, func(r *workflow.Review) { r.Doubtful, r.Department = true, c.Logistics.ID })
	item := newReview(t, s, c, func(r *workflow.Review) {
		r.Subject, r.SubjectID, r.AskedBy, r.Department = workflow.ReviewItem, 9, c.LogisticsClerk.ID, c.Logistics.ID
	})
	decide(&plain, c.Reviewer.ID, workflow.ReviewPublic)
	must(t, s.DecideReview(t.Context(), &plain))
	for _, k := range []struct {
		what string
		q    workflow.ReviewQuery
		want []int64
	}{
		{"all", workflow.ReviewQuery{}, []int64{item.ID, doubtful.ID, plain.ID}},
		{"open", workflow.ReviewQuery{Open: true}, []int64{item.ID, doubtful.ID}},
		{"decided", workflow.ReviewQuery{Decided: true}, []int64{plain.ID}},
		{"doubtful", workflow.ReviewQuery{Doubtful: true}, []int64{doubtful.ID}},
		{"plain", workflow.ReviewQuery{Plain: true}, []int64{item.ID, plain.ID}},
		{"of a department", workflow.ReviewQuery{Department: c.Logistics.ID}, []int64{item.ID, doubtful.ID}},
		{"of a department or asked by", workflow.ReviewQuery{Department: c.Academic.ID, OrAskedBy: c.Clerk.ID}, []int64{doubtful.ID, plain.ID}},
		{"asked by", workflow.ReviewQuery{AskedBy: c.LogisticsClerk.ID}, []int64{item.ID}},
		{"not asked by", workflow.ReviewQuery{NotAskedBy: c.LogisticsClerk.ID}, []int64{doubtful.ID, plain.ID}},
		{"of a subject", workflow.ReviewQuery{Subject: workflow.ReviewItem, SubjectID: 9}, []int64{item.ID}},
		{"of another", workflow.ReviewQuery{Subject: workflow.ReviewItem, SubjectID: 8}, nil},
	} {
		id := func(r workflow.Review) int64 { return r.ID }
		same(t, k.what, ids(ok(s.ReviewsBy(t.Context(), k.q))(t), id), k.want)
		same(t, k.what+", counted", ok(s.CountReviews(t.Context(), k.q))(t), len(k.want))
	}
	page := ok(s.ReviewsBy(t.Context(), workflow.ReviewQuery{Before: item.ID, Limit: 1}))(t)
	same(t, "page", len(page) == 1 && page[0].ID == doubtful.ID, true)
}
