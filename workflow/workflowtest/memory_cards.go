package workflowtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// DoneCards implements workflow.Cards.
func (m *Memory) DoneCards(ctx context.Context, since time.Time, limit int) ([]workflow.Card, error) {
	return read(ctx, m, func(d *data) ([]workflow.Card, error) {
		var out []workflow.Card
		all := d.notices.where(func(n workflow.Notice) bool {
			return n.Channel == string(workflow.WeCom) && n.Account != 0 && n.CaseID != 0 && n.State == workflow.Sent && n.Sent.After(since)
		})
		slices.SortFunc(all, func(a, b workflow.Notice) int { return cmp.Compare(a.ID, b.ID) })
		for _, n := range all {
			external, recalled := d.card(n.ID)
			if external != "" && !recalled && !workflow.CardStands(n, d.cases.rows[n.CaseID], d.accounts.rows[n.Account]) {
				out = append(out, workflow.Card{Notice: n.ID, Channel: workflow.WeCom, External: external})
			}
		}
		return first(out, limit), nil
	})
}

// card is what the platform calls the card of a notice, and whether it was
// tried to be taken back.
func (d *data) card(notice int64) (external string, recalled bool) {
	for _, t := range d.tries.where(func(t workflow.NoticeTry) bool { return t.Notice == notice }) {
		switch {
		case t.Step == workflow.StepCard && t.Outcome == workflow.TrySent:
			external = t.External
		case t.Step == workflow.StepRecall && t.Outcome != workflow.TryLater:
			recalled = true
		}
	}
	return external, recalled
}
