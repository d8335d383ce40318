package admin

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

type categoryPage struct {
	templates.Page
	workflow.Category
	Action      string
	Order       string
	Under       string
	Parents     []templates.Choice
	Leads       string
	Departments []templates.Choice
	Promise     string
	Policies    []templates.Choice
	History     templates.Table
}

func (p *Pages) categories(c *web.Context) error {
	all, err := p.Rules.Categories(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	names, err := p.names(c)
	if err != nil {
		return err
	}
	view := listPage{
		Page: page(c, "admin.categories"), Lead: c.Text("admin.categories.lead"),
		Add: addButton(c, "admin.categories.add", "/admin/categories/new"),
	}
	view.Table = templates.Table{
		Caption: c.Text("admin.categories.count", strconv.Itoa(len(all))), Cards: true,
		Columns: columns(c, "admin.categories.name", "admin.categories.department", "admin.categories.policy", "admin.state"),
		Empty:   &templates.Empty{Icon: "filter", Title: c.Text("admin.categories.none"), Text: c.Text("admin.categories.none.text")},
	}
	for _, k := range all {
		view.Table.Rows = append(view.Table.Rows, templates.Row{
			Href: "/admin/categories/" + number(k.ID),
			Cells: []templates.Cell{
				{Text: c.Name(k.NameZH, k.NameEN), Hint: k.Code}, {Text: names.leads(c, k)}, {Text: names.policies[k.Policy]}, categoryState(c, k),
			},
		})
	}
	return c.Render(http.StatusOK, "admin/categories.html", view)
}

// names are the names of what categories refer to.
type names struct {
	departments, policies map[int64]string
}

func (p *Pages) names(c *web.Context) (names, error) {
	departments, err := p.Rules.AllDepartments(c.Context(), c.User.Actor())
	if err != nil {
		return names{}, err
	}
	policies, err := p.Rules.Policies(c.Context(), c.User.Actor())
	out := names{departments: departmentNames(c, departments), policies: map[int64]string{}}
	for _, k := range policies {
		out.policies[k.ID] = c.Name(k.NameZH, k.NameEN)
	}
	return out, err
}

// leads says where letters of the category go.
func (n names) leads(c *web.Context, k workflow.Category) string {
	switch {
	case k.Sealed:
		return c.Text("role.discipline")
	case k.Department == 0:
		return c.Text("admin.categories.byhand")
	}
	return n.departments[k.Department]
}

func categoryState(c *web.Context, k workflow.Category) templates.Cell {
	switch {
	case !k.Active:
		return templates.Cell{Badge: &templates.Badge{Tone: "quiet", Label: c.Text("admin.state.off")}}
	case k.Sealed:
		return templates.Cell{Badge: &templates.Badge{Tone: "sealed", Label: c.Text("admin.categories.sealed")}}
	}
	return templates.Cell{}
}

func (p *Pages) newCategory(c *web.Context) error {
	return p.showCategory(c, http.StatusOK, nil, workflow.Category{Active: true})
}

func (p *Pages) category(c *web.Context) error {
	k, err := p.knownCategory(c)
	if err != nil {
		return err
	}
	return p.showCategory(c, http.StatusOK, nil, k)
}

// knownCategory is the version in force of the category that the path names.
func (p *Pages) knownCategory(c *web.Context) (workflow.Category, error) {
	id, err := c.ID("id")
	if err != nil {
		return workflow.Category{}, err
	}
	history, err := p.Rules.CategoryHistory(c.Context(), c.User.Actor(), id)
	if err != nil {
		return workflow.Category{}, err
	}
	return history[0], nil
}

func (p *Pages) showCategory(c *web.Context, status int, wrong []templates.Problem, k workflow.Category) error {
	departments, policies, err := p.Rules.Choices(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	all, err := p.Rules.Categories(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	view := categoryPage{
		Page:     page(c, titleOf(c, "admin.categories.add", k.NameZH, k.NameEN, k.ID), crumb(c, "admin.categories", "/admin/categories")),
		Category: k, Action: "/admin/categories", Order: strconv.Itoa(k.Sort),
		Under: number(k.Parent), Parents: parentChoices(c, all, k), Leads: number(k.Department),
		Departments: departmentChoices(c, departments, k.Department, "admin.categories.byhand"),
		Promise:     number(k.Policy), Policies: policyChoices(c, policies),
	}
	view.Token, view.Problems = c.FormToken(), wrong
	if k.ID != 0 {
		view.Action += "/" + number(k.ID)
		if view.History, err = p.categoryHistory(c, k.ID); err != nil {
			return err
		}
	}
	return c.Render(status, "admin/category.html", view)
}

// parentChoices offers what the category may stand under.
func parentChoices(c *web.Context, all []workflow.Category, k workflow.Category) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("admin.categories.top")}}
	for _, o := range all {
		if o.Parent == 0 && o.ID != k.ID && (o.Active || o.ID == k.Parent) {
			out = append(out, templates.Choice{Value: number(o.ID), Label: c.Name(o.NameZH, o.NameEN)})
		}
	}
	return out
}

func policyChoices(c *web.Context, all []workflow.Policy) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("admin.choose")}}
	for _, k := range all {
		out = append(out, templates.Choice{Value: number(k.ID), Label: c.Name(k.NameZH, k.NameEN)})
	}
	return out
}

func (p *Pages) categoryHistory(c *web.Context, id int64) (templates.Table, error) {
	history, err := p.Rules.CategoryHistory(c.Context(), c.User.Actor(), id)
	if err != nil {
		return templates.Table{}, err
	}
	names, err := p.names(c)
	t := templates.Table{
		Caption: c.Text("admin.history"), Cards: true,
		Columns: columns(c, "admin.history.span", "admin.categories.name", "admin.categories.department", "admin.categories.policy"),
	}
	for _, k := range history {
		t.Rows = append(t.Rows, templates.Row{Cells: []templates.Cell{
			{Text: span(c, k.From, k.To)}, {Text: c.Name(k.NameZH, k.NameEN)}, {Text: names.leads(c, k)}, {Text: names.policies[k.Policy]},
		}})
	}
	return t, err
}

func (p *Pages) saveCategory(c *web.Context) error {
	k := workflow.Category{}
	if c.Param("id") != "" {
		known, err := p.knownCategory(c)
		if err != nil {
			return err
		}
		k = known
	}
	saved := k
	err := readCategory(c, &k)
	if err == nil {
		saved, err = p.Rules.SaveCategory(c.Context(), c.User.Actor(), k)
	}
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showCategory(c, status, wrong, k)
	}
	c.Flash("good", "admin.categories.saved", c.Name(saved.NameZH, saved.NameEN))
	return c.Redirect("/admin/categories")
}

func readCategory(c *web.Context, k *workflow.Category) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if k.ID == 0 {
		k.Code = f.Line("code")
	}
	k.NameZH, k.NameEN, k.HintZH, k.HintEN = f.Line("name_zh"), f.Line("name_en"), f.Line("hint_zh"), f.Line("hint_en")
	k.Sealed, k.Active = f.Has("sealed"), f.Has("active")
	var sort int64
	err = numbers(f, map[string]*int64{"version": &k.Version, "parent": &k.Parent, "department": &k.Department, "policy": &k.Policy, "sort": &sort})
	k.Sort = int(sort)
	return err
}
