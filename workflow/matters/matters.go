// Package matters is what the office keeps for the annual report on information
// disclosure beside the cases themselves: campaigns that cases count for, the
// college's appraisals, and how many applications and complaints about
// disclosure there were.
package matters

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"mailbox/workflow"
)

// Matters keeps campaigns and appraisals.
type Matters struct{ desk *workflow.Desk }

// New returns a Matters.
func New(desk *workflow.Desk) *Matters { return &Matters{desk} }

func keeps(by workflow.Actor) error {
	if !workflow.MayKeepMatters(by) {
		return workflow.Absent()
	}
	return nil
}

func reads(by workflow.Actor) error {
	if !workflow.MayReadMatters(by) {
		return workflow.Absent()
	}
	return nil
}

// note writes into the journal what was done.
func (m *Matters) note(ctx context.Context, tx workflow.Store, by workflow.Actor, action, subject string, detail map[string]string) error {
	e := workflow.JournalEntry{At: m.desk.Now(), Account: by.ID, Action: action, Subject: subject, Detail: detail}
	if err := tx.AddJournal(ctx, e, m.desk.Keeper.Chain.LinkJournal); err != nil {
		return fmt.Errorf("note %s: %w", action, err)
	}
	return nil
}

// Campaigns lists all campaigns, the latest first.
func (m *Matters) Campaigns(ctx context.Context, by workflow.Actor) ([]workflow.Campaign, error) {
	if err := reads(by); err != nil {
		return nil, err
	}
	return m.desk.Store.Campaigns(ctx)
}

// Campaign is one of them.
func (m *Matters) Campaign(ctx context.Context, by workflow.Actor, id int64) (workflow.Campaign, error) {
	all, err := m.Campaigns(ctx, by)
	if err != nil {
		return workflow.Campaign{}, err
	}
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	return workflow.Campaign{}, workflow.Absent()
}

// SaveCampaign adds a campaign, or changes it if nobody else has meanwhile.
func (m *Matters) SaveCampaign(ctx context.Context, by workflow.Actor, c workflow.Campaign) (workflow.Campaign, error) {
	if err := keeps(by); err != nil {
		return c, err
	}
	if err := errors.Join(c.Check()...); err != nil {
		return c, err
	}
	err := m.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		if err := freeName(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.SaveCampaign(ctx, &c); err != nil {
			return err
		}
		return m.note(ctx, tx, by, "campaign", "campaign:"+strconv.FormatInt(c.ID, 10), map[string]string{"name": c.Name, "from": c.From, "to": c.To})
	})
	return c, err
}

func freeName(ctx context.Context, tx workflow.Store, c workflow.Campaign) error {
	all, err := tx.Campaigns(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Name == c.Name && o.ID != c.ID {
			return workflow.Wrong("name", "campaign.known")
		}
	}
	return nil
}
