package admin

import (
	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// tokensOf lists the API tokens of an account, which an administrator may end
// and never sees.
func (p *Pages) tokensOf(c *web.Context, account int64) (templates.Tokens, error) {
	all, err := p.Tokens.Of(c.Context(), c.User.Actor(), account)
	if err != nil {
		return templates.Tokens{}, err
	}
	return web.TokensOf(c, all, func(t workflow.Token) string {
		return "/admin/people/" + number(account) + "/tokens/" + number(t.ID) + "/revoke"
	}), nil
}

func (p *Pages) revokeToken(c *web.Context) error {
	account, err := c.ID("id")
	if err != nil {
		return err
	}
	id, err := c.ID("token")
	if err != nil {
		return err
	}
	token, err := p.Tokens.Revoke(c.Context(), c.User.Actor(), account, id)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return err
	}
	if err == nil {
		c.Flash("good", "token.revoked", token.Name)
	}
	return c.Redirect("/admin/people/" + number(account))
}
