package postgres

import (
	"context"
	"strconv"
	"time"

	"mailbox/workflow"
)

const reviewColumns = `
		r.id, r.subject, r.subject_id, r.title, r.content_hash, r.department_id, r.doubtful, r.asked_by, r.asked_at,
		r.checklist, r.basis, r.reviewer_id, r.decided_at, coalesce(r.result, '') AS result, r.ground, r.remark, r.version`

type reviewRow struct {
	ID         int64                     `db:"id"`
	Subject    string                    `db:"subject"`
	SubjectID  int64                     `db:"subject_id"`
	Title      string                    `db:"title"`
	Hash       octets                    `db:"content_hash"`
	Department ref                       `db:"department_id"`
	Doubtful   bool                      `db:"doubtful"`
	AskedBy    int64                     `db:"asked_by"`
	Asked      instant                   `db:"asked_at"`
	Checklist  document[map[string]bool] `db:"checklist"`
	Basis      string                    `db:"basis"`
	Reviewer   ref                       `db:"reviewer_id"`
	Decided    instant                   `db:"decided_at"`
	Result     string                    `db:"result"`
	Ground     string                    `db:"ground"`
	Remark     string                    `db:"remark"`
	Version    int64                     `db:"version"`
}

func (r reviewRow) toReview() workflow.Review {
	return workflow.Review{
		ID: r.ID, Subject: workflow.ReviewSubject(r.Subject), SubjectID: r.SubjectID, Title: r.Title, ContentHash: r.Hash,
		Department: int64(r.Department), Doubtful: r.Doubtful, AskedBy: r.AskedBy, Asked: time.Time(r.Asked),
		Checklist: r.Checklist.v, Basis: r.Basis, Reviewer: int64(r.Reviewer), Decided: time.Time(r.Decided),
		Result: workflow.ReviewResult(r.Result), Ground: workflow.ReviewGround(r.Ground), Remark: r.Remark, Version: r.Version,
	}
}

const sqlAddReview = `
	INSERT INTO reviews (subject, subject_id, title, content_hash, department_id, doubtful, asked_by, asked_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	RETURNING id`

// AddReview implements workflow.Reviews.
func (s *Store) AddReview(ctx context.Context, r *workflow.Review) error {
	id, err := one[int64](ctx, s, "add review", sqlAddReview, r.Subject, r.SubjectID, r.Title, octets(r.ContentHash),
		ref(r.Department), r.Doubtful, r.AskedBy, instant(r.Asked).or(s.now()))
	if err == nil {
		r.ID, r.Version = id, 1
	}
	return err
}

const sqlReview = `SELECT` + reviewColumns + ` FROM reviews r WHERE r.id = $1`

// Review implements workflow.Reviews.
func (s *Store) Review(ctx context.Context, id int64) (workflow.Review, error) {
	r, err := one[reviewRow](ctx, s, "read review", sqlReview, id)
	return r.toReview(), err
}

const sqlDecideReview = `
	UPDATE reviews SET checklist = $3, basis = $4, reviewer_id = $5, decided_at = $6, result = $7, ground = $8, remark = $9,
		version = version + 1
	WHERE id = $1 AND version = $2 AND result IS NULL`

const sqlReviewExists = `SELECT EXISTS (SELECT FROM reviews WHERE id = $1)`

// DecideReview implements workflow.Reviews.
func (s *Store) DecideReview(ctx context.Context, r *workflow.Review) error {
	err := s.save(ctx, "decide review", sqlDecideReview, sqlReviewExists, r.ID, r.Version,
		document[map[string]bool]{answered(r.Checklist)}, r.Basis, ref(r.Reviewer), instant(r.Decided).or(s.now()),
		r.Result, r.Ground, r.Remark)
	if err == nil {
		r.Version++
	}
	return err
}

// answered is a check list that is never null.
func answered(list map[string]bool) map[string]bool {
	if list == nil {
		return map[string]bool{}
	}
	return list
}

// ReviewsBy implements workflow.Reviews.
func (s *Store) ReviewsBy(ctx context.Context, q workflow.ReviewQuery) ([]workflow.Review, error) {
	var args []any
	where := conditions{args: &args}
	where.reviews(q)
	where.addIf(q.Before != 0, "r.id < ?", q.Before)
	limit := q.Limit
	if limit <= 0 {
		limit = pageLength
	}
	statement := "SELECT" + reviewColumns + " FROM reviews r WHERE " + where.String() + " ORDER BY r.id DESC LIMIT " + strconv.Itoa(min(limit, pageMost))
	return many(ctx, s, "list reviews", reviewRow.toReview, statement, args...)
}

// CountReviews implements workflow.Reviews.
func (s *Store) CountReviews(ctx context.Context, q workflow.ReviewQuery) (int, error) {
	var args []any
	where := conditions{args: &args}
	where.reviews(q)
	return one[int](ctx, s, "count reviews", "SELECT count(*) FROM reviews r WHERE "+where.String(), args...)
}

// reviews adds the conditions of a list of reviews, all but its page.
func (c *conditions) reviews(q workflow.ReviewQuery) {
	c.addIf(q.Open, "r.result IS NULL")
	c.addIf(q.Decided, "r.result IS NOT NULL")
	c.addIf(q.Doubtful, "r.doubtful")
	c.addIf(q.Plain, "NOT r.doubtful")
	c.addIf(q.Department != 0, "(r.department_id = ? OR r.asked_by = ?)", q.Department, q.OrAskedBy)
	c.addIf(q.AskedBy != 0, "r.asked_by = ?", q.AskedBy)
	c.addIf(q.NotAskedBy != 0, "r.asked_by <> ?", q.NotAskedBy)
	c.addIf(q.Subject != "", "r.subject = ?", q.Subject)
	c.addIf(q.SubjectID != 0, "r.subject_id = ?", q.SubjectID)
}
