package desk

import (
	"fmt"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// Publication is what the office sees of a case's way to the public (选登).
type Publication struct {
	Badge templates.Badge
	Href  string // of the public version; "" when there is none
	Begin bool   // it may be begun
	Why   string // why not
}

// publication is nil for whoever does not select answers, and of a case that is
// not answered yet.
func (p *Pages) publication(c *web.Context, k workflow.Case) (*Publication, error) {
	if !actor(c).Office() || k.Answered.IsZero() {
		return nil, nil //nolint:nilnil // there is nothing to show
	}
	pub, there, rule, err := p.selected.Of(c.Context(), actor(c), k)
	if err != nil {
		return nil, err
	}
	out := &Publication{}
	if there {
		out.Href = fmt.Sprintf("/office/publications/%d", pub.ID)
		out.Badge = templates.Badge{Tone: "info", Label: c.Text("publication.state." + string(pub.State))}
	}
	out.Begin = rule.Why == "" && (!there || pub.State == workflow.PublicationWithdrawn)
	if rule.Why != "" {
		out.Why = c.Text(rule.Why)
	}
	return out, nil
}
