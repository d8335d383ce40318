package bench

import (
	"fmt"
	"time"
)

// sqlSheets holds the texts while the archive grows.
const sqlSheets = `
	CREATE TABLE IF NOT EXISTS bench_sheets (id int PRIMARY KEY, subject text NOT NULL, body text NOT NULL, words tsvector NOT NULL);
	CREATE OR REPLACE FUNCTION bench_dice(i bigint, what int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
		AS $$ SELECT (hashint8extended(i, what) & 1048575) / 1048576.0 $$`

// sqlArchive says, when it has a row, that the archive is whole.
const sqlArchive = `CREATE TABLE IF NOT EXISTS bench_archive (at timestamptz NOT NULL)`

// archiveStep makes some rows of the cases with numbers from one to another.
type archiveStep struct {
	what string
	sql  func(from, to int, now time.Time) string
}

var archiveSteps = []archiveStep{
	{"letters", sqlArchiveCases},
	{"writers", ofNew(sqlArchiveWriters)},
	{"letters' texts", ofNew(sqlArchiveLetters)},
	{"words", ofNew(sqlArchiveWords)},
	{"history", ofNew(sqlArchiveEvents)},
	{"clocks", ofNew(sqlArchiveClocks)},
	{"notices", ofNew(sqlArchiveNotices)},
	{"facts", ofNew(sqlArchiveFacts)},
	{"figures by day", ofNew(sqlArchiveDays)},
	{"figures by month", ofNew(sqlArchiveMonths)},
}

// ofNew lets a statement be about the new cases: its $FROM and $TO.
func ofNew(text string) func(from, to int, now time.Time) string {
	return func(from, to int, _ time.Time) string {
		return fmt.Sprintf("DO $do$ DECLARE first bigint := %d; last bigint := %d; BEGIN %s; END $do$", from, to, text)
	}
}

