package office

import (
	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/delivery"
)

// most is up to where failures are counted for the navigation.
const most = 100

// Counts is what stands beside the office's entries of the navigation: what
// waits in the trays, what is late, and what did not arrive. It is empty for
// whoever does not work here.
func (p *Pages) Counts(c *web.Context) (map[string]web.NavCount, error) {
	by := c.User.Actor()
	if !by.Office() {
		return nil, nil //nolint:nilnil // nothing waits for them here
	}
	tray, err := p.trayCounts(c)
	if err != nil {
		return nil, err
	}
	late, err := p.Cases.Count(c.Context(), by, workflow.Query{Open: true, DueTo: c.Now})
	if err != nil {
		return nil, err
	}
	held, unreadable, err := p.Mail.Waiting(c.Context(), by)
	if err != nil {
		return nil, err
	}
	failed, err := p.Failures.Count(c.Context(), by, delivery.ToWriters, most)
	if err != nil {
		return nil, err
	}
	flaws, err := p.flaws(c)
	if err != nil {
		return nil, err
	}
	return map[string]web.NavCount{
		"/office/check": {N: flaws},
		"/office":       {N: tray.all()}, "/office/board": {N: late, Late: true},
		"/office/mail": {N: held + unreadable}, "/office/undelivered": {N: failed, Late: true},
	}, nil
}
