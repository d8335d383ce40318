package demo

import (
	"context"
	"time"

	"mailbox/workflow"
)

// told is a Store in which whatever was to be mailed until now has been mailed:
// of the demonstration's past nothing leaves.
type told struct {
	workflow.Store

	now time.Time
}

// Atomic implements workflow.Store.
func (s told) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	return s.Store.Atomic(ctx, func(tx workflow.Store) error { return do(told{tx, s.now}) })
}

// AddNotice implements workflow.Outbox.
func (s told) AddNotice(ctx context.Context, n *workflow.Notice) error {
	s.tell(n)
	return s.Store.AddNotice(ctx, n)
}

// AddBirth implements workflow.Cases.
func (s told) AddBirth(ctx context.Context, b *workflow.Birth) error {
	for i := range b.Notices {
		s.tell(&b.Notices[i])
	}
	return s.Store.AddBirth(ctx, b)
}

// SaveChanges implements workflow.Cases.
func (s told) SaveChanges(ctx context.Context, changes ...*workflow.Change) error {
	for _, c := range changes {
		for i := range c.Notices {
			s.tell(&c.Notices[i])
		}
	}
	return s.Store.SaveChanges(ctx, changes...)
}

// tell makes what was to be mailed by now a thing of the past.
func (s told) tell(n *workflow.Notice) {
	if n.Channel == workflow.ByEmail && !n.Next.After(s.now) {
		n.State, n.Attempt, n.Sent, n.Secret = workflow.Sent, 1, n.Next, nil
	}
}
