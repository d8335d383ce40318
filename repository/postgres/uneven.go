package postgres

import (
	"context"

	"mailbox/workflow"
)

// What the rows of 'all' come to, by day and by month, against what is stored at
// the coarser grains and for months: what they differ by does not add up. A
// column that a grain does not know is not grouped by; which these are tells the
// grain. All is read in one statement, so that work may go on meanwhile.
const sqlUneven = `
	WITH days AS (
		SELECT (ARRAY['department', 'category', 'kind', 'channel', 'mode', 'status', 'total'])[array_position(
				ARRAY[31, 47, 55, 59, 61, 62, 63], grouping(department_id, category_id, kind, channel, mode, status))] AS grain,
			measure, day, coalesce(department_id, 0) AS department_id, coalesce(category_id, 0) AS category_id, coalesce(kind, '') AS kind,
			coalesce(channel, '') AS channel, coalesce(mode, '') AS mode, coalesce(status, '') AS status, bucket, sum(n) AS n
		FROM figures_daily WHERE grain = 'all'
		GROUP BY measure, day, bucket, GROUPING SETS ((department_id), (category_id), (kind), (channel), (mode), (status), ())
	), months AS (
		SELECT grain, measure, date_trunc('month', day::timestamp)::date AS day, department_id, category_id, kind, channel, mode, status, bucket, sum(n) AS n
		FROM (SELECT * FROM days UNION ALL
			SELECT grain, measure, day, department_id, category_id, kind, channel, mode, status, bucket, n FROM figures_daily WHERE grain = 'all') d
		GROUP BY grain, measure, date_trunc('month', day::timestamp)::date, department_id, category_id, kind, channel, mode, status, bucket
	), sums AS (
		SELECT 'day' AS span, *, 0 AS stored FROM days
		UNION ALL
		SELECT 'month', *, 0 FROM months
		UNION ALL
		SELECT 'day', grain, measure, day, department_id, category_id, kind, channel, mode, status, bucket, 0, n
		FROM figures_daily WHERE grain <> 'all'
		UNION ALL
		SELECT 'month', grain, measure, month, department_id, category_id, kind, channel, mode, status, bucket, 0, n
		FROM figures_monthly
	)
	SELECT span, grain, measure, day, department_id, category_id, kind, channel, mode, status, bucket, sum(stored) AS n, sum(n) AS counted
	FROM sums
	GROUP BY span, grain, measure, day, department_id, category_id, kind, channel, mode, status, bucket
	HAVING sum(stored) <> sum(n)
	ORDER BY span, grain, day, measure, department_id, category_id, kind, channel, mode, status, bucket
	LIMIT $1`

type unevenRow struct {
	figureRow
	Span    string `db:"span"`
	Grain   string `db:"grain"`
	Counted int    `db:"counted"`
}

func (r unevenRow) toUneven() workflow.Uneven {
	return workflow.Uneven{FigureRow: r.toRow(), Monthly: r.Span == "month", Grain: r.Grain, Counted: r.Counted}
}

// UnevenFigures implements workflow.Figures.
func (s *Store) UnevenFigures(ctx context.Context, limit int) ([]workflow.Uneven, error) {
	return many(ctx, s, "compare grains of figures", unevenRow.toUneven, sqlUneven, ref(limit))
}
