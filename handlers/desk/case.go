package desk

import (
	"net/http"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
)

// CasePage is the data of desk/case.html: a case with everything the reader
// may see of it and do to it.
type CasePage struct {
	templates.Page
	List     *List // beside it, for those who came from the desk
	Number   string
	Path     string
	Back     string // the list the reader came from, where there is no room beside it
	Version  int64
	Subject  string
	Badges   []templates.Badge
	Due      *templates.Due
	Clock    *Clock // whose due that is
	Facts    []templates.Fact
	Acts     []Act // what moves the case; the next right one is filled
	More     []Act // what else can be done
	Identity Identity
	Letters  []Letter
	Asked    []templates.Fact // of an application for disclosure: what it asks for and how it was decided
	Editor   *Editor
	Answer   *Answer // a draft that others have written, to be read
	Steps    []templates.Step
	Versions []Version
	Conflict *Conflict
	Clocks   []Clock
	Helpers  []Helper
	Links    []templates.Fact
	Files    []templates.File
	Told     []Told
	History  []templates.TimelineItem
	Sent     []string // what the browser kept of answers that have been sent
	Selected *Publication
}

// view is a case on its way to a page.
type view struct {
	c           *web.Context
	d           casework.Dossier
	by          workflow.Actor
	work        calendar.Working
	departments []workflow.Department
	categories  []workflow.Category
	open        string             // the act whose form is open
	form        *web.Form          // what was typed, when a form is shown again
	begun       bool               // the text that was typed goes on from the draft as it is now
	problem     *templates.Problem // what is wrong with it
}

func (p *Pages) showCase(c *web.Context) error { return p.show(c, &view{}, http.StatusOK, nil) }

// showAct shows the case with the form of one act open: where a link leads that
// has no script to open it.
func (p *Pages) showAct(c *web.Context) error {
	name := c.Param("act")
	if _, ok := acts[name]; !ok {
		return workflow.Absent()
	}
	return p.show(c, &view{open: name}, http.StatusOK, nil)
}

// show renders the page of a case; finish may add to it.
func (p *Pages) show(c *web.Context, v *view, status int, finish func(*CasePage)) error {
	if err := p.read(c, v); err != nil {
		return err
	}
	page, err := p.casePage(c, v)
	if err != nil {
		return err
	}
	if finish != nil {
		finish(&page)
	}
	return c.Render(status, "desk/case.html", page)
}

func (p *Pages) read(c *web.Context, v *view) error {
	v.c, v.by = c, actor(c)
	var err error
	if v.d, err = p.cases.Open(c.Context(), v.by, strings.ToUpper(c.Param("number"))); err != nil {
		return err
	}
	if v.work, err = p.cases.Calendar(c.Context()); err != nil {
		return err
	}
	if v.departments, err = p.cases.Departments(c.Context()); err != nil {
		return err
	}
	v.categories, err = p.cases.Categories(c.Context())
	return err
}

func (p *Pages) casePage(c *web.Context, v *view) (CasePage, error) {
	k := v.d.Case
	page := CasePage{
		Page: c.Page(k.Subject), Number: k.Number, Path: web.CasePath(k.Number), Version: k.Version, Subject: k.Subject,
		Badges: v.badges(), Due: web.DueOf(c, v.work, k), Facts: v.facts(), Identity: v.identity(), Asked: v.application(),
		Letters: v.letters(), Steps: v.steps(), Versions: v.versions(), Helpers: v.helpers(), Links: v.links(),
		Files: v.files(), Told: v.told(), History: v.history(), Sent: v.sent(),
	}
	page.Acts, page.More = v.acts()
	if v.problem != nil {
		page.Problems = []templates.Problem{*v.problem}
	}
	var err error
	if page.Clocks, err = p.clocks(c, v); err != nil {
		return page, err
	}
	for i := range page.Clocks {
		if page.Clocks[i].Kind == k.DueClock && page.Clocks[i].Running {
			page.Clock = &page.Clocks[i]
		}
	}
	if err := p.editor(c, v, &page); err != nil {
		return page, err
	}
	if page.Selected, err = p.publication(c, k); err != nil {
		return page, err
	}
	return page, p.beside(c, k, &page)
}

