package todo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mailbox/workflow"
)

const (
	// hands is how many to-dos are told at the same time.
	hands = 8
	// lease is how long a to-do belongs to whoever tells of it.
	lease = 2 * time.Minute
)

// waits is how long to wait after each attempt; after the last of them the next
// failure is final, until a person decides.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour}

// lost is why nothing is told when we cannot make it ready.
const lost = "deliver.our_fault"

// Facts is a to-do as it is told of.
type Facts struct {
	Todo    workflow.Todo
	Number  string // of the case
	Subject string
	Urgent  bool
	Due     time.Time // of the case; zero: none runs
	Account workflow.Account
	Now     time.Time
}

// Name names the to-do for ever: the case, the account, the occasion.
func (f Facts) Name() string {
	return fmt.Sprintf("%s-%d-%d", f.Number, f.Todo.Account, f.Todo.Occasion)
}

// Call names what is told: the same however often it is tried.
func (f Facts) Call() string { return f.Name() + "-" + string(f.Todo.State) }

// Tell tells of every to-do that the system outside does not know rightly and
// whose time has come, at most a handful, and returns how many.
func (t *Todos) Tell(ctx context.Context) (int, error) {
	if ready, err := t.system.Ready(ctx); err != nil || !ready {
		return 0, err
	}
	taken, err := t.desk.Store.TakeTodos(ctx, t.desk.Now(), hands, lease)
	if err != nil {
		return 0, fmt.Errorf("take to-dos: %w", err)
	}
	errs := make([]error, len(taken))
	var all sync.WaitGroup
	for i, one := range taken {
		all.Go(func() { errs[i] = t.tell(ctx, one) })
	}
	all.Wait()
	return len(taken), errors.Join(errs...)
}

// tell makes one attempt and writes down what became of it, also when the
// program is being stopped.
func (t *Todos) tell(ctx context.Context, one workflow.Todo) error {
	f, err := t.facts(ctx, one)
	o := Outcome{Reason: lost}
	if err == nil {
		o = t.system.Tell(ctx, f)
	}
	now := t.desk.Now()
	r := workflow.TodoTold{At: now, Told: o.Told, Reason: o.Reason}
	if !o.Told && !o.Refuse && one.Attempt <= len(waits) {
		r.Next = now.Add(waits[max(one.Attempt, 1)-1])
	}
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease/4)
	defer cancel()
	e := t.desk.Store.FinishTodo(kept, one, r)
	if workflow.KindOf(e) == workflow.Conflict { // somebody else has it now
		e = nil
	}
	return errors.Join(err, e)
}

func (t *Todos) facts(ctx context.Context, one workflow.Todo) (Facts, error) {
	c, err := t.desk.Store.Case(ctx, one.CaseID)
	if err != nil {
		return Facts{}, fmt.Errorf("read case: %w", err)
	}
	a, err := t.desk.Store.Account(ctx, one.Account)
	if err != nil {
		return Facts{}, fmt.Errorf("read account: %w", err)
	}
	f := Facts{Todo: one, Number: c.Number, Subject: c.Subject, Urgent: c.Urgent, Due: c.Due, Account: a, Now: t.desk.Now()}
	if c.Sealed || one.State != workflow.TodoOpen {
		f.Subject = "" // the account may not know of it any more
	}
	return f, nil
}
