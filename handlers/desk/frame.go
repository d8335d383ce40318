package desk

import (
	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// Decorate counts for the frame of every staff page: what is unread, and what
// waits. It is the server's Decorate.
func (p *Pages) Decorate(c *web.Context, page *templates.Page) error {
	by := actor(c)
	unseen, err := p.cases.Unseen(c.Context(), by)
	if err != nil {
		return err
	}
	page.User.Unread = unseen
	counts := map[string]web.NavCount{"/desk/notices": {N: unseen}}
	if by.Office() {
		if err := p.countOffice(c, by, counts); err != nil {
			return err
		}
	}
	if worksHere(c.User) {
		n, err := p.cases.Count(c.Context(), by, workflow.Query{States: statesOf(by)})
		if err != nil {
			return err
		}
		counts["/desk"] = web.NavCount{N: n}
	}
	page.Nav = c.StaffNav(counts)
	return nil
}

// countOffice counts the tray, and what is late anywhere.
func (p *Pages) countOffice(c *web.Context, by workflow.Actor, counts map[string]web.NavCount) error {
	tray, err := p.cases.Count(c.Context(), by, workflow.Query{States: []workflow.State{workflow.Received, workflow.Accepted, workflow.Approved}})
	if err != nil {
		return err
	}
	late, err := p.cases.Count(c.Context(), by, workflow.Query{States: everyOne, DueTo: c.Now})
	if err != nil {
		return err
	}
	counts["/office"], counts["/office/board"] = web.NavCount{N: tray}, web.NavCount{N: late, Late: true}
	return nil
}
