package report_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

var wholeTime = report.Period{From: "2025-09-01", To: "2026-12-01"}

func (l *ledger) counted(t *testing.T, what string, c report.Counted) int {
	t.Helper()
	q := *c.Behind
	q.Scope = workflow.Scope{Everything: true}
	n, err := l.store.CountCases(t.Context(), q)
	must(t, err)
	if n != c.N {
		t.Errorf("%s is %d, its list has %d (%+v)", what, c.N, n, q.Fact)
	}
	return c.N
}

// TestCharts_divideTheSameCases adds every chart up to the figure it divides,
// and opens the list behind each of its parts.
func TestCharts_divideTheSameCases(t *testing.T) {
	l := open(t, 250)
	for _, asOf := range []time.Time{{}, today.AddDate(0, -6, 0)} {
		ask := report.Ask{Period: wholeTime, AsOf: asOf}
		c, err := l.office.Charts(t.Context(), l.Leader.Actor(), ask)
		must(t, err)
		ask.By = workflow.ByMonth
		table, err := l.office.Figures(t.Context(), l.Leader.Actor(), ask)
		must(t, err)
		months, flow, fates, week, spread, marks := 0, 0, 0, 0, 0, 0
		for _, m := range c.Months {
			months += l.counted(t, m.First, m.Received)
		}
		for _, course := range c.Flow {
			flow += l.counted(t, string(course.Channel), course.Total)
			for _, f := range course.Fates {
				fates += l.counted(t, "fate", f)
			}
		}
		for _, hours := range c.Week {
			for _, h := range hours {
				week += h.N
			}
		}
		l.counted(t, "Monday at nine", c.Week[0][9])
		for _, column := range c.Spread.Columns {
			spread += l.counted(t, "spread", column)
		}
		for _, m := range c.Marks {
			marks += l.counted(t, "mark", m)
		}
		anonymous := 0
		for _, l := range l.cases {
			if l.Mode == workflow.Anonymous && (asOf.IsZero() || !l.Updated.After(asOf)) {
				anonymous++
			}
		}
		week += anonymous // whose hours are not counted
		received, answered, rated := cell(table.Total, "received").N, cell(table.Total, "median").Of, cell(table.Total, "satisfaction").Of
		if received == 0 || months != received || flow != received || fates != received || week != received {
			t.Errorf("as of %v: of %d letters the charts show %d, %d, %d and %d", asOf, received, months, flow, fates, week)
		}
		if spread != answered || marks != rated || c.Spread.N != answered {
			t.Errorf("as of %v: %d answers in columns, want %d; %d marks, want %d", asOf, spread, answered, marks, rated)
		}
		if c.Spread.Promised != 10 {
			t.Errorf("promised %d working days", c.Spread.Promised)
		}
	}
}

// TestFigures_asOfAMoment wants what was counted then, whatever came later: the
// same question answered by an office that lives at that moment.
func TestFigures_asOfAMoment(t *testing.T) {
	moment := today.AddDate(0, -4, 0)
	l, then := open(t, 200), open(t, 0)
	for _, c := range l.cases {
		if !c.Updated.After(moment) {
			then.add(t, func(x *workflow.Case) { id := x.ID; *x = c; x.ID = id })
		}
	}
	for _, by := range dimensions {
		got, err := l.office.Figures(t.Context(), l.Leader.Actor(), report.Ask{Period: wholeTime, By: by, AsOf: moment})
		must(t, err)
		want, err := then.office.Figures(t.Context(), then.Leader.Actor(), report.Ask{Period: wholeTime, By: by})
		must(t, err)
		for i, f := range report.All {
			if g, w := got.Total.Cells[i].Value, want.Total.Cells[i].Value; g != w {
				t.Errorf("%s by %s as of then is %+v, it was %+v", f.Key, by, g, w)
			}
		}
		if len(got.Rows) != len(want.Rows) || !got.AsOf.Equal(moment) {
			t.Errorf("by %s: %d rows as of %v, there were %d", by, len(got.Rows), got.AsOf, len(want.Rows))
		}
	}
	later, err := l.office.Figures(t.Context(), l.Leader.Actor(), report.Ask{Period: wholeTime, By: workflow.ByKind, AsOf: today.AddDate(1, 0, 0)})
	must(t, err)
	if !later.AsOf.Equal(today) {
		t.Errorf("as of next year is answered as of %v", later.AsOf)
	}
}

// TestDepartments_listsAndSmallNumbers opens what is behind the table of
// departments and wants no share of fewer than five.
func TestDepartments_listsAndSmallNumbers(t *testing.T) {
	l := open(t, 120)
	for _, a := range []struct {
		by     workflow.Account
		action workflow.Action
		c      workflow.Case
	}{{l.LogisticsClerk, workflow.Refuse, l.cases[3]}, {l.LogisticsHead, workflow.Refuse, l.cases[3]}, {l.AcademicClerk, workflow.MarkMoreTime, l.cases[4]}} {
		events, err := l.store.EventsOf(t.Context(), a.c.ID)
		must(t, err)
		must(t, l.store.AddEvent(t.Context(), workflow.Event{
			CaseID: a.c.ID, Seq: len(events) + 1, Action: a.action, From: a.c.State, To: a.c.State, By: a.by.Actor(), Role: workflow.DeptClerk,
			At: today.AddDate(0, -1, 0), Hash: []byte{1},
		}))
	}
	table, err := l.office.Departments(t.Context(), l.OfficeHead.Actor(), report.Ask{Period: wholeTime})
	must(t, err)
	if len(table.Rows) != 3 {
		t.Fatalf("%d rows, want nobody's and two departments'", len(table.Rows))
	}
	for _, line := range append(table.Rows, table.Total) {
		l.checkCells(t, table.Figures, line)
		refused := line.Cells[2].N
		if want := map[int64]int{l.Logistics.ID: 1}[line.ID]; line.Key != "" && refused != want {
			t.Errorf("department %d refused %d, want %d", line.ID, refused, want)
		}
	}
	short, err := l.office.Departments(t.Context(), l.OfficeHead.Actor(), report.Ask{Period: report.Period{From: "2026-01-01", To: "2026-01-20"}})
	must(t, err)
	few := 0
	for _, line := range short.Rows {
		for i, f := range short.Figures {
			c := line.Cells[i]
			if c.Few {
				few++
			}
			if c.Few != (f.Unit != report.Cases && !c.None && c.Of < 5) {
				t.Errorf("%s of %d cases says few: %v", f.Key, c.Of, c.Few)
			}
		}
	}
	if few == 0 {
		t.Error("no share was of few in three weeks")
	}
	own, err := l.office.Departments(t.Context(), l.AcademicHead.Actor(), report.Ask{Period: wholeTime})
	must(t, err)
	if len(own.Rows) != 1 || own.Rows[0].ID != l.Academic.ID {
		t.Errorf("a department sees %+v", own.Rows)
	}
	if _, err := l.office.Departments(t.Context(), l.Reviewer.Actor(), report.Ask{Period: wholeTime}); workflow.KindOf(err) != workflow.Forbidden {
		t.Errorf("a reviewer gets %v", err)
	}
}
