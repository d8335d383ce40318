package casework

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// DraftConflict says that somebody else saved the draft first: Theirs is what
// stands there now, and nothing was overwritten.
type DraftConflict struct{ Theirs workflow.AnswerDraft }

func (*DraftConflict) Error() string { return "draft changed meanwhile" }

// Unwrap makes it a Conflict for whoever does not know it.
func (*DraftConflict) Unwrap() error {
	return workflow.Fail(workflow.Conflict, "answer.changed_meanwhile")
}

// SaveDraft stores the text of the answer. version is that of the draft the
// person began from, 0 for none; if somebody saved another since, it is a
// *DraftConflict. The department writes while it has the case in hand, its head
// while the draft waits for signature, the office while it checks.
func (w *Casework) SaveDraft(ctx context.Context, by workflow.Actor, caseID int64, body string, version int64) (workflow.AnswerDraft, error) {
	if utf8.RuneCountInString(body) > workflow.MaxAnswer {
		return workflow.AnswerDraft{}, workflow.Wrong("body", "invalid.too_long", workflow.MaxAnswer)
	}
	var out workflow.AnswerDraft
	_, err := w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, 0); err != nil {
			return err
		}
		if err := mayWrite(s, by); err != nil {
			return err
		}
		d, err := saveDraft(ctx, s, by, body, version)
		out = d
		return err
	})
	return out, err
}

func mayWrite(s *workflow.Step, by workflow.Actor) error {
	if err := own(s, by); err != nil {
		return err
	}
	ok := by.Is(workflow.Discipline)
	switch s.Case.State {
	case workflow.InHand:
		ok = ok || by.Is(workflow.DeptClerk, workflow.DeptHead)
	case workflow.Drafted:
		ok = ok || by.Is(workflow.DeptHead)
	case workflow.Approved:
		ok = ok || by.Office()
	default:
		return workflow.Fail(workflow.Conflict, "answer.not_now")
	}
	if !ok {
		return workflow.Fail(workflow.Forbidden, "case.not_your_department")
	}
	return nil
}

// current is the answer being written, or an empty one of the coming round.
func current(ctx context.Context, tx workflow.Store, caseID int64) (workflow.AnswerDraft, error) {
	a, err := tx.AnswerOf(ctx, caseID)
	if err != nil {
		if workflow.KindOf(err) == workflow.NotFound {
			err = nil
		}
		return workflow.AnswerDraft{CaseID: caseID, Round: 1}, err
	}
	if !a.Sent.IsZero() {
		return workflow.AnswerDraft{CaseID: caseID, Round: a.Round + 1}, nil
	}
	return a, nil
}

func saveDraft(ctx context.Context, s *workflow.Step, by workflow.Actor, body string, version int64) (workflow.AnswerDraft, error) {
	a, err := current(ctx, s.Tx, s.Case.ID)
	if err != nil {
		return a, err
	}
	if a.Version != version {
		return a, &DraftConflict{Theirs: a}
	}
	if a.Body == body && a.ID != 0 {
		return a, nil
	}
	a.Body, a.Updated = body, s.At
	if a.ID == 0 {
		a.Author = by.ID
		if err := s.Tx.AddAnswer(ctx, &a); err != nil {
			return a, err
		}
	} else if err := s.Tx.SaveAnswer(ctx, &a, by.ID); err != nil {
		return a, err
	}
	s.Mark(workflow.MarkDraft, by, by.As(workflow.StaffRoles), "", nil)
	return a, nil
}

func handIn(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if err := own(s, by); err != nil {
		return err
	}
	if _, err := written(ctx, s); err != nil {
		return err
	}
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.HandIn, By: by, Note: a.Note}, nil, nil); err != nil {
		return err
	}
	return s.TellDepartment(ctx, workflow.NoticeHandedIn, nil, workflow.DeptHead)
}

// written is the answer to be, which must have words.
func written(ctx context.Context, s *workflow.Step) (workflow.AnswerDraft, error) {
	d, err := current(ctx, s.Tx, s.Case.ID)
	if err == nil && strings.TrimSpace(d.Body) == "" {
		err = workflow.Wrong("body", "answer.empty")
	}
	return d, err
}

func sendBack(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if err := own(s, by); err != nil {
		return err
	}
	d, err := current(ctx, s.Tx, s.Case.ID)
	if err != nil {
		return err
	}
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.SendBack, By: by, Note: a.Note}, nil, nil); err != nil {
		return err
	}
	if d.ID != 0 && d.SignedBy != 0 {
		d.SignedBy, d.SignedAt, d.Updated = 0, time.Time{}, s.At
		if err := s.Tx.SaveAnswer(ctx, &d, by.ID); err != nil {
			return err
		}
	}
	return s.TellDepartment(ctx, workflow.NoticeSentBack, map[string]string{"reason": a.Note})
}

func approve(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if err := own(s, by); err != nil {
		return err
	}
	d, err := written(ctx, s)
	if err != nil {
		return err
	}
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.Approve, By: by, Note: a.Note}, nil, nil); err != nil {
		return err
	}
	d.SignedBy, d.SignedAt, d.Updated = by.ID, s.At, s.At
	if err := s.Tx.SaveAnswer(ctx, &d, by.ID); err != nil {
		return err
	}
	return s.TellOffice(ctx, workflow.NoticeApproved, nil)
}

// answer sends the answer: to the writer of this case and of every case that
// was merged into it, each through their own channel.
func answer(ctx context.Context, w *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.Answer, By: by, Note: a.Note}, nil, nil); err != nil {
		return err // sent already: said before the next round, which is empty, is looked at
	}
	d, err := written(ctx, s)
	if err != nil {
		return err
	}
	if err := checkedForSecrets(ctx, s, d); err != nil {
		return err
	}
	if err := w.checkTraces(ctx, s, by, d.Body, a.Traces); err != nil {
		return err
	}
	d.CheckedBy, d.CheckedAt, d.Sent, d.Updated = by.ID, s.At, s.At, s.At
	if err := s.Tx.SaveAnswer(ctx, &d, by.ID); err != nil {
		return err
	}
	m := workflow.Message{CaseID: s.Case.ID, Kind: workflow.AnswerMessage, Author: d.Author, Department: s.Case.Department, Body: d.Body, Channel: workflow.Web, At: s.At}
	if err := s.Tx.AddMessage(ctx, &m, nil); err != nil {
		return err
	}
	if err := s.Tx.GiveFiles(ctx, d.ID, m.ID); err != nil {
		return err
	}
	if m, err = s.Tx.Message(ctx, m.ID); err != nil { // with the files it was given
		return err
	}
	if err := s.TellWriter(ctx, workflow.NoticeAnswered, m.ID, nil); err != nil {
		return err
	}
	if err := reindex(ctx, s); err != nil {
		return err
	}
	return passOn(ctx, s, m, workflow.NoticeAnswered, nil)
}

// reindex makes the case findable by everything in its conversation that is not
// internal.
func reindex(ctx context.Context, s *workflow.Step) error {
	messages, err := s.Tx.MessagesOf(ctx, s.Case.ID, false)
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(s.Case.Number + " " + s.Case.Subject)
	for _, m := range messages {
		text.WriteString("\n" + m.Body)
	}
	a, err := application(ctx, s.Tx, s.Case)
	if err != nil {
		return err
	}
	text.WriteString("\n" + a.Asked)
	return s.Tx.Index(ctx, s.Case.ID, workflow.SearchWords(text.String()))
}
