package postgres_test

import (
	"database/sql"
	"slices"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// counted is a board as the cases themselves say it.
const counted = `
	SELECT coalesce(department_id, 0), count(*) FILTER (WHERE due_key < $1), count(*) FILTER (WHERE due_key >= $1 AND due_key < $2),
		count(*) FILTER (WHERE due_key >= $2 AND due_key < $3), count(*) FILTER (WHERE due_key >= $3), count(*)
	FROM cases WHERE ended_at IS NULL AND NOT sealed AND about_id IS DISTINCT FROM 1 GROUP BY 1 ORDER BY 1`

// TestBoardCountsAsCasesChange moves, ends, seals and reopens cases, half of
// them after the lines were added up, and counts anew each time.
func TestBoardCountsAsCasesChange(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	db := connect(t, dsn)
	crowd(t, s, db, 2_000)
	now := workflowtest.Morning
	marks := workflow.BoardMarks{Now: now, Today: now.Add(15 * time.Hour), Soon: now.Add(72 * time.Hour)}
	for _, change := range []string{
		"-- nothing",
		`UPDATE cases SET department_id = (SELECT max(id) FROM departments) WHERE ended_at IS NULL AND id % 3 = 0`,
		`UPDATE cases SET due_at = due_at + interval '1 day' WHERE ended_at IS NULL AND id % 5 = 0`,
		`UPDATE cases SET due_at = NULL WHERE ended_at IS NULL AND id % 7 = 0`,
		`UPDATE cases SET sealed = NOT sealed WHERE id % 11 = 0`,
		`UPDATE cases SET about_id = 1 WHERE id % 13 = 0`,
		`UPDATE cases SET state = 'closed', ended_at = now() WHERE ended_at IS NULL AND id % 2 = 0`,
		`UPDATE cases SET state = 'in_hand', ended_at = NULL WHERE id % 17 = 0`,
		`UPDATE cases SET department_id = NULL, state = 'accepted' WHERE ended_at IS NULL AND id % 4 = 1`,
	} {
		if _, err := db.ExecContext(t.Context(), change); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		sameBoard(t, s, db, marks, change)
		if err := s.FoldOpenWork(t.Context()); err != nil {
			t.Fatal(err)
		}
		sameBoard(t, s, db, marks, change+", added up")
		if n := count(t, db, `SELECT count(*) - count(DISTINCT (department_id, about_id, sealed, due_key)) FROM open_work`); n != 0 {
			t.Fatalf("%s: %d lines were not added up", change, n)
		}
	}
	if n, err := s.OpenWorkDiffers(t.Context()); n != 0 || err != nil {
		t.Fatalf("%d numbers differ, %v", n, err)
	}
	if _, err := db.ExecContext(t.Context(), `UPDATE open_work SET n = n + 1 WHERE due_key = (SELECT max(due_key) FROM open_work) AND NOT sealed AND department_id = 0`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.OpenWorkDiffers(t.Context()); n == 0 || err != nil {
		t.Fatalf("what was tampered with is not found: %d, %v", n, err)
	}
}

func sameBoard(t *testing.T, s workflow.Store, db *sql.DB, marks workflow.BoardMarks, when string) {
	t.Helper()
	got, err := s.Board(t.Context(), workflow.Scope{NotAbout: 1}, marks)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), counted, marks.Now, marks.Today, marks.Soon)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var want []workflow.BoardRow
	for rows.Next() {
		var r workflow.BoardRow
		if err := rows.Scan(&r.Department, &r.Overdue, &r.Today, &r.Soon, &r.Later, &r.Total); err != nil {
			t.Fatal(err)
		}
		want = append(want, r)
	}
	if err := rows.Err(); err != nil || len(want) == 0 {
		t.Fatalf("nothing to count: %v", err)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: the board says\n%+v, the cases say\n%+v", when, got, want)
	}
}
