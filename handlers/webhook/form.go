package webhook

import (
	"net/http"
	"slices"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/webhooks"
)

// fields are the form of a webhook as it is wished.
func fields(c *web.Context, w webhooks.Wish, wrong []templates.Problem) []templates.Field {
	out := []templates.Field{
		{Kind: "text", Name: "name", Label: c.Text("webhook.name"), Hint: c.Text("webhook.name.hint"), Value: w.Name, Required: true, Limit: webhooks.MaxName, Complete: "off"},
		{Kind: "text", Name: "url", Label: c.Text("webhook.url"), Hint: c.Text("webhook.url.hint"), Value: w.URL, Required: true, Complete: "off", Prompt: "https://hooks.example.edu.cn/mailbox"},
	}
	events := templates.Field{Kind: "checks", Name: "events", Label: c.Text("webhook.events"), Hint: c.Text("webhook.events.hint")}
	for _, e := range workflow.HookEvents {
		events.Options = append(events.Options, templates.Choice{
			Value: string(e), Label: c.Text("webhook.event." + string(e)), Hint: string(e), Chosen: slices.Contains(w.Events, e),
		})
	}
	enabled := templates.Field{
		Kind: "tick", Name: "enabled", Label: c.Text("webhook.enabled"), Hint: c.Text("webhook.enabled.hint"), Value: "yes",
		Options: []templates.Choice{{Value: "yes", Chosen: w.Enabled}},
	}
	out = append(out, events, enabled)
	for i := range out {
		for _, problem := range wrong {
			if problem.Field == out[i].Name {
				out[i].Error = problem.Text
			}
		}
	}
	return out
}

// wished reads the form.
func wished(c *web.Context) (webhooks.Wish, error) {
	f, err := c.Form()
	if err != nil {
		return webhooks.Wish{}, err
	}
	w := webhooks.Wish{Name: f.Line("name"), URL: f.Line("url"), Enabled: f.Has("enabled")}
	for _, e := range f.All("events") {
		w.Events = append(w.Events, workflow.HookEvent(e))
	}
	w.Version, err = f.Number("version")
	return w, err
}

type newPage struct {
	templates.Page
	Fields []templates.Field
}

func (p *Pages) fresh(c *web.Context) error {
	return showNew(c, http.StatusOK, webhooks.Wish{Enabled: true}, nil)
}

func showNew(c *web.Context, status int, w webhooks.Wish, wrong []templates.Problem) error {
	page := newPage{Page: c.Page("webhook.new"), Fields: fields(c, w, wrong)}
	page.Problems, page.Crumbs = wrong, crumbs(c)
	return c.Render(status, "admin/webhook_new.html", page)
}

func (p *Pages) create(c *web.Context) error {
	w, err := wished(c)
	if err != nil {
		return err
	}
	secret, made, err := p.hooks.Create(c.Context(), c.User.Actor(), w)
	if err != nil {
		wrong, err := c.Problems(err)
		if err != nil {
			return err
		}
		return showNew(c, http.StatusUnprocessableEntity, w, wrong)
	}
	return p.showSecret(c, made.ID, secret)
}
