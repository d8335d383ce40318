package workflowtest

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
)

// eventKey sorts the events of a case by their place.
func eventKey(caseID int64, seq int) string { return fmt.Sprintf("%020d:%010d", caseID, seq) }

// AddEvent implements workflow.Events.
func (m *Memory) AddEvent(ctx context.Context, e workflow.Event) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(e.CaseID), d.account(e.By.ID), d.department(e.By.Department)); err != nil {
			return err
		}
		key := eventKey(e.CaseID, e.Seq)
		if d.events.has(key) {
			return conflict()
		}
		e.By = workflow.Actor{ID: e.By.ID, Department: e.By.Department}
		d.events.put(key, e)
		return nil
	})
}

// EventsOf implements workflow.Events.
func (m *Memory) EventsOf(ctx context.Context, caseID int64) ([]workflow.Event, error) {
	return read(ctx, m, func(d *data) ([]workflow.Event, error) {
		out := d.events.where(func(e workflow.Event) bool { return e.CaseID == caseID })
		for i := range out {
			out[i].By.Name = d.accountName(out[i].By.ID)
		}
		return out, nil
	})
}

// AddJournal implements workflow.Events.
func (m *Memory) AddJournal(ctx context.Context, e workflow.JournalEntry, link func(prev []byte, e workflow.JournalEntry) []byte) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.account(e.Account)); err != nil {
			return err
		}
		prev := d.journal.rows[d.journal.last].Hash
		e.ID = d.journal.next()
		e.Seq, e.At = e.ID, e.At.UTC().Truncate(time.Microsecond)
		e.Hash = link(prev, copied(e))
		d.journal.put(e.ID, e)
		return nil
	})
}

// Journal implements workflow.Events.
func (m *Memory) Journal(ctx context.Context, before int64, limit int) ([]workflow.JournalEntry, error) {
	return read(ctx, m, func(d *data) ([]workflow.JournalEntry, error) {
		return newest(d.journal.where(func(e workflow.JournalEntry) bool { return below(e.ID, before) }), limit), nil
	})
}

// JournalFrom implements workflow.Events.
func (m *Memory) JournalFrom(ctx context.Context, after int64, limit int) ([]workflow.JournalEntry, error) {
	return read(ctx, m, func(d *data) ([]workflow.JournalEntry, error) {
		return first(d.journal.where(func(e workflow.JournalEntry) bool { return e.Seq > after }), limit), nil
	})
}
