package workflowtest

import (
	"context"
	"sync"
	"time"

	"mailbox/workflow"
)

// Kept is workflow.Kept in memory. It forgets nothing by itself.
type Kept struct {
	mu     sync.Mutex
	values map[string][]byte
	held   sync.Mutex
	Away   error // what everything answers while it is set
}

var _ workflow.Kept = (*Kept)(nil)

// NewKept returns an empty Kept.
func NewKept() *Kept { return &Kept{values: map[string][]byte{}} }

// Keep implements workflow.Kept.
func (k *Kept) Keep(_ context.Context, key string, value []byte, _ time.Duration) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.Away == nil {
		k.values[key] = value
	}
	return k.Away
}

// Recall implements workflow.Kept.
func (k *Kept) Recall(_ context.Context, key string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.Away != nil {
		return nil, k.Away
	}
	v, ok := k.values[key]
	if !ok {
		return nil, workflow.Absent()
	}
	return v, nil
}

// Hold implements workflow.Kept; there is one hold for all keys.
func (k *Kept) Hold(context.Context, string, time.Duration) (func(), error) {
	k.held.Lock()
	return k.held.Unlock, nil
}
