package report_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
)

func TestExport_isJournalled(t *testing.T) {
	l := open(t, 10)
	ask := report.Ask{Period: report.Period{From: "2025-09-01", To: "2026-12-01"}, By: workflow.ByKind}
	table, err := l.office.Export(t.Context(), l.Clerk.Actor(), ask, "xlsx")
	must(t, err)
	if cell(table.Total, "received").N != 10 {
		t.Errorf("exported %d letters, want 10", cell(table.Total, "received").N)
	}
	if _, err := l.office.Export(t.Context(), l.Admin.Actor(), ask, "csv"); workflow.KindOf(err) != workflow.Forbidden {
		t.Errorf("an administrator exports: %v", err)
	}
	entries, err := l.store.Journal(t.Context(), 0, 10)
	must(t, err)
	if len(entries) != 1 || entries[0].Action != "export" || entries[0].Account != l.Clerk.ID || entries[0].Detail["format"] != "xlsx" {
		t.Errorf("journal = %+v, want the clerk's export alone", entries)
	}
}

func TestOnTimeWeeks(t *testing.T) {
	l := open(t, 0)
	answered := func(at time.Time, inTime bool) {
		l.add(t, func(c *workflow.Case) {
			c.State, c.Received, c.Accepted, c.Answered, c.InTime, c.Worked = workflow.Answered, at.Add(-time.Hour), at, at, &inTime, 60
		})
	}
	answered(today, true)
	answered(today, false)
	answered(today.AddDate(0, 0, -7), true)
	answered(time.Date(2026, 11, 22, 23, 30, 0, 0, workflowtest.Zone), true) // a Sunday
	answered(today.AddDate(0, 0, -70), true)                                 // too long ago
	weeks, err := l.office.OnTimeWeeks(t.Context(), l.Principal.Actor(), 4)
	must(t, err)
	if len(weeks) != 4 || weeks[3].Begin.Format(time.DateOnly) != "2026-11-23" || weeks[0].Begin.Weekday() != time.Monday {
		t.Fatalf("weeks = %+v", weeks)
	}
	for i, want := range []report.Value{{None: true}, {None: true}, {N: 2, Of: 2}, {N: 1, Of: 2}} {
		if weeks[i].Value != want {
			t.Errorf("week %d = %+v, want %+v", i, weeks[i].Value, want)
		}
	}
	if _, err := l.office.OnTimeWeeks(t.Context(), l.Admin.Actor(), 4); workflow.KindOf(err) != workflow.Forbidden {
		t.Errorf("an administrator asks: %v", err)
	}
}