// sqlArchiveCases makes cases in the order they came: the last in a hundred are
// open, the others ended within the last year as most do.
func sqlArchiveCases(from, to int, now time.Time) string {
	return fmt.Sprintf(`
	INSERT INTO cases (id, number, code_hash, state, resume, kind, category_id, category_version_id, policy_version_id, channel, mode,
		writer_status, writer_id, subject, department_id, about_id, urgent, sealed, ground, outcome, merged_into, received_at,
		accepted_at, routed_at, signed_for_at, answered_at, ended_at, refusals, in_time, worked_minutes, rated_at, rate_speed,
		rate_attitude, rate_result, rate_solved, due_at, due_clock, chain_seq, chain_hash, updated_at)
	OVERRIDING SYSTEM VALUE
	SELECT c.i, 'XZ' || to_char(c.received AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD') || '-' || lpad(c.i::text, greatest(4, length(c.i::text)), '0'),
		decode(md5(c.i::text), 'hex'), c.state, CASE WHEN c.state = 'waiting' THEN 'in_hand' ELSE '' END,
		(ARRAY['inquiry', 'help', 'suggestion', 'complaint', 'complaint', 'report', 'praise'])[1 + floor(7 * c.d1)::int],
		k.category_id, k.id, p.id,
		(ARRAY['web', 'web', 'web', 'web', 'email', 'email', 'phone', 'visit'])[1 + floor(8 * c.d2)::int],
		(ARRAY['signed', 'signed', 'confidential', 'anonymous'])[1 + floor(4 * c.d3)::int],
		(ARRAY['student', 'student', 'student', 'teacher', 'parent'])[1 + floor(5 * c.d4)::int],
		CASE WHEN c.d3 < 0.75 THEN md5('writer' || c.i)::uuid END, s.subject,
		CASE WHEN c.state IN ('received', 'accepted', 'declined', 'merged') THEN NULL ELSE c.department END,
		CASE WHEN c.d5 < 0.03 THEN 1 + (c.department %% 34) END, c.d5 > 0.99, c.d6 < 0.005,
		CASE WHEN c.state = 'declined' THEN 'unclear' ELSE '' END,
		CASE WHEN c.state = 'closed' THEN CASE WHEN c.d7 < 0.3 THEN 'rated' ELSE 'silence' END ELSE '' END,
		CASE WHEN c.state = 'merged' THEN c.i - 1 END, c.received,
		CASE WHEN c.state NOT IN ('received', 'declined', 'merged', 'withdrawn') THEN c.received + interval '3 hours' END,
		CASE WHEN c.handled THEN c.received + interval '5 hours' END, CASE WHEN c.handled THEN c.received + interval '1 day' END,
		CASE WHEN c.answered THEN c.received + c.d8 * interval '14 days' + interval '1 day' END,
		CASE WHEN c.ended THEN c.received + c.d8 * interval '14 days' + interval '6 days' END,
		CASE WHEN c.d9 < 0.05 THEN 1 ELSE 0 END, CASE WHEN c.answered THEN c.d10 < 0.92 END,
		CASE WHEN c.answered THEN 300 + floor(5700 * c.d8)::int END,
		CASE WHEN c.state = 'closed' AND c.d7 < 0.3 THEN c.received + c.d8 * interval '14 days' + interval '2 days' END,
		CASE WHEN c.state = 'closed' AND c.d7 < 0.3 THEN 1 + floor(5 * c.d1)::int END,
		CASE WHEN c.state = 'closed' AND c.d7 < 0.3 THEN 1 + floor(5 * c.d2)::int END,
		CASE WHEN c.state = 'closed' AND c.d7 < 0.3 THEN 5 - floor(5 * c.d4 * c.d4)::int END,
		CASE WHEN c.state = 'closed' AND c.d7 < 0.3 THEN c.d9 < 0.8 END,
		CASE WHEN NOT c.ended AND c.state <> 'answered' THEN date_trunc('day', c.now + (18 * c.d8 - 3) * interval '1 day') + interval '9.5 hours' END,
		CASE WHEN NOT c.ended AND c.state <> 'answered' THEN 'overall' ELSE '' END,
		CASE WHEN c.ended THEN 6 WHEN c.handled THEN 4 ELSE 1 END, decode(md5('chain' || c.i), 'hex'), c.received
	FROM (
		SELECT i, now, n.state, bench_dice(i, 1) AS d1, bench_dice(i, 2) AS d2, bench_dice(i, 3) AS d3, bench_dice(i, 4) AS d4,
			bench_dice(i, 5) AS d5, bench_dice(i, 6) AS d6, bench_dice(i, 7) AS d7, bench_dice(i, 8) AS d8, bench_dice(i, 9) AS d9,
			bench_dice(i, 10) AS d10, 1 + floor(34 * power(bench_dice(i, 11), 2))::int AS department,
			n.state IN ('declined', 'merged', 'withdrawn', 'closed') AS ended, n.state IN ('answered', 'closed') AS answered,
			n.state IN ('routed', 'in_hand', 'drafted', 'signed', 'waiting', 'answered', 'closed') AS handled,
			now - interval '3 hours' * bench_dice(i, 12) - interval '1 day' * CASE WHEN i * 100 > size * 99
				THEN 2000 * (size - i) / size ELSE 20 + 365 * (1 - i * 100 / (size * 99)) END AS received
		FROM generate_series(%d::bigint, %d) i, (SELECT %[2]d::float8 AS size, '%[3]s'::timestamptz AS now) t,
			LATERAL (SELECT CASE WHEN i * 100 > size * 99
				THEN (ARRAY['received', 'accepted', 'routed', 'routed', 'in_hand', 'in_hand', 'in_hand', 'in_hand', 'drafted', 'signed', 'waiting', 'answered'])[1 + floor(12 * bench_dice(i, 13))::int]
				ELSE (ARRAY['closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'declined', 'merged', 'withdrawn'])[1 + floor(20 * bench_dice(i, 13))::int]
				END AS state) n
	) c
	JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS many, category_id FROM category_versions) k
		ON k.n = floor(k.many * bench_dice(c.i, 14))
	CROSS JOIN (SELECT id FROM policy_versions ORDER BY id LIMIT 1) p
	JOIN bench_sheets s ON s.id = floor((SELECT count(*) FROM bench_sheets) * bench_dice(c.i, 15))
	ORDER BY c.i`, from, to, now.UTC().Format(time.RFC3339))
}

