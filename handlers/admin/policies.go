package admin

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

type policyPage struct {
	templates.Page
	workflow.Policy
	Action  string
	Rows    []promiseRow
	Example string // what the promises mean for a letter that comes now
	History templates.Table
}

// promiseRow is one clock of a policy as a line of its form.
type promiseRow struct {
	Label       string
	Amount      templates.Field
	Unit        templates.Field
	Example     string
	Provisional bool
}

func (p *Pages) policies(c *web.Context) error {
	all, err := p.Rules.Policies(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	view := listPage{
		Page: page(c, "admin.policies"), Lead: c.Text("admin.policies.lead"),
		Add: addButton(c, "admin.policies.add", "/admin/policies/new"),
	}
	view.Table = templates.Table{
		Caption: c.Text("admin.policies.count", strconv.Itoa(len(all))), Cards: true,
		Columns: []templates.Column{{Label: c.Text("admin.policies.name")}},
		Empty:   &templates.Empty{Icon: "clock", Title: c.Text("admin.policies.none"), Text: c.Text("admin.policies.none.text")},
	}
	for _, kind := range rules.Promised {
		view.Table.Columns = append(view.Table.Columns, templates.Column{Label: c.Text("clock." + string(kind))})
	}
	for _, k := range all {
		row := templates.Row{Href: "/admin/policies/" + number(k.ID), Cells: []templates.Cell{{Text: c.Name(k.NameZH, k.NameEN), Hint: k.Code}}}
		for _, kind := range rules.Promised {
			row.Cells = append(row.Cells, templates.Cell{Text: promised(c, k.Promises, kind)})
		}
		view.Table.Rows = append(view.Table.Rows, row)
	}
	return c.Render(http.StatusOK, "admin/policies.html", view)
}

// promised is one promise in words, or a dash.
func promised(c *web.Context, all workflow.Promises, kind workflow.ClockKind) string {
	if k, ok := all[kind]; ok {
		return c.Plural("unit."+string(k.Unit), k.Amount)
	}
	return "—"
}

func (p *Pages) newPolicy(c *web.Context) error {
	return p.showPolicy(c, http.StatusOK, nil, workflow.Policy{Promises: workflow.Promises{}}, nil)
}

func (p *Pages) policy(c *web.Context) error {
	k, err := p.knownPolicy(c)
	if err != nil {
		return err
	}
	return p.showPolicy(c, http.StatusOK, nil, k, nil)
}

// knownPolicy is the version in force of the policy that the path names.
func (p *Pages) knownPolicy(c *web.Context) (workflow.Policy, error) {
	id, err := c.ID("id")
	if err != nil {
		return workflow.Policy{}, err
	}
	history, err := p.Rules.PolicyHistory(c.Context(), c.User.Actor(), id)
	if err != nil {
		return workflow.Policy{}, err
	}
	return history[0], nil
}

// showPolicy shows the form; typed, when it is not nil, is what was sent for
// amounts, to be shown again as it was.
func (p *Pages) showPolicy(c *web.Context, status int, wrong []templates.Problem, k workflow.Policy, typed *web.Form) error {
	examples, err := p.Rules.Examples(c.Context(), k.Promises, c.Now)
	if err != nil {
		return err
	}
	view := policyPage{
		Page:   page(c, titleOf(c, "admin.policies.add", k.NameZH, k.NameEN, k.ID), crumb(c, "admin.policies", "/admin/policies")),
		Policy: k, Action: "/admin/policies",
	}
	view.Token, view.Problems = c.FormToken(), wrong
	for _, kind := range rules.Promised {
		view.Rows = append(view.Rows, promiseLine(c, kind, k.Promises, examples, wrong, typed))
	}
	view.Example = exampleSentence(c, examples)
	if k.ID != 0 {
		view.Action += "/" + number(k.ID)
		if view.History, err = p.policyHistory(c, k.ID); err != nil {
			return err
		}
	}
	return c.Render(status, "admin/policy.html", view)
}

// clockHints says from when to when each clock runs.
var clockHints = map[workflow.ClockKind]string{
	workflow.Register: "admin.clock.register", workflow.ToRoute: "admin.clock.route", workflow.ToSign: "admin.clock.sign",
	workflow.ToAnswer: "admin.clock.answer", workflow.Rework: "admin.clock.rework", workflow.ToCheck: "admin.clock.check",
	workflow.Overall: "admin.clock.overall", workflow.ToSupply: "admin.clock.writer", workflow.ToRate: "admin.clock.rating",
}

func promiseLine(c *web.Context, kind workflow.ClockKind, all workflow.Promises, examples []rules.Example, wrong []templates.Problem, typed *web.Form) promiseRow {
	name, label := string(kind), c.Text("clock."+string(kind))
	row := promiseRow{
		Label:  label,
		Amount: templates.Field{Kind: "number", Name: "amount_" + name, Label: c.Text("admin.policies.amount", label), Hint: c.Text(clockHints[kind]), Narrow: true},
		Unit:   templates.Field{Kind: "select", Name: "unit_" + name, Label: c.Text("admin.policies.unit", label), Quiet: true},
	}
	unit := workflow.WorkingDays
	if k, ok := all[kind]; ok {
		unit = k.Unit
		row.Amount.Value = strconv.Itoa(k.Amount)
	}
	if typed != nil {
		row.Amount.Value = typed.Line(row.Amount.Name)
	}
	for _, u := range rules.Units {
		row.Unit.Options = append(row.Unit.Options, templates.Choice{Value: string(u), Label: c.Text(unitNames[u]), Chosen: u == unit})
	}
	for _, w := range wrong {
		if w.Field == row.Amount.Name {
			row.Amount.Error = w.Text
		}
	}
	for _, e := range examples {
		if e.Kind == kind {
			row.Example, row.Provisional = dayTime(c, e.Due), e.Provisional
		}
	}
	return row
}

var unitNames = map[workflow.Unit]string{
	workflow.WorkingDays: "admin.unit.working_days", workflow.WorkingHours: "admin.unit.working_hours",
	workflow.Days: "admin.unit.days", workflow.Hours: "admin.unit.hours",
}

// exampleSentence says when a letter that comes now would be answered.
func exampleSentence(c *web.Context, examples []rules.Example) string {
	for _, e := range examples {
		if e.Kind == workflow.Overall {
			return c.Text("admin.policies.example", dayTime(c, c.Now), dayTime(c, e.Due))
		}
	}
	return ""
}

func (p *Pages) policyHistory(c *web.Context, id int64) (templates.Table, error) {
	history, err := p.Rules.PolicyHistory(c.Context(), c.User.Actor(), id)
	t := templates.Table{Caption: c.Text("admin.history"), Cards: true, Columns: columns(c, "admin.history.span")}
	for _, kind := range rules.Promised {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("clock." + string(kind))})
	}
	for _, k := range history {
		row := templates.Row{Cells: []templates.Cell{{Text: span(c, k.From, k.To)}}}
		for _, kind := range rules.Promised {
			row.Cells = append(row.Cells, templates.Cell{Text: promised(c, k.Promises, kind)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t, err
}

// savePolicy saves a version, or only shows what it would mean.
func (p *Pages) savePolicy(c *web.Context) error {
	k := workflow.Policy{}
	if c.Param("id") != "" {
		known, err := p.knownPolicy(c)
		if err != nil {
			return err
		}
		k = known
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	saved := k
	err = readPolicy(f, &k)
	if f.Line("act") == "preview" {
		return p.previewPolicy(c, k, f, err)
	}
	if err == nil {
		saved, err = p.Rules.SavePolicy(c.Context(), c.User.Actor(), k)
	}
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showPolicy(c, status, wrong, k, f)
	}
	c.Flash("good", "admin.policies.saved", c.Name(saved.NameZH, saved.NameEN))
	return c.Redirect("/admin/policies")
}

func (p *Pages) previewPolicy(c *web.Context, k workflow.Policy, f *web.Form, err error) error {
	if err == nil {
		err = rules.CheckPromises(k.Promises)
	}
	if err == nil {
		return p.showPolicy(c, http.StatusOK, nil, k, f)
	}
	status, wrong, err := problems(c, err)
	if err != nil {
		return err
	}
	return p.showPolicy(c, status, wrong, k, f)
}

// readPolicy reads the form; a clock without an amount is not promised.
func readPolicy(f *web.Form, k *workflow.Policy) error {
	if k.ID == 0 {
		k.Code = f.Line("code")
	}
	k.NameZH, k.NameEN, k.Promises = f.Line("name_zh"), f.Line("name_en"), workflow.Promises{}
	amounts, into := map[workflow.ClockKind]*int64{}, map[string]*int64{"version": &k.Version}
	for _, kind := range rules.Promised {
		amounts[kind] = new(int64)
		into["amount_"+string(kind)] = amounts[kind]
	}
	err := numbers(f, into)
	for kind, n := range amounts {
		if f.Line("amount_"+string(kind)) != "" {
			k.Promises[kind] = workflow.Promise{Amount: int(*n), Unit: workflow.Unit(f.Line("unit_" + string(kind)))}
		}
	}
	return err
}
