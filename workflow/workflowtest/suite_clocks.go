package workflowtest

import (
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
)

var clockPromises = []promise{
	{"a clock comes back as it was stored", clockComesBack},
	{"a clock of the same kind and occurrence twice is Conflict", sameClock},
	{"a clock that contradicts itself is refused", clockContradictions},
	{"a locked clock waits for its holder", lockedClock},
	{"only what may still ring is listed, page by page", ringing},
	{"what is due is taken, until it is noted", takeDue},
	{"two takers never take the same clock", racingClocks},
}

func clockOf(caseID int64, c College, kind workflow.ClockKind) workflow.Clock {
	due := Morning.Add(48 * time.Hour)
	return workflow.Clock{
		CaseID: caseID, Kind: kind, Occurrence: 1, Promise: workflow.Promise{Amount: 2, Unit: workflow.WorkingDays}, Calendar: c.Calendar.ID,
		Started: Morning, Due: due, FirstDue: due, Warn: Morning.Add(24 * time.Hour),
	}
}

func addClock(t *testing.T, s workflow.Store, c College, change func(*workflow.Clock)) workflow.Clock {
	t.Helper()
	k := clockOf(NewCase(t, s).ID, c, workflow.Overall)
	change(&k)
	must(t, s.AddClock(t.Context(), &k))
	return k
}

func clockComesBack(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	var want []workflow.Clock
	for i, kind := range workflow.ClockKinds {
		k := clockOf(x.ID, c, kind)
		k.Promise.Unit = []workflow.Unit{workflow.WorkingDays, workflow.WorkingHours, workflow.Days, workflow.Hours}[i%4]
		must(t, s.AddClock(t.Context(), &k))
		want = append(want, k)
	}
	same(t, "added", ok(s.ClocksOf(t.Context(), x.ID))(t), want)
	full := want[0]
	full.Department, full.Provisional, full.Urgent = c.Logistics.ID, true, true
	full.PausedMinutes, full.ExtendedBy = 95, 3
	full.Warn, full.Due, full.FirstDue = Morning.Add(time.Second), Morning.Add(2*time.Second), Morning.Add(3*time.Second)
	full.Warned, full.Breached, full.Met = Morning.Add(time.Minute), Morning.Add(time.Hour), Morning.Add(2*time.Hour)
	paused, cancelled := want[1], want[2]
	paused.Paused, cancelled.Cancelled = Morning.Add(time.Hour), Morning.Add(time.Hour)
	for _, k := range []workflow.Clock{full, paused, cancelled} {
		must(t, s.SaveClock(t.Context(), k))
		same(t, "saved", ok(s.Clock(t.Context(), k.ID))(t), k)
	}
}

func sameClock(t *testing.T, s workflow.Store, c College) {
	first := addClock(t, s, c, func(*workflow.Clock) {})
	again := first
	again.ID = 0
	wantKind(t, workflow.Conflict, s.AddClock(t.Context(), &again))
	again.Occurrence = 2
	must(t, s.AddClock(t.Context(), &again))
}

func clockContradictions(t *testing.T, s workflow.Store, c College) {
	for name, spoil := range map[string]func(*workflow.Clock){
		"an unknown kind":   func(k *workflow.Clock) { k.Kind = "hourglass" },
		"rework by name":    func(k *workflow.Clock) { k.Kind = workflow.Rework },
		"no time at all":    func(k *workflow.Clock) { k.Promise.Amount = 0 },
		"an unknown unit":   func(k *workflow.Clock) { k.Promise.Unit = "moons" },
		"met and cancelled": func(k *workflow.Clock) { k.Met, k.Cancelled = Morning, Morning },
		"met and paused":    func(k *workflow.Clock) { k.Met, k.Paused = Morning, Morning },
	} {
		k := clockOf(NewCase(t, s).ID, c, workflow.Overall)
		good := k
		must(t, s.AddClock(t.Context(), &good))
		spoil(&k)
		k.Occurrence = 2
		if err := s.AddClock(t.Context(), &k); err == nil {
			t.Errorf("%s was added", name)
		}
		k.ID, k.Occurrence = good.ID, 1
		if k.Kind == good.Kind && k.Promise == good.Promise && s.SaveClock(t.Context(), k) == nil {
			t.Errorf("%s was saved", name)
		}
	}
}

func lockedClock(t *testing.T, s workflow.Store, c College) {
	k, n := addClock(t, s, c, func(*workflow.Clock) {}), 6
	allWell(t, together(n, func(int) error {
		return s.Atomic(t.Context(), func(tx workflow.Store) error {
			mine, err := tx.LockClock(t.Context(), k.ID)
			if err != nil {
				return err
			}
			mine.ExtendedBy++
			return tx.SaveClock(t.Context(), mine)
		})
	}))
	same(t, "extended by", ok(s.Clock(t.Context(), k.ID))(t).ExtendedBy, n)
}