const sqlArchiveWriters = `
	INSERT INTO writers (id, sealed, key_id, mail_index, created_at)
	SELECT writer_id, decode(repeat(md5(id::text), 4), 'hex'), 'bench', decode(md5(number), 'hex'), received_at
	FROM cases WHERE id BETWEEN first AND last AND writer_id IS NOT NULL`

// A letter, and its answer where there is one.
const sqlArchiveLetters = `
	INSERT INTO letters (channel, external, case_id, content_hash, received_at)
	SELECT channel, decode(md5('external' || id), 'hex'), id, decode(md5(id::text), 'hex'), received_at FROM cases WHERE id BETWEEN first AND last;
	INSERT INTO messages (case_id, kind, internal, author_id, author_department_id, body, channel, at)
	SELECT c.id, m.kind, false, m.author, m.department, m.body, 'web', m.at
	FROM cases c
	JOIN bench_sheets s ON s.id = floor((SELECT count(*) FROM bench_sheets) * bench_dice(c.id, 15))
	CROSS JOIN LATERAL (VALUES
		('letter', NULL::bigint, NULL::bigint, s.body, c.received_at),
		('answer', 1, c.department_id, '同学您好：来信收悉。经了解，情况属实，已安排人员处理，预计两周内完成。如有问题请继续留言。', c.answered_at)
	) AS m (kind, author, department, body, at)
	WHERE c.id BETWEEN first AND last AND m.at IS NOT NULL
	ORDER BY c.id`

const sqlArchiveWords = `
	INSERT INTO case_search (case_id, words)
	SELECT c.id, s.words FROM cases c
	JOIN bench_sheets s ON s.id = floor((SELECT count(*) FROM bench_sheets) * bench_dice(c.id, 15))
	WHERE c.id BETWEEN first AND last ORDER BY c.id`

const sqlArchiveEvents = `
	INSERT INTO events (case_id, seq, at, action, from_state, to_state, actor_id, actor_role, hash)
	SELECT c.id, e.seq, c.received_at + e.seq * interval '5 hours', e.action, e.before, e.after, CASE WHEN e.seq > 1 THEN 1 END,
		CASE WHEN e.seq > 1 THEN 'clerk' ELSE 'writer' END, decode(md5(c.id || ' ' || e.seq), 'hex')
	FROM cases c
	JOIN (VALUES (1, 'receive', '', 'received'), (2, 'accept', 'received', 'accepted'), (3, 'route', 'accepted', 'routed'),
		(4, 'sign_for', 'routed', 'in_hand'), (5, 'answer', 'in_hand', 'answered'), (6, 'close', 'answered', 'closed')
	) AS e (seq, action, before, after) ON e.seq <= c.chain_seq
	WHERE c.id BETWEEN first AND last
	ORDER BY c.id, e.seq`

