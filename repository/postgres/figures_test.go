package postgres_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

var figureStart = time.Date(2025, 8, 20, 0, 0, 0, 0, time.UTC)

// scatterFacts adds facts of many dimensions over five months, some of which
// are taken back, and returns all of them.
func scatterFacts(t *testing.T, s workflow.Store, n int) []workflow.FactChange {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2)) // the same facts every time
	c := workflowtest.NewCase(t, s)
	var all []workflow.FactChange
	for range n {
		f := workflow.FactChange{N: 1, Fact: workflow.Fact{
			Measure: []workflow.Measure{workflow.CountReceived, workflow.CountWorked, workflow.CountRated}[rnd.IntN(3)],
			Day:     figureStart.AddDate(0, 0, rnd.IntN(150)).Format(time.DateOnly), Department: int64(rnd.IntN(3)), Category: int64(1 + rnd.IntN(3)),
			Kind: workflow.CaseKinds[rnd.IntN(3)], Channel: workflow.Channels[rnd.IntN(2)], Mode: workflow.Modes[rnd.IntN(2)], Bucket: rnd.IntN(3),
			Status: workflow.WriterStatuses[rnd.IntN(2)].Counted(),
		}}
		changes := []workflow.FactChange{f}
		if rnd.IntN(4) == 0 {
			moved := f
			moved.Department = 9
			f.N = -1
			changes = append(changes, f, moved)
		}
		if err := s.AddFacts(t.Context(), c.ID, changes); err != nil {
			t.Fatal(err)
		}
		all = append(all, changes...)
	}
	return all
}

// projectAll lets several projectors run at once until nothing waits, and
// returns how many facts they say they counted.
func projectAll(t *testing.T, s workflow.Store) int {
	t.Helper()
	var mu sync.Mutex
	total := 0
	for {
		waiting, err := s.WaitingFacts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			return total
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				n, err := s.Project(t.Context(), 37)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				total += n
				mu.Unlock()
			})
		}
		all.Wait()
		if t.Failed() {
			t.FailNow()
		}
	}
}

// naiveSum is Sum as one would write it without a database.
func naiveSum(q workflow.FigureQuery, facts []workflow.FactChange) []workflow.FigureRow {
	sums := map[workflow.FigureRow]int{}
	for _, f := range facts {
		fits := slices.Contains(q.Measures, f.Measure) && f.Day >= q.From && f.Day < q.To &&
			(q.Department == 0 || f.Department == q.Department) && (q.Category == 0 || f.Category == q.Category) &&
			(q.Kind == "" || f.Kind == q.Kind) && (q.Channel == "" || f.Channel == q.Channel) && (q.Mode == "" || f.Mode == q.Mode)
		if !fits {
			continue
		}
		row := workflow.FigureRow{Measure: f.Measure}
		for dimension, set := range map[workflow.Dimension]func(){
			workflow.ByDay:        func() { row.Day = f.Day },
			workflow.ByMonth:      func() { row.Day = f.Day[:7] + "-01" },
			workflow.ByDepartment: func() { row.Department = f.Department },
			workflow.ByCategory:   func() { row.Category = f.Category },
			workflow.ByKind:       func() { row.Kind = f.Kind },
			workflow.ByChannel:    func() { row.Channel = f.Channel },
			workflow.ByMode:       func() { row.Mode = f.Mode },
			workflow.ByStatus:     func() { row.Status = f.Status },
			workflow.ByBucket:     func() { row.Bucket = f.Bucket },
		} {
			if slices.Contains(q.By, dimension) {
				set()
			}
		}
		sums[row] += f.N
	}
	var out []workflow.FigureRow
	for row, n := range sums {
		if row.N = n; n != 0 {
			out = append(out, row)
		}
	}
	return out
}

func sorted(rows []workflow.FigureRow) []workflow.FigureRow {
	return slices.SortedFunc(slices.Values(rows), func(a, b workflow.FigureRow) int {
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
}

func figureQueries() []workflow.FigureQuery {
	all := []workflow.Measure{workflow.CountReceived, workflow.CountWorked, workflow.CountRated}
	var out []workflow.FigureQuery
	for _, span := range [][2]string{
		{"2025-08-20", "2026-02-01"},
		{"2025-09-01", "2026-01-01"},
		{"2025-09-02", "2025-12-31"},
		{"2025-08-31", "2025-10-01"},
		{"2025-10-05", "2025-10-20"},
		{"2025-10-31", "2025-11-02"},
		{"2025-11-01", "2025-12-01"},
		{"2025-11-15", "2025-11-15"},
		{"2025-12-01", "2025-11-01"},
	} {
		for _, by := range [][]workflow.Dimension{
			nil,
			{workflow.ByMonth},
			{workflow.ByDay},
			{workflow.ByDepartment},
			{workflow.ByCategory},
			{workflow.ByKind},
			{workflow.ByChannel},
			{workflow.ByMode},
			{workflow.ByStatus},
			{workflow.ByBucket},
			{workflow.ByMonth, workflow.ByDepartment, workflow.ByBucket},
			{workflow.ByDay, workflow.ByKind, workflow.ByMode},
		} {
			q := workflow.FigureQuery{Measures: all, From: span[0], To: span[1], By: by}
			out = append(out, q)
			q.Measures, q.Department = all[:1], 2
			out = append(out, q)
			q.Department, q.Kind, q.Channel, q.Mode, q.Category = 0, workflow.Help, workflow.Web, workflow.Signed, 2
			out = append(out, q)
		}
	}
	return out
}

func TestSumsAreARecount(t *testing.T) {
	t.Parallel()
	s := open(t)
	workflowtest.Seed(t, s)
	facts := scatterFacts(t, s, 800)
	if n := projectAll(t, s); n != len(facts) {
		t.Errorf("%d facts were projected, want %d", n, len(facts))
	}
	for _, q := range figureQueries() {
		got, err := s.Sum(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if want := naiveSum(q, facts); !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%+v:\n got %v\nwant %v", q, sorted(got), sorted(want))
		}
	}
	recount := map[workflow.Fact]int{}
	for _, f := range facts {
		recount[f.Fact] += f.N
	}
	maps.DeleteFunc(recount, func(_ workflow.Fact, n int) bool { return n == 0 })
	days, err := s.FigureDigests(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for day := range days {
		stored, err := s.StoredFigures(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		for f, n := range stored {
			if recount[f] != n {
				t.Errorf("%+v is %d, want %d", f, n, recount[f])
			}
			delete(recount, f)
		}
	}
	if len(recount) != 0 {
		t.Errorf("not stored: %v", recount)
	}
}
