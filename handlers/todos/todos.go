// Package todos is the pages about the college's office system beside its
// settings: how it hands letters to us, in which words it is told of to-dos of
// staff, and what it could not be told.
package todos

import (
	"context"
	"embed"
	"net/http"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/todo"
)

//go:embed preset/*.json
var presets embed.FS

// Presets are the systems there is a mapping for, in the order forms show them.
var Presets = []string{"weaver", "seeyon", "landray", "generic"}

// Preset is the mapping for a system, or "".
func Preset(name string) string {
	b, err := presets.ReadFile("preset/" + name + ".json")
	if err != nil {
		return ""
	}
	return string(b)
}

// Board sets the channel up; channels.Board implements it.
type Board interface {
	Show(ctx context.Context, by workflow.Actor, channel workflow.Channel) (channels.Shown, error)
	Save(ctx context.Context, by workflow.Actor, channel workflow.Channel, ch channels.Change) error
}

// Pages are the pages.
type Pages struct {
	board Board
	todos *todo.Todos
}

// New returns the pages.
func New(board Board, todos *todo.Todos) *Pages { return &Pages{board, todos} }

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{
	"admin/todos.html":   todosPage{},
	"admin/mapping.html": mappingPage{},
	"admin/oa.html":      interfacePage{},
}

const (
	settingsPath = "/admin/channels/oa"
	mappingPath  = "/admin/channels/oa/mapping"
	todosPath    = "/admin/channels/oa/todos"

	interfacePath = "/admin/channels/oa/interface"
)

// Routes is the table of contents.
func (p *Pages) Routes() []web.Route {
	watchers, admins := web.Roles("admin", "clerk", "office_head"), web.Roles("admin")
	return []web.Route{
		{Method: http.MethodGet, Path: todosPath, Who: watchers, Handler: p.list},
		{Method: http.MethodPost, Path: todosPath + "/replay", Who: watchers, Handler: p.replay},
		{Method: http.MethodGet, Path: mappingPath, Who: admins, Handler: p.mapping},
		{Method: http.MethodGet, Path: mappingPath + "/file", Who: admins, Handler: p.file},
		{Method: http.MethodPost, Path: mappingPath, Who: admins, Handler: p.change},
		{Method: http.MethodGet, Path: interfacePath, Who: admins, Handler: p.explain},
	}
}

// tabs lead from one page about the office system to the others.
func tabs(c *web.Context, here string) []templates.Tab {
	all := []templates.Tab{{Label: c.Text("todo.tab.settings"), Href: settingsPath}}
	if c.User.Is("admin") {
		all = append(all, templates.Tab{Label: c.Text("todo.tab.interface"), Href: interfacePath, Current: here == interfacePath},
			templates.Tab{Label: c.Text("todo.tab.mapping"), Href: mappingPath, Current: here == mappingPath})
	}
	return append(all, templates.Tab{Label: c.Text("todo.tab.todos"), Href: todosPath, Current: here == todosPath})
}

// page is a page below that of the channel.
func page(c *web.Context, title string) templates.Page {
	out := c.Page(title)
	out.Crumbs = append(out.Crumbs, templates.Crumb{Label: c.Text("channel.title"), Href: "/admin/channels"},
		templates.Crumb{Label: c.Text("channel.oa"), Href: settingsPath})
	return out
}

// file gives the mapping as a file, to keep or to hand on.
func (p *Pages) file(c *web.Context) error {
	s, err := p.board.Show(c.Context(), c.User.Actor(), workflow.OA)
	if err != nil {
		return err
	}
	text := s.Config["mapping"]
	if text == "" {
		return workflow.Absent()
	}
	return c.Download("oa-mapping.json", "application/json", int64(len(text)), strings.NewReader(text))
}
