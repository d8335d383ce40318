package demo

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"mailbox/workflow"
)

// clock is the time of the story being told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time of the story.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// alarms are the timers of the story. They implement workflow.Timers for one
// process: what is claimed is taken out, and what is lost is armed anew from
// the store when the story goes on.
type alarms struct {
	mu    sync.Mutex
	armed map[string]time.Time
}

var _ workflow.Timers = (*alarms)(nil)

func newAlarms() *alarms { return &alarms{armed: map[string]time.Time{}} }

// next is when the first alarm rings.
func (a *alarms) next() (at time.Time, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.armed {
		if !ok || t.Before(at) {
			at, ok = t, true
		}
	}
	return at, ok
}

// Arm implements workflow.Timers.
func (a *alarms) Arm(_ context.Context, timers ...workflow.Timer) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range timers {
		a.armed[t.Key] = t.At
	}
	return nil
}

// Disarm implements workflow.Timers.
func (a *alarms) Disarm(_ context.Context, keys ...string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keys {
		delete(a.armed, k)
	}
	return nil
}

// Claim implements workflow.Timers.
func (a *alarms) Claim(_ context.Context, now time.Time, limit int, _ time.Duration) ([]workflow.Timer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var due []workflow.Timer
	for _, key := range slices.Sorted(maps.Keys(a.armed)) {
		if at := a.armed[key]; !at.After(now) && len(due) < limit {
			due = append(due, workflow.Timer{Key: key, At: at})
			delete(a.armed, key)
		}
	}
	return due, nil
}

// Settle implements workflow.Timers.
func (*alarms) Settle(context.Context, ...string) error { return nil }

// Count implements workflow.Timers.
func (a *alarms) Count(context.Context) (int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return int64(len(a.armed)), nil
}

// Whole implements workflow.Timers: all are armed when the story goes on.
func (*alarms) Whole(context.Context) (bool, error) { return false, nil }

// Refill implements workflow.Timers.
func (*alarms) Refill(context.Context) (string, error) { return "", nil }

// Refilled implements workflow.Timers.
func (*alarms) Refilled(context.Context, string) error { return nil }
