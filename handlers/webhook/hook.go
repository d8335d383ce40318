package webhook

import (
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/webhooks"
)

type hookPage struct {
	templates.Page
	Action  string
	Health  templates.Badge
	Facts   []templates.Fact
	Fields  []templates.Field
	Version int64
	Rotate  templates.Confirm
	Prior   string // until when the secret before signs
	Remove  templates.Confirm
	Tabs    []templates.Tab
	Table   templates.Table
	Pages   templates.Pagination
	Dead    int
}

func (p *Pages) chosen(c *web.Context) (webhooks.Shown, error) {
	id, err := c.ID("id")
	if err != nil {
		return webhooks.Shown{}, err
	}
	return p.hooks.Show(c.Context(), c.User.Actor(), id)
}

func (p *Pages) show(c *web.Context) error {
	s, err := p.chosen(c)
	if err != nil {
		return err
	}
	return p.render(c, http.StatusOK, s, webhooks.Wish{Name: s.Name, URL: s.URL, Events: s.Events, Enabled: s.Enabled, Version: s.Version}, nil)
}

func (p *Pages) render(c *web.Context, status int, s webhooks.Shown, w webhooks.Wish, wrong []templates.Problem) error {
	page := hookPage{
		Page: c.Page("webhook.one"), Action: path(s.ID), Health: health(c, s), Facts: facts(c, s), Fields: fields(c, w, wrong),
		Version: w.Version, Dead: s.Count[workflow.DispatchDead],
	}
	page.Title, page.Crumbs, page.Problems = s.Name, crumbs(c), wrong
	hidden := []templates.Hidden{{Name: web.TokenField, Value: c.FormToken()}, {Name: "version", Value: decimal(s.Version)}}
	page.Rotate = templates.Confirm{
		Label: c.Text("webhook.rotate"), Question: c.Text("webhook.rotate.ask"), Yes: c.Text("webhook.rotate.yes"), Action: path(s.ID) + "/rotate", Fields: hidden,
	}
	page.Remove = templates.Confirm{
		Label: c.Text("webhook.remove"), Question: c.Text("webhook.remove.ask", s.Name), Yes: c.Text("webhook.remove.yes"),
		Action: path(s.ID) + "/remove", Fields: hidden, Tone: "danger",
	}
	if s.PriorID != "" {
		page.Prior = c.Text("webhook.prior", s.PriorID, moment(c, s.PriorUntil))
	}
	if err := p.told(c, s, &page); err != nil {
		return err
	}
	return c.Render(status, "admin/webhook.html", page)
}

func facts(c *web.Context, s webhooks.Shown) []templates.Fact {
	h := s.Health
	out := []templates.Fact{
		{Label: c.Text("webhook.key"), Value: s.KeyID},
		{Label: c.Text("webhook.last_ok"), Value: moment(c, h.LastOK)},
	}
	if h.LastError != "" {
		out = append(out, templates.Fact{Label: c.Text("webhook.last_error"), Value: reason(c, h.LastError, h.LastStatus)})
	}
	if !h.FailingSince.IsZero() {
		out = append(out, templates.Fact{Label: c.Text("webhook.failing_since"), Value: moment(c, h.FailingSince)})
	}
	if !h.GivenUp.IsZero() {
		out = append(out, templates.Fact{Label: c.Text("webhook.given_up"), Value: moment(c, h.GivenUp)})
	}
	return out
}

// reason is why something did not arrive.
func reason(c *web.Context, key string, status int) string {
	if key == "" {
		return ""
	}
	if status != 0 {
		return c.Text(key) + " (HTTP " + strconv.Itoa(status) + ")"
	}
	return c.Text(key)
}

const toldAtOnce = 25

var stateTones = map[workflow.DispatchState]string{
	workflow.DispatchWaiting: "info", workflow.DispatchSent: "good", workflow.DispatchDead: "late", workflow.DispatchWithheld: "sealed",
}

// told lists what the webhook was told.
func (p *Pages) told(c *web.Context, s webhooks.Shown, page *hookPage) error {
	q := workflow.DispatchQuery{Webhook: s.ID, State: workflow.DispatchState(c.Query("state")), Limit: toldAtOnce + 1}
	if before := c.Query("before"); before != "" {
		var err error
		if q.Before, err = strconv.ParseInt(before, 10, 64); err != nil || q.Before < 1 {
			return workflow.Wrong("before", "request.cursor")
		}
	}
	all, err := p.hooks.Dispatches(c.Context(), c.User.Actor(), q)
	if err != nil {
		return err
	}
	if len(all) > toldAtOnce {
		all = all[:toldAtOnce]
		page.Pages.Next = c.With("before", decimal(all[toldAtOnce-1].ID))
	}
	if q.Before != 0 {
		page.Pages.Prev = c.With("before", "")
	}
	total := 0
	for _, n := range s.Count {
		total += n
	}
	page.Pages.Words = c.Text("webhook.count", templates.Number(total))
	page.Tabs = []templates.Tab{{Label: c.Text("webhook.state.all"), Href: path(s.ID), Current: q.State == ""}}
	for _, state := range []workflow.DispatchState{workflow.DispatchWaiting, workflow.DispatchSent, workflow.DispatchDead, workflow.DispatchWithheld} {
		page.Tabs = append(page.Tabs, templates.Tab{
			Label: c.Text("webhook.state." + string(state)), Href: path(s.ID) + "?state=" + string(state), Count: s.Count[state], Current: q.State == state,
		})
	}
	page.Table = toldTable(c, all)
	return nil
}

func toldTable(c *web.Context, all []workflow.Dispatch) templates.Table {
	out := templates.Table{Caption: c.Text("webhook.told"), Cards: true, Columns: []templates.Column{
		{Label: c.Text("webhook.id"), Number: true},
		{Label: c.Text("webhook.event")},
		{Label: c.Text("webhook.case")},
		{Label: c.Text("webhook.state")},
		{Label: c.Text("webhook.attempts"), Number: true},
		{Label: c.Text("webhook.when")},
	}, Empty: &templates.Empty{Icon: "send", Title: c.Text("webhook.told.none"), Text: c.Text("webhook.told.none.text")}}
	for _, d := range all {
		when := d.Ended
		if when.IsZero() {
			when = d.Next
		}
		out.Rows = append(out.Rows, templates.Row{Cells: []templates.Cell{
			{Text: decimal(d.ID)},
			{Text: c.Text("webhook.event." + string(d.Kind)), Hint: string(d.Kind)},
			{Text: d.Number},
			{Badge: &templates.Badge{Tone: stateTones[d.State], Label: c.Text("webhook.state." + string(d.State))}, Hint: reason(c, d.Error, d.Status)},
			{Text: strconv.Itoa(d.Attempts)},
			{Text: moment(c, when)},
		}})
	}
	return out
}
