package oa_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/handlers/channel/channeltest"
	"mailbox/handlers/channel/simulator"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/todo"
)

var presets = []string{"weaver", "seeyon", "landray", "generic"}

// preset is a mapping as the form offers it.
func preset(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "todos", "preset", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// staff is a world whose office system is told of to-dos.
type staff struct {
	*channeltest.World
	*platform
	todos *todo.Todos
}

func newStaff(t testing.TB, store workflow.Store, mapping string) *staff {
	t.Helper()
	p := &platform{mapping: mapping}
	w := channeltest.New(t, store, p)
	return &staff{w, p, todo.New(w.Desk, client(t, w))}
}

// settle follows and tells until nothing is left to do now.
func (s *staff) settle(t testing.TB) {
	t.Helper()
	for n := 1; n > 0; {
		followed, err := s.todos.Follow(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		told, err := s.todos.Tell(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n = followed + told
	}
}

// see wants these people, and no others, to have one to-do each.
func (s *staff) see(t testing.TB, people ...string) {
	t.Helper()
	var got []string
	for _, one := range s.Todos("") {
		if one.State == "open" {
			got = append(got, one.Person)
		}
	}
	if strings.Join(got, " ") != strings.Join(people, " ") {
		t.Errorf("to-dos of %v, want %v", got, people)
	}
}

// once wants every to-do of the office system to have come, and gone, once.
func (s *staff) once(t testing.TB, want int) {
	t.Helper()
	all := s.Todos("")
	for _, one := range all {
		if one.Opened != 1 || one.Ended != 1 {
			t.Errorf("%s of %s appeared %d times and cleared %d times", one.ID, one.Person, one.Opened, one.Ended)
		}
		if one.Title == "" || !strings.HasPrefix(one.Link, "https://mailbox.college.example/desk/cases/XZ") || strings.Contains(one.Title, "热水") {
			t.Errorf("to-do %+v", one)
		}
	}
	if len(all) != want {
		t.Errorf("%d to-dos, want %d", len(all), want)
	}
}

func (s *staff) do(t testing.TB, by workflow.Account, id int64, a casework.Act) {
	t.Helper()
	s.Pass(time.Minute)
	s.Do(t, by, id, a)
	s.settle(t)
}

// through leads a case from its letter to its answer and says who sees what.
func (s *staff) through(t testing.TB) {
	t.Helper()
	id := s.Send(t).CaseID
	s.settle(t)
	s.see(t, "clerk", "officehead")
	s.do(t, s.Clerk, id, casework.Act{Action: workflow.Accept})
	s.see(t, "clerk", "officehead")
	s.do(t, s.Clerk, id, casework.Act{Action: workflow.Route, Department: s.Logistics.ID})
	s.see(t, "logistics-clerk", "logistics-head")
	s.do(t, s.LogisticsClerk, id, casework.Act{Action: workflow.SignFor})
	if _, err := s.Cases.SaveDraft(t.Context(), s.LogisticsClerk.Actor(), id, "已修好。", 0); err != nil {
		t.Fatal(err)
	}
	s.see(t, "logistics-clerk", "logistics-head")
	s.do(t, s.LogisticsClerk, id, casework.Act{Action: workflow.HandIn})
	s.see(t, "logistics-head")
	s.do(t, s.LogisticsHead, id, casework.Act{Action: workflow.Approve})
	s.see(t, "clerk", "officehead")
	s.do(t, s.OfficeHead, id, casework.Act{Action: workflow.Answer})
	s.see(t)
	s.once(t, 11)
	s.ends(t, id)
}

// ends wants those who acted to have done theirs, and the others' withdrawn.
func (s *staff) ends(t testing.TB, id int64) {
	t.Helper()
	all, err := s.Store.TodosOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	acted := map[workflow.TodoKind]int64{
		workflow.TodoAccept: s.Clerk.ID, workflow.TodoRoute: s.Clerk.ID, workflow.TodoSignFor: s.LogisticsClerk.ID,
		workflow.TodoAnswer: s.LogisticsClerk.ID, workflow.TodoApprove: s.LogisticsHead.ID, workflow.TodoCheck: s.OfficeHead.ID,
	}
	for _, one := range all {
		want := workflow.TodoWithdrawn
		if acted[one.Kind] == one.Account {
			want = workflow.TodoDone
		}
		if one.State != want || one.Told != want {
			t.Errorf("%s of account %d: %s, told %s, want %s", one.Kind, one.Account, one.State, one.Told, want)
		}
	}
}

// TestTodos_appearAndClear leads a case through its life in the words of each
// system that there is a mapping for.
func TestTodos_appearAndClear(t *testing.T) {
	for _, name := range presets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newStaff(t, channeltest.Memory(t), preset(t, name)).through(t)
		})
	}
}

