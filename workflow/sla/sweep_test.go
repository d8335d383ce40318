package sla_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/sla"
)

// away is a Redis that does not answer.
type away struct{}

var errAway = errors.New("redis is away")

func (away) Arm(context.Context, ...workflow.Timer) error { return errAway }
func (away) Disarm(context.Context, ...string) error      { return errAway }
func (away) Settle(context.Context, ...string) error      { return errAway }
func (away) Count(context.Context) (int64, error)         { return 0, errAway }
func (away) Whole(context.Context) (bool, error)          { return false, errAway }
func (away) Refill(context.Context) (string, error)       { return "", errAway }
func (away) Refilled(context.Context, string) error       { return errAway }
func (away) Claim(context.Context, time.Time, int, time.Duration) ([]workflow.Timer, error) {
	return nil, errAway
}

func TestSweep_ringsEverythingWithoutRedis(t *testing.T) {
	f := open(t)
	var cases []workflow.Case
	for range 300 { // more than one batch
		cases = append(cases, f.letter(t))
	}
	f.at(f.clock(t, cases[0], workflow.Register).Due)
	w := sla.New(f.desk, away{})
	if _, err := w.Tick(t.Context(), f.time()); !errors.Is(err, errAway) {
		t.Errorf("Tick = %v, want that Redis is away", err)
	}
	_, err := w.Sweep(t.Context())
	must(t, err)
	for _, c := range cases {
		if n := len(f.events(t, c, workflow.MarkBreached, workflow.Register)); n != 1 {
			t.Fatalf("case %d: %d breaches, want 1", c.ID, n)
		}
	}
	n, err := w.Sweep(t.Context())
	must(t, err)
	if n != 0 {
		t.Errorf("a second sweep looked at %d clocks", n)
	}
}

// stuck is a Store in which one case cannot be changed.
type stuck struct {
	workflow.Store
	id int64
}

var errStuck = errors.New("this case is stuck")

func (s stuck) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	return s.Store.Atomic(ctx, func(tx workflow.Store) error { return do(stuck{tx, s.id}) })
}

func (s stuck) LockCase(ctx context.Context, id int64) (workflow.Case, error) {
	if id == s.id {
		return workflow.Case{}, errStuck
	}
	return s.Store.LockCase(ctx, id)
}

func (s stuck) LockFreeCases(ctx context.Context, ids []int64) ([]workflow.Case, error) {
	if slices.Contains(ids, s.id) {
		return nil, errStuck
	}
	return s.Store.LockFreeCases(ctx, ids)
}

// busy is a Store in which everybody holds every case that is only wanted when
// it is free.
type busy struct{ workflow.Store }

func (s busy) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	return s.Store.Atomic(ctx, func(tx workflow.Store) error { return do(busy{tx}) })
}

func (busy) LockFreeCases(context.Context, []int64) ([]workflow.Case, error) { return nil, nil }

func TestSweep_waitsForCasesSomebodyHolds(t *testing.T) {
	f := open(t)
	c := f.letter(t)
	f.at(f.clock(t, c, workflow.Register).Due)
	desk := *f.desk
	desk.Store = busy{f.store}
	_, err := sla.New(&desk, f.timers).Sweep(t.Context())
	must(t, err)
	if n := len(f.events(t, c, workflow.MarkBreached, workflow.Register)); n != 1 {
		t.Errorf("%d breaches, want 1", n)
	}
}

func TestSweep_oneStuckCaseHoldsUpNoOther(t *testing.T) {
	f := open(t)
	bad, good := f.letter(t), f.letter(t)
	f.at(f.clock(t, bad, workflow.Register).Due)
	desk := *f.desk
	desk.Store = stuck{f.store, bad.ID}
	_, err := sla.New(&desk, f.timers).Sweep(t.Context())
	if !errors.Is(err, errStuck) {
		t.Errorf("err = %v, want the stuck case's", err)
	}
	if len(f.events(t, good, workflow.MarkBreached, workflow.Register)) != 1 {
		t.Error("the other case did not ring")
	}
}

func TestTick_stuckTimerComesBackAfterItsLease(t *testing.T) {
	f := open(t)
	bad := f.letter(t)
	f.at(f.clock(t, bad, workflow.Register).Due)
	desk := *f.desk
	desk.Store = stuck{f.store, bad.ID}
	if _, err := sla.New(&desk, f.timers).Tick(t.Context(), f.time()); !errors.Is(err, errStuck) {
		t.Errorf("err = %v, want the stuck case's", err)
	}
	if f.tick(t) != 0 {
		t.Error("the timer was not left to its lease")
	}
	f.at(f.time().Add(time.Minute))
	f.tick(t)
	if n := len(f.events(t, bad, workflow.MarkBreached, workflow.Register)); n != 1 {
		t.Errorf("%d breaches after the lease, want 1", n)
	}
}
