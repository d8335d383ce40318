package workflowtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

func (d *data) column(id int64) bool { return id == 0 || d.columns.has(id) }

// Columns implements workflow.Ledger.
func (m *Memory) Columns(ctx context.Context, day string) ([]workflow.Column, error) {
	return read(ctx, m, func(d *data) ([]workflow.Column, error) {
		return slices.DeleteFunc(d.columnTree(0), func(c workflow.Column) bool {
			return day != "" && (c.Opened > day || c.Closed != "" && c.Closed <= day)
		}), nil
	})
}

func (d *data) columnTree(parent int64) []workflow.Column {
	level := d.columns.where(func(c workflow.Column) bool { return c.Parent == parent })
	slices.SortStableFunc(level, func(a, b workflow.Column) int { return cmp.Compare(a.Sort, b.Sort) })
	var out []workflow.Column
	for _, c := range level {
		out = append(append(out, c), d.columnTree(c.ID)...)
	}
	return out
}

// SaveColumn implements workflow.Ledger.
func (m *Memory) SaveColumn(ctx context.Context, c *workflow.Column) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.column(c.ID), d.column(c.Parent), d.department(c.Department)); err != nil {
			return err
		}
		if c.Closed == "" && d.columns.any(func(o workflow.Column) bool {
			return o.ID != c.ID && o.Parent == c.Parent && o.Name == c.Name && o.Closed == ""
		}) {
			return workflow.Fail(workflow.Conflict, "conflict.columns_name")
		}
		if c.ID == 0 {
			c.ID, c.Version = d.columns.next(), 0
		} else if d.columns.rows[c.ID].Version != c.Version {
			return conflict()
		}
		c.Version++
		d.columns.put(c.ID, *c)
		return nil
	})
}

// CountByColumn implements workflow.Ledger.
func (m *Memory) CountByColumn(ctx context.Context, asOf time.Time) (map[int64]int, error) {
	return read(ctx, m, func(d *data) (map[int64]int, error) {
		out := map[int64]int{}
		for _, i := range d.items.where(func(i workflow.Item) bool { return i.Column != 0 && publicAt(i, asOf) }) {
			out[i.Column]++
		}
		return out, nil
	})
}

func publicAt(i workflow.Item, at time.Time) bool {
	return !i.Published.IsZero() && !i.Published.After(at) && (i.Withdrawn.IsZero() || i.Withdrawn.After(at))
}

// AddItem implements workflow.Ledger.
func (m *Memory) AddItem(ctx context.Context, i *workflow.Item) error {
	return m.write(ctx, func(d *data) error {
		added := *i
		added.ID, added.Version = d.items.next(), 1
		if err := d.putItem(&added); err != nil {
			return err
		}
		*i = added
		return nil
	})
}

// SaveItem implements workflow.Ledger.
func (m *Memory) SaveItem(ctx context.Context, i *workflow.Item) error {
	return m.write(ctx, func(d *data) error {
		stored, err := d.items.get(i.ID)
		if err != nil {
			return err
		}
		if stored.Version != i.Version {
			return conflict()
		}
		saved := *i
		saved.Version++
		saved.CreatedBy, saved.Created = stored.CreatedBy, stored.Created
		if err := d.putItem(&saved); err != nil {
			return err
		}
		*i = saved
		return nil
	})
}

// putItem keeps the item if every reference leads somewhere, its names are its
// own and the gate lets it through.
func (d *data) putItem(i *workflow.Item) error {
	i.ContentHash = i.Digest()
	if err := need(d.column(i.Column), d.department(i.Department), d.account(i.AuthorID), d.accounts.has(i.CreatedBy),
		i.Import == 0 || d.imports.has(i.Import), i.Replaces == 0 || d.items.has(i.Replaces)); err != nil {
		return err
	}
	if err := d.gate(*i); err != nil {
		return err
	}
	for _, o := range d.items.rows {
		if broken := sameNames(o, *i); o.ID != i.ID && broken != "" {
			return workflow.Fail(workflow.Conflict, "conflict."+broken)
		}
	}
	d.items.put(i.ID, *i)
	return nil
}

// gate is the foreign key and the checks of the table.
func (d *data) gate(i workflow.Item) error {
	shut := workflow.Fail(workflow.Invalid, "ledger.unreviewed")
	if i.Review != 0 && (i.Passed != d.reviewedAs(i.Review, i.ContentHash)) {
		return shut
	}
	public := i.State == workflow.ItemPublished || i.State == workflow.ItemWithdrawn
	switch {
	case public && (i.Review == 0 || !i.Passed || i.Published.IsZero()):
		return shut
	case i.State == workflow.ItemWithdrawn && i.Withdrawn.IsZero(), i.Channel == workflow.InDocument && i.Serial == 0,
		i.Channel == workflow.InMinutes && i.Meeting == "", i.Title == "", i.Day == "":
		return shut
	}
	return nil
}

