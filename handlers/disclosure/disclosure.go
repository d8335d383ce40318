// Package disclosure is the pages of the disclosure ledger: what the college
// made public, its columns, the list of what it must publish, and imports.
package disclosure

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

// Deps is what the pages work with.
type Deps struct {
	Ledger  *ledger.Ledger
	Imports *ledger.Imports
	Feeds   *ledger.Feeds
	Blobs   workflow.Blobs
	College workflow.College
	People  workflow.People
}

// Pages are the pages of the disclosure ledger.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{
	"disclosure/overview.html": overviewPage{},
	"disclosure/items.html":    itemsPage{},
	"disclosure/item.html":     itemPage{},
	"disclosure/edit.html":     editPage{},
	"disclosure/columns.html":  columnsPage{},
	"disclosure/column.html":   columnPage{},
	"disclosure/duties.html":   dutiesPage{},
	"disclosure/duty.html":     dutyPage{},
	"disclosure/imports.html":  importsPage{},
	"disclosure/import.html":   importPage{},
}

// begin is the base of a page of the ledger; way is how one got there.
func begin(c *web.Context, title string, way ...templates.Crumb) templates.Page {
	p := c.Page(title)
	p.Crumbs = append([]templates.Crumb{{Label: c.Text("ledger.title"), Href: "/disclosure"}}, way...)
	return p
}

func crumb(c *web.Context, key, href string) templates.Crumb {
	return templates.Crumb{Label: c.Text(key), Href: href}
}

// places are the parts of the ledger, the open one marked.
func places(c *web.Context, open string) []templates.Tab {
	var out []templates.Tab
	for _, name := range []string{"", "items", "columns", "duties", "imports"} {
		if name == "imports" && !mayImport(c) {
			continue
		}
		path := strings.TrimSuffix("/disclosure/"+name, "/")
		key := "ledger.place." + name
		if name == "" {
			key = "ledger.place.overview"
		}
		out = append(out, templates.Tab{Label: c.Text(key), Href: path, Current: open == name})
	}
	return out
}

func mayImport(c *web.Context) bool {
	by := c.User.Actor()
	return ledger.MayArrange(by) || by.Is(workflow.Reviewer)
}

// problems turns what went wrong with a form into words beside its fields, with
// the status; what cannot be mended there is returned as rest.
func problems(c *web.Context, err error, fields ...string) (status int, all []templates.Problem, rest error) {
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict {
		return http.StatusConflict, []templates.Problem{{Text: c.Text(e.Key, e.Args...)}}, nil
	}
	all, rest = c.Problems(err)
	return http.StatusUnprocessableEntity, web.InOrder(all, fields...), rest
}

// names are the words for ids.
type names struct {
	columns     []ledger.Branch
	departments []workflow.Department
}

func (p *Pages) names(c *web.Context) (names, error) {
	columns, err := p.Ledger.Columns(c.Context(), c.User.Actor())
	if err != nil {
		return names{}, err
	}
	departments, err := p.College.Departments(c.Context())
	return names{columns, departments}, err
}

func (n names) department(c *web.Context, id int64) string {
	for _, d := range n.departments {
		if d.ID == id {
			return c.Name(d.NameZH, d.NameEN)
		}
	}
	return ""
}

// column is a column with those above it.
func (n names) column(id int64) string {
	at := slices.IndexFunc(n.columns, func(b ledger.Branch) bool { return b.ID == id })
	if at < 0 {
		return ""
	}
	if above := n.column(n.columns[at].Parent); above != "" {
		return above + " / " + n.columns[at].Name
	}
	return n.columns[at].Name
}

// columnChoices offers the columns that are there, indented as the tree is.
// only, when it is not nil, says which.
func (n names) columnChoices(c *web.Context, none string, chosen int64, only func(ledger.Branch) bool) []templates.Choice {
	out := []templates.Choice{{Label: c.Text(none)}}
	for _, b := range n.columns {
		if b.ID != chosen && (b.Closed != "" || only != nil && !only(b)) {
			continue
		}
		out = append(out, templates.Choice{Value: decimal(b.ID), Label: strings.Repeat("　", b.Depth) + b.Name, Chosen: b.ID == chosen})
	}
	return out
}

func (n names) departmentChoices(c *web.Context, none string, chosen int64) []templates.Choice {
	out := []templates.Choice{{Label: c.Text(none)}}
	for _, d := range n.departments {
		if d.Active || d.ID == chosen {
			out = append(out, templates.Choice{Value: decimal(d.ID), Label: c.Name(d.NameZH, d.NameEN), Chosen: d.ID == chosen})
		}
	}
	return out
}

// choices are values with their words, the chosen one marked.
func choices[T ~string](c *web.Context, prefix string, values []T, chosen T) []templates.Choice {
	var out []templates.Choice
	for _, v := range values {
		out = append(out, templates.Choice{Value: string(v), Label: c.Text(prefix + string(v)), Chosen: v == chosen})
	}
	return out
}

func decimal(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// dayWords is a day as the language writes it.
func dayWords(c *web.Context, day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "—"
	}
	if c.Locale == "en" {
		return d.Format("2 Jan 2006")
	}
	return d.Format("2006年1月2日")
}

func columnsOf(c *web.Context, keys ...string) []templates.Column {
	var out []templates.Column
	for _, k := range keys {
		out = append(out, templates.Column{Label: c.Text(k)})
	}
	return out
}

var stateTones = map[workflow.ItemState]string{
	workflow.ItemDraft: "quiet", workflow.ItemInReview: "info", workflow.ItemReviewed: "soon", workflow.ItemPublished: "good",
	workflow.ItemWithdrawn: "quiet", workflow.ItemUndone: "quiet",
}

func stateBadge(c *web.Context, s workflow.ItemState) templates.Badge {
	return templates.Badge{Tone: stateTones[s], Label: c.Text("item.state." + string(s))}
}

func itemPath(id int64) string { return "/disclosure/items/" + decimal(id) }
