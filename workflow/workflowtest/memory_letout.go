package workflowtest

import (
	"context"

	"mailbox/workflow"
)

// ItemsLetOut implements workflow.LetOuts.
func (m *Memory) ItemsLetOut(ctx context.Context, after, imported int64, limit int) ([]workflow.LetOut, error) {
	return read(ctx, m, func(d *data) ([]workflow.LetOut, error) {
		var out []workflow.LetOut
		for _, i := range d.items.where(func(i workflow.Item) bool {
			return !i.Published.IsZero() && i.ID > after && like(imported, i.Import)
		}) {
			r := d.reviews.rows[i.Review]
			out = append(out, workflow.LetOut{
				Item: i, Subject: r.Subject, SubjectID: r.SubjectID, Reviewed: r.ContentHash, Passes: r.Passed(), Reviewer: r.Reviewer, Decided: r.Decided,
			})
		}
		return first(out, limit), nil
	})
}
