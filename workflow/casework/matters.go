package casework

import (
	"context"
	"slices"

	"mailbox/workflow"
)

// Concern says that the case is, or is not, a report, complaint,
// reconsideration or lawsuit about information disclosure. It may be said of a
// case that has ended: what was overlooked is counted as well.
func (w *Casework) Concern(ctx context.Context, by workflow.Actor, caseID int64, concern workflow.Concern, version int64) (workflow.Case, error) {
	if _, err := workflow.ParseConcern(string(concern)); err != nil {
		return workflow.Case{}, err
	}
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, version); err != nil {
			return err
		}
		as := by.As(officeRoles)
		switch {
		case as == "":
			return workflow.Fail(workflow.Forbidden, "case.not_yours")
		case s.Case.Concern == concern:
			return nil
		}
		s.Case.Concern = concern
		s.Mark(workflow.MarkConcern, by, as, "", map[string]string{"concern": string(concern)})
		return nil
	})
}

// Tag counts the case for a campaign, or for none. It answers what a department
// has proposed.
func (w *Casework) Tag(ctx context.Context, by workflow.Actor, caseID, campaign, version int64) (workflow.Case, error) {
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, version); err != nil {
			return err
		}
		if !workflow.MayTag(by, s.Case) {
			return workflow.Fail(workflow.Forbidden, "case.not_yours")
		}
		name, err := campaignName(ctx, s.Tx, campaign)
		if err != nil || s.Case.Campaign == campaign && s.Case.Proposed == 0 {
			return err
		}
		s.Case.Campaign, s.Case.Proposed = campaign, 0
		s.Mark(workflow.MarkCampaign, by, by.As(officeRoles), "", map[string]string{"campaign": name})
		return nil
	})
}

// Propose asks the office to count the case for a campaign, or no longer.
func (w *Casework) Propose(ctx context.Context, by workflow.Actor, caseID, campaign, version int64) (workflow.Case, error) {
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, version); err != nil {
			return err
		}
		if !workflow.MayPropose(by, s.Case) {
			return workflow.Fail(workflow.Conflict, "case.not_now")
		}
		name, err := campaignName(ctx, s.Tx, campaign)
		if err != nil || s.Case.Proposed == campaign {
			return err
		}
		s.Case.Proposed = campaign
		s.Mark(workflow.MarkPropose, by, by.As(everybody), "", map[string]string{"campaign": name})
		return nil
	})
}

// Campaigns lists what cases can be counted for, the latest first.
func (w *Casework) Campaigns(ctx context.Context) ([]workflow.Campaign, error) {
	return w.desk.Store.Campaigns(ctx)
}

// campaignName is the name of a campaign, "" of none.
func campaignName(ctx context.Context, store workflow.Campaigns, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	all, err := store.Campaigns(ctx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(c workflow.Campaign) bool { return c.ID == id })
	if i < 0 {
		return "", workflow.Wrong("campaign", "invalid.choice")
	}
	return all[i].Name, nil
}
