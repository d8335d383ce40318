package public

import (
	"errors"
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// FactorPart is the part of an account's page about its second step.
type FactorPart struct {
	FactorOn       bool
	FactorNeeded   bool
	FactorSince    string
	FactorCodes    string // left
	FactorFew      bool   // too few of them
	FactorProblems []templates.Problem
}

// fewCodes is when an account is told to make new recovery codes.
const fewCodes = 3

func (p *Pages) ownFactor(c *web.Context, problems []templates.Problem) (FactorPart, error) {
	f, err := p.Factors.Of(c.Context(), c.User.Actor(), c.User.AccountID)
	if err != nil {
		return FactorPart{}, err
	}
	out := FactorPart{FactorOn: f.On, FactorNeeded: f.Needed, FactorCodes: strconv.Itoa(f.Codes), FactorFew: f.Codes < fewCodes, FactorProblems: problems}
	if f.On {
		out.FactorSince = moment(c, f.Since)
	}
	return out, nil
}

// ownEnrol sets the second step of the reader's own account up.
func (p *Pages) ownEnrol(c *web.Context) error {
	err := p.showEnrol(c, http.StatusOK, "desk/enrol.html", c.User.AccountID, nil)
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict {
		return c.Redirect("/account#factor")
	}
	return err
}

func (p *Pages) ownConfirm(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	codes, err := p.Factors.Confirm(c.Context(), c.User.AccountID, form.Line("code"))
	switch {
	case workflow.KindOf(err) == workflow.Conflict && err != nil: // pressed twice
		return c.Redirect("/account#factor")
	case err != nil:
		return p.enrolAgain(c, "desk/enrol.html", c.User.AccountID, err)
	}
	return showCodes(c, "desk/recovery.html", codes, "/account")
}

// ownOff forgets the second step, which needs a code of it.
func (p *Pages) ownOff(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Factors.Off(c.Context(), c.User.Actor(), form.Line("code")); err != nil {
		problems, err := c.Problems(err)
		if err != nil {
			return err
		}
		return p.showAccount(c, http.StatusUnprocessableEntity, nil, tokenForm{}, problems...)
	}
	c.Flash("good", "factor.off.done")
	return c.Redirect("/account#factor")
}
