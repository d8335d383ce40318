package casework

import (
	"context"
	"strings"

	"mailbox/workflow"
)

// merge joins the case to another about the same matter. Its writer gets the
// answer to that one, also when it was sent already, and learns of nobody else.
func merge(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	into, err := s.Tx.CaseByNumber(ctx, strings.ToUpper(strings.TrimSpace(a.Into)))
	switch {
	case workflow.KindOf(err) == workflow.NotFound && err != nil:
		return workflow.Wrong("into", "case.merge_unknown")
	case err != nil:
		return err
	case into.ID == s.Case.ID:
		return workflow.Wrong("into", "case.merge_self")
	}
	_, err = s.Move(ctx, workflow.Move{Action: workflow.Merge, By: by, Note: a.Note}, map[string]string{"into": into.Number}, func(c *workflow.Case) { c.MergedInto = into.ID })
	if err != nil {
		return err
	}
	if err := s.TellWriter(ctx, workflow.NoticeMerged, 0, nil); err != nil {
		return err
	}
	own, err := s.Joined(ctx)
	if err != nil {
		return err
	}
	return s.Beside(ctx, into.ID, func(main *workflow.Step) error {
		return takeIn(ctx, main, by, append([]workflow.Case{s.Case}, own...))
	})
}

// takeIn is the other side of a merge. The case that takes letters in is locked,
// so that an answer leaving at this moment reaches their writers or is found here.
func takeIn(ctx context.Context, main *workflow.Step, by workflow.Actor, letters []workflow.Case) error {
	if !workflow.ScopeOf(by).Sees(main.Case, false) {
		return workflow.Wrong("into", "case.merge_unknown")
	}
	if !takes(main.Case) {
		return workflow.Wrong("into", "case.merge_ended")
	}
	main.Mark(workflow.MarkJoin, by, by.As(officeRoles), "", nil)
	m, err := lastAnswer(ctx, main)
	if err != nil || m.ID == 0 {
		return err
	}
	return passAll(ctx, main, letters, m, workflow.NoticeAnswered, nil)
}

// takes reports whether letters may be joined to the case: it has an answer for
// their writers, or will have.
func takes(c workflow.Case) bool {
	switch c.State {
	case workflow.Merged, workflow.Declined, workflow.Withdrawn:
		return false
	case workflow.Closed, workflow.Archived:
		return !c.Answered.IsZero()
	case workflow.Received, workflow.Accepted, workflow.Waiting, workflow.Routed, workflow.InHand, workflow.Drafted, workflow.Approved, workflow.Answered:
	}
	return true
}

// lastAnswer is the latest answer that was sent, or a message without ID.
func lastAnswer(ctx context.Context, s *workflow.Step) (workflow.Message, error) {
	var last workflow.Message
	if s.Case.Answered.IsZero() {
		return last, nil
	}
	messages, err := s.Tx.MessagesOf(ctx, s.Case.ID, false)
	for _, m := range messages {
		if m.Kind == workflow.AnswerMessage {
			last = m
		}
	}
	return last, err
}

// passOn tells the writers whose letters were joined to the case what its own
// writer was told; none of them learns of the others.
func passOn(ctx context.Context, s *workflow.Step, m workflow.Message, kind workflow.NoticeKind, args map[string]string) error {
	letters, err := s.Joined(ctx)
	if err != nil {
		return err
	}
	return passAll(ctx, s, letters, m, kind, args)
}

func passAll(ctx context.Context, s *workflow.Step, letters []workflow.Case, m workflow.Message, kind workflow.NoticeKind, args map[string]string) error {
	for _, c := range letters {
		if err := s.Pass(ctx, c, m, kind, args); err != nil {
			return err
		}
	}
	return nil
}
