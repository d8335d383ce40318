package workflow_test

import (
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mailbox/workflow"
)

// life drives one case after another through random steps, doing beside each
// step what a use case would do, and watches what may never happen.
type life struct {
	t    fataler
	now  time.Time
	c    workflow.Case
	next int64
	last workflow.Move // what was tried last

	moved func(before workflow.Case, ev workflow.Event) // after each step that moved the case
	begun func()                                        // after each new case
}

// fataler is *testing.T or *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func newLife(t fataler) *life {
	l := &life{t: t, now: morning, moved: func(workflow.Case, workflow.Event) {}, begun: func() {}}
	return l
}

func (l *life) begin() {
	l.next++
	l.c = workflow.Case{
		ID: l.next, State: workflow.Received, Kind: []workflow.CaseKind{workflow.Complaint, workflow.Disclosure}[l.next%2], Category: 1, Channel: workflow.Web, Mode: workflow.Signed, Writer: "w",
		Received: l.now, Worked: -1, Updated: l.now,
	}
	l.begun()
}

var (
	pauses  = []time.Duration{0, time.Minute, 50 * time.Minute, 5 * time.Hour, 26 * time.Hour, 5 * 24 * time.Hour, 12 * 24 * time.Hour, 40 * 24 * time.Hour}
	tries   = append([]workflow.Action{workflow.Receive, workflow.MarkNote, "dance"}, workflow.Actions...)
	notes   = []string{"", " \t\n", "因为", "再说一次"}
	grounds = []workflow.Ground{"", "unclear", "weather", "advertising"}
)

// step takes the wish that n stands for.
func (l *life) step(n uint32) {
	take := func(size int) int {
		i := int(n % uint32(size))
		n /= uint32(size)
		return i
	}
	if l.c.ID == 0 || l.c.State.Ended() && take(4) == 0 {
		l.begin()
	}
	l.now = l.now.Add(pauses[take(len(pauses))])
	l.try(workflow.Move{
		Action: tries[take(len(tries))],
		By:     workflow.Actor{ID: 1, Roles: []workflow.Role{workflow.Roles[take(len(workflow.Roles))]}, Department: college},
		Note:   notes[take(len(notes))], Ground: grounds[take(len(grounds))], At: l.now,
	})
}

// useful takes a step that the rules allow; n says where to begin to look.
func (l *life) useful(n uint32) {
	if l.c.ID == 0 || l.c.State == workflow.Archived || l.c.State == workflow.Declined || l.c.State == workflow.Withdrawn {
		l.begin()
	}
	l.now = l.now.Add(pauses[n%8])
	n /= 8
	for i := range wishes {
		w := wishes[(int(n)+i)%len(wishes)]
		if w.At = l.now; l.c.May(w.Action, w.By, w.At) {
			l.try(w)
			return
		}
	}
}

