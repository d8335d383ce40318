package desk

import (
	"mailbox/handlers/web"
	"mailbox/workflow"
)

// Counts is what stands beside the desk's entries of the navigation: what is
// unread, and what waits in the queues of whoever works here.
func (p *Pages) Counts(c *web.Context) (map[string]web.NavCount, error) {
	by := actor(c)
	unseen, err := p.cases.Unseen(c.Context(), by)
	if err != nil {
		return nil, err
	}
	counts := map[string]web.NavCount{"/desk/notices": {N: unseen}}
	if !worksHere(c.User) {
		return counts, nil
	}
	n, err := p.cases.Count(c.Context(), by, workflow.Query{States: statesOf(by)})
	counts["/desk"] = web.NavCount{N: n}
	return counts, err
}
