package public

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// Ways knows which ways of the campus are open; *access.Ways does.
type Ways interface {
	Open(ctx context.Context) ([]workflow.Way, error)
}

// wayLinks lead from the door to the ways of the campus. While nobody can tell
// which are open, the door is as it is without any.
func (p *Pages) wayLinks(c *web.Context, next string) []templates.Button {
	open, err := p.Ways.Open(c.Context())
	if err != nil {
		return nil
	}
	var out []templates.Button
	for _, way := range open {
		href := "/login/" + string(way)
		if next != "/" {
			href += "?next=" + url.QueryEscape(next)
		}
		out = append(out, templates.Button{Label: c.Text("login.by." + string(way)), Href: href})
	}
	return out
}

// Enter starts the session of somebody whom the campus has sent, which the campus
// may end under the ticket, and leads on.
func (p *Pages) Enter(c *web.Context, account workflow.Account, way workflow.Way, ticket, next string) error {
	if err := p.Door.Entered(c.Context(), account.ID, way); err != nil {
		return err
	}
	if err := c.SignInWith(account.ID, ticket); err != nil {
		return err
	}
	return c.Redirect(onward(web.LocalPath(cmp.Or(next, "/")), userOf(account)))
}

// Halfway goes on with somebody who has shown a password that is not ours: in, or
// to the second step.
func (p *Pages) Halfway(c *web.Context, account workflow.Account, way workflow.Way, next string) error {
	return p.halfway(c, account, way, web.LocalPath(cmp.Or(next, "/")))
}

// refusals are the statuses of a door that stays shut.
var refusals = map[workflow.Kind]int{
	workflow.Unauthenticated: http.StatusForbidden, workflow.Unavailable: http.StatusServiceUnavailable,
}

// Refuse shows the door again and why nobody came in by a way of the campus.
func (p *Pages) Refuse(c *web.Context, next string, err error) error {
	e, ok := errors.AsType[*workflow.Error](err)
	status := refusals[workflow.KindOf(err)]
	if !ok || status == 0 || e.Key == "request.unavailable" {
		return err
	}
	page := LoginPage{Page: c.Page("login.title"), Next: web.LocalPath(cmp.Or(next, "/"))}
	page.Ways = p.wayLinks(c, page.Next)
	page.Why = c.Text(e.Key, e.Args...)
	return c.Render(status, "public/login.html", page)
}
