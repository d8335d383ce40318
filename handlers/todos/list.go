package todos

import (
	"net/http"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/todo"
)

type todosPage struct {
	templates.Page
	Tabs, Views []templates.Tab
	Ready       bool   // there is a mapping
	May         bool   // make one
	Show        string // dead, late or shown
	Many        int    // that can be tried again together
	Items       []item
	More        string
}

// item is a to-do as it is listed.
type item struct {
	ID           int64
	Number, Href string
	What, Who    string
	Should       templates.Badge
	Reason       string
	At           time.Time
	Attempts     string
	Next         time.Time
}

func (p *Pages) list(c *web.Context) error {
	actor := c.User.Actor()
	counts, err := p.todos.Counts(c.Context(), actor)
	if err != nil {
		return err
	}
	s, err := p.board.Show(c.Context(), actor, workflow.OA)
	if err != nil {
		return err
	}
	before, err := cursor(c.Query("before"))
	if err != nil {
		return err
	}
	view := todosPage{
		Page: page(c, "todo.list"), Tabs: tabs(c, todosPath), Ready: s.Config["mapping"] != "", May: c.User.Is("admin"),
		Show: "dead", Many: counts.Dead,
	}
	from := p.todos.Dead
	switch c.Query("show") {
	case "late":
		view.Show, from = "late", p.todos.Late
	case "shown":
		view.Show, from = "shown", p.todos.Shown
	}
	view.Views = views(c, counts, view.Show)
	rows, next, err := from(c.Context(), actor, before)
	if err != nil {
		return err
	}
	for _, r := range rows {
		view.Items = append(view.Items, itemOf(c, r))
	}
	if next != 0 {
		view.More = c.With("before", strconv.FormatInt(next, 10))
	}
	return c.Render(http.StatusOK, "admin/todos.html", view)
}

func views(c *web.Context, n workflow.TodoCounts, show string) []templates.Tab {
	return []templates.Tab{
		{Label: c.Text("todo.dead"), Href: todosPath, Count: n.Dead, Current: show == "dead"},
		{Label: c.Text("todo.late"), Href: todosPath + "?show=late", Count: n.Waiting, Current: show == "late"},
		{Label: c.Text("todo.shown"), Href: todosPath + "?show=shown", Count: n.Open, Current: show == "shown"},
	}
}

// cursor reads where a page begins; "" is the first.
func cursor(v string) (int64, error) {
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n <= 0 {
		return 0, workflow.Wrong("before", "invalid.number")
	}
	return n, nil
}

var tones = map[workflow.TodoState]string{workflow.TodoOpen: "info", workflow.TodoDone: "good", workflow.TodoWithdrawn: "quiet"}

func itemOf(c *web.Context, r todo.Row) item {
	out := item{
		ID: r.ID, Number: r.Number, What: c.Text("todo." + string(r.Kind)), Who: r.Account,
		Should: templates.Badge{Tone: tones[r.State], Label: c.Text("todo.state." + string(r.State))},
		At:     c.Local(r.Opened),
	}
	if r.Attempt > 0 {
		out.Attempts = c.Plural("todo.attempts", r.Attempt)
	}
	if c.User.Actor().Office() {
		out.Href = web.CasePath(r.Number)
	}
	if r.Reason != "" {
		out.Reason = c.Text(r.Reason)
	}
	if r.Dead.IsZero() && r.Attempt > 0 {
		out.Next = c.Local(r.Next)
	}
	return out
}

// replay lets one be tried again, or all of them.
func (p *Pages) replay(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	id := int64(0)
	if f.Line("id") != "" {
		if id, err = f.Number("id"); err != nil {
			return err
		}
	}
	n, err := p.todos.Replay(c.Context(), c.User.Actor(), id)
	if err != nil && (id == 0 || workflow.KindOf(err) != workflow.NotFound) {
		return err
	}
	c.Flash("good", "todo.replayed", strconv.Itoa(n)) // one that somebody else was quicker with is tried, too
	return c.Redirect(todosPath)
}