// quiet are clocks that no longer ring, or have rung.
var quiet = map[string]func(*workflow.Clock){
	"met":       func(k *workflow.Clock) { k.Met = Morning },
	"cancelled": func(k *workflow.Clock) { k.Cancelled = Morning },
	"paused":    func(k *workflow.Clock) { k.Paused = Morning },
	"breached":  func(k *workflow.Clock) { k.Warned, k.Breached = Morning, Morning },
}

func ringing(t *testing.T, s workflow.Store, c College) {
	var want []workflow.Clock
	for i := range 5 {
		want = append(want, addClock(t, s, c, func(k *workflow.Clock) {
			if i%2 == 0 {
				k.Warned = Morning
			}
		}))
		for _, silence := range quiet {
			addClock(t, s, c, silence)
		}
	}
	var got []workflow.Clock
	after := int64(0)
	for {
		page := ok(s.Ringing(t.Context(), after, 2))(t)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		after = page[len(page)-1].ID
	}
	same(t, "ringing", got, want)
	before := func(at time.Time, after int64) []workflow.Clock {
		return ok(s.RingingBefore(t.Context(), at, after, 100))(t)
	}
	same(t, "before the warnings", len(before(want[1].Warn, 0)), 0)
	same(t, "with a warning before it", before(want[1].Warn.Add(time.Second), 0), []workflow.Clock{want[1], want[3]})
	same(t, "due before it, of those behind the first", before(want[1].Due.Add(time.Second), want[0].ID), want[1:])
	same(t, "the first of them", ok(s.RingingBefore(t.Context(), want[1].Due.Add(time.Second), 0, 2))(t), want[:2])
}

func takeDue(t *testing.T, s workflow.Store, c College) {
	for _, silence := range quiet {
		addClock(t, s, c, silence)
	}
	k := addClock(t, s, c, func(*workflow.Clock) {})
	take := func(now time.Time, note func(*workflow.Clock)) (taken []int64) {
		must(t, s.Atomic(t.Context(), func(tx workflow.Store) error {
			taken = nil
			for _, due := range ok(tx.TakeDue(t.Context(), now, 10))(t) {
				taken = append(taken, due.ID)
				note(&due)
				must(t, tx.SaveClock(t.Context(), due))
			}
			return nil
		}))
		return taken
	}
	nothing := func(*workflow.Clock) {}
	same(t, "before the warning", take(k.Warn.Add(-time.Second), nothing), nil)
	same(t, "at the warning", take(k.Warn, nothing), []int64{k.ID})
	same(t, "not noted", take(k.Warn, func(k *workflow.Clock) { k.Warned = k.Warn }), []int64{k.ID})
	same(t, "warned", take(k.Due.Add(-time.Second), nothing), nil)
	same(t, "at the due time", take(k.Due, func(k *workflow.Clock) { k.Breached = k.Due }), []int64{k.ID})
	same(t, "breached", take(k.Due.Add(time.Hour), nothing), nil)
}

func racingClocks(t *testing.T, s workflow.Store, c College) {
	const n = 24
	for range n {
		addClock(t, s, c, func(*workflow.Clock) {})
	}
	var mu sync.Mutex
	times := map[int64]int{}
	round := func() (int, error) {
		var taken []workflow.Clock
		err := s.Atomic(t.Context(), func(tx workflow.Store) (err error) {
			if taken, err = tx.TakeDue(t.Context(), Morning.Add(1000*time.Hour), 3); err != nil {
				return err
			}
			for _, k := range taken {
				k.Warned, k.Breached = Morning, Morning
				if err := tx.SaveClock(t.Context(), k); err != nil {
					return err
				}
			}
			return nil
		})
		mu.Lock()
		defer mu.Unlock()
		for _, k := range taken {
			times[k.ID]++
		}
		return len(taken), err
	}
	allWell(t, together(4, func(int) error { return untilEmpty(round) }))
	must(t, untilEmpty(round)) // takers that met others' clocks have gone home early
	same(t, "clocks taken", len(times), n)
	for id, count := range times {
		if count != 1 {
			t.Errorf("clock %d was taken %d times", id, count)
		}
	}
}

// untilEmpty repeats round until it finds nothing to do.
func untilEmpty(round func() (int, error)) error {
	for {
		n, err := round()
		if n == 0 || err != nil {
			return err
		}
	}
}
