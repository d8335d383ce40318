package public

import (
	"net/http"
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

// TokenPart is the part of an account's page about its API tokens.
type TokenPart struct {
	Tokens        templates.Tokens
	TokenFields   []templates.Field
	TokenProblems []templates.Problem
}

// TokenPage shows a new token, this once.
type TokenPage struct {
	templates.Page
	Name, Expires, Secret string
}

// tokenForm is what was typed, and what is wrong with it.
type tokenForm struct {
	Name     string
	Write    bool
	Days     string
	Roles    []string
	Problems []templates.Problem
}

// tokenDays are how long a token may be good.
var tokenDays = []string{"30", "90", "180", "365"}

func (p *Pages) ownTokens(c *web.Context, f tokenForm) (TokenPart, error) {
	all, err := p.Deps.Tokens.Of(c.Context(), c.User.Actor(), c.User.AccountID)
	if err != nil {
		return TokenPart{}, err
	}
	if f.Days == "" {
		f.Days = "90"
	}
	list := web.TokensOf(c, all, func(t workflow.Token) string {
		return "/account/tokens/" + strconv.FormatInt(t.ID, 10) + "/revoke"
	})
	return TokenPart{Tokens: list, TokenFields: tokenFields(c, f), TokenProblems: f.Problems}, nil
}

func tokenFields(c *web.Context, f tokenForm) []templates.Field {
	scopes := []templates.Choice{
		{Value: "read", Label: c.Text("token.scope.read"), Hint: c.Text("token.scope.read.hint"), Chosen: !f.Write},
		{Value: "write", Label: c.Text("token.scope.write"), Hint: c.Text("token.scope.write.hint"), Chosen: f.Write},
	}
	var days, roles []templates.Choice
	for _, d := range tokenDays {
		days = append(days, templates.Choice{Value: d, Label: c.Text("token.days." + d), Chosen: d == f.Days})
	}
	for _, r := range c.User.Roles {
		roles = append(roles, templates.Choice{Value: r, Label: c.Text("role." + r), Chosen: f.Roles == nil || slices.Contains(f.Roles, r)})
	}
	fields := []templates.Field{
		{Kind: "text", Name: "name", Value: f.Name, Label: c.Text("token.name"), Hint: c.Text("token.name.hint"), Required: true, Limit: access.MaxTokenName, Complete: "off"},
		{Kind: "radios", Name: "scope", Label: c.Text("token.scope"), Options: scopes},
	}
	if len(roles) > 1 {
		fields = append(fields, templates.Field{Kind: "checks", Name: "roles", Label: c.Text("token.roles"), Options: roles})
	}
	fields = append(fields, templates.Field{Kind: "select", Name: "days", Label: c.Text("token.days"), Options: days, Narrow: true})
	for i := range fields {
		fields[i].Within = "token"
		for _, problem := range f.Problems {
			if problem.Field == fields[i].Name {
				fields[i].Error = problem.Text
			}
		}
	}
	return fields
}

// createToken shows the new token on the page that answers, and never again.
func (p *Pages) createToken(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	f := tokenForm{Name: form.Line("name"), Write: form.Line("scope") == "write", Days: form.Line("days"), Roles: form.All("roles")}
	wish := access.TokenWish{Name: f.Name, Write: f.Write}
	for _, r := range f.Roles {
		wish.Roles = append(wish.Roles, workflow.Role(r))
	}
	if slices.Contains(tokenDays, f.Days) {
		wish.Days, _ = strconv.Atoi(f.Days) //nolint:errcheck // it is one of ours
	}
	secret, token, err := p.Deps.Tokens.Create(c.Context(), c.User.Actor(), wish)
	if err != nil {
		if f.Problems, err = c.Problems(err); err != nil {
			return err
		}
		return p.showAccount(c, http.StatusUnprocessableEntity, nil, f)
	}
	page := TokenPage{Page: c.Page("token.fresh"), Name: token.Name, Expires: c.Local(token.Expires).Format("2006-01-02"), Secret: secret}
	page.Crumbs = []templates.Crumb{{Label: c.Text("account.title"), Href: "/account"}}
	return c.Render(http.StatusOK, "desk/token.html", page)
}

// revokeToken ends a token; pressed twice it is ended once.
func (p *Pages) revokeToken(c *web.Context) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	token, err := p.Deps.Tokens.Revoke(c.Context(), c.User.Actor(), c.User.AccountID, id)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return err
	}
	if err == nil {
		c.Flash("good", "token.revoked", token.Name)
	}
	return c.Redirect("/account#tokens")
}
