package workflowtest

import (
	"context"

	"mailbox/workflow"
)

// AddReview implements workflow.Reviews.
func (m *Memory) AddReview(ctx context.Context, r *workflow.Review) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.accounts.has(r.AskedBy), d.department(r.Department)); err != nil {
			return err
		}
		if len(r.ContentHash) != 32 || r.Title == "" {
			return refused("a review is of something")
		}
		r.ID, r.Version = d.reviews.next(), 1
		d.reviews.put(r.ID, *r)
		return nil
	})
}

// Review implements workflow.Reviews.
func (m *Memory) Review(ctx context.Context, id int64) (workflow.Review, error) {
	return read(ctx, m, func(d *data) (workflow.Review, error) { return d.reviews.get(id) })
}

// DecideReview implements workflow.Reviews. What is reviewed stays what it was.
func (m *Memory) DecideReview(ctx context.Context, r *workflow.Review) error {
	return m.write(ctx, func(d *data) error {
		stored, err := d.reviews.get(r.ID)
		if err != nil {
			return err
		}
		if stored.Version != r.Version || stored.Result != workflow.Undecided {
			return conflict()
		}
		if err := need(d.accounts.has(r.Reviewer)); err != nil {
			return err
		}
		if r.Reviewer == stored.AskedBy || r.Basis == "" || r.Result == workflow.ReviewRefused && r.Ground == "" {
			return refused("nobody reviews what they ask for, and every decision says why")
		}
		stored.Checklist, stored.Basis, stored.Reviewer, stored.Decided = r.Checklist, r.Basis, r.Reviewer, r.Decided
		stored.Result, stored.Ground, stored.Remark = r.Result, r.Ground, r.Remark
		stored.Version++
		r.Version = stored.Version
		d.reviews.put(r.ID, stored)
		return nil
	})
}

// ReviewsBy implements workflow.Reviews.
func (m *Memory) ReviewsBy(ctx context.Context, q workflow.ReviewQuery) ([]workflow.Review, error) {
	return read(ctx, m, func(d *data) ([]workflow.Review, error) {
		limit := q.Limit
		if limit <= 0 {
			limit = 25
		}
		rows := d.reviews.where(func(r workflow.Review) bool { return askedFor(r, q) && below(r.ID, q.Before) })
		return newest(rows, min(limit, 100)), nil
	})
}

// CountReviews implements workflow.Reviews.
func (m *Memory) CountReviews(ctx context.Context, q workflow.ReviewQuery) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		return d.reviews.count(func(r workflow.Review) bool { return askedFor(r, q) }), nil
	})
}

func askedFor(r workflow.Review, q workflow.ReviewQuery) bool {
	decided := r.Result != workflow.Undecided
	switch {
	case q.Open && decided, q.Decided && !decided, q.Doubtful && !r.Doubtful, q.Plain && r.Doubtful:
		return false
	case q.Department != 0 && r.Department != q.Department && r.AskedBy != q.OrAskedBy, q.AskedBy != 0 && r.AskedBy != q.AskedBy:
		return false
	case q.NotAskedBy != 0 && r.AskedBy == q.NotAskedBy, q.Subject != "" && r.Subject != q.Subject:
		return false
	}
	return q.SubjectID == 0 || r.SubjectID == q.SubjectID
}
