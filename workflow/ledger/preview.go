package ledger

import (
	"context"

	"mailbox/workflow"
)

// Rows that are written, and looked up, at once.
const rowsAtOnce = 500

// Preview is what an import would do.
type Preview struct {
	Import   workflow.Import
	Plan     Plan
	Head     []Cell
	Rows     int
	Good     int
	Twice    int // rows that repeat an earlier one of the file
	Known    int // rows that the ledger has already
	Wrong    int
	Formulas int // cells that are computed; what the table showed counts
	Merged   int // cells whose value was carried from a merged cell
	Errors   []RowError
	Sample   []workflow.Item
	Missing  []Field // that no column stands for and that are needed
}

// Preview reads the whole file as its plan says and changes nothing.
func (x *Imports) Preview(ctx context.Context, by workflow.Actor, id int64) (Preview, error) {
	m, err := x.Import(ctx, by, id)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{Import: m, Plan: recall(m.Mapping)}
	if m.State != workflow.ImportBegun {
		return out, nil
	}
	file, err := x.open(ctx, m)
	if err != nil {
		return out, err
	}
	out.Head, out.Plan = file.head, file.plan
	for _, f := range []Field{TitleField, DayField} {
		if !out.Plan.knows(f) {
			out.Missing = append(out.Missing, f)
		}
	}
	if len(out.Missing) > 0 {
		return out, nil
	}
	return out, x.look(ctx, m, file, &out)
}

func (x *Imports) look(ctx context.Context, m workflow.Import, file opened, out *Preview) error {
	return x.each(ctx, x.desk.Store, m, file, func(b batch) error {
		known, err := x.desk.Store.KnownItems(ctx, b.items)
		if err != nil {
			return err
		}
		for n, k := range known {
			if k {
				out.Known++
				continue
			}
			out.Good++
			if len(out.Sample) < rowsShown {
				out.Sample = append(out.Sample, b.items[n])
			}
		}
		out.Rows, out.Twice, out.Wrong, out.Formulas, out.Merged = b.rows, b.twice, b.wrong, b.formulas, b.merged
		out.Errors = b.errors
		return nil
	})
}

// batch is some rows of a table, and what the table amounts to so far.
type batch struct {
	items              []workflow.Item
	rows, twice, wrong int
	formulas, merged   int
	errors             []RowError
	seen               map[string]bool
	take               func(batch) error
	read               *reader
	head               int
	created            workflow.Import
}

// each gives the items of a file to take in batches; the last may be empty.
// Of them in memory are never more than a batch and the names seen.
func (x *Imports) each(ctx context.Context, tx workflow.Store, m workflow.Import, file opened, take func(batch) error) error {
	columns, err := tx.Columns(ctx, "")
	if err != nil {
		return err
	}
	departments, err := tx.Departments(ctx)
	if err != nil {
		return err
	}
	b := &batch{
		seen: map[string]bool{}, take: take, head: file.at, created: m,
		read: &reader{plan: file.plan, columns: columns, departments: departments, names: paths(columns)},
	}
	if err := file.rows(b); err != nil {
		return err
	}
	return b.flush()
}

func (b *batch) row(no int, cells []Cell) error {
	if no <= b.head {
		return nil
	}
	item, wrong := b.read.item(no, cells)
	if item == nil && wrong == nil {
		return nil
	}
	b.rows++
	for _, c := range cells {
		b.formulas += one(c.Formula)
		b.merged += one(c.Carried)
	}
	switch {
	case wrong != nil:
		b.refuse(wrong)
	case b.seen[string(item.Channel)+item.External]:
		b.twice++
	default:
		b.seen[string(item.Channel)+item.External] = true
		item.State, item.Import, item.CreatedBy, item.AuthorID, item.Created = workflow.ItemDraft, b.created.ID, b.created.By, b.created.By, b.created.At
		b.items = append(b.items, *item)
	}
	if len(b.items) < rowsAtOnce {
		return nil
	}
	return b.flush()
}

// refuse counts a row that nothing can be made of.
func (b *batch) refuse(why *RowError) {
	b.wrong++
	if len(b.errors) < errorsShown {
		b.errors = append(b.errors, *why)
	}
}

func (b *batch) flush() error {
	err := b.take(*b)
	b.items = nil
	return err
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
