package workflowtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

func (d *data) campaign(id int64) bool { return id == 0 || d.campaigns.has(id) }

// Application implements workflow.Applications.
func (m *Memory) Application(ctx context.Context, caseID int64) (workflow.Application, error) {
	return read(ctx, m, func(d *data) (workflow.Application, error) { return d.applications.get(caseID) })
}

// SaveApplication implements workflow.Applications.
func (m *Memory) SaveApplication(ctx context.Context, a workflow.Application) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(a.CaseID), d.account(a.CheckedBy)); err != nil {
			return err
		}
		if a.Checked.IsZero() != (a.CheckedBy == 0) || a.Checked.IsZero() != (len(a.CheckedHash) == 0) || len(a.Check()) > 0 {
			return refused("an application contradicts itself")
		}
		d.applications.put(a.CaseID, a)
		return nil
	})
}

// Campaigns implements workflow.Campaigns.
func (m *Memory) Campaigns(ctx context.Context) ([]workflow.Campaign, error) {
	return read(ctx, m, func(d *data) ([]workflow.Campaign, error) {
		out := d.campaigns.where(func(workflow.Campaign) bool { return true })
		slices.SortFunc(out, func(a, b workflow.Campaign) int {
			return cmp.Or(strings.Compare(b.From, a.From), cmp.Compare(b.ID, a.ID))
		})
		return out, nil
	})
}

// SaveCampaign implements workflow.Campaigns.
func (m *Memory) SaveCampaign(ctx context.Context, c *workflow.Campaign) error {
	return m.write(ctx, func(d *data) error {
		switch {
		case c.Name == "" || c.From > c.To:
			return refused("a campaign has a name and days in order")
		case c.ID != 0 && !d.campaigns.has(c.ID):
			return workflow.Absent()
		case d.campaigns.any(func(o workflow.Campaign) bool { return o.Name == c.Name && o.ID != c.ID }),
			c.ID != 0 && d.campaigns.rows[c.ID].Version != c.Version:
			return conflict()
		case c.ID == 0:
			c.ID, c.Version = d.campaigns.next(), 0
		}
		c.Version++
		d.campaigns.put(c.ID, *c)
		return nil
	})
}

// FeesOf implements workflow.Applications.
func (m *Memory) FeesOf(ctx context.Context, cases []int64) ([]workflow.Fee, error) {
	return read(ctx, m, func(d *data) ([]workflow.Fee, error) {
		var out []workflow.Fee
		for _, a := range d.applications.where(func(a workflow.Application) bool {
			return slices.Contains(cases, a.CaseID) && (a.Fee != 0 || a.Waived != 0)
		}) {
			out = append(out, workflow.Fee{CaseID: a.CaseID, Paid: a.Fee, Waived: a.Waived})
		}
		return out, nil
	})
}

// AddAppraisal implements workflow.Appraisals.
func (m *Memory) AddAppraisal(ctx context.Context, a *workflow.Appraisal) error {
	return m.write(ctx, func(d *data) error {
		if err := d.checkAppraisal(*a); err != nil {
			return err
		}
		if a.External != "" && d.appraisals.any(func(o workflow.Appraisal) bool { return o.External == a.External }) {
			return conflict()
		}
		a.ID, a.Version = d.appraisals.next(), 1
		d.appraisals.put(a.ID, *a)
		return nil
	})
}

func (d *data) checkAppraisal(a workflow.Appraisal) error {
	if err := need(d.accounts.has(a.CreatedBy)); err != nil {
		return err
	}
	if a.Title == "" || a.Satisfied+a.Basically+a.Dissatisfied > a.Participants || !slices.Contains(workflow.AppraisalKinds, a.Kind) {
		return refused("an appraisal contradicts itself")
	}
	return nil
}

// SaveAppraisal implements workflow.Appraisals.
func (m *Memory) SaveAppraisal(ctx context.Context, a *workflow.Appraisal) error {
	return m.write(ctx, func(d *data) error {
		was, err := d.appraisals.get(a.ID)
		switch {
		case err != nil:
			return err
		case was.Version != a.Version:
			return conflict()
		}
		if err := d.checkAppraisal(*a); err != nil {
			return err
		}
		a.Version++
		d.appraisals.put(a.ID, *a)
		return nil
	})
}

// Appraisal implements workflow.Appraisals.
func (m *Memory) Appraisal(ctx context.Context, id int64) (workflow.Appraisal, error) {
	return read(ctx, m, func(d *data) (workflow.Appraisal, error) { return d.appraisals.get(id) })
}

func counted(a workflow.Appraisal, asOf time.Time) bool {
	if asOf.IsZero() {
		return a.Removed.IsZero()
	}
	return !a.Created.After(asOf) && (a.Removed.IsZero() || a.Removed.After(asOf))
}

func (d *data) appraised(q workflow.AppraisalQuery) []workflow.Appraisal {
	out := d.appraisals.where(func(a workflow.Appraisal) bool {
		return counted(a, q.AsOf) && like(q.Kind, a.Kind) && (q.From == "" || q.From <= a.Day) && (q.To == "" || a.Day < q.To)
	})
	slices.SortFunc(out, laterFirst)
	return out
}

func laterFirst(a, b workflow.Appraisal) int {
	return cmp.Or(strings.Compare(b.Day, a.Day), cmp.Compare(b.ID, a.ID))
}

// Appraisals implements workflow.Appraisals.
func (m *Memory) Appraisals(ctx context.Context, q workflow.AppraisalQuery) (workflow.AppraisalListing, error) {
	return read(ctx, m, func(d *data) (workflow.AppraisalListing, error) {
		out := d.appraised(q)
		if q.After != "" {
			var last workflow.Appraisal
			if _, err := fmt.Sscanf(q.After, "%10s.%d", &last.Day, &last.ID); err != nil {
				return workflow.AppraisalListing{}, workflow.Wrong("after", "invalid.cursor")
			}
			out = slices.DeleteFunc(out, func(a workflow.Appraisal) bool { return laterFirst(a, last) <= 0 })
		}
		if q.Limit <= 0 {
			q.Limit = 25
		}
		limit := min(q.Limit, 100)
		if len(out) <= limit {
			return workflow.AppraisalListing{Appraisals: out}, nil
		}
		last := out[limit-1]
		return workflow.AppraisalListing{Appraisals: out[:limit], Next: fmt.Sprintf("%s.%d", last.Day, last.ID)}, nil
	})
}

// CountAppraisals implements workflow.Appraisals.
func (m *Memory) CountAppraisals(ctx context.Context, q workflow.AppraisalQuery) (int, error) {
	return read(ctx, m, func(d *data) (int, error) { return len(d.appraised(q)), nil })
}
