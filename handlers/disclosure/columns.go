package disclosure

import (
	"errors"
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

type columnsPage struct {
	templates.Page
	Places     []templates.Tab
	Words      string
	Groups     []columnGroup
	Gone       templates.Table
	MayArrange bool
	None       templates.Empty
}

// columnGroup is a top column with all below it.
type columnGroup struct {
	Name  string
	Table templates.Table
}

type columnPage struct {
	templates.Page
	Column      workflow.Column
	Action      string
	Sort        string
	Parents     []templates.Choice
	Departments []templates.Choice
}

// columns shows the tree of the site's sections.
func (p *Pages) columns(c *web.Context) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	view := columnsPage{
		Places: places(c, "columns"), MayArrange: ledger.MayArrange(c.User.Actor()),
		None: templates.Empty{Icon: "menu", Title: c.Text("ledger.columns.none"), Text: c.Text("ledger.columns.none.text")},
	}
	today, top, all := p.Ledger.Today(), 0, 0
	for _, b := range n.columns {
		if b.Closed != "" && b.Closed <= today {
			view.Gone.Rows = append(view.Gone.Rows, columnRow(c, n, b, view.MayArrange))
			continue
		}
		all++
		if b.Depth == 0 || len(view.Groups) == 0 {
			top++
			view.Groups = append(view.Groups, columnGroup{Name: b.Name, Table: columnTable(c, b.Name)})
		}
		g := &view.Groups[len(view.Groups)-1]
		g.Table.Rows = append(g.Table.Rows, columnRow(c, n, b, view.MayArrange))
	}
	view.Words = c.Text("ledger.columns.count", top, all)
	gone := columnTable(c, c.Text("ledger.columns.closed"))
	gone.Rows = view.Gone.Rows
	view.Gone = gone
	view.Page = begin(c, "ledger.columns")
	return c.Render(http.StatusOK, "disclosure/columns.html", view)
}

func columnTable(c *web.Context, caption string) templates.Table {
	t := templates.Table{
		Caption: caption, Cards: true,
		Columns: columnsOf(c, "ledger.column.name", "ledger.column.department", "ledger.column.opened", "ledger.column.items"),
	}
	t.Columns[3].Number = true
	return t
}

func columnRow(c *web.Context, n names, b ledger.Branch, arrange bool) templates.Row {
	since := dayWords(c, b.Opened)
	if b.Closed != "" {
		since = c.Text("ledger.column.span", since, dayWords(c, b.Closed))
	}
	row := templates.Row{Tone: depth(b), Cells: []templates.Cell{
		{Text: b.Name},
		{Text: n.department(c, b.Department)},
		{Text: since},
		{Text: templates.Number(b.Total), Href: "/disclosure/items?state=published&column=" + decimal(b.ID)},
	}}
	if b.Department == 0 {
		row.Cells[1].Text = c.Text("ledger.column.nobody")
	}
	if arrange {
		row.Cells[0].Href = "/disclosure/columns/" + decimal(b.ID)
	}
	return row
}

// depth is how far a column is set in.
func depth(b ledger.Branch) string {
	if b.Depth == 0 {
		return ""
	}
	return "below-" + strconv.Itoa(min(b.Depth, 3))
}

func (p *Pages) newColumn(c *web.Context) error {
	return p.showColumn(c, http.StatusOK, workflow.Column{Opened: p.Ledger.Today()}, nil)
}

func (p *Pages) column(c *web.Context) error {
	col, err := p.knownColumn(c)
	if err != nil {
		return err
	}
	return p.showColumn(c, http.StatusOK, col, nil)
}

func (p *Pages) knownColumn(c *web.Context) (workflow.Column, error) {
	id, err := c.ID("id")
	if err != nil {
		return workflow.Column{}, err
	}
	all, err := p.Ledger.Columns(c.Context(), c.User.Actor())
	if err != nil {
		return workflow.Column{}, err
	}
	for _, b := range all {
		if b.ID == id {
			return b.Column, nil
		}
	}
	return workflow.Column{}, workflow.Absent()
}

func (p *Pages) showColumn(c *web.Context, status int, col workflow.Column, wrong []templates.Problem) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	view := columnPage{
		Column: col, Action: "/disclosure/columns", Sort: strconv.Itoa(col.Sort),
		Parents:     n.columnChoices(c, "ledger.column.top", col.Parent, func(b ledger.Branch) bool { return b.ID != col.ID }),
		Departments: n.departmentChoices(c, "ledger.column.nobody", col.Department),
	}
	title := "ledger.column.add"
	if col.ID != 0 {
		view.Action += "/" + decimal(col.ID)
		title = col.Name
	}
	view.Page = begin(c, title, crumb(c, "ledger.columns", "/disclosure/columns"))
	view.Token, view.Problems = c.FormToken(), wrong
	return c.Render(status, "disclosure/column.html", view)
}

func (p *Pages) saveColumn(c *web.Context) error {
	col := workflow.Column{}
	if c.Param("id") != "" {
		known, err := p.knownColumn(c)
		if err != nil {
			return err
		}
		col = known
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	col.Name, col.URL, col.Opened, col.Closed = f.Line("name"), f.Line("url"), f.Line("opened"), f.Line("closed")
	var errs []error
	sort := int64(0)
	for name, to := range map[string]*int64{"parent": &col.Parent, "department": &col.Department, "sort": &sort, "version": &col.Version} {
		n, err := f.Number(name)
		*to, errs = n, append(errs, err)
	}
	col.Sort = int(sort)
	err = errors.Join(errs...)
	if err == nil {
		_, err = p.Ledger.SaveColumn(c.Context(), c.User.Actor(), col)
	}
	if err != nil {
		status, wrong, err := problems(c, err, "name", "parent", "department", "url", "opened", "closed", "sort")
		if err != nil {
			return err
		}
		return p.showColumn(c, status, col, wrong)
	}
	c.Flash("good", "ledger.column.saved", col.Name)
	return c.Redirect("/disclosure/columns")
}
