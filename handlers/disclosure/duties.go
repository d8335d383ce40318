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

type dutiesPage struct {
	templates.Page
	Places     []templates.Tab
	Tabs       []templates.Tab
	Classes    []dutyClass
	MayArrange bool
	None       templates.Empty
}

type dutyClass struct {
	Name  string
	Table templates.Table
}

type dutyPage struct {
	templates.Page
	Duty        workflow.Duty
	Action      string
	No          string
	Class       string
	Classes     []templates.Choice
	Departments []templates.Choice
	Columns     []templates.Choice
	Facts       []templates.Fact
	Badge       *templates.Badge
	MayArrange  bool
	MayUpdate   bool
}

const dutyClasses = 10

// duties shows the list of what the college must publish.
func (p *Pages) duties(c *web.Context) error {
	by := c.User.Actor()
	all, err := p.Ledger.Duties(c.Context(), by)
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	view := dutiesPage{
		Places: places(c, "duties"), MayArrange: ledger.MayArrange(by),
		None: templates.Empty{Icon: "check", Title: c.Text("ledger.duties.none"), Text: c.Text("ledger.duties.none.text")},
	}
	show := c.Query("show")
	view.Tabs = dutyTabs(c, all, show)
	for _, d := range all {
		if !wanted(d, show) {
			continue
		}
		name := c.Text("duty.class." + strconv.Itoa(d.Class))
		if len(view.Classes) == 0 || view.Classes[len(view.Classes)-1].Name != name {
			view.Classes = append(view.Classes, dutyClass{Name: name, Table: dutyTable(c, name)})
		}
		last := &view.Classes[len(view.Classes)-1]
		last.Table.Rows = append(last.Table.Rows, dutyRow(c, n, d))
	}
	view.Page = begin(c, "ledger.duties")
	return c.Render(http.StatusOK, "disclosure/duties.html", view)
}

// wanted says which duties a view shows: all that apply, those that are late,
// those nobody has brought up to date yet, those that do not apply.
func wanted(d ledger.Duty, show string) bool {
	switch show {
	case "late":
		return d.Late
	case "never":
		return d.Applies && d.Brought() == ""
	case "not":
		return !d.Applies
	}
	return d.Applies
}

func dutyTabs(c *web.Context, all []ledger.Duty, show string) []templates.Tab {
	var out []templates.Tab
	for _, view := range []string{"", "late", "never", "not"} {
		n := 0
		for _, d := range all {
			if wanted(d, view) {
				n++
			}
		}
		key := "ledger.duties.show." + view
		if view == "" {
			key = "ledger.duties.show.all"
		}
		out = append(out, templates.Tab{Label: c.Text(key), Href: c.With("show", view), Count: n, Current: show == view})
	}
	return out
}

func dutyTable(c *web.Context, name string) templates.Table {
	return templates.Table{
		Caption: name, Cards: true,
		Columns: columnsOf(c, "ledger.duty.title", "ledger.duty.department", "ledger.duty.brought", "ledger.duty.state"),
	}
}

func dutyRow(c *web.Context, n names, d ledger.Duty) templates.Row {
	row := templates.Row{Href: "/disclosure/duties/" + decimal(d.ID), Cells: []templates.Cell{
		{Text: strconv.Itoa(d.No) + "　" + d.Title}, {Text: n.department(c, d.Department)}, {Text: dayWords(c, d.Brought())}, {Badge: dutyBadge(c, d)},
	}}
	if d.Department == 0 {
		row.Cells[1].Text = c.Text("ledger.column.nobody")
	}
	if d.Due != "" {
		row.Cells[3].Hint = c.Text("ledger.duty.by", dayWords(c, d.Due))
	}
	return row
}

func dutyBadge(c *web.Context, d ledger.Duty) *templates.Badge {
	switch {
	case !d.Applies:
		return &templates.Badge{Tone: "quiet", Label: c.Text("ledger.duty.not")}
	case d.Late:
		return &templates.Badge{Tone: "late", Label: c.Text("ledger.duty.late")}
	case d.Due != "":
		return &templates.Badge{Tone: "soon", Label: c.Text("ledger.duty.changed")}
	case d.Brought() == "":
		return &templates.Badge{Tone: "quiet", Label: c.Text("ledger.duty.never")}
	}
	return &templates.Badge{Tone: "good", Label: c.Text("ledger.duty.good")}
}

