package workflowtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// officialDuties is an excerpt of the list that migrations/ begins with.
func officialDuties() table[int64, workflow.Duty] {
	t := newTable[int64, workflow.Duty]()
	for no := range 50 {
		id := t.next()
		t.put(id, workflow.Duty{ID: id, No: no + 1, Class: classOf(no + 1), Title: "公开事项", Applies: true, Version: 1})
	}
	return t
}

// classOf is the class of an item of the list: 6, 8, 7, 5, 9, 4, 3, 4, 2 and 2 items.
func classOf(no int) int {
	for class, last := range []int{6, 14, 21, 26, 35, 39, 42, 46, 48, 50} {
		if no <= last {
			return class + 1
		}
	}
	return 0
}

// Duties implements workflow.Ledger.
func (m *Memory) Duties(ctx context.Context) ([]workflow.Duty, error) {
	return read(ctx, m, func(d *data) ([]workflow.Duty, error) {
		out := d.duties.where(func(workflow.Duty) bool { return true })
		for n := range out {
			out[n].Latest = d.latest(out[n])
		}
		slices.SortFunc(out, func(a, b workflow.Duty) int { return cmp.Compare(a.No, b.No) })
		return out, nil
	})
}

func (d *data) latest(duty workflow.Duty) string {
	day := ""
	for _, column := range duty.Columns {
		for _, i := range d.itemsOf(workflow.ItemQuery{Column: column, State: workflow.ItemPublished}) {
			day = max(day, i.Day)
		}
	}
	return day
}

// SaveDuty implements workflow.Ledger.
func (m *Memory) SaveDuty(ctx context.Context, duty *workflow.Duty) error {
	return m.write(ctx, func(d *data) error {
		if err := need(duty.ID == 0 || d.duties.has(duty.ID), d.department(duty.Department)); err != nil {
			return err
		}
		for _, c := range duty.Columns {
			if err := need(d.columns.has(c)); err != nil {
				return err
			}
		}
		if d.duties.any(func(o workflow.Duty) bool { return o.ID != duty.ID && o.No == duty.No }) {
			return workflow.Fail(workflow.Conflict, "conflict.duties_no_key")
		}
		if !duty.Applies && duty.WhyNot == "" {
			return refused("what does not apply says why")
		}
		if duty.ID == 0 {
			duty.ID, duty.Version = d.duties.next(), 0
		} else if d.duties.rows[duty.ID].Version != duty.Version {
			return conflict()
		}
		duty.Version++
		slices.Sort(duty.Columns)
		d.duties.put(duty.ID, *duty)
		return nil
	})
}

// AddImport implements workflow.Imports.
func (m *Memory) AddImport(ctx context.Context, x *workflow.Import) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.accounts.has(x.By)); err != nil {
			return err
		}
		x.ID = d.imports.next()
		return d.putImport(*x)
	})
}

func (d *data) putImport(x workflow.Import) error {
	held := func(o workflow.Import) bool {
		return o.State != workflow.ImportBegun && o.State != workflow.ImportUndone && o.State != workflow.ImportFailed
	}
	if x.SHA256 != "" && held(x) && d.imports.any(func(o workflow.Import) bool { return o.ID != x.ID && o.SHA256 == x.SHA256 && held(o) }) {
		return workflow.Fail(workflow.Conflict, "conflict.imports_once")
	}
	if x.Confirmer == x.By {
		return refused("somebody else confirms an import")
	}
	d.imports.put(x.ID, x)
	return nil
}

// Import implements workflow.Imports.
func (m *Memory) Import(ctx context.Context, id int64) (workflow.Import, error) {
	return read(ctx, m, func(d *data) (workflow.Import, error) { return d.imports.get(id) })
}

// LockImport implements workflow.Imports; writers wait for each other anyway.
func (m *Memory) LockImport(ctx context.Context, id int64) (workflow.Import, error) {
	return m.Import(ctx, id)
}

