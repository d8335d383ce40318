package workflowtest

import (
	"context"
	"errors"
	"sync"

	"mailbox/workflow"
)

// Memory is a workflow.Store that forgets everything when the test ends. A
// transaction works on a copy that takes the place of the original when it
// succeeds, and writers wait for each other: simple, and as strict as the
// strictest database.
//
// Inside Atomic use the Store it gives: writing to the outer one there waits
// for ever, reading from it sees what was committed before.
type Memory struct {
	held    *view
	writers *sync.Mutex // held by whoever writes, a transaction from end to end
	inside  bool        // this is the Store of a transaction
}

var _ workflow.Store = (*Memory)(nil)

// view is a set of tables that one goroutine at a time looks at.
type view struct {
	mu   sync.RWMutex
	data *data
	over bool // the transaction it belonged to has ended
}

// NewMemory returns an empty Store.
func NewMemory() *Memory {
	return &Memory{held: &view{data: newData()}, writers: &sync.Mutex{}}
}

var errOver = errors.New("this transaction has ended")

// Atomic runs do on a copy and keeps the copy if do returns nil.
func (m *Memory) Atomic(ctx context.Context, do func(workflow.Store) error) error {
	if m.inside {
		return do(m)
	}
	m.writers.Lock()
	defer m.writers.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	m.held.mu.RLock()
	tx := &Memory{held: &view{data: m.held.data.clone()}, writers: m.writers, inside: true}
	m.held.mu.RUnlock()
	defer tx.end()
	if err := do(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil { // as a database refuses to commit
		return err
	}
	m.held.mu.Lock()
	defer m.held.mu.Unlock()
	m.held.data = tx.held.data
	return nil
}

// end makes a transaction that somebody kept refuse everything.
func (m *Memory) end() {
	m.held.mu.Lock()
	defer m.held.mu.Unlock()
	m.held.over = true
}

// read looks at the tables.
func read[T any](ctx context.Context, m *Memory, look func(*data) (T, error)) (T, error) {
	m.held.mu.RLock()
	defer m.held.mu.RUnlock()
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if m.held.over {
		return none, errOver
	}
	return look(m.held.data)
}

// write changes the tables; a change that fails leaves them as they were.
func (m *Memory) write(ctx context.Context, change func(*data) error) error {
	if !m.inside {
		m.writers.Lock()
		defer m.writers.Unlock()
	}
	m.held.mu.Lock()
	defer m.held.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.held.over {
		return errOver
	}
	return change(m.held.data)
}
