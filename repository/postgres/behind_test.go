package postgres_test

import (
	"database/sql"
	"slices"
	"testing"

	"mailbox/repository/postgres"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// TestBehind: whether the facts behind a figure lead or the cases, a page holds
// the same cases, and not those of which a fact was taken back.
func TestBehind(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	db := connect(t, dsn)
	crowd(t, s, db, 3000)
	department := int64(count(t, db, `SELECT min(id) + 3 FROM departments WHERE sort > 100`))
	if _, err := db.ExecContext(t.Context(), `INSERT INTO facts (case_id, measure, day, department_id, category_id, kind, channel, mode, bucket, n)
		SELECT case_id, measure, day, department_id, category_id, kind, channel, mode, bucket, -1 FROM facts WHERE case_id % 3 = 0`); err != nil {
		t.Fatal(err)
	}
	page, err := s.List(t.Context(), workflow.Query{Scope: workflow.Scope{NotAbout: 1}, Order: workflow.NewestFirst})
	if err != nil {
		t.Fatal(err)
	}
	to := page.Rows[0].Received.In(workflowtest.Zone).AddDate(0, 0, -40).Format("2006-01-02")
	for _, m := range []workflow.Measure{
		workflow.CountReceived, workflow.CountAccepted, workflow.CountAnswered, workflow.CountClosed, workflow.CountInTime, workflow.CountLate, workflow.CountWorked,
	} {
		for _, q := range []workflow.FactQuery{
			{Measure: m, From: "2000-01-01", To: "2100-01-01"},
			{Measure: m, From: "2000-01-01", To: to},
			{Measure: m, From: to, To: "2100-01-01", Department: department},
			{Measure: m, From: "2000-01-01", To: "2100-01-01", Kind: workflow.Complaint, Channel: workflow.Web},
		} {
			cases, facts := behind(t, db, q, false), behind(t, db, q, true)
			if !slices.Equal(cases, facts) {
				t.Errorf("%+v: the cases lead to %v, the facts to %v", q, cases, facts)
			}
			if slices.ContainsFunc(cases, func(id int64) bool { return id%3 == 0 }) {
				t.Errorf("%+v: a fact that was taken back is in %v", q, cases)
			}
			if q.Department == 0 && m == workflow.CountReceived && len(cases) == 0 {
				t.Errorf("%+v: nothing is behind it", q)
			}
		}
	}
}

func behind(t *testing.T, db *sql.DB, q workflow.FactQuery, few bool) (ids []int64) {
	t.Helper()
	statement, args, err := postgres.ListStatement(workflow.Query{Scope: workflow.Scope{NotAbout: 1}, Fact: &q, Order: workflow.NewestFirst}, few)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), "SELECT id FROM ("+statement+") l", args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}
