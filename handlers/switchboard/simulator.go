package switchboard

import (
	"net/http"
	"net/url"
	"slices"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

type simulatorPage struct {
	templates.Page
	Channel, Person string
	Tabs            []templates.Tab
	People          []templates.Tab
	Talk            []spoken
	Refresh         string
	Window          string
}

// spoken is a line of the conversation as the page shows it.
type spoken struct {
	Mine     bool
	At, Text string
}

// people are who one can be: their ids on a platform are invented.
var people = []string{"demo-student-a", "demo-student-b", "demo-parent-c"}

// chosen is the channel and the person of a request.
func (p *Pages) chosen(channel, person string) (workflow.Channel, string, error) {
	all := p.Simulator.Channels()
	if channel == "" && len(all) > 0 {
		channel = string(all[0])
	}
	if person == "" {
		person = people[0]
	}
	if !slices.Contains(all, workflow.Channel(channel)) || !slices.Contains(people, person) {
		return "", "", workflow.Absent()
	}
	return workflow.Channel(channel), person, nil
}

func address(channel workflow.Channel, person string) string {
	return "/admin/channels/simulator?" + url.Values{"channel": {string(channel)}, "person": {person}}.Encode()
}

func (p *Pages) simulator(c *web.Context) error {
	channel, person, err := p.chosen(c.Query("channel"), c.Query("person"))
	if err != nil {
		return err
	}
	return p.showTalk(c, http.StatusOK, channel, person, nil)
}

func (p *Pages) showTalk(c *web.Context, status int, channel workflow.Channel, person string, wrong []templates.Problem) error {
	view := simulatorPage{Page: c.Page("simulator.title"), Channel: string(channel), Person: person, Refresh: address(channel, person), Window: c.Text("channel.window." + string(channel))}
	view.Crumbs = append(view.Crumbs, templates.Crumb{Label: c.Text("channel.title"), Href: "/admin/channels"})
	view.Problems = wrong
	for _, one := range p.Simulator.Channels() {
		view.Tabs = append(view.Tabs, templates.Tab{Label: c.Text("channel." + string(one)), Href: address(one, person), Current: one == channel})
	}
	for _, one := range people {
		view.People = append(view.People, templates.Tab{Label: c.Text("simulator.person." + one), Href: address(channel, one), Current: one == person})
	}
	for _, l := range p.Simulator.Talk(channel, person) {
		view.Talk = append(view.Talk, spoken{l.Mine, c.Local(l.At).Format("15:04:05"), l.Text})
	}
	return c.Render(status, "admin/simulator.html", view)
}

func (p *Pages) say(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	channel, person, err := p.chosen(f.Line("channel"), f.Line("person"))
	if err != nil {
		return err
	}
	text := f.Prose("text")
	if text == "" {
		return p.showTalk(c, http.StatusUnprocessableEntity, channel, person, []templates.Problem{{Field: "text", Text: c.Text("invalid.required")}})
	}
	if err := p.Simulator.Say(c.Context(), channel, person, text); err != nil {
		return err
	}
	return c.Redirect(address(channel, person))
}

func (p *Pages) closeWindow(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	channel, person, err := p.chosen(f.Line("channel"), f.Line("person"))
	if err != nil {
		return err
	}
	if err := p.Simulator.Close(channel, person); err != nil {
		return err
	}
	c.Flash("good", "simulator.closed")
	return c.Redirect(address(channel, person))
}
