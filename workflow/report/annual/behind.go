package annual

import (
	"context"
	"fmt"
	"strconv"

	"mailbox/workflow"
)

// Thing is one of what lies behind a number.
type Thing struct {
	Kind   string // item, column, duty, case, appraisal
	ID     int64
	Name   string
	Day    string
	Number string // of a case
	URL    string // outside, of an item
	// Hidden says that there is one that the reader may not know of.
	Hidden bool
}

// Behind is a page of what lies behind a field.
type Behind struct {
	Report workflow.AnnualReport
	Field  FrozenField
	Things []Thing
	From   int // place of the first, from 0
	Total  int
}

// PageOfThings is how many things a page has.
const PageOfThings = 50

// Behind lists what lies behind a field of a report: what was frozen with it, or
// of a draft what it counts now. Cases outside the reader's rights are counted and
// not shown.
func (b *Bureau) Behind(ctx context.Context, by workflow.Actor, id int64, key string, from int) (Behind, error) {
	out := Behind{From: max(from, 0)}
	r, err := b.report(ctx, b.store(), by, id)
	if err != nil {
		return out, err
	}
	out.Report = r
	if out.Field, err = b.field(ctx, r, key); err != nil {
		return out, err
	}
	ids := out.Field.Counted.IDs
	out.Total = len(ids)
	page := ids[min(out.From, len(ids)):min(out.From+PageOfThings, len(ids))]
	out.Things, err = things(ctx, b.store(), by, out.Field.Opens, page)
	return out, err
}

// field is one field with its ids.
func (b *Bureau) field(ctx context.Context, r workflow.AnnualReport, key string) (FrozenField, error) {
	if r.State != workflow.AnnualDraft {
		f, err := b.thawed(ctx, r.ID)
		if err != nil {
			return FrozenField{}, err
		}
		if field, ok := f.Field(key); ok {
			return field, nil
		}
		return FrozenField{}, workflow.Absent()
	}
	f, ok := FieldOf(key)
	if !ok {
		return FrozenField{}, workflow.Absent()
	}
	if err := b.project(ctx); err != nil {
		return FrozenField{}, err
	}
	var out FrozenField
	err := b.store().Still(ctx, func(tx workflow.Store) error {
		read, err := b.reader(ctx, tx, r, true)
		if err != nil {
			return err
		}
		v, err := f.read(ctx, read)
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		overrides, err := tx.Overrides(ctx, r.ID)
		if err != nil {
			return err
		}
		for _, d := range b.defined(map[string]Value{key: v}, overrides) {
			if d.Key == key {
				out = d
			}
		}
		return nil
	})
	return out, err
}

// things reads what ids stand for.
func things(ctx context.Context, tx workflow.Store, by workflow.Actor, kind string, ids []int64) ([]Thing, error) {
	var out []Thing
	look, err := looker(ctx, tx, by, kind)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		t, err := look(id)
		if workflow.KindOf(err) == workflow.NotFound {
			t, err = Thing{Hidden: true}, nil
		}
		if err != nil {
			return nil, err
		}
		t.Kind, t.ID = kind, id
		out = append(out, t)
	}
	return out, nil
}

// looker reads one thing of a kind.
func looker(ctx context.Context, tx workflow.Store, by workflow.Actor, kind string) (func(int64) (Thing, error), error) {
	switch kind {
	case "item":
		return func(id int64) (Thing, error) {
			i, err := tx.Item(ctx, id)
			name := i.Title
			if i.Serial != 0 {
				name = i.Series + strconv.Itoa(i.Serial) + "号 " + name
			}
			return Thing{Name: name, Day: i.Day, URL: i.URL}, err
		}, nil
	case "column":
		return columnLooker(ctx, tx)
	case "duty":
		return dutyLooker(ctx, tx)
	case "appraisal":
		return func(id int64) (Thing, error) {
			a, err := tx.Appraisal(ctx, id)
			return Thing{Name: a.Title, Day: a.Day}, err
		}, nil
	}
	return func(id int64) (Thing, error) {
		c, err := tx.Case(ctx, id)
		if err != nil || !workflow.ScopeOf(by).Sees(c, false) {
			return Thing{Hidden: true}, err
		}
		return Thing{Name: c.Subject, Number: c.Number, Day: c.Received.Format("2006-01-02")}, nil
	}, nil
}

func columnLooker(ctx context.Context, tx workflow.Store) (func(int64) (Thing, error), error) {
	all, err := tx.Columns(ctx, "")
	byID := map[int64]workflow.Column{}
	for _, c := range all {
		byID[c.ID] = c
	}
	return func(id int64) (Thing, error) {
		c, ok := byID[id]
		if !ok {
			return Thing{}, workflow.Absent()
		}
		name := c.Name
		if p, ok := byID[c.Parent]; ok {
			name = p.Name + " / " + name
		}
		return Thing{Name: name, Day: c.Opened, URL: c.URL}, nil
	}, err
}

func dutyLooker(ctx context.Context, tx workflow.Store) (func(int64) (Thing, error), error) {
	all, err := tx.Duties(ctx)
	return func(id int64) (Thing, error) {
		for _, d := range all {
			if d.ID == id {
				return Thing{Name: strconv.Itoa(d.No) + " " + d.Title, Day: d.Brought(), URL: d.URL}, nil
			}
		}
		return Thing{}, workflow.Absent()
	}, err
}
