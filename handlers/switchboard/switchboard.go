// Package switchboard is the pages about the platforms people write through: how
// each does, how it is set up, and in a demonstration a simulator to write from.
package switchboard

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/channels"
)

// Line is one line of a simulated conversation.
type Line struct {
	Mine bool
	At   time.Time
	Text string
}

// Simulator plays the far ends of platforms.
type Simulator interface {
	Channels() []workflow.Channel
	Say(ctx context.Context, c workflow.Channel, person, text string) error
	Talk(c workflow.Channel, person string) []Line
	// Close lets the time in which the platform lets us reply to the person pass.
	Close(c workflow.Channel, person string) error
	// Window is what is left of that time, and of the replies in it.
	Window(c workflow.Channel, person string) (left time.Duration, messages int, limited bool)
	// Acts are what the person can do besides writing; Do does it.
	Acts(c workflow.Channel) []string
	Do(ctx context.Context, c workflow.Channel, person, act string) error
	// Told are the last notices about what the person wrote, newest first.
	Told(ctx context.Context, c workflow.Channel, person string) ([]Told, error)
	// Code is what a platform gives the browser of somebody it knows.
	Code(c workflow.Channel, person string) (string, error)
}

// Told is a notice and the steps on which it was tried.
type Told struct {
	Number string // of the case
	Notice workflow.Notice
	Tries  []workflow.NoticeTry
}

// Deps is what the pages work with. Simulator is nil outside of demonstrations.
type Deps struct {
	Board *channels.Board
	// Retry takes up what could not be made sense of.
	Retry func(ctx context.Context, by workflow.Actor, c workflow.Channel) (int, error)
	// Test sends a test message to somebody on the platform.
	Test      func(ctx context.Context, c workflow.Channel, to workflow.PlatformID) workflow.SendResult
	Simulator Simulator
	// Prove says whose account it is; the simulator's WeCom asks it.
	Prove func(ctx context.Context, e access.Entry) (workflow.Account, error)
}

// Pages are the pages.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{
	"admin/channels.html":  channelsPage{},
	"admin/channel.html":   channelPage{},
	"admin/simulator.html": simulatorPage{},
	"public/connect.html":  connectPage{},
}

var (
	watchers = web.Roles("admin", "clerk", "office_head")
	admins   = web.Roles("admin")
)

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	get := func(path string, who web.Audience, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: path, Who: who, Handler: h}
	}
	post := func(path string, who web.Audience, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodPost, Path: path, Who: who, Handler: h}
	}
	routes := []web.Route{
		get("/admin/channels", watchers, p.list),
		get("/admin/channels/:channel", watchers, p.show),
		post("/admin/channels/:channel", admins, p.save),
		post("/admin/channels/:channel/test", admins, p.test),
		post("/admin/channels/:channel/retry", watchers, p.retry),
	}
	if p.Simulator != nil {
		routes = append(routes,
			get("/admin/channels/simulator", web.Staff, p.simulator),
			post("/admin/channels/simulator/say", web.Staff, p.say),
			post("/admin/channels/simulator/close", web.Staff, p.closeWindow),
			post("/admin/channels/simulator/act", web.Staff, p.act))
		routes = append(routes, connectRoutes(p)...)
	}
	return routes
}

type channelsPage struct {
	templates.Page
	Table     templates.Table
	Simulator bool
}

func (p *Pages) list(c *web.Context) error {
	all, err := p.Board.List(c.Context(), c.User.Actor())
	if err != nil {
		return err
	}
	view := channelsPage{Page: c.Page("channel.title"), Simulator: p.Simulator != nil}
	view.Table = templates.Table{Caption: c.Text("channel.platforms"), Cards: true, Columns: []templates.Column{
		{Label: c.Text("channel.name")},
		{Label: c.Text("channel.state")},
		{Label: c.Text("channel.last_in")},
		{Label: c.Text("channel.last_out")},
		{Label: c.Text("channel.errors")},
		{Label: c.Text("channel.token")},
		{Label: c.Text("channel.reply")},
	}}
	for _, s := range all {
		w, err := p.watched(c, s)
		if err != nil {
			return err
		}
		badge := stateBadge(c, s.State)
		until, left := token(c, s)
		row := templates.Row{Href: "/admin/channels/" + string(s.Channel), Cells: []templates.Cell{
			{Text: c.Text("channel." + string(s.Channel))},
			{Badge: &badge, Hint: why(c, s)},
			{Text: moment(c, s.Health.LastIn)},
			{Text: moment(c, s.Health.LastOut)},
			wrong(c, w),
			{Text: until, Hint: left},
			{Text: window(c, s, w)},
		}}
		if !s.Enabled {
			row.Cells[4], row.Cells[5], row.Cells[6] = templates.Cell{Text: "—"}, templates.Cell{Text: "—"}, templates.Cell{Text: "—"}
		}
		if s.State == channels.Dead {
			row.Tone = "late"
		}
		view.Table.Rows = append(view.Table.Rows, row)
	}
	return c.Render(http.StatusOK, "admin/channels.html", view)
}

// wrong is how much went wrong today, and what most.
func wrong(c *web.Context, w channels.Watched) templates.Cell {
	out := templates.Cell{Text: strconv.Itoa(sum(w.Faults))}
	if len(w.Faults) > 0 {
		out.Hint = c.Text("channel.fault.of", c.Text(w.Faults[0].Kind), w.Faults[0].N)
	}
	if n := sum(w.Failed); n > 0 {
		out.Hint += " " + c.Text("channel.failed", n)
	}
	return out
}

var stateTones = map[channels.State]string{channels.Well: "good", channels.Ill: "soon", channels.Dead: "late", channels.Off: "quiet", channels.Fresh: "info"}

func stateBadge(c *web.Context, s channels.State) templates.Badge {
	return templates.Badge{Tone: stateTones[s], Label: c.Text("channel.state." + string(s))}
}

// why says what last went wrong, while it matters.
func why(c *web.Context, s channels.Shown) string {
	if s.Health.LastError == "" || s.State != channels.Ill && s.State != channels.Dead {
		return ""
	}
	return c.Text(s.Health.LastError)
}

func moment(c *web.Context, t time.Time) string {
	if t.IsZero() {
		return c.Text("channel.never")
	}
	return web.Moment(c, t)
}
