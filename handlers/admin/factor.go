package admin

import (
	"strconv"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// personFactor is how the second step of somebody stands.
type personFactor struct {
	On    bool
	Words string
}

func (p *Pages) factorOf(c *web.Context, account int64) (personFactor, error) {
	f, err := p.Factors.Of(c.Context(), c.User.Actor(), account)
	switch {
	case err != nil:
		return personFactor{}, err
	case f.On:
		return personFactor{true, c.Text("factor.of.on", day(c, c.Local(f.Since)), strconv.Itoa(f.Codes))}, nil
	case f.Needed:
		return personFactor{Words: c.Text("factor.of.needed")}, nil
	}
	return personFactor{Words: c.Text("factor.of.off")}, nil
}

// resetFactor forgets the second step of who has lost it; pressed twice it is
// forgotten once.
func (p *Pages) resetFactor(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	err = p.Factors.Reset(c.Context(), c.User.Actor(), id)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return err
	}
	if err == nil {
		c.Flash("good", "factor.reset.done")
	}
	return c.Redirect("/admin/people/" + number(id))
}
