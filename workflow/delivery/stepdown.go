package delivery

import (
	"context"
	"slices"

	"mailbox/workflow"
)

// stepDown sends what a platform had taken and then did not deliver by the steps
// below the one it was taken on. The notice is a failed one.
func (c *Courier) stepDown(ctx context.Context, tx workflow.Store, n workflow.Notice, reason string) error {
	tries, err := tx.TriesOf(ctx, n.ID)
	if err != nil {
		return err
	}
	at := lastSent(tries)
	if at < 0 {
		return c.reportIn(ctx, tx, n)
	}
	back := workflow.NoticeTry{Step: tries[at].Step, Outcome: workflow.TryRefused, Reason: reason, At: c.Desk.Now()}
	if err := tx.AddTries(ctx, n.ID, []workflow.NoticeTry{back}); err != nil {
		return err
	}
	return tx.SettleNotice(ctx, n.ID, 0, true, c.Desk.Now())
}

func lastSent(tries []workflow.NoticeTry) int {
	for i := len(tries) - 1; i >= 0; i-- {
		if tries[i].Outcome == workflow.TrySent {
			return i
		}
	}
	return -1
}

// below are the rungs that are left: all of them, or for what came back those
// below the one it was sent on.
func below(ladder []Rung, tries []workflow.NoticeTry) []Rung {
	at := lastSent(tries)
	if at < 0 {
		return ladder
	}
	i := slices.IndexFunc(ladder, func(r Rung) bool { return r.Step == tries[at].Step })
	return ladder[i+1:]
}
