package workflowtest

import (
	"context"

	"mailbox/workflow"
)

// SaveChanges implements workflow.Cases, part by part.
func (m *Memory) SaveChanges(ctx context.Context, changes ...*workflow.Change) error {
	cases := make([]workflow.Case, len(changes))
	err := m.Atomic(ctx, func(tx workflow.Store) error {
		for i, c := range changes {
			cases[i] = c.Case
			if err := saveChange(ctx, tx, &cases[i], c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, c := range changes {
		c.Case = cases[i]
	}
	return nil
}

func saveChange(ctx context.Context, tx workflow.Store, after *workflow.Case, c *workflow.Change) error {
	for _, k := range c.Clocks {
		if err := tx.SaveClock(ctx, k); err != nil {
			return err
		}
	}
	for _, ev := range c.Events {
		if err := tx.AddEvent(ctx, ev); err != nil {
			return err
		}
	}
	for _, n := range c.Notices {
		if err := tx.AddNotice(ctx, &n); err != nil {
			return err
		}
	}
	if err := tellHooks(ctx, tx, c.Told); err != nil || after.ID == 0 {
		return err
	}
	if err := tx.AddFacts(ctx, after.ID, c.Facts); err != nil {
		return err
	}
	return tx.SaveCase(ctx, after)
}
