package workflowtest

import (
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// turned is a case whose turn may have changed.
type turned struct{ ID, CaseID int64 }

// todoRow is a to-do and how long it belongs to whoever took it.
type todoRow struct {
	workflow.Todo
	Lease time.Time
}

func (r todoRow) late() bool { return r.State != r.Told && r.Dead.IsZero() }

func (r todoRow) shown() bool { return r.State == workflow.TodoOpen && r.Told == workflow.TodoOpen }

// turn notes a case that was stored, if it may be somebody else's turn.
func (d *data) turn(before, after workflow.Case) {
	same := before.ID != 0 && before.State == after.State && before.Department == after.Department &&
		before.Sealed == after.Sealed && before.About == after.About
	if !same && d.channels.rows[string(workflow.OA)].Enabled {
		id := d.turned.next()
		d.turned.put(id, turned{id, after.ID})
	}
}

// TakeTurned implements workflow.Todos.
func (m *Memory) TakeTurned(ctx context.Context, limit int) (caseIDs []int64, err error) {
	err = m.write(ctx, func(d *data) error {
		for _, t := range first(d.turned.where(func(turned) bool { return true }), limit) {
			d.turned.drop(t.ID)
			caseIDs = append(caseIDs, t.CaseID)
		}
		slices.Sort(caseIDs)
		caseIDs = slices.Compact(caseIDs)
		return nil
	})
	return caseIDs, err
}

// NoteTurned implements workflow.Todos.
func (m *Memory) NoteTurned(ctx context.Context) error {
	return m.write(ctx, func(d *data) error {
		busy := map[int64]bool{}
		for _, t := range d.todos.where(func(t todoRow) bool { return t.State == workflow.TodoOpen }) {
			busy[t.CaseID] = true
		}
		for _, c := range d.cases.where(func(c workflow.Case) bool { return c.Open() || busy[c.ID] }) {
			d.turn(workflow.Case{}, c)
		}
		return nil
	})
}

func todoOf(r todoRow) workflow.Todo { return r.Todo }

func todosOf(rows []todoRow) []workflow.Todo {
	var out []workflow.Todo
	for _, r := range rows {
		out = append(out, todoOf(r))
	}
	return out
}

// TodosOf implements workflow.Todos.
func (m *Memory) TodosOf(ctx context.Context, caseID int64) ([]workflow.Todo, error) {
	return read(ctx, m, func(d *data) ([]workflow.Todo, error) {
		return todosOf(d.todos.where(func(t todoRow) bool { return t.CaseID == caseID })), nil
	})
}

// AddTodo implements workflow.Todos.
func (m *Memory) AddTodo(ctx context.Context, t *workflow.Todo) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.cases.has(t.CaseID), d.accounts.has(t.Account)); err != nil {
			return err
		}
		mine := d.todos.where(func(o todoRow) bool { return o.CaseID == t.CaseID && o.Account == t.Account })
		if slices.ContainsFunc(mine, func(o todoRow) bool { return o.State == workflow.TodoOpen }) {
			return conflict()
		}
		*t = workflow.Todo{
			ID: d.todos.next(), CaseID: t.CaseID, Account: t.Account, Occasion: len(mine) + 1, Kind: t.Kind, State: workflow.TodoOpen,
			Since: t.Since, Opened: t.Opened, Next: t.Opened,
		}
		d.todos.put(t.ID, todoRow{Todo: *t})
		return nil
	})
}

// EndTodo implements workflow.Todos.
func (m *Memory) EndTodo(ctx context.Context, id int64, how workflow.TodoState, at time.Time) error {
	return m.write(ctx, func(d *data) error {
		t, err := d.todos.get(id)
		if err != nil {
			return err
		}
		if t.State != workflow.TodoOpen {
			return conflict()
		}
		t.State, t.Ended, t.Attempt, t.Next, t.Dead, t.Reason = how, at, 0, at, time.Time{}, ""
		if t.Told == "" && t.Tried.IsZero() {
			t.Told = how
		}
		d.todos.put(id, t)
		return nil
	})
}

