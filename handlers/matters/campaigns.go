package matters

import (
	"net/http"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/matters"
)

type campaignsPage struct {
	templates.Page
	Add   *templates.Button
	Table templates.Table
}

// campaigns lists all campaigns with what they have come to.
func (p *Pages) campaigns(c *web.Context) error {
	all, err := p.Matters.Campaigns(c.Context(), actor(c))
	if err != nil {
		return err
	}
	page := campaignsPage{Page: c.Page("campaigns.title")}
	empty := templates.Empty{Icon: "star", Title: c.Text("campaigns.none"), Text: c.Text("campaigns.none.text")}
	if keeps(c) {
		page.Add = &templates.Button{Tone: "primary", Icon: "plus", Label: c.Text("campaigns.add"), Href: "/office/campaigns/new"}
		empty.Act = page.Add
	}
	page.Table = templates.Table{
		Caption: c.Text("campaigns.title"), Cards: true, Empty: &empty,
		Columns: []templates.Column{
			{Label: c.Text("campaigns.name")},
			{Label: c.Text("campaigns.days")},
			{Label: c.Text("campaigns.closed"), Number: true},
			{Label: c.Text("campaigns.proposed"), Number: true},
		},
	}
	for _, k := range all {
		t, err := p.Matters.Tally(c.Context(), actor(c), k)
		if err != nil {
			return err
		}
		page.Table.Rows = append(page.Table.Rows, templates.Row{Href: "/office/campaigns/" + id(k.ID), Cells: []templates.Cell{
			{Text: k.Name},
			{Text: c.Text("campaigns.days.span", k.From, k.To)},
			{Text: templates.Number(t.Closed.N), Href: link(t.Closed)},
			{Text: templates.Number(t.Proposed.N), Href: link(t.Proposed)},
		}})
	}
	return c.Render(http.StatusOK, "matters/campaigns.html", page)
}

type campaignPage struct {
	templates.Page
	ID       int64
	Version  int64
	Keeps    bool
	Open     bool // the form is open
	Fields   []templates.Field
	Action   string
	Span     string
	Rule     string
	Closed   templates.Stat
	Latest   templates.Table
	MoreCase templates.Button
	Proposed []proposal
	MoreProp string
}

// proposal is a case that a department wishes counted.
type proposal struct{ Number, Subject, Who, Href string }

// shown is how many cases of a campaign its own page lists.
const shown = 10

func (p *Pages) newCampaign(c *web.Context) error {
	year := c.Now.Format("2006")
	return p.showCampaign(c, http.StatusOK, workflow.Campaign{From: year + "-01-01", To: year + "-12-31"}, nil)
}

func (p *Pages) campaign(c *web.Context) error {
	k, err := p.knownCampaign(c)
	if err != nil {
		return err
	}
	return p.showCampaign(c, http.StatusOK, k, nil)
}

func (p *Pages) knownCampaign(c *web.Context) (workflow.Campaign, error) {
	n, err := c.ID("id")
	if err != nil {
		return workflow.Campaign{}, err
	}
	return p.Matters.Campaign(c.Context(), actor(c), n)
}

func (p *Pages) showCampaign(c *web.Context, status int, k workflow.Campaign, problems []templates.Problem) error {
	title := k.Name
	if k.ID == 0 {
		title = "campaigns.add"
	}
	page := campaignPage{Page: c.Page(title), ID: k.ID, Version: k.Version, Keeps: keeps(c), Open: k.ID == 0 || len(problems) > 0, Action: "/office/campaigns"}
	page.Crumbs = []templates.Crumb{{Label: c.Text("campaigns.title"), Href: "/office/campaigns"}}
	page.Problems, page.Fields = problems, campaignFields(c, k, problems)
	if k.ID == 0 {
		return c.Render(status, "matters/campaign.html", page)
	}
	page.Action += "/" + id(k.ID)
	page.Span = c.Text("campaigns.days.span", k.From, k.To)
	if page.Rule = k.Rule; k.Rule == "" {
		page.Rule = c.Text("campaigns.rule.usual")
	}
	if stored, err := p.Matters.Campaign(c.Context(), actor(c), k.ID); err != nil {
		return err
	} else if err := p.fillCampaign(c, &page, stored); err != nil {
		return err
	}
	return c.Render(status, "matters/campaign.html", page)
}

