package signin

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
)

func (p *Pages) rosterCounts(c *web.Context) ([]templates.Fact, error) {
	n, err := p.Roster.Counts(c.Context(), c.User.Actor())
	return []templates.Fact{
		{Label: c.Text("roster.students"), Value: strconv.Itoa(n.Students)},
		{Label: c.Text("roster.staff"), Value: strconv.Itoa(n.Staff)},
		{Label: c.Text("roster.left"), Value: strconv.Itoa(n.Left)},
	}, err
}

// importRoster puts a table in the place of the roster. The file itself is kept
// nowhere.
func (p *Pages) importRoster(c *web.Context) error {
	name, content := "", []byte(nil)
	rules := web.UploadRules{Files: 1, PerFile: access.MaxRoster, Total: access.MaxRoster, KeepMetadata: true}
	form, err := c.Upload(rules, func(_ context.Context, f web.File) error {
		b, err := io.ReadAll(f.Content)
		if err != nil {
			return fmt.Errorf("read roster: %w", err)
		}
		name, content = f.Name, b
		return nil
	})
	if err == nil && content == nil {
		err = workflow.Wrong("file", "invalid.required")
	}
	var n workflow.RosterCounts
	gone := 0
	if err == nil {
		n, gone, err = p.Roster.Import(c.Context(), c.User.Actor(), name, content, form.Has("sure"))
	}
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showList(c, status, wrong)
	}
	c.Flash("good", "roster.imported", strconv.Itoa(n.Students+n.Staff+n.Left), strconv.Itoa(gone))
	return c.Redirect("/admin/signin#roster")
}
