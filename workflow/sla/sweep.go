package sla

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"mailbox/workflow"
)

// Sweep rings every clock that is due, without timers: slower than Tick, and
// complete whatever became of Redis. It returns how many clocks it looked at.
//
// The clocks are only found together; each rings in a transaction of its own
// that locks the case first, as everything else that changes a case does.
func (w *Watch) Sweep(ctx context.Context) (int, error) {
	now := w.desk.Now()
	tried := map[int64]bool{}
	failed := 0
	var errs []error
	for ctx.Err() == nil {
		// Clocks that cannot ring stay due; asking for more finds those behind them.
		ids, err := w.overdue(ctx, now, batch+failed, tried)
		if err != nil {
			return len(tried), errors.Join(append(errs, err)...)
		}
		if len(ids) == 0 {
			break
		}
		r := &round{watch: w, now: now, rearm: noTimers, accounts: map[string][]workflow.Account{}}
		done, err := r.all(ctx, ids)
		failed += len(ids) - len(done)
		errs = append(errs, err)
	}
	return len(tried), errors.Join(append(errs, ctx.Err())...)
}

// noTimers leaves timers as they are: one that is not needed any more finds its
// clock noted.
func noTimers(context.Context, ...workflow.Clock) error { return nil }

// overdue finds clocks with something to do that were not tried yet, in an
// order of its own so that sweepers in a race seldom meet at the same clock.
func (w *Watch) overdue(ctx context.Context, now time.Time, limit int, tried map[int64]bool) ([]int64, error) {
	var clocks []workflow.Clock
	err := w.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		var err error
		clocks, err = tx.TakeDue(ctx, now, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("take due clocks: %w", err)
	}
	var ids []int64
	for _, k := range clocks {
		if !tried[k.ID] {
			tried[k.ID] = true
			ids = append(ids, k.ID)
		}
	}
	//nolint:gosec // which sweeper meets which clock first is no secret
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids, nil
}
