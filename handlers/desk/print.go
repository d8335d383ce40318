package desk

import (
	"net/http"

	"mailbox/handlers/web"
	"mailbox/templates"
)

// PrintPage is the data of desk/case.print.html: the case as a file on paper.
type PrintPage struct {
	templates.Page
	Number  string
	Subject string
	Badges  []templates.Badge
	Facts   []templates.Fact
	Letters []Letter
	Clocks  []Clock
	Told    []Told
	History []templates.TimelineItem
}

func (p *Pages) printCase(c *web.Context) error {
	v := &view{}
	if err := p.read(c, v); err != nil {
		return err
	}
	clocks, err := p.clocks(c, v)
	if err != nil {
		return err
	}
	k := v.d.Case
	return c.Render(http.StatusOK, "desk/case.print.html", PrintPage{
		Page: c.Page(k.Number + " " + k.Subject), Number: k.Number, Subject: k.Subject, Badges: v.badges(), Facts: v.facts(),
		Letters: v.letters(), Clocks: clocks, Told: v.told(), History: v.history(),
	})
}
