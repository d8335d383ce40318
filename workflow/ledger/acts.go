package ledger

import (
	"context"
	"strings"

	"mailbox/workflow"
)

// HandIn asks for the review of a draft: of the head of its department, or of
// the reviewer when it is doubtful or of the office.
func (l *Ledger) HandIn(ctx context.Context, by workflow.Actor, id, version int64, doubtful bool) error {
	return l.act(ctx, by, id, version, func(tx workflow.Store, i *workflow.Item) error {
		switch {
		case !MayEdit(by, i.Department):
			return workflow.Fail(workflow.Forbidden, "ledger.not_yours")
		case i.State != workflow.ItemDraft:
			return workflow.Fail(workflow.Conflict, "ledger.not_draft")
		case i.Import != 0:
			if err := l.confirmedElsewhere(ctx, tx, *i); err != nil {
				return err
			}
		}
		r := workflow.Review{
			Subject: workflow.ReviewItem, SubjectID: i.ID, Title: i.Title, ContentHash: i.ContentHash,
			Department: i.Department, Doubtful: doubtful,
		}
		if err := l.desk.AskReview(ctx, tx, by, &r); err != nil {
			return err
		}
		i.State = workflow.ItemInReview
		return tx.SaveItem(ctx, i)
	})
}

// confirmedElsewhere keeps items of a table that waits for its second person
// from being handed in one by one; those of a feed may be.
func (l *Ledger) confirmedElsewhere(ctx context.Context, tx workflow.Store, i workflow.Item) error {
	m, err := tx.Import(ctx, i.Import)
	if err == nil && m.Source == "sheet" && m.State == workflow.ImportAdded {
		return workflow.Fail(workflow.Conflict, "ledger.in_import")
	}
	return err
}

// Publish notes that a reviewed item is public. What it stands in for is public
// no more from the same moment on.
func (l *Ledger) Publish(ctx context.Context, by workflow.Actor, id, version int64) error {
	return l.act(ctx, by, id, version, func(tx workflow.Store, i *workflow.Item) error {
		switch {
		case !MayPublish(by, i.Department):
			return workflow.Fail(workflow.Forbidden, "ledger.not_yours")
		case i.State != workflow.ItemReviewed:
			return workflow.Fail(workflow.Conflict, "ledger.not_reviewed")
		}
		if i.Replaces != 0 {
			if err := l.giveWay(ctx, tx, by, *i); err != nil {
				return err
			}
		}
		i.State, i.Published = workflow.ItemPublished, l.desk.Now()
		if err := taken(tx.SaveItem(ctx, i)); err != nil {
			return err
		}
		return l.note(ctx, tx, by, "ledger.publish", itemName(i.ID), nil)
	})
}

// giveWay withdraws the public item that i takes the place of.
func (l *Ledger) giveWay(ctx context.Context, tx workflow.Store, by workflow.Actor, i workflow.Item) error {
	old, err := tx.Item(ctx, i.Replaces)
	if err != nil || !old.Public() {
		return err
	}
	old.State, old.Withdrawn, old.Updated = workflow.ItemWithdrawn, l.desk.Now(), l.desk.Now()
	if err := tx.SaveItem(ctx, &old); err != nil {
		return err
	}
	return l.note(ctx, tx, by, "ledger.replaced", itemName(old.ID), map[string]string{"by": itemName(i.ID)})
}

// Withdraw notes that an item is public no more, and why.
func (l *Ledger) Withdraw(ctx context.Context, by workflow.Actor, id, version int64, reason string) error {
	if err := workflow.OneLine("reason", &reason, maxReason, true); err != nil {
		return err
	}
	return l.act(ctx, by, id, version, func(tx workflow.Store, i *workflow.Item) error {
		switch {
		case !MayPublish(by, i.Department):
			return workflow.Fail(workflow.Forbidden, "ledger.not_yours")
		case !i.Public():
			return workflow.Fail(workflow.Conflict, "ledger.not_public")
		}
		i.State, i.Withdrawn = workflow.ItemWithdrawn, l.desk.Now()
		if err := tx.SaveItem(ctx, i); err != nil {
			return err
		}
		return l.note(ctx, tx, by, "ledger.withdraw", itemName(i.ID), map[string]string{"reason": reason})
	})
}

// Discard takes back an item that was never public.
func (l *Ledger) Discard(ctx context.Context, by workflow.Actor, id, version int64) error {
	return l.act(ctx, by, id, version, func(tx workflow.Store, i *workflow.Item) error {
		switch {
		case !MayEdit(by, i.Department):
			return workflow.Fail(workflow.Forbidden, "ledger.not_yours")
		case !i.Begun():
			return workflow.Fail(workflow.Conflict, "ledger.over")
		}
		i.State = workflow.ItemUndone
		if err := tx.SaveItem(ctx, i); err != nil {
			return err
		}
		return l.note(ctx, tx, by, "ledger.discard", itemName(i.ID), map[string]string{"title": i.Title})
	})
}

// act lets do change an item that the actor may see, as the actor saw it.
func (l *Ledger) act(ctx context.Context, by workflow.Actor, id, version int64, do func(workflow.Store, *workflow.Item) error) error {
	return l.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		i, err := l.visible(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if i.Version != version {
			return workflow.Stale()
		}
		i.Updated = l.desk.Now()
		return do(tx, &i)
	})
}

// Reviewed is what reviews know of the ledger's items.
type Reviewed struct{ ledger *Ledger }

var _ workflow.Reviewed = Reviewed{}

// Reviewed returns the ledger's items as a subject of reviews.
func (l *Ledger) Reviewed() Reviewed { return Reviewed{l} }

// Exhibit implements workflow.Reviewed.
func (v Reviewed) Exhibit(ctx context.Context, tx workflow.Store, r workflow.Review) (workflow.Exhibit, error) {
	i, err := tx.Item(ctx, r.SubjectID)
	if err != nil {
		return workflow.Exhibit{}, err
	}
	if string(i.ContentHash) != string(r.ContentHash) || r.Result == workflow.Undecided && i.State != workflow.ItemInReview {
		return workflow.Exhibit{}, workflow.Stale()
	}
	out := workflow.Exhibit{Href: "/disclosure/items/" + strings.TrimPrefix(itemName(i.ID), "item:")}
	facts := strings.Trim(strings.Join([]string{i.Day, i.Document(), i.Author}, " · "), " ·")
	for _, p := range []workflow.ExhibitPart{
		{Key: "title", Text: i.Title}, {Key: "summary", Text: i.Summary}, {Key: "where", Text: i.URL}, {Key: "facts", Text: facts},
	} {
		if p.Text != "" {
			out.Parts = append(out.Parts, p)
		}
	}
	return out, nil
}

// Decided implements workflow.Reviewed: what passed can be published, what did
// not is a draft again.
func (v Reviewed) Decided(ctx context.Context, tx workflow.Store, r workflow.Review) error {
	i, err := tx.Item(ctx, r.SubjectID)
	if err != nil {
		return err
	}
	i.Updated, i.State = v.ledger.desk.Now(), workflow.ItemDraft
	if r.Passed() {
		i.State, i.Review, i.Passed = workflow.ItemReviewed, r.ID, true
	}
	return tx.SaveItem(ctx, &i)
}
