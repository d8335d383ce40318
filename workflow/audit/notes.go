package audit

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"mailbox/workflow"
)

// notes is what the journal says of reviews and of what they let out. The
// journal's chain has a key that is not in the database, so that a review made
// up beside the program is not in it.
type notes struct {
	store     workflow.Store
	last      int64            // entry read so far
	decided   map[int64]string // hash by review; "" when the journal of that time did not say
	confirmed map[int64]note   // by import
	published []int64          // items
}

type note struct {
	by    int64
	items string
	root  string // "": the journal of that time did not say
}

func readNotes(ctx context.Context, store workflow.Store) (*notes, error) {
	n := &notes{store: store, decided: map[int64]string{}, confirmed: map[int64]note{}}
	return n, n.more(ctx)
}

// more reads what the journal has got since.
func (n *notes) more(ctx context.Context) error {
	for {
		entries, err := n.store.JournalFrom(ctx, n.last, page)
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		if len(entries) == 0 {
			return nil
		}
		for _, e := range entries {
			n.last = e.Seq
			n.take(e)
		}
	}
}

func (n *notes) take(e workflow.JournalEntry) {
	_, name, _ := strings.Cut(e.Subject, ":")
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return
	}
	switch e.Action {
	case "review.decide":
		n.decided[id] = e.Detail["hash"]
	case "ledger.import.confirm":
		n.confirmed[id] = note{by: e.Account, items: e.Detail["items"], root: e.Detail["root"]}
	case "ledger.publish":
		n.published = append(n.published, id)
	}
}
