package annual

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// reader reads the fields of one report from one Store. With ids it lists what
// lies behind every number, and the number is their count.
type reader struct {
	store   workflow.Store
	report  workflow.AnnualReport
	college string
	asOf    time.Time
	ids     bool
	office  *report.Office

	columns []workflow.Column
	duties  []workflow.Duty
	held    []workflow.Appraisal
	looked  bool // for appraisals
	table   *report.Table
}

func (b *Bureau) reader(ctx context.Context, tx workflow.Store, r workflow.AnnualReport, ids bool) (*reader, error) {
	settings, err := tx.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	out := &reader{store: tx, report: r, college: settings["college.name"], asOf: r.AsOf, ids: ids}
	if out.asOf.IsZero() {
		out.asOf = b.now()
	}
	d := b.Figures
	d.Store = &inTurn{Store: tx}
	out.office = report.New(d)
	return out, nil
}

// inTurn lets figures that are read at the same time use one transaction.
type inTurn struct {
	workflow.Store
	mu sync.Mutex
}

// Sum implements workflow.Figures.
func (s *inTurn) Sum(ctx context.Context, q workflow.FigureQuery) ([]workflow.FigureRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.Sum(ctx, q)
}

// WaitingFacts implements workflow.Figures.
func (s *inTurn) WaitingFacts(ctx context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Store.WaitingFacts(ctx)
}

// all reads every field.
func (r *reader) all(ctx context.Context) (map[string]Value, error) {
	out := make(map[string]Value, len(Fields))
	for _, f := range Fields {
		v, err := f.read(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", f.Key, err)
		}
		out[f.Key] = v
	}
	return out, nil
}

// known is the moment whose knowledge counts; zero for what is known now.
func (r *reader) known() time.Time { return r.report.AsOf }

// period is the days of the report, half-open.
func (r *reader) period() report.Period {
	return report.Period{From: r.report.From, To: dayAfter(r.report.Last)}
}

func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

func (r *reader) published(channel workflow.ItemChannel) workflow.ItemQuery {
	p := r.period()
	return workflow.ItemQuery{Channel: channel, From: p.From, To: p.To, AsOf: r.asOf}
}

func (r *reader) items(ctx context.Context, q workflow.ItemQuery) (Value, error) {
	if !r.ids {
		n, err := r.store.CountItems(ctx, q)
		return count(n, nil), err
	}
	var ids []int64
	err := r.eachItem(ctx, q, func(i workflow.Item) { ids = append(ids, i.ID) })
	slices.Sort(ids)
	return count(len(ids), ids), err
}

// pageOfItems is how many items are read at once.
const pageOfItems = 100

