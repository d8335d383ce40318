package annual

import (
	"context"
	"slices"

	"mailbox/workflow"
)

// Change is a field that comes to something else than when it was frozen.
type Change struct {
	Field FrozenField
	Then  Value
	Now   Value
	Came  []int64 // ids that are behind it now and were not
	Gone  []int64
}

// Changes counts everything of a frozen report anew, as it is known now, and lists
// what differs. The report itself stays as it is.
func (b *Bureau) Changes(ctx context.Context, by workflow.Actor, id int64) ([]Change, error) {
	r, err := b.report(ctx, b.store(), by, id)
	if err != nil {
		return nil, err
	}
	if r.State == workflow.AnnualDraft {
		return nil, workflow.Fail(workflow.Conflict, "annual.wrong_state")
	}
	then, err := b.thawed(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := b.project(ctx); err != nil {
		return nil, err
	}
	r.AsOf = b.now()
	var now map[string]Value
	err = b.store().Still(ctx, func(tx workflow.Store) error {
		read, err := b.reader(ctx, tx, r, true)
		if err != nil {
			return err
		}
		now, err = read.all(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return differences(then.Fields, now), nil
}

func differences(then []FrozenField, now map[string]Value) []Change {
	var out []Change
	for _, f := range then {
		is, known := now[f.Key]
		if !known {
			continue
		}
		came, gone := missing(is.IDs, f.Counted.IDs), missing(f.Counted.IDs, is.IDs)
		if is.Text != f.Counted.Text || len(came)+len(gone) > 0 {
			out = append(out, Change{Field: f, Then: f.Counted, Now: is, Came: came, Gone: gone})
		}
	}
	return out
}

// missing lists what is in a and not in b; both are in order.
func missing(a, b []int64) []int64 {
	var out []int64
	for _, id := range a {
		if _, found := slices.BinarySearch(b, id); !found {
			out = append(out, id)
		}
	}
	return out
}