// wishes are all the moves that could be allowed some time, well mixed.
var wishes = func() (all []workflow.Move) {
	for _, action := range workflow.Actions {
		for _, role := range []workflow.Role{workflow.Writer, workflow.System, workflow.OfficeHead, workflow.DeptHead} {
			by := workflow.Actor{ID: 1, Roles: []workflow.Role{role}, Department: college}
			all = append(all, workflow.Move{Action: action, By: by, Note: "因为", Ground: "unclear"})
		}
	}
	rand.New(rand.NewPCG(5, 5)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}()

func (l *life) try(m workflow.Move) {
	l.last = m
	before := l.c
	ev, err := l.c.Do(m)
	if err != nil {
		l.refused(before, err)
		return
	}
	if ev.Role == "" || !m.By.Is(ev.Role) || ev.From != before.State || ev.To != l.c.State || ev.Action != m.Action {
		l.t.Fatalf("%+v made the event %+v", m, ev)
	}
	l.beside(m)
	l.check(before)
	l.moved(before, ev)
}

func (l *life) refused(before workflow.Case, err error) {
	if !reflect.DeepEqual(l.c, before) {
		l.t.Fatalf("refused (%v) and yet changed by %+v:\n%+v\n%+v", err, l.last, before, l.c)
	}
	switch workflow.KindOf(err) {
	case workflow.Invalid, workflow.Forbidden, workflow.Conflict:
	case workflow.Internal, workflow.Unauthenticated, workflow.NotFound, workflow.Limited, workflow.Unavailable:
		l.t.Fatalf("%+v is refused with %v", l.last, err)
	}
}

// beside does what the caller of Do must do.
func (l *life) beside(m workflow.Move) {
	switch m.Action {
	case workflow.Approve:
		if l.c.Kind == workflow.Disclosure {
			l.c.Decision = workflow.ChosenDecisions[l.next%int64(len(workflow.ChosenDecisions))]
		}
	case workflow.Merge:
		l.c.MergedInto = l.c.ID + 1000
	case workflow.Route:
		l.c.Department, l.c.RefuseUntil = college+int64(l.c.Refusals%2), l.now.Add(24*time.Hour)
		l.c.Binding = l.c.Refusals >= 2
	case workflow.Rate:
		l.c.Rating = workflow.Rating{At: l.now, Speed: 1 + int(l.c.ID%5), Attitude: 3, Result: 1 + int(l.c.ID/5%5), Solved: l.c.ID%2 == 0}
	case workflow.CloseCase:
		l.c.Outcome = workflow.OutcomeSilence
		if l.c.Answered.IsZero() {
			l.c.Outcome = workflow.OutcomeNoReply
		}
	default:
	}
}

// check is what the database checks too, and what nobody may do.
func (l *life) check(before workflow.Case) {
	c := l.c
	switch {
	case !slices.Contains(workflow.States, c.State):
		l.t.Fatalf("no such state: %q after %+v", c.State, l.last)
	case c.State.Ended() == c.Ended.IsZero():
		l.t.Fatalf("%s ended %v after %+v", c.State, c.Ended, l.last)
	case c.Open() == c.State.Ended():
		l.t.Fatalf("%s is open: %v", c.State, c.Open())
	case (c.State == workflow.Waiting) != (c.Resume != ""):
		l.t.Fatalf("%s goes on to %q after %+v", c.State, c.Resume, l.last)
	case (c.State == workflow.Merged) != (c.MergedInto != 0):
		l.t.Fatalf("%s merged into %d", c.State, c.MergedInto)
	case (c.State == workflow.Declined) != (c.Ground != ""):
		l.t.Fatalf("%s with ground %q after %+v", c.State, c.Ground, l.last)
	case slices.Contains(inDepartment, c.State) && c.Department == 0:
		l.t.Fatalf("%s without a department after %+v from %+v", c.State, l.last, before)
	case c.State != workflow.Received && c.State != workflow.Waiting && !c.State.Ended() && c.Accepted.IsZero():
		l.t.Fatalf("%s and never accepted after %+v", c.State, l.last)
	case c.State.Ended() && before.State.Ended() && !c.Ended.Equal(before.Ended):
		l.t.Fatalf("%s ended %v, then %v", c.State, before.Ended, c.Ended)
	case !before.Answered.IsZero() && !c.Answered.Equal(before.Answered):
		l.t.Fatalf("first answered %v, then %v", before.Answered, c.Answered)
	case c.AskedAgain > 1 || c.Redone > 1:
		l.t.Fatalf("asked again %d times, redone %d times", c.AskedAgain, c.Redone)
	}
	l.checkEnd(before)
}

var inDepartment = []workflow.State{workflow.Routed, workflow.InHand, workflow.Drafted, workflow.Approved, workflow.Answered}

// checkEnd wants ended cases to stay as they are, except for the ways back.
func (l *life) checkEnd(before workflow.Case) {
	if !before.State.Ended() {
		return
	}
	ways := map[workflow.State][]workflow.Action{
		workflow.Closed: {workflow.Rate, workflow.Supply, workflow.Reopen, workflow.Archive},
		workflow.Merged: {workflow.Reopen},
	}
	if !slices.Contains(ways[before.State], l.last.Action) {
		l.t.Fatalf("%s was moved by %+v", before.State, l.last)
	}
}

// TestMillionSteps lives through a million random wishes; every fourth is one
// that the rules allow, so that the far corners are reached.
func TestMillionSteps(t *testing.T) {
	const steps = 1_000_000
	seen := map[workflow.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		l := newLife(t)
		for range steps / 100 { // rapid runs this a hundred times
			if n := rnd.Uint32(); n%4 == 0 {
				l.useful(n / 4)
			} else {
				l.step(n / 4)
			}
			seen[l.c.State]++
		}
	})
	for _, state := range workflow.States {
		if seen[state] == 0 {
			t.Errorf("no life came to %s", state)
		}
	}
}

// TestShortLives is the same in few steps, so that rapid can find the shortest
// way to a fault.
func TestShortLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		for _, n := range rapid.SliceOfN(rapid.Uint32(), 1, 60).Draw(t, "steps") {
			l.useful(n)
		}
	})
}

// FuzzLife reads steps from what the fuzzer makes up.
func FuzzLife(f *testing.F) {
	f.Add([]byte("received accepted routed in hand drafted"))
	f.Add([]byte{0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 16, 0, 0, 0, 24, 0, 0, 0})
	f.Fuzz(func(t *testing.T, program []byte) {
		l := newLife(t)
		watchClocks(l)
		for len(program) >= 4 {
			n := binary.LittleEndian.Uint32(program)
			program = program[4:]
			if n%2 == 0 {
				l.useful(n / 2)
			} else {
				l.step(n / 2)
			}
		}
	})
}
