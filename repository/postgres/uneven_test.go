package postgres_test

import (
	"database/sql"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// TestUnevenNamesEveryRow: whichever stored sum is changed, made up or removed,
// of days or months and at any grain, it is the one that is named.
func TestUnevenNamesEveryRow(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	workflowtest.Seed(t, s)
	scatterFacts(t, s, 60)
	projectAll(t, s)
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	uneven := func() []workflow.Uneven {
		t.Helper()
		got, err := s.UnevenFigures(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := uneven(); len(got) != 0 {
		t.Fatalf("before anything was changed: %+v", got)
	}
	run := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []struct {
		name, day string
		monthly   bool
	}{{"figures_daily", "day", false}, {"figures_monthly", "month", true}} {
		for _, grain := range []string{"all", "total", "department", "category", "kind", "channel", "mode", "status"} {
			if grain == "all" && !table.monthly {
				continue // that is what the recount of the cases compares
			}
			where := ` WHERE ctid = (SELECT ctid FROM ` + table.name + `_` + grain + ` ORDER BY ` + table.day + `, measure, bucket LIMIT 1)`
			var day string
			var n int
			if err := db.QueryRowContext(t.Context(), `UPDATE `+table.name+`_`+grain+` SET n = n + 5`+where+` RETURNING `+table.day+`::text, n`).Scan(&day, &n); err != nil {
				t.Fatal(err)
			}
			got := uneven()
			if len(got) != 1 || got[0].Monthly != table.monthly || got[0].Grain != grain || got[0].Day != day || got[0].N != n || got[0].Counted != n-5 {
				t.Errorf("%s of %s on %s: found %+v", table.name, grain, day, got)
			}
			run(`UPDATE ` + table.name + `_` + grain + ` SET n = n - 5` + where)
		}
	}
	run(`DELETE FROM figures_daily_kind WHERE ctid = (SELECT ctid FROM figures_daily_kind WHERE n > 0 LIMIT 1)`)
	run(`INSERT INTO figures_monthly (grain, measure, department_id, month, category_id, kind, channel, mode, status, bucket, n)
		VALUES ('mode', 'received', 0, '2031-01-01', 0, '', '', 'signed', '', 0, 3)`)
	got := uneven()
	if len(got) != 2 || got[0].Grain != "kind" || got[0].N != 0 || got[1].Grain != "mode" || got[1].Counted != 0 {
		t.Errorf("of one removed and one made up: found %+v", got)
	}
	if some, err := s.UnevenFigures(t.Context(), 1); len(some) != 1 || err != nil {
		t.Errorf("of one asked for came %d, %v", len(some), err)
	}
}
