package signin

import (
	"errors"
	"net/http"
	"slices"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

type listPage struct {
	templates.Page
	Table   templates.Table
	Need    []templates.Choice
	Roster  bool
	Counts  []templates.Fact // of the roster
	Version int64
}

// list shows every way, and what is asked of passwords of ours.
func (p *Pages) list(c *web.Context) error { return p.showList(c, http.StatusOK, nil) }

func (p *Pages) showList(c *web.Context, status int, wrong []templates.Problem) error {
	all, err := p.Ways.List(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	local, err := p.Ways.Show(c.Context(), c.User.Actor(), workflow.Local)
	if err != nil {
		return err
	}
	need, err := p.Factors.Need(c.Context())
	if err != nil {
		return err
	}
	view := listPage{Page: c.Page("way.title"), Version: local.Version}
	view.Problems, view.Roster = wrong, local.Config["roster"] != ""
	if view.Counts, err = p.rosterCounts(c); err != nil {
		return err
	}
	for _, n := range access.Needs {
		view.Need = append(view.Need, templates.Choice{Value: string(n), Label: c.Text("way.need." + string(n)), Hint: c.Text("way.need." + string(n) + ".hint"), Chosen: n == need})
	}
	view.Table = templates.Table{Caption: c.Text("way.campus"), Cards: true, Columns: []templates.Column{
		{Label: c.Text("way.name")}, {Label: c.Text("way.state")}, {Label: c.Text("way.changed")},
	}}
	for _, w := range all {
		badge := stateBadge(c, w.Enabled)
		view.Table.Rows = append(view.Table.Rows, templates.Row{Href: "/admin/signin/" + string(w.Way), Cells: []templates.Cell{
			{Text: c.Text("way." + string(w.Way)), Hint: c.Text("way." + string(w.Way) + ".hint")}, {Badge: &badge}, {Text: changed(c, w)},
		}})
	}
	return c.Render(status, "admin/signin.html", view)
}

func stateBadge(c *web.Context, open bool) templates.Badge {
	if open {
		return templates.Badge{Tone: "good", Label: c.Text("way.state.open")}
	}
	return templates.Badge{Tone: "quiet", Label: c.Text("way.state.closed")}
}

func changed(c *web.Context, w access.ShownWay) string {
	if w.Changed.IsZero() {
		return c.Text("way.never")
	}
	return c.Local(w.Changed).Format("2006-01-02 15:04")
}

// saveLocal says of whom a second step is asked.
func (p *Pages) saveLocal(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	ch, err := readChange(f, workflow.Local)
	if err != nil {
		return err
	}
	ch.Enabled = true
	if err := p.Ways.Save(c.Context(), c.User.Actor(), workflow.Local, ch); err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showList(c, status, wrong)
	}
	c.Flash("good", "way.saved")
	return c.Redirect("/admin/signin")
}

type wayPage struct {
	templates.Page
	Action  string
	State   templates.Badge
	Fields  []templates.Field
	Enabled bool
	Version int64
	Return  []templates.Fact // to be registered at the campus
}

func (p *Pages) known(c *web.Context) (access.ShownWay, error) {
	way := workflow.Way(c.Param("way"))
	if !way.Campus() {
		return access.ShownWay{}, workflow.Absent()
	}
	return p.Ways.Show(c.Context(), c.User.Actor(), way)
}

func (p *Pages) way(c *web.Context) error {
	s, err := p.known(c)
	if err != nil {
		return err
	}
	return showWay(c, http.StatusOK, s, nil)
}

func showWay(c *web.Context, status int, s access.ShownWay, wrong []templates.Problem) error {
	view := wayPage{
		Page: c.Page("way." + string(s.Way)), Action: "/admin/signin/" + string(s.Way), State: stateBadge(c, s.Enabled),
		Enabled: s.Enabled, Version: s.Version, Return: returns(c, s.Way),
	}
	view.Crumbs = []templates.Crumb{{Label: c.Text("way.title"), Href: "/admin/signin"}}
	view.Problems = wrong
	for _, f := range access.WaySpecs[s.Way] {
		view.Fields = append(view.Fields, field(c, s, f, wrong))
	}
	return c.Render(status, "admin/way.html", view)
}

// returns are the addresses that the campus has to know.
func returns(c *web.Context, way workflow.Way) []templates.Fact {
	switch way {
	case workflow.CAS:
		return []templates.Fact{{Label: c.Text("way.service"), Value: c.URL(casPath)}}
	case workflow.OIDC:
		return []templates.Fact{{Label: c.Text("way.redirect"), Value: c.URL(oidcPath)}, {Label: c.Text("way.backchannel"), Value: c.URL(oidcPath)}}
	default:
		return nil
	}
}

// field is one thing to be set. A secret is never shown, only that there is one.
func field(c *web.Context, s access.ShownWay, f access.WayField, wrong []templates.Problem) templates.Field {
	key := "way.field." + f.Name
	out := templates.Field{Kind: "text", Name: f.Name, Label: c.Text(key), Hint: c.Text(key + ".hint"), Value: s.Config[f.Name], Optional: !f.Required && !f.Tick && f.Choices == nil, Complete: "off", Prompt: f.Default}
	switch {
	case f.Long:
		out.Kind, out.Rows = "textarea", 4
	case f.Tick:
		out.Kind, out.Value, out.Options = "tick", "yes", []templates.Choice{{Value: "yes", Chosen: s.Config[f.Name] != ""}}
	case f.Choices != nil:
		out.Kind = "select"
		for _, v := range f.Choices {
			chosen := v == s.Config[f.Name] || s.Config[f.Name] == "" && v == f.Default
			out.Options = append(out.Options, templates.Choice{Value: v, Label: c.Text(key + "." + v), Chosen: chosen})
		}
	case f.Secret:
		out.Kind, out.Value, out.Complete = "password", "", "new-password"
		if s.Set[f.Name] {
			out.Hint += " " + c.Text("way.secret.set")
		}
	}
	if i := slices.IndexFunc(wrong, func(w templates.Problem) bool { return w.Field == f.Name }); i >= 0 {
		out.Error = wrong[i].Text
	}
	return out
}

func readChange(f *web.Form, way workflow.Way) (access.WayChange, error) {
	version, err := f.Number("version")
	ch := access.WayChange{Enabled: f.Has("enabled"), Config: map[string]string{}, Secrets: map[string]string{}, Version: version}
	for _, one := range access.WaySpecs[way] {
		switch {
		case one.Secret:
			ch.Secrets[one.Name] = f.Line(one.Name)
		case one.Long:
			ch.Config[one.Name] = f.Prose(one.Name)
		default:
			ch.Config[one.Name] = f.Line(one.Name)
		}
	}
	return ch, err
}

func (p *Pages) saveWay(c *web.Context) error {
	s, err := p.known(c)
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	ch, err := readChange(f, s.Way)
	if err != nil {
		return err
	}
	if err := p.Ways.Save(c.Context(), c.User.Actor(), s.Way, ch); err != nil {
		s.Enabled, s.Config, s.Version = ch.Enabled, ch.Config, ch.Version
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return showWay(c, status, s, wrong)
	}
	c.Flash("good", "way.saved")
	return c.Redirect("/admin/signin/" + string(s.Way))
}

// problems are words for what is wrong with a form; somebody else's change in
// between is one.
func problems(c *web.Context, err error) (status int, all []templates.Problem, rest error) {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict {
		return http.StatusConflict, []templates.Problem{{Text: c.Text(e.Key, e.Args...)}}, nil
	}
	all, rest = c.Problems(err)
	return http.StatusUnprocessableEntity, all, rest
}

// testWay calls the far end with what is stored, open or not, and says whether it
// answers as it should.
func (p *Pages) testWay(c *web.Context) error {
	s, err := p.known(c)
	if err != nil {
		return err
	}
	w, err := p.Ways.Way(c.Context(), s.Way)
	if err != nil {
		return err
	}
	if s.Version == 0 {
		return showWay(c, http.StatusUnprocessableEntity, s, []templates.Problem{{Text: c.Text("way.test.unset")}})
	}
	if err := p.probe(c, w); err != nil {
		e, ok := errors.AsType[*workflow.Error](err)
		if !ok {
			return err
		}
		c.Flash("late", "way.test.failed", c.Text(e.Key, e.Args...))
	} else {
		c.Flash("good", "way.test.well")
	}
	return c.Redirect("/admin/signin/" + string(s.Way))
}

func (p *Pages) probe(c *web.Context, w access.Way) error {
	switch w.Way {
	case workflow.CAS:
		return p.casServer(w).Probe(c.Context(), service(c, "probe"))
	case workflow.OIDC:
		return p.providers.Probe(c.Context(), p.oidcClient(c, w))
	case workflow.LDAP:
		return directory(w).Probe(c.Context())
	default:
		return workflow.Absent()
	}
}
