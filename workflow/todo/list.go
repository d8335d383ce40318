package todo

import (
	"context"
	"strconv"

	"mailbox/workflow"
)

// Row is a to-do as it is listed.
type Row struct {
	workflow.Todo
	Number  string // of the case
	Account string // who has to do it
}

// page is how many rows a page has.
const page = 25

// may reports whether the actor may see and try again what was not told: a
// number and a name of staff, nothing of the case.
func may(by workflow.Actor) bool { return by.Is(workflow.Admin) || by.Office() }

// Counts is how many to-dos there are.
func (t *Todos) Counts(ctx context.Context, by workflow.Actor) (workflow.TodoCounts, error) {
	if !may(by) {
		return workflow.TodoCounts{}, workflow.Absent()
	}
	return t.desk.Store.CountTodos(ctx)
}

// Dead lists to-dos that nobody tries to tell of any more, newest first, Late
// those that are still tried, and Shown those that stand in the system outside
// now. next is where the next page begins; 0: none.
func (t *Todos) Dead(ctx context.Context, by workflow.Actor, before int64) (rows []Row, next int64, err error) {
	return t.list(ctx, by, before, t.desk.Store.DeadTodos)
}

// Late is like Dead.
func (t *Todos) Late(ctx context.Context, by workflow.Actor, before int64) (rows []Row, next int64, err error) {
	return t.list(ctx, by, before, t.desk.Store.LateTodos)
}

// Shown is like Dead.
func (t *Todos) Shown(ctx context.Context, by workflow.Actor, before int64) (rows []Row, next int64, err error) {
	return t.list(ctx, by, before, t.desk.Store.ShownTodos)
}

func (t *Todos) list(ctx context.Context, by workflow.Actor, before int64, from func(context.Context, int64, int) ([]workflow.Todo, error)) (rows []Row, next int64, err error) {
	if !may(by) {
		return nil, 0, workflow.Absent()
	}
	all, err := from(ctx, before, page+1)
	if err != nil {
		return nil, 0, err
	}
	if len(all) > page {
		all, next = all[:page], all[page-1].ID
	}
	for _, one := range all {
		r, err := t.row(ctx, one)
		if err != nil {
			return nil, 0, err
		}
		rows = append(rows, r)
	}
	return rows, next, nil
}

func (t *Todos) row(ctx context.Context, one workflow.Todo) (Row, error) {
	c, err := t.desk.Store.Case(ctx, one.CaseID)
	if err != nil {
		return Row{}, err
	}
	a, err := t.desk.Store.Account(ctx, one.Account)
	return Row{one, c.Number, a.Name}, err
}

// Replay lets a dead to-do be tried again, and with 0 all of them; it returns how
// many.
func (t *Todos) Replay(ctx context.Context, by workflow.Actor, id int64) (n int, err error) {
	if !may(by) {
		return 0, workflow.Absent()
	}
	err = t.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		n = 0
		ids, err := dead(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, one := range ids {
			if err := tx.ReplayTodo(ctx, one, t.desk.Now()); err != nil {
				return err
			}
			n++
		}
		e := workflow.JournalEntry{
			At: t.desk.Now(), Account: by.ID, Action: "todo_replay", Subject: "channel:" + string(workflow.OA),
			Detail: map[string]string{"count": strconv.Itoa(n)},
		}
		return tx.AddJournal(ctx, e, t.desk.Keeper.Chain.LinkJournal)
	})
	return n, err
}

// most is how many dead to-dos are replayed at once.
const most = 500

func dead(ctx context.Context, tx workflow.Store, id int64) ([]int64, error) {
	if id != 0 {
		return []int64{id}, nil
	}
	all, err := tx.DeadTodos(ctx, 0, most)
	var ids []int64
	for _, t := range all {
		ids = append(ids, t.ID)
	}
	return ids, err
}
