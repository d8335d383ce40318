package sla_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/sla"
	"mailbox/workflow/workflowtest"
)

func TestReconcile_bringsBackWhatRedisLost(t *testing.T) {
	f := open(t)
	var cases []workflow.Case
	for range 20 {
		cases = append(cases, f.letter(t))
	}
	before, _ := f.timers.Count(t.Context())
	f.timers.Lose()
	got, err := f.watch.Reconcile(t.Context())
	must(t, err)
	if after, _ := f.timers.Count(t.Context()); after != before || got.Missing != int(before) || got.Armed != int(before) {
		t.Errorf("armed again %d, %+v, want %d", after, got, before)
	}
	got, err = f.watch.Reconcile(t.Context())
	must(t, err)
	if got.Missing != 0 {
		t.Errorf("a whole set misses %d timers", got.Missing)
	}
	f.at(f.clock(t, cases[0], workflow.Register).Due)
	f.tick(t)
	for _, c := range cases {
		if len(f.events(t, c, workflow.MarkBreached, workflow.Register)) != 1 {
			t.Fatalf("case %d did not ring", c.ID)
		}
	}
}

func TestReconcile_findsWhatWentMissingByItself(t *testing.T) {
	f := open(t)
	c := f.letter(t)
	for range 5 {
		f.letter(t)
	}
	_, err := f.watch.Reconcile(t.Context())
	must(t, err)
	whole, _ := f.timers.Count(t.Context())
	key := strconv.FormatInt(f.clock(t, c, workflow.Register).ID, 10) + ":breach"
	must(t, f.timers.Disarm(t.Context(), key))
	got, err := f.watch.Reconcile(t.Context())
	must(t, err)
	if n, _ := f.timers.Count(t.Context()); n != whole || got.Missing != 1 {
		t.Errorf("%d timers, %+v, want %d, one of which was missing", n, got, whole)
	}
}

// deaf are timers that cannot be armed for a while.
type deaf struct {
	*workflowtest.Timers
	hears bool
}

func (d *deaf) Arm(ctx context.Context, timers ...workflow.Timer) error {
	if !d.hears {
		return errAway
	}
	return d.Timers.Arm(ctx, timers...)
}

func TestReconcile_armsAllAfterAnArmingFailed(t *testing.T) {
	timers := &deaf{workflowtest.NewTimers(), true}
	desk := workflow.Desk{Store: many{clocks: 40_000}, Now: func() time.Time { return workflowtest.Morning.Add(-time.Hour) }}
	w := sla.New(&desk, timers)
	reconcile := func() int {
		got, err := w.Reconcile(t.Context())
		must(t, err)
		return got.Armed
	}
	if n := reconcile(); n != 80_000 {
		t.Fatalf("armed %d at first", n)
	}
	timers.hears = false
	if err := w.Arm(t.Context(), workflow.Clock{ID: 7}); !errors.Is(err, errAway) {
		t.Fatalf("arm: %v", err)
	}
	timers.hears = true
	if n := reconcile(); n != 80_000 {
		t.Errorf("armed %d after some could not be, want all", n)
	}
}

// many is a Store with a million ringing clocks and nothing else.
type many struct {
	workflow.Store
	clocks int64
}

func (m many) RingingBefore(ctx context.Context, before time.Time, after int64, limit int) ([]workflow.Clock, error) {
	if !before.After(workflowtest.Morning) {
		return nil, nil
	}
	return m.Ringing(ctx, after, limit)
}

func (m many) Ringing(_ context.Context, after int64, limit int) ([]workflow.Clock, error) {
	var out []workflow.Clock
	for id := after + 1; id <= m.clocks && len(out) < limit; id++ {
		out = append(out, workflow.Clock{ID: id, Kind: workflow.Overall, Due: workflowtest.Morning, Warn: workflowtest.Morning})
	}
	return out, nil
}

// counted counts timers and forgets them, but for those of one clock.
type counted struct {
	away
	n     int64
	whole bool
	last  string // key of the one it looks out for
	seen  bool
}

func (c *counted) Arm(_ context.Context, timers ...workflow.Timer) error {
	c.n += int64(len(timers))
	c.seen = c.seen || slices.ContainsFunc(timers, func(x workflow.Timer) bool { return x.Key == c.last })
	return nil
}

func (c *counted) Count(context.Context) (int64, error) { return c.n, nil }
func (c *counted) Whole(context.Context) (bool, error)  { return c.whole, nil }
func (*counted) Refill(context.Context) (string, error) { return "token", nil }
func (c *counted) Refilled(_ context.Context, token string) error {
	c.whole = token == "token"
	return nil
}

func TestReconcile_aMillionClocks(t *testing.T) {
	now := workflowtest.Morning.Add(-time.Hour) // nothing rings soon
	desk := workflow.Desk{Store: many{clocks: 1_000_000}, Now: func() time.Time { return now }}
	timers := &counted{last: "1000000:breach"}
	w := sla.New(&desk, timers)
	start := time.Now()
	got, err := w.Reconcile(t.Context())
	must(t, err)
	if got.Armed != 2_000_000 || got.Missing != 2_000_000 {
		t.Errorf("reckoning = %+v, want two timers of each clock", got)
	}
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("took %v of the 30 s there are", took)
	}
	timers.seen = false
	for round := 1; !timers.seen; round++ {
		got, err := w.Reconcile(t.Context())
		must(t, err)
		if got.Armed != 20_000 || round > 100 {
			t.Fatalf("round %d: %+v, want 10,000 clocks in turn until the last is armed", round, got)
		}
	}
	timers.seen, now = false, workflowtest.Morning.Add(-4*time.Minute)
	_, err = w.Reconcile(t.Context())
	must(t, err)
	if !timers.seen {
		t.Error("a clock that rings soon is not armed at once")
	}
}
