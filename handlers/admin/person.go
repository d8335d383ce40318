package admin

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/rules"
)

type personPage struct {
	templates.Page
	ID          int64
	Version     int64
	Username    string
	Name        string
	Email       string
	WeCom       string
	Locale      string
	Locales     []templates.Choice
	Department  string
	Departments []templates.Choice
	Roles       []templates.Choice
	Action      string
	// Of an account that is there.
	Disabled string             // since when, in words
	Work     string             // what becomes of its work when it goes
	Fields   []templates.Hidden // of the small forms
	Tokens   templates.Tokens
	Factor   personFactor
	Campus   string // what the campus calls them
}

type passwordPage struct {
	templates.Page
	Name, Username, Password string
	Back                     string
}

func (p *Pages) newPerson(c *web.Context) error {
	return p.showPerson(c, http.StatusOK, nil, rules.Person{Account: workflow.Account{Locale: "zh-CN"}})
}

func (p *Pages) person(c *web.Context) error {
	who, err := p.known(c)
	if err != nil {
		return err
	}
	return p.showPerson(c, http.StatusOK, nil, who)
}

// known is the account that the path names.
func (p *Pages) known(c *web.Context) (rules.Person, error) {
	id, err := c.ID("id")
	if err != nil {
		return rules.Person{}, err
	}
	return p.Rules.Person(c.Context(), c.User.Actor(), id)
}

func (p *Pages) showPerson(c *web.Context, status int, wrong []templates.Problem, who rules.Person) error {
	departments, err := p.Rules.AllDepartments(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	title := "admin.people.add"
	if who.ID != 0 {
		title = who.Name
	}
	view := personPage{
		Page: page(c, title, crumb(c, "admin.people", "/admin/people")), ID: who.ID, Version: who.Version, Action: "/admin/people",
		Username: who.Username, Name: who.Name, Email: who.Email, WeCom: who.WeCom, Locale: who.Locale, Department: number(who.Department),
		Departments: departmentChoices(c, departments, who.Department, "admin.people.nodepartment"),
		Roles:       roleChoices(c, who.Roles), Locales: locales(), Fields: c.Hidden(templates.Hidden{Name: "version", Value: number(who.Version)}),
	}
	view.Token, view.Problems = c.FormToken(), wrong
	if who.ID != 0 {
		view.Action += "/" + number(who.ID)
		view.Work = workWords(c, who)
		if view.Tokens, err = p.tokensOf(c, who.ID); err != nil {
			return err
		}
		name, err := p.Campus.NameOf(c.Context(), c.User.Actor(), who.ID)
		if err != nil {
			return err
		}
		view.Campus = name.Name
		if view.Factor, err = p.factorOf(c, who.ID); err != nil {
			return err
		}
	}
	if !who.Disabled.IsZero() {
		view.Disabled = day(c, c.Local(who.Disabled))
	}
	return c.Render(status, "admin/person.html", view)
}

// workWords says what becomes of the work when this person goes.
func workWords(c *web.Context, who rules.Person) string {
	switch {
	case who.Open == 0:
		return c.Text("admin.person.work.none")
	case who.Others == 0:
		return c.Text("admin.person.work.nobody", strconv.Itoa(who.Open))
	}
	return c.Text("admin.person.work.others", strconv.Itoa(who.Open), strconv.Itoa(who.Others))
}

func locales() []templates.Choice {
	return []templates.Choice{{Value: "zh-CN", Label: "中文"}, {Value: "en", Label: "English"}}
}

// roleHints says what a role is for, where its name alone does not.
var roleHints = map[workflow.Role]string{
	workflow.Clerk: "admin.role.clerk", workflow.OfficeHead: "admin.role.office_head", workflow.Leader: "admin.role.leader",
	workflow.Principal: "admin.role.principal", workflow.Reviewer: "admin.role.reviewer", workflow.Discipline: "admin.role.discipline",
	workflow.Admin: "admin.role.admin", workflow.DeptClerk: "admin.role.dept_clerk", workflow.DeptHead: "admin.role.dept_head",
}

func roleChoices(c *web.Context, has []workflow.Role) []templates.Choice {
	var out []templates.Choice
	for _, r := range workflow.StaffRoles {
		out = append(out, templates.Choice{
			Value: string(r), Label: c.Text("role." + string(r)), Hint: c.Text(roleHints[r]), Chosen: slices.Contains(has, r),
		})
	}
	return out
}

// savePerson adds an account with a password that is shown once, or changes
// one that is there.
func (p *Pages) savePerson(c *web.Context) error {
	who, password := rules.Person{}, ""
	if c.Param("id") != "" {
		known, err := p.known(c)
		if err != nil {
			return err
		}
		who = known
	} else {
		password = access.FreshPassword()
	}
	saved := who.Account
	err := readPerson(c, &who.Account)
	if err == nil {
		saved, err = p.Door.SaveAccount(c.Context(), c.User.Actor(), who.Account, password)
	}
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showPerson(c, status, wrong, who)
	}
	if password != "" {
		return showPassword(c, saved, password)
	}
	c.Flash("good", "admin.person.saved", saved.Name)
	return c.Redirect("/admin/people")
}

func readPerson(c *web.Context, a *workflow.Account) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	a.Username, a.Name, a.Email, a.Locale = f.Line("username"), f.Line("name"), f.Line("email"), f.Line("locale")
	a.WeCom = f.Line("wecom")
	if a.Locale != "en" {
		a.Locale = "zh-CN"
	}
	if a.Department, err = f.Number("department"); err != nil {
		return err
	}
	if a.ID != 0 {
		if a.Version, err = f.Number("version"); err != nil {
			return err
		}
	}
	a.Roles = nil
	for _, r := range f.All("roles") {
		a.Roles = append(a.Roles, workflow.Role(r))
	}
	return nil
}

func showPassword(c *web.Context, a workflow.Account, password string) error {
	view := passwordPage{
		Page: page(c, "admin.password.title", crumb(c, "admin.people", "/admin/people")),
		Name: a.Name, Username: a.Username, Password: password, Back: "/admin/people/" + number(a.ID),
	}
	return c.Render(http.StatusOK, "admin/password.html", view)
}

func (p *Pages) disablePerson(c *web.Context) error {
	return p.changePerson(c, "admin.person.disabled", func(a *workflow.Account) { a.Disabled = c.Now.UTC() })
}

func (p *Pages) enablePerson(c *web.Context) error {
	return p.changePerson(c, "admin.person.enabled", func(a *workflow.Account) { a.Disabled = time.Time{} })
}

func (p *Pages) changePerson(c *web.Context, said string, change func(*workflow.Account)) error {
	who, err := p.known(c)
	if err != nil {
		return err
	}
	before := who
	change(&who.Account)
	if _, err := p.Door.SaveAccount(c.Context(), c.User.Actor(), who.Account, ""); err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showPerson(c, status, wrong, before)
	}
	c.Flash("good", said, who.Name)
	return c.Redirect("/admin/people/" + number(who.ID))
}

// freshPassword gives the account a new password, which ends its sessions.
func (p *Pages) freshPassword(c *web.Context) error {
	who, err := p.known(c)
	if err != nil {
		return err
	}
	password := access.FreshPassword()
	saved, err := p.Door.SaveAccount(c.Context(), c.User.Actor(), who.Account, password)
	if err != nil {
		return err
	}
	return showPassword(c, saved, password)
}
