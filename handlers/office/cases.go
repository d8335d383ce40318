package office

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

type casesPage struct {
	templates.Page
	Filter  filter
	Count   int
	Chips   []templates.Chip
	Fields  []templates.Field
	Sorts   []templates.Tab
	Table   templates.Table
	Pages   templates.Pagination
	Figures bool // the list is what is behind a figure
	Narrow  bool // something is filtered: the empty list says so
}

// cases is the list of all cases the reader may know of.
func (p *Pages) cases(c *web.Context) error {
	page := casesPage{Filter: readFilter(c)}
	marks, err := p.Cases.Marks(c.Context())
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	q, err := page.Filter.query(c.Now.Location(), marks)
	if err == nil {
		err = p.listCases(c, &page, q)
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	page.Chips, page.Fields = chips(c, n, page.Filter), filterFields(c, n, page.Filter)
	page.Sorts = sorts(c, page.Filter)
	page.Figures = page.Filter.Fact != "" || page.Filter.Did != ""
	page.Page = c.Page("office.cases")
	page.Problems = problems
	status := http.StatusOK
	if len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.Render(status, "office/cases.html", page)
}

func (p *Pages) listCases(c *web.Context, page *casesPage, q workflow.Query) error {
	by := c.User.Actor()
	var err error
	if page.Count, err = p.Cases.Count(c.Context(), by, q); err != nil {
		return err
	}
	q.After = c.Query("after")
	list, err := p.Cases.List(c.Context(), by, q)
	if err != nil {
		return err
	}
	work, err := p.span(c.Context())
	if err != nil {
		return err
	}
	page.Table = caseTable(c, work, list.Rows)
	page.Pages = templates.Pagination{Words: c.Text("office.cases.count", templates.Number(page.Count))}
	if list.Next != "" {
		page.Pages.Next = c.With("after", list.Next)
	}
	if q.After != "" {
		page.Pages.Prev = c.With("after", "")
	}
	return nil
}

func caseTable(c *web.Context, work web.Span, rows []workflow.Row) templates.Table {
	t := templates.Table{Caption: c.Text("office.cases"), Cards: true}
	for _, key := range []string{"subject", "state", "due", "department", "category", "writer", "received"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("office.column." + key)})
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, caseRow(c, work, r))
	}
	return t
}

func caseRow(c *web.Context, work web.Span, r workflow.Row) templates.Row {
	state := web.StateBadge(c, r.State)
	subject := templates.Cell{Text: r.Subject, Hint: r.Number}
	if r.Urgent {
		subject.Badge = &templates.Badge{Tone: "urgent", Label: c.Text("case.urgent")}
	}
	due := templates.Cell{Due: web.DueOf(c, work, r.Case)}
	if due.Due == nil {
		due.Text = "—"
	}
	row := templates.Row{Href: web.CasePath(r.Number), Cells: []templates.Cell{
		subject,
		{Badge: &state},
		due,
		{Text: c.Name(r.DepartmentZH, r.DepartmentEN)},
		{Text: c.Name(r.CategoryZH, r.CategoryEN), Hint: kindWords(c, r.Case)},
		{Text: c.Text("mode." + string(r.Mode)), Hint: c.Text("channel." + string(r.Channel))},
		{Text: web.Short(c, r.Received)},
	}}
	if r.Department == 0 {
		row.Cells[3].Text = c.Text("office.nobody")
	}
	if due.Due != nil && due.Due.Tone == "late" {
		row.Tone = "late"
	}
	return row
}

// kindWords is what the letter wants, how an application was decided, and what
// the annual report asks of it.
func kindWords(c *web.Context, k workflow.Case) string {
	words := c.Text("kind." + string(k.Kind))
	if k.Decision != workflow.NoDecision {
		words += " · " + c.Text("decision."+string(k.Decision))
	}
	if k.Concern != "" {
		words += " · " + c.Text("concern."+string(k.Concern))
	}
	return words
}

// chips are the filters that are on; each is taken off by its link.
func chips(c *web.Context, n names, f filter) []templates.Chip {
	var out []templates.Chip
	add := func(on bool, label string, href string) {
		if on {
			out = append(out, templates.Chip{Label: label, Href: href, On: true})
		}
	}
	off := func(name string) string { return c.With(name, "") }
	department, _ := number(f.Department, "") // query has refused what is no number
	category, _ := number(f.Category, "")
	add(f.Fact != "", factWords(c, f), without(c, factNames))
	add(f.Did != "", didWords(c, n, f), without(c, didNames))
	add(f.State == "open", c.Text("office.state.open"), c.With("state", "all"))
	add(f.State != "open" && f.State != "all", c.Text("state."+f.State), c.With("state", "all"))
	add(f.Due != "", c.Text("office.due."+f.Due), off("due"))
	add(f.Department != "", n.department(c, department), off("department"))
	add(f.Category != "", n.category(c, category), off("category"))
	add(f.Kind != "", c.Text("kind."+f.Kind), off("kind"))
	add(f.Channel != "", c.Text("channel."+f.Channel), off("channel"))
	add(f.Mode != "", c.Text("mode."+f.Mode), off("mode"))
	add(f.Status != "", c.Text("status."+f.Status), off("status"))
	add(f.Urgent, c.Text("case.urgent"), off("urgent"))
	add(f.From != "", c.Text("office.filter.since", f.From), off("from"))
	add(f.To != "", c.Text("office.filter.until", f.To), off("to"))
	add(f.Concern != "", c.Text("concern."+f.Concern), off("concern"))
	add(f.Decision != "", c.Text("office.filter.decision.chip", c.Text("decision."+f.Decision)), off("decision"))
	add(f.Campaign != "", c.Text("office.filter.campaign.chip", n.campaign(f.Campaign)), off("campaign"))
	add(f.Proposed != "", c.Text("office.filter.proposed", n.campaign(f.Proposed)), off("proposed"))
	add(f.Search != "", c.Text("office.filter.search", f.Search), off("q"))
	return out
}

