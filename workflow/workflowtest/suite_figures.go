package workflowtest

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"mailbox/workflow"
)

var figurePromises = []promise{
	{"facts wait until they are projected", factsWait},
	{"Sum equals a recount of the facts", sumEqualsRecount},
	{"stored figures equal a recount of the facts, day by day", storedEqualRecount},
	{"Project counts every fact once under racing projectors", racingProjectors},
	{"Sum as of a moment leaves out what was recorded later", sumAsOf},
	{"CountHappened counts each case once for whose people did it", happenedOnce},
	{"facts of a failed Atomic are never counted", failedFacts},
}

// addFacts stores n facts over four months, some of them taken back, and
// returns what they come to.
func addFacts(t *testing.T, s workflow.Store, c College, n int) map[workflow.Fact]int {
	t.Helper()
	rnd := rand.New(rand.NewPCG(3, uint64(n))) //nolint:gosec // the same every time
	x := NewCase(t, s)
	truth := map[workflow.Fact]int{}
	departments := append([]int64{0}, c.Departments()...)
	for range n / 10 {
		var changes []workflow.FactChange
		for range 10 {
			f := workflow.Fact{
				Measure: pick(rnd, []workflow.Measure{workflow.CountReceived, workflow.CountClosed, workflow.CountWorked}),
				Day:     Morning.AddDate(0, 0, rnd.IntN(120)).Format(time.DateOnly), Department: pick(rnd, departments),
				Category: pick(rnd, c.Categories()).ID, Kind: pick(rnd, workflow.CaseKinds), Channel: pick(rnd, workflow.Channels),
				Mode: pick(rnd, workflow.Modes), Status: pick(rnd, workflow.WriterStatuses).Counted(), Bucket: rnd.IntN(3),
			}
			change := workflow.FactChange{Fact: f, N: 1, At: Morning.AddDate(0, 0, rnd.IntN(120))}
			if truth[f] > 0 || rnd.IntN(10) == 0 {
				change.N = -1
			}
			truth[f] += change.N
			changes = append(changes, change)
		}
		must(t, s.AddFacts(t.Context(), x.ID, changes))
	}
	return truth
}

func project(t *testing.T, s workflow.Store) {
	t.Helper()
	must(t, untilEmpty(func() (int, error) { return s.Project(t.Context(), 64) }))
	same(t, "waiting", ok(s.WaitingFacts(t.Context()))(t), 0)
}

func factsWait(t *testing.T, s workflow.Store, c College) {
	same(t, "nothing to do", ok(s.Project(t.Context(), 10))(t), 0)
	addFacts(t, s, c, 30)
	q := workflow.FigureQuery{Measures: []workflow.Measure{workflow.CountReceived, workflow.CountClosed, workflow.CountWorked}, From: "2026-01-01", To: "2028-01-01"}
	same(t, "waiting", ok(s.WaitingFacts(t.Context()))(t), 30)
	same(t, "before", ok(s.Sum(t.Context(), q))(t), nil)
	same(t, "in one step", ok(s.Project(t.Context(), 12))(t), 12)
	same(t, "still waiting", ok(s.WaitingFacts(t.Context()))(t), 18)
	same(t, "the rest", ok(s.Project(t.Context(), 100))(t), 18)
}

// recount is what Sum must say.
func recount(truth map[workflow.Fact]int, q workflow.FigureQuery) map[workflow.FigureRow]int {
	out := map[workflow.FigureRow]int{}
	for f, n := range truth {
		if counts(q, f) {
			out[rowOf(q.By, f)] += n
		}
	}
	for row, n := range out {
		if n == 0 {
			delete(out, row)
		}
	}
	return out
}

func wantSum(t *testing.T, s workflow.Store, truth map[workflow.Fact]int, q workflow.FigureQuery) {
	t.Helper()
	got := map[workflow.FigureRow]int{}
	for _, row := range ok(s.Sum(t.Context(), q))(t) {
		n := row.N
		row.N = 0
		if _, double := got[row]; double {
			t.Errorf("%+v: two rows for %+v", q, row)
		}
		if n != 0 {
			got[row] = n
		}
	}
	same(t, fmt.Sprintf("sum of %+v", q), got, recount(truth, q))
}

