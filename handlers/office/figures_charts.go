package office

import (
	"cmp"
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

// charts are the pictures of a period; those without anything to show are nil.
type charts struct {
	Trend       *templates.Trend
	Departments []templates.Bars
	Flow        *templates.Flow
	Spread      *templates.Histogram
	Week        *templates.Heat
	Marks       *templates.Stack
}

// drawFigures draws the period, and compares the departments in it.
func (p *Pages) drawFigures(c *web.Context, page *figuresPage, ask report.Ask) error {
	if page.Empty {
		return nil
	}
	by := c.User.Actor()
	drawn, err := p.Figures.Charts(c.Context(), by, ask)
	if err != nil {
		return err
	}
	compared, err := p.Figures.Departments(c.Context(), by, ask)
	if err != nil {
		return err
	}
	page.Charts = charts{
		Trend: trendChart(c, drawn.Months), Departments: departmentCharts(c, compared), Flow: flowChart(c, drawn.Flow),
		Spread: spreadChart(c, drawn.Spread), Week: weekChart(c, drawn), Marks: marksChart(c, drawn.Marks),
	}
	if ask.By == workflow.ByDepartment {
		t := tableOf(c, compared, c.Text("figures.compare"), func(report.Figure) bool { return true })
		page.Compared = &t
		page.Terms = termsTable(c, append(report.All[:len(report.All):len(report.All)], report.DepartmentFigures[1], report.DepartmentFigures[2],
			report.DepartmentFigures[3], report.DepartmentFigures[7]))
	}
	return nil
}

// point is a counted number as a point of a chart.
func point(label string, n report.Counted) templates.Point {
	p := templates.Point{Label: label, Value: float64(n.N), Text: templates.Number(n.N)}
	if n.N > 0 && n.Behind != nil {
		p.Href = casesPath(*n.Behind)
	}
	return p
}

// trendChart is the letters by month, with the year before as a thin line.
func trendChart(c *web.Context, months []report.Month) *templates.Trend {
	t := &templates.Trend{ID: "received", Title: c.Text("figure.received"), Desc: c.Text("figures.chart.trend")}
	today := c.Now.Format("2006-01-02")
	for _, m := range months {
		if m.First > today {
			break // it has not begun
		}
		label := m.First[:len("2006-01")]
		t.Points = append(t.Points, point(label, m.Received))
		t.Before = append(t.Before, templates.Point{Label: label, Value: float64(m.LastYear), Text: templates.Number(m.LastYear)})
	}
	if len(t.Points) < 2 {
		return nil
	}
	return t
}

// departmentCharts are the letters and the share in time of each department.
func departmentCharts(c *web.Context, t report.Table) []templates.Bars {
	by := c.Text("figures.by.department")
	return []templates.Bars{
		longest(c, templates.Bars{Title: c.Text("figure.received"), Desc: c.Text("office.figures.chart.count", by), Points: points(c, t, "received")}),
		longest(c, templates.Bars{Title: c.Text("figure.on_time"), Desc: c.Text("figures.chart.share"), Points: points(c, t, "on_time"), Of: 100}),
	}
}

// barsShown is how many bars stand below each other; tables have all.
const barsShown = 16

func longest(c *web.Context, b templates.Bars) templates.Bars {
	if len(b.Points) > barsShown {
		b.Points = b.Points[:barsShown]
		b.Desc += " · " + c.Text("figures.chart.first", strconv.Itoa(barsShown))
	}
	return b
}

// points are the values of a figure by row, the largest first; rows without a
// base, or of too few, are left out.
func points(c *web.Context, t report.Table, key string) []templates.Point {
	var out []templates.Point
	for _, l := range t.Rows {
		for i, f := range t.Figures {
			cell := l.Cells[i]
			if f.Key != key || cell.None || cell.N == 0 && cell.Of == 0 {
				continue
			}
			p := templates.Point{Label: lineName(c, t, l), Value: float64(cell.N), Text: valueText(f, cell.Value), Href: behind(cell)}
			if f.Unit == report.Share {
				p.Value = cell.Percent()
				p.Text += " · " + templates.Number(cell.Of)
			}
			if !cell.Few {
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b templates.Point) int { return cmp.Compare(b.Value, a.Value) })
	return out
}

// fateTones are the looks of what became of letters, in the order of the
// fates as they are shown.
var fateTones = []struct {
	fate workflow.Fate
	tone string
}{
	{workflow.FateInTime, "good"},
	{workflow.FateLate, "late"},
	{workflow.FateWaiting, "info"},
	{workflow.FateMerged, "soon"},
	{workflow.FateDeclined, ""},
	{workflow.FateWithdrawn, "faint"},
	{workflow.FateUnanswered, "pale"},
}

func flowChart(c *web.Context, courses []report.Course) *templates.Flow {
	if len(courses) == 0 {
		return nil
	}
	f := &templates.Flow{
		Title: c.Text("figures.chart.flow"), Desc: c.Text("figures.chart.flow.desc"),
		What: c.Text("figures.by.channel"), Total: c.Text("office.total"),
	}
	for _, t := range fateTones {
		sum := 0
		for _, course := range courses {
			sum += course.Fates[t.fate].N
		}
		key := templates.Point{Label: c.Text("figures.fate." + strconv.Itoa(int(t.fate))), Value: float64(sum), Text: templates.Number(sum)}
		f.Keys = append(f.Keys, templates.Part{Tone: t.tone, Point: key})
	}
	for _, course := range courses {
		label := c.Text("channel." + string(course.Channel))
		row := templates.FlowRow{Label: label, All: point(label, course.Total)}
		for _, t := range fateTones {
			row.Parts = append(row.Parts, point("", course.Fates[t.fate]))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// spreadChart is how long answers took, with the usual promise marked.
func spreadChart(c *web.Context, s report.Spread) *templates.Histogram {
	if s.N == 0 {
		return nil
	}
	h := &templates.Histogram{
		ID: "spread", Title: c.Text("figures.chart.spread"), Late: s.Promised,
		Desc: c.Text("figures.chart.spread.desc", templates.Number(s.N), strconv.Itoa(s.Promised)),
	}
	for i, column := range s.Columns {
		label := strconv.Itoa(i + 1)
		if i == len(s.Columns)-1 {
			label = strconv.Itoa(i) + "+"
		}
		h.Points = append(h.Points, point(label, column))
	}
	return h
}

// weekChart is when letters come. Without any whose hour is counted there is none.
func weekChart(c *web.Context, drawn report.Charts) *templates.Heat {
	h := &templates.Heat{Title: c.Text("figures.chart.week"), Desc: c.Text("figures.chart.week.desc")}
	for hour := range 24 {
		label := ""
		if hour%3 == 0 {
			label = strconv.Itoa(hour)
		}
		h.Columns = append(h.Columns, label)
	}
	some := false
	for weekday, hours := range drawn.Week {
		row := templates.HeatRow{Label: c.Text("figures.weekday." + strconv.Itoa(weekday))}
		for hour, n := range hours {
			p := point(hourWords(c, 24*weekday+hour), n)
			row.Cells, row.Hrefs = append(row.Cells, n.N), append(row.Hrefs, p.Href)
			some = some || n.N > 0
		}
		h.Rows = append(h.Rows, row)
	}
	if !some {
		return nil
	}
	return h
}

// markTones are the looks of the marks, the best first.
var markTones = []string{"good", "fair", "info", "soon", "late"}

func marksChart(c *web.Context, marks [5]report.Counted) *templates.Stack {
	sum := 0
	var parts []templates.Part
	for i, tone := range markTones {
		mark := len(marks) - i
		n := marks[mark-1]
		sum += n.N
		parts = append(parts, templates.Part{Tone: tone, Point: point(c.Text("figures.mark."+strconv.Itoa(mark)), n)})
	}
	if sum == 0 {
		return nil
	}
	return &templates.Stack{Title: c.Text("figures.chart.marks"), Desc: c.Text("office.figures.n", templates.Number(sum)), Parts: parts}
}
