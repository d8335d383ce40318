package admin

import (
	"mailbox/handlers/web"
)

// nameOnCampus says what the campus calls somebody, so that its ways to sign in
// open this account.
func (p *Pages) nameOnCampus(c *web.Context) error {
	who, err := p.known(c)
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Campus.Name(c.Context(), c.User.Actor(), who.ID, f.Line("campus")); err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showPerson(c, status, wrong, who)
	}
	c.Flash("good", "way.named", who.Name)
	return c.Redirect("/admin/people/" + number(who.ID))
}
