package signin

import (
	"net/http"

	"mailbox/handlers/signin/oidc"
	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

const oidcPath = "/login/oidc"

func (p *Pages) oidcClient(c *web.Context, w access.Way) oidc.Client {
	return oidc.Client{
		Issuer: w.Get("issuer"), ID: w.Get("client_id"), Secret: w.Secrets["client_secret"], Scopes: w.Get("scopes"),
		Redirect: c.URL(oidcPath), HTTP: p.clients.trusting(w.Get("ca")), Now: c.Now,
	}
}

// oidc leads to the provider, and lets in who comes back with a code.
func (p *Pages) oidc(c *web.Context) error {
	w, err := p.opened(c, workflow.OIDC)
	if err != nil {
		return err
	}
	if c.Query("code") == "" && c.Query("error") == "" {
		return p.toProvider(c, w)
	}
	f, ok := p.back(c, workflow.OIDC)
	if iss := c.Query("iss"); !ok || iss != "" && iss != w.Get("issuer") {
		return p.lost(c)
	}
	account, ticket, err := p.oidcAccount(c, w, f)
	if err != nil {
		return p.Door.Refuse(c, f.Next, err)
	}
	return p.Door.Enter(c, account, workflow.OIDC, ticket, f.Next)
}

func (p *Pages) toProvider(c *web.Context, w access.Way) error {
	f, err := p.setOut(c, workflow.OIDC, oidc.Verifier())
	if err != nil {
		return err
	}
	address, err := p.providers.AuthURL(c.Context(), p.oidcClient(c, w), f.State, f.Nonce, f.Verifier)
	if err != nil {
		return p.Door.Refuse(c, f.Next, err)
	}
	return c.Leave(address)
}

func (p *Pages) oidcAccount(c *web.Context, w access.Way, f flow) (workflow.Account, string, error) {
	if c.Query("error") != "" {
		return workflow.Account{}, "", workflow.Fail(workflow.Unauthenticated, "way.refused")
	}
	person, err := p.providers.Exchange(c.Context(), p.oidcClient(c, w), c.Query("code"), f.Nonce, f.Verifier)
	if err != nil {
		return workflow.Account{}, "", err
	}
	account, err := p.Campus.Admit(c.Context(), access.Proven{Way: workflow.OIDC, User: person.Subject, Attributes: person.Claims})
	return account, oidcTicket(person.Session), err
}

// oidcTicket names a session as the provider does, or not at all.
func oidcTicket(session string) string {
	if session == "" {
		return ""
	}
	return "oidc:" + session
}

// oidcEnded ends what the provider says has ended: a session, or all of
// somebody's.
func (p *Pages) oidcEnded(c *web.Context) error {
	w, err := p.opened(c, workflow.OIDC)
	if err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	word, err := p.providers.Ended(c.Context(), p.oidcClient(c, w), form.Line("logout_token"))
	if err != nil {
		return err
	}
	switch {
	case word.Session != "":
		err = p.Sessions.CloseTicket(c.Context(), oidcTicket(word.Session))
	case w.Get("number") == "sub":
		err = p.Campus.SignedOut(c.Context(), word.Subject)
	default: // nobody here knows who that is
		return workflow.Wrong("logout_token", "way.refused")
	}
	if err != nil {
		return err
	}
	c.Writer.WriteHeader(http.StatusOK)
	return nil
}
