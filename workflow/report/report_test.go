package report_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
)

// ledger is a college with some hundred random cases that are counted.
type ledger struct {
	workflowtest.College
	store  *workflowtest.Memory
	office *report.Office
	cases  []workflow.Case
}

// today is the day of all questions.
var today = workflowtest.Morning

func open(t *testing.T, cases int) *ledger {
	t.Helper()
	l := &ledger{store: workflowtest.NewMemory()}
	l.College = workflowtest.Seed(t, l.store)
	l.office = report.New(report.Deps{
		Store: l.store, Now: func() time.Time { return today }, Zone: workflowtest.Zone,
		DayLength: func() time.Duration { return 7 * time.Hour },
	})
	r := rand.New(rand.NewPCG(20261123, 1))
	for range cases {
		l.add(t, func(c *workflow.Case) { l.random(r, c) })
	}
	return l
}

// add stores a case and what it counts for.
func (l *ledger) add(t *testing.T, set func(*workflow.Case)) {
	t.Helper()
	c := workflowtest.NewCase(t, l.store, set)
	l.cases = append(l.cases, c)
	must(t, l.store.AddFacts(t.Context(), c.ID, workflow.FactsBetween(workflow.Case{}, c, workflowtest.Zone)))
	_, err := l.store.Project(t.Context(), 1000)
	must(t, err)
}

