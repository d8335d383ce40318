package report

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
)

// DepartmentFigures is what departments are compared by. Time that was not
// theirs is not counted: while a case was refused and on its way, waited for its
// writer, or lay with the office for its check.
var DepartmentFigures = []Figure{
	count(workflow.CountReceived),
	{
		Key: "signed", Unit: Share, Nature: Flow, Source: FromClocks, Uses: []workflow.Measure{workflow.CountSigned},
		Behind: workflow.CountSigned, first: workflow.SignedInTime, end: workflow.SignedInTime + 1, value: signed,
	},
	did("refused", workflow.Refuse),
	did("more_time", workflow.MarkMoreTime),
	count(workflow.CountAnswered),
	share("on_time", FromClocks, workflow.CountInTime, workflow.CountInTime, workflow.CountLate),
	share("on_first", FromClocks, workflow.CountInFirst, workflow.CountInTime, workflow.CountLate),
	{
		Key: "handled", Unit: Days, Nature: Flow, Source: FromCases, Uses: []workflow.Measure{workflow.CountHandled},
		Behind: workflow.CountHandled, value: middle(workflow.CountHandled),
	},
	share("satisfaction", FromRatings, workflow.CountSatisfied, workflow.CountRated),
}

var departmentMeasures = []workflow.Measure{
	workflow.CountReceived, workflow.CountSigned, workflow.CountAnswered, workflow.CountInTime, workflow.CountInFirst, workflow.CountLate,
	workflow.CountHandled, workflow.CountRated, workflow.CountSatisfied,
}

func signed(t tally, _ time.Duration) Value {
	v := Value{N: t[workflow.CountSigned][workflow.SignedInTime], Of: t.count(workflow.CountSigned)}
	v.None = v.Of == 0
	return v
}

// did counts the cases to which people of the department did something, kept in
// a tally under the name of the act.
func did(key string, action workflow.Action) Figure {
	m := workflow.Measure("did." + action)
	return Figure{Key: key, Unit: Cases, Nature: Flow, Source: FromEvents, action: action, value: func(t tally, _ time.Duration) Value {
		return Value{N: t.count(m)}
	}}
}

// Departments compares the departments in a period. It may be asked like
// Figures; what the question is told apart by is left aside.
func (o *Office) Departments(ctx context.Context, by workflow.Actor, ask Ask) (Table, error) {
	ask.By = workflow.ByDepartment
	ask, err := o.accept(by, ask)
	if err != nil {
		return Table{}, err
	}
	var flow map[string]tally
	var refused, moreTime map[int64]int
	var waiting int
	err = o.read(ask,
		func(r *reader) { flow = r.sum(ctx, ask.Period, workflow.ByDepartment, departmentMeasures) },
		func(r *reader) { refused = r.happened(ctx, workflow.Refuse) },
		func(r *reader) { moreTime = r.happened(ctx, workflow.MarkMoreTime) },
		func(r *reader) { waiting = r.waiting(ctx) })
	if err != nil {
		return Table{}, err
	}
	got := reading{rows: map[string]account{}, total: newAccount()}
	for key, t := range flow {
		got.rows[key] = account{flow: t, stock: tally{}}
	}
	got.did(workflow.Refuse, refused)
	got.did(workflow.MarkMoreTime, moreTime)
	rows, err := o.rows(ctx, ask, got)
	if err != nil {
		return Table{}, err
	}
	t := o.table(ask, DepartmentFigures, waiting)
	for _, w := range rows {
		got.total.add(got.rows[w.key])
		t.Rows = append(t.Rows, o.compareable(ask, w, got.rows[w.key]))
	}
	t.Total = o.compareable(ask, row{}, got.total)
	return t, nil
}

// compareable is a row without what too few cases say.
func (o *Office) compareable(ask Ask, w row, a account) Line {
	l := o.lineOf(DepartmentFigures, ask, w, a, nil, nil)
	for i, f := range DepartmentFigures {
		c := &l.Cells[i]
		c.Few = f.Unit != Cases && !c.None && c.Of < few
	}
	return l
}

func (r reading) did(action workflow.Action, counts map[int64]int) {
	for department, n := range counts {
		key := valueOf(workflow.ByDepartment, workflow.FigureRow{Department: department})
		a, ok := r.rows[key]
		if !ok {
			a = newAccount()
		}
		a.flow.add(workflow.Measure("did."+action), 0, n)
		r.rows[key] = a
	}
}

func (r *reader) happened(ctx context.Context, action workflow.Action) map[int64]int {
	if r.err != nil {
		return nil
	}
	out, err := r.office.Store.CountHappened(ctx, *r.office.happened(r.ask, action))
	if err != nil {
		r.err = fmt.Errorf("count %s: %w", action, err)
	}
	return out
}
