package workflowtest

import (
	"bytes"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// EverPublic implements workflow.Publications.
func (m *Memory) EverPublic(ctx context.Context, after int64, limit int) ([]workflow.Publication, error) {
	return read(ctx, m, func(d *data) ([]workflow.Publication, error) {
		rows := d.publications.where(func(p workflow.Publication) bool { return !p.Published.IsZero() && p.ID > after })
		return listed(first(rows, limit)), nil
	})
}

// seen reports whether p was ever visible at or after a moment.
func seen(p workflow.Publication, from time.Time) bool {
	return !p.Published.IsZero() && !p.Visible.Before(from) && (p.Withdrawn.IsZero() || p.Withdrawn.After(p.Visible))
}

// BecamePublic implements workflow.Publications.
func (m *Memory) BecamePublic(ctx context.Context, from, to time.Time) ([][]byte, error) {
	return read(ctx, m, func(d *data) ([][]byte, error) {
		var out [][]byte
		for _, p := range d.publications.where(func(p workflow.Publication) bool { return seen(p, from) && p.Visible.Before(to) }) {
			out = append(out, p.ContentHash)
		}
		slices.SortFunc(out, bytes.Compare)
		return out, nil
	})
}

// FirstVisible implements workflow.Publications.
func (m *Memory) FirstVisible(ctx context.Context, from time.Time) (time.Time, error) {
	return read(ctx, m, func(d *data) (time.Time, error) {
		var at time.Time
		for _, p := range d.publications.where(func(p workflow.Publication) bool { return seen(p, from) }) {
			if at.IsZero() || p.Visible.Before(at) {
				at = p.Visible
			}
		}
		return at, nil
	})
}

// AddProofDay implements workflow.Publications.
func (m *Memory) AddProofDay(ctx context.Context, p workflow.ProofDay) error {
	return m.write(ctx, func(d *data) error {
		if d.proofs.has(p.Day) {
			return conflict()
		}
		d.proofs.put(p.Day, p)
		return nil
	})
}

// ProofDays implements workflow.Publications.
func (m *Memory) ProofDays(ctx context.Context, before string, limit int) ([]workflow.ProofDay, error) {
	return read(ctx, m, func(d *data) ([]workflow.ProofDay, error) {
		return newest(d.proofs.where(func(p workflow.ProofDay) bool { return before == "" || p.Day < before }), limit), nil
	})
}
