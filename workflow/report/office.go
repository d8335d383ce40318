package report

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mailbox/workflow"
)

// Deps is what an Office works with. All of it is required.
type Deps struct {
	Store     workflow.Store
	Now       func() time.Time
	Zone      *time.Location       // the college's
	DayLength func() time.Duration // office hours of a working day
	Chain     workflow.Chain       // of the journal
}

// Office answers questions about figures.
type Office struct{ Deps }

// New returns an Office.
func New(d Deps) *Office { return &Office{d} }

// Ask is a question: which days, told apart by what, of which cases only. Zero
// fields do not restrict.
type Ask struct {
	Period
	By         workflow.Dimension
	Department int64
	Category   int64
	Kind       workflow.CaseKind
	Channel    workflow.Channel
	Mode       workflow.Mode
	Status     workflow.WriterStatus
	// AsOf asks for the figures as they were known at that moment; zero, or a
	// moment to come: as they are known now.
	AsOf time.Time
}

// Figures answers: one row for each value of the dimension, and the total.
// Office, leaders and the principal may ask about everything, people of a
// department about their own; to others it is Forbidden.
func (o *Office) Figures(ctx context.Context, by workflow.Actor, ask Ask) (Table, error) {
	ask, err := o.accept(by, ask)
	if err != nil {
		return Table{}, err
	}
	compared := ask.By
	if ask.By == workflow.ByMonth {
		compared = "" // other months are other rows
	}
	var now, before, lastYear reading
	var waiting int
	err = o.read(ask, // at the same time: the database has more than one processor
		func(r *reader) { now = r.read(ctx, ask.Period, ask.By) },
		func(r *reader) { before = r.read(ctx, ask.before(), compared) },
		func(r *reader) {
			if ask.lastYear() != ask.before() {
				lastYear = r.read(ctx, ask.lastYear(), compared)
			}
		},
		func(r *reader) { waiting = r.waiting(ctx) })
	if err != nil {
		return Table{}, err
	}
	if ask.lastYear() == ask.before() { // of a year
		lastYear = before
	}
	t := o.table(ask, All, waiting)
	t.Total = o.line(ask, row{}, now.total, &before.total, &lastYear.total)
	rows, err := o.rows(ctx, ask, now)
	if err != nil {
		return Table{}, err
	}
	for _, w := range rows {
		t.Rows = append(t.Rows, o.line(ask, w, now.rows[w.key], before.row(w.key, ask.By), lastYear.row(w.key, ask.By)))
	}
	return t, nil
}

// accept is the question as it will be answered, or what is wrong with it.
func (o *Office) accept(by workflow.Actor, ask Ask) (Ask, error) {
	ask, err := allowed(by, ask)
	if err != nil {
		return Ask{}, err
	}
	if !ask.AsOf.Before(o.Now()) {
		ask.AsOf = time.Time{}
	}
	return ask, ask.check()
}

func (o *Office) table(ask Ask, figures []Figure, waiting int) Table {
	t := Table{Ask: ask, Figures: figures, AsOf: o.Now().In(o.Zone), Waiting: waiting}
	if !ask.AsOf.IsZero() {
		t.AsOf = ask.AsOf.In(o.Zone)
	}
	return t
}

// allowed is the question as this actor may ask it.
func allowed(by workflow.Actor, ask Ask) (Ask, error) {
	switch {
	case by.Office(), by.Is(workflow.Leader, workflow.Principal, workflow.System):
		return ask, nil
	case by.Is(workflow.DeptClerk, workflow.DeptHead) && by.Department != 0 && (ask.Department == 0 || ask.Department == by.Department):
		ask.Department = by.Department
		return ask, nil
	}
	return Ask{}, workflow.Fail(workflow.Forbidden, "figures.not_yours")
}

