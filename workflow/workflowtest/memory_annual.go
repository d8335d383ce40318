package workflowtest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"time"

	"mailbox/workflow"
)

// blockKey sorts the parts of a report together.
func blockKey(report int64, key string) string { return fmt.Sprintf("%020d:%s", report, key) }

// annualText is a text of a block, with the block it is of.
type annualText struct {
	Report int64
	Key    string
	workflow.AnnualText
}

type yearContacts struct{ All []workflow.AnnualContact }

// AddReport implements workflow.Annals.
func (m *Memory) AddReport(ctx context.Context, r *workflow.AnnualReport, blocks []workflow.AnnualBlock) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.account(r.CreatedBy), r.Family == 0 || d.reports.has(r.Family)); err != nil {
			return err
		}
		r.ID, r.Revision = d.reports.next(), 1
		if r.Family == 0 {
			r.Family = r.ID
		} else {
			r.Revision += d.reports.count(func(o workflow.AnnualReport) bool { return o.Family == r.Family })
		}
		if r.Revision > 1 && r.Reason == "" {
			return refused("a revision has a reason")
		}
		r.State, r.Version, r.Updated = workflow.AnnualDraft, 1, r.Created
		d.reports.put(r.ID, *r)
		for _, b := range blocks {
			b.Report, b.Version, b.At = r.ID, 1, r.Created
			d.blocks.put(blockKey(r.ID, b.Key), b)
			d.keepText(b)
		}
		return nil
	})
}

func (d *data) keepText(b workflow.AnnualBlock) {
	t := workflow.AnnualText{Version: b.Version, Text: b.Text, By: b.By, At: b.At}
	d.texts.put(blockKey(b.Report, fmt.Sprintf("%s:%010d", b.Key, b.Version)), annualText{b.Report, b.Key, t})
}

// Report implements workflow.Annals.
func (m *Memory) Report(ctx context.Context, id int64) (workflow.AnnualReport, error) {
	return read(ctx, m, func(d *data) (workflow.AnnualReport, error) { return d.reports.get(id) })
}

// LockReport implements workflow.Annals: transactions wait for each other here.
func (m *Memory) LockReport(ctx context.Context, id int64) (workflow.AnnualReport, error) {
	return m.Report(ctx, id)
}

// SaveReport implements workflow.Annals.
func (m *Memory) SaveReport(ctx context.Context, r *workflow.AnnualReport) error {
	return m.write(ctx, func(d *data) error {
		old, err := d.reports.get(r.ID)
		if err != nil {
			return err
		}
		if old.Version != r.Version {
			return conflict()
		}
		if err := d.checkReport(old, *r); err != nil {
			return err
		}
		r.Version++
		d.reports.put(r.ID, *r)
		return nil
	})
}

func (d *data) checkReport(old, r workflow.AnnualReport) error {
	snapshot, frozen := d.snapshots.rows[r.ID]
	switch {
	case (r.State == workflow.AnnualDraft) != (r.Hash == nil), r.Hash != nil && (!frozen || !bytes.Equal(r.Hash, snapshot.Hash)):
		return refused("what is frozen has its snapshot")
	case old.Hash != nil && !reflect.DeepEqual(said(old), said(r)):
		return refused("a frozen report is not changed")
	case (old.State == workflow.AnnualPublished || old.State == workflow.AnnualReturned) && r.State != old.State:
		return refused("a report that has ended stays as it is")
	case r.State == workflow.AnnualReturned && r.ReturnNote == "":
		return refused("sent back with a note")
	case r.State == workflow.AnnualPublished && !d.reviewPassed(r):
		return refused("published after a review that passed")
	}
	return nil
}

// said is what a report says of itself, which freezing fixes.
func said(r workflow.AnnualReport) []any {
	return []any{r.Hash, r.Form, r.Year, r.From, r.Last, r.AsOf.UnixMicro(), r.Title, r.Addressee, r.Notice, r.Day, r.Revision, r.Family, r.Reason}
}

