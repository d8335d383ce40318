package admin

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

type departmentPage struct {
	templates.Page
	workflow.Department
	Action string
	Order  string
	// Of a department that is there.
	Open       int
	Cases      string // list of its open cases, for who may see them
	People     string // list of its people
	PeopleText string
}

func (p *Pages) departments(c *web.Context) error {
	all, err := p.Rules.Departments(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	view := listPage{
		Page: page(c, "admin.departments"), Lead: c.Text("admin.departments.lead"),
		Add: addButton(c, "admin.departments.add", "/admin/departments/new"),
	}
	view.Table = templates.Table{
		Caption: c.Text("admin.departments.count", strconv.Itoa(len(all))), Cards: true,
		Columns: columns(c, "admin.departments.name", "admin.departments.phone", "admin.departments.people", "admin.departments.open", "admin.state"),
		Empty:   &templates.Empty{Icon: "building", Title: c.Text("admin.departments.none"), Text: c.Text("admin.departments.none.text")},
	}
	view.Table.Columns[2].Number, view.Table.Columns[3].Number = true, true
	for _, d := range all {
		view.Table.Rows = append(view.Table.Rows, departmentRow(c, d))
	}
	return c.Render(http.StatusOK, "admin/departments.html", view)
}

func departmentRow(c *web.Context, d rules.Department) templates.Row {
	row := templates.Row{Href: "/admin/departments/" + number(d.ID), Cells: []templates.Cell{
		{Text: c.Name(d.NameZH, d.NameEN), Hint: d.Code}, {Text: d.Phone}, {Text: strconv.Itoa(d.People)}, {Text: strconv.Itoa(d.Open)}, {},
	}}
	switch {
	case !d.Active:
		row.Cells[4].Badge = &templates.Badge{Tone: "quiet", Label: c.Text("admin.state.off")}
	case d.People > 0 && d.Heads == 0:
		row.Cells[4].Badge = &templates.Badge{Tone: "soon", Label: c.Text("admin.departments.nohead")}
	case d.Open > 0 && d.People == 0:
		row.Cells[4].Badge = &templates.Badge{Tone: "late", Label: c.Text("admin.departments.nobody")}
	}
	return row
}

func (p *Pages) newDepartment(c *web.Context) error {
	return showDepartment(c, http.StatusOK, nil, rules.Department{Department: workflow.Department{Active: true}})
}

func (p *Pages) department(c *web.Context) error {
	d, err := p.knownDepartment(c)
	if err != nil {
		return err
	}
	return showDepartment(c, http.StatusOK, nil, d)
}

func (p *Pages) knownDepartment(c *web.Context) (rules.Department, error) {
	id, err := c.ID("id")
	if err != nil {
		return rules.Department{}, err
	}
	all, err := p.Rules.Departments(c.Context(), c.User.Actor())
	if err != nil {
		return rules.Department{}, err
	}
	for _, d := range all {
		if d.ID == id {
			return d, nil
		}
	}
	return rules.Department{}, workflow.Absent()
}

func showDepartment(c *web.Context, status int, wrong []templates.Problem, d rules.Department) error {
	view := departmentPage{
		Page:       page(c, titleOf(c, "admin.departments.add", d.NameZH, d.NameEN, d.ID), crumb(c, "admin.departments", "/admin/departments")),
		Department: d.Department, Action: "/admin/departments", Order: strconv.Itoa(d.Sort), Open: d.Open,
	}
	if d.ID != 0 {
		view.Action += "/" + number(d.ID)
		if mayOffice(c) {
			view.Cases = "/office/cases?department=" + number(d.ID)
		}
		view.People = "/admin/people?department=" + number(d.ID)
		view.PeopleText = c.Text("admin.departments.staff", strconv.Itoa(d.People), strconv.Itoa(d.Heads))
	}
	view.Token, view.Problems = c.FormToken(), wrong
	return c.Render(status, "admin/department.html", view)
}

// titleOf is the name of a thing that is there, or the words for adding one.
func titleOf(c *web.Context, add, zh, en string, id int64) string {
	if id == 0 {
		return add
	}
	return c.Name(zh, en)
}

func (p *Pages) saveDepartment(c *web.Context) error {
	d := rules.Department{}
	if c.Param("id") != "" {
		known, err := p.knownDepartment(c)
		if err != nil {
			return err
		}
		d = known
	}
	saved := d.Department
	err := readDepartment(c, &d.Department)
	if err == nil {
		saved, err = p.Rules.SaveDepartment(c.Context(), c.User.Actor(), d.Department)
	}
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return showDepartment(c, status, wrong, d)
	}
	c.Flash("good", "admin.saved", c.Name(saved.NameZH, saved.NameEN))
	return c.Redirect("/admin/departments")
}

func readDepartment(c *web.Context, d *workflow.Department) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if d.ID == 0 {
		d.Code = f.Line("code")
	}
	d.NameZH, d.NameEN, d.Phone, d.Active = f.Line("name_zh"), f.Line("name_en"), f.Line("phone"), f.Has("active")
	sort, err := f.Number("sort")
	d.Sort = int(sort)
	return err
}
