package postgres_test

import (
	"database/sql"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// Crowds of cases are written by the database itself: thirty departments,
// three years, one case in fifty still open, a tenth of them without a clock.
const (
	crowdDepartments = `
		INSERT INTO departments (code, name_zh, name_en, sort)
		SELECT 'dept' || chr(97 + g / 26) || chr(97 + g % 26), '部门' || g, 'Department ' || g, 100 + g FROM generate_series(1, 30) g`
	crowdCases = `
		INSERT INTO cases (number, code_hash, state, kind, category_id, category_version_id, policy_version_id, channel, mode, subject,
			department_id, about_id, sealed, urgent, received_at, accepted_at, answered_at, ended_at, in_time, worked_minutes, due_at, updated_at)
		SELECT 'XZ' || to_char(at, 'YYYYMMDD') || '-' || lpad(g::text, 7, '0'), '\x00',
			CASE WHEN NOT open THEN 'closed' ELSE (ARRAY['received', 'accepted', 'routed', 'in_hand', 'drafted', 'signed', 'answered'])[1 + g % 7] END,
			(ARRAY['inquiry', 'help', 'suggestion', 'complaint', 'report', 'praise'])[1 + h % 6],
			v.category_id, v.id, (SELECT min(id) FROM policy_versions),
			(ARRAY['web', 'web', 'web', 'email', 'email', 'wechat', 'phone', 'paper'])[1 + h % 8],
			(ARRAY['signed', 'confidential', 'anonymous'])[1 + h % 3], '宿舍热水 ' || g,
			CASE WHEN open AND g % 7 < 2 THEN NULL ELSE (SELECT min(id) FROM departments WHERE sort > 100) + h % 30 END,
			CASE WHEN h % 40 = 0 THEN (SELECT min(id) FROM departments WHERE sort > 100) + h % 30 END,
			h % 100 = 0, h % 50 = 0, at, at, at + interval '3 days', CASE WHEN NOT open THEN at + interval '9 days' END,
			h % 10 > 0, 600 + h % 4000, CASE WHEN open AND h % 10 > 0 THEN timestamptz '2026-11-23 01:00Z' + (h % 240 - 60) * interval '1 hour' END, at
		FROM (
			SELECT g, abs(hashint8(g)) AS h, g > $1::bigint - $1::bigint / 50 AS open,
				timestamptz '2026-11-23 00:00Z' - ($1::bigint - g) * (interval '3 years' / $1::bigint) AS at
			FROM generate_series(1, $1::bigint) g
		) x JOIN LATERAL (
			SELECT id, category_id FROM category_versions ORDER BY id OFFSET h % (SELECT count(*) FROM category_versions) LIMIT 1
		) v ON true
		ORDER BY g`
	crowdAssists = `
		INSERT INTO case_departments (case_id, department_id, since, received_at, open)
		SELECT id, (SELECT min(id) FROM departments WHERE sort > 100) + (id / 25) % 30, received_at, received_at, ended_at IS NULL FROM cases WHERE id % 25 = 0`
	// The letter x<n> stands in every n-th case.
	crowdWords = `
		INSERT INTO case_search (case_id, words)
		SELECT id, ('''宿舍'':1 ''舍热'':2 ''热水'':3 ''n' || id || ''':4' || (
			SELECT coalesce(string_agg(' ''x' || n || ''':' || 4 + place, ''), '')
			FROM unnest(ARRAY[3, 30, 300, 3000, 30000]) WITH ORDINALITY AS e (n, place) WHERE id % n = 0))::tsvector
		FROM cases`
	crowdFacts = `
		INSERT INTO facts (case_id, measure, day, department_id, category_id, kind, channel, mode, bucket, n)
		SELECT c.id, f.measure, (f.at AT TIME ZONE 'Asia/Shanghai')::date, coalesce(c.department_id, 0), c.category_id, c.kind, c.channel, c.mode, f.bucket, 1
		FROM cases c CROSS JOIN LATERAL (VALUES
			('received', c.received_at, 0), ('accepted', c.accepted_at, 0), ('answered', c.answered_at, 0), ('closed', c.ended_at, 0),
			(CASE WHEN c.in_time THEN 'in_time' ELSE 'late' END, c.answered_at, 0), ('worked', c.answered_at, c.worked_minutes / 60)
		) AS f (measure, at, bucket)
		WHERE f.at IS NOT NULL`
)

// crowd fills a seeded Store with n cases and what belongs to them.
func crowd(t testing.TB, s workflow.Store, db *sql.DB, n int) workflowtest.College {
	t.Helper()
	college := workflowtest.Seed(t, s)
	for _, step := range []struct {
		statement string
		args      []any
	}{
		{crowdDepartments, nil},
		{crowdCases, []any{n}},
		{crowdAssists, nil},
		{crowdWords, nil},
		{crowdFacts, nil},
		{`VACUUM ANALYZE`, nil},
	} {
		if _, err := db.ExecContext(t.Context(), step.statement, step.args...); err != nil {
			t.Fatalf("%.40s: %v", step.statement, err)
		}
	}
	return college
}
