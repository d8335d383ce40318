package admin

import (
	"net/http"
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

type peoplePage struct {
	listPage
	Query  string
	Hidden []templates.Hidden // the filters that a new search keeps
}

func (p *Pages) people(c *web.Context) error {
	q := rules.PeopleQuery{Search: c.Query("q"), Role: workflow.Role(c.Query("role")), Disabled: c.Query("disabled") != ""}
	q.Department, _ = strconv.ParseInt(c.Query("department"), 10, 64) // what is no number filters nothing
	found, err := p.Rules.People(c.Context(), c.User.Actor(), q)
	if err != nil {
		return err
	}
	departments, err := p.Rules.AllDepartments(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	names := departmentNames(c, departments)
	part, pages, err := cut(c, found, func(a workflow.Account) string { return a.Username })
	if err != nil {
		return err
	}
	view := peoplePage{Query: q.Search}
	view.Page, view.Pages = page(c, "admin.people"), pages
	view.Add = addButton(c, "admin.people.add", "/admin/people/new")
	view.Chips = peopleChips(c, q, names)
	view.Table = peopleTable(c, part, names, len(found))
	for _, name := range []string{"role", "department", "disabled"} {
		if v := c.Query(name); v != "" {
			view.Hidden = append(view.Hidden, templates.Hidden{Name: name, Value: v})
		}
	}
	return c.Render(http.StatusOK, "admin/people.html", view)
}

// peopleChips are the filters: every role, whoever is disabled, and what is
// looked for now.
func peopleChips(c *web.Context, q rules.PeopleQuery, departments map[int64]string) []templates.Chip {
	var chips []templates.Chip
	if q.Search != "" {
		chips = append(chips, templates.Chip{Label: c.Text("admin.people.found", q.Search), Href: c.With("q", ""), On: true})
	}
	if q.Department != 0 && departments[q.Department] != "" {
		chips = append(chips, templates.Chip{Label: departments[q.Department], Href: c.With("department", ""), On: true})
	}
	for _, r := range workflow.StaffRoles {
		on := q.Role == r
		href := c.With("role", string(r))
		if on {
			href = c.With("role", "")
		}
		chips = append(chips, templates.Chip{Label: c.Text("role." + string(r)), Href: href, On: on})
	}
	href := c.With("disabled", "yes")
	if q.Disabled {
		href = c.With("disabled", "")
	}
	return append(chips, templates.Chip{Label: c.Text("admin.people.disabled"), Href: href, On: q.Disabled})
}

func peopleTable(c *web.Context, part []workflow.Account, departments map[int64]string, all int) templates.Table {
	t := templates.Table{
		Caption: c.Text("admin.people.count", strconv.Itoa(all)), Cards: true,
		Columns: columns(c, "admin.people.name", "admin.people.department", "admin.people.roles", "admin.people.email"),
		Empty:   &templates.Empty{Icon: "people", Title: c.Text("admin.people.none"), Text: c.Text("admin.people.none.text"), Act: &templates.Button{Label: c.Text("admin.people.all"), Href: "/admin/people"}},
	}
	for _, a := range part {
		row := templates.Row{Href: "/admin/people/" + number(a.ID), Cells: []templates.Cell{
			{Text: a.Name, Hint: a.Username}, {Text: departments[a.Department]}, {Text: list(c, roleNames(c, a.Roles))}, {Text: a.Email},
		}}
		if !a.Disabled.IsZero() {
			row.Cells[2].Badge = &templates.Badge{Tone: "quiet", Label: c.Text("admin.people.since", day(c, c.Local(a.Disabled)))}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func roleNames(c *web.Context, roles []workflow.Role) []string {
	var out []string
	for _, r := range workflow.StaffRoles {
		if slices.Contains(roles, r) {
			out = append(out, c.Text("role."+string(r)))
		}
	}
	return out
}
