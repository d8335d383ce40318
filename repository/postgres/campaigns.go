package postgres

import (
	"context"

	"mailbox/workflow"
)

type campaignRow struct {
	ID      int64  `db:"id"`
	Name    string `db:"name"`
	From    date   `db:"from_on"`
	To      date   `db:"to_on"`
	Rule    string `db:"rule"`
	Version int64  `db:"version"`
}

func (r campaignRow) toCampaign() workflow.Campaign {
	return workflow.Campaign{ID: r.ID, Name: r.Name, From: string(r.From), To: string(r.To), Rule: r.Rule, Version: r.Version}
}

const sqlCampaigns = `SELECT id, name, from_on, to_on, rule, version FROM campaigns ORDER BY from_on DESC, id DESC`

// Campaigns implements workflow.Campaigns.
func (s *Store) Campaigns(ctx context.Context) ([]workflow.Campaign, error) {
	return many(ctx, s, "list campaigns", campaignRow.toCampaign, sqlCampaigns)
}

const sqlAddCampaign = `INSERT INTO campaigns (name, from_on, to_on, rule) VALUES ($1, $2, $3, $4) RETURNING id`

const sqlSaveCampaign = `
	UPDATE campaigns SET (name, from_on, to_on, rule, version) = ($3, $4, $5, $6, version + 1) WHERE id = $1 AND version = $2`

const sqlCampaignExists = `SELECT EXISTS (SELECT FROM campaigns WHERE id = $1)`

// SaveCampaign implements workflow.Campaigns.
func (s *Store) SaveCampaign(ctx context.Context, c *workflow.Campaign) error {
	if c.ID == 0 {
		id, err := one[int64](ctx, s, "add campaign", sqlAddCampaign, c.Name, date(c.From), date(c.To), c.Rule)
		if err == nil {
			c.ID, c.Version = id, 1
		}
		return err
	}
	err := s.save(ctx, "save campaign", sqlSaveCampaign, sqlCampaignExists, c.ID, c.Version, c.Name, date(c.From), date(c.To), c.Rule)
	if err == nil {
		c.Version++
	}
	return err
}
