package workflow_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mailbox/workflow"
)

// clockwatch keeps the clocks of a life and watches what may never happen.
type clockwatch struct {
	l      *life
	clocks []workflow.Clock
	id     int64
	facts  map[workflow.Fact]int
	zone   *time.Location
}

func watchClocks(l *life) *clockwatch {
	w := &clockwatch{l: l, zone: time.FixedZone("CST", 8*60*60)}
	l.begun = func() {
		w.clocks, w.facts = nil, map[workflow.Fact]int{}
		w.turn(workflow.Receive, "")
		w.count(workflow.Case{})
	}
	l.moved = func(before workflow.Case, ev workflow.Event) {
		w.turn(ev.Action, ev.From)
		w.verdict(before)
		w.count(before)
	}
	return w
}

func (w *clockwatch) turn(action workflow.Action, from workflow.State) {
	before := slices.Clone(w.clocks)
	turn := workflow.TurnClocks(&w.l.c, action, from, w.clocks, promises(), office{}, 1, w.l.now)
	if !slices.Equal(before, w.clocks) {
		w.l.t.Fatalf("%s changed the clocks it was given", action)
	}
	for _, k := range turn.Save {
		i := slices.IndexFunc(w.clocks, func(o workflow.Clock) bool { return o.ID == k.ID })
		if w.clocks[i].Over() {
			w.l.t.Fatalf("%s touched the %s clock that was over: %+v", action, k.Kind, k)
		}
		w.clocks[i] = k
	}
	for _, k := range turn.Add {
		w.id++
		k.ID = w.id
		w.clocks = append(w.clocks, k)
	}
	w.check(action)
}

func (w *clockwatch) check(action workflow.Action) {
	open, named := map[workflow.ClockKind]int{}, map[string]bool{}
	var due time.Time
	for _, k := range w.clocks {
		name := string(k.Kind) + string(rune('0'+k.Occurrence))
		switch {
		case named[name]:
			w.l.t.Fatalf("%s: two clocks are %s %d", action, k.Kind, k.Occurrence)
		case !k.Met.IsZero() && !k.Cancelled.IsZero(), !k.Paused.IsZero() && k.Over():
			w.l.t.Fatalf("%s: a clock contradicts itself: %+v", action, k)
		case k.Due.Before(k.FirstDue), k.Warn.After(k.Due) && k.Due.After(w.l.now):
			w.l.t.Fatalf("%s: due %v, first %v, warning %v", action, k.Due, k.FirstDue, k.Warn)
		case !k.Over() && w.l.c.State.Ended():
			w.l.t.Fatalf("%s: %s, and its %s clock still runs", action, w.l.c.State, k.Kind)
		}
		named[name] = true
		if !k.Over() {
			open[k.Kind]++
		}
		if k.Running() && k.Kind.Promised() && (due.IsZero() || k.Due.Before(due)) {
			due = k.Due
		}
	}
	for kind, n := range open {
		if n > 1 {
			w.l.t.Fatalf("%s: %d %s clocks at once", action, n, kind)
		}
	}
	if !w.l.c.Due.Equal(due) || (w.l.c.DueClock == "") != due.IsZero() {
		w.l.t.Fatalf("%s: the case is due %v (%s), its clocks say %v", action, w.l.c.Due, w.l.c.DueClock, due)
	}
	w.checkWhose(action, open)
}

// checkWhose wants somebody's time to run while a case is open, and the
// department's only while it has the case.
func (w *clockwatch) checkWhose(action workflow.Action, open map[workflow.ClockKind]int) {
	c := w.l.c
	switch {
	case slices.Contains(inDepartment[:4], c.State) && c.Due.IsZero():
		w.l.t.Fatalf("%s: %s and nothing is due", action, c.State)
	case c.State == workflow.Waiting && (!c.Due.IsZero() || open[workflow.ToSupply] != 1):
		w.l.t.Fatalf("%s: waiting for the writer, due %v, %d clocks of the writer", action, c.Due, open[workflow.ToSupply])
	case c.State == workflow.Answered && open[workflow.ToRate] != 1:
		w.l.t.Fatalf("%s: answered, and nothing ends it", action)
	}
	for _, k := range w.clocks {
		if k.Running() && k.Kind == workflow.ToAnswer && (c.Department == 0 || k.Department != c.Department) {
			w.l.t.Fatalf("%s: the answer clock of department %d runs while %d has the case", action, k.Department, c.Department)
		}
	}
}

