package disclosure

import (
	"net/http"
	"net/url"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

type overviewPage struct {
	templates.Page
	Places   []templates.Tab
	Year     string
	Stats    []templates.Stat
	Waiting  []templates.Stat
	Late     []lateDuty
	None     templates.Empty
	MayWrite bool
	Imports  templates.Button // to those that wait for their second person
}

type lateDuty struct{ Title, Href, Due, Who string }

// overview shows what was published this year, what waits and what is late.
func (p *Pages) overview(c *web.Context) error {
	by := c.User.Actor()
	o, err := p.Ledger.Overview(c.Context(), by)
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	view := overviewPage{
		Page: c.Page("ledger.title"), Places: places(c, ""), Year: o.From[:4],
		MayWrite: by.Office() || by.Is(workflow.DeptClerk, workflow.DeptHead),
		None:     templates.Empty{Icon: "file", Title: c.Text("ledger.none"), Text: c.Text("ledger.none.text")},
		Stats:    channelStats(c, o), Waiting: waitingStats(c, by, o),
	}
	for _, d := range o.Late {
		view.Late = append(view.Late, lateDuty{
			Title: strconv.Itoa(d.No) + " " + d.Title, Href: "/disclosure/duties/" + decimal(d.ID),
			Due: dayWords(c, d.Due), Who: n.department(c, d.Department),
		})
	}
	if o.Imports > 0 && mayImport(c) {
		view.Imports = templates.Button{Label: c.Plural("ledger.imports_wait", o.Imports), Href: "/disclosure/imports", Icon: "upload"}
	}
	return c.Render(http.StatusOK, "disclosure/overview.html", view)
}

// channelStats are the figures of the year; each leads to the items behind it.
func channelStats(c *web.Context, o ledger.Overview) []templates.Stat {
	out := []templates.Stat{{
		Label: c.Text("ledger.columns_now"), Value: strconv.Itoa(o.Columns), Unit: c.Text("ledger.columns_top", o.Top), Href: "/disclosure/columns",
		Formula: c.Text("ledger.columns_formula"),
	}}
	for _, ch := range o.Channels {
		q := url.Values{"channel": {string(ch.Channel)}, "from": {o.From}, "state": {string(workflow.ItemPublished)}}
		serial := ""
		if ch.Last > 0 {
			serial = c.Text("ledger.last_serial", ch.Last)
		}
		out = append(out, templates.Stat{
			Before: serial, Label: c.Text("item.channel." + string(ch.Channel)), Value: templates.Number(ch.N), Unit: c.Text("item.unit." + unitOf(ch.Channel)),
			Href: "/disclosure/items?" + q.Encode(), Formula: c.Text("ledger.channel_formula", o.From[:4]),
		})
	}
	return out
}

// unitOf is what a channel's items are counted in: minutes by meetings.
func unitOf(ch workflow.ItemChannel) string {
	if ch == workflow.InMinutes || ch == workflow.AtMeeting {
		return "times"
	}
	return "items"
}

func waitingStats(c *web.Context, by workflow.Actor, o ledger.Overview) []templates.Stat {
	var out []templates.Stat
	for _, w := range o.Waiting {
		q := url.Values{"state": {string(w.State)}}
		if !by.Office() && !by.Is(workflow.Leader, workflow.Principal) {
			q.Set("department", decimal(by.Department))
		}
		out = append(out, templates.Stat{
			Label: c.Text("item.state." + string(w.State)), Value: strconv.Itoa(w.N), Href: "/disclosure/items?" + q.Encode(),
			Before: c.Text("ledger.waits." + string(w.State)),
		})
	}
	return out
}
