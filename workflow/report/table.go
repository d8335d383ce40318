package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mailbox/workflow"
)

// Table is an answer. Cells stand in the order of Figures.
type Table struct {
	Ask     Ask // as it was answered
	Figures []Figure
	AsOf    time.Time
	Waiting int // changes that are not counted yet; usually 0
	Rows    []Line
	Total   Line
}

// Line is one row.
type Line struct {
	Key    string // value of the dimension: first day of a month, an id, a kind; "" for the total
	ID     int64  // department or category; 0 for others, and for "no department"
	NameZH string // of a department or category
	NameEN string
	Cells  []Cell
}

// Cell is one figure of a row.
type Cell struct {
	Value
	Previous *Value // in the period just before; nil where rows are not compared
	LastYear *Value // in the same days of the year before
	// Behind asks for the cases that are the number, or the part of a share; the
	// page adds the reader's scope. nil when there is no such list.
	Behind *workflow.Query
}

// row names a row of a table.
type row struct {
	key    string
	id     int64
	zh, en string
	order  int
}

// line computes a row of all figures. before and lastYear are nil where rows are
// not compared.
func (o *Office) line(ask Ask, w row, now account, before, lastYear *account) Line {
	return o.lineOf(All, ask, w, now, before, lastYear)
}

func (o *Office) lineOf(figures []Figure, ask Ask, w row, now account, before, lastYear *account) Line {
	l := Line{Key: w.key, ID: w.id, NameZH: w.zh, NameEN: w.en}
	for _, f := range figures {
		l.Cells = append(l.Cells, Cell{
			Value: o.value(f, now), Previous: o.compared(f, before), LastYear: o.compared(f, lastYear), Behind: o.behind(ask, w, f),
		})
	}
	return l
}

func (o *Office) value(f Figure, a account) Value {
	if f.Nature == Stock {
		return f.value(a.stock, o.DayLength())
	}
	return f.value(a.flow, o.DayLength())
}

func (o *Office) compared(f Figure, a *account) *Value {
	if a == nil {
		return nil
	}
	v := o.value(f, *a)
	return &v
}

// behind asks for the cases of a cell.
func (o *Office) behind(ask Ask, w row, f Figure) *workflow.Query {
	narrow(&ask, w)
	q := ask.cases()
	q.NoOne = ask.By == workflow.ByDepartment && w.key == "0"
	switch {
	case f.Nature == Stock && ask.AsOf.IsZero() && ask.To > text(o.Now().In(o.Zone)):
		q.Open = true
	case f.Nature == Stock: // of a day that is past
		ask.From = beginning
		q.Fact = ask.fact(workflow.CountReceived, 0, 0)
		q.Fact.Stock = true
		q.Fact.NoOne, q.NoOne = q.NoOne, q.NoOne && ask.AsOf.IsZero()
	case f.action != "" && q.NoOne:
		return nil // nobody's people did nothing
	case f.action != "":
		q.Department, q.NoOne = 0, false
		q.Happened = o.happened(ask, f.action)
	default:
		q.Fact = ask.fact(f.Behind, f.first, f.end)
		q.Fact.NoOne, q.NoOne = q.NoOne, q.NoOne && ask.AsOf.IsZero()
	}
	return q
}

// cases asks for the cases a question is about, as they are now; as of a moment
// that is past they may have been something else, which only facts know.
func (a Ask) cases() *workflow.Query {
	if !a.AsOf.IsZero() {
		return &workflow.Query{Order: workflow.NewestFirst}
	}
	return &workflow.Query{
		Department: a.Department, Category: a.Category, Kind: a.Kind, Channel: a.Channel, Mode: a.Mode, Status: a.Status,
		Order: workflow.NewestFirst,
	}
}

// fact asks for the cases behind a measure, in buckets from first up to, not
// including, end.
func (a Ask) fact(m workflow.Measure, first, end int) *workflow.FactQuery {
	return &workflow.FactQuery{
		Measure: m, From: a.From, To: a.To, Department: a.Department, Category: a.Category, Kind: a.Kind, Channel: a.Channel,
		Mode: a.Mode, Status: a.Status, MinBucket: first, EndBucket: end, AsOf: a.AsOf,
	}
}

