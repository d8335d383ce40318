package webhook

import (
	"net/http"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/webhooks"
)

// Pages are the pages of webhooks.
type Pages struct{ hooks *webhooks.Hooks }

// New returns the pages.
func New(hooks *webhooks.Hooks) *Pages { return &Pages{hooks} }

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{
	"admin/webhooks.html":       listPage{},
	"admin/webhook.html":        hookPage{},
	"admin/webhook_new.html":    newPage{},
	"admin/webhook_secret.html": secretPage{},
}

const home = "/admin/webhooks"

func path(id int64) string { return home + "/" + decimal(id) }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	admins := web.Roles("admin")
	get := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: admins, Handler: h}
	}
	post := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: admins, Handler: h}
	}
	one := home + "/:id"
	return []web.Route{
		get(home, p.list),
		get(home+"/new", p.fresh),
		post(home+"/new", p.create),
		get(one, p.show),
		post(one, p.save),
		post(one+"/test", p.test),
		post(one+"/rotate", p.rotate),
		post(one+"/end-prior", p.endPrior),
		post(one+"/remove", p.remove),
		post(one+"/replay", p.replay),
	}
}

type listPage struct {
	templates.Page
	Table templates.Table
}

func (p *Pages) list(c *web.Context) error {
	all, err := p.hooks.List(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	page := listPage{Page: c.Page("webhook.title")}
	page.Table = templates.Table{Caption: c.Text("webhook.title"), Cards: true, Columns: []templates.Column{
		{Label: c.Text("webhook.name")},
		{Label: c.Text("webhook.health")},
		{Label: c.Text("webhook.last_ok")},
		{Label: c.Text("webhook.state.waiting"), Number: true},
		{Label: c.Text("webhook.state.dead"), Number: true},
	}, Empty: &templates.Empty{
		Icon: "send", Title: c.Text("webhook.empty"), Text: c.Text("webhook.empty.text"),
		Act: &templates.Button{Tone: "primary", Label: c.Text("webhook.new"), Href: home + "/new"},
	}}
	for _, s := range all {
		badge := health(c, s)
		row := templates.Row{Href: path(s.ID), Cells: []templates.Cell{
			{Text: s.Name, Hint: s.URL},
			{Badge: &badge},
			{Text: moment(c, s.Health.LastOK)},
			{Text: strconv.Itoa(s.Count[workflow.DispatchWaiting])},
			{Text: strconv.Itoa(s.Count[workflow.DispatchDead])},
		}}
		if badge.Tone == "late" {
			row.Tone = "late"
		}
		page.Table.Rows = append(page.Table.Rows, row)
	}
	return c.Render(http.StatusOK, "admin/webhooks.html", page)
}

// health is how a webhook does, in a word.
func health(c *web.Context, s webhooks.Shown) templates.Badge {
	switch h := s.Health; {
	case !h.GivenUp.IsZero() && !s.Enabled:
		return templates.Badge{Tone: "late", Label: c.Text("webhook.health.given_up")}
	case !s.Enabled:
		return templates.Badge{Tone: "quiet", Label: c.Text("webhook.health.off")}
	case !h.FailingSince.IsZero():
		return templates.Badge{Tone: "soon", Label: c.Text("webhook.health.failing")}
	case h.LastOK.IsZero():
		return templates.Badge{Tone: "info", Label: c.Text("webhook.health.fresh")}
	}
	return templates.Badge{Tone: "good", Label: c.Text("webhook.health.well")}
}

func moment(c *web.Context, t time.Time) string {
	if t.IsZero() {
		return c.Text("webhook.never")
	}
	return c.Local(t).Format("2006-01-02 15:04")
}

type secretPage struct {
	templates.Page
	Name, KeyID, Secret, Back string
	Prior                     string // until when the one before signs as well
}

// showSecret shows a new secret on the page that answers, and never again.
func (p *Pages) showSecret(c *web.Context, id int64, secret string) error {
	s, err := p.hooks.Show(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	page := secretPage{Page: c.Page("webhook.secret"), Name: s.Name, KeyID: s.KeyID, Secret: secret, Back: path(id)}
	if s.PriorID != "" {
		page.Prior = moment(c, s.PriorUntil)
	}
	page.Crumbs = crumbs(c, templates.Crumb{Label: s.Name, Href: path(id)})
	return c.Render(http.StatusOK, "admin/webhook_secret.html", page)
}

func crumbs(c *web.Context, more ...templates.Crumb) []templates.Crumb {
	return append([]templates.Crumb{{Label: c.Text("webhook.title"), Href: home}}, more...)
}
