package workflow

import (
	"context"
	"time"
)

// TodoKind is what somebody has to do about a case. Its words are todo.<kind>.
type TodoKind string

// The kinds, one for each state in which the college has to act.
const (
	TodoAccept  TodoKind = "accept"   // office: accept or decline
	TodoRoute   TodoKind = "route"    // office: route
	TodoSignFor TodoKind = "sign_for" // department
	TodoAnswer  TodoKind = "answer"   // department: draft
	TodoApprove TodoKind = "approve"  // head of the department: sign
	TodoCheck   TodoKind = "check"    // office: check and send
)

// TodoKinds lists every kind in the order a case usually meets them.
var TodoKinds = []TodoKind{TodoAccept, TodoRoute, TodoSignFor, TodoAnswer, TodoApprove, TodoCheck}

// TodoFor is whose turn it is with a case: everybody with one of the roles, in the
// department or, with none, in the office.
type TodoFor struct {
	Kind       TodoKind
	Department int64
	Roles      []Role
}

// TodoOf says whose turn it is; known is false when it is the writer's, when it
// is nobody's, and of sealed cases: systems outside learn nothing of those.
func TodoOf(c Case) (t TodoFor, known bool) {
	office, people, head := []Role{Clerk, OfficeHead}, []Role{DeptClerk, DeptHead}, []Role{DeptHead}
	switch c.State {
	case Received:
		t = TodoFor{Kind: TodoAccept, Roles: office}
	case Accepted:
		t = TodoFor{Kind: TodoRoute, Roles: office}
	case Routed:
		t = TodoFor{Kind: TodoSignFor, Department: c.Department, Roles: people}
	case InHand:
		t = TodoFor{Kind: TodoAnswer, Department: c.Department, Roles: people}
	case Drafted:
		t = TodoFor{Kind: TodoApprove, Department: c.Department, Roles: head}
	case Approved:
		t = TodoFor{Kind: TodoCheck, Roles: office}
	case Declined, Merged, Waiting, Answered, Closed, Withdrawn, Archived:
	}
	return t, t.Kind != "" && !c.Sealed
}

// TodoState is what became of a to-do.
type TodoState string

// The states of a to-do. Only open ones change.
const (
	TodoOpen      TodoState = "open"
	TodoDone      TodoState = "done"      // by the account itself
	TodoWithdrawn TodoState = "withdrawn" // by somebody else, or it is not the account's any more
)

// Todo is that an account has to do something about a case, and how far the
// system outside knows it. Of one account and one case at most one is open.
type Todo struct {
	ID       int64
	CaseID   int64
	Account  int64
	Occasion int // the how-manieth of the account about the case, from 1
	Kind     TodoKind
	State    TodoState
	Since    int // number of the case's last event when it was opened
	Opened   time.Time
	Ended    time.Time

	Told    TodoState // what the system outside knows; "": nothing
	ToldAt  time.Time
	Tried   time.Time // last attempt to tell; zero: none
	Attempt int       // attempts to tell the present state
	Next    time.Time // not before
	Reason  string    // why the last attempt failed, a catalogue key
	Dead    time.Time // nobody tries any more: a person decides
}

// TodoTold is what became of an attempt to tell.
type TodoTold struct {
	At     time.Time
	Told   bool
	Reason string    // why not
	Next   time.Time // when it is tried again; zero: a person decides
}

// TodoCounts is how many to-dos there are.
type TodoCounts struct {
	Open    int // open and told
	Waiting int // not told yet
	Dead    int
}

// Todos keeps what staff have to do, as a system outside is told of it.
type Todos interface {
	// TakeTurned forgets and returns up to limit cases whose turn may have
	// changed, and waits for none that somebody else takes just now. Called inside
	// Atomic it forgets them only if all is kept. While the channel of the system
	// outside is off, nothing is noted.
	TakeTurned(ctx context.Context, limit int) (caseIDs []int64, err error)
	// NoteTurned notes every open case, and every case with an open to-do.
	NoteTurned(ctx context.Context) error
	// TodosOf lists the to-dos of a case by id.
	TodosOf(ctx context.Context, caseID int64) ([]Todo, error)
	// AddTodo stores an open to-do as its account's next occasion about the case,
	// and sets ID and Occasion. It is a Conflict while one of them is open.
	AddTodo(ctx context.Context, t *Todo) error
	// EndTodo ends an open to-do; otherwise Conflict. What nobody was ever told of
	// need not be told, and what was dead is tried anew.
	EndTodo(ctx context.Context, id int64, how TodoState, at time.Time) error
	// TakeTodos gives up to limit to-dos the system outside does not know rightly,
	// whose time has come, and keeps them from others until lease is over. Each
	// counts as one more attempt.
	TakeTodos(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]Todo, error)
	// FinishTodo says what became of the attempt t; Conflict when t was taken by
	// somebody else since. If the to-do has ended meanwhile, it is told of again.
	FinishTodo(ctx context.Context, t Todo, r TodoTold) error
	// ReplayTodo lets a dead one be tried again; otherwise NotFound.
	ReplayTodo(ctx context.Context, id int64, at time.Time) error
	// DeadTodos, LateTodos and ShownTodos list the dead ones, those not told yet
	// and not dead, and those that are open and told, with ids below before (0:
	// all), newest first.
	DeadTodos(ctx context.Context, before int64, limit int) ([]Todo, error)
	LateTodos(ctx context.Context, before int64, limit int) ([]Todo, error)
	ShownTodos(ctx context.Context, before int64, limit int) ([]Todo, error)
	CountTodos(ctx context.Context) (TodoCounts, error)
}
