package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

// sumRow is the sums of one value of every dimension asked for, by bucket; the
// columns of the others are not read.
type sumRow struct {
	figureRow
	Buckets pq.Int64Array `db:"buckets"`
	Counts  pq.Int64Array `db:"counts"`
}

// rows are the row of each bucket, in order.
func (r sumRow) rows(out []workflow.FigureRow) []workflow.FigureRow {
	begin := len(out)
	for i, bucket := range r.Buckets {
		row := r.toRow()
		row.Bucket, row.N = int(bucket), int(r.Counts[i])
		out = append(out, row)
	}
	slices.SortFunc(out[begin:], func(a, b workflow.FigureRow) int { return a.Bucket - b.Bucket })
	return out
}

// Sum implements workflow.Figures. Months are read from the monthly rows, and
// the daily ones only say what is more or less than whole months at both ends;
// both at the coarsest grain that knows what is asked.
func (s *Store) Sum(ctx context.Context, q workflow.FigureQuery) ([]workflow.FigureRow, error) {
	spans, err := spansOf(q)
	if err != nil || len(spans) == 0 || len(q.Measures) == 0 {
		return nil, err
	}
	statement, args := sumStatement(q, spans)
	sums, err := many(ctx, s, "sum figures", same[sumRow], statement, args...)
	if err != nil {
		return nil, err
	}
	var out []workflow.FigureRow
	for _, r := range sums {
		out = r.rows(out)
	}
	return out, nil
}

// span is some days, the table that knows them, and whether they are added or
// taken away.
type span struct {
	table, day string
	from, to   string
	less       bool
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
	first, last := nearestMonth(from), nearestMonth(to)
	edges := first.Sub(from).Abs() + last.Sub(to).Abs()
	if slices.Contains(q.By, workflow.ByDay) || !first.Before(last) || edges >= to.Sub(from) {
		return spansIn(nil, daily, from, to), nil
	}
	spans := spansIn(nil, monthly, first, last)
	spans = spansIn(spans, daily, from, first)
	spans = spansIn(spans, less, first, from)
	spans = spansIn(spans, daily, last, to)
	return spansIn(spans, less, to, last), nil
}

var (
	daily   = span{table: "figures_daily", day: "day"}
	less    = span{table: "figures_daily", day: "day", less: true}
	monthly = span{table: "figures_monthly", day: "month"}
)

func spansIn(spans []span, of span, from, to time.Time) []span {
	if !from.Before(to) {
		return spans
	}
	of.from, of.to = from.Format(time.DateOnly), to.Format(time.DateOnly)
	return append(spans, of)
}

// nearestMonth is where a month begins, at or before t or after it.
func nearestMonth(t time.Time) time.Time {
	begin := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	next := begin.AddDate(0, 1, 0)
	if t.Sub(begin) > next.Sub(t) {
		return next
	}
	return begin
}

// figureColumns are the columns a figure can be told apart by, besides its day.
var figureColumns = []struct {
	name string
	by   workflow.Dimension
}{
	{"department_id", workflow.ByDepartment},
	{"category_id", workflow.ByCategory},
	{"kind", workflow.ByKind},
	{"channel", workflow.ByChannel},
	{"mode", workflow.ByMode},
	{"status", workflow.ByStatus},
}

// sumStatement adds up by bucket first and then puts the buckets of a sum into
// one row: a year of departments is some hundred rows and not ten thousand.
func sumStatement(q workflow.FigureQuery, spans []span) (statement string, args []any) {
	columns := []string{"measure"}
	if dayColumn(q.By) != "" {
		columns = append(columns, "day")
	}
	for _, c := range figureColumns {
		if slices.Contains(q.By, c.by) {
			columns = append(columns, c.name)
		}
	}
	told := strings.Join(columns, ", ")
	bucket, groups := "0", told
	if slices.Contains(q.By, workflow.ByBucket) {
		bucket, groups = "bucket", told+", bucket"
	}
	return "SELECT " + told + ", array_agg(bucket) AS buckets, array_agg(n) AS counts FROM (" +
		"SELECT " + told + ", " + bucket + " AS bucket, sum(n) AS n FROM (" + sumParts(q, spans, told, &args) + ") f" +
		" GROUP BY " + groups + " HAVING sum(n) <> 0) g GROUP BY " + told + " ORDER BY " + told, args
}

// sumParts are the rows that are added up.
func sumParts(q workflow.FigureQuery, spans []span, told string, args *[]any) string {
	var parts []string
	for _, sp := range spans {
		where := conditions{args: args}
		where.figures(q, sp)
		parts = append(parts, sp.rows(q, told)+" WHERE "+where.String())
	}
	if !q.AsOf.IsZero() {
		later := span{table: "facts", day: "day", less: true}
		where := conditions{args: args}
		where.laterFacts(q)
		parts = append(parts, later.rows(q, told)+" WHERE "+where.String())
	}
	return strings.Join(parts, " UNION ALL ")
}

func (sp span) rows(q workflow.FigureQuery, told string) string {
	columns := told
	if day := dayColumn(q.By); day != "" {
		columns = strings.Replace(columns, "day", fmt.Sprintf(day, sp.day)+" AS day", 1)
	}
	n := "n::int" // added up as it is; sums of bigint are numeric, and slow
	if sp.less {
		n = "-n::int"
	}
	return "SELECT " + columns + ", bucket, " + n + " AS n FROM " + sp.table
}

// dayColumn is how the day of a sum is made of a row's, or "".
func dayColumn(by []workflow.Dimension) string {
	switch {
	case slices.Contains(by, workflow.ByDay):
		return "%s"
	case slices.Contains(by, workflow.ByMonth):
		return "date_trunc('month', %s::timestamp)::date"
	}
	return ""
}

// laterFacts takes back what was counted after the moment that is asked for.
func (c *conditions) laterFacts(q workflow.FigureQuery) {
	c.add("projected AND at > ?::timestamptz", moment(q.AsOf))
	c.add("measure = ANY (?)", array(q.Measures))
	c.add("day >= ?::date AND day < ?::date", q.From, q.To)
	c.addIf(q.Department != 0, "department_id = ?", q.Department)
	c.figureFilters(q)
}
