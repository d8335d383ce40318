package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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

// figureColumns are the columns a figure can be told apart by, with what stands
// in a row that is not.
var figureColumns = []struct {
	name, none string
	by         workflow.Dimension
}{
	{"department_id", "0", workflow.ByDepartment},
	{"category_id", "0", workflow.ByCategory},
	{"kind", "''", workflow.ByKind},
	{"channel", "''", workflow.ByChannel},
	{"mode", "''", workflow.ByMode},
	{"status", "''", workflow.ByStatus},
	{"bucket", "0", workflow.ByBucket},
}

// Sum implements workflow.Figures. Whole months are read from the monthly rows,
// what is left at both ends from the daily ones, and both at the coarsest grain
// that knows what is asked.
func (s *Store) Sum(ctx context.Context, q workflow.FigureQuery) ([]workflow.FigureRow, error) {
	spans, err := spansOf(q)
	if err != nil || len(spans) == 0 || len(q.Measures) == 0 {
		return nil, err
	}
	statement, args := sumStatement(q, spans)
	return many(ctx, s, "sum figures", figureRow.toRow, statement, args...)
}

// span is a part of the time asked for, and the table that knows it.
type span struct {
	table, day string
	from, to   string
}

func spansOf(q workflow.FigureQuery) ([]span, error) {
	from, err := time.Parse(time.DateOnly, q.From)
	if err != nil {
		return nil, fmt.Errorf("sum figures from: %w", err)
	}
	to, err := time.Parse(time.DateOnly, q.To)
	if err != nil {
		return nil, fmt.Errorf("sum figures to: %w", err)
	}
	first, last := monthOf(from.AddDate(0, 0, -1)).AddDate(0, 1, 0), monthOf(to) // the whole months
	if slices.Contains(q.By, workflow.ByDay) || !first.Before(last) {
		return spansIn(nil, daily, from, to), nil
	}
	spans := spansIn(nil, monthly, first, last)
	spans = spansIn(spans, daily, from, first)
	return spansIn(spans, daily, last, to), nil
}

var (
	daily   = span{table: "figures_daily", day: "day"}
	monthly = span{table: "figures_monthly", day: "month"}
)

func spansIn(spans []span, of span, from, to time.Time) []span {
	if !from.Before(to) {
		return spans
	}
	of.from, of.to = from.Format(time.DateOnly), to.Format(time.DateOnly)
	return append(spans, of)
}

func monthOf(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }

func sumStatement(q workflow.FigureQuery, spans []span) (statement string, args []any) {
	columns, groups := []string{"f.measure", dayColumn(q.By)}, []string{"1"}
	if slices.Contains(q.By, workflow.ByDay) || slices.Contains(q.By, workflow.ByMonth) {
		groups = append(groups, "2")
	}
	for _, c := range figureColumns {
		if slices.Contains(q.By, c.by) {
			columns = append(columns, "f."+c.name)
			groups = append(groups, strconv.Itoa(len(columns)))
		} else {
			columns = append(columns, c.none+" AS "+c.name)
		}
	}
	var parts []string
	for _, sp := range spans {
		where := conditions{args: &args}
		where.figures(q, sp)
		parts = append(parts, "SELECT measure, "+sp.day+" AS day, department_id, category_id, kind, channel, mode, status, bucket, n FROM "+
			sp.table+" WHERE "+where.String())
	}
	if !q.AsOf.IsZero() {
		parts = append(parts, laterFacts(q, &args))
	}
	grouped := strings.Join(groups, ", ")
	return "SELECT " + strings.Join(columns, ", ") + ", sum(f.n) AS n FROM (" + strings.Join(parts, " UNION ALL ") +
		") f GROUP BY " + grouped + " HAVING sum(f.n) <> 0 ORDER BY " + grouped, args
}

// laterFacts takes back what was counted after the moment that is asked for.
func laterFacts(q workflow.FigureQuery, args *[]any) string {
	where := conditions{args: args}
	where.add("projected AND at > ?::timestamptz", moment(q.AsOf))
	where.add("measure = ANY (?)", array(q.Measures))
	where.add("day >= ?::date AND day < ?::date", q.From, q.To)
	where.addIf(q.Department != 0, "department_id = ?", q.Department)
	where.figureFilters(q)
	return "SELECT measure, day, department_id, category_id, kind, channel, mode, status, bucket, -n AS n FROM facts WHERE " + where.String()
}

func dayColumn(by []workflow.Dimension) string {
	switch {
	case slices.Contains(by, workflow.ByDay):
		return "f.day"
	case slices.Contains(by, workflow.ByMonth):
		return "date_trunc('month', f.day::timestamp)::date AS day"
	}
	return "NULL::date AS day"
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

const sqlFigureDays = `SELECT DISTINCT day FROM figures_daily WHERE grain = 'all' AND n <> 0 ORDER BY day`

// FigureDays implements workflow.Figures.
func (s *Store) FigureDays(ctx context.Context) ([]string, error) {
	return many(ctx, s, "list days with figures", func(d date) string { return string(d) }, sqlFigureDays)
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
