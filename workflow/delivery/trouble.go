package delivery

import (
	"context"
	"fmt"

	"mailbox/workflow"
)

// trouble reports whether somebody must know of this end: a writer who was not
// reached, or may not have been, is the office's to see to.
func trouble(n workflow.Notice, state workflow.NoticeState) bool {
	return n.Account == 0 && n.CaseID != 0 && (state == workflow.Failed || state == workflow.Uncertain)
}

// report notes in the history that the writer was not reached and tells the
// office on its pages.
func (c *Courier) report(ctx context.Context, s *workflow.Step, n workflow.Notice) error {
	detail := map[string]string{"notice": string(n.Kind), "state": string(n.State), "reason": n.Reason}
	s.Mark(workflow.MarkDeliverFail, workflow.BySystem(), workflow.System, "", detail)
	roles := []workflow.Role{workflow.Clerk, workflow.OfficeHead}
	if s.Case.Sealed {
		roles = []workflow.Role{workflow.Discipline}
	}
	accounts, err := s.Tx.AccountsFor(ctx, 0, roles...)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if !workflow.ScopeOf(a.Actor()).Sees(s.Case, false) {
			continue
		}
		a.Email = "" // on the pages alone: a mail about mail that does not arrive might not arrive
		t := workflow.Telling{
			Name: fmt.Sprintf("notice:%d:%d:undelivered", n.ID, s.Case.ChainSeq),
			Kind: workflow.NoticeUndeliver, Case: s.Case, Args: detail, At: s.At,
		}
		s.TellAccount(a, t)
	}
	return nil
}

// reap makes notices uncertain whose courier vanished while it was sending.
func (c *Courier) reap(ctx context.Context) error {
	err := c.Desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		lost, err := tx.ReapNotices(ctx, c.Desk.Now())
		if err != nil {
			return err
		}
		for _, n := range lost {
			n.State, n.Reason = workflow.Uncertain, NoAnswer
			if err := c.reportIn(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reap notices: %w", err)
	}
	return nil
}

// Bounced says that what had been sent came back: a mail, or a message that a
// platform took and could not deliver, which goes on by the next step of its
// ladder. hard says that the address will never take mail: nothing more is sent
// to it. A message that is not one of ours is NotFound.
func (c *Courier) Bounced(ctx context.Context, messageID, reason string, hard bool) error {
	return c.Desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		n, err := tx.FailNoticeByMessageID(ctx, messageID, reason)
		if err != nil {
			return err
		}
		n.State, n.Reason = workflow.Failed, reason
		if hard && n.Writer != "" {
			if err := c.bury(ctx, tx, n); err != nil {
				return err
			}
		}
		if workflow.Channel(n.Channel).Chat() {
			return c.stepDown(ctx, tx, n, reason)
		}
		return c.reportIn(ctx, tx, n)
	})
}

func (c *Courier) bury(ctx context.Context, tx workflow.Store, n workflow.Notice) error {
	w, err := tx.Writer(ctx, n.Writer)
	if err != nil || w.MailIndex == nil {
		return err
	}
	return tx.MarkDead(ctx, w.MailIndex, n.Reason, c.Desk.Now())
}

// reportIn reports inside a transaction that is under way.
func (c *Courier) reportIn(ctx context.Context, tx workflow.Store, n workflow.Notice) error {
	if !trouble(n, n.State) {
		return nil
	}
	desk := *c.Desk
	desk.Store = tx
	_, err := desk.Step(ctx, n.CaseID, func(s *workflow.Step) error { return c.report(ctx, s, n) })
	return err
}
