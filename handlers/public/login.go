package public

import (
	"cmp"
	"net/http"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

// LoginPage is the door for staff.
type LoginPage struct {
	templates.Page
	Username string
	Next     string
	Ways     []templates.Button // of the campus
	Why      string             // nobody came in by one of them
}

func (p *Pages) login(c *web.Context) error {
	if c.User != nil {
		return c.Redirect(onward(c.Next(), c.User))
	}
	return c.Render(http.StatusOK, "public/login.html", LoginPage{Page: c.Page("login.title"), Next: c.Next(), Ways: p.wayLinks(c, c.Next())})
}

func (p *Pages) signIn(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	page := LoginPage{Username: form.Line("username"), Next: web.LocalPath(cmp.Or(form.Line("next"), "/"))}
	password := form.Prose("password")
	if problems := missing(c, wanted{"username", page.Username, "login.empty_username"}, wanted{"password", password, "login.empty_password"}); problems != nil {
		return p.turnAway(c, page, problems)
	}
	account, err := p.Door.Prove(c.Context(), access.Entry{Username: page.Username, Password: password, ClientKey: c.ClientKey()})
	if workflow.KindOf(err) == workflow.Unauthenticated && err != nil {
		return p.turnAway(c, page, []templates.Problem{{Field: "username", Text: c.Text("login.refused")}})
	}
	if err != nil {
		return err
	}
	return p.halfway(c, account, workflow.Local, page.Next)
}

func (p *Pages) turnAway(c *web.Context, page LoginPage, problems []templates.Problem) error {
	page.Page = c.Page("login.title")
	page.Problems, page.Ways = problems, p.wayLinks(c, page.Next)
	return c.Render(http.StatusUnprocessableEntity, "public/login.html", page)
}

// onward is where somebody goes who has come in: where they wanted to, or
// where their work is.
func onward(next string, u *web.User) string {
	if next != "/" {
		return next
	}
	return u.HomePath()
}

func (p *Pages) signOut(c *web.Context) error {
	if err := c.SignOut(); err != nil {
		return err
	}
	c.Flash("good", "login.out")
	return c.Redirect("/login")
}