// SaveImport implements workflow.Imports.
func (m *Memory) SaveImport(ctx context.Context, x workflow.Import) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.imports.has(x.ID)); err != nil {
			return err
		}
		return d.putImport(x)
	})
}

// ImportsBefore implements workflow.Imports.
func (m *Memory) ImportsBefore(ctx context.Context, before int64, limit int) ([]workflow.Import, error) {
	return read(ctx, m, func(d *data) ([]workflow.Import, error) {
		return newest(d.imports.where(func(x workflow.Import) bool { return below(x.ID, before) }), limit), nil
	})
}

// TakeImport implements workflow.Imports.
func (m *Memory) TakeImport(ctx context.Context) (workflow.Import, error) {
	return read(ctx, m, func(d *data) (workflow.Import, error) {
		queued := d.imports.where(func(x workflow.Import) bool { return x.State == workflow.ImportQueued })
		if len(queued) == 0 {
			return workflow.Import{}, workflow.Absent()
		}
		return queued[0], nil
	})
}

// Progress implements workflow.Imports.
func (m *Memory) Progress(ctx context.Context, id int64, done int) error {
	return m.write(ctx, func(d *data) error {
		x, err := d.imports.get(id)
		if err == nil && x.State == workflow.ImportQueued {
			x.Done = done
			d.imports.put(id, x)
		}
		return err
	})
}

// AddItems implements workflow.Imports.
func (m *Memory) AddItems(ctx context.Context, items []workflow.Item) (int, error) {
	n := 0
	err := m.write(ctx, func(d *data) error {
		for _, i := range items {
			if d.knows(i) {
				continue
			}
			i.ID, i.Version, i.State, i.Updated = d.items.next(), 1, workflow.ItemDraft, i.Created
			if err := d.putItem(&i); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// KnownItems implements workflow.Imports.
func (m *Memory) KnownItems(ctx context.Context, items []workflow.Item) ([]bool, error) {
	return read(ctx, m, func(d *data) ([]bool, error) {
		out := make([]bool, 0, len(items))
		for _, i := range items {
			out = append(out, d.knows(i))
		}
		return out, nil
	})
}

func (d *data) knows(i workflow.Item) bool {
	return d.items.any(func(o workflow.Item) bool {
		live := o.State != workflow.ItemUndone && o.Channel == i.Channel
		named := live && i.External != "" && o.External == i.External
		same := live && o.Day == i.Day && o.Title == i.Title && o.URL == i.URL
		serial := live && i.Channel == workflow.InDocument && i.Series != "" && o.Series == i.Series && o.Serial == i.Serial && o.State != workflow.ItemWithdrawn
		return named || same || serial
	})
}

// ConfirmImport implements workflow.Imports.
func (m *Memory) ConfirmImport(ctx context.Context, id int64, r workflow.Review) (int, error) {
	n := 0
	err := m.write(ctx, func(d *data) error {
		for _, i := range d.items.where(func(i workflow.Item) bool { return i.Import == id && i.State == workflow.ItemDraft }) {
			one := r
			one.ID, one.Version, one.Subject, one.SubjectID = d.reviews.next(), 1, workflow.ReviewItem, i.ID
			one.Title, one.ContentHash, one.Department = i.Title, i.ContentHash, i.Department
			d.reviews.put(one.ID, one)
			i.State, i.Review, i.Passed, i.Published, i.Updated = workflow.ItemPublished, one.ID, true, r.Decided, r.Decided
			i.Version++
			if err := d.putItem(&i); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// UndoImport implements workflow.Imports.
func (m *Memory) UndoImport(ctx context.Context, id int64, at time.Time) (int, error) {
	n := 0
	err := m.write(ctx, func(d *data) error {
		for _, i := range d.items.where(func(i workflow.Item) bool { return i.Import == id && i.State != workflow.ItemUndone }) {
			if !i.Published.IsZero() && i.Withdrawn.IsZero() {
				i.Withdrawn = at
			}
			i.State, i.Updated = workflow.ItemUndone, at
			i.Version++
			d.items.put(i.ID, i)
			n++
		}
		return nil
	})
	return n, err
}
