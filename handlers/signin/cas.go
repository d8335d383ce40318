package signin

import (
	"net/url"
	"time"

	"mailbox/handlers/signin/cas"
	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

const casPath = "/login/cas"

// service is where the CAS server sends the browser back to. Its state makes a
// ticket good for this browser alone.
func service(c *web.Context, state string) string {
	return c.URL(casPath) + "?state=" + url.QueryEscape(state)
}

func (p *Pages) casServer(w access.Way) cas.Server {
	return cas.Server{URL: w.Get("url"), Version: w.Get("protocol"), HTTP: p.clients.trusting(w.Get("ca"))}
}

// opened is a way of the campus that is open; a closed one is not there.
func (p *Pages) opened(c *web.Context, way workflow.Way) (access.Way, error) {
	w, err := p.Ways.Way(c.Context(), way)
	if err == nil && !w.Enabled {
		err = workflow.Absent()
	}
	return w, err
}

// cas leads to the CAS server, and lets in who comes back with a ticket.
func (p *Pages) cas(c *web.Context) error {
	w, err := p.opened(c, workflow.CAS)
	if err != nil {
		return err
	}
	if c.Query("ticket") == "" {
		f, err := p.setOut(c, workflow.CAS, "")
		if err != nil {
			return err
		}
		return c.Leave(p.casServer(w).LoginURL(service(c, f.State)))
	}
	f, ok := p.back(c, workflow.CAS)
	if !ok {
		return p.lost(c)
	}
	account, ticket, err := p.casAccount(c, w, f)
	if err != nil {
		return p.Door.Refuse(c, f.Next, err)
	}
	return p.Door.Enter(c, account, workflow.CAS, ticket, f.Next)
}

// ticketStays is how long a ticket that was used is remembered, should the CAS
// server forget that it was.
const ticketStays = time.Hour

func (p *Pages) casAccount(c *web.Context, w access.Way, f flow) (workflow.Account, string, error) {
	ticket := c.Query("ticket")
	answer, err := p.casServer(w).Validate(c.Context(), service(c, f.State), ticket)
	if err != nil {
		return workflow.Account{}, "", err
	}
	first, err := p.Once.First(c.Context(), casTicket(ticket), ticketStays)
	if err == nil && !first {
		err = workflow.Fail(workflow.Unauthenticated, "way.refused")
	}
	if err != nil {
		return workflow.Account{}, "", err
	}
	account, err := p.Campus.Admit(c.Context(), access.Proven{Way: workflow.CAS, User: answer.User, Attributes: answer.Attributes})
	return account, casTicket(ticket), err
}

func casTicket(ticket string) string { return "cas:" + ticket }

// casEnded ends the session that was begun with a ticket: single logout. Who
// knows the ticket may say so, and the answer tells nobody whether there was one.
func (p *Pages) casEnded(c *web.Context) error {
	if _, err := p.opened(c, workflow.CAS); err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return err
	}
	if ticket, ok := cas.Logout(form.Prose("logoutRequest")); ok {
		if err := p.Sessions.CloseTicket(c.Context(), casTicket(ticket)); err != nil {
			return err
		}
	}
	return c.NoContent()
}
