package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var todoPromises = []promise{
	{"a case is noted when its turn may have changed, while somebody listens", turnNoted},
	{"notes are taken once, and again if they were not dealt with", turnTaken},
	{"an account has one open to-do about a case, and each is an occasion of its own", todoOccasions},
	{"a to-do is taken when its time has come, and finished by who took it", todoTaken},
	{"what ends while it is told is told again, and what nobody knew of is not", todoEnds},
	{"a dead to-do waits for a person", todoDead},
}

// listen switches the system outside on.
func listen(t *testing.T, s workflow.Store, c College) {
	t.Helper()
	x := workflow.ChannelSettings{Channel: workflow.OA, Enabled: true, Changed: Morning}
	must(t, s.SaveChannel(t.Context(), &x, c.Admin.ID))
}

func turns(t *testing.T, s workflow.Store) []int64 {
	t.Helper()
	return ok(s.TakeTurned(t.Context(), 100))(t)
}

func turnNoted(t *testing.T, s workflow.Store, c College) {
	before := NewCase(t, s)
	same(t, "while nobody listens", len(turns(t, s)), 0)
	listen(t, s, c)
	x := NewCase(t, s)
	same(t, "a birth", turns(t, s), []int64{x.ID})
	x.Subject = "其他"
	must(t, s.SaveCase(t.Context(), &x))
	same(t, "another subject", len(turns(t, s)), 0)
	x.State, x.Accepted = workflow.Accepted, Morning
	must(t, s.SaveCase(t.Context(), &x))
	x.Department = c.Logistics.ID
	must(t, s.SaveCase(t.Context(), &x))
	same(t, "another state", turns(t, s), []int64{x.ID})
	x.Sealed = true
	must(t, s.SaveChanges(t.Context(), &workflow.Change{Case: x}))
	same(t, "sealed", turns(t, s), []int64{x.ID})
	must(t, s.NoteTurned(t.Context()))
	same(t, "all that are open", turns(t, s), []int64{before.ID, x.ID})
}

func turnTaken(t *testing.T, s workflow.Store, c College) {
	listen(t, s, c)
	x, y := NewCase(t, s), NewCase(t, s)
	fails := s.Atomic(t.Context(), func(tx workflow.Store) error {
		same(t, "taken", ok(tx.TakeTurned(t.Context(), 1))(t), []int64{x.ID})
		return workflow.Absent()
	})
	absent(t, "a transaction that fails", fails)
	same(t, "all again", turns(t, s), []int64{x.ID, y.ID})
	same(t, "and no more", len(turns(t, s)), 0)
}

func addTodo(t *testing.T, s workflow.Store, x workflow.Case, a workflow.Account) workflow.Todo {
	t.Helper()
	todo := workflow.Todo{CaseID: x.ID, Account: a.ID, Kind: workflow.TodoAccept, Since: 3, Opened: Morning}
	must(t, s.AddTodo(t.Context(), &todo))
	return todo
}

func todoOccasions(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	once(t, together(4, func(int) error {
		todo := workflow.Todo{CaseID: x.ID, Account: c.Clerk.ID, Kind: workflow.TodoAccept, Opened: Morning}
		return s.AddTodo(t.Context(), &todo)
	}))
	other := addTodo(t, s, x, c.OfficeHead)
	same(t, "another account", []int{other.Occasion, other.Since}, []int{1, 3})
	first := ok(s.TodosOf(t.Context(), x.ID))(t)[0]
	must(t, s.EndTodo(t.Context(), first.ID, workflow.TodoDone, Morning.Add(time.Hour)))
	wantKind(t, workflow.Conflict, s.EndTodo(t.Context(), first.ID, workflow.TodoDone, Morning))
	absent(t, "an unknown one", s.EndTodo(t.Context(), 1<<40, workflow.TodoDone, Morning))
	second := addTodo(t, s, x, c.Clerk)
	same(t, "occasions", []int{first.Occasion, second.Occasion}, []int{1, 2})
	same(t, "all", len(ok(s.TodosOf(t.Context(), x.ID))(t)), 3)
	nowhere := workflow.Todo{CaseID: 1 << 40, Account: c.Clerk.ID, Kind: workflow.TodoAccept, Opened: Morning}
	absent(t, "about nothing", s.AddTodo(t.Context(), &nowhere))
}

// take is the one to-do that can be taken.
func take(t *testing.T, s workflow.Store, now time.Time) workflow.Todo {
	t.Helper()
	taken := ok(s.TakeTodos(t.Context(), now, 10, time.Minute))(t)
	if len(taken) != 1 {
		t.Fatalf("took %d to-dos, want 1", len(taken))
	}
	return taken[0]
}

func none(t *testing.T, s workflow.Store, now time.Time) {
	t.Helper()
	same(t, "taken", len(ok(s.TakeTodos(t.Context(), now, 10, time.Minute))(t)), 0)
}