func (p *Pages) newDuty(c *web.Context) error {
	all, err := p.Ledger.Duties(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	d := workflow.Duty{No: 1, Class: dutyClasses, Applies: true}
	if len(all) > 0 {
		d.No = all[len(all)-1].No + 1
	}
	return p.showDuty(c, http.StatusOK, ledger.Duty{Duty: d}, nil)
}

func (p *Pages) duty(c *web.Context) error {
	d, err := p.knownDuty(c)
	if err != nil {
		return err
	}
	return p.showDuty(c, http.StatusOK, d, nil)
}

func (p *Pages) knownDuty(c *web.Context) (ledger.Duty, error) {
	id, err := c.ID("id")
	if err != nil {
		return ledger.Duty{}, err
	}
	return p.Ledger.Duty(c.Context(), c.User.Actor(), id)
}

func (p *Pages) showDuty(c *web.Context, status int, d ledger.Duty, wrong []templates.Problem) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	by := c.User.Actor()
	view := dutyPage{
		Duty: d.Duty, Action: "/disclosure/duties", No: strconv.Itoa(d.No), Class: strconv.Itoa(d.Class), Classes: classChoices(c),
		Departments: n.departmentChoices(c, "ledger.column.nobody", d.Department), Columns: n.columnTicks(d.Columns),
		MayArrange: ledger.MayArrange(by), MayUpdate: ledger.MayUpdate(by, d.Duty),
	}
	title := "ledger.duty.add"
	if d.ID != 0 {
		view.Action += "/" + decimal(d.ID)
		title = c.Text("ledger.duty.no", d.No)
		view.Badge, view.Facts = dutyBadge(c, d), dutyFacts(c, n, d)
	}
	view.Page = begin(c, title, crumb(c, "ledger.duties", "/disclosure/duties"))
	view.Token, view.Problems = c.FormToken(), wrong
	return c.Render(status, "disclosure/duty.html", view)
}

func dutyFacts(c *web.Context, n names, d ledger.Duty) []templates.Fact {
	out := []templates.Fact{
		{Label: c.Text("ledger.duty.class"), Value: c.Text("duty.class." + strconv.Itoa(d.Class))},
		{Label: c.Text("ledger.duty.brought"), Value: dayWords(c, d.Brought())},
	}
	if d.Department != 0 {
		out = append(out, templates.Fact{Label: c.Text("ledger.duty.department"), Value: n.department(c, d.Department)})
	}
	if d.Due != "" {
		out = append(out, templates.Fact{Label: c.Text("ledger.duty.due"), Value: dayWords(c, d.Due)})
	}
	if d.URL != "" {
		out = append(out, templates.Fact{Label: c.Text("ledger.duty.url"), Value: d.URL, Href: d.URL})
	}
	for _, id := range d.Columns {
		out = append(out, templates.Fact{Label: c.Text("ledger.duty.column"), Value: n.column(id), Href: "/disclosure/items?state=published&column=" + decimal(id)})
	}
	return out
}

func classChoices(c *web.Context) []templates.Choice {
	var out []templates.Choice
	for n := 1; n <= dutyClasses; n++ {
		out = append(out, templates.Choice{Value: strconv.Itoa(n), Label: c.Text("duty.class." + strconv.Itoa(n))})
	}
	return out
}

// columnTicks offers all columns, those of the duty ticked.
func (n names) columnTicks(chosen []int64) []templates.Choice {
	of := map[int64]bool{}
	for _, id := range chosen {
		of[id] = true
	}
	var out []templates.Choice
	for _, b := range n.columns {
		if b.Closed == "" || of[b.ID] {
			out = append(out, templates.Choice{Value: decimal(b.ID), Label: n.column(b.ID), Chosen: of[b.ID]})
		}
	}
	return out
}

func (p *Pages) saveDuty(c *web.Context) error {
	d := ledger.Duty{}
	if c.Param("id") != "" {
		known, err := p.knownDuty(c)
		if err != nil {
			return err
		}
		d = known
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = readDuty(f, &d.Duty, ledger.MayArrange(c.User.Actor()))
	if err == nil {
		_, err = p.Ledger.SaveDuty(c.Context(), c.User.Actor(), d.Duty)
	}
	if err != nil {
		status, wrong, err := problems(c, err, "no", "class", "title", "applies", "why_not", "department", "columns", "url", "changed", "updated")
		if err != nil {
			return err
		}
		return p.showDuty(c, status, d, wrong)
	}
	c.Flash("good", "ledger.duty.saved", strconv.Itoa(d.No))
	return c.Redirect("/disclosure/duties")
}

// readDuty takes what the form has over what is stored; arrange says whether it
// has everything.
func readDuty(f *web.Form, d *workflow.Duty, arrange bool) error {
	d.URL, d.Changed, d.Updated = f.Line("url"), f.Line("changed"), f.Line("updated")
	version, err := f.Number("version")
	d.Version = version
	if !arrange {
		return err
	}
	d.Title, d.Applies, d.WhyNot = f.Line("title"), f.Has("applies"), f.Line("why_not")
	errs := []error{err}
	var no, class int64
	for name, to := range map[string]*int64{"no": &no, "class": &class, "department": &d.Department} {
		n, err := f.Number(name)
		*to, errs = n, append(errs, err)
	}
	d.No, d.Class, d.Columns = int(no), int(class), nil
	for _, v := range f.All("columns") {
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return workflow.Wrong("columns", "invalid.choice")
		}
		d.Columns = append(d.Columns, id)
	}
	return errors.Join(errs...)
}
