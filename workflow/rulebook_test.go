package workflow_test

import (
	"context"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/workflowtest"
)

// narrow is a Store with one connection: a transaction holds it to its end, and
// a question beside it waits.
type narrow struct {
	workflow.Store
	free chan struct{}
}

func (n narrow) take(ctx context.Context) error {
	select {
	case n.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (n narrow) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	if err := n.take(ctx); err != nil {
		return err
	}
	defer func() { <-n.free }()
	return n.Store.Atomic(ctx, do)
}

func (n narrow) Categories(ctx context.Context, at time.Time, all bool) ([]workflow.Category, error) {
	if err := n.take(ctx); err != nil {
		return nil, err
	}
	defer func() { <-n.free }()
	return n.Store.Categories(ctx, at, all)
}

func TestStep_asksForNoSecondConnection(t *testing.T) {
	memory := workflowtest.NewMemory()
	college := workflowtest.Seed(t, memory)
	now := func() time.Time { return workflowtest.Morning }
	build := func(v workflow.CalendarVersion) (workflow.WorkingTime, error) {
		return calendar.Of(v, workflowtest.Zone)
	}
	store := narrow{memory, make(chan struct{}, 1)}
	desk := workflow.Desk{
		Store: store, Keeper: workflow.Keeper{Chain: workflow.NewChain(make([]byte, 32)), Zone: workflowtest.Zone},
		Rules: workflow.NewRulebook(store, build, now), Arm: func(context.Context, ...workflow.Clock) {}, Now: now,
	}
	c := workflowtest.NewCase(t, memory)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	got, err := desk.Step(ctx, c.ID, func(s *workflow.Step) error {
		_, err := s.Move(ctx, workflow.Move{Action: workflow.Accept, By: college.Clerk.Actor()}, nil, nil)
		return err
	})
	if err != nil || got.State != workflow.Accepted {
		t.Errorf("step = %s, %v, want accepted", got.State, err)
	}
}