func TestTodos_appearAndClear_postgres(t *testing.T) {
	store := pgtest.Store(t)
	newStaff(t, store, preset(t, "weaver")).through(t)
}

// TestTodos_manyProcesses lets four processes follow and tell at once, with a
// line that breaks now and then.
func TestTodos_manyProcesses(t *testing.T) {
	store := pgtest.Store(t)
	s := newStaff(t, store, preset(t, "generic"))
	for range 12 {
		s.Send(t)
	}
	if err := s.Store.NoteTurned(t.Context()); err != nil { // everything once more
		t.Fatal(err)
	}
	s.OA.Fail(&simulator.Failure{Silent: true, Once: true})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 15 {
				if _, err := s.todos.Follow(t.Context()); err != nil {
					t.Errorf("follow: %v", err)
				}
				if _, err := s.todos.Tell(t.Context()); err != nil {
					t.Errorf("tell: %v", err)
				}
			}
		})
	}
	all.Wait()
	s.Pass(2 * time.Minute)
	s.settle(t)
	shown := s.Todos("")
	for _, one := range shown {
		if one.Opened != 1 || one.State != "open" {
			t.Errorf("%s of %s: %s, appeared %d times", one.ID, one.Person, one.State, one.Opened)
		}
	}
	if len(shown) != 24 {
		t.Errorf("%d to-dos, want one for each of two people and each of 12 cases", len(shown))
	}
}

// TestTodos_awayThenDead tries again after 1, 5 and 30 minutes, 2 and 12 hours,
// and then waits for a person.
func TestTodos_awayThenDead(t *testing.T) {
	s := newStaff(t, channeltest.Memory(t), preset(t, "generic"))
	s.Send(t)
	s.OA.Fail(&simulator.Failure{Status: http.StatusBadGateway})
	s.settle(t)
	for _, wait := range []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour} {
		s.Pass(wait - time.Second)
		if n, err := s.todos.Tell(t.Context()); n != 0 || err != nil {
			t.Fatalf("tried %d before %s were over (%v)", n, wait, err)
		}
		if rows, _, err := s.todos.Late(t.Context(), s.Admin.Actor(), 0); err != nil || len(rows) != 2 || rows[0].Reason == "" {
			t.Fatalf("late: %v %v", rows, err)
		}
		s.Pass(time.Second)
		if n, err := s.todos.Tell(t.Context()); n != 2 || err != nil {
			t.Fatalf("tried %d after %s (%v)", n, wait, err)
		}
	}
	rows, _, err := s.todos.Dead(t.Context(), s.Admin.Actor(), 0)
	if err != nil || len(rows) != 2 {
		t.Fatalf("dead: %v %v", rows, err)
	}
	s.OA.Fail(nil)
	s.Pass(48 * time.Hour)
	s.settle(t)
	s.see(t)
	if n, err := s.todos.Replay(t.Context(), s.Clerk.Actor(), 0); n != 2 || err != nil {
		t.Fatalf("replayed %d (%v)", n, err)
	}
	s.settle(t)
	s.see(t, "clerk", "officehead")
	for _, by := range []workflow.Account{s.LogisticsHead, s.Reviewer, s.Leader} {
		if _, _, err := s.todos.Dead(t.Context(), by.Actor(), 0); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s sees the list: %v", by.Username, err)
		}
		if _, err := s.todos.Replay(t.Context(), by.Actor(), 0); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s may replay: %v", by.Username, err)
		}
	}
}

