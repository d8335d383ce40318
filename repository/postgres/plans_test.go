package postgres_test

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// TestPlans fails when a list, the count of open cases or a board would read
// the table of cases from one end to the other.
func TestPlans(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	db := connect(t, dsn)
	crowd(t, s, db, 20_000)
	department := int64(count(t, db, `SELECT min(id) + 3 FROM departments WHERE sort > 100`))
	now := workflowtest.Morning
	for _, sh := range shapes(department) {
		statement, args, err := postgres.ListStatement(sh.q, false)
		if err != nil {
			t.Fatal(err)
		}
		noScan(t, db, sh.name, statement, args)
		if sh.q.Fact != nil {
			statement, args, _ = postgres.ListStatement(sh.q, true)
			noScan(t, db, sh.name+", few", statement, args)
		}
		page, err := s.List(t.Context(), sh.q)
		if err != nil {
			t.Fatal(err)
		}
		if sh.q.After = page.Next; page.Next != "" {
			statement, args, _ = postgres.ListStatement(sh.q, false)
			noScan(t, db, sh.name+", second page", statement, args)
		}
		if sh.q.Open {
			statement, args = postgres.CountStatement(sh.q)
			noScan(t, db, "count of "+sh.name, statement, args)
		}
	}
	marks := workflow.BoardMarks{Now: now, Today: now.Add(15 * time.Hour), Soon: now.Add(72 * time.Hour)}
	for name, scope := range map[string]workflow.Scope{
		"board": {NotAbout: 1}, "board of a department": {Department: department, NotAbout: department}, "board of the program": {Everything: true},
	} {
		statement, args := postgres.BoardStatement(scope, marks)
		noScan(t, db, name, statement, args)
	}
}

var scan = regexp.MustCompile(`Seq Scan on (cases|case_search|facts|case_departments)\b`)

func noScan(t *testing.T, db *sql.DB, name, statement string, args []any) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN "+statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(plan, "\n"); len(plan) == 0 || scan.MatchString(text) {
		t.Errorf("%s reads a table whole:\n%s", name, text)
	}
}

// shape is a list as a page asks for it.
type shape struct {
	name string
	q    workflow.Query
}

// shapes are the lists of all pages, for the office and for one department.
func shapes(department int64) []shape {
	now := workflowtest.Morning
	office, desk := workflow.Scope{NotAbout: 1}, workflow.Scope{Department: department, NotAbout: department}
	due, newest := workflow.DueFirst, workflow.NewestFirst
	year := func(m workflow.Measure, department int64) *workflow.FactQuery {
		return &workflow.FactQuery{Measure: m, From: "2025-09-01", To: "2026-09-01", Department: department}
	}
	return []shape{
		{"desk", workflow.Query{Scope: desk, Open: true, Order: due}},
		{"desk overdue", workflow.Query{Scope: desk, Open: true, Order: due, DueTo: now}},
		{"desk in hand", workflow.Query{Scope: desk, States: []workflow.State{workflow.InHand}, Open: true, Order: due}},
		{"desk newest", workflow.Query{Scope: desk, Order: newest}},
		{"desk search", workflow.Query{Scope: desk, Search: "热水", Order: newest}},
		{"office due", workflow.Query{Scope: office, Open: true, Order: due}},
		{"office tray", workflow.Query{Scope: office, States: []workflow.State{workflow.Received}, Open: true, Order: due}},
		{"office trays", workflow.Query{Scope: office, States: []workflow.State{workflow.Received, workflow.Accepted, workflow.Approved}, Open: true, Order: due}},
		{"office nobody has it", workflow.Query{Scope: office, NoOne: true, Open: true, Order: due}},
		{"office without a clock", workflow.Query{Scope: office, NoDue: true, Open: true, Order: due}},
		{"office due soon", workflow.Query{Scope: office, Department: department, Open: true, Order: due, DueFrom: now, DueTo: now.Add(72 * time.Hour)}},
		{"office urgent", workflow.Query{Scope: office, Urgent: true, Open: true, Order: due}},
		{"office newest", workflow.Query{Scope: office, Order: newest}},
		{"office closed", workflow.Query{Scope: office, States: []workflow.State{workflow.Closed}, Order: newest}},
		{"office by department", workflow.Query{Scope: office, Department: department, Order: newest}},
		{"office by category", workflow.Query{Scope: office, Category: 2, Order: newest}},
		{"office by kind and channel", workflow.Query{Scope: office, Kind: workflow.Help, Channel: workflow.Email, Order: newest}},
		{"office by time", workflow.Query{Scope: office, From: now.AddDate(-1, 0, 0), To: now.AddDate(-1, 1, 0), Order: newest}},
		{"number", workflow.Query{Scope: office, Search: "XZ20260301-", Order: newest}},
		{"words in every case", workflow.Query{Scope: office, Search: "宿舍热水", Order: newest}},
		{"words in each third", workflow.Query{Scope: office, Search: "x3", Order: newest}},
		{"words in each 30th", workflow.Query{Scope: office, Search: "x30", Order: newest}},
		{"words in each 300th", workflow.Query{Scope: office, Search: "x300", Order: newest}},
		{"words in each 3000th", workflow.Query{Scope: office, Search: "x3000", Order: newest}},
		{"words in one", workflow.Query{Scope: office, Search: "n777", Order: newest}},
		{"sealed lane", workflow.Query{Scope: workflow.Scope{Sealed: true}, Open: true, Order: due}},
		{"figure of all", workflow.Query{Scope: office, Fact: year(workflow.CountReceived, 0), Order: newest}},
		{"figure of one department", workflow.Query{Scope: office, Fact: year(workflow.CountLate, department), Order: newest}},
	}
}