func (d *data) reviewPassed(r workflow.AnnualReport) bool {
	v, ok := d.reviews.rows[r.Review]
	return ok && r.Passed && v.Passed() && v.Subject == workflow.ReviewReport && bytes.Equal(v.ContentHash, r.Hash)
}

// ReportsBy implements workflow.Annals.
func (m *Memory) ReportsBy(ctx context.Context, q workflow.AnnualQuery) ([]workflow.AnnualReport, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnnualReport, error) {
		return newest(d.reports.where(func(r workflow.AnnualReport) bool {
			return (q.Family == 0 || r.Family == q.Family) && below(r.ID, q.Before)
		}), min(cmp.Or(q.Limit, 25), 100)), nil
	})
}

// Blocks implements workflow.Annals.
func (m *Memory) Blocks(ctx context.Context, report int64) ([]workflow.AnnualBlock, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnnualBlock, error) {
		out := d.blocks.where(func(b workflow.AnnualBlock) bool { return b.Report == report })
		for i := range out {
			out[i].ByName = d.accountName(out[i].By)
		}
		slices.SortStableFunc(out, func(a, b workflow.AnnualBlock) int { return cmp.Compare(a.Place, b.Place) })
		return out, nil
	})
}

// SaveBlock implements workflow.Annals.
func (m *Memory) SaveBlock(ctx context.Context, b *workflow.AnnualBlock) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.account(b.By), d.reports.has(b.Report)); err != nil {
			return err
		}
		old, known := d.blocks.rows[blockKey(b.Report, b.Key)]
		if !known || old.Version != b.Version {
			return conflict()
		}
		if d.reports.rows[b.Report].Hash != nil {
			return refused("a frozen report is not changed")
		}
		b.Version++
		old.Text, old.By, old.At, old.Version = b.Text, b.By, b.At, b.Version
		d.blocks.put(blockKey(b.Report, b.Key), old)
		d.keepText(old)
		return nil
	})
}

// BlockTexts implements workflow.Annals.
func (m *Memory) BlockTexts(ctx context.Context, report int64, key string) ([]workflow.AnnualText, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnnualText, error) {
		var out []workflow.AnnualText
		for _, t := range d.texts.where(func(t annualText) bool { return t.Report == report && t.Key == key }) {
			t.ByName = d.accountName(t.By)
			out = append(out, t.AnnualText)
		}
		return out, nil
	})
}

// AddComment implements workflow.Annals.
func (m *Memory) AddComment(ctx context.Context, c *workflow.AnnualComment) error {
	return m.write(ctx, func(d *data) error {
		if err := need(c.By != 0 && d.account(c.By), d.blocks.has(blockKey(c.Report, c.Block))); err != nil {
			return err
		}
		c.ID = d.comments.next()
		d.comments.put(c.ID, *c)
		return nil
	})
}

// SettleComment implements workflow.Annals.
func (m *Memory) SettleComment(ctx context.Context, report, id, by int64, at time.Time) error {
	return m.write(ctx, func(d *data) error {
		c, err := d.comments.get(id)
		if err != nil || c.Report != report {
			return workflow.Absent()
		}
		if c.SettledBy == 0 {
			c.SettledBy, c.Settled = by, at
		}
		d.comments.put(id, c)
		return nil
	})
}

// Comments implements workflow.Annals.
func (m *Memory) Comments(ctx context.Context, report int64) ([]workflow.AnnualComment, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnnualComment, error) {
		out := d.comments.where(func(c workflow.AnnualComment) bool { return c.Report == report })
		for i := range out {
			out[i].ByName = d.accountName(out[i].By)
		}
		return out, nil
	})
}

// SaveOverride implements workflow.Annals.
func (m *Memory) SaveOverride(ctx context.Context, o workflow.AnnualOverride) error {
	return m.write(ctx, func(d *data) error {
		if d.reports.rows[o.Report].Hash != nil {
			return refused("a frozen report is not changed")
		}
		if o.Value == "" {
			d.overrides.drop(blockKey(o.Report, o.Field))
			return nil
		}
		if err := need(o.By != 0 && d.account(o.By), d.reports.has(o.Report)); err != nil {
			return err
		}
		d.overrides.put(blockKey(o.Report, o.Field), o)
		return nil
	})
}

