package switchboard

import (
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/delivery"
)

// windowOf is the time in which the platform of a channel lets us reply: that of
// the first rung of its ladder.
func windowOf(c workflow.Channel) channels.Window {
	if rungs := delivery.Ladders[c]; len(rungs) > 0 {
		return channels.Window{Lasts: rungs[0].Window, Most: rungs[0].Most}
	}
	return channels.Window{}
}

func (p *Pages) watched(c *web.Context, s channels.Shown) (channels.Watched, error) {
	return p.Board.Watched(c.Context(), c.User.Actor(), s.Channel, windowOf(s.Channel))
}

// window says to how many people we can reply now, and how long still.
func window(c *web.Context, s channels.Shown, w channels.Watched) string {
	switch {
	case windowOf(s.Channel).Lasts == 0:
		return c.Text("channel.open.always")
	case w.Windows.Open == 0:
		return c.Text("channel.open.none")
	}
	return c.Text("channel.open", w.Windows.Open, span(c, w.Left))
}

// span writes how long something lasts still, in hours and minutes.
func span(c *web.Context, d time.Duration) string {
	d = max(d, 0).Round(time.Minute)
	hours, minutes := int(d.Hours()), int(d.Minutes())%60
	switch {
	case hours == 0:
		return c.Text("channel.minutes", minutes)
	case minutes == 0:
		return c.Text("channel.full_hours", hours)
	}
	return c.Text("channel.hours", hours, minutes)
}

// token is until when the platform's token is good, and how long still.
func token(c *web.Context, s channels.Shown) (at, left string) {
	until := s.Health.TokenExpires
	switch {
	case until.IsZero():
		return "—", ""
	case until.Before(c.Now):
		return moment(c, until), c.Text("channel.token.over")
	}
	return moment(c, until), c.Text("channel.token.left", span(c, until.Sub(c.Now)))
}

// faults is a table of what went wrong, by kind.
func faults(c *web.Context, caption string, all []workflow.ChannelFault) templates.Table {
	t := templates.Table{Caption: c.Text(caption), Cards: true, Columns: []templates.Column{
		{Label: c.Text("channel.fault.kind")},
		{Label: c.Text("channel.fault.times"), Number: true},
		{Label: c.Text("channel.fault.last")},
	}}
	for _, f := range all {
		t.Rows = append(t.Rows, templates.Row{Cells: []templates.Cell{
			{Text: c.Text(f.Kind)}, {Text: strconv.Itoa(f.N)}, {Text: moment(c, f.Last)},
		}})
	}
	return t
}

func sum(all []workflow.ChannelFault) (n int) {
	for _, f := range all {
		n += f.N
	}
	return n
}