// random lives the life of a case up to a random point.
func (l *ledger) random(r *rand.Rand, c *workflow.Case) {
	at := workflowtest.Opened.Add(time.Duration(r.IntN(440*24)) * time.Hour)
	later := func() time.Time {
		at = at.Add(time.Duration(1+r.IntN(15*24)) * time.Hour)
		if at.After(today) {
			at = today
		}
		return at
	}
	c.Received = at
	c.Category = []int64{l.Repair.ID, l.Teaching.ID, l.Other.ID}[r.IntN(3)]
	c.CategoryVersion = []int64{l.Repair.Version, l.Teaching.Version, l.Other.Version}[c.Category-l.Repair.ID]
	c.Kind = workflow.CaseKinds[r.IntN(len(workflow.CaseKinds))]
	c.Channel = workflow.Channels[r.IntN(4)]
	c.Mode = workflow.Modes[r.IntN(3)]
	c.WriterStatus = workflow.WriterStatuses[r.IntN(3)]
	defer func() { c.Updated = at }()
	switch r.IntN(6) {
	case 0:
		return
	case 1:
		c.State, c.Ended, c.Ground = workflow.Declined, later(), "private"
		return
	case 2:
		c.State, c.Ended = workflow.Withdrawn, later()
		return
	}
	c.State, c.Accepted = workflow.Accepted, later()
	if r.IntN(5) == 0 {
		return
	}
	inTime := r.IntN(4) > 0
	c.Department = []int64{l.Logistics.ID, l.Academic.ID}[r.IntN(2)]
	inFirst, handled := inTime && r.IntN(4) > 0, r.IntN(3000)
	c.SignedFor, c.SignedInTime = later(), &inFirst
	c.State, c.Answered, c.InTime, c.Worked = workflow.Answered, later(), &inTime, r.IntN(5000)
	c.InFirst, c.Handled = &inFirst, &handled
	if r.IntN(3) == 0 {
		return
	}
	c.State, c.Ended = workflow.Closed, later()
	if r.IntN(2) == 0 {
		c.Rating = workflow.Rating{At: c.Ended, Speed: 3, Attitude: 4, Result: 1 + r.IntN(5), Solved: r.IntN(3) > 0}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var dimensions = []workflow.Dimension{
	workflow.ByMonth, workflow.ByDepartment, workflow.ByCategory, workflow.ByKind, workflow.ByChannel, workflow.ByMode, workflow.ByStatus,
}

func TestFigures_equalTheListsBehindThem(t *testing.T) {
	l := open(t, 300)
	for _, by := range dimensions {
		for _, ask := range []report.Ask{
			{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}},
			{Period: report.Period{From: "2026-03-10", To: "2026-05-20"}},
			{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, Department: l.Logistics.ID, Mode: workflow.Signed},
			{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, Kind: workflow.Complaint, Category: l.Repair.ID, Channel: workflow.Web},
			{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, Status: workflow.Unsaid},
			{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, AsOf: today.AddDate(0, -5, 0)},
			{Period: report.Period{From: "2026-01-10", To: "2026-05-20"}, Department: l.Academic.ID, AsOf: today.AddDate(0, -7, 0)},
		} {
			ask.By = by
			table, err := l.office.Figures(t.Context(), l.Leader.Actor(), ask)
			must(t, err)
			for _, line := range append(table.Rows, table.Total) {
				l.checkLists(t, line)
			}
		}
	}
}

func (l *ledger) checkLists(t *testing.T, line report.Line) {
	t.Helper()
	l.checkCells(t, report.All, line)
}

func (l *ledger) checkCells(t *testing.T, figures []report.Figure, line report.Line) {
	t.Helper()
	for i, f := range figures {
		cell := line.Cells[i]
		if cell.Behind == nil {
			if f.Key != "in_hand" && line.Key != "0" {
				t.Errorf("%s of %q has no list", f.Key, line.Key)
			}
			continue
		}
		q := *cell.Behind
		q.Scope = workflow.Scope{Everything: true}
		n, err := l.store.CountCases(t.Context(), q)
		must(t, err)
		want := cell.N
		if f.Unit == report.Days {
			want = cell.Of
		}
		if n != want {
			t.Errorf("%s of %q = %d, its list has %d (%+v)", f.Key, line.Key, want, n, q.Fact)
		}
	}
}

func TestFigures_rowsAddUpToTheTotal(t *testing.T) {
	l := open(t, 200)
	for _, by := range dimensions {
		table, err := l.office.Figures(t.Context(), l.Clerk.Actor(), report.Ask{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, By: by})
		must(t, err)
		for i, f := range report.All {
			sum := 0
			for _, line := range table.Rows {
				sum += line.Cells[i].N
			}
			if f.Unit == report.Cases && f.Key != "in_hand" && sum != table.Total.Cells[i].N {
				t.Errorf("%s by %s: rows add up to %d, total %d", f.Key, by, sum, table.Total.Cells[i].N)
			}
		}
	}
}

func TestFigures_inHandIsWhatWasOpenThatDay(t *testing.T) {
	l := open(t, 300)
	table, err := l.office.Figures(t.Context(), l.Clerk.Actor(), report.Ask{Period: report.Period{From: "2025-11-15", To: "2026-12-01"}, By: workflow.ByMonth})
	must(t, err)
	if len(table.Rows) != 13 {
		t.Fatalf("%d months, want 13", len(table.Rows))
	}
	for i, line := range append(table.Rows, table.Total) {
		end := "2026-12-01"
		if i < len(table.Rows)-1 {
			end = table.Rows[i+1].Key
		}
		want := 0
		for _, c := range l.cases {
			came, gone := c.Received.In(workflowtest.Zone).Format(time.DateOnly), c.Ended.In(workflowtest.Zone).Format(time.DateOnly)
			if came < end && (c.Ended.IsZero() || gone >= end) {
				want++
			}
		}
		if got := cell(line, "in_hand").N; got != want {
			t.Errorf("in hand at the end of %s = %d, want %d", line.Key, got, want)
		}
	}
}

func cell(line report.Line, key string) report.Cell {
	for i, f := range report.All {
		if f.Key == key {
			return line.Cells[i]
		}
	}
	panic("no figure " + key)
}

func TestFigures_formulas(t *testing.T) {
	l := open(t, 0)
	yes, no := true, false
	march := func(day int) time.Time { return time.Date(2026, 3, day, 10, 0, 0, 0, workflowtest.Zone) }
	for _, c := range []struct {
		inTime *bool
		hours  int
		result int
		solved bool
	}{{&yes, 7, 5, true}, {&yes, 14, 3, false}, {&no, 70, 2, false}, {&yes, 28, 0, false}} {
		l.add(t, func(k *workflow.Case) {
			k.Received, k.Accepted, k.Answered, k.Ended = march(1), march(2), march(20), march(25)
			k.State, k.InTime, k.Worked, k.Department = workflow.Closed, c.inTime, c.hours*60+59, l.Logistics.ID
			if c.result > 0 {
				k.Rating = workflow.Rating{At: march(25), Speed: 3, Attitude: 3, Result: c.result, Solved: c.solved}
			}
		})
	}
	ask := report.Ask{Period: report.Period{From: "2026-03-01", To: "2026-04-01"}, By: workflow.ByDepartment}
	table, err := l.office.Figures(t.Context(), l.Principal.Actor(), ask)
	must(t, err)
	for key, want := range map[string]report.Value{
		"received": {N: 4}, "answered": {N: 4}, "closed": {N: 4}, "in_time": {N: 3}, "late": {N: 1}, "in_hand": {N: 0},
		"on_time": {N: 3, Of: 4}, "median": {Of: 4, Days: 3}, "satisfaction": {N: 2, Of: 3}, "participation": {N: 3, Of: 4}, "solved": {N: 1, Of: 3},
	} {
		if got := cell(table.Total, key).Value; got != want {
			t.Errorf("%s = %+v, want %+v", key, got, want)
		}
	}
	if p := cell(table.Total, "on_time").Percent(); p != 75 {
		t.Errorf("on time %v %%, want 75", p)
	}
	if len(table.Rows) != 1 || table.Rows[0].NameZH != "后勤处" || table.Rows[0].ID != l.Logistics.ID {
		t.Errorf("rows = %+v", table.Rows)
	}
	ask.Period = report.Period{From: "2026-04-01", To: "2026-05-01"}
	table, err = l.office.Figures(t.Context(), l.Principal.Actor(), ask)
	must(t, err)
	total := table.Total
	for _, key := range []string{"on_time", "median", "satisfaction", "participation", "solved"} {
		if !cell(total, key).None || cell(total, key).Previous.None {
			t.Errorf("%s = %+v, want — now and a value before", key, cell(total, key))
		}
	}
	if got := cell(total, "received").Previous.N; got != 4 {
		t.Errorf("received in the month before = %d, want 4", got)
	}
	ask.Period = report.Period{From: "2027-03-01", To: "2027-04-01"}
	table, err = l.office.Figures(t.Context(), l.Principal.Actor(), ask)
	must(t, err)
	if got := cell(table.Total, "received").LastYear.N; got != 4 {
		t.Errorf("received a year before = %d, want 4", got)
	}
}

func TestFigures_whoMayAsk(t *testing.T) {
	l := open(t, 60)
	ask := report.Ask{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, By: workflow.ByDepartment}
	for _, a := range []workflow.Account{l.Clerk, l.OfficeHead, l.Leader, l.Principal} {
		table, err := l.office.Figures(t.Context(), a.Actor(), ask)
		must(t, err)
		if cell(table.Total, "received").N != 60 {
			t.Errorf("%s sees %d letters, want 60", a.Username, cell(table.Total, "received").N)
		}
	}
	for _, a := range []workflow.Account{l.LogisticsClerk, l.LogisticsHead} {
		table, err := l.office.Figures(t.Context(), a.Actor(), ask)
		must(t, err)
		if len(table.Rows) != 1 || table.Rows[0].ID != l.Logistics.ID || table.Ask.Department != l.Logistics.ID {
			t.Errorf("%s sees rows %+v, want its department's alone", a.Username, table.Rows)
		}
	}
	other := ask
	other.Department = l.Academic.ID
	for name, by := range map[string]workflow.Actor{
		"reviewer": l.Reviewer.Actor(), "admin": l.Admin.Actor(), "discipline": l.Discipline.Actor(), "writer": workflow.ByWriter(1), "nobody": {},
	} {
		if _, err := l.office.Figures(t.Context(), by, ask); workflow.KindOf(err) != workflow.Forbidden {
			t.Errorf("%s: %v, want Forbidden", name, err)
		}
	}
	if _, err := l.office.Figures(t.Context(), l.LogisticsHead.Actor(), other); workflow.KindOf(err) != workflow.Forbidden {
		t.Errorf("another department: %v, want Forbidden", err)
	}
}

func TestFigures_refusesWhatMakesNoSense(t *testing.T) {
	l := open(t, 0)
	for _, ask := range []report.Ask{
		{Period: report.Period{From: "2026-01-01", To: "2026-01-01"}, By: workflow.ByMonth},
		{Period: report.Period{From: "2026-02-01", To: "2026-01-01"}, By: workflow.ByMonth},
		{Period: report.Period{From: "2026-02-30", To: "2026-03-01"}, By: workflow.ByMonth},
		{Period: report.Period{From: "", To: "2026-03-01"}, By: workflow.ByMonth},
		{Period: report.Period{From: "1026-03-01", To: "2026-03-01"}, By: workflow.ByMonth},
		{Period: report.Period{From: "2026-01-01", To: "2026-02-01"}, By: "number"},
		{Period: report.Period{From: "2026-01-01", To: "2026-02-01"}, By: workflow.ByDay},
	} {
		if _, err := l.office.Figures(t.Context(), l.Clerk.Actor(), ask); workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%+v: %v, want Invalid", ask, err)
		}
	}
}