func (a Ask) check() error {
	switch a.By {
	case workflow.ByMonth, workflow.ByDepartment, workflow.ByCategory, workflow.ByKind, workflow.ByChannel, workflow.ByMode, workflow.ByStatus:
		return a.Period.check()
	case workflow.ByDay, workflow.ByBucket:
	}
	return workflow.Wrong("by", "invalid.choice")
}

// reader reads what a table is computed from. After an error it reads no more.
type reader struct {
	office *Office
	ask    Ask
	err    error
}

// read lets several readers read at the same time.
func (o *Office) read(ask Ask, parts ...func(*reader)) error {
	readers := make([]reader, len(parts))
	var wg sync.WaitGroup
	for i, part := range parts {
		readers[i] = reader{office: o, ask: ask}
		wg.Go(func() { part(&readers[i]) })
	}
	wg.Wait()
	var errs []error
	for _, r := range readers {
		errs = append(errs, r.err)
	}
	return errors.Join(errs...)
}

// reading is the accounts of a period.
type reading struct {
	rows  map[string]account
	total account
}

// row is the account of a row in a period it is compared with; nil when rows
// are not compared.
func (r reading) row(key string, by workflow.Dimension) *account {
	if by == workflow.ByMonth {
		return nil
	}
	a, ok := r.rows[key]
	if !ok {
		a = newAccount()
	}
	return &a
}

func (r *reader) read(ctx context.Context, p Period, by workflow.Dimension) reading {
	flow := r.sum(ctx, p, by, flowMeasures)
	out := reading{rows: map[string]account{}, total: newAccount()}
	if by == workflow.ByMonth {
		r.readMonths(ctx, p, flow, out)
		return out
	}
	for key, t := range flow {
		out.rows[key] = account{flow: t, stock: tally{}}
	}
	for key, t := range r.sum(ctx, Period{beginning, p.To}, by, stockMeasures) {
		a, ok := out.rows[key]
		if !ok {
			a = newAccount()
		}
		a.stock.addAll(t)
		out.rows[key] = a
	}
	for _, a := range out.rows {
		out.total.add(a)
	}
	return out
}

// readMonths carries the stock on from month to month.
func (r *reader) readMonths(ctx context.Context, p Period, flow map[string]tally, out reading) {
	stock := tally{}
	stock.addAll(r.sum(ctx, Period{beginning, p.From}, "", stockMeasures)[""])
	for _, m := range p.months() {
		a := newAccount()
		a.flow.addAll(flow[m.month()])
		stock.addAll(a.flow, stockMeasures...)
		a.stock.addAll(stock)
		out.rows[m.month()] = a
		out.total.flow.addAll(a.flow)
	}
	out.total.stock.addAll(stock)
}

// sum adds facts up, by the values of one dimension ("" for none).
func (r *reader) sum(ctx context.Context, p Period, by workflow.Dimension, measures []workflow.Measure) map[string]tally {
	if r.err != nil {
		return nil
	}
	q := workflow.FigureQuery{
		Measures: measures, From: p.From, To: p.To, By: []workflow.Dimension{workflow.ByBucket},
		Department: r.ask.Department, Category: r.ask.Category, Kind: r.ask.Kind, Channel: r.ask.Channel, Mode: r.ask.Mode,
		Status: r.ask.Status, AsOf: r.ask.AsOf,
	}
	if by != "" {
		q.By = append(q.By, by)
	}
	rows, err := r.office.Store.Sum(ctx, q)
	if err != nil {
		r.err = fmt.Errorf("sum figures: %w", err)
		return nil
	}
	out := map[string]tally{}
	for _, f := range rows {
		key := valueOf(by, f)
		if out[key] == nil {
			out[key] = tally{}
		}
		out[key].add(f.Measure, f.Bucket, f.N)
	}
	return out
}

// waiting is how many changes are not in the figures yet.
func (r *reader) waiting(ctx context.Context) int {
	if r.err != nil {
		return 0
	}
	n, err := r.office.Store.WaitingFacts(ctx)
	if err != nil {
		r.err = fmt.Errorf("count waiting facts: %w", err)
	}
	return n
}
