package casework

import (
	"context"

	"mailbox/workflow"
)

// Told is something an account is told on its pages, with the case it is about
// as long as the account may know of it.
type Told struct {
	workflow.Notice
	Case workflow.Case // zero when it is not, or no longer, for this account
}

// Notices lists what the account is told on its pages, newest first, ids below
// before (0: all).
func (w *Casework) Notices(ctx context.Context, by workflow.Actor, before int64, limit int) ([]Told, error) {
	notices, err := w.desk.Store.PageNotices(ctx, by.ID, before, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Told, 0, len(notices))
	for _, n := range notices {
		told := Told{Notice: n}
		if told.Case, err = w.toldAbout(ctx, by, n.CaseID); err != nil {
			return nil, err
		}
		if n.CaseID != 0 && told.Case.ID == 0 { // what was said of the case is gone with it
			told.CaseID, told.Message, told.Args = 0, 0, nil
		}
		out = append(out, told)
	}
	return out, nil
}

func (w *Casework) toldAbout(ctx context.Context, by workflow.Actor, caseID int64) (workflow.Case, error) {
	if caseID == 0 {
		return workflow.Case{}, nil
	}
	c, err := w.desk.Store.Case(ctx, caseID)
	if err != nil {
		return workflow.Case{}, err
	}
	assists, err := assisting(ctx, w.desk.Store, c.ID, by.Department)
	if err != nil || !workflow.ScopeOf(by).Sees(c, assists) {
		return workflow.Case{}, err
	}
	return c, nil
}

// SeeNotices marks the account's notices up to id as read.
func (w *Casework) SeeNotices(ctx context.Context, by workflow.Actor, upTo int64) error {
	return w.desk.Store.SeePageNotices(ctx, by.ID, upTo, w.desk.Now())
}

// Unseen counts the account's notices that were not read yet.
func (w *Casework) Unseen(ctx context.Context, by workflow.Actor) (int, error) {
	return w.desk.Store.CountUnseen(ctx, by.ID)
}
