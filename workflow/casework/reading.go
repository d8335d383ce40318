package casework

import (
	"context"
	"errors"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// Find returns a case that the actor may know of; others do not exist.
func (w *Casework) Find(ctx context.Context, by workflow.Actor, number string) (workflow.Case, error) {
	c, err := w.desk.Store.CaseByNumber(ctx, number)
	if err != nil {
		return workflow.Case{}, err
	}
	assists, err := assisting(ctx, w.desk.Store, c.ID, by.Department)
	if err != nil {
		return workflow.Case{}, err
	}
	if by.Is(workflow.Writer) || !workflow.ScopeOf(by).Sees(c, assists) {
		return workflow.Case{}, workflow.Absent()
	}
	return c, nil
}

// Calendar is the college's working time as it is now, for saying how far away
// a promise is.
func (w *Casework) Calendar(ctx context.Context) (calendar.Working, error) {
	work, _, err := w.desk.Rules.Working(ctx)
	if err != nil {
		return calendar.Working{}, err
	}
	c, ok := work.(calendar.Working)
	if !ok {
		return calendar.Working{}, errors.New("the rulebook's working time is no calendar")
	}
	return c, nil
}

// Why tells day by day how the first due time of a clock came about, by the
// calendar it was computed with. A clock that is held to no valid promise has
// no days.
func (w *Casework) Why(ctx context.Context, k workflow.Clock) ([]calendar.Step, error) {
	limit := calendar.LimitOf(k.Promise)
	if !limit.Valid() {
		return nil, nil
	}
	v, err := w.desk.Store.Calendar(ctx, k.Calendar)
	if err != nil {
		return nil, err
	}
	work, err := calendar.Of(v, w.desk.Keeper.Zone)
	if err != nil {
		return nil, err
	}
	return work.Explain(k.Started, limit), nil
}

// Departments lists the college's departments, those no longer active too: old
// cases still name them.
func (w *Casework) Departments(ctx context.Context) ([]workflow.Department, error) {
	return w.desk.Store.Departments(ctx)
}

// Categories lists the categories in force now.
func (w *Casework) Categories(ctx context.Context) ([]workflow.Category, error) {
	return w.desk.Store.Categories(ctx, w.desk.Now(), false)
}

// Templates lists the texts from which an answer to a case of the category can
// be started: those made for it first, then those for any.
func (w *Casework) Templates(ctx context.Context, category int64) ([]workflow.AnswerTemplate, error) {
	all, err := w.desk.Store.AnswerTemplates(ctx, false)
	if err != nil {
		return nil, err
	}
	var own, any []workflow.AnswerTemplate
	for _, t := range all {
		switch {
		case t.Purpose != "answer":
		case t.Category == category:
			own = append(own, t)
		case t.Category == 0:
			any = append(any, t)
		}
	}
	return append(own, any...), nil
}
