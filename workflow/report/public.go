package report

import (
	"context"
	"time"

	"mailbox/workflow"
)

// Terms divide the time for the public: from 1 March and from 1 September, so
// that two of them are the year of the annual report. Only whole terms that are
// over are published, and never any other span: whoever could choose the days,
// or look every day, could take one table from the other and be left with a
// single letter.

// Terms lists the last n terms that are over, the newest first.
func (o *Office) Terms(n int) []Period {
	var out []Period
	for end := o.termBegin(); len(out) < n; {
		begin := end.AddDate(0, -6, 0)
		out = append(out, Period{text(begin), text(end)})
		end = begin
	}
	return out
}

// termBegin is the first day of the term that runs now.
func (o *Office) termBegin() time.Time {
	y, m, _ := o.Now().In(o.Zone).Date()
	switch {
	case m < time.March:
		return time.Date(y-1, time.September, 1, 0, 0, 0, 0, time.UTC)
	case m < time.September:
		return time.Date(y, time.March, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(y, time.September, 1, 0, 0, 0, 0, time.UTC)
}

// published reports whether p is a term that is over.
func (o *Office) published(p Period) bool {
	from, err := time.Parse(time.DateOnly, p.From)
	if err != nil || from.Day() != 1 || from.Month() != time.March && from.Month() != time.September {
		return false
	}
	return p.To == text(from.AddDate(0, 6, 0)) && p.To <= text(o.termBegin())
}

// PublicTable is what everybody may know of a term.
type PublicTable struct {
	Term        Period
	AsOf        time.Time
	Total       PublicLine
	Months      []PublicLine
	Departments []PublicLine
	Categories  []PublicLine
}

// PublicLine is one row; its cells stand in the order of PublicFigures.
type PublicLine struct {
	Key    string
	ID     int64
	NameZH string
	NameEN string
	Cells  []PublicCell
}

// PublicCell is a value, or nothing where it could point at somebody.
type PublicCell struct {
	Value
	Hidden bool
}

// PublicFigures is the part of the table of figures that is published.
var PublicFigures = pick("received", "answered", "closed", "on_time", "median", "satisfaction")

func pick(keys ...string) []Figure {
	var out []Figure
	for _, key := range keys {
		for _, f := range All {
			if f.Key == key {
				out = append(out, f)
			}
		}
	}
	return out
}

// bases are the counts that must be shown, or could be, for a figure to be
// shown: nobody can learn a hidden count from a percentage of it.
var bases = map[string][]base{
	"received":     {{workflow.CountReceived}},
	"answered":     {{workflow.CountAnswered}},
	"closed":       {{workflow.CountClosed}},
	"on_time":      {{workflow.CountAnswered}, {workflow.CountInTime, workflow.CountLate}},
	"median":       {{workflow.CountAnswered}},
	"satisfaction": {{workflow.CountRated}},
}

// base is measures that are counted together.
type base []workflow.Measure

func (b base) of(a account) int {
	n := 0
	for _, m := range b {
		n += a.flow.count(m)
	}
	return n
}

// Public is the figures of a term for everybody: by month, by department and by
// category, without cells of fewer than five and without what would give them
// away. A span that is not a published term is NotFound.
func (o *Office) Public(ctx context.Context, term Period) (PublicTable, error) {
	if !o.published(term) {
		return PublicTable{}, workflow.Absent()
	}
	var parts []part
	for _, by := range []workflow.Dimension{workflow.ByMonth, workflow.ByDepartment, workflow.ByCategory} {
		p, err := o.part(ctx, term, by)
		if err != nil {
			return PublicTable{}, err
		}
		parts = append(parts, p)
	}
	total := o.publish(parts)
	return PublicTable{
		Term: term, AsOf: o.Now().In(o.Zone), Total: total,
		Months: parts[0].lines, Departments: parts[1].lines, Categories: parts[2].lines,
	}, nil
}

// part is one of the three tables of a term.
type part struct {
	rows     []row
	accounts []account
	total    account
	lines    []PublicLine
}

func (o *Office) part(ctx context.Context, term Period, by workflow.Dimension) (part, error) {
	ask := Ask{Period: term, By: by}
	r := reader{office: o, ask: ask}
	got := r.read(ctx, term, by)
	if r.err != nil {
		return part{}, r.err
	}
	rows, err := o.rows(ctx, ask, got)
	if err != nil {
		return part{}, err
	}
	p := part{total: got.total}
	for _, w := range rows {
		if a := got.rows[w.key]; by == workflow.ByMonth || seen(a) {
			p.rows = append(p.rows, w)
			p.accounts = append(p.accounts, a)
			p.lines = append(p.lines, PublicLine{Key: w.key, ID: w.id, NameZH: w.zh, NameEN: w.en})
		}
	}
	return p, nil
}

// seen reports whether a row has anything to publish.
func seen(a account) bool {
	for _, f := range PublicFigures {
		for _, b := range bases[f.Key] {
			if b.of(a) > 0 {
				return true
			}
		}
	}
	return false
}

// publish fills the lines of all parts and returns the total's.
func (o *Office) publish(parts []part) PublicLine {
	var total PublicLine
	for _, f := range PublicFigures {
		hidden, hideTotal := hiddenIn(parts, bases[f.Key])
		for i := range parts {
			for j, a := range parts[i].accounts {
				parts[i].lines[j].Cells = append(parts[i].lines[j].Cells, o.publicCell(f, a, hidden[i][j]))
			}
		}
		total.Cells = append(total.Cells, o.publicCell(f, parts[0].total, hideTotal))
	}
	return total
}

// hiddenIn says what must be hidden of a figure: what must be of any of its bases.
func hiddenIn(parts []part, of []base) (hidden [][]bool, total bool) {
	for _, p := range parts {
		hidden = append(hidden, make([]bool, len(p.rows)))
	}
	for _, b := range of {
		var all []marginal
		for _, p := range parts {
			m := marginal{}
			for _, a := range p.accounts {
				m = append(m, b.of(a))
			}
			all = append(all, m)
		}
		h, t := suppress(all...)
		total = total || t
		for i := range h {
			for j := range h[i] {
				hidden[i][j] = hidden[i][j] || h[i][j]
			}
		}
	}
	return hidden, total
}

// publicCell is the cell as everybody sees it. Of shares and medians how many
// cases they are taken from is not repeated: it stands in the column of its own.
func (o *Office) publicCell(f Figure, a account, hidden bool) PublicCell {
	if hidden {
		return PublicCell{Value: Value{None: true}, Hidden: true}
	}
	return PublicCell{Value: o.value(f, a)}
}

// Lately is what the college says of itself on its first page: the share
// answered on time and the median of the last month that is over. Either is None
// when it would be taken from fewer than five cases.
func (o *Office) Lately(ctx context.Context) (month string, onTime, median Value, err error) {
	y, m, _ := o.Now().In(o.Zone).Date()
	to := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	p := Period{text(to.AddDate(0, -1, 0)), text(to)}
	r := reader{office: o, ask: Ask{Period: p}}
	a := r.read(ctx, p, "").total
	if r.err != nil {
		return "", Value{}, Value{}, r.err
	}
	figures := pick("on_time", "median")
	return p.From, wholePercent(o.value(figures[0], a)), bare(o.value(figures[1], a)), nil
}

// bare is a value without what it is taken from, or None when that is too few.
func bare(v Value) Value {
	if v.None || v.Of < few {
		return Value{None: true}
	}
	return Value{Days: v.Days}
}

// wholePercent is a share in whole per cent, or None when it is of too few.
func wholePercent(v Value) Value {
	if v.None || v.Of < few {
		return Value{None: true}
	}
	return Value{N: int(v.Percent() + 0.5), Of: 100}
}