// Overrides implements workflow.Annals.
func (m *Memory) Overrides(ctx context.Context, report int64) ([]workflow.AnnualOverride, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnnualOverride, error) {
		out := d.overrides.where(func(o workflow.AnnualOverride) bool { return o.Report == report })
		for i := range out {
			out[i].ByName = d.accountName(out[i].By)
		}
		return out, nil
	})
}

// AddSnapshot implements workflow.Annals.
func (m *Memory) AddSnapshot(ctx context.Context, s workflow.AnnualSnapshot) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.reports.has(s.Report)); err != nil {
			return err
		}
		if d.snapshots.has(s.Report) {
			return conflict()
		}
		if sum := sha256.Sum256(s.Body); !bytes.Equal(sum[:], s.Hash) {
			return refused("a snapshot proves itself")
		}
		d.snapshots.put(s.Report, s)
		return nil
	})
}

// Snapshot implements workflow.Annals.
func (m *Memory) Snapshot(ctx context.Context, report int64) (workflow.AnnualSnapshot, error) {
	return read(ctx, m, func(d *data) (workflow.AnnualSnapshot, error) { return d.snapshots.get(report) })
}

// AnnualContacts implements workflow.Annals.
func (m *Memory) AnnualContacts(ctx context.Context, year int) ([]workflow.AnnualContact, error) {
	return read(ctx, m, func(d *data) ([]workflow.AnnualContact, error) { return copied(d.contacts.rows[int64(year)]).All, nil })
}

// SaveAnnualContacts implements workflow.Annals.
func (m *Memory) SaveAnnualContacts(ctx context.Context, year int, all []workflow.AnnualContact, by int64, _ time.Time) error {
	return m.write(ctx, func(d *data) error {
		if err := need(by != 0 && d.account(by)); err != nil {
			return err
		}
		known := copied(d.contacts.rows[int64(year)]).All
		for _, k := range all {
			known = slices.DeleteFunc(known, func(o workflow.AnnualContact) bool { return o.Post == k.Post })
		}
		known = append(known, all...)
		slices.SortFunc(known, func(a, b workflow.AnnualContact) int {
			return cmp.Compare(slices.Index(workflow.AnnualPosts, a.Post), slices.Index(workflow.AnnualPosts, b.Post))
		})
		d.contacts.put(int64(year), yearContacts{known})
		return nil
	})
}

// CasesBehind implements workflow.Annals.
func (m *Memory) CasesBehind(ctx context.Context, q workflow.FactQuery) ([]int64, error) {
	return read(ctx, m, func(d *data) ([]int64, error) {
		counts := d.withFact(&q)
		return ids(d.cases.where(func(c workflow.Case) bool { return counts[c.ID] }), func(c workflow.Case) int64 { return c.ID }), nil
	})
}

// CountWriters implements workflow.Annals.
func (m *Memory) CountWriters(ctx context.Context, from, to, asOf time.Time) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		seen := map[string]bool{}
		for _, c := range d.cases.where(func(c workflow.Case) bool {
			return !c.Sealed && !c.Received.Before(from) && c.Received.Before(to)
		}) {
			if w := d.sealed.rows[c.Writer]; len(w.MailIndex) > 0 && !w.Created.After(asOf) {
				seen[string(w.MailIndex)] = true
			}
		}
		return len(seen), nil
	})
}

// Still implements workflow.Annals.
func (m *Memory) Still(ctx context.Context, do func(workflow.Store) error) error {
	if m.inside {
		return do(m)
	}
	m.held.mu.RLock()
	still := &Memory{held: &view{data: m.held.data.clone()}, writers: m.writers, inside: true}
	m.held.mu.RUnlock()
	defer still.end()
	if err := ctx.Err(); err != nil {
		return err
	}
	return do(still)
}
