package public

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

// FiguresPage is what everybody may know of a term.
type FiguresPage struct {
	templates.Page
	Term   string
	AsOf   time.Time
	Terms  []templates.Tab
	Stats  []templates.Stat
	Charts []templates.Bars
	Tables []templates.Table
	Empty  bool // the term had no letters
	Hidden bool // some cells are not shown
}

// termsShown is how many terms one may look back.
const termsShown = 4

// figures shows a whole term that is over, the last one unless another is
// chosen. Of any other span nothing is published: whoever could choose the days
// could take one table from the other.
func (p *Pages) figures(c *web.Context) error {
	terms := p.Figures.Terms(termsShown)
	chosen := terms[0]
	if from := c.Query("term"); from != "" {
		found := false
		for _, t := range terms {
			if t.From == from {
				chosen, found = t, true
			}
		}
		if !found {
			return workflow.Fail(workflow.NotFound, "request.not_found")
		}
	}
	table, err := p.Figures.Public(c.Context(), chosen)
	if err != nil {
		return err
	}
	return c.Render(http.StatusOK, "public/figures.html", figuresView(c, terms, table))
}

func figuresView(c *web.Context, terms []report.Period, t report.PublicTable) FiguresPage {
	page := FiguresPage{Page: c.Page("figures.title"), Term: termName(c, t.Term), AsOf: c.Local(t.AsOf)}
	for _, term := range terms {
		page.Terms = append(page.Terms, templates.Tab{Label: termName(c, term), Href: "/figures?term=" + term.From, Current: term == t.Term})
	}
	page.Empty = len(t.Departments) == 0 && len(t.Categories) == 0 && !anything(t.Months)
	if page.Empty {
		return page
	}
	for i, cell := range t.Total.Cells {
		f := report.PublicFigures[i]
		page.Stats = append(page.Stats, templates.Stat{Label: c.Text("figures.of." + f.Key), Value: cellText(f, cell), Unit: unitText(c, f, cell), Formula: c.Text("figures.how." + f.Key)})
	}
	page.Charts = charts(c, t)
	page.Tables = []templates.Table{
		figuresTable(c, "figures.by_month", t.Months, t.Total),
		figuresTable(c, "figures.by_department", t.Departments, t.Total),
		figuresTable(c, "figures.by_category", t.Categories, t.Total),
	}
	page.Hidden = hides(t)
	return page
}

func hides(t report.PublicTable) bool {
	for _, lines := range [][]report.PublicLine{{t.Total}, t.Months, t.Departments, t.Categories} {
		for _, l := range lines {
			for _, cell := range l.Cells {
				if cell.Hidden {
					return true
				}
			}
		}
	}
	return false
}

func anything(lines []report.PublicLine) bool {
	for _, l := range lines {
		for _, cell := range l.Cells {
			if cell.Hidden || !cell.None && (cell.N != 0 || cell.Days != 0) {
				return true
			}
		}
	}
	return false
}

// charts draw what the tables publish and nothing else: what is hidden there has
// no bar, and no scale is taken from it. Only a month keeps its place.
func charts(c *web.Context, t report.PublicTable) []templates.Bars {
	months := chart(c, t.Months, "received", true)
	months.Title, months.Desc = c.Text("figures.chart"), c.Text("figures.chart.desc")
	topics := chart(c, t.Categories, "received", false)
	topics.Title, topics.Desc = c.Text("figures.by_category"), c.Text("figures.chart.topics")
	onTime := chart(c, t.Departments, "on_time", false)
	onTime.Title, onTime.Desc, onTime.Of = c.Text("figures.of.on_time"), c.Text("figures.chart.on_time"), 100
	var out []templates.Bars
	for _, bars := range []templates.Bars{months, topics, onTime} {
		if len(bars.Points) > 0 {
			out = append(out, bars)
		}
	}
	return out
}

// chart is one figure of the lines, in their order; lines with nothing to take
// it from are left out. keep says that hidden ones keep their place, without a
// length.
func chart(c *web.Context, lines []report.PublicLine, key string, keep bool) templates.Bars {
	var bars templates.Bars
	for _, l := range lines {
		for i, f := range report.PublicFigures {
			cell := l.Cells[i]
			if f.Key != key || cell.None && !cell.Hidden || cell.Hidden && !keep {
				continue
			}
			p := templates.Point{Label: lineName(c, l), Text: cellText(f, cell)}
			if f.Unit == report.Share && !cell.Hidden {
				p.Value = math.Round(10*cell.Percent()) / 10 // as it is printed: more would tell what it is taken from
			} else if !cell.Hidden {
				p.Value = float64(cell.N)
			}
			bars.Points = append(bars.Points, p)
		}
	}
	return bars
}

func figuresTable(c *web.Context, caption string, lines []report.PublicLine, total report.PublicLine) templates.Table {
	t := templates.Table{Caption: c.Text(caption), Columns: []templates.Column{{Label: c.Text(caption + ".column")}}}
	for _, f := range report.PublicFigures {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("figures.of." + f.Key), Number: true})
	}
	for _, l := range lines {
		t.Rows = append(t.Rows, templates.Row{Cells: append([]templates.Cell{{Text: lineName(c, l)}}, cells(l)...)})
	}
	t.Foot = append([]templates.Cell{{Text: c.Text("figures.total")}}, cells(total)...)
	return t
}

func cells(l report.PublicLine) []templates.Cell {
	var out []templates.Cell
	for i, cell := range l.Cells {
		out = append(out, templates.Cell{Text: cellText(report.PublicFigures[i], cell)})
	}
	return out
}

// hiddenMark stands for what is not shown. It is one mark for few and for what
// would give few away: two would tell which is which.
const hiddenMark = "*"

func cellText(f report.Figure, cell report.PublicCell) string {
	switch {
	case cell.Hidden:
		return hiddenMark
	case cell.None:
		return "—"
	case f.Unit == report.Share:
		return percent(cell.Value)
	case f.Unit == report.Days:
		return strconv.FormatFloat(cell.Days, 'f', 1, 64)
	}
	return strconv.Itoa(cell.N)
}

func unitText(c *web.Context, f report.Figure, cell report.PublicCell) string {
	if cell.Hidden || cell.None || f.Unit == report.Share {
		return ""
	}
	return c.Text("figures.unit." + string(f.Unit))
}

func lineName(c *web.Context, l report.PublicLine) string {
	if name := c.Name(l.NameZH, l.NameEN); name != "" {
		return name
	}
	if month, err := time.Parse(time.DateOnly, l.Key); err == nil {
		return c.Month(month)
	}
	return c.Text("figures.none")
}

// termName is a term by its first and last month.
func termName(c *web.Context, p report.Period) string {
	from, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		return p.From
	}
	return c.Text("figures.term", c.Month(from), c.Month(from.AddDate(0, 5, 0)))
}
