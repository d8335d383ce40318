package publication

import (
	"context"

	"mailbox/workflow"
)

// Wanted is which reviews somebody wants to see.
type Wanted string

// The views of the list.
const (
	Waiting Wanted = "waiting" // for this reader's decision
	Asked   Wanted = "asked"   // that the reader may see and somebody else decides
	Decided Wanted = "decided"
)

// Views lists the views in the order the page shows them.
var Views = []Wanted{Waiting, Asked, Decided}

// Filter restricts a list of reviews.
type Filter struct {
	Wanted  Wanted
	Subject workflow.ReviewSubject
	Before  int64
	Limit   int
}

// List returns one page of the reviews that the reader may know of, newest
// first.
func (v *Reviews) List(ctx context.Context, by workflow.Actor, f Filter) ([]workflow.Review, error) {
	q, some := query(by, f)
	if !some {
		return nil, nil
	}
	return v.desk.Store.ReviewsBy(ctx, q)
}

// Count counts what List returns without pages.
func (v *Reviews) Count(ctx context.Context, by workflow.Actor, f Filter) (int, error) {
	q, some := query(by, f)
	if !some {
		return 0, nil
	}
	return v.desk.Store.CountReviews(ctx, q)
}

// query says in one question what MaySeeReview and MayReview say of one review.
// some is false when there can be nothing.
func query(by workflow.Actor, f Filter) (q workflow.ReviewQuery, some bool) {
	q = workflow.ReviewQuery{Subject: f.Subject, Before: f.Before, Limit: f.Limit, Open: f.Wanted != Decided, Decided: f.Wanted == Decided}
	if f.Wanted == Waiting {
		return waiting(by, q)
	}
	switch {
	case by.ID == 0:
		return q, false
	case by.Is(workflow.Reviewer) || by.Office():
		return q, true
	case by.Is(workflow.DeptHead) && by.Department != 0:
		q.Department, q.OrAskedBy = by.Department, by.ID
		return q, true
	}
	q.AskedBy = by.ID
	return q, true
}

func waiting(by workflow.Actor, q workflow.ReviewQuery) (workflow.ReviewQuery, bool) {
	q.NotAskedBy = by.ID
	switch {
	case by.ID == 0:
		return q, false
	case by.Is(workflow.Reviewer):
		return q, true
	case by.Is(workflow.DeptHead) && by.Department != 0 && (q.Subject == "" || q.Subject == workflow.ReviewItem):
		q.Subject, q.Department, q.Plain = workflow.ReviewItem, by.Department, true
		return q, true
	}
	return q, false
}
