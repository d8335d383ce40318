package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mailbox/workflow"
)

// Branch is a column in the tree with what hangs on it.
type Branch struct {
	workflow.Column
	Depth int
	Items int // public in it now, without what is below
	Total int // with what is below
}

// Columns lists all columns that are there or ever were, in the order of the
// tree.
func (l *Ledger) Columns(ctx context.Context, by workflow.Actor) ([]Branch, error) {
	if err := open(by); err != nil {
		return nil, err
	}
	columns, err := l.desk.Store.Columns(ctx, "")
	if err != nil {
		return nil, err
	}
	counts, err := l.desk.Store.CountByColumn(ctx, l.desk.Now())
	if err != nil {
		return nil, err
	}
	return tree(columns, counts), nil
}

// tree gives each column its depth and adds up what is below it; a parent comes
// before its children.
func tree(columns []workflow.Column, counts map[int64]int) []Branch {
	out, at := make([]Branch, 0, len(columns)), map[int64]int{}
	for n, c := range columns {
		b := Branch{Column: c, Items: counts[c.ID], Total: counts[c.ID]}
		if parent, known := at[c.Parent]; known {
			b.Depth = out[parent].Depth + 1
		}
		at[c.ID] = n
		out = append(out, b)
	}
	for _, b := range slices.Backward(out) {
		if parent, known := at[b.Parent]; known {
			out[parent].Total += out[at[b.ID]].Total
		}
	}
	return out
}

// SaveColumn adds a column when its ID is 0, and renames, moves or closes it
// otherwise. A column is not closed while one below it is there, and never put
// below itself.
func (l *Ledger) SaveColumn(ctx context.Context, by workflow.Actor, c workflow.Column) (workflow.Column, error) {
	if !MayArrange(by) {
		return c, workflow.Absent()
	}
	if c.Opened == "" {
		c.Opened = l.Today()
	}
	if err := checkColumn(&c); err != nil {
		return c, err
	}
	out := c
	err := l.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		out = c
		all, err := tx.Columns(ctx, "")
		if err != nil {
			return err
		}
		if err := fits(all, c); err != nil {
			return err
		}
		if err := tx.SaveColumn(ctx, &out); err != nil {
			return columnTaken(err)
		}
		detail := map[string]string{"name": c.Name, "opened": c.Opened, "closed": c.Closed}
		return l.note(ctx, tx, by, "ledger.column", fmt.Sprint("column:", out.ID), detail)
	})
	return out, err
}

func checkColumn(c *workflow.Column) error {
	errs := []error{
		workflow.OneLine("name", &c.Name, maxName, true), address(&c.URL), day("opened", c.Opened, true), day("closed", c.Closed, false),
	}
	if c.Closed != "" && c.Closed < c.Opened {
		errs = append(errs, workflow.Wrong("closed", "ledger.closed_before"))
	}
	return errors.Join(errs...)
}

// fits refuses a column below itself, or closed above one that is there.
func fits(all []workflow.Column, c workflow.Column) error {
	parents := map[int64]int64{}
	for _, o := range all {
		parents[o.ID] = o.Parent
	}
	for up := c.Parent; c.ID != 0 && up != 0; up = parents[up] {
		if up == c.ID {
			return workflow.Wrong("parent", "ledger.below_itself")
		}
	}
	for _, o := range all {
		if c.Closed != "" && o.Parent == c.ID && c.ID != 0 && (o.Closed == "" || o.Closed > c.Closed) {
			return workflow.Wrong("closed", "ledger.closed_above", o.Name)
		}
	}
	return nil
}

func columnTaken(err error) error {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Key == "conflict.columns_name" {
		return &workflow.Error{Kind: workflow.Invalid, Field: "name", Key: "ledger.column_taken", Err: err}
	}
	return err
}

// ColumnNamed is the id of the column that is there under a name, alone when no
// other has it, or with those above it: 新闻动态/通知公告.
func (l *Ledger) ColumnNamed(ctx context.Context, by workflow.Actor, name string) (int64, error) {
	if err := open(by); err != nil {
		return 0, err
	}
	columns, err := l.desk.Store.Columns(ctx, l.Today())
	if err != nil {
		return 0, err
	}
	id, ok := (&reader{columns: columns, names: paths(columns)}).column(name)
	if !ok {
		return 0, workflow.Wrong("column", "ledger.row.column", name)
	}
	return id, nil
}
