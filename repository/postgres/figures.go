package postgres

import (
	"context"
	"slices"

	"mailbox/workflow"
)

type figureRow struct {
	Measure    string `db:"measure"`
	Day        date   `db:"day"`
	Department int64  `db:"department_id"`
	Category   int64  `db:"category_id"`
	Kind       string `db:"kind"`
	Channel    string `db:"channel"`
	Mode       string `db:"mode"`
	Status     string `db:"status"`
	Bucket     int    `db:"bucket"`
	N          int    `db:"n"`
}

func (r figureRow) toRow() workflow.FigureRow {
	return workflow.FigureRow{
		Measure: workflow.Measure(r.Measure), Day: string(r.Day), Department: r.Department, Category: r.Category,
		Kind: workflow.CaseKind(r.Kind), Channel: workflow.Channel(r.Channel), Mode: workflow.Mode(r.Mode),
		Status: workflow.WriterStatus(r.Status), Bucket: r.Bucket, N: r.N,
	}
}

// figures adds the conditions of a sum. Rows of a grain that does not know
// departments have department 0: saying so lets the index find their days.
func (c *conditions) figures(q workflow.FigureQuery, sp span) {
	grain := grainOf(q)
	c.add("grain = ?", grain)
	c.add("measure = ANY (?)", array(q.Measures))
	c.addIf(q.Department != 0, "department_id = ?", q.Department)
	c.addIf(grain != grainAll && grain != string(workflow.ByDepartment), "department_id = 0")
	c.add(sp.day+" >= ?::date AND "+sp.day+" < ?::date", sp.from, sp.to)
	c.figureFilters(q)
}

func (c *conditions) figureFilters(q workflow.FigureQuery) {
	c.addIf(q.Category != 0, "category_id = ?", q.Category)
	c.addIf(q.Kind != "", "kind = ?", q.Kind)
	c.addIf(q.Channel != "", "channel = ?", q.Channel)
	c.addIf(q.Mode != "", "mode = ?", q.Mode)
	c.addIf(q.Status != "", "status = ?", q.Status)
}

// The grains that are not called like their one dimension.
const (
	grainAll   = "all"
	grainTotal = "total"
)

// grainOf is the coarsest grain that has every dimension a question is about.
func grainOf(q workflow.FigureQuery) string {
	grain := grainTotal
	for dimension, filtered := range map[workflow.Dimension]bool{
		workflow.ByDepartment: q.Department != 0,
		workflow.ByCategory:   q.Category != 0,
		workflow.ByKind:       q.Kind != "",
		workflow.ByChannel:    q.Channel != "",
		workflow.ByMode:       q.Mode != "",
		workflow.ByStatus:     q.Status != "",
	} {
		if !filtered && !slices.Contains(q.By, dimension) {
			continue
		}
		if grain != grainTotal {
			return grainAll
		}
		grain = string(dimension)
	}
	return grain
}

const sqlStoredFigures = `
	SELECT measure, day, department_id, category_id, kind, channel, mode, status, bucket, n
	FROM figures_daily WHERE grain = 'all' AND day = $1 AND n <> 0`

// StoredFigures implements workflow.Figures.
func (s *Store) StoredFigures(ctx context.Context, day string) (map[workflow.Fact]int, error) {
	rows, err := many(ctx, s, "read figures of day", figureRow.toRow, sqlStoredFigures, date(day))
	if err != nil {
		return nil, err
	}
	out := make(map[workflow.Fact]int, len(rows))
	for _, r := range rows {
		out[workflow.Fact{
			Measure: r.Measure, Day: r.Day, Department: r.Department, Category: r.Category,
			Kind: r.Kind, Channel: r.Channel, Mode: r.Mode, Status: r.Status, Bucket: r.Bucket,
		}] = r.N
	}
	return out, nil
}

// Counts are held to workflow.DigestMost.
const sqlFigureDigests = `
	SELECT day, sum(n) AS n, sum(greatest(least(n, 1048576), -1048576) * (
		'x' || left(encode(sha256(convert_to(concat_ws('|', $1::text, measure, day, department_id, category_id, kind, channel, mode, status, bucket),
			'UTF8')), 'hex'), 10))::bit(40)::bigint) AS sum
	FROM figures_daily WHERE grain = 'all' AND n <> 0
	GROUP BY day`

// FigureDigests implements workflow.Figures.
func (s *Store) FigureDigests(ctx context.Context, salt string) (map[string]workflow.Digest, error) {
	type row struct {
		Day date  `db:"day"`
		N   int64 `db:"n"`
		Sum int64 `db:"sum"`
	}
	rows, err := many(ctx, s, "digest figures", same[row], sqlFigureDigests, salt)
	if err != nil {
		return nil, err
	}
	out := make(map[string]workflow.Digest, len(rows))
	for _, r := range rows {
		out[string(r.Day)] = workflow.Digest{N: r.N, Sum: r.Sum}
	}
	return out, nil
}

const sqlCountHappened = `
	SELECT coalesce(e.department_id, 0) AS department, count(DISTINCT e.case_id) AS n
	FROM events e JOIN cases c ON c.id = e.case_id
	WHERE e.action = $1 AND e.at >= $2 AND e.at < $3 AND ($4::bigint = 0 OR e.department_id = $4) AND NOT c.sealed
	GROUP BY 1`

// CountHappened implements workflow.Figures.
func (s *Store) CountHappened(ctx context.Context, q workflow.HappenedQuery) (map[int64]int, error) {
	type row struct {
		Department int64 `db:"department"`
		N          int   `db:"n"`
	}
	rows, err := many(ctx, s, "count what happened", same[row], sqlCountHappened, q.Action, instant(q.From), instant(q.To), q.Department)
	if err != nil {
		return nil, err
	}
	out := map[int64]int{}
	for _, r := range rows {
		out[r.Department] = r.N
	}
	return out, nil
}
