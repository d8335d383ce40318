package web

import (
	"strings"

	"mailbox/templates"
	"mailbox/workflow"
)

// TokensOf are API tokens in the reader's words; action is where one is ended.
func TokensOf(c *Context, all []workflow.Token, action func(workflow.Token) string) templates.Tokens {
	out := templates.Tokens{Fields: c.Hidden()}
	for _, t := range all {
		row := templates.Token{
			Name: t.Name, Scope: c.Text("token.scope.read"), Expires: c.Local(t.Expires).Format("2006-01-02"), Used: t.Used,
			Expired: !t.Alive(c.Now), Action: action(t),
		}
		if t.Write {
			row.Scope = c.Text("token.scope.write")
		}
		var roles []string
		for _, r := range t.Roles {
			roles = append(roles, c.Text("role."+string(r)))
		}
		row.Roles = strings.Join(roles, " · ")
		out.Rows = append(out.Rows, row)
	}
	return out
}
