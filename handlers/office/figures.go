package office

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

// dimensions are what figures can be told apart by.
var dimensions = []workflow.Dimension{
	workflow.ByMonth, workflow.ByDepartment, workflow.ByCategory, workflow.ByKind, workflow.ByChannel, workflow.ByMode, workflow.ByStatus,
}

type figuresPage struct {
	templates.Page
	Period     period
	By         string
	AsOf       time.Time
	Waiting    int
	Spans      []templates.Tab
	Dimensions []templates.Tab
	Department string // one department's figures, by name; "" for all
	AsOfTyped  string // as a person typed it
	Stats      []templates.Stat
	Table      templates.Table
	Compared   *templates.Table // the departments, by time that was theirs
	Charts     charts
	Terms      templates.Table // what each figure is
	Empty      bool
}

// figures shows what was counted.
func (p *Pages) figures(c *web.Context) error {
	ask, per := readAsk(c, c.Query)
	page := figuresPage{
		Period: per, By: string(ask.By), AsOfTyped: c.Query("asof"), Spans: spanTabs(c, per), Dimensions: dimensionTabs(c, ask.By),
	}
	var t report.Table
	asOf, err := moment(c, page.AsOfTyped)
	if err == nil {
		ask.AsOf = asOf
		t, err = p.Figures.Figures(c.Context(), c.User.Actor(), ask)
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	status := http.StatusUnprocessableEntity
	if len(problems) == 0 {
		status = http.StatusOK
		if err := p.fillFigures(c, &page, t); err != nil {
			return err
		}
		if err := p.drawFigures(c, &page, t.Ask); err != nil {
			return err
		}
	}
	page.Page = c.Page("office.figures")
	page.Problems = problems
	return c.Render(status, "office/figures.html", page)
}

func readAsk(c *web.Context, get func(string) string) (report.Ask, period) {
	per := readPeriod(c, get)
	by := workflow.Dimension(get("by"))
	if by == "" {
		by = workflow.ByMonth
	}
	return report.Ask{Period: per.Period, By: by}, per
}

// moment is a moment of the college that a person typed; none is the zero time.
func moment(c *web.Context, typed string) (time.Time, error) {
	if typed == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.ParseInLocation(form, typed, c.Now.Location()); err == nil {
			if form == time.DateOnly {
				at = at.AddDate(0, 0, 1).Add(-time.Microsecond) // the day included
			}
			return at, nil
		}
	}
	return time.Time{}, workflow.Wrong("asof", "invalid.date")
}

// figuresPath is this page with one choice changed; choosing a usual period
// takes off the days that were typed.
func figuresPath(c *web.Context, name, value string) string {
	q := c.Request.URL.Query()
	if name == "span" {
		q.Del("from")
		q.Del("to")
	}
	q.Set(name, value)
	return (&url.URL{Path: "/office/figures", RawQuery: q.Encode()}).String()
}

func dimensionTabs(c *web.Context, by workflow.Dimension) []templates.Tab {
	var out []templates.Tab
	for _, d := range dimensions {
		out = append(out, templates.Tab{Label: c.Text("figures.by." + string(d)), Href: figuresPath(c, "by", string(d)), Current: d == by})
	}
	return out
}

func (p *Pages) fillFigures(c *web.Context, page *figuresPage, t report.Table) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	if t.Ask.Department != 0 {
		page.Department = n.department(c, t.Ask.Department)
	}
	page.AsOf, page.Waiting = c.Local(t.AsOf), t.Waiting
	page.Terms = termsTable(c, report.All)
	for i, f := range report.All {
		cell := t.Total.Cells[i]
		if wholeYear(page.Period) {
			cell.LastYear = nil // the period before is the year before
		}
		page.Stats = append(page.Stats, headline(c, f, cell))
	}
	_, received := figureOf(t.Total, "received")
	_, inHand := figureOf(t.Total, "in_hand")
	page.Empty = received.N == 0 && inHand.N == 0
	t.Rows = begun(c, t)
	page.Table = figureTable(c, t)
	return nil
}

func wholeYear(p period) bool {
	return p.Key == "schoolyear" || p.Key == "year" || p.Key == "lastschoolyear" || p.Key == "lastyear"
}

// begun leaves out the months that have not begun.
func begun(c *web.Context, t report.Table) []report.Line {
	if t.Ask.By != workflow.ByMonth {
		return t.Rows
	}
	today := c.Now.Format(time.DateOnly)
	return slices.DeleteFunc(slices.Clone(t.Rows), func(l report.Line) bool { return l.Key > today })
}

// whole is how long, in characters, what a figure was before may be to stay on
// one line.
const whole = 18