func todoTaken(t *testing.T, s workflow.Store, c College) {
	ctx, at := t.Context(), Morning.Add(time.Hour)
	todo := addTodo(t, s, NewCase(t, s), c.Clerk)
	none(t, s, Morning.Add(-time.Second))
	first := take(t, s, at)
	todo.Attempt, todo.Tried = 1, at
	same(t, "taken", first, todo)
	none(t, s, at.Add(time.Second)) // it is somebody's
	late := at.Add(2 * time.Minute)
	second := take(t, s, late)
	wantKind(t, workflow.Conflict, s.FinishTodo(ctx, first, workflow.TodoTold{At: late, Told: true}))
	must(t, s.FinishTodo(ctx, second, workflow.TodoTold{At: late, Reason: "ladder.unreachable", Next: late.Add(time.Hour)}))
	wantKind(t, workflow.Conflict, s.FinishTodo(ctx, second, workflow.TodoTold{At: late, Told: true}))
	same(t, "late", ok(s.LateTodos(ctx, 0, 10))(t)[0].Reason, "ladder.unreachable")
	none(t, s, late.Add(time.Minute))
	third := take(t, s, late.Add(time.Hour))
	same(t, "attempts", third.Attempt, 3)
	must(t, s.FinishTodo(ctx, third, workflow.TodoTold{At: third.Tried, Told: true}))
	none(t, s, late.Add(24*time.Hour))
	same(t, "counts", ok(s.CountTodos(ctx))(t), workflow.TodoCounts{Open: 1})
	same(t, "shown", ids(ok(s.ShownTodos(ctx, 0, 10))(t), func(t workflow.Todo) int64 { return t.ID }), []int64{todo.ID})
	same(t, "none late", len(ok(s.LateTodos(ctx, 0, 10))(t)), 0)
}

func todoEnds(t *testing.T, s workflow.Store, c College) {
	ctx, at := t.Context(), Morning.Add(time.Hour)
	unknown := addTodo(t, s, NewCase(t, s), c.Clerk)
	must(t, s.EndTodo(ctx, unknown.ID, workflow.TodoWithdrawn, at))
	none(t, s, at)
	known := addTodo(t, s, NewCase(t, s), c.Clerk)
	told := take(t, s, at)
	must(t, s.EndTodo(ctx, known.ID, workflow.TodoDone, at))
	none(t, s, at.Add(time.Second))
	must(t, s.FinishTodo(ctx, told, workflow.TodoTold{At: at, Told: true}))
	again := take(t, s, at.Add(time.Second))
	same(t, "told anew", []workflow.TodoState{again.State, again.Told}, []workflow.TodoState{workflow.TodoDone, workflow.TodoOpen})
	must(t, s.FinishTodo(ctx, again, workflow.TodoTold{At: again.Tried, Told: true}))
	none(t, s, at.Add(time.Hour))
	perhaps := addTodo(t, s, NewCase(t, s), c.Clerk)
	lost := take(t, s, at)
	must(t, s.EndTodo(ctx, perhaps.ID, workflow.TodoDone, at))
	must(t, s.FinishTodo(ctx, lost, workflow.TodoTold{At: at, Reason: "ladder.unreachable"}))
	if got := take(t, s, at.Add(time.Second)); got.State != workflow.TodoDone || got.Attempt != 1 {
		t.Errorf("what may be known: %+v", got)
	}
}

func todoDead(t *testing.T, s workflow.Store, c College) {
	ctx, at := t.Context(), Morning.Add(time.Hour)
	todo := addTodo(t, s, NewCase(t, s), c.Clerk)
	absent(t, "replay of one that lives", s.ReplayTodo(ctx, todo.ID, at))
	must(t, s.FinishTodo(ctx, take(t, s, at), workflow.TodoTold{At: at, Reason: "ladder.platform_refused"}))
	none(t, s, at.Add(48*time.Hour))
	same(t, "counts", ok(s.CountTodos(ctx))(t), workflow.TodoCounts{Dead: 1})
	dead := ok(s.DeadTodos(ctx, 0, 10))(t)
	same(t, "dead", dead[0].Reason, "ladder.platform_refused")
	same(t, "below", len(ok(s.DeadTodos(ctx, todo.ID, 10))(t)), 0)
	must(t, s.ReplayTodo(ctx, todo.ID, at.Add(time.Hour)))
	same(t, "tried anew", take(t, s, at.Add(time.Hour)).Attempt, 1)
	must(t, s.EndTodo(ctx, todo.ID, workflow.TodoWithdrawn, at.Add(time.Hour)))
	same(t, "not dead", len(ok(s.DeadTodos(ctx, 0, 10))(t)), 0)
}
