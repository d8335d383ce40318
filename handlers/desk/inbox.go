package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

// InboxPage is the data of desk/inbox.html: the list, and room for a case.
type InboxPage struct {
	templates.Page
	List List
}

// List is the middle zone of a desk.
type List struct {
	Title  string
	Tabs   []templates.Tab
	Chips  []templates.Chip // filters that are on, each to be taken off
	Fields []templates.Field
	Hidden []templates.Hidden // what the filter form keeps
	Items  []templates.Item
	Words  string // how many there are
	First  string // of the first page, on later ones
	Next   string
	Empty  templates.Empty
}

// filters are the parameters that narrow a list, as they are carried along.
var filters = []string{"q", "category", "kind", "mode", "urgent"}

// inbox shows the desk. Whoever works elsewhere is sent there.
func (p *Pages) inbox(c *web.Context) error {
	if !worksHere(c.User) {
		return c.Redirect(c.User.HomePath())
	}
	d, err := p.readDesk(c)
	if err != nil {
		return err
	}
	list, err := p.list(c, d, "")
	if err != nil {
		return err
	}
	page := InboxPage{Page: c.Page("desk.queue." + d.open.name), List: list}
	if c.Query("q") != "" {
		page.Title = c.Text("desk.found")
	}
	page.Nav = d.rail(c, page.Nav)
	return c.Render(http.StatusOK, "desk/inbox.html", page)
}

// list reads one page of the open queue; current is the number of the case
// beside it, if there is one.
func (p *Pages) list(c *web.Context, d desk, current string) (List, error) {
	by := actor(c)
	q, err := wanted(c, d, by)
	if err != nil {
		return List{}, err
	}
	work, err := p.cases.Calendar(c.Context())
	if err != nil {
		return List{}, err
	}
	found, err := p.cases.List(c.Context(), by, q)
	if err != nil {
		return List{}, err
	}
	n, err := p.cases.Count(c.Context(), by, q)
	if err != nil {
		return List{}, err
	}
	l := List{Title: c.Text("desk.queue." + d.open.name), Tabs: d.tabs(c), Words: c.Plural("desk.count", n), Empty: emptyWords(c, d)}
	if q.Search != "" {
		l.Title = c.Text("desk.found")
	}
	for _, row := range found.Rows {
		item := web.CaseItem(c, work, row, casePath(c, row.Number))
		item.Current, item.Fresh = row.Number == current, row.State == workflow.Routed
		l.Items = append(l.Items, item)
	}
	l.pages(c, found.Next)
	return l, p.narrow(c, &l)
}

// pages sets the ways to the first and the next page of the list, which are
// pages of the desk and not of a case.
func (l *List) pages(c *web.Context, next string) {
	q := kept(c)
	if c.Query("after") != "" {
		l.First = deskPath(q)
	}
	if next != "" {
		q.Set("after", next)
		l.Next = deskPath(q)
	}
}

// wanted is the open queue, narrowed by what the address says. A search looks
// everywhere the reader may look.
func wanted(c *web.Context, d desk, by workflow.Actor) (workflow.Query, error) {
	q := d.open.of(d.marks, statesOf(by))
	if search := strings.TrimSpace(c.Query("q")); search != "" {
		q = workflow.Query{Search: search, Order: workflow.NewestFirst}
	}
	q.Kind, q.Mode = workflow.CaseKind(c.Query("kind")), workflow.Mode(c.Query("mode"))
	q.Urgent, q.After = c.Query("urgent") != "", c.Query("after")
	if raw := c.Query("category"); raw != "" {
		id, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return q, workflow.Wrong("category", "invalid.choice")
		}
		q.Category = id
	}
	return q, nil
}

// kept are the queue and the filters of this page's address.
func kept(c *web.Context) url.Values {
	q := url.Values{}
	for _, name := range append([]string{"queue"}, filters...) {
		if v := c.Query(name); v != "" {
			q.Set(name, v)
		}
	}
	return q
}

func deskPath(q url.Values) string {
	if len(q) == 0 {
		return "/desk"
	}
	return "/desk?" + q.Encode()
}

// casePath is the page of a case with this list still beside it.
func casePath(c *web.Context, number string) string {
	q := kept(c)
	if after := c.Query("after"); after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return web.CasePath(number)
	}
	return web.CasePath(number) + "?" + q.Encode()
}

// narrow adds the filters: chips for those that are on, a form for the others.
func (p *Pages) narrow(c *web.Context, l *List) error {
	categories, err := p.cases.Categories(c.Context())
	if err != nil {
		return err
	}
	topics := []templates.Choice{{Label: c.Text("desk.filter.any")}}
	names := map[string]string{}
	for _, k := range categories {
		id := strconv.FormatInt(k.ID, 10)
		names[id] = c.Name(k.NameZH, k.NameEN)
		topics = append(topics, templates.Choice{Value: id, Label: names[id], Chosen: c.Query("category") == id})
	}
	l.Fields = []templates.Field{
		{Kind: "select", Name: "category", Within: "filter", Label: c.Text("desk.category"), Options: topics},
		{Kind: "select", Name: "kind", Within: "filter", Label: c.Text("desk.kind"), Options: choices(c, "kind.", workflow.CaseKinds, c.Query("kind"))},
		{Kind: "select", Name: "mode", Within: "filter", Label: c.Text("desk.mode"), Options: choices(c, "mode.", workflow.Modes, c.Query("mode"))},
		{Kind: "tick", Name: "urgent", Within: "filter", Label: c.Text("desk.filter.urgent"), Value: "yes", Options: []templates.Choice{{Value: "yes", Chosen: c.Query("urgent") != ""}}},
	}
	for _, name := range []string{"queue", "q"} {
		if v := c.Query(name); v != "" {
			l.Hidden = append(l.Hidden, templates.Hidden{Name: name, Value: v})
		}
	}
	l.Chips = chips(c, names)
	return nil
}

// choices is a vocabulary as a select, with "any" first.
func choices[T ~string](c *web.Context, prefix string, all []T, chosen string) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("desk.filter.any")}}
	for _, v := range all {
		out = append(out, templates.Choice{Value: string(v), Label: c.Text(prefix + string(v)), Chosen: string(v) == chosen})
	}
	return out
}

func chips(c *web.Context, categories map[string]string) []templates.Chip {
	words := map[string]func(string) string{
		"q":        func(v string) string { return c.Text("desk.filter.search", v) },
		"category": func(v string) string { return categories[v] },
		"kind":     func(v string) string { return c.Text("kind." + v) },
		"mode":     func(v string) string { return c.Text("mode." + v) },
		"urgent":   func(string) string { return c.Text("case.urgent") },
	}
	var out []templates.Chip
	for _, name := range filters {
		v := c.Query(name)
		if v == "" {
			continue
		}
		q := kept(c)
		q.Del(name)
		out = append(out, templates.Chip{Label: words[name](v), Href: deskPath(q), On: true})
	}
	return out
}

// emptyWords says what would be in an empty list.
func emptyWords(c *web.Context, d desk) templates.Empty {
	switch {
	case c.Query("q") != "" && utf8.RuneCountInString(c.Query("q")) < 2:
		return templates.Empty{Icon: "search", Title: c.Text("desk.none.found"), Text: c.Text("desk.none.short")}
	case c.Query("q") != "" || len(chips(c, nil)) > 0:
		return templates.Empty{Icon: "search", Title: c.Text("desk.none.found"), Text: c.Text("desk.none.found.text")}
	}
	return templates.Empty{Icon: queueIcons[d.open.name], Title: c.Text("desk.none." + d.open.name), Text: c.Text("desk.none." + d.open.name + ".text")}
}