// headline is one figure of the whole period: its value, what it is taken
// from, the period before and the year before.
func headline(c *web.Context, f report.Figure, cell report.Cell) templates.Stat {
	s := templates.Stat{
		Label: c.Text("figure." + f.Key), Value: valueText(f, cell.Value), Unit: unitText(c, f, cell.Value),
		Href: behind(cell), Formula: c.Text(f.Formula()), Terms: terms(c, f),
	}
	var before []string
	if base := baseText(c, f, cell.Value); base != "" {
		before = append(before, base)
	}
	if cell.Previous != nil {
		before = append(before, c.Text("office.figures.before", comparedText(c, f, cell.Value, *cell.Previous)))
	}
	if cell.LastYear != nil {
		before = append(before, c.Text("office.figures.lastyear", comparedText(c, f, cell.Value, *cell.LastYear)))
	}
	for i, b := range before {
		if utf8.RuneCountInString(b) <= whole {
			before[i] = strings.ReplaceAll(b, " ", "\u00a0") // it breaks between them
		}
	}
	s.Before = strings.Join(before, " · ")
	return s
}

// inTable names the figures that fit beside each other on a page; files have
// all of them.
var inTable = map[string]bool{
	"received": true, "accepted": true, "declined": true, "answered": true, "closed": true, "late": true,
	"on_time": true, "on_first": true, "in_hand": true, "median": true, "satisfaction": true,
}

func figureTable(c *web.Context, t report.Table) templates.Table {
	caption := c.Text("office.figures.table", c.Text("figures.by."+string(t.Ask.By)))
	return tableOf(c, t, caption, func(f report.Figure) bool { return inTable[f.Key] })
}

// tableOf is the chosen figures of a table.
func tableOf(c *web.Context, t report.Table, caption string, chosen func(report.Figure) bool) templates.Table {
	out := templates.Table{Caption: caption, Columns: []templates.Column{{Label: c.Text("figures.by." + string(t.Ask.By))}}}
	for _, f := range t.Figures {
		if chosen(f) {
			out.Columns = append(out.Columns, templates.Column{Label: c.Text("figure." + f.Key), Number: true})
		}
	}
	for _, l := range t.Rows {
		out.Rows = append(out.Rows, templates.Row{Cells: figureCells(c, t, l, chosen)})
	}
	out.Rows = append(out.Rows, templates.Row{Tone: "sum", Cells: figureCells(c, t, t.Total, chosen)})
	return out
}

func figureCells(c *web.Context, t report.Table, l report.Line, chosen func(report.Figure) bool) []templates.Cell {
	out := []templates.Cell{{Text: lineName(c, t, l)}}
	for i, f := range t.Figures {
		if cell := l.Cells[i]; chosen(f) {
			out = append(out, templates.Cell{Text: valueText(f, cell.Value), Hint: baseText(c, f, cell.Value), Href: behind(cell)})
		}
	}
	return out
}

// monthName is the month that begins on a day.
func monthName(c *web.Context, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return c.Month(t)
}

// lineName is what a row is called in the reader's language.
func lineName(c *web.Context, t report.Table, l report.Line) string {
	switch {
	case l.Key == "":
		return c.Text("office.total")
	case t.Ask.By == workflow.ByMonth:
		return monthName(c, l.Key)
	case l.NameZH != "" || l.NameEN != "":
		return c.Name(l.NameZH, l.NameEN)
	case t.Ask.By == workflow.ByDepartment:
		return c.Text("office.nobody")
	case t.Ask.By == workflow.ByCategory:
		return c.Text("office.figures.unknown")
	}
	return c.Text(string(t.Ask.By) + "." + l.Key)
}

// words names things in a file in the reader's language.
type words struct{ c *web.Context }

// Word implements report.Words.
func (w words) Word(key string, args ...any) string { return w.c.Text(key, args...) }

// Row implements report.Words.
func (w words) Row(t report.Table, l report.Line) string { return lineName(w.c, t, l) }

// export gives the figures out as a file. It is posted, because it is noted in
// the journal.
func (p *Pages) export(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	format := form.Line("format")
	kind := p.Files.Kind(format)
	if kind == "" {
		return workflow.Wrong("format", "invalid.choice")
	}
	ask, per := readAsk(c, form.Line)
	if ask.AsOf, err = moment(c, form.Line("asof")); err != nil {
		return err
	}
	taken, file := p.Figures.Export, "office.figures.file"
	if form.Line("compare") != "" {
		taken, file = p.Figures.ExportDepartments, "figures.compare.file"
	}
	t, err := taken(c.Context(), c.User.Actor(), ask, format)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := p.Files.Write(&b, format, t.Sheet(words{c})); err != nil {
		return err
	}
	name := c.Text(file) + "-" + per.From + "-" + per.To + "." + format
	return c.Export(name, kind, b.Bytes())
}