// beside puts the reader's own list next to the case, and a way back to it.
func (p *Pages) beside(c *web.Context, k workflow.Case, page *CasePage) error {
	if !worksHere(c.User) {
		page.Crumbs = []templates.Crumb{{Label: c.Text("nav.cases"), Href: "/office/cases"}}
		return nil
	}
	d, err := p.readDesk(c)
	if err != nil {
		return err
	}
	list, err := p.list(c, d, k.Number)
	if err != nil {
		return err
	}
	page.List, page.Nav, page.Back = &list, d.rail(c, page.Nav), deskPath(kept(c))
	return nil
}

func (v *view) badges() []templates.Badge {
	k := v.d.Case
	out := []templates.Badge{web.StateBadge(v.c, k.State)}
	if k.Urgent {
		out = append(out, templates.Badge{Tone: "urgent", Label: v.c.Text("case.urgent")})
	}
	if k.Decision != workflow.NoDecision {
		out = append(out, templates.Badge{Tone: "info", Label: v.c.Text("decision." + string(k.Decision))})
	}
	if k.Sealed {
		out = append(out, templates.Badge{Tone: "sealed", Label: v.c.Text("case.sealed")})
	}
	return append(out, web.ModeBadge(v.c, k.Mode))
}

// facts are what is known about the case, in the order people ask for it.
func (v *view) facts() []templates.Fact {
	c, k := v.c, v.d.Case
	facts := []templates.Fact{
		{Label: c.Text("desk.department"), Value: v.department(k.Department, "desk.nobody")},
		{Label: c.Text("desk.category"), Value: c.Name(v.d.Category.NameZH, v.d.Category.NameEN)},
		{Label: c.Text("desk.kind"), Value: c.Text("kind." + string(k.Kind))},
		{Label: c.Text("desk.channel"), Value: c.Text("channel." + string(k.Channel))},
		{Label: c.Text("desk.received"), Value: web.Moment(c, k.Received)},
	}
	if name := v.handler(); name != "" {
		facts = append(facts, templates.Fact{Label: c.Text("desk.handler"), Value: name})
	}
	if k.About != 0 && (v.by.Office() || v.by.Is(workflow.Leader, workflow.Principal, workflow.Discipline)) {
		facts = append(facts, templates.Fact{Label: c.Text("desk.about"), Value: v.department(k.About, "")})
	}
	if k.PublishWish {
		facts = append(facts, templates.Fact{Label: c.Text("desk.publish"), Value: c.Text("desk.publish.yes")})
	}
	facts = append(facts, v.matters()...)
	if k.Ground != "" {
		facts = append(facts, templates.Fact{Label: c.Text("desk.ground"), Value: c.Text("ground." + string(k.Ground))})
	}
	if k.Outcome != "" {
		facts = append(facts, templates.Fact{Label: c.Text("desk.outcome"), Value: c.Text("outcome." + string(k.Outcome))})
	}
	if x := v.d.Wish(); x != nil {
		facts = append(facts, templates.Fact{Label: c.Text("desk.wish"), Value: c.Text("desk.wish.waits", x.Days)})
	}
	return append(facts, v.rating()...)
}

func (v *view) rating() []templates.Fact {
	r := v.d.Case.Rating
	if !r.Given() {
		return nil
	}
	solved := v.c.Text("desk.rating.unsolved")
	if r.Solved {
		solved = v.c.Text("desk.rating.solved")
	}
	return []templates.Fact{{Label: v.c.Text("desk.rating"), Value: v.c.Text("desk.rating.marks", r.Speed, r.Attitude, r.Result) + " · " + solved}}
}

// handler is who signed for the case last.
func (v *view) handler() string {
	name := ""
	for _, ev := range v.d.Events {
		switch ev.Action {
		case workflow.SignFor:
			name = ev.By.Name
		case workflow.Route, workflow.Refuse:
			name = ""
		}
	}
	return name
}

// department is a department's name in the reader's language, or the words of
// none.
func (v *view) department(id int64, none string) string {
	for _, d := range v.departments {
		if d.ID == id {
			return v.c.Name(d.NameZH, d.NameEN)
		}
	}
	if none == "" {
		return ""
	}
	return v.c.Text(none)
}