func sumEqualsRecount(t *testing.T, s workflow.Store, c College) {
	truth := addFacts(t, s, c, 600)
	project(t, s)
	spans := [][2]string{
		{"2026-12-01", "2027-01-01"}, {"2026-12-01", "2027-03-01"}, // whole months
		{"2026-11-25", "2027-02-11"}, {"2026-12-01", "2027-01-02"}, {"2026-12-02", "2027-01-01"}, // with parts of months
		{"2026-12-05", "2026-12-06"}, {"2026-12-05", "2026-12-20"}, {"2026-12-31", "2027-01-02"}, // within and across
		{"2020-01-01", "2030-01-01"}, {"2026-12-05", "2026-12-05"}, {"2027-02-01", "2026-12-01"},
	}
	for _, span := range spans {
		for _, q := range figureQueries(c) {
			q.From, q.To = span[0], span[1]
			wantSum(t, s, truth, q)
		}
	}
}

func figureQueries(c College) []workflow.FigureQuery {
	received := []workflow.Measure{workflow.CountReceived}
	all := []workflow.Measure{workflow.CountReceived, workflow.CountClosed, workflow.CountWorked}
	return []workflow.FigureQuery{
		{Measures: received},
		{Measures: all},
		{Measures: all, By: []workflow.Dimension{workflow.ByMonth}},
		{Measures: received, By: []workflow.Dimension{workflow.ByDay}},
		{Measures: all, By: []workflow.Dimension{workflow.ByDepartment, workflow.ByCategory}},
		{Measures: all, By: []workflow.Dimension{workflow.ByMonth, workflow.ByKind, workflow.ByChannel, workflow.ByMode, workflow.ByBucket}},
		{Measures: []workflow.Measure{workflow.CountWorked}, By: []workflow.Dimension{workflow.ByBucket}},
		{Measures: all, Department: c.Logistics.ID, By: []workflow.Dimension{workflow.ByMonth}},
		{Measures: received, Category: c.Repair.ID, Kind: workflow.Complaint},
		{Measures: all, By: []workflow.Dimension{workflow.ByStatus}},
		{Measures: all, Status: workflow.Unsaid, By: []workflow.Dimension{workflow.ByMonth}},
		{Measures: all, Status: "student", By: []workflow.Dimension{workflow.ByDepartment, workflow.ByBucket}},
		{Measures: all, Channel: workflow.Web, Mode: workflow.Signed, By: []workflow.Dimension{workflow.ByDay, workflow.ByBucket}},
	}
}

func storedEqualRecount(t *testing.T, s workflow.Store, c College) {
	truth := addFacts(t, s, c, 300)
	project(t, s)
	byDay := map[string]map[workflow.Fact]int{}
	for f, n := range truth {
		if n == 0 {
			continue
		}
		if byDay[f.Day] == nil {
			byDay[f.Day] = map[workflow.Fact]int{}
		}
		byDay[f.Day][f] = n
	}
	for day, digest := range ok(s.FigureDigests(t.Context(), "salt"))(t) {
		var want workflow.Digest
		for f, n := range byDay[day] {
			want.Add("salt", f, n)
		}
		same(t, "digest of "+day, digest, want)
		got := ok(s.StoredFigures(t.Context(), day))(t)
		for f, n := range got {
			if n == 0 {
				delete(got, f)
			}
		}
		same(t, day, got, byDay[day])
		delete(byDay, day)
	}
	same(t, "days that are missing", byDay, nil)
}

func racingProjectors(t *testing.T, s workflow.Store, c College) {
	truth := addFacts(t, s, c, 400)
	var total atomic.Int64
	round := func() (int, error) {
		n, err := s.Project(t.Context(), 7)
		total.Add(int64(n))
		return n, err
	}
	allWell(t, together(4, func(int) error { return untilEmpty(round) }))
	must(t, untilEmpty(round))
	same(t, "projected", total.Load(), 400)
	wantSum(t, s, truth, workflow.FigureQuery{
		Measures: []workflow.Measure{workflow.CountReceived, workflow.CountClosed, workflow.CountWorked}, From: "2026-01-01", To: "2028-01-01",
		By: []workflow.Dimension{workflow.ByDay, workflow.ByDepartment},
	})
}

