package annual

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

type listPage struct {
	templates.Page
	MayWrite bool
	Table    templates.Table
	Pages    templates.Pagination
}

// inList is how many reports a page lists.
const inList = 25

// list shows all reports, the newest first.
func (p *Pages) list(c *web.Context) error {
	q := workflow.AnnualQuery{Limit: inList + 1}
	after, err := c.After(1)
	if err != nil {
		return err
	}
	if after != nil {
		if q.Before, err = strconv.ParseInt(after[0], 10, 64); err != nil {
			return workflow.Absent()
		}
	}
	all, err := p.Bureau.Reports(c.Context(), c.User.Actor(), q)
	if err != nil {
		return err
	}
	view := listPage{MayWrite: c.User.Actor().Office()}
	if len(all) > inList {
		all = all[:inList]
		view.Pages.Next = c.With("after", web.Cursor(strconv.FormatInt(all[inList-1].ID, 10)))
	}
	if after != nil {
		view.Pages.Prev = c.With("after", "")
	}
	view.Table = listTable(c, all, view.MayWrite)
	view.Page = c.Page("annual.reports")
	return c.Render(http.StatusOK, "annual/list.html", view)
}

func listTable(c *web.Context, all []workflow.AnnualReport, mayWrite bool) templates.Table {
	t := templates.Table{Caption: c.Text("annual.reports"), Cards: true, Empty: &templates.Empty{
		Icon: "file", Title: c.Text("annual.none"), Text: c.Text("annual.none.text"),
	}}
	if mayWrite {
		t.Empty.Act = &templates.Button{Tone: "primary", Label: c.Text("annual.new"), Href: home + "/new"}
	}
	for _, k := range []string{"title", "period", "state", "changed"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("annual.list." + k)})
	}
	for _, r := range all {
		badge := stateBadge(c, r)
		t.Rows = append(t.Rows, templates.Row{Href: path(r.ID), Cells: []templates.Cell{
			{Text: r.Title, Hint: c.Text("annual.revision", r.Revision, c.Text("annual.form."+r.Form))},
			{Text: period(c, r)},
			{Badge: &badge},
			{Text: web.Short(c, r.Updated)},
		}})
	}
	return t
}
