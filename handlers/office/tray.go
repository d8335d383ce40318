package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// segment is one of the piles in the tray.
type segment struct {
	key   string // in the address, and of its words: office.tray.<key>
	query workflow.Query
}

// segments are the piles, in the order in which they are worked through.
var segments = []segment{
	{"new", workflow.Query{States: []workflow.State{workflow.Received}}},
	{"back", workflow.Query{States: []workflow.State{workflow.Accepted}, Refused: true}},
	{"route", workflow.Query{States: []workflow.State{workflow.Accepted}, Unrefused: true}},
	{"check", workflow.Query{States: []workflow.State{workflow.Approved}}},
}

// counts is how many letters lie in each pile.
type counts []int

func (n counts) all() int {
	sum := 0
	for _, k := range n {
		sum += k
	}
	return sum
}

func (p *Pages) trayCounts(c *web.Context) (counts, error) {
	out := make(counts, len(segments))
	for i, s := range segments {
		var err error
		if out[i], err = p.Cases.Count(c.Context(), c.User.Actor(), s.query); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type trayPage struct {
	templates.Page
	Left   int // in all piles
	Tabs   []templates.Tab
	Items  []templates.Item
	More   string // the next page of the list
	Letter *letter
	Chosen bool   // the reader opened this letter; on a phone it fills the page
	Back   string // to the list alone
	Empty  templates.Empty
}

// tray shows the piles, the list of one of them, and one letter.
func (p *Pages) tray(c *web.Context) error {
	n, err := p.trayCounts(c)
	if err != nil {
		return err
	}
	at := pile(c.Query("seg"), n)
	q := segments[at].query
	q.Order, q.After = workflow.DueFirst, c.Query("after")
	list, err := p.Cases.List(c.Context(), c.User.Actor(), q)
	if err != nil {
		return err
	}
	page := trayPage{Left: n.all(), Tabs: trayTabs(c, n, at), Back: trayPath(at, "")}
	if list.Next != "" {
		page.More = c.With("after", list.Next)
	}
	if err := p.fillTray(c, &page, list.Rows, at); err != nil {
		return err
	}
	page.Empty = emptyTray(c, n)
	page.Page = c.Page("office.tray")
	return c.Render(http.StatusOK, "office/tray.html", page)
}

// pile is the pile asked for, or else the first that holds something.
func pile(key string, n counts) int {
	if i := slices.IndexFunc(segments, func(s segment) bool { return s.key == key }); i >= 0 {
		return i
	}
	return max(0, slices.IndexFunc(n, func(k int) bool { return k > 0 }))
}

func trayPath(at int, number string) string {
	q := url.Values{"seg": {segments[at].key}}
	if number != "" {
		q.Set("at", number)
	}
	return "/office?" + q.Encode()
}

func trayTabs(c *web.Context, n counts, at int) []templates.Tab {
	var out []templates.Tab
	for i, s := range segments {
		out = append(out, templates.Tab{Label: c.Text("office.tray." + s.key), Href: trayPath(i, ""), Count: n[i], Current: i == at})
	}
	return out
}

// emptyTray says that a pile is done, and leads to one that is not.
func emptyTray(c *web.Context, n counts) templates.Empty {
	e := templates.Empty{Icon: "check", Title: c.Text("office.tray.clear"), Text: c.Text("office.tray.clear.text")}
	for i, k := range n {
		if k > 0 {
			e.Title = c.Text("office.tray.done")
			e.Text = c.Text("office.tray.done.text", c.Text("office.tray."+segments[i].key), strconv.Itoa(k))
			e.Act = &templates.Button{Tone: "primary", Label: c.Text("office.tray.go", c.Text("office.tray."+segments[i].key)), Href: trayPath(i, ""), Shortcut: "j"}
			break
		}
	}
	return e
}

// fillTray lists the rows and opens the one asked for, else the first. A
// letter that has left the pile meanwhile is not shown: the next one is.
func (p *Pages) fillTray(c *web.Context, page *trayPage, rows []workflow.Row, at int) error {
	work, err := p.span(c.Context())
	if err != nil || len(rows) == 0 {
		return err
	}
	open := slices.IndexFunc(rows, func(r workflow.Row) bool { return r.Number == c.Query("at") })
	page.Chosen = open >= 0
	open = max(open, 0)
	for i, r := range rows {
		item := web.CaseItem(c, work, r, trayPath(at, r.Number))
		item.Current = i == open
		if !r.Urgent {
			item.Badge = nil // the pile says where it stands
		}
		page.Items = append(page.Items, item)
	}
	d, err := p.Cases.Open(c.Context(), c.User.Actor(), rows[open].Number)
	if err != nil {
		return err
	}
	page.Letter, err = p.letter(c, d, way(rows, at, open), work)
	return err
}

// places is where the tray leads from a letter.
type places struct{ here, prev, next string }

// way is the letters before and after one. Next is where the reader goes when
// this letter has been dealt with.
func way(rows []workflow.Row, at, open int) places {
	w := places{here: trayPath(at, rows[open].Number), next: trayPath(at, "")}
	if open > 0 {
		w.prev = trayPath(at, rows[open-1].Number)
	}
	if open+1 < len(rows) {
		w.next = trayPath(at, rows[open+1].Number)
	} else if open > 0 {
		w.next = w.prev
	}
	return w
}

// alike is what may be the same matter; only letters that can still be merged
// are compared.
func (p *Pages) alike(c *web.Context, d casework.Dossier) ([]casework.Similar, error) {
	if !slices.Contains(d.Actions, workflow.Merge) {
		return nil, nil
	}
	return p.Cases.Alike(c.Context(), c.User.Actor(), d.Case)
}
