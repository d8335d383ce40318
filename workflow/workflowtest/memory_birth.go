package workflowtest

import (
	"context"
	"slices"

	"mailbox/workflow"
)

// AddBirth implements workflow.Cases, part by part.
func (m *Memory) AddBirth(ctx context.Context, b *workflow.Birth) error {
	stored := *b
	err := m.Atomic(ctx, func(tx workflow.Store) error {
		stored.Clocks = slices.Clone(b.Clocks)
		for _, add := range []func(context.Context, workflow.Store, *workflow.Birth) error{
			addBornWriter, m.addBornCase, addBornHistory, addBornClocks, addBornLetter, addBornNotices, addBornTold,
		} {
			if err := add(ctx, tx, &stored); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		*b = stored
	}
	return err
}

func addBornWriter(ctx context.Context, tx workflow.Store, b *workflow.Birth) error {
	if b.Writer.ID == "" {
		return nil
	}
	return tx.AddWriter(ctx, b.Writer)
}

func (*Memory) addBornCase(ctx context.Context, tx workflow.Store, b *workflow.Birth) error {
	return tx.(*Memory).write(ctx, func(d *data) error { //nolint:errcheck // Atomic hands out Memories only
		if d.cases.has(b.Case.ID) || d.cases.any(func(c workflow.Case) bool { return c.Number == b.Case.Number }) {
			return conflict()
		}
		if err := d.checkCase(b.Case); err != nil {
			return err
		}
		b.Case.Version = 1
		d.cases.put(b.Case.ID, b.Case)
		d.turn(workflow.Case{}, b.Case)
		return nil
	})
}

func addBornHistory(ctx context.Context, tx workflow.Store, b *workflow.Birth) error {
	if b.Event.Seq > 0 {
		if err := tx.AddEvent(ctx, b.Event); err != nil {
			return err
		}
	}
	return tx.AddFacts(ctx, b.Case.ID, b.Facts)
}

func addBornClocks(ctx context.Context, tx workflow.Store, b *workflow.Birth) error {
	for i := range b.Clocks {
		b.Clocks[i].CaseID = b.Case.ID
		if err := tx.AddClock(ctx, &b.Clocks[i]); err != nil {
			return err
		}
	}
	return nil
}

func addBornLetter(ctx context.Context, tx workflow.Store, b *workflow.Birth) error {
	if len(b.Letter.External) > 0 {
		b.Letter.CaseID = b.Case.ID
		if err := tx.AddLetter(ctx, &b.Letter); err != nil {
			return err
		}
	}
	if b.Message.Kind != "" {
		b.Message.CaseID = b.Case.ID
		if err := tx.AddMessage(ctx, &b.Message, b.Files); err != nil {
			return err
		}
	}
	if b.Words == "" {
		return nil
	}
	return tx.Index(ctx, b.Case.ID, b.Words)
}

func addBornNotices(ctx context.Context, tx workflow.Store, b *workflow.Birth) error {
	for _, n := range b.Notices {
		n.CaseID = b.Case.ID
		if err := tx.AddNotice(ctx, &n); err != nil {
			return err
		}
	}
	return nil
}

func addBornTold(ctx context.Context, tx workflow.Store, b *workflow.Birth) error {
	return tellHooks(ctx, tx, b.Told)
}
