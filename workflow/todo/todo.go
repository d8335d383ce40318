// Package todo shows staff their work where they look for it anyway, in the
// college's office system: a to-do appears for everybody whose turn it is with a
// case, and clears itself when it is not any more.
//
// The acts that turn a case note it; Follow compares whose turn it is with the
// to-dos that are open, and Tell tells the system outside until it knows. Both
// may run in any number of processes.
package todo

import (
	"context"
	"fmt"
	"slices"

	"mailbox/workflow"
)

// System is the system outside.
type System interface {
	// Ready reports whether it is set up to be told of to-dos.
	Ready(ctx context.Context) (bool, error)
	// Tell tells it of one to-do as it is now. The same to-do in the same state may
	// be told again: Facts.Name is the same then.
	Tell(ctx context.Context, f Facts) Outcome
}

// Outcome is what became of telling.
type Outcome struct {
	Told   bool
	Refuse bool   // it was understood and refused: telling again helps nobody
	Reason string // catalogue key, when not told
}

// Todos keeps to-dos.
type Todos struct {
	desk   *workflow.Desk
	system System
}

// New returns Todos.
func New(desk *workflow.Desk, system System) *Todos { return &Todos{desk, system} }

// atOnce is how many cases are followed in one transaction.
const atOnce = 20

// Follow brings the to-dos of cases that have turned up to date, and returns how
// many cases it has dealt with.
func (t *Todos) Follow(ctx context.Context) (int, error) {
	ready, err := t.system.Ready(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	err = t.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		ids, err := tx.TakeTurned(ctx, atOnce)
		if n = len(ids); err != nil || !ready {
			return err
		}
		f := follow{Store: tx, todos: t, people: map[string][]workflow.Account{}}
		for _, id := range ids {
			if err := f.follow(ctx, id); err != nil {
				return fmt.Errorf("follow case %d: %w", id, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// Sweep lets every open case be followed: accounts come, go and change roles,
// and the system may have been set up a moment ago.
func (t *Todos) Sweep(ctx context.Context) error {
	if ready, err := t.system.Ready(ctx); err != nil || !ready {
		return err
	}
	return t.desk.Store.NoteTurned(ctx)
}

// follow is the cases of one transaction.
type follow struct {
	workflow.Store
	todos  *Todos
	people map[string][]workflow.Account
}

func (f *follow) follow(ctx context.Context, caseID int64) error {
	c, err := f.LockCase(ctx, caseID)
	if err != nil {
		return err
	}
	kind, wanted, err := f.wanted(ctx, c)
	if err != nil {
		return err
	}
	all, err := f.TodosOf(ctx, caseID)
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.State != workflow.TodoOpen {
			continue
		}
		if wanted[t.Account] && t.Kind == kind {
			delete(wanted, t.Account)
			continue
		}
		if err := f.end(ctx, t); err != nil {
			return err
		}
	}
	return f.open(ctx, c, kind, wanted)
}

// wanted is everybody who has to do something about the case.
func (f *follow) wanted(ctx context.Context, c workflow.Case) (workflow.TodoKind, map[int64]bool, error) {
	out := map[int64]bool{}
	who, known := workflow.TodoOf(c)
	if !known {
		return "", out, nil
	}
	accounts, err := f.accounts(ctx, who)
	if err != nil {
		return "", nil, err
	}
	for _, a := range accounts {
		if workflow.ScopeOf(a.Actor()).Sees(c, false) {
			out[a.ID] = true
		}
	}
	return who.Kind, out, nil
}

// accounts reads an audience once in a transaction.
func (f *follow) accounts(ctx context.Context, who workflow.TodoFor) ([]workflow.Account, error) {
	name := fmt.Sprint(who.Department, who.Roles)
	if known, ok := f.people[name]; ok {
		return known, nil
	}
	accounts, err := f.AccountsFor(ctx, who.Department, who.Roles...)
	if err == nil {
		f.people[name] = accounts
	}
	return accounts, err
}

// end ends a to-do: done when the account itself has moved the case since,
// withdrawn when somebody else has, or the account may not any more.
func (f *follow) end(ctx context.Context, t workflow.Todo) error {
	events, err := f.EventsOf(ctx, t.CaseID)
	if err != nil {
		return err
	}
	how := workflow.TodoWithdrawn
	if slices.ContainsFunc(events, func(e workflow.Event) bool { return e.Seq > t.Since && e.By.ID == t.Account && e.From != e.To }) {
		how = workflow.TodoDone
	}
	return f.EndTodo(ctx, t.ID, how, f.todos.desk.Now())
}

func (f *follow) open(ctx context.Context, c workflow.Case, kind workflow.TodoKind, wanted map[int64]bool) error {
	ids := make([]int64, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		t := workflow.Todo{CaseID: c.ID, Account: id, Kind: kind, Since: c.ChainSeq, Opened: f.todos.desk.Now()}
		if err := f.AddTodo(ctx, &t); err != nil {
			return err
		}
	}
	return nil
}