func (r *reader) eachItem(ctx context.Context, q workflow.ItemQuery, do func(workflow.Item)) error {
	q.Limit = pageOfItems
	for {
		page, err := r.store.Items(ctx, q)
		if err != nil {
			return err
		}
		for _, i := range page.Items {
			do(i)
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

// lastSerial is the highest serial of a document in the period; behind it are the
// documents that carry it.
func lastSerial(ctx context.Context, r *reader) (Value, error) {
	q := r.published(workflow.InDocument)
	n, err := r.store.LastSerial(ctx, q)
	if err != nil || n == 0 {
		return Value{None: n == 0, Text: "—"}, err
	}
	v := count(n, nil)
	if r.ids {
		err = r.eachItem(ctx, q, func(i workflow.Item) {
			if i.Serial == n {
				v.IDs = append(v.IDs, i.ID)
			}
		})
		slices.Sort(v.IDs)
	}
	return v, err
}

// sections are the columns that are there on the last day.
func (r *reader) sections(ctx context.Context) ([]workflow.Column, error) {
	if r.columns == nil {
		all, err := r.store.Columns(ctx, r.report.Last)
		if err != nil {
			return nil, err
		}
		r.columns = slices.Clip(append([]workflow.Column{}, all...))
	}
	return r.columns, nil
}

func allColumns(ctx context.Context, r *reader) (Value, error) {
	all, err := r.sections(ctx)
	return countColumns(all), err
}

func topColumns(ctx context.Context, r *reader) (Value, error) {
	all, err := r.sections(ctx)
	return countColumns(tops(all)), err
}

func topNames(ctx context.Context, r *reader) (Value, error) {
	all, err := r.sections(ctx)
	v := countColumns(tops(all))
	var names []string
	for _, c := range tops(all) {
		names = append(names, c.Name)
	}
	v.Said = strings.Join(names, "、")
	v.Text, v.N = v.Said, 0
	return v, err
}

func tops(all []workflow.Column) []workflow.Column {
	return slices.DeleteFunc(slices.Clone(all), func(c workflow.Column) bool { return c.Parent != 0 })
}

func countColumns(all []workflow.Column) Value {
	var ids []int64
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	return count(len(ids), ids)
}

// disclosed reports whether what the duty asks for can be found: it has an
// address, or something was published for it.
func disclosed(d workflow.Duty) bool { return d.URL != "" || d.Brought() != "" }

func duties(which func(workflow.Duty) bool) func(context.Context, *reader) (Value, error) {
	return func(ctx context.Context, r *reader) (Value, error) {
		all, err := r.duty(ctx)
		var ids []int64
		for _, d := range all {
			if which(d) {
				ids = append(ids, d.ID)
			}
		}
		slices.Sort(ids)
		return count(len(ids), ids), err
	}
}

func (r *reader) duty(ctx context.Context) ([]workflow.Duty, error) {
	if r.duties == nil {
		all, err := r.store.Duties(ctx)
		if err != nil {
			return nil, err
		}
		r.duties = slices.Clip(append([]workflow.Duty{}, all...))
	}
	return r.duties, nil
}

// cases counts the cases with one of the measures in the period.
func (r *reader) cases(ctx context.Context, measures ...workflow.Measure) (Value, error) {
	p := r.period()
	if !r.ids {
		rows, err := r.store.Sum(ctx, workflow.FigureQuery{Measures: measures, From: p.From, To: p.To, AsOf: r.known()})
		n := 0
		for _, row := range rows {
			n += row.N
		}
		return count(n, nil), err
	}
	var ids []int64
	for _, m := range measures {
		some, err := r.behind(ctx, m)
		if err != nil {
			return Value{}, err
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return count(len(ids), ids), nil
}

func (r *reader) behind(ctx context.Context, m workflow.Measure) ([]int64, error) {
	p := r.period()
	return r.store.CasesBehind(ctx, workflow.FactQuery{Measure: m, From: p.From, To: p.To, AsOf: r.known(), Counted: true})
}

// figure is a figure of the office, and the cases that are its number, or the
// part of a share.
func (r *reader) figure(ctx context.Context, f report.Figure) (Value, error) {
	t, err := r.totals(ctx)
	if err != nil {
		return Value{}, err
	}
	i := slices.IndexFunc(report.All, func(o report.Figure) bool { return o.Key == f.Key })
	cell := t.Total.Cells[i].Value
	v := Value{None: cell.None, N: cell.N, Of: cell.Of, Days: cell.Days, Text: printed(f, cell)}
	switch {
	case !r.ids:
	case f.Nature == report.Stock:
		v.IDs, err = r.inHand(ctx)
	case t.Total.Cells[i].Behind != nil && t.Total.Cells[i].Behind.Fact != nil:
		q := *t.Total.Cells[i].Behind.Fact
		q.Counted = true
		v.IDs, err = r.store.CasesBehind(ctx, q)
	}
	return v, err
}

func (r *reader) totals(ctx context.Context) (report.Table, error) {
	if r.table == nil {
		t, err := r.tableBy(ctx, workflow.ByKind)
		if err != nil {
			return report.Table{}, err
		}
		r.table = &t
	}
	return *r.table, nil
}

func (r *reader) tableBy(ctx context.Context, by workflow.Dimension) (report.Table, error) {
	return r.office.Figures(ctx, workflow.BySystem(), report.Ask{Period: r.period(), By: by, AsOf: r.known()})
}

// inHand lists the cases that had come by the last day and had not ended.
func (r *reader) inHand(ctx context.Context) ([]int64, error) {
	until := workflow.FactQuery{Measure: workflow.CountReceived, To: r.period().To, AsOf: r.known(), Counted: true}
	came, err := r.store.CasesBehind(ctx, until)
	if err != nil {
		return nil, err
	}
	ended := map[int64]bool{}
	for _, until.Measure = range []workflow.Measure{workflow.CountDeclined, workflow.CountMerged, workflow.CountWithdrawn, workflow.CountClosed} {
		some, err := r.store.CasesBehind(ctx, until)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			ended[id] = true
		}
	}
	return slices.DeleteFunc(came, func(id int64) bool { return ended[id] }), nil
}

// printed is a figure as a report prints it.
func printed(f report.Figure, v report.Value) string {
	switch {
	case v.None:
		return "—"
	case f.Unit == report.Share:
		return strings.TrimSuffix(strconv.FormatFloat(v.Percent(), 'f', 1, 64), ".0") + "%"
	case f.Unit == report.Days:
		return strconv.FormatFloat(v.Days, 'f', 1, 64)
	}
	return strconv.Itoa(v.N)
}