// TakeTodos implements workflow.Todos.
func (m *Memory) TakeTodos(ctx context.Context, now time.Time, limit int, lease time.Duration) (out []workflow.Todo, err error) {
	err = m.write(ctx, func(d *data) error {
		out = nil
		due := d.todos.where(func(t todoRow) bool { return t.late() && !t.Next.After(now) && !t.Lease.After(now) })
		slices.SortStableFunc(due, func(a, b todoRow) int { return a.Next.Compare(b.Next) })
		for _, t := range first(due, limit) {
			t.Attempt, t.Tried, t.Lease = t.Attempt+1, now, now.Add(lease)
			d.todos.put(t.ID, t)
			out = append(out, todoOf(t))
		}
		return nil
	})
	slices.SortFunc(out, func(a, b workflow.Todo) int { return int(a.ID - b.ID) })
	return out, err
}

// FinishTodo implements workflow.Todos.
func (m *Memory) FinishTodo(ctx context.Context, t workflow.Todo, r workflow.TodoTold) error {
	return m.write(ctx, func(d *data) error {
		now, err := d.todos.get(t.ID)
		if err != nil {
			return err
		}
		if now.Lease.IsZero() || !now.Tried.Equal(t.Tried) {
			return conflict()
		}
		now.Lease = time.Time{}
		switch {
		case r.Told:
			now.Told, now.ToldAt, now.Attempt, now.Reason = t.State, r.At, 0, ""
		case now.State != t.State:
			now.Attempt, now.Reason = 0, ""
		case r.Next.IsZero():
			now.Reason, now.Dead = r.Reason, r.At
		default:
			now.Reason, now.Next = r.Reason, r.Next
		}
		d.todos.put(t.ID, now)
		return nil
	})
}

// ReplayTodo implements workflow.Todos.
func (m *Memory) ReplayTodo(ctx context.Context, id int64, at time.Time) error {
	return m.write(ctx, func(d *data) error {
		t, err := d.todos.get(id)
		if err != nil || t.Dead.IsZero() {
			return workflow.Absent()
		}
		t.Dead, t.Attempt, t.Next = time.Time{}, 0, at
		d.todos.put(id, t)
		return nil
	})
}

// DeadTodos implements workflow.Todos.
func (m *Memory) DeadTodos(ctx context.Context, before int64, limit int) ([]workflow.Todo, error) {
	return m.todosWhere(ctx, limit, func(t todoRow) bool { return !t.Dead.IsZero() && below(t.ID, before) })
}

// LateTodos implements workflow.Todos.
func (m *Memory) LateTodos(ctx context.Context, before int64, limit int) ([]workflow.Todo, error) {
	return m.todosWhere(ctx, limit, func(t todoRow) bool { return t.late() && below(t.ID, before) })
}

// ShownTodos implements workflow.Todos.
func (m *Memory) ShownTodos(ctx context.Context, before int64, limit int) ([]workflow.Todo, error) {
	return m.todosWhere(ctx, limit, func(t todoRow) bool { return t.shown() && below(t.ID, before) })
}

func (m *Memory) todosWhere(ctx context.Context, limit int, fits func(todoRow) bool) ([]workflow.Todo, error) {
	return read(ctx, m, func(d *data) ([]workflow.Todo, error) { return todosOf(newest(d.todos.where(fits), limit)), nil })
}

// CountTodos implements workflow.Todos.
func (m *Memory) CountTodos(ctx context.Context) (workflow.TodoCounts, error) {
	return read(ctx, m, func(d *data) (workflow.TodoCounts, error) {
		return workflow.TodoCounts{
			Open:    d.todos.count(todoRow.shown),
			Waiting: d.todos.count(todoRow.late),
			Dead:    d.todos.count(func(t todoRow) bool { return !t.Dead.IsZero() }),
		}, nil
	})
}
