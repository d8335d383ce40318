package sla

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"mailbox/workflow"
)

// round is one pass over clocks that are due, with one reading of the time.
type round struct {
	watch *Watch
	now   time.Time
	rearm func(context.Context, ...workflow.Clock) error

	mu       sync.Mutex
	accounts map[string][]workflow.Account // of this round, by department and roles
	done     []int64                       // clocks that need no more looking at
	errs     []error
}

// all rings the clocks and returns those that need no more looking at: those
// that rang, those that had nothing to do and are armed as their rows say, and
// those that are not there any more.
func (r *round) all(ctx context.Context, ids []int64) (done []int64, err error) {
	clocks, err := r.watch.desk.Store.ClocksAt(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	gone := map[int64]bool{}
	for _, id := range ids {
		gone[id] = true
	}
	var idle []workflow.Clock
	waiting := map[int64][]int64{} // clocks with something to do, by case
	for _, k := range clocks {
		delete(gone, k.ID)
		if due(k, r.now) == "" {
			idle = append(idle, k)
		} else {
			waiting[k.CaseID] = append(waiting[k.CaseID], k.ID)
		}
	}
	r.note(nil, slices.Collect(maps.Keys(gone))...)
	r.rest(ctx, idle)
	r.ringAll(ctx, waiting)
	return r.done, errors.Join(r.errs...)
}

// note keeps what became of clocks.
func (r *round) note(err error, ids ...int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.errs = append(r.errs, fmt.Errorf("ring clocks %v: %w", ids, err))
		return
	}
	r.done = append(r.done, ids...)
}

// rest arms clocks that have nothing to do, or not yet, as their rows say.
func (r *round) rest(ctx context.Context, idle []workflow.Clock) {
	if len(idle) == 0 {
		return
	}
	ids := make([]int64, 0, len(idle))
	for _, k := range idle {
		ids = append(ids, k.ID)
	}
	r.note(r.rearm(ctx, idle...), ids...)
}

// ringAll rings the waiting clocks of some cases after the other, and several
// such groups at a time.
func (r *round) ringAll(ctx context.Context, waiting map[int64][]int64) {
	groups := make(chan []int64)
	var wg sync.WaitGroup
	for range min(ringers, len(waiting)) {
		wg.Go(func() {
			for cases := range groups {
				r.ringGroup(ctx, cases, waiting)
			}
		})
	}
	for cases := range slices.Chunk(slices.Sorted(maps.Keys(waiting)), together) {
		groups <- cases
	}
	close(groups)
	wg.Wait()
}

// ringGroup rings the clocks of several cases in one transaction. Cases that
// somebody else holds, and all of them when one cannot go its step, ring alone:
// no case keeps another from its breach.
func (r *round) ringGroup(ctx context.Context, cases []int64, waiting map[int64][]int64) {
	done, err := r.steps(ctx, cases, waiting)
	away := workflow.KindOf(err) == workflow.Unavailable && err != nil
	for _, id := range cases {
		switch {
		case away:
			r.note(err, waiting[id]...)
		case slices.Contains(done, id):
			r.note(nil, waiting[id]...)
		default:
			r.note(r.step(ctx, id, waiting[id]), waiting[id]...)
		}
	}
}
