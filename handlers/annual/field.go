package annual

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// fieldsPage lists every figure of a report.
type fieldsPage struct {
	templates.Page
	Report workflow.AnnualReport
	Table  templates.Table
}

// fields shows all figures with their definitions.
func (p *Pages) fields(c *web.Context) error {
	v, err := p.view(c)
	if err != nil {
		return err
	}
	t := templates.Table{Caption: c.Text("annual.fields"), Cards: true}
	for _, k := range []string{"name", "value", "unit", "nature", "formula"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("annual.column." + k), Number: k == "value"})
	}
	for _, f := range v.Frozen.Fields {
		if f.Nature == annual.Said {
			continue
		}
		one := fieldOf(c, v.Report, f)
		row := templates.Row{Href: one.Href, Cells: []templates.Cell{
			{Text: one.Name, Hint: one.Key}, {Text: one.Value}, {Text: one.Unit}, {Text: one.Nature}, {Text: one.Formula, Hint: one.Excludes},
		}}
		if one.Override != "" {
			row.Tone = "soon"
			row.Cells[1].Hint = one.Override
		}
		t.Rows = append(t.Rows, row)
	}
	view := fieldsPage{Report: v.Report, Table: t, Page: page(c, "annual.fields", crumb(v.Report))}
	return c.Render(http.StatusOK, "annual/fields.html", view)
}

// fieldPage is one figure and what lies behind it.
type fieldPage struct {
	templates.Page
	Report   workflow.AnnualReport
	Field    fieldView
	Counted  string
	Source   string
	Behind   templates.Table
	Hidden   bool
	Pages    templates.Pagination
	Editable bool
	Value    string
	Reason   string
}

// field shows what lies behind one figure.
func (p *Pages) field(c *web.Context) error {
	return p.showField(c, nil, func(*fieldPage) {})
}

func (p *Pages) showField(c *web.Context, problems []templates.Problem, set func(*fieldPage)) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	from, _ := strconv.Atoi(c.Query("after")) // what is no number begins at the first
	b, err := p.Bureau.Behind(c.Context(), c.User.Actor(), id, c.Param("key"), from)
	if err != nil {
		return err
	}
	view := fieldPage{
		Report: b.Report, Field: fieldOf(c, b.Report, b.Field), Counted: b.Field.Counted.Text, Source: c.Text("annual.source." + string(b.Field.Source)),
		Editable: b.Report.State == workflow.AnnualDraft && annual.MayWrite(c.User.Actor()) && b.Field.Nature != annual.Said,
	}
	if b.Field.Override != nil {
		view.Value, view.Reason = b.Field.Value.Text, b.Field.Override.Reason
	}
	view.Behind, view.Hidden = behindTable(c, b)
	view.Pages = behindPages(c, b)
	set(&view)
	view.Page = page(c, view.Field.Name, crumb(b.Report), templates.Crumb{Label: c.Text("annual.fields"), Href: path(id, "fields")})
	view.Problems = problems
	return c.Render(status(problems), "annual/field.html", view)
}

func behindTable(c *web.Context, b annual.Behind) (t templates.Table, hidden bool) {
	t = templates.Table{Caption: c.Text("annual.behind"), Cards: true, Columns: []templates.Column{
		{Label: c.Text("annual.behind.name")}, {Label: c.Text("annual.behind.day")},
	}, Empty: &templates.Empty{Icon: "check", Title: c.Text("annual.behind.none"), Text: c.Text("annual.behind.none.text")}}
	for _, thing := range b.Things {
		row := templates.Row{Cells: []templates.Cell{{Text: thing.Name, Hint: thing.Number}, {Text: thing.Day}}}
		switch {
		case thing.Hidden:
			hidden = true
			row.Cells[0] = templates.Cell{Text: c.Text("annual.behind.hidden")}
		default:
			row.Href = thingPath(thing)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, hidden
}

// thingPath is where a thing behind a number can be looked at; "" when it has no
// page of its own.
func thingPath(t annual.Thing) string {
	switch id := strconv.FormatInt(t.ID, 10); t.Kind {
	case "case":
		return web.CasePath(t.Number)
	case "item":
		return "/disclosure/items/" + id
	case "appraisal":
		return "/disclosure/appraisals/" + id
	}
	return ""
}

func behindPages(c *web.Context, b annual.Behind) templates.Pagination {
	last := b.From + len(b.Things)
	p := templates.Pagination{Words: c.Text("annual.behind.count", min(b.From+1, last), last, b.Total)}
	if last < b.Total {
		p.Next = c.With("after", strconv.Itoa(last))
	}
	if b.From > 0 {
		p.Prev = c.With("after", strconv.Itoa(max(b.From-annual.PageOfThings, 0)))
	}
	return p
}

// override sets a figure by hand, with its reason.
func (p *Pages) override(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	value, reason := f.Line("value"), f.Prose("reason")
	if f.Line("act") == "counted" {
		value = ""
	}
	problems, err := c.Problems(p.Bureau.Override(c.Context(), c.User.Actor(), id, c.Param("key"), value, reason))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showField(c, problems, func(view *fieldPage) { view.Value, view.Reason = value, reason })
	}
	c.Flash("good", "annual.saved")
	return c.Redirect(path(id, "fields", c.Param("key")))
}
