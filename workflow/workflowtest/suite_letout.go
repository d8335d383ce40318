package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

// letOutPromise: what was let out comes with the review that let it out, also
// when it is public no more, page by page.
func letOutPromise(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	m := workflow.Import{Source: "sheet", Name: "a.csv", State: workflow.ImportAdded, By: c.Clerk.ID, At: Morning.UTC()}
	must(t, s.AddImport(ctx, &m))
	draft, gone := NewItem(t, s, c), NewItem(t, s, c)
	imported := NewItem(t, s, c, func(i *workflow.Item) { i.Import, i.State = m.ID, workflow.ItemDraft })
	PublishItem(t, s, c, &gone, Morning)
	gone.State, gone.Withdrawn = workflow.ItemWithdrawn, Morning.Add(time.Hour).UTC()
	must(t, s.SaveItem(ctx, &gone))
	later := Morning.Add(time.Minute).UTC()
	must(t, second(s.ConfirmImport(ctx, m.ID, workflow.Review{
		AskedBy: c.Clerk.ID, Asked: m.At, Basis: "规定", Reviewer: c.OfficeHead.ID, Decided: later, Result: workflow.ReviewPublic,
	})))
	imported = ok(s.Item(ctx, imported.ID))(t)
	of := func(i workflow.Item, reviewer int64, decided time.Time) workflow.LetOut {
		return workflow.LetOut{
			Item: i, Subject: workflow.ReviewItem, SubjectID: i.ID, Reviewed: i.ContentHash, Passes: true, Reviewer: reviewer, Decided: decided,
		}
	}
	first, last := of(gone, c.Reviewer.ID, Morning.UTC()), of(imported, c.OfficeHead.ID, later)
	same(t, "all", ok(s.ItemsLetOut(ctx, 0, 0, 10))(t), []workflow.LetOut{first, last})
	same(t, "the first page", ok(s.ItemsLetOut(ctx, draft.ID, 0, 1))(t), []workflow.LetOut{first})
	same(t, "the next page", ok(s.ItemsLetOut(ctx, gone.ID, 0, 1))(t), []workflow.LetOut{last})
	same(t, "of the import", ok(s.ItemsLetOut(ctx, 0, m.ID, 10))(t), []workflow.LetOut{last})
	same(t, "of no such import", ok(s.ItemsLetOut(ctx, 0, nowhere, 10))(t), nil)
}
