package public

import (
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

// secondCookie holds who has shown the right password and not yet the code.
var secondCookie = cookie{"mailbox-second", "/login", 10 * time.Minute, http.SameSiteStrictMode}

// half is somebody who is half in.
type half struct {
	Account int64        `json:"a"`
	Version int64        `json:"v"` // of the account then: a new password or role begins anew
	Way     workflow.Way `json:"w"`
	Next    string       `json:"n"`
}

// CodePage asks for the second step.
type CodePage struct{ templates.Page }

// EnrolPage sets the second step up.
type EnrolPage struct {
	templates.Page
	Action string
	Why    bool // it is asked of this account, and stands between it and its work
	QR     templates.QR
	Secret string // in groups, to be typed
}

// RecoveryPage shows the recovery codes, this once.
type RecoveryPage struct {
	templates.Page
	Codes []string
	Text  string // all of them, to copy
	On    string // where it goes on
}

// halfway goes on with somebody whose password was right: in, or to the second
// step.
func (p *Pages) halfway(c *web.Context, account workflow.Account, way workflow.Way, next string) error {
	todo, err := p.Factors.Next(c.Context(), account)
	if err != nil {
		return err
	}
	if todo == access.NextNothing {
		return p.comeIn(c, account, way, next)
	}
	if err := put(c, p.box, secondCookie, half{account.ID, account.Version, way, next}); err != nil {
		return err
	}
	return c.Redirect("/login/" + string(todo))
}

// comeIn starts the session.
func (p *Pages) comeIn(c *web.Context, account workflow.Account, way workflow.Way, next string) error {
	if err := p.startSession(c, account, way); err != nil {
		return err
	}
	return c.Redirect(onward(next, userOf(account)))
}

func (p *Pages) startSession(c *web.Context, account workflow.Account, way workflow.Way) error {
	if err := p.Door.Entered(c.Context(), account.ID, way); err != nil {
		return err
	}
	secondCookie.drop(c)
	return c.SignIn(account.ID)
}

func userOf(account workflow.Account) *web.User {
	user := &web.User{AccountID: account.ID, Department: account.Department}
	for _, r := range account.Roles {
		user.Roles = append(user.Roles, string(r))
	}
	return user
}

// waiting is who is half in; ok is false when nobody is, and the answer then
// leads back to the door.
func (p *Pages) waiting(c *web.Context) (h half, account workflow.Account, ok bool, err error) {
	h, ok = take[half](c, p.box, secondCookie)
	if ok {
		account, err = p.Factors.Waiting(c.Context(), h.Account, h.Version)
	}
	if !ok || workflow.KindOf(err) == workflow.Unauthenticated && err != nil {
		secondCookie.drop(c)
		c.Flash("warn", "factor.again")
		return h, account, false, c.Redirect("/login")
	}
	return h, account, err == nil, err
}

func (p *Pages) askCode(c *web.Context) error {
	if _, _, ok, err := p.waiting(c); !ok {
		return err
	}
	return c.Render(http.StatusOK, "public/code.html", CodePage{c.Page("factor.title")})
}

func (p *Pages) takeCode(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	h, account, ok, err := p.waiting(c)
	if !ok {
		return err
	}
	if err := p.Factors.Check(c.Context(), account.ID, form.Line("code")); err != nil {
		problems, err := c.Problems(err)
		if err != nil {
			return err
		}
		page := CodePage{c.Page("factor.title")}
		page.Problems = problems
		return c.Render(http.StatusUnprocessableEntity, "public/code.html", page)
	}
	return p.comeIn(c, account, h.Way, h.Next)
}

func (p *Pages) askEnrol(c *web.Context) error {
	_, account, ok, err := p.waiting(c)
	if !ok {
		return err
	}
	return p.showEnrol(c, http.StatusOK, "public/enrol.html", account.ID, nil)
}

// enrol confirms the second step and lets in: the answer shows the recovery
// codes to somebody who is signed in from now on.
func (p *Pages) enrol(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	h, account, ok, err := p.waiting(c)
	if !ok {
		return err
	}
	codes, err := p.Factors.Confirm(c.Context(), account.ID, form.Line("code"))
	if err != nil {
		return p.enrolAgain(c, "public/enrol.html", account.ID, err)
	}
	if err := p.startSession(c, account, h.Way); err != nil {
		return err
	}
	return showCodes(c, "public/recovery.html", codes, onward(h.Next, userOf(account)))
}

func (p *Pages) enrolAgain(c *web.Context, view string, account int64, err error) error {
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	return p.showEnrol(c, http.StatusUnprocessableEntity, view, account, problems)
}

func (p *Pages) showEnrol(c *web.Context, status int, view string, account int64, problems []templates.Problem) error {
	page := EnrolPage{Page: c.Page("factor.enrol.title"), Action: c.Request.URL.Path, Why: c.User == nil}
	e, err := p.Factors.Begin(c.Context(), account, c.Text("site.title")+" · "+page.College)
	if err != nil {
		return err
	}
	if page.QR, err = web.QR(e.Address); err != nil {
		return err
	}
	page.Secret, page.Problems = grouped(e.Secret), problems
	if c.User != nil {
		page.Crumbs = []templates.Crumb{{Label: c.Text("account.title"), Href: "/account"}}
	}
	return c.Render(status, view, page)
}

// grouped is a secret in groups of four.
func grouped(s string) string {
	var out strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}

func showCodes(c *web.Context, view string, codes []workflow.Code, on string) error {
	page := RecoveryPage{Page: c.Page("factor.codes.title"), On: on}
	for _, code := range codes {
		page.Codes = append(page.Codes, code.Groups())
		page.Text += code.Groups() + "\n"
	}
	return c.Render(http.StatusOK, view, page)
}
