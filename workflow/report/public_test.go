package report_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
)

func TestPublic_onlyTermsThatAreOver(t *testing.T) {
	l := open(t, 0)
	terms := l.office.Terms(3)
	want := []report.Period{{From: "2026-03-01", To: "2026-09-01"}, {From: "2025-09-01", To: "2026-03-01"}, {From: "2025-03-01", To: "2025-09-01"}}
	for i, p := range want {
		if terms[i] != p {
			t.Errorf("term %d = %v, want %v", i, terms[i], p)
		}
		_, err := l.office.Public(t.Context(), p)
		must(t, err)
	}
	for _, p := range []report.Period{
		{From: "2026-09-01", To: "2027-03-01"}, // runs
		{From: "2026-03-01", To: "2026-08-31"},
		{From: "2026-03-02", To: "2026-09-02"},
		{From: "2026-04-01", To: "2026-05-01"},
		{From: "2025-03-01", To: "2026-03-01"},
		{From: "", To: ""},
	} {
		if _, err := l.office.Public(t.Context(), p); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%v: %v, want NotFound", p, err)
		}
	}
}

func TestPublic_showsNoSmallCell(t *testing.T) {
	for _, cases := range []int{3, 20, 60, 300} {
		l := open(t, cases)
		for _, term := range l.office.Terms(2) {
			table, err := l.office.Public(t.Context(), term)
			must(t, err)
			lines := append(append(append([]report.PublicLine{table.Total}, table.Months...), table.Departments...), table.Categories...)
			for _, line := range lines {
				for i, c := range line.Cells {
					checkCell(t, report.PublicFigures[i], line.Key, c)
				}
			}
		}
	}
}

func checkCell(t *testing.T, f report.Figure, row string, c report.PublicCell) {
	t.Helper()
	if c.Hidden && (c.N != 0 || c.Of != 0 || c.Days != 0) {
		t.Errorf("%s of %q is hidden and carries %+v", f.Key, row, c.Value)
	}
	n := c.Of
	if f.Unit == report.Cases {
		n = c.N
	}
	if !c.Hidden && n > 0 && n < 5 {
		t.Errorf("%s of %q is taken from %d", f.Key, row, n)
	}
}

func TestPublic_isTheOfficesFigures(t *testing.T) {
	l := open(t, 400)
	term := l.office.Terms(1)[0]
	public, err := l.office.Public(t.Context(), term)
	must(t, err)
	inside, err := l.office.Figures(t.Context(), l.Clerk.Actor(), report.Ask{Period: term, By: workflow.ByDepartment})
	must(t, err)
	shown := 0
	for _, line := range append(public.Departments, public.Total) {
		for i, f := range report.PublicFigures {
			if c := line.Cells[i]; !c.Hidden {
				shown++
				if want := cell(lineOf(inside, line.Key), f.Key).Value; c.Value != want {
					t.Errorf("%s of %q = %+v, the office has %+v", f.Key, line.Key, c.Value, want)
				}
			}
		}
	}
	if shown == 0 {
		t.Error("nothing is shown of 400 letters")
	}
	if len(public.Months) != 6 {
		t.Errorf("%d months, want 6", len(public.Months))
	}
}

func lineOf(t report.Table, key string) report.Line {
	for _, l := range t.Rows {
		if l.Key == key {
			return l
		}
	}
	return t.Total
}

func TestLately_isTheLastWholeMonth(t *testing.T) {
	l := open(t, 0)
	october := time.Date(2026, 10, 20, 10, 0, 0, 0, workflowtest.Zone)
	answered := func(inTime bool) {
		l.add(t, func(c *workflow.Case) {
			c.State, c.Accepted, c.Answered, c.InTime, c.Worked = workflow.Answered, october, october, &inTime, 7*60
			c.Department, c.Received = l.Logistics.ID, october
		})
	}
	for range 4 {
		answered(true)
	}
	month, onTime, median, err := l.office.Lately(t.Context())
	must(t, err)
	if month != "2026-10-01" || !onTime.None || !median.None {
		t.Errorf("%s: on time %+v, median %+v, want nothing of four cases", month, onTime, median)
	}
	answered(false)
	answered(true)
	_, onTime, median, err = l.office.Lately(t.Context())
	must(t, err)
	if onTime != (report.Value{N: 83, Of: 100}) || median != (report.Value{Days: 1}) {
		t.Errorf("on time %+v, median %+v, want 83 %% and 1 day", onTime, median)
	}
}