func failedFacts(t *testing.T, s workflow.Store, _ College) {
	x := NewCase(t, s)
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		must(t, tx.AddFacts(t.Context(), x.ID, workflow.FactsBetween(workflow.Case{}, x, Zone)))
		return errOnPurpose
	})
	if err == nil {
		t.Error("Atomic kept what failed")
	}
	same(t, "waiting", ok(s.WaitingFacts(t.Context()))(t), 0)
}

// sumAsOf adds facts in three lots, recorded in no order of their days, and
// wants each lot unseen before its time.
func sumAsOf(t *testing.T, s workflow.Store, c College) {
	rnd := rand.New(rand.NewPCG(5, 8)) //nolint:gosec // the same every time
	x := NewCase(t, s)
	var all []workflow.FactChange
	for range 300 {
		all = append(all, workflow.FactChange{N: 1 - 2*rnd.IntN(2), At: Morning.AddDate(0, 0, rnd.IntN(60)), Fact: workflow.Fact{
			Measure: workflow.CountClosed, Day: Morning.AddDate(0, 0, rnd.IntN(120)).Format(time.DateOnly), Department: pick(rnd, c.Departments()),
			Category: c.Repair.ID, Kind: workflow.Help, Channel: workflow.Web, Mode: workflow.Signed, Status: "student", Bucket: rnd.IntN(2),
		}})
	}
	must(t, s.AddFacts(t.Context(), x.ID, all))
	project(t, s)
	for _, at := range []time.Time{Morning.Add(-time.Second), Morning, Morning.AddDate(0, 0, 20), Morning.AddDate(0, 0, 60)} {
		known := map[workflow.Fact]int{}
		for _, f := range all {
			if !f.At.After(at) {
				known[f.Fact] += f.N
			}
		}
		for _, q := range figureQueries(c) {
			q.From, q.To, q.AsOf = "2026-11-25", "2027-03-05", at
			wantSum(t, s, known, q)
		}
	}
}

func happenedOnce(t *testing.T, s workflow.Store, c College) {
	x, sealed := NewCase(t, s), NewCase(t, s, func(c *workflow.Case) { c.Sealed = true })
	for seq, by := range []workflow.Account{c.LogisticsClerk, c.LogisticsHead, c.AcademicHead} {
		for _, id := range []int64{x.ID, sealed.ID} {
			must(t, s.AddEvent(t.Context(), workflow.Event{
				CaseID: id, Seq: seq + 1, Action: workflow.Refuse, From: workflow.Routed, To: workflow.Accepted, By: by.Actor(),
				Role: workflow.DeptHead, At: Morning.AddDate(0, 0, seq), Hash: random(32),
			}))
		}
	}
	q := workflow.HappenedQuery{Action: workflow.Refuse, From: Morning, To: Morning.AddDate(0, 0, 3)}
	same(t, "all", ok(s.CountHappened(t.Context(), q))(t), map[int64]int{c.Logistics.ID: 1, c.Academic.ID: 1})
	q.To = Morning.AddDate(0, 0, 2)
	same(t, "half-open", ok(s.CountHappened(t.Context(), q))(t), map[int64]int{c.Logistics.ID: 1})
	for _, department := range []int64{0, c.Logistics.ID, c.Academic.ID} {
		q.Department = department
		want := 1
		if department == c.Academic.ID {
			want = 0
		}
		same(t, "its list", ok(s.CountCases(t.Context(), workflow.Query{Scope: workflow.ScopeOf(c.Leader.Actor()), Happened: &q}))(t), want)
	}
	q.Department, q.Action = 0, workflow.MarkMoreTime
	same(t, "another act", ok(s.CountHappened(t.Context(), q))(t), nil)
}
