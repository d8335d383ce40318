package switchboard

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

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
	Rule, Window    string // of the platform; what is left of it for this person
	Open            bool   // there is some of it left
	Acts            []templates.Button
	Told            []told
}

// told is a notice and its way, as the page shows it.
type told struct {
	Words, Href string
	Steps       []templates.Fact
}

// spoken is a line of the conversation as the page shows it.
type spoken struct {
	Mine     bool
	At, Text string
	Href     string // where the line leads, when it is a link of ours
}

// people are who one can be: their ids on a platform are invented. In WeCom there
// are members of staff too, under their user names.
var (
	people = []string{"demo-student-a", "demo-student-b", "demo-parent-c"}
	staff  = []string{"clerk", "logistics-clerk", "logistics-head"}
)

func peopleOf(channel workflow.Channel) []string {
	if channel == workflow.WeCom {
		return slices.Concat(people, staff)
	}
	return people
}

// there is the person, or somebody else where the channel does not know them.
func there(channel workflow.Channel, person string) string {
	if all := peopleOf(channel); !slices.Contains(all, person) {
		return all[0]
	}
	return person
}

// chosen is the channel and the person of a request.
func (p *Pages) chosen(channel, person string) (workflow.Channel, string, error) {
	all := p.Simulator.Channels()
	if channel == "" && len(all) > 0 {
		channel = string(all[0])
	}
	if person == "" {
		person = people[0]
	}
	if !slices.Contains(all, workflow.Channel(channel)) || !slices.Contains(peopleOf(workflow.Channel(channel)), person) {
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
	notices, err := p.Simulator.Told(c.Context(), channel, person)
	if err != nil {
		return err
	}
	view := simulatorPage{
		Page: c.Page("simulator.title"), Channel: string(channel), Person: person, Refresh: address(channel, person),
		Rule: c.Text("channel.window." + string(channel)), Told: ladders(c, notices),
	}
	view.Window, view.Open = p.left(c, channel, person)
	for _, a := range p.Simulator.Acts(channel) {
		view.Acts = append(view.Acts, templates.Button{Tone: "quiet", Label: c.Text(acts[a].label), Name: "act", Value: a})
	}
	view.Crumbs = append(view.Crumbs, templates.Crumb{Label: c.Text("channel.title"), Href: "/admin/channels"})
	view.Problems = wrong
	for _, one := range p.Simulator.Channels() {
		view.Tabs = append(view.Tabs, templates.Tab{Label: c.Text("channel." + string(one)), Href: address(one, there(one, person)), Current: one == channel})
	}
	for _, one := range peopleOf(channel) {
		view.People = append(view.People, templates.Tab{Label: c.Text("simulator.person." + one), Href: address(channel, one), Current: one == person})
	}
	for _, l := range p.Simulator.Talk(channel, person) {
		view.Talk = append(view.Talk, spokenOf(c, l))
	}
	return c.Render(status, "admin/simulator.html", view)
}

// left says how long we can still reply to the person.
func (p *Pages) left(c *web.Context, channel workflow.Channel, person string) (words string, open bool) {
	left, messages, limited := p.Simulator.Window(channel, person)
	switch {
	case !limited:
		return c.Text("simulator.window.always"), false
	case left <= 0 || messages == 0:
		return c.Text("simulator.window.over"), false
	}
	return c.Text("simulator.window.open", span(c, left), messages), true
}

// ladders shows of each notice the steps that were tried, in order.
func ladders(c *web.Context, notices []Told) []told {
	var out []told
	for _, n := range notices {
		one := told{Words: n.Number + " " + c.Text("notice."+string(n.Notice.Kind)), Href: "/desk/cases/" + n.Number}
		for _, t := range n.Tries {
			how := c.Text("ladder.outcome." + string(t.Outcome))
			if t.Reason != "" {
				how = c.Text("ladder.because", how, c.Text(t.Reason))
			}
			one.Steps = append(one.Steps, templates.Fact{Label: c.Text("ladder.step." + string(t.Step)), Value: how})
		}
		out = append(out, one)
	}
	return out
}

// spokenOf makes the address of ours at the end of a line a link.
func spokenOf(c *web.Context, l Line) spoken {
	out := spoken{Mine: l.Mine, At: c.Local(l.At).Format("15:04:05"), Text: l.Text}
	words, last, ok := cutLast(l.Text)
	if path, ours := strings.CutPrefix(last, c.URL("/")); ok && ours && !l.Mine {
		out.Text, out.Href = words, web.LocalPath("/"+path)
	}
	return out
}

// cutLast cuts a text before its last line.
func cutLast(s string) (before, last string, ok bool) {
	i := strings.LastIndexByte(s, '\n')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
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

// acts are the words for what a person can do, and for when it is done.
var acts = map[string]struct{ label, done string }{
	"unfollow": {"simulator.unfollow", "simulator.left"},
	"grant":    {"simulator.grant", "simulator.granted"},
}

func (p *Pages) act(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	channel, person, err := p.chosen(f.Line("channel"), f.Line("person"))
	if err != nil {
		return err
	}
	act := f.Line("act")
	if !slices.Contains(p.Simulator.Acts(channel), act) {
		return workflow.Absent()
	}
	if err := p.Simulator.Do(c.Context(), channel, person, act); err != nil {
		return err
	}
	c.Flash("good", acts[act].done)
	return c.Redirect(address(channel, person))
}