// factWords says of which figure these are the cases: the days are shown as
// people say them, with the last one included.
func factWords(c *web.Context, f filter) string {
	to := f.FactTo
	if t, err := time.Parse(time.DateOnly, f.FactTo); err == nil {
		to = t.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	words := c.Text("office.filter.fact", sizeWords(c, f), f.FactFrom, to)
	if f.Stock != "" {
		words = c.Text("office.filter.stock", to)
	}
	if at, err := time.Parse(time.RFC3339Nano, f.AsOf); err == nil {
		words += " · " + c.Text("figures.as_of", at.In(c.Now.Location()).Format("2006-01-02 15:04"))
	}
	return words
}

// sizeWords is what a figure counts, and of which size.
func sizeWords(c *web.Context, f filter) string {
	name := c.Text("office.measure." + f.Fact)
	first, _ := strconv.Atoi(f.First) // query has refused what is no number
	end, _ := strconv.Atoi(f.End)
	switch m := workflow.Measure(f.Fact); {
	case end == 0 && first == 0, m == workflow.CountCampaign:
		return name
	case m == workflow.CountFate && end == int(workflow.FateMerged) && first == 0:
		return c.Text("figure.matters")
	case m == workflow.CountFate:
		return c.Text("figures.fate." + strconv.Itoa(first))
	case m == workflow.CountArrived:
		return name + " " + hourWords(c, first)
	case m == workflow.CountSigned:
		return c.Text("figure.signed")
	case m == workflow.CountRated:
		return name + " " + c.Text("figures.mark."+strconv.Itoa(first))
	case end == 0:
		return c.Text("figures.longer", name, strconv.Itoa(first))
	}
	return c.Text("figures.hours", name, strconv.Itoa(first), strconv.Itoa(end))
}

// didWords says what people of a department did.
func didWords(c *web.Context, n names, f filter) string {
	words := c.Text("figures.did." + f.Did)
	if id, _ := number(f.DidBy, ""); id != 0 {
		words = n.department(c, id) + " · " + words
	}
	return words
}

// The names of a figure's parts in an address: they belong together.
var (
	factNames = []string{"fact", "ffrom", "fto", "first", "end", "stock", "asof", "after"}
	didNames  = []string{"did", "dfrom", "dto", "dby", "after"}
)

// without is this page without some of what is asked.
func without(c *web.Context, names []string) string {
	q := c.Request.URL.Query()
	for _, name := range names {
		q.Del(name)
	}
	q.Set("state", "all")
	return (&url.URL{Path: "/office/cases", RawQuery: q.Encode()}).String()
}

// filterFields are the questions of the filter form.
func filterFields(c *web.Context, n names, f filter) []templates.Field {
	states := append([]templates.Choice{{Value: "open", Label: c.Text("office.state.open")}, {Value: "all", Label: c.Text("office.state.all")}},
		choices(c, "state.", workflow.States)...)
	departments := append([]templates.Choice{{Value: "0", Label: c.Text("office.nobody")}}, n.departmentChoices(c, 0)...)
	pick := func(name, value string, all []templates.Choice) templates.Field {
		for i := range all {
			all[i].Chosen = all[i].Value == value
		}
		return templates.Field{Kind: "select", Name: name, Label: c.Text("office.filter." + name), Options: all}
	}
	day := func(name, value string) templates.Field {
		return templates.Field{Kind: "date", Name: name, Value: value, Label: c.Text("office.filter." + name)}
	}
	return []templates.Field{
		{Kind: "search", Name: "q", Value: f.Search, Label: c.Text("office.filter.q")},
		pick("state", f.State, states),
		pick("due", f.Due, anyOf(c, choices(c, "office.due.", dues))),
		pick("department", f.Department, anyOf(c, departments)),
		pick("category", f.Category, anyOf(c, n.categoryChoices(c))),
		pick("kind", f.Kind, anyOf(c, choices(c, "kind.", workflow.CaseKinds))),
		pick("channel", f.Channel, anyOf(c, choices(c, "channel.", workflow.Channels))),
		pick("mode", f.Mode, anyOf(c, choices(c, "mode.", workflow.Modes))),
		pick("urgent", strconv.Itoa(yes(f.Urgent)), []templates.Choice{{Label: c.Text("office.any")}, {Value: "1", Label: c.Text("case.urgent")}}),
		day("from", f.From), day("to", f.To),
		pick("concern", f.Concern, anyOf(c, append([]templates.Choice{{Value: string(workflow.AnyConcern), Label: c.Text("concern.any")}}, choices(c, "concern.", workflow.Concerns)...))),
		pick("decision", f.Decision, anyOf(c, choices(c, "decision.", workflow.Decisions))),
		pick("campaign", f.Campaign, anyOf(c, n.campaignChoices())),
	}
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sorts are the orders of the list; by what is due only while cases are open.
func sorts(c *web.Context, f filter) []templates.Tab {
	due := f.Sort == "due" && f.open()
	out := []templates.Tab{{Label: c.Text("office.sort.new"), Href: c.With("sort", "new"), Current: !due}}
	if f.open() {
		out = append([]templates.Tab{{Label: c.Text("office.sort.due"), Href: c.With("sort", "due"), Current: due}}, out...)
	}
	return out
}
