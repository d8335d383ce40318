package delivery

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// Failures are the messages that did not reach their reader, or may not have:
// somebody of the office sees to each of them.
type Failures struct{ desk *workflow.Desk }

// NewFailures returns the Failures of a desk.
func NewFailures(desk *workflow.Desk) *Failures { return &Failures{desk} }

// Failure is one such message and the case it is about.
type Failure struct {
	workflow.Notice
	Case workflow.Case // zero when it is about none
}

// failurePage is how many notices are looked at together.
const failurePage = 100

// Readers is whom the messages were for.
type Readers bool

// What writers and what staff were to be told. Staff find theirs on their
// pages as well; a writer has nothing but the mail.
const (
	ToWriters Readers = false
	ToStaff   Readers = true
)

// List returns up to limit failures the actor may know of, newest first, with
// ids below before (0: from the newest).
func (f *Failures) List(ctx context.Context, by workflow.Actor, to Readers, before int64, limit int) ([]Failure, error) {
	if !mends(by) {
		return nil, workflow.Absent()
	}
	var out []Failure
	for {
		notices, err := f.desk.Store.Undelivered(ctx, before, failurePage)
		if err != nil {
			return nil, fmt.Errorf("list undelivered: %w", err)
		}
		for _, n := range notices {
			before = n.ID
			if (n.Account != 0) != bool(to) {
				continue
			}
			one, err := f.about(ctx, by, n)
			if workflow.KindOf(err) == workflow.NotFound && err != nil {
				continue
			}
			if err != nil {
				return nil, err
			}
			if out = append(out, one); len(out) == limit {
				return out, nil
			}
		}
		if len(notices) < failurePage {
			return out, nil
		}
	}
}

// Count counts what List returns, at most up to limit.
func (f *Failures) Count(ctx context.Context, by workflow.Actor, to Readers, limit int) (int, error) {
	all, err := f.List(ctx, by, to, 0, limit)
	return len(all), err
}

// mends reports whether the actor sees to failures: the office to most, the
// discipline officer to those of the sealed lane.
func mends(by workflow.Actor) bool { return by.Office() || by.Is(workflow.Discipline) }

// about joins a notice to its case, or says that the actor may not know of it.
func (f *Failures) about(ctx context.Context, by workflow.Actor, n workflow.Notice) (Failure, error) {
	if n.CaseID == 0 {
		if !by.Office() {
			return Failure{}, workflow.Absent()
		}
		return Failure{Notice: n}, nil
	}
	c, err := f.desk.Store.Case(ctx, n.CaseID)
	if err != nil {
		return Failure{}, err
	}
	if !workflow.ScopeOf(by).Sees(c, false) {
		return Failure{}, workflow.Absent()
	}
	return Failure{Notice: n, Case: c}, nil
}

// find returns a failure that still waits for somebody.
func (f *Failures) find(ctx context.Context, by workflow.Actor, id int64) (Failure, error) {
	if !mends(by) {
		return Failure{}, workflow.Absent()
	}
	n, err := f.desk.Store.Notice(ctx, id)
	if err != nil {
		return Failure{}, err
	}
	one, err := f.about(ctx, by, n)
	if err != nil {
		return Failure{}, err
	}
	if n.State != workflow.Failed && n.State != workflow.Uncertain || !n.Settled.IsZero() {
		return Failure{}, workflow.Fail(workflow.Conflict, "deliver.settled")
	}
	return one, nil
}

// Again queues the message once more. For one whose fate is uncertain that is
// a person's word that a second copy does less harm than none.
func (f *Failures) Again(ctx context.Context, by workflow.Actor, id int64) error {
	one, err := f.find(ctx, by, id)
	if err != nil {
		return err
	}
	return f.settle(ctx, by, one, true, "")
}

// AllAgain queues up to limit failed messages once more, the newest first, and
// returns how many: after a mail server was away. What is uncertain stays for a
// person to decide one by one.
func (f *Failures) AllAgain(ctx context.Context, by workflow.Actor, to Readers, limit int) (int, error) {
	all, err := f.List(ctx, by, to, 0, limit)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, one := range all {
		if one.State != workflow.Failed {
			continue
		}
		if err := f.settle(ctx, by, one, true, ""); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// Settle says that the matter is seen to in another way, which the remark
// tells; the remark stays with the case as an internal note.
func (f *Failures) Settle(ctx context.Context, by workflow.Actor, id int64, remark string) error {
	remark = strings.TrimSpace(remark)
	switch {
	case remark == "":
		return workflow.Wrong("remark", "case.note_required")
	case utf8.RuneCountInString(remark) > workflow.MaxNote:
		return workflow.Wrong("remark", "invalid.too_long", workflow.MaxNote)
	}
	one, err := f.find(ctx, by, id)
	if err != nil {
		return err
	}
	return f.settle(ctx, by, one, false, remark)
}

func (f *Failures) settle(ctx context.Context, by workflow.Actor, one Failure, again bool, remark string) error {
	save := func(tx workflow.Store) error { return tx.SettleNotice(ctx, one.ID, by.ID, again, f.desk.Now()) }
	if one.CaseID == 0 {
		return save(f.desk.Store)
	}
	_, err := f.desk.Step(ctx, one.CaseID, func(s *workflow.Step) error {
		if err := save(s.Tx); err != nil {
			return err
		}
		as := by.As([]workflow.Role{workflow.Clerk, workflow.OfficeHead, workflow.Discipline})
		s.Mark(workflow.MarkNote, by, as, remark, map[string]string{"notice": string(one.Kind), "again": strconv.FormatBool(again)})
		if again {
			return nil
		}
		m := workflow.Message{CaseID: s.Case.ID, Kind: workflow.NoteMessage, Author: by.ID, Department: by.Department, Body: remark, Channel: workflow.Web, At: s.At}
		return s.Tx.AddMessage(ctx, &m, nil)
	})
	return err
}
