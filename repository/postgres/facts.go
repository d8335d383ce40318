package postgres

import (
	"context"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const sqlAddFacts = `
	INSERT INTO facts (case_id, measure, day, department_id, category_id, kind, channel, mode, bucket, n, status, at)
	SELECT $1, f.measure, f.day, f.department_id, f.category_id, f.kind, f.channel, f.mode, f.bucket, f.n, f.status, f.at
	FROM unnest($2::text[], $3::date[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::int[], $10::smallint[],
			$11::text[], $12::timestamptz[])
		WITH ORDINALITY AS f (measure, day, department_id, category_id, kind, channel, mode, bucket, n, status, at, place)
	ORDER BY f.place`

// AddFacts implements workflow.Figures.
func (s *Store) AddFacts(ctx context.Context, caseID int64, changes []workflow.FactChange) error {
	if len(changes) == 0 {
		return nil
	}
	var statuses, moments pq.StringArray
	for _, f := range changes {
		statuses, moments = append(statuses, string(f.Status)), append(moments, moment(f.At))
	}
	args := append(append([]any{caseID}, factArrays(changes)...), statuses, moments)
	_, err := s.exec(ctx, "add facts", sqlAddFacts, args...)
	return err
}

func factArrays(changes []workflow.FactChange) []any {
	var measures, days, kinds, channels, modes pq.StringArray
	var departments, categories, buckets, counts pq.Int64Array
	for _, f := range changes {
		measures, days = append(measures, string(f.Measure)), append(days, f.Day)
		departments, categories = append(departments, f.Department), append(categories, f.Category)
		kinds, channels = append(kinds, string(f.Kind)), append(channels, string(f.Channel))
		modes = append(modes, string(f.Mode))
		buckets, counts = append(buckets, int64(f.Bucket)), append(counts, int64(f.N))
	}
	return []any{measures, days, departments, categories, kinds, channels, modes, buckets, counts}
}

const sqlTryLock = `SELECT pg_try_advisory_xact_lock($1)`

// Facts are taken, added up at every grain by day and by month, and marked, in
// one statement: all of it is kept or nothing.
const sqlProject = `
	WITH taken AS (
		SELECT id FROM facts WHERE NOT projected ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
	), counted AS (
		UPDATE facts f SET projected = true FROM taken WHERE f.id = taken.id
		RETURNING f.measure, f.day, f.department_id, f.category_id, f.kind, f.channel, f.mode, f.status, f.bucket, f.n
	), grains AS (
		SELECT g.grain, c.measure, c.day, g.department_id, g.category_id, g.kind, g.channel, g.mode, g.status, c.bucket, sum(c.n) AS n
		FROM counted c CROSS JOIN LATERAL (VALUES
			('all', c.department_id, c.category_id, c.kind, c.channel, c.mode, c.status),
			('total', 0, 0, '', '', '', ''),
			('department', c.department_id, 0, '', '', '', ''),
			('category', 0, c.category_id, '', '', '', ''),
			('kind', 0, 0, c.kind, '', '', ''),
			('channel', 0, 0, '', c.channel, '', ''),
			('mode', 0, 0, '', '', c.mode, ''),
			('status', 0, 0, '', '', '', c.status)
		) AS g (grain, department_id, category_id, kind, channel, mode, status)
		GROUP BY g.grain, c.measure, c.day, g.department_id, g.category_id, g.kind, g.channel, g.mode, g.status, c.bucket
	), daily AS (
		INSERT INTO figures_daily AS d (grain, measure, department_id, day, category_id, kind, channel, mode, status, bucket, n)
		SELECT grain, measure, department_id, day, category_id, kind, channel, mode, status, bucket, n FROM grains WHERE n <> 0
		ON CONFLICT (grain, measure, department_id, day, category_id, kind, channel, mode, status, bucket)
		DO UPDATE SET n = d.n + EXCLUDED.n
	), monthly AS (
		INSERT INTO figures_monthly AS m (grain, measure, department_id, month, category_id, kind, channel, mode, status, bucket, n)
		SELECT grain, measure, department_id, date_trunc('month', day::timestamp)::date, category_id, kind, channel, mode, status, bucket, sum(n)
		FROM grains
		GROUP BY grain, measure, department_id, date_trunc('month', day::timestamp)::date, category_id, kind, channel, mode, status, bucket
		HAVING sum(n) <> 0
		ON CONFLICT (grain, measure, department_id, month, category_id, kind, channel, mode, status, bucket)
		DO UPDATE SET n = m.n + EXCLUDED.n
	)
	SELECT count(*) FROM counted`

// Project implements workflow.Figures. One at a time does it; another that
// comes meanwhile has nothing to do.
func (s *Store) Project(ctx context.Context, limit int) (n int, err error) {
	err = s.together(ctx, func(tx *Store) error {
		mine, err := one[bool](ctx, tx, "lock figures", sqlTryLock, projectLock)
		if err != nil || !mine {
			return err
		}
		n, err = one[int](ctx, tx, "project facts", sqlProject, ref(limit))
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

const sqlWaitingFacts = `SELECT count(*) FROM facts WHERE NOT projected`

// WaitingFacts implements workflow.Figures.
func (s *Store) WaitingFacts(ctx context.Context) (int, error) {
	return one[int](ctx, s, "count waiting facts", sqlWaitingFacts)
}