// sameNames is the unique index of items that the two would break, or "".
func sameNames(a, b workflow.Item) string {
	live := a.State != workflow.ItemUndone && b.State != workflow.ItemUndone
	external := live && a.External != "" && a.Channel == b.Channel && a.External == b.External
	serial := a.Series != "" && a.Series == b.Series && a.Serial == b.Serial && holdsSerial(a) && holdsSerial(b)
	replaces := a.Replaces != 0 && a.Replaces == b.Replaces && a.Begun() && b.Begun()
	switch {
	case live && a.External == b.External && strings.HasPrefix(a.External, "api "):
		return "items_submitted"
	case external:
		return "items_external"
	case serial:
		return "items_serial"
	case replaces:
		return "items_replaces"
	}
	return ""
}

func holdsSerial(i workflow.Item) bool {
	if i.Channel != workflow.InDocument {
		return false
	}
	return i.State == workflow.ItemPublished || i.Replaces == 0 && i.State != workflow.ItemWithdrawn && i.State != workflow.ItemUndone
}

// Item implements workflow.Ledger.
func (m *Memory) Item(ctx context.Context, id int64) (workflow.Item, error) {
	return read(ctx, m, func(d *data) (workflow.Item, error) { return d.items.get(id) })
}

// Items implements workflow.Ledger.
func (m *Memory) Items(ctx context.Context, q workflow.ItemQuery) (workflow.ItemListing, error) {
	return read(ctx, m, func(d *data) (workflow.ItemListing, error) {
		found := d.itemsOf(q)
		if q.After != "" {
			day, id, err := parseItemCursor(q.After)
			if err != nil {
				return workflow.ItemListing{}, err
			}
			found = slices.DeleteFunc(found, func(i workflow.Item) bool {
				return i.Day > day || i.Day == day && i.ID >= id
			})
		}
		limit := q.Limit
		if limit <= 0 {
			limit = 25
		}
		limit = min(limit, 100)
		out := workflow.ItemListing{Items: first(found, limit)}
		if len(found) > limit {
			out.Next = fmt.Sprintf("%s.%d", found[limit-1].Day, found[limit-1].ID)
		}
		return out, nil
	})
}

func parseItemCursor(s string) (day string, id int64, err error) {
	day, rest, _ := strings.Cut(s, ".")
	id, err = strconv.ParseInt(rest, 10, 64)
	if _, wrong := time.Parse(time.DateOnly, day); wrong != nil || err != nil {
		return "", 0, workflow.Wrong("after", "invalid.cursor")
	}
	return day, id, nil
}

func (d *data) itemsOf(q workflow.ItemQuery) []workflow.Item {
	below := d.columnsBelow(q.Column)
	out := d.items.where(func(i workflow.Item) bool {
		return itemFits(i, q) && (q.Column == 0 || below[i.Column])
	})
	slices.SortFunc(out, func(a, b workflow.Item) int { return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(b.ID, a.ID)) })
	return out
}

func (d *data) columnsBelow(id int64) map[int64]bool {
	out := map[int64]bool{id: true}
	for _, c := range d.columnTree(id) {
		out[c.ID] = true
	}
	return out
}

func itemFits(i workflow.Item, q workflow.ItemQuery) bool {
	switch {
	case q.Channel != "" && i.Channel != q.Channel, q.Department != 0 && i.Department != q.Department,
		q.State != "" && i.State != q.State, q.Import != 0 && i.Import != q.Import, q.Meeting != "" && i.Meeting != q.Meeting,
		q.Series != "" && i.Series != q.Series, q.External != "" && i.External != q.External, q.Replaces != 0 && i.Replaces != q.Replaces:
		return false
	case q.From != "" && i.Day < q.From, q.To != "" && i.Day >= q.To:
		return false
	case !q.AsOf.IsZero() && !publicAt(i, q.AsOf):
		return false
	}
	return strings.Contains(strings.ToLower(i.Title), strings.ToLower(q.Search))
}

// CountItems implements workflow.Ledger.
func (m *Memory) CountItems(ctx context.Context, q workflow.ItemQuery) (int, error) {
	return read(ctx, m, func(d *data) (int, error) { return len(d.itemsOf(q)), nil })
}

// LastSerial implements workflow.Ledger.
func (m *Memory) LastSerial(ctx context.Context, q workflow.ItemQuery) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		last := 0
		for _, i := range d.itemsOf(q) {
			last = max(last, i.Serial)
		}
		return last, nil
	})
}

// ItemJournal implements workflow.Ledger.
func (m *Memory) ItemJournal(ctx context.Context, id int64, limit int) ([]workflow.JournalEntry, error) {
	return read(ctx, m, func(d *data) ([]workflow.JournalEntry, error) {
		name := fmt.Sprintf("item:%d", id)
		return newest(d.journal.where(func(e workflow.JournalEntry) bool {
			return e.Subject == name || e.Detail["subject"] == name
		}), limit), nil
	})
}

// reviewedAs reports whether there is a review that passed of exactly this
// content.
func (d *data) reviewedAs(id int64, hash []byte) bool {
	r, err := d.reviews.get(id)
	return err == nil && r.Subject == workflow.ReviewItem && r.Passed() && string(r.ContentHash) == string(hash)
}
