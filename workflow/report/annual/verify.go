package annual

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"mailbox/workflow"
)

// Fault is a frozen report that is not what was frozen.
type Fault struct {
	Report int64
	Why    string
}

func (f Fault) String() string { return fmt.Sprintf("report %d: %s", f.Report, f.Why) }

// Verify checks every snapshot: its bytes against its hash, the hash against the
// report's and against the journal, whose chain has a key that is not in the
// database, and every count against the ids behind it. It returns how many there
// are.
func Verify(ctx context.Context, store workflow.Store, tell func(Fault)) (int, error) {
	frozen, err := journalled(ctx, store)
	if err != nil {
		return 0, err
	}
	n := 0
	for before := int64(0); ; {
		page, err := store.ReportsBy(ctx, workflow.AnnualQuery{Before: before, Limit: 100})
		if err != nil {
			return n, fmt.Errorf("list reports: %w", err)
		}
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			before = r.ID
			was, known := frozen[r.ID]
			delete(frozen, r.ID)
			if r.State == workflow.AnnualDraft && !known {
				continue
			}
			n++
			if err := verify(ctx, store, r, was, tell); err != nil {
				return n, err
			}
		}
	}
	for id := range frozen {
		tell(Fault{id, "is gone"})
	}
	return n, nil
}

// journalled are the hashes that the journal says were frozen.
func journalled(ctx context.Context, store workflow.Store) (map[int64]string, error) {
	out := map[int64]string{}
	const page = 1000
	for after := int64(0); ; {
		entries, err := store.JournalFrom(ctx, after, page)
		if err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		if len(entries) == 0 {
			return out, nil
		}
		for _, e := range entries {
			after = e.Seq
			var id int64
			if _, err := fmt.Sscanf(e.Subject, "report:%d", &id); err == nil && e.Action == "annual.freeze" {
				out[id] = e.Detail["sha256"]
			}
		}
	}
}

func verify(ctx context.Context, store workflow.Store, r workflow.AnnualReport, was string, tell func(Fault)) error {
	s, err := store.Snapshot(ctx, r.ID)
	if workflow.KindOf(err) == workflow.NotFound {
		tell(Fault{r.ID, "has lost its snapshot"})
		return nil
	}
	if err != nil {
		return fmt.Errorf("read snapshot of report %d: %w", r.ID, err)
	}
	sum := sha256.Sum256(s.Body)
	switch {
	case !bytes.Equal(sum[:], s.Hash), !bytes.Equal(sum[:], r.Hash):
		tell(Fault{r.ID, "its snapshot is not what its hash says"})
		return nil
	case hex.EncodeToString(sum[:]) != was:
		tell(Fault{r.ID, "its snapshot is not what the journal says was frozen"})
		return nil
	}
	f, err := thaw(s)
	if err != nil {
		tell(Fault{r.ID, "its snapshot cannot be read"})
		return nil //nolint:nilerr // the fault is told
	}
	for _, field := range f.Fields {
		if counts(field) && field.Counted.N != len(field.Counted.IDs) {
			tell(Fault{r.ID, fmt.Sprintf("%s is %d with %d behind it", field.Key, field.Counted.N, len(field.Counted.IDs))})
		}
	}
	return nil
}

// counts reports whether the field is the number of what lies behind it.
func counts(f FrozenField) bool {
	switch f.Unit {
	case Words, Share, Days, People, Yuan, Number:
		return false
	case Items, Columns, Times, Cases, Duties:
	}
	return f.Opens != "" && f.Nature != Serial
}
