package office

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

const (
	weeks    = 52
	lateMost = 5
	hotMost  = 3
)

type boardPage struct {
	templates.Page
	AsOf   time.Time
	Stats  []templates.Stat
	Table  templates.Table
	Late   []templates.Item
	Hot    []templates.Fact
	Weeks  *templates.Trend
	Nobody bool // nothing is in hand
}

// board shows who has what in hand, by what is due.
func (p *Pages) board(c *web.Context) error {
	rows, marks, err := p.Cases.Board(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	page := boardPage{AsOf: c.Local(marks.Measured), Table: boardTable(c, n, rows), Nobody: len(rows) == 0}
	if err := p.boardFigures(c, &page, total(rows)); err != nil {
		return err
	}
	if page.Late, err = p.lateFirst(c, marks); err != nil {
		return err
	}
	if page.Weeks, err = p.onTimeYear(c); err != nil {
		return err
	}
	page.Page = c.Page("office.board")
	return c.Render(http.StatusOK, "office/board.html", page)
}

func total(rows []workflow.BoardRow) workflow.BoardRow {
	var t workflow.BoardRow
	for _, r := range rows {
		t.Overdue += r.Overdue
		t.Today += r.Today
		t.Soon += r.Soon
		t.Later += r.Later
		t.Total += r.Total
	}
	return t
}

// boardTable has the most pressed department on top; the office's own tray
// stands with the others.
func boardTable(c *web.Context, n names, rows []workflow.BoardRow) templates.Table {
	slices.SortFunc(rows, func(a, b workflow.BoardRow) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Today, a.Today), cmp.Compare(b.Soon, a.Soon), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Department, b.Department))
	})
	t := templates.Table{Caption: c.Text("office.board.caption"), Columns: []templates.Column{{Label: c.Text("office.column.department")}}}
	for _, key := range append(slices.Clone(dues), "total") {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("office.due." + key), Number: true})
	}
	for _, r := range rows {
		row := templates.Row{Cells: boardCells(n.department(c, r.Department), r, decimal(r.Department))}
		if r.Overdue > 0 {
			row.Tone = "late"
		}
		t.Rows = append(t.Rows, row)
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, templates.Row{Tone: "sum", Cells: boardCells(c.Text("office.total"), total(rows), "")})
	}
	return t
}

// boardCells are the numbers of a row; each that is not zero opens its list.
func boardCells(name string, r workflow.BoardRow, department string) []templates.Cell {
	out := []templates.Cell{{Text: name}}
	for i, n := range []int{r.Overdue, r.Today, r.Soon, r.Later, r.Total} {
		cell := templates.Cell{Text: templates.Number(n)}
		if n > 0 {
			cell.Href = boardPath(department, i)
		}
		out = append(out, cell)
	}
	return out
}

func boardPath(department string, column int) string {
	q := url.Values{"state": {"open"}}
	if department != "" {
		q.Set("department", department)
	}
	if column < len(dues) {
		q.Set("due", dues[column])
	}
	return "/office/cases?" + q.Encode()
}

// boardFigures are this month's figures beside last month's, and what most
// letters were about.
func (p *Pages) boardFigures(c *web.Context, page *boardPage, now workflow.BoardRow) error {
	first := time.Date(c.Now.Year(), c.Now.Month(), 1, 0, 0, 0, 0, time.UTC)
	ask := report.Ask{Period: report.Period{From: first.Format(time.DateOnly), To: first.AddDate(0, 1, 0).Format(time.DateOnly)}, By: workflow.ByCategory}
	t, err := p.Figures.Figures(c.Context(), c.User.Actor(), ask)
	if err != nil {
		return err
	}
	late := templates.Stat{Label: c.Text("office.due.overdue"), Value: templates.Number(now.Overdue), Before: c.Text("office.board.inhand", templates.Number(now.Total))}
	if now.Overdue > 0 {
		late.Tone, late.Href = "late", boardPath("", 0)
	}
	page.Stats = append(page.Stats, late)
	for _, key := range []string{"received", "answered", "on_time", "median", "satisfaction"} {
		page.Stats = append(page.Stats, monthStat(c, t.Total, key))
	}
	page.Hot = hot(c, t)
	return nil
}

func monthStat(c *web.Context, l report.Line, key string) templates.Stat {
	f, cell := figureOf(l, key)
	s := templates.Stat{Label: c.Text("office.board.month", c.Text("figure."+key)), Value: valueText(f, cell.Value), Unit: unitText(c, f, cell.Value), Href: behind(cell)}
	if cell.Previous != nil {
		s.Before = c.Text("office.board.before", valueText(f, *cell.Previous))
	}
	return s
}

// hot is what most letters of the month were about.
func hot(c *web.Context, t report.Table) []templates.Fact {
	lines := slices.Clone(t.Rows)
	received := func(l report.Line) int {
		_, cell := figureOf(l, "received")
		return cell.N
	}
	slices.SortStableFunc(lines, func(a, b report.Line) int { return cmp.Compare(received(b), received(a)) })
	var out []templates.Fact
	for _, l := range lines {
		if len(out) == hotMost || received(l) == 0 {
			break
		}
		_, cell := figureOf(l, "received")
		out = append(out, templates.Fact{Label: c.Name(l.NameZH, l.NameEN), Value: c.Text("office.board.letters", strconv.Itoa(received(l))), Href: behind(cell)})
	}
	return out
}

// lateFirst is what is late longest, and with whom.
func (p *Pages) lateFirst(c *web.Context, marks workflow.BoardMarks) ([]templates.Item, error) {
	q := workflow.Query{Open: true, DueTo: marks.Now, Order: workflow.DueFirst, Limit: lateMost}
	list, err := p.Cases.List(c.Context(), c.User.Actor(), q)
	if err != nil {
		return nil, err
	}
	work, err := p.span(c.Context())
	if err != nil {
		return nil, err
	}
	var out []templates.Item
	for _, r := range list.Rows {
		item := web.CaseItem(c, work, r, web.CasePath(r.Number))
		item.Who = c.Name(r.DepartmentZH, r.DepartmentEN)
		if r.Department == 0 {
			item.Who = c.Text("office.nobody")
		}
		out = append(out, item)
	}
	return out, nil
}

// onTimeYear is the year's weekly share of answers in time, or nil while there
// are too few weeks for a line. Weeks without an answer are left out.
func (p *Pages) onTimeYear(c *web.Context) (*templates.Trend, error) {
	all, err := p.Figures.OnTimeWeeks(c.Context(), c.User.Actor(), weeks)
	if err != nil {
		return nil, err
	}
	t := templates.Trend{ID: "weeks", Title: c.Text("office.board.weeks"), Desc: c.Text("office.board.weeks.text"), Max: 100, Unit: "%"}
	for _, w := range all {
		if !w.None {
			text := c.Text("office.board.weeks.of", templates.Percent(w.Percent()/100), strconv.Itoa(w.N), strconv.Itoa(w.Of))
			t.Points = append(t.Points, templates.Point{Label: w.Begin.Format(time.DateOnly), Value: w.Percent(), Text: text})
		}
	}
	if len(t.Points) < 2 {
		return nil, nil
	}
	return &t, nil
}