func campaignFields(c *web.Context, k workflow.Campaign, problems []templates.Problem) []templates.Field {
	fields := []templates.Field{
		{Kind: "text", Name: "name", Value: k.Name, Label: c.Text("campaigns.name"), Required: true, Limit: 60},
		{Kind: "date", Name: "from", Value: k.From, Label: c.Text("campaigns.from"), Required: true, Narrow: true},
		{Kind: "date", Name: "to", Value: k.To, Label: c.Text("campaigns.to"), Required: true, Narrow: true},
		{Kind: "textarea", Name: "rule", Value: k.Rule, Label: c.Text("campaigns.rule"), Hint: c.Text("campaigns.rule.hint"), Optional: true, Rows: 3, Prompt: c.Text("campaigns.rule.usual")},
	}
	wrongField(fields, problems)
	return fields
}

// fillCampaign shows what the campaign has come to and what waits for a word.
func (p *Pages) fillCampaign(c *web.Context, page *campaignPage, k workflow.Campaign) error {
	t, err := p.Matters.Tally(c.Context(), actor(c), k)
	if err != nil {
		return err
	}
	page.Closed = templates.Stat{Label: c.Text("campaigns.closed"), Value: templates.Number(t.Closed.N), Href: link(t.Closed)}
	if err := p.listCounted(c, page, t); err != nil {
		return err
	}
	q := t.Proposed.Behind
	q.Limit = shown
	list, err := p.Cases.List(c.Context(), actor(c), q)
	if err != nil {
		return err
	}
	for _, r := range list.Rows {
		page.Proposed = append(page.Proposed, proposal{r.Number, r.Subject, c.Name(r.DepartmentZH, r.DepartmentEN), web.CasePath(r.Number)})
	}
	if t.Proposed.N > shown {
		page.MoreProp = link(t.Proposed)
	}
	return nil
}

func (p *Pages) listCounted(c *web.Context, page *campaignPage, t matters.Tally) error {
	q := t.Closed.Behind
	q.Limit = shown
	list, err := p.Cases.List(c.Context(), actor(c), q)
	if err != nil {
		return err
	}
	page.Latest = templates.Table{
		Caption: c.Text("campaigns.latest"), Cards: true,
		Columns: []templates.Column{{Label: c.Text("office.column.subject")}, {Label: c.Text("office.column.department")}, {Label: c.Text("office.column.received")}},
		Empty:   &templates.Empty{Icon: "check", Title: c.Text("campaigns.latest.none"), Text: c.Text("campaigns.rule.usual")},
	}
	for _, r := range list.Rows {
		page.Latest.Rows = append(page.Latest.Rows, templates.Row{Href: web.CasePath(r.Number), Cells: []templates.Cell{
			{Text: r.Subject, Hint: r.Number}, {Text: c.Name(r.DepartmentZH, r.DepartmentEN)}, {Text: web.Short(c, r.Received)},
		}})
	}
	if t.Closed.N > shown {
		page.MoreCase = templates.Button{Small: true, Label: c.Text("campaigns.more", templates.Number(t.Closed.N)), Href: link(t.Closed)}
	}
	return nil
}

// saveCampaign adds a campaign, or changes one.
func (p *Pages) saveCampaign(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	k := workflow.Campaign{Name: f.Line("name"), From: f.Line("from"), To: f.Line("to"), Rule: strings.TrimSpace(f.Prose("rule"))}
	if c.Param("id") != "" {
		known, err := p.knownCampaign(c)
		if err != nil {
			return err
		}
		k.ID = known.ID
		if k.Version, err = f.Number("version"); err != nil {
			return err
		}
	}
	saved, err := p.Matters.SaveCampaign(c.Context(), actor(c), k)
	problems, err := changed(c, err)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showCampaign(c, http.StatusUnprocessableEntity, k, web.InOrder(problems, "name", "from", "to", "rule"))
	}
	c.Flash("good", "campaigns.saved", saved.Name)
	return c.Redirect("/office/campaigns/" + id(saved.ID))
}

// changed turns what a person can mend, also that somebody else was quicker,
// into words.
func changed(c *web.Context, err error) ([]templates.Problem, error) {
	if err != nil && workflow.KindOf(err) == workflow.Conflict {
		return []templates.Problem{{Text: c.Text("appraisal.changed")}}, nil
	}
	return c.Problems(err)
}

// decideProposal counts a case that a department has proposed, or leaves it out.
func (p *Pages) decideProposal(c *web.Context) error {
	k, err := p.knownCampaign(c)
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	found, err := p.Cases.Find(c.Context(), actor(c), strings.ToUpper(f.Line("number")))
	if err != nil {
		return err
	}
	to, words := k.ID, "campaigns.counted"
	if f.Line("count") != "yes" {
		to, words = found.Campaign, "campaigns.left"
	}
	if found.Proposed == k.ID { // else somebody has decided: a second click
		if _, err := p.Cases.Tag(c.Context(), actor(c), found.ID, to, 0); err != nil {
			return err
		}
	}
	c.Flash("good", words, found.Number)
	return c.Redirect("/office/campaigns/" + id(k.ID))
}
