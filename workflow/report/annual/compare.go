package annual

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mailbox/workflow"
)

// Change is a field that comes to something else than when it was frozen.
type Change struct {
	Field FrozenField
	Then  Value
	Now   Value
	Came  Things // what is behind it now and was not
	Gone  Things
}

// Things are some things, the first of them by name, and how many there are.
type Things struct {
	First []Thing
	Total int
}

// thingsNamed is how many things are named one by one.
const thingsNamed = 10

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
	return b.differences(ctx, by, then.Fields, now)
}

// differences lists the fields that differ. Cases outside the reader's rights are
// counted and not named.
func (b *Bureau) differences(ctx context.Context, by workflow.Actor, then []FrozenField, now map[string]Value) ([]Change, error) {
	var out []Change
	for _, f := range then {
		is, known := now[f.Key]
		if !known {
			continue
		}
		came, gone := missing(is.IDs, f.Counted.IDs), missing(f.Counted.IDs, is.IDs)
		if is.Text != f.Counted.Text || len(came)+len(gone) > 0 {
			c := Change{Field: f, Then: f.Counted, Now: is}
			var errs [2]error
			c.Came, errs[0] = b.name(ctx, by, f.Opens, came)
			c.Gone, errs[1] = b.name(ctx, by, f.Opens, gone)
			if err := errors.Join(errs[:]...); err != nil {
				return nil, fmt.Errorf("name what changed in %s: %w", f.Key, err)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func (b *Bureau) name(ctx context.Context, by workflow.Actor, kind string, ids []int64) (Things, error) {
	out := Things{Total: len(ids)}
	if len(ids) == 0 {
		return out, nil
	}
	var err error
	out.First, err = things(ctx, b.store(), by, kind, ids[:min(len(ids), thingsNamed)])
	return out, err
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
