package matters

import (
	"net/http"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/matters"
)

type overviewPage struct {
	templates.Page
	Years    []templates.Tab
	From, To string // both included
	AsOf     string
	Waiting  string
	Stats    []templates.Stat
	Decided  templates.Table
	Concerns templates.Table
	Zero     bool   // no dispute was marked in the period
	Proof    string // the list that shows it
}

// yearsShown is how many years can be chosen with one touch.
const yearsShown = 4

// overview is what the annual report says of applications and disputes.
func (p *Pages) overview(c *web.Context) error {
	page := overviewPage{From: c.Query("from"), To: c.Query("to")}
	if page.From == "" && page.To == "" {
		year := c.Now.Format("2006")
		page.From, page.To = year+"-01-01", year+"-12-31"
	}
	period, err := readPeriod(page.From, page.To)
	if err == nil {
		err = p.fillOverview(c, &page, period)
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	page.Page = c.Page("matters.title")
	page.Problems = problems
	page.Years = years(c, page)
	status := http.StatusOK
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.Render(status, "matters/overview.html", page)
}

func readPeriod(from, to string) (matters.Period, error) {
	for field, day := range map[string]string{"from": from, "to": to} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return matters.Period{}, workflow.Wrong(field, "invalid.date")
		}
	}
	if from > to {
		return matters.Period{}, workflow.Wrong("to", "invalid.period")
	}
	return matters.Period{From: from, To: shift(to, 1)}, nil
}

func years(c *web.Context, page overviewPage) []templates.Tab {
	var out []templates.Tab
	for i := range yearsShown {
		y := strconv.Itoa(c.Now.Year() - i)
		from, to := y+"-01-01", y+"-12-31"
		out = append(out, templates.Tab{
			Label: c.Text("matters.year", y), Href: "/disclosure/matters?from=" + from + "&to=" + to, Current: page.From == from && page.To == to,
		})
	}
	return out
}

func (p *Pages) fillOverview(c *web.Context, page *overviewPage, period matters.Period) error {
	n, err := p.Matters.Counts(c.Context(), actor(c), period)
	if err != nil {
		return err
	}
	page.AsOf = c.Text("matters.asof", c.Local(n.AsOf).Format("2006-01-02 15:04"))
	if n.Waiting > 0 {
		page.Waiting = c.Text("matters.waiting", templates.Number(n.Waiting))
	}
	page.Stats = []templates.Stat{
		{Label: c.Text("matters.applied.received"), Value: templates.Number(n.Applied.N), Href: link(n.Applied)},
		{Label: c.Text("matters.applied.open"), Value: templates.Number(n.Open.N), Href: link(n.Open)},
	}
	page.Decided = countTable(c, "matters.applied.table", n.Decided)
	for i, d := range workflow.Decisions {
		page.Decided.Rows[i].Cells[0].Text = c.Text("decision." + string(d))
	}
	page.Concerns = countTable(c, "matters.concern.table", n.Concerns)
	page.Zero = true
	for i, k := range workflow.Concerns {
		page.Concerns.Rows[i].Cells[0].Text = c.Text("concern." + string(k))
		page.Zero = page.Zero && n.Concerns[i].N == 0
	}
	page.Proof = "/office/cases?concern=any&from=" + page.From + "&to=" + page.To
	return nil
}

// link is the list behind a count; nought has one too, so that it can be seen
// to be empty.
func link(n matters.Count) string { return casesPath(n.Behind) }

func countTable(c *web.Context, caption string, counts []matters.Count) templates.Table {
	t := templates.Table{
		Caption: c.Text(caption),
		Columns: []templates.Column{{Label: c.Text("matters.column.what")}, {Label: c.Text("matters.column.n"), Number: true}},
	}
	for _, n := range counts {
		t.Rows = append(t.Rows, templates.Row{Cells: []templates.Cell{{}, {Text: templates.Number(n.N), Href: link(n)}}})
	}
	return t
}
