package bench

import "fmt"

// How a college is filled. Rules that hold rows together are switched off
// meanwhile: what is made here keeps them, and a million checks take minutes.
const sqlQuickly = `
	SET session_replication_role = replica;
	SET synchronous_commit = off;
	SET maintenance_work_mem = '256MB';
	SET work_mem = '64MB';
	SET jit = off`

// sqlDepartments makes the college one of 34 departments.
const sqlDepartments = `
	INSERT INTO departments (code, name_zh, name_en, sort)
	SELECT 'dept-' || i, '第' || i || '系', 'Department ' || i, i FROM generate_series(2, 34) i
	ON CONFLICT (code) DO NOTHING`

// sqlPeople gives the office three people and every department two, all with
// an address: whoever is told is told twice, on the page and by mail.
const sqlPeople = `
	INSERT INTO accounts (username, name, email, department_id, roles, created_at)
	SELECT 'person-' || d || '-' || p, '老师' || d || p, 'person' || d || p || '@example.edu.cn', CASE WHEN d > 0 THEN d END,
		ARRAY[CASE WHEN d > 0 THEN (ARRAY['dept_clerk', 'dept_head'])[p] ELSE (ARRAY['clerk', 'office_head'])[p] END], now()
	FROM generate_series(0, 34) d, generate_series(1, 2) p`

// sqlRunningCases makes n cases in hand, each with one clock that is due at an
// expression of i.
func sqlRunningCases(n int, due string) string {
	return fmt.Sprintf(`
	WITH made AS (
		INSERT INTO cases (number, code_hash, state, kind, category_id, category_version_id, policy_version_id, channel, mode, subject,
			department_id, received_at, accepted_at, due_at, due_clock, chain_hash, updated_at)
		SELECT 'XZ' || to_char(now(), 'YYYYMMDD') || '-' || nextval('case_serial'), '\x00', 'in_hand', 'help', k.category_id, k.id, p.id,
			'web', 'anonymous', '三号宿舍楼热水供应时间', 1 + i %% 34, now() - interval '5 days', now() - interval '5 days', %s, 'answer', '', now()
		FROM generate_series(1, %d) i,
			(SELECT id, category_id FROM category_versions WHERE NOT sealed ORDER BY id LIMIT 1) k,
			(SELECT id FROM policy_versions ORDER BY id LIMIT 1) p
		ORDER BY i
		RETURNING id, department_id, due_at
	)
	INSERT INTO clocks (case_id, kind, occurrence, department_id, amount, unit, calendar_id, started_at, due_at, first_due_at, warn_at, warned_at)
	SELECT id, 'answer', 1, department_id, 5, 'working_days', (SELECT id FROM calendar_versions WHERE current), now() - interval '5 days',
		due_at, due_at, due_at - interval '1 day', CASE WHEN due_at < now() + interval '1 day' THEN now() END
	FROM made ORDER BY made.id`, due, n)
}
