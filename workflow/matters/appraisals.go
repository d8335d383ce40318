package matters

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"mailbox/workflow"
)

// Appraisals lists the college's appraisals, the latest day first, and how many
// there are in all.
func (m *Matters) Appraisals(ctx context.Context, by workflow.Actor, q workflow.AppraisalQuery) (workflow.AppraisalListing, int, error) {
	if err := reads(by); err != nil {
		return workflow.AppraisalListing{}, 0, err
	}
	n, err := m.desk.Store.CountAppraisals(ctx, q)
	if err != nil {
		return workflow.AppraisalListing{}, 0, err
	}
	list, err := m.desk.Store.Appraisals(ctx, q)
	return list, n, err
}

// Appraisal is one of them. A removed one is not found.
func (m *Matters) Appraisal(ctx context.Context, by workflow.Actor, id int64) (workflow.Appraisal, error) {
	if err := reads(by); err != nil {
		return workflow.Appraisal{}, err
	}
	a, err := m.desk.Store.Appraisal(ctx, id)
	if err == nil && !a.Removed.IsZero() {
		return workflow.Appraisal{}, workflow.Absent()
	}
	return a, err
}

// SaveAppraisal adds an appraisal when its ID is 0, or changes it if nobody else
// has meanwhile. Without a new file it keeps the one it had. One that was added
// already, by its External, is added once.
func (m *Matters) SaveAppraisal(ctx context.Context, by workflow.Actor, a workflow.Appraisal) (workflow.Appraisal, error) {
	if err := keeps(by); err != nil {
		return a, err
	}
	a.Title, a.Findings = strings.TrimSpace(a.Title), strings.TrimSpace(a.Findings)
	if err := errors.Join(a.Check(m.desk.Keeper.Day(m.desk.Now()))...); err != nil {
		return a, err
	}
	adding := a.ID == 0
	err := m.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		if err := m.saveAppraisal(ctx, tx, by, &a); err != nil {
			return err
		}
		return m.note(ctx, tx, by, "appraisal", subjectOf(a), map[string]string{"title": a.Title, "day": a.Day})
	})
	if adding && a.External != "" && err != nil && workflow.KindOf(err) == workflow.Conflict {
		return a, nil
	}
	return a, err
}

func (m *Matters) saveAppraisal(ctx context.Context, tx workflow.Store, by workflow.Actor, a *workflow.Appraisal) error {
	a.Updated = m.desk.Now()
	if a.ID == 0 {
		a.Created, a.CreatedBy = a.Updated, by.ID
		return tx.AddAppraisal(ctx, a)
	}
	was, err := tx.Appraisal(ctx, a.ID)
	switch {
	case err != nil:
		return err
	case !was.Removed.IsZero():
		return workflow.Absent()
	case was.Version != a.Version:
		return workflow.Fail(workflow.Conflict, "appraisal.changed")
	}
	a.Created, a.CreatedBy, a.External = was.Created, was.CreatedBy, was.External
	if a.File.SHA256 == "" {
		a.File = was.File
	}
	return tx.SaveAppraisal(ctx, a)
}

// RemoveAppraisal takes away what was entered by mistake. It is kept, but counts
// no more; removing it twice is removing it once.
func (m *Matters) RemoveAppraisal(ctx context.Context, by workflow.Actor, id int64) error {
	if err := keeps(by); err != nil {
		return err
	}
	return m.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		a, err := tx.Appraisal(ctx, id)
		if err != nil || !a.Removed.IsZero() {
			return err
		}
		a.Removed, a.Updated = m.desk.Now(), m.desk.Now()
		if err := tx.SaveAppraisal(ctx, &a); err != nil {
			return err
		}
		return m.note(ctx, tx, by, "appraisal_removed", subjectOf(a), map[string]string{"title": a.Title, "day": a.Day})
	})
}

func subjectOf(a workflow.Appraisal) string { return "appraisal:" + strconv.FormatInt(a.ID, 10) }