// verdict wants the verdict of the first answer once and for ever.
func (w *clockwatch) verdict(before workflow.Case) {
	c := w.l.c
	switch {
	case c.Answered.IsZero() != (c.InTime == nil), c.Answered.IsZero() != (c.Worked == -1):
		w.l.t.Fatalf("answered %v, verdict %v, worked %d", c.Answered, c.InTime, c.Worked)
	case before.InTime != nil && (*before.InTime != *c.InTime || before.Worked != c.Worked):
		w.l.t.Fatalf("the verdict changed from %v, %d to %v, %d", *before.InTime, before.Worked, *c.InTime, c.Worked)
	case c.Worked < -1 || c.Worked > int(office{}.Between(c.Received, w.l.now)/time.Minute):
		w.l.t.Fatalf("worked %d minutes since %v", c.Worked, c.Received)
	}
}

// count adds up the differences, which must come to what the case counts for.
func (w *clockwatch) count(before workflow.Case) {
	for _, change := range workflow.FactsBetween(before, w.l.c, w.zone) {
		w.facts[change.Fact] += change.N
		if w.facts[change.Fact] == 0 {
			delete(w.facts, change.Fact)
		}
	}
	facts := workflow.FactsOf(w.l.c, w.zone)
	for _, f := range facts {
		if w.facts[f] != 1 {
			w.l.t.Fatalf("the differences count %+v %d times", f, w.facts[f])
		}
	}
	if len(facts) != len(w.facts) {
		w.l.t.Fatalf("the differences come to %v, the case counts for %v", w.facts, facts)
	}
}

// TestClocksOfLives turns the clocks through random lives and adds up what
// changes.
func TestClocksOfLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		watchClocks(l)
		for _, n := range rapid.SliceOfN(rapid.Uint32(), 100, 300).Draw(t, "steps") {
			l.useful(n)
		}
	})
}

// story drives one case by hand.
type story struct {
	*life
	*clockwatch
}

func newStory(t *testing.T) story {
	t.Helper()
	l := newLife(t)
	s := story{l, watchClocks(l)}
	l.begin()
	return s
}

// at takes a step at a moment, by whoever may.
func (s story) at(when time.Time, actions ...workflow.Action) story {
	s.t.Helper()
	s.now = when
	for _, action := range actions {
		role := workflow.OfficeHead
		for _, r := range workflow.Roles {
			if s.c.May(action, workflow.Actor{Roles: []workflow.Role{r}}, when) {
				role = r
			}
		}
		before := s.c.State
		s.try(workflow.Move{Action: action, By: workflow.Actor{ID: 1, Roles: []workflow.Role{role}}, Note: "因为", Ground: "unclear", At: when})
		if s.last.At != s.c.Updated {
			s.t.Fatalf("%s in %s was refused", action, before)
		}
	}
	return s
}

// clock is the latest of its kind.
func (s story) clock(kind workflow.ClockKind) workflow.Clock {
	s.t.Helper()
	for _, k := range slices.Backward(s.clocks) {
		if k.Kind == kind {
			return k
		}
	}
	s.t.Fatalf("there is no %s clock", kind)
	return workflow.Clock{}
}

// on is a moment of the college: days after Monday, at an hour.
func on(days, hour int) time.Time {
	return midnight(morning).AddDate(0, 0, days).Add(time.Duration(hour-8) * time.Hour)
}

const friday, saturday, monday = 4, 5, 7

