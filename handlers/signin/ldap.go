package signin

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"mailbox/handlers/signin/ldap"
	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

const ldapPath = "/login/ldap"

func directory(w access.Way) ldap.Directory {
	asked := []string{w.Get("number"), w.Get("name"), w.Get("mail")}
	if d := w.Get("department"); d != "" {
		asked = append(asked, d)
	}
	return ldap.Directory{
		Server: w.Get("server"), Base: w.Get("base_dn"), BindDN: w.Get("bind_dn"), Password: w.Secrets["bind_password"],
		Filter: w.Get("filter"), Number: w.Get("number"), Asked: append(asked, access.RoleAttributes(w)...), TLS: tlsOf(w.Get("ca")),
	}
}

type ldapPage struct {
	templates.Page
	Username string
	Next     string
	Why      string // the directory cannot be asked
}

// ldap asks for a name and a password of the directory.
func (p *Pages) ldap(c *web.Context) error {
	if _, err := p.opened(c, workflow.LDAP); err != nil {
		return err
	}
	return c.Render(http.StatusOK, "public/directory.html", ldapPage{Page: c.Page("login.by.ldap"), Next: c.Next()})
}

func (p *Pages) byDirectory(c *web.Context) error {
	w, err := p.opened(c, workflow.LDAP)
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	page := ldapPage{Username: form.Line("username"), Next: web.LocalPath(cmp.Or(form.Line("next"), "/"))}
	account, err := p.ldapAccount(c, w, page.Username, form.Prose("password"))
	if err == nil {
		return p.Door.Halfway(c, account, workflow.LDAP, page.Next)
	}
	return turnAway(c, page, err)
}

// turnAway shows the form again and why nobody came in.
func turnAway(c *web.Context, page ldapPage, err error) error {
	e, ok := errors.AsType[*workflow.Error](err)
	if !ok || e.Kind != workflow.Unauthenticated && !strings.HasPrefix(e.Key, "way.") {
		return err
	}
	page.Page = c.Page("login.by.ldap")
	status := http.StatusUnprocessableEntity
	if e.Kind == workflow.Unavailable {
		status, page.Why = http.StatusServiceUnavailable, c.Text(e.Key, e.Args...)
	} else {
		page.Problems = []templates.Problem{{Field: "username", Text: c.Text(e.Key, e.Args...)}}
	}
	return c.Render(status, "public/directory.html", page)
}

func (p *Pages) ldapAccount(c *web.Context, w access.Way, username, password string) (workflow.Account, error) {
	if err := p.Campus.Attempt(c.Context(), username, c.ClientKey()); err != nil {
		return workflow.Account{}, err
	}
	person, err := directory(w).Prove(c.Context(), username, password)
	if err != nil {
		return workflow.Account{}, err
	}
	return p.Campus.Admit(c.Context(), provenBy(person, strings.TrimSpace(username)))
}

func provenBy(person ldap.Person, user string) access.Proven {
	return access.Proven{Way: workflow.LDAP, User: user, Attributes: person.Attributes}
}

// Sweep asks the directory who has left, and returns how many have.
func (p *Pages) Sweep(ctx context.Context) (int, error) {
	w, err := p.Ways.Way(ctx, workflow.LDAP)
	if err != nil || !w.Enabled {
		return 0, err
	}
	conn, err := directory(w).Open(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return p.Campus.Sweep(ctx, workflow.LDAP, func(_ context.Context, name string) (access.Proven, error) {
		person, err := conn.Find(name)
		return provenBy(person, name), err
	})
}
