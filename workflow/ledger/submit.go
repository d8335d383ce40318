package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"mailbox/workflow"
)

// submitted is the entry of the journal that keeps what a program sent.
const submitted = "ledger.submit"

// Submit adds an item that a program sends under a key of its own, and hands it
// in if that is wished. The same content sent again under its key is the same
// item, as it is now, and again is true; other content under it is refused.
func (l *Ledger) Submit(ctx context.Context, by workflow.Actor, key string, i workflow.Item, handIn bool) (out workflow.Item, again bool, err error) {
	if err := open(by); err != nil {
		return i, false, err
	}
	i.External = fmt.Sprintf("api %d %s", by.ID, key)
	content, err := contentOf(i, handIn)
	if err != nil {
		return i, false, err
	}
	if out, err = l.before(ctx, by, i.External, content); workflow.KindOf(err) != workflow.NotFound {
		return out, err == nil, err
	}
	if out, err = l.submit(ctx, by, i, handIn, content); err == nil {
		return out, false, nil
	}
	// Of two that came at once one was first.
	if first, err := l.before(ctx, by, i.External, content); workflow.KindOf(err) != workflow.NotFound {
		return first, err == nil, err
	}
	return out, false, err
}

// contentOf is the digest of what was sent.
func contentOf(i workflow.Item, handIn bool) (string, error) {
	b, err := json.Marshal(struct {
		Item   workflow.Item
		HandIn bool
	}{i, handIn})
	if err != nil {
		return "", fmt.Errorf("encode item: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// before is the item that was sent under that name, or NotFound.
func (l *Ledger) before(ctx context.Context, by workflow.Actor, external, content string) (workflow.Item, error) {
	found, err := l.desk.Store.Items(ctx, workflow.ItemQuery{External: external, Limit: 1})
	if err != nil {
		return workflow.Item{}, err
	}
	if len(found.Items) == 0 {
		return workflow.Item{}, workflow.Absent()
	}
	entries, err := l.desk.Store.ItemJournal(ctx, found.Items[0].ID, 1000)
	if err != nil {
		return workflow.Item{}, err
	}
	for _, e := range entries {
		if e.Action == submitted && e.Detail["content"] == content && Sees(by, found.Items[0]) {
			return found.Items[0], nil
		}
	}
	return workflow.Item{}, workflow.Wrong("Idempotency-Key", "letter.key_reused")
}

// submit saves and hands in, both or nothing.
func (l *Ledger) submit(ctx context.Context, by workflow.Actor, i workflow.Item, handIn bool, content string) (workflow.Item, error) {
	var out workflow.Item
	err := l.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		desk := *l.desk
		desk.Store = tx
		inside := &Ledger{desk: &desk}
		var err error
		if out, err = inside.Save(ctx, by, i); err != nil {
			return err
		}
		if err := inside.note(ctx, tx, by, submitted, itemName(out.ID), map[string]string{"content": content}); err != nil {
			return err
		}
		if !handIn {
			return nil
		}
		if err := inside.HandIn(ctx, by, out.ID, out.Version, false); err != nil {
			return err
		}
		out, err = tx.Item(ctx, out.ID)
		return err
	})
	return out, err
}