const sqlArchiveClocks = `
	INSERT INTO clocks (case_id, kind, occurrence, department_id, amount, unit, calendar_id, started_at, due_at, first_due_at, warn_at, met_at, cancelled_at)
	SELECT c.id, k.kind, 1, CASE WHEN k.kind = 'answer' THEN c.department_id END, k.amount, 'working_days', v.id, c.received_at, k.due, k.due,
		k.due - interval '1 day', CASE WHEN k.kind = 'register' THEN c.accepted_at WHEN c.answered_at IS NOT NULL THEN c.answered_at END,
		CASE WHEN c.answered_at IS NULL AND c.ended_at IS NOT NULL AND NOT (k.kind = 'register' AND c.accepted_at IS NOT NULL) THEN c.ended_at END
	FROM cases c CROSS JOIN (SELECT id FROM calendar_versions WHERE current) v
	CROSS JOIN LATERAL (VALUES
		('register', 1, c.received_at + interval '1 day'), ('answer', 5, c.received_at + interval '8 days'),
		('overall', 15, coalesce(c.due_at, c.received_at + interval '21 days'))
	) AS k (kind, amount, due)
	WHERE c.id BETWEEN first AND last AND (k.kind <> 'answer' OR c.signed_for_at IS NOT NULL)
	ORDER BY c.id`

const sqlArchiveNotices = `
	INSERT INTO notices (dedup, kind, case_id, to_kind, writer_id, channel, locale, message_id, state, next_at, queued_at, sent_at)
	SELECT 'case:' || c.number || ':' || n.kind || ':writer', n.kind, c.id, 'writer', c.writer_id, 'email', 'zh-CN',
		md5(n.kind || c.id) || '@localhost', 'sent', n.at, n.at, n.at
	FROM cases c CROSS JOIN LATERAL (VALUES ('received', c.received_at), ('accepted', c.accepted_at), ('answered', c.answered_at)) AS n (kind, at)
	WHERE c.id BETWEEN first AND last AND c.writer_id IS NOT NULL AND n.at IS NOT NULL
	ORDER BY c.id`

// Facts are those that workflow.FactsOf finds; the recount at the smallest size
// would find a difference.
const sqlArchiveFacts = `
	INSERT INTO facts (case_id, measure, day, department_id, category_id, kind, channel, mode, status, bucket, n, at, projected)
	SELECT c.id, CASE WHEN c.sealed THEN 'sealed.' ELSE '' END || f.measure, (f.at AT TIME ZONE 'Asia/Shanghai')::date,
		coalesce(c.department_id, 0), c.category_id, c.kind, c.channel, c.mode,
		coalesce(nullif(c.writer_status, ''), 'none'), f.bucket, 1, f.at, true
	FROM cases c CROSS JOIN LATERAL (VALUES
		('received', c.received_at, 0), ('accepted', c.accepted_at, 0), ('answered', c.answered_at, 0),
		(c.state, CASE WHEN c.state IN ('declined', 'merged', 'withdrawn', 'closed') THEN c.ended_at END, 0),
		(CASE WHEN c.in_time THEN 'in_time' ELSE 'late' END, c.answered_at, 0), ('worked', c.answered_at, c.worked_minutes / 60),
		('rated', c.rated_at, c.rate_result), ('satisfied', CASE WHEN c.rate_result >= 3 THEN c.rated_at END, 0),
		('solved', CASE WHEN c.rate_solved THEN c.rated_at END, 0), ('refused', CASE WHEN c.refusals > 0 THEN c.received_at END, c.refusals),
		('arrived', CASE WHEN c.mode <> 'anonymous' THEN c.received_at END, 24 * (extract(isodow FROM c.received_at AT TIME ZONE 'Asia/Shanghai')::int - 1)
			+ extract(hour FROM c.received_at AT TIME ZONE 'Asia/Shanghai')::int),
		('fate', c.received_at, CASE WHEN c.state = 'declined' THEN 1 WHEN c.state = 'withdrawn' THEN 2 WHEN c.state = 'merged' THEN 6
			WHEN c.answered_at IS NOT NULL AND NOT c.in_time THEN 4 WHEN c.answered_at IS NOT NULL THEN 3 WHEN c.ended_at IS NOT NULL THEN 5 ELSE 0 END)
	) AS f (measure, at, bucket)
	WHERE c.id BETWEEN first AND last AND f.at IS NOT NULL
	ORDER BY c.id`