// happened asks for what people did in the days of the question.
func (o *Office) happened(a Ask, action workflow.Action) *workflow.HappenedQuery {
	begin := func(s string) time.Time {
		d := day(s)
		return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, o.Zone)
	}
	q := &workflow.HappenedQuery{Action: action, From: begin(a.From), To: begin(a.To), Department: a.Department}
	if known := a.AsOf.Add(time.Microsecond); !a.AsOf.IsZero() && known.Before(q.To) {
		q.To = known
	}
	return q
}

// narrow makes the question that of one row; the total's row has no key.
func narrow(ask *Ask, w row) {
	if w.key == "" {
		return
	}
	switch ask.By {
	case workflow.ByMonth:
		for _, m := range ask.months() {
			if m.month() == w.key {
				ask.Period = m
				break
			}
		}
	case workflow.ByDepartment:
		ask.Department = w.id
	case workflow.ByCategory:
		ask.Category = w.id
	case workflow.ByKind:
		ask.Kind = workflow.CaseKind(w.key)
	case workflow.ByChannel:
		ask.Channel = workflow.Channel(w.key)
	case workflow.ByMode:
		ask.Mode = workflow.Mode(w.key)
	case workflow.ByStatus:
		ask.Status = workflow.WriterStatus(w.key)
	case workflow.ByDay, workflow.ByBucket:
	}
}

// valueOf is the value of a dimension in a row of sums.
func valueOf(by workflow.Dimension, f workflow.FigureRow) string {
	switch by {
	case workflow.ByDay, workflow.ByMonth:
		return f.Day
	case workflow.ByDepartment:
		return strconv.FormatInt(f.Department, 10)
	case workflow.ByCategory:
		return strconv.FormatInt(f.Category, 10)
	case workflow.ByKind:
		return string(f.Kind)
	case workflow.ByChannel:
		return string(f.Channel)
	case workflow.ByMode:
		return string(f.Mode)
	case workflow.ByStatus:
		return string(f.Status)
	case workflow.ByBucket:
		return strconv.Itoa(f.Bucket)
	}
	return ""
}

// rows names the rows of a reading, in the order of the college: months by
// time, departments and categories as they are listed, the rest as forms show it.
func (o *Office) rows(ctx context.Context, ask Ask, r reading) ([]row, error) {
	known, err := o.names(ctx, ask.By)
	if err != nil {
		return nil, err
	}
	var out []row
	for key := range r.rows {
		w, ok := known[key]
		if !ok {
			w = row{order: len(known)}
		}
		w.key = key
		if ask.By == workflow.ByDepartment || ask.By == workflow.ByCategory {
			w.id, _ = strconv.ParseInt(key, 10, 64) // made by valueOf
		}
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.id, b.id), cmp.Compare(a.key, b.key))
	})
	return out, nil
}

// names is what is known of the values of a dimension.
func (o *Office) names(ctx context.Context, by workflow.Dimension) (map[string]row, error) {
	switch by {
	case workflow.ByDepartment:
		return o.departments(ctx)
	case workflow.ByCategory:
		return o.categories(ctx)
	case workflow.ByKind:
		return listed(workflow.CaseKinds), nil
	case workflow.ByChannel:
		return listed(workflow.Channels), nil
	case workflow.ByMode:
		return listed(workflow.Modes), nil
	case workflow.ByStatus:
		return listed(append(workflow.WriterStatuses[1:len(workflow.WriterStatuses):len(workflow.WriterStatuses)], workflow.Unsaid)), nil
	case workflow.ByDay, workflow.ByMonth, workflow.ByBucket:
	}
	return nil, nil //nolint:nilnil // nothing is known of a day
}

func (o *Office) departments(ctx context.Context) (map[string]row, error) {
	all, err := o.Store.Departments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read departments: %w", err)
	}
	out := map[string]row{}
	for i, d := range all {
		out[strconv.FormatInt(d.ID, 10)] = row{zh: d.NameZH, en: d.NameEN, order: i}
	}
	return out, nil
}

func (o *Office) categories(ctx context.Context) (map[string]row, error) {
	all, err := o.Store.Categories(ctx, o.Now(), true)
	if err != nil {
		return nil, fmt.Errorf("read categories: %w", err)
	}
	out := map[string]row{}
	for i, c := range all {
		out[strconv.FormatInt(c.ID, 10)] = row{zh: c.NameZH, en: c.NameEN, order: i}
	}
	return out, nil
}

func listed[T ~string](all []T) map[string]row {
	out := map[string]row{}
	for i, v := range all {
		out[string(v)] = row{order: i}
	}
	return out
}