func TestPauses(t *testing.T) {
	for _, tt := range []struct {
		name     string
		ask, add time.Time
		days     int // by which a promise in working days falls due later
	}{
		{"over a weekend", on(friday, 17), on(monday, 9), 0},
		{"over a night", on(0, 17), on(1, 9), 0},
		{"on a Saturday", on(saturday, 10), on(saturday, 16), 0},
		{"for some hours", on(1, 10), on(1, 15), 0},
		{"for a working day", on(1, 9), on(2, 9), 1},
		{"for a day across the weekend", on(friday, 12), on(monday, 12), 1},
		{"for a week", on(1, 9), on(8, 9), 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(t).at(on(0, 10), workflow.Accept, workflow.Route, workflow.SignFor)
			answer, overall := s.clock(workflow.ToAnswer), s.clock(workflow.Overall)
			s = s.at(tt.ask, workflow.Ask)
			if !s.c.Due.IsZero() || s.clock(workflow.ToAnswer).Running() {
				t.Errorf("time runs while the writer is asked: due %v", s.c.Due)
			}
			s = s.at(tt.add, workflow.Supply)
			for _, before := range []workflow.Clock{answer, overall} {
				after, want := s.clock(before.Kind), office{}.Extend(before.Due, tt.days)
				if !after.Due.Equal(want) || !after.FirstDue.Equal(before.FirstDue) {
					t.Errorf("%s is due %v, was %v, want %v", before.Kind, after.Due, before.Due, want)
				}
			}
		})
	}
}

func TestRefusingMakesNoTime(t *testing.T) {
	s := newStory(t).at(on(0, 10), workflow.Accept, workflow.Route)
	first := s.clock(workflow.ToAnswer)
	s = s.at(on(0, 11), workflow.Refuse).at(on(0, 16), workflow.Route) // five hours in the office
	again := s.clock(workflow.ToAnswer)
	if again.ID != first.ID || !again.Due.Equal(first.Due) || !again.Started.Equal(first.Started) {
		t.Errorf("refused and routed: due %v, was %v; clock %d, was %d", again.Due, first.Due, again.ID, first.ID)
	}
	s = s.at(on(1, 9), workflow.Refuse).at(on(3, 9), workflow.Route) // two working days in the office
	if got, want := s.clock(workflow.ToAnswer).Due, (office{}).Extend(first.Due, 2); !got.Equal(want) {
		t.Errorf("after two days in the office: due %v, want %v", got, want)
	}
	if overall := s.clock(workflow.Overall); !overall.Due.Equal(overall.FirstDue) {
		t.Errorf("refusing moved the overall clock from %v to %v", overall.FirstDue, overall.Due)
	}
}

func TestRefusedAndAsked(t *testing.T) {
	s := newStory(t).at(on(0, 10), workflow.Accept, workflow.Route)
	first := s.clock(workflow.ToAnswer)
	s = s.at(on(1, 9), workflow.Refuse).at(on(1, 10), workflow.Ask).at(on(2, 10), workflow.Supply)
	if k := s.clock(workflow.ToAnswer); k.Running() {
		t.Error("the department's time runs while the office has the case")
	}
	s = s.at(on(3, 9), workflow.Route)
	if got, want := s.clock(workflow.ToAnswer).Due, (office{}).Extend(first.Due, 2); !got.Equal(want) {
		t.Errorf("due %v, want %v: two days without the case", got, want)
	}
}

