package sla

import (
	"context"
	"fmt"

	"mailbox/workflow"
)

// Reckoning is what a reconciliation did.
type Reckoning struct {
	Armed   int // timers that were armed, had they been there or not
	Missing int // of them, those that were gone
}

// Reconcile makes the timers whole again whatever happened to them. When some
// may be lost it arms those of all clocks; else it makes sure of those that ring
// soon, and of some of the others in turn, so that a timer that went missing by
// itself is back before its time and a million clocks cost little.
func (w *Watch) Reconcile(ctx context.Context) (Reckoning, error) {
	w.reconciling.Lock()
	defer w.reconciling.Unlock()
	before, err := w.timers.Count(ctx)
	if err != nil {
		return Reckoning{}, fmt.Errorf("count timers: %w", err)
	}
	var out Reckoning
	if err := w.reconcile(ctx, before, &out); err != nil {
		return out, err
	}
	now, err := w.timers.Count(ctx)
	if err != nil {
		return out, fmt.Errorf("count timers: %w", err)
	}
	out.Missing = int(max(now-before, 0))
	return out, nil
}

func (w *Watch) reconcile(ctx context.Context, timers int64, out *Reckoning) error {
	whole, err := w.timers.Whole(ctx)
	if err != nil {
		return fmt.Errorf("ask for timers: %w", err)
	}
	if !whole || timers == 0 || w.missed.Load() {
		return w.refill(ctx, out)
	}
	if err := w.armSoon(ctx, out); err != nil {
		return err
	}
	return w.armTurn(ctx, out)
}

// refill arms the timers of all clocks, first those that are wanted first.
func (w *Watch) refill(ctx context.Context, out *Reckoning) error {
	w.missed.Store(false) // from here on
	token, err := w.timers.Refill(ctx)
	if err != nil {
		return fmt.Errorf("begin to arm all timers: %w", err)
	}
	var first Reckoning // they come again
	if err := w.armSoon(ctx, &first); err != nil {
		return err
	}
	for after, more := int64(0), true; more; {
		if after, more, err = w.armPage(ctx, out, w.desk.Store.Ringing, after); err != nil {
			return err
		}
	}
	if err := w.timers.Refilled(ctx, token); err != nil {
		return fmt.Errorf("end arming all timers: %w", err)
	}
	return nil
}

// armSoon arms the timers of clocks that ring soon.
func (w *Watch) armSoon(ctx context.Context, out *Reckoning) error {
	before := w.desk.Now().Add(soon)
	list := func(ctx context.Context, after int64, limit int) ([]workflow.Clock, error) {
		return w.desk.Store.RingingBefore(ctx, before, after, limit)
	}
	var err error
	for after, more := int64(0), true; more; {
		if after, more, err = w.armPage(ctx, out, list, after); err != nil {
			return err
		}
	}
	return nil
}

// armTurn arms the timers of the clocks whose turn it is: of few clocks all, of
// many some, going on next time where it stops now.
func (w *Watch) armTurn(ctx context.Context, out *Reckoning) error {
	more := true
	for seen := 0; more && seen < turn; seen += page {
		var err error
		if w.compared, more, err = w.armPage(ctx, out, w.desk.Store.Ringing, w.compared); err != nil {
			return err
		}
	}
	if !more {
		w.compared = 0
	}
	return nil
}

// armPage arms the timers of one page of clocks and says where the next begins.
func (w *Watch) armPage(
	ctx context.Context, out *Reckoning, list func(ctx context.Context, after int64, limit int) ([]workflow.Clock, error), after int64,
) (last int64, more bool, err error) {
	clocks, err := list(ctx, after, page)
	if err != nil {
		return after, true, fmt.Errorf("list ringing clocks: %w", err)
	}
	if len(clocks) == 0 {
		return after, false, nil
	}
	timers, _ := timersOf(clocks)
	if err := w.timers.Arm(ctx, timers...); err != nil {
		return after, true, fmt.Errorf("arm timers: %w", err)
	}
	out.Armed += len(timers)
	return clocks[len(clocks)-1].ID, len(clocks) == page, nil
}
