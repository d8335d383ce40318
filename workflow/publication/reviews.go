// Package publication is what stands between a text and the public: the
// confidentiality review of everything that is to be made public, and the
// answers that the college selects for everybody to read (选登).
package publication

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// Reviews carries out confidentiality reviews (保密审查): 「先审查、后公开」.
type Reviews struct {
	desk     *workflow.Desk
	subjects map[workflow.ReviewSubject]workflow.Reviewed
}

// NewReviews returns Reviews of these subjects. Each says how a thing of its
// sort is shown and what follows from a decision.
func NewReviews(desk *workflow.Desk, subjects map[workflow.ReviewSubject]workflow.Reviewed) *Reviews {
	return &Reviews{desk: desk, subjects: subjects}
}

// Sheet is a review with what is reviewed: the form 《信息公开保密审查表》.
type Sheet struct {
	workflow.Review
	Exhibit   workflow.Exhibit
	Gone      bool // what is reviewed is not what it was any more; it need not be decided
	AskedName string
	Decider   string
	MayDecide bool
}

// Open returns the sheet of a review for whoever may know of it.
func (v *Reviews) Open(ctx context.Context, by workflow.Actor, id int64) (Sheet, error) {
	r, err := v.desk.Store.Review(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	if !workflow.MaySeeReview(by, r) {
		return Sheet{}, workflow.Absent()
	}
	s := Sheet{Review: r}
	if s.Exhibit, err = v.exhibit(ctx, v.desk.Store, r); err != nil {
		kind := workflow.KindOf(err)
		if kind != workflow.Conflict && kind != workflow.NotFound {
			return Sheet{}, err
		}
		s.Gone = true
	}
	s.MayDecide = !s.Gone && workflow.MayReview(by, r)
	if s.AskedName, err = v.name(ctx, r.AskedBy); err != nil {
		return Sheet{}, err
	}
	s.Decider, err = v.name(ctx, r.Reviewer)
	return s, err
}

func (v *Reviews) exhibit(ctx context.Context, tx workflow.Store, r workflow.Review) (workflow.Exhibit, error) {
	subject, known := v.subjects[r.Subject]
	if !known {
		return workflow.Exhibit{}, fmt.Errorf("nobody shows what a review of %q is about", r.Subject)
	}
	return subject.Exhibit(ctx, tx, r)
}

func (v *Reviews) name(ctx context.Context, account int64) (string, error) {
	if account == 0 {
		return "", nil
	}
	a, err := v.desk.Store.Account(ctx, account)
	return a.Name, err
}

// Decision is what a reviewer says.
type Decision struct {
	Version   int64 // of the review the person saw
	Checklist map[string]bool
	Result    workflow.ReviewResult
	Ground    workflow.ReviewGround
	Basis     string
	Remark    string
}

// Decide ends a review. Every question of the check list must be answered; a
// yes to any of them needs a ground and does not let the whole become public.
// The thing reviewed, the journal and whoever asked know of it at once.
func (v *Reviews) Decide(ctx context.Context, by workflow.Actor, id int64, d Decision) (workflow.Review, error) {
	if err := d.check(); err != nil {
		return workflow.Review{}, err
	}
	var out workflow.Review
	err := v.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		r, err := tx.Review(ctx, id)
		if err != nil {
			return err
		}
		if err := mayDecide(by, r, d.Version); err != nil {
			return err
		}
		if _, err := v.exhibit(ctx, tx, r); err != nil {
			return err
		}
		d.enter(&r)
		r.Reviewer, r.Decided = by.ID, v.desk.Now()
		out, err = r, v.keep(ctx, tx, by, &r)
		return err
	})
	return out, err
}

// mayDecide lets deciders in; others learn no more than they may see anyway.
func mayDecide(by workflow.Actor, r workflow.Review, version int64) error {
	undecided := r
	undecided.Result = workflow.Undecided
	switch {
	case !workflow.MaySeeReview(by, r):
		return workflow.Absent()
	case by.ID == r.AskedBy:
		return workflow.Fail(workflow.Forbidden, "review.own")
	case !workflow.MayReview(by, undecided):
		return workflow.Fail(workflow.Forbidden, "review.not_yours")
	case r.Result != workflow.Undecided || r.Version != version:
		return workflow.Fail(workflow.Conflict, "review.decided_meanwhile")
	}
	return nil
}

func (v *Reviews) keep(ctx context.Context, tx workflow.Store, by workflow.Actor, r *workflow.Review) error {
	if err := tx.DecideReview(ctx, r); err != nil {
		return err
	}
	if err := v.subjects[r.Subject].Decided(ctx, tx, *r); err != nil {
		return err
	}
	detail := map[string]string{"result": string(r.Result), "ground": string(r.Ground), "basis": r.Basis, "hash": hex.EncodeToString(r.ContentHash)}
	if err := v.desk.NoteReview(ctx, tx, by, "review.decide", *r, detail); err != nil {
		return err
	}
	asker, err := tx.Account(ctx, r.AskedBy)
	if err != nil {
		return err
	}
	return v.desk.TellReview(ctx, tx, workflow.NoticeReviewed, *r, []workflow.Account{asker})
}

func (d Decision) enter(r *workflow.Review) {
	r.Checklist, r.Result, r.Ground, r.Basis, r.Remark = d.Checklist, d.Result, d.Ground, d.Basis, d.Remark
}

func (d *Decision) check() error {
	d.Basis, d.Remark = strings.TrimSpace(d.Basis), strings.TrimSpace(d.Remark)
	doubts := false
	for _, q := range workflow.ReviewQuestions {
		yes, answered := d.Checklist[q]
		if !answered {
			return workflow.Wrong("check_"+q, "review.unanswered")
		}
		doubts = doubts || yes
	}
	results := []workflow.ReviewResult{workflow.ReviewPublic, workflow.ReviewPartly, workflow.ReviewRefused}
	whole := d.Result == workflow.ReviewPublic
	switch {
	case len(d.Checklist) != len(workflow.ReviewQuestions) || !slices.Contains(results, d.Result):
		return workflow.Wrong("result", "invalid.choice")
	case whole && doubts:
		return workflow.Wrong("result", "review.doubts")
	case !whole && !slices.Contains(workflow.ReviewGrounds, d.Ground):
		return workflow.Wrong("ground", "review.ground_required")
	case d.Basis == "":
		return workflow.Wrong("basis", "invalid.required")
	case utf8.RuneCountInString(d.Basis) > workflow.MaxNote:
		return workflow.Wrong("basis", "invalid.too_long", workflow.MaxNote)
	case utf8.RuneCountInString(d.Remark) > workflow.MaxNote:
		return workflow.Wrong("remark", "invalid.too_long", workflow.MaxNote)
	}
	if whole {
		d.Ground = ""
	}
	return nil
}
