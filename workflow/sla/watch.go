// Package sla lets clocks ring: it warns before a promise runs out, notes when
// it is broken, and ends cases in which nobody speaks any more.
//
// The clocks are rows; timers only say which row to look at. Every ring reads
// the row again under the lock of its case, so that any number of watchers may
// ring the same clock and each step still happens once.
package sla

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mailbox/workflow"
)

// The two steps of a clock, as timers name them.
const (
	warnStep   = "warn"
	breachStep = "breach"
)

const (
	// batch is how many timers are claimed, and how many clocks taken, at once.
	batch = 256
	// lease is how long a claimed timer belongs to one watcher.
	lease = 30 * time.Second
	// together is how many cases are rung in one transaction, and ringers how
	// many of these there are at the same time in one process.
	together = 32
	ringers  = 4
	// page is how many clocks a reconciliation reads at once, and turn how many
	// of those that do not ring soon it compares.
	page = 5000
	turn = 2 * page
	// soon is how long before its step a clock is compared each time. It must be
	// longer than the time from one reconciliation to the next.
	soon = 5 * time.Minute
)

// Watch rings the clocks.
type Watch struct {
	desk   *workflow.Desk
	timers workflow.Timers
	missed atomic.Bool // timers could not be armed since they were last made whole

	reconciling sync.Mutex
	compared    int64 // the clock up to which the turn has come
}

// New returns a Watch. desk.Arm is not used by it.
func New(desk *workflow.Desk, timers workflow.Timers) *Watch {
	return &Watch{desk: desk, timers: timers}
}

// Arm sets the timers of clocks that may still ring and removes those of clocks
// that are over or paused. It is called after the commit that changed them; a
// failure loses no promise, because Reconcile arms what was missed.
func (w *Watch) Arm(ctx context.Context, clocks ...workflow.Clock) error {
	arm, disarm := timersOf(clocks)
	if len(arm) > 0 {
		if err := w.timers.Arm(ctx, arm...); err != nil {
			w.missed.Store(true)
			return fmt.Errorf("arm timers: %w", err)
		}
	}
	if len(disarm) > 0 {
		if err := w.timers.Disarm(ctx, disarm...); err != nil {
			return fmt.Errorf("disarm timers: %w", err)
		}
	}
	return nil
}

// timersOf says which timers the clocks need and which they need no more.
func timersOf(clocks []workflow.Clock) (arm []workflow.Timer, disarm []string) {
	for _, k := range clocks {
		if !ringing(k) {
			disarm = append(disarm, key(k.ID, warnStep), key(k.ID, breachStep))
			continue
		}
		arm = append(arm, workflow.Timer{Key: key(k.ID, breachStep), At: k.Due})
		if warns(k) {
			arm = append(arm, workflow.Timer{Key: key(k.ID, warnStep), At: k.Warn})
		} else {
			disarm = append(disarm, key(k.ID, warnStep))
		}
	}
	return arm, disarm
}

// ringing reports whether the clock has a step before it.
func ringing(k workflow.Clock) bool { return k.Running() && k.Breached.IsZero() }

// warns reports whether somebody is still to be warned. Nobody is reminded to
// rate: silence after an answer is the writer's right.
func warns(k workflow.Clock) bool { return k.Warned.IsZero() && k.Kind != workflow.ToRate }

func key(id int64, step string) string { return strconv.FormatInt(id, 10) + ":" + step }

// clockOf is the clock a timer is for, or 0 for a key that is not ours.
func clockOf(key string) int64 {
	id, _, _ := strings.Cut(key, ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Tick rings every clock whose timer is due at now and returns how many timers
// it has dealt with. A timer whose clock could not ring is left to its lease
// and comes back; its error is among those returned.
func (w *Watch) Tick(ctx context.Context, now time.Time) (int, error) {
	rung := 0
	var errs []error
	for {
		timers, err := w.timers.Claim(ctx, now, batch, lease)
		if err != nil {
			return rung, errors.Join(append(errs, fmt.Errorf("claim timers: %w", err))...)
		}
		n, err := w.ringTimers(ctx, timers, now)
		rung += n
		errs = append(errs, err)
		if len(timers) < batch || ctx.Err() != nil {
			return rung, errors.Join(errs...)
		}
	}
}

// ringTimers rings the clocks of claimed timers and forgets the timers of those
// that have rung.
func (w *Watch) ringTimers(ctx context.Context, timers []workflow.Timer, now time.Time) (int, error) {
	keys := map[int64][]string{}
	var ids []int64
	for _, t := range timers {
		id := clockOf(t.Key)
		if keys[id] == nil {
			ids = append(ids, id)
		}
		keys[id] = append(keys[id], t.Key)
	}
	r := &round{watch: w, now: now, rearm: w.Arm, accounts: map[string][]workflow.Account{}}
	done, err := r.all(ctx, ids)
	var settled []string
	for _, id := range done {
		settled = append(settled, keys[id]...)
	}
	if len(settled) == 0 {
		return 0, err
	}
	if e := w.timers.Settle(ctx, settled...); e != nil {
		return len(settled), errors.Join(err, fmt.Errorf("settle timers: %w", e))
	}
	return len(settled), err
}