func TestRecount_findsEveryDifference(t *testing.T) {
	l := open(t, 120)
	done, total := 0, 0
	got, err := l.office.Recount(t.Context(), func(d, n int) { done, total = d, n })
	must(t, err)
	if len(got) != 0 || done != 120 || total != 120 {
		t.Fatalf("differences = %v after %d of %d cases, want none", got, done, total)
	}
	one := workflow.FactsOf(l.cases[0], workflowtest.Zone)[0]
	ghost := workflow.Fact{Measure: workflow.CountClosed, Day: "2020-01-01", Category: 1, Kind: workflow.Help, Channel: workflow.Web, Mode: workflow.Signed}
	must(t, l.store.AddFacts(t.Context(), l.cases[0].ID, []workflow.FactChange{{Fact: one, N: -1}, {Fact: ghost, N: 1}}))
	got, err = l.office.Recount(t.Context(), nil)
	must(t, err)
	must(t, l.store.AddFacts(t.Context(), l.cases[0].ID, []workflow.FactChange{{Fact: ghost, N: -1}, {Fact: one, N: 1}}))
	if again, err := l.office.Recount(t.Context(), nil); len(again) != 0 || err != nil {
		t.Errorf("differences = %+v, %v after all was taken back, want none", again, err)
	}
	if len(got) != 2 || got[0].Fact != ghost || got[0].Stored != 1 || got[0].Counted != 0 || got[1].Fact != one || got[1].Counted != got[1].Stored+1 {
		t.Errorf("differences = %+v, want the ghost and the missing one", got)
	}
}