func TestClosedForSilenceGoesOn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before []workflow.Action
		state  workflow.State
		clock  workflow.ClockKind
	}{
		{"asked at once", nil, workflow.Received, workflow.Register},
		{"asked when accepted", []workflow.Action{workflow.Accept}, workflow.Accepted, workflow.ToRoute},
		{"asked in hand", []workflow.Action{workflow.Accept, workflow.Route, workflow.SignFor}, workflow.InHand, workflow.ToAnswer},
		{"asked after it was refused", []workflow.Action{workflow.Accept, workflow.Route, workflow.SignFor, workflow.Refuse}, workflow.Accepted, workflow.ToRoute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(t).at(on(0, 10), tt.before...).at(on(0, 11), workflow.Ask).at(on(10, 11), workflow.CloseCase).at(on(12, 11), workflow.Supply)
			if s.c.State != tt.state || !s.clock(tt.clock).Running() || !s.clock(workflow.Overall).Running() {
				t.Errorf("goes on in %s, due %v (%s)", s.c.State, s.c.Due, s.c.DueClock)
			}
			if !s.clock(workflow.Overall).Started.Equal(on(12, 11)) {
				t.Error("the overall clock did not start anew")
			}
			late := newStory(t).at(on(0, 10), tt.before...).at(on(0, 11), workflow.Ask).at(on(10, 11), workflow.CloseCase)
			if late.c.May(workflow.Supply, workflow.ByWriter(late.c.ID), on(21, 11)) {
				t.Error("the writer is heard eleven days after the end")
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	answered := []workflow.Action{workflow.HandIn, workflow.Approve, workflow.Answer}
	for _, tt := range []struct {
		name   string
		when   time.Time
		inTime bool
		worked int
	}{
		{"the same day", on(0, 16), true, 6 * 60},
		{"at the last moment", on(14, 17), true, (10*8 + 7) * 60},
		{"a minute late", on(14, 17).Add(time.Minute), false, (10*8 + 7) * 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(t).at(on(0, 10), workflow.Accept, workflow.Route, workflow.SignFor).at(tt.when, answered...)
			if s.c.InTime == nil || *s.c.InTime != tt.inTime || s.c.Worked != tt.worked {
				t.Fatalf("in time %v after %d minutes, want %v after %d", s.c.InTime, s.c.Worked, tt.inTime, tt.worked)
			}
			s = s.at(tt.when.AddDate(0, 0, 1), workflow.AskAgain).at(tt.when.AddDate(0, 2, 0), answered...)
			if *s.c.InTime != tt.inTime || s.c.Worked != tt.worked {
				t.Errorf("the second answer changed the verdict to %v, %d", *s.c.InTime, s.c.Worked)
			}
		})
	}
}

func TestVerdictWithoutWaiting(t *testing.T) {
	s := newStory(t).at(on(0, 9), workflow.Accept, workflow.Route, workflow.SignFor).at(on(1, 9), workflow.Ask).at(on(8, 9), workflow.Supply)
	s = s.at(on(8, 17), workflow.HandIn, workflow.Approve, workflow.Answer)
	if want := 2 * 8 * 60; s.c.Worked != want || !*s.c.InTime {
		t.Errorf("worked %d minutes, want %d: a week of waiting does not count", s.c.Worked, want)
	}
}

func TestRework(t *testing.T) {
	s := newStory(t).at(on(0, 10), workflow.Accept, workflow.Route, workflow.SignFor).at(on(1, 10), workflow.HandIn)
	first := s.clock(workflow.ToAnswer)
	s = s.at(on(1, 11), workflow.SendBack) // by the head: the same time goes on
	if k := s.clock(workflow.ToAnswer); k.ID != first.ID || !k.Running() || !k.Due.Equal(first.Due) {
		t.Errorf("sent back by the head: %+v", k)
	}
	s = s.at(on(2, 10), workflow.HandIn, workflow.Approve).at(on(3, 10), workflow.SendBack) // by the office
	if k := s.clock(workflow.ToAnswer); k.ID == first.ID || k.Promise != promises()[workflow.Rework] || !k.Due.Equal(on(monday, 17)) {
		t.Errorf("sent back by the office: %+v", k)
	}
}

func TestGrant(t *testing.T) {
	s := newStory(t).at(on(0, 10), workflow.Accept, workflow.Route, workflow.SignFor)
	k := s.clock(workflow.ToAnswer)
	k.Warned = on(3, 9)
	before := k.Due
	k.Grant(3, office{}, on(3, 10))
	if want := (office{}).Extend(before, 3); !k.Due.Equal(want) || k.ExtendedBy != 3 || !k.Warned.IsZero() || !k.Warn.Equal((office{}).Extend(want, -1)) {
		t.Errorf("granted three days: %+v, want due %v", k, want)
	}
}

func TestNoPromiseNoClock(t *testing.T) {
	c := caseIn(workflow.Received)
	turn := workflow.TurnClocks(&c, workflow.Receive, "", nil, nil, office{}, 1, morning)
	if len(turn.Add) != 0 || !c.Due.IsZero() {
		t.Errorf("a policy without promises made %+v", turn)
	}
}
