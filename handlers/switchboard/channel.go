package switchboard

import (
	"errors"
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/channels"
)

type channelPage struct {
	templates.Page
	Tabs     []templates.Tab // to the pages beside it
	Action   string
	Callback string // to copy
	State    templates.Badge
	Facts    []templates.Fact
	Fields   []templates.Field
	Enabled  bool
	Version  int64
	May      bool // change it
	Failed   string
	Known    bool // there is something to be set
}

func (p *Pages) known(c *web.Context) (channels.Shown, error) {
	return p.Board.Show(c.Context(), c.User.Actor(), workflow.Channel(c.Param("channel")))
}

func (p *Pages) show(c *web.Context) error {
	s, err := p.known(c)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, s, nil)
}

func (p *Pages) render(c *web.Context, status int, s channels.Shown, wrong []templates.Problem) error {
	view := channelPage{
		Page: c.Page("channel." + string(s.Channel)), Action: "/admin/channels/" + string(s.Channel), Callback: c.URL("/callback/" + string(s.Channel)),
		State: stateBadge(c, s.State), Facts: facts(c, s), Enabled: s.Enabled, Version: s.Version, May: c.User.Is("admin"),
		Known: len(channels.Specs[s.Channel]) > 0,
	}
	view.Crumbs = append(view.Crumbs, templates.Crumb{Label: c.Text("channel.title"), Href: "/admin/channels"})
	view.Problems = wrong
	if s.Channel == workflow.OA {
		view.Tabs = beside(c)
	}
	if s.Health.Failed > 0 {
		view.Failed = c.Text("channel.failed", s.Health.Failed)
	}
	for _, f := range channels.Specs[s.Channel] {
		if !f.Apart {
			view.Fields = append(view.Fields, field(c, s, f, wrong))
		}
	}
	return c.Render(status, "admin/channel.html", view)
}

// beside leads to the to-dos that the office system is told of.
func beside(c *web.Context) []templates.Tab {
	all := []templates.Tab{{Label: c.Text("todo.tab.settings"), Href: "/admin/channels/oa", Current: true}}
	if c.User.Is("admin") {
		all = append(all, templates.Tab{Label: c.Text("todo.tab.interface"), Href: "/admin/channels/oa/interface"},
			templates.Tab{Label: c.Text("todo.tab.mapping"), Href: "/admin/channels/oa/mapping"})
	}
	return append(all, templates.Tab{Label: c.Text("todo.tab.todos"), Href: "/admin/channels/oa/todos"})
}

// field is one thing to be set. A secret is never shown, only that there is one.
func field(c *web.Context, s channels.Shown, f channels.Field, wrong []templates.Problem) templates.Field {
	key := "channel." + string(s.Channel) + "." + f.Name
	out := templates.Field{Kind: "text", Name: f.Name, Label: c.Text(key), Hint: c.Text(key + ".hint"), Value: s.Config[f.Name], Optional: !f.Required}
	if f.Tick {
		out.Kind, out.Value, out.Optional = "tick", "yes", false
		out.Options = []templates.Choice{{Chosen: s.Config[f.Name] != ""}}
	}
	if f.Long {
		out.Kind = "textarea"
	}
	if f.Secret {
		out.Kind, out.Complete, out.Value = "password", "off", ""
		if s.Set[f.Name] {
			out.Hint += " " + c.Text("channel.secret.set")
		}
	}
	for _, w := range wrong {
		if w.Field == f.Name {
			out.Error = w.Text
		}
	}
	return out
}

func facts(c *web.Context, s channels.Shown) []templates.Fact {
	h := s.Health
	out := []templates.Fact{
		{Label: c.Text("channel.last_in"), Value: moment(c, h.LastIn)},
		{Label: c.Text("channel.last_out"), Value: moment(c, h.LastOut)},
		{Label: c.Text("channel.alive"), Value: moment(c, h.Alive)},
		{Label: c.Text("channel.errors"), Value: strconv.Itoa(h.ErrorsToday)},
		{Label: c.Text("channel.token"), Value: moment(c, h.TokenExpires)},
		{Label: c.Text("channel.window"), Value: c.Text("channel.window." + string(s.Channel))},
	}
	if h.LastError != "" {
		out = append(out, templates.Fact{Label: c.Text("channel.last_error"), Value: c.Text("channel.error.at", c.Text(h.LastError), moment(c, h.LastErrorAt))})
	}
	return out
}

func (p *Pages) save(c *web.Context) error {
	s, err := p.known(c)
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	version, err := f.Number("version")
	if err != nil {
		return err
	}
	ch := channels.Change{Enabled: f.Has("enabled"), Config: map[string]string{}, Secrets: map[string]string{}, Version: version}
	for _, one := range channels.Specs[s.Channel] {
		switch {
		case one.Apart && !one.Secret:
			ch.Config[one.Name] = s.Config[one.Name]
		case one.Secret:
			ch.Secrets[one.Name] = f.Line(one.Name)
		case one.Long:
			ch.Config[one.Name] = f.Prose(one.Name)
		default:
			ch.Config[one.Name] = f.Line(one.Name)
		}
	}
	err = p.Board.Save(c.Context(), c.User.Actor(), s.Channel, ch)
	if err == nil {
		c.Flash("good", "channel.saved", c.Text("channel."+string(s.Channel)))
		return c.Redirect("/admin/channels/" + string(s.Channel))
	}
	s.Enabled, s.Config, s.Version = ch.Enabled, ch.Config, version
	status, wrong, err := problems(c, err)
	if err != nil {
		return err
	}
	return p.render(c, status, s, wrong)
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

// test sends one message to an id that the administrator types; it is not kept.
func (p *Pages) test(c *web.Context) error {
	s, err := p.known(c)
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	to := f.Line("to")
	if to == "" {
		return p.render(c, http.StatusUnprocessableEntity, s, []templates.Problem{{Field: "to", Text: c.Text("invalid.required")}})
	}
	r := p.Test(c.Context(), s.Channel, workflow.PlatformID(to))
	if r.State == workflow.Sent {
		c.Flash("good", "channel.tested")
	} else {
		c.Flash("late", "channel.test_failed", c.Text(r.Reason))
	}
	return c.Redirect("/admin/channels/" + string(s.Channel))
}

func (p *Pages) retry(c *web.Context) error {
	s, err := p.known(c)
	if err != nil {
		return err
	}
	n, err := p.Retry(c.Context(), c.User.Actor(), s.Channel)
	if err != nil {
		return err
	}
	c.Flash("good", "channel.retried", strconv.Itoa(n))
	return c.Redirect("/admin/channels/" + string(s.Channel))
}