// failing is a Store that cannot add up.
type failing struct{ workflow.Store }

var errSum = errors.New("no sums today")

func (failing) Sum(context.Context, workflow.FigureQuery) ([]workflow.FigureRow, error) {
	return nil, errSum
}

func TestFigures_errorsAreNotZeros(t *testing.T) {
	l := open(t, 0)
	l.office.Store = failing{l.store}
	ask := report.Ask{Period: report.Period{From: "2026-03-01", To: "2026-09-01"}, By: workflow.ByMonth}
	if _, err := l.office.Figures(t.Context(), l.Clerk.Actor(), ask); !errors.Is(err, errSum) {
		t.Errorf("figures = %v, want the store's error", err)
	}
	if _, err := l.office.Public(t.Context(), ask.Period); !errors.Is(err, errSum) {
		t.Errorf("public figures = %v, want the store's error", err)
	}
	if _, _, _, err := l.office.Lately(t.Context()); !errors.Is(err, errSum) {
		t.Errorf("lately = %v, want the store's error", err)
	}
}

// plainWords says keys.
type plainWords struct{}

func (plainWords) Word(key string, args ...any) string {
	return strings.TrimSpace(fmt.Sprintln(append([]any{key}, args...)...))
}

func (plainWords) Row(_ report.Table, l report.Line) string {
	if l.Key == "" {
		return "total"
	}
	return l.NameZH
}

func TestSheet_isTheTable(t *testing.T) {
	l := open(t, 80)
	table, err := l.office.Figures(t.Context(), l.Clerk.Actor(), report.Ask{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, By: workflow.ByCategory})
	must(t, err)
	s := table.Sheet(plainWords{})
	if len(s.Rows) != len(table.Rows)+1 || s.Rows[len(s.Rows)-1][0].Text != "total" {
		t.Fatalf("%d rows, want one for each and the total", len(s.Rows))
	}
	if s.Notes[0] != "figures.period 2025-09-01 2026-11-30" || s.Notes[1] != "figures.as_of 2026-11-23 09:00" {
		t.Errorf("notes = %q, want the last day and the college's time", s.Notes[:2])
	}
	for _, row := range s.Rows {
		if len(row) != len(s.Columns) {
			t.Fatalf("a row has %d fields for %d columns", len(row), len(s.Columns))
		}
	}
	for i, col := range s.Columns {
		got := s.Rows[len(s.Rows)-1][i]
		switch {
		case col.Title == "figure.received" && (col.Kind != report.IntColumn || got.Number != 80):
			t.Errorf("received = %v (%s), want 80", got.Number, col.Kind)
		case col.Title == "figure.on_time" && (col.Kind != report.PercentColumn || got.Number <= 0 || got.Number > 1):
			t.Errorf("on time = %v (%s), want a part of 1", got.Number, col.Kind)
		}
	}
}
