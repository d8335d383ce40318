package webhook

import (
	"errors"
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

func (p *Pages) save(c *web.Context) error {
	s, err := p.chosen(c)
	if err != nil {
		return err
	}
	w, err := wished(c)
	if err != nil {
		return err
	}
	err = p.hooks.Change(c.Context(), c.User.Actor(), s.ID, w)
	if err == nil {
		c.Flash("good", "webhook.saved", w.Name)
		return c.Redirect(path(s.ID))
	}
	status, wrong, err := problems(c, err)
	if err != nil {
		return err
	}
	return p.render(c, status, s, w, wrong)
}

// problems are words for what is wrong with a form; somebody else's change in
// between is one.
func problems(c *web.Context, err error) (status int, all []templates.Problem, rest error) {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict {
		return http.StatusConflict, []templates.Problem{{Text: c.Text(e.Key, e.Args...)}}, nil
	}
	all, rest = c.Problems(err)
	return http.StatusUnprocessableEntity, all, rest
}

func (p *Pages) test(c *web.Context) error {
	s, err := p.chosen(c)
	if err != nil {
		return err
	}
	out, err := p.hooks.Test(c.Context(), c.User.Actor(), s.ID)
	if err != nil {
		return err
	}
	if out.Error == "" {
		c.Flash("good", "webhook.tested", strconv.Itoa(out.Status))
	} else {
		c.Flash("late", "webhook.test_failed", reason(c, out.Error, out.Status))
	}
	return c.Redirect(path(s.ID))
}

// version is the version of the webhook that the form was made for.
func version(c *web.Context) (int64, error) {
	f, err := c.Form()
	if err != nil {
		return 0, err
	}
	return f.Number("version")
}

func (p *Pages) rotate(c *web.Context) error {
	s, err := p.chosen(c)
	if err != nil {
		return err
	}
	seen, err := version(c)
	if err != nil {
		return err
	}
	secret, err := p.hooks.Rotate(c.Context(), c.User.Actor(), s.ID, seen)
	if err != nil {
		return err
	}
	return p.showSecret(c, s.ID, secret)
}

func (p *Pages) endPrior(c *web.Context) error {
	s, err := p.chosen(c)
	if err != nil {
		return err
	}
	seen, err := version(c)
	if err != nil {
		return err
	}
	if err := p.hooks.EndPrior(c.Context(), c.User.Actor(), s.ID, seen); err != nil {
		return err
	}
	c.Flash("good", "webhook.prior_ended")
	return c.Redirect(path(s.ID))
}

func (p *Pages) remove(c *web.Context) error {
	s, err := p.chosen(c)
	if err == nil {
		err = p.hooks.Remove(c.Context(), c.User.Actor(), s.ID)
	}
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return err
	}
	if err == nil {
		c.Flash("good", "webhook.removed", s.Name)
	}
	return c.Redirect(home) // pressed twice it is removed once
}

func (p *Pages) replay(c *web.Context) error {
	s, err := p.chosen(c)
	if err != nil {
		return err
	}
	n, err := p.hooks.Replay(c.Context(), c.User.Actor(), s.ID, 0)
	if err != nil {
		return err
	}
	c.Flash("good", "webhook.replayed", strconv.Itoa(n))
	return c.Redirect(path(s.ID))
}