// TestTodos_brokenLine tells again what may have arrived; the system knows it by
// its name.
func TestTodos_brokenLine(t *testing.T) {
	for _, name := range presets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStaff(t, channeltest.Memory(t), preset(t, name))
			id := s.Send(t).CaseID
			s.OA.Fail(&simulator.Failure{Silent: true, Once: true})
			s.settle(t)
			s.Pass(2 * time.Minute)
			s.settle(t)
			s.see(t, "clerk", "officehead")
			s.Do(t, s.Clerk, id, casework.Act{Action: workflow.Decline, Ground: workflow.Grounds[0]})
			if _, err := s.todos.Follow(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.OA.Fail(&simulator.Failure{Silent: true, Once: true})
			s.settle(t)
			s.Pass(2 * time.Minute)
			s.settle(t)
			s.see(t)
			s.once(t, 2)
		})
	}
}

// TestTodos_refused waits for a person at once: asking again helps nobody.
func TestTodos_refused(t *testing.T) {
	s := newStaff(t, channeltest.Memory(t), strings.ReplaceAll(preset(t, "weaver"), `"creator": "{creator}"`, `"creator": "nobody"`))
	s.Send(t)
	s.settle(t)
	if c, err := s.todos.Counts(t.Context(), s.Admin.Actor()); err != nil || c != (workflow.TodoCounts{Dead: 2}) {
		t.Fatalf("counts %+v %v", c, err)
	}
}

// TestTodos_people calls people what the office system calls them.
func TestTodos_people(t *testing.T) {
	s := newStaff(t, channeltest.Memory(t), preset(t, "weaver"))
	s.change(t, "people", "clerk = 10086\n\nofficehead=zhang san")
	s.Send(t)
	s.settle(t)
	s.see(t, "10086", "zhang san")
}

// TestTodos_sealed tells nothing of the discipline lane, and takes back what was
// told before a case came into it.
func TestTodos_sealed(t *testing.T) {
	s := newStaff(t, channeltest.Memory(t), preset(t, "weaver"))
	id := s.Send(t).CaseID
	s.settle(t)
	s.see(t, "clerk", "officehead")
	c, err := s.Store.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	c.Sealed = true
	if err := s.Store.SaveCase(t.Context(), &c); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	s.see(t)
	s.once(t, 2)
}

// TestTodos_leaver takes to-dos from an account that is disabled, with the next
// sweep, and gives them to one that is new.
func TestTodos_leaver(t *testing.T) {
	s := newStaff(t, channeltest.Memory(t), preset(t, "weaver"))
	s.Send(t)
	s.settle(t)
	gone := s.Clerk
	gone.Disabled = s.World.Now()
	fresh := workflow.Account{Username: "clerk2", Name: "新管理员", Roles: []workflow.Role{workflow.Clerk}, Locale: "zh-CN", Created: s.World.Now()}
	for _, a := range []*workflow.Account{&gone, &fresh} {
		if err := s.Store.SaveAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.todos.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	s.see(t, "clerk2", "officehead")
}

// TestTodos_notSetUp tells nobody, and begins with what is open when it is set up.
func TestTodos_notSetUp(t *testing.T) {
	s := newStaff(t, channeltest.Memory(t), "")
	s.Send(t)
	s.settle(t)
	s.see(t)
	s.change(t, "mapping", preset(t, "seeyon"))
	if err := s.todos.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.settle(t)
	s.see(t, "clerk", "officehead")
}

// change sets one thing of the channel.
func (s *staff) change(t testing.TB, name, value string) {
	t.Helper()
	shown, err := s.Board.Show(t.Context(), s.Admin.Actor(), workflow.OA)
	if err != nil {
		t.Fatal(err)
	}
	shown.Config[name] = value
	s.Save(t, shown, true)
}
