package public

import (
	"errors"
	"net/http"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

// AccountPage is an account's own page: its password and where it is signed in.
type AccountPage struct {
	templates.Page
	Username    string
	Sessions    []Session
	MinPassword int
	TokenPart
	FactorPart
}

// Session is one browser in which the account is signed in.
type Session struct {
	Client  string
	Since   string
	Seen    string
	Current bool
}

func (p *Pages) account(c *web.Context) error {
	return p.showAccount(c, http.StatusOK, nil, tokenForm{})
}

func (p *Pages) showAccount(c *web.Context, status int, problems []templates.Problem, wished tokenForm, code ...templates.Problem) error {
	sessions, err := p.Door.Sessions(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	page := AccountPage{Page: c.Page("account.title"), Username: c.User.Username, MinPassword: access.MinPassword}
	for _, s := range sessions {
		page.Sessions = append(page.Sessions, Session{
			Client: s.Client, Since: moment(c, s.Since), Seen: moment(c, s.Seen), Current: s.ID == c.Session.ID,
		})
	}
	page.Problems = labelled(c, problems)
	if page.TokenPart, err = p.ownTokens(c, wished); err != nil {
		return err
	}
	if page.FactorPart, err = p.ownFactor(c, code); err != nil {
		return err
	}
	return c.Render(status, "desk/account.html", page)
}

// changePassword ends every session of the account and starts a new one here.
func (p *Pages) changePassword(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	fresh := form.Prose("password")
	if fresh != form.Prose("password_again") {
		err = workflow.Wrong("password_again", "account.password_differs")
	}
	if err == nil {
		err = p.Door.ChangePassword(c.Context(), c.User.Actor(), form.Prose("old"), fresh)
	}
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Invalid {
		return p.showAccount(c, http.StatusUnprocessableEntity, []templates.Problem{{Field: e.Field, Text: c.Text(e.Key, e.Args...)}}, tokenForm{})
	}
	if err != nil {
		return err
	}
	return p.again(c, "account.password_changed")
}

// endSessions signs the account out everywhere else.
func (p *Pages) endSessions(c *web.Context) error {
	if _, err := p.Door.EndSessions(c.Context(), c.User.Actor()); err != nil {
		return err
	}
	return p.again(c, "account.sessions_ended")
}

// again signs this browser in anew, after every session has ended.
func (p *Pages) again(c *web.Context, done string) error {
	if err := c.SignIn(c.User.AccountID); err != nil {
		return err
	}
	c.Flash("good", done)
	return c.Redirect("/account")
}
