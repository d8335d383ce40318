package publication

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

const answersPerPage = 20

type answersPage struct {
	templates.Page
	Search      string
	Kind        string
	Category    string
	Department  string
	Kinds       []templates.Choice
	Categories  []templates.Choice
	Departments []templates.Choice
	Chips       []templates.Chip
	Count       int
	Answers     []shownAnswer
	Pages       *templates.Pagination
	Any         bool // there is something at all
}

// shownAnswer is a public answer as pages show it.
type shownAnswer struct {
	workflow.PublicAnswer
	Href       string
	Excerpt    string
	KindWords  string
	Category   string
	Department string
	Received   time.Time
	Answered   time.Time
	Visible    time.Time
	Hash       string
	Pictures   []templates.File
}

// names is what departments and categories are called, for one request.
type names struct {
	categories  []workflow.Category
	departments []workflow.Department
}

func (p *Pages) names(c *web.Context) (n names, err error) {
	if n.categories, err = p.College.Categories(c.Context(), c.Now, true); err != nil {
		return n, err
	}
	n.departments, err = p.College.Departments(c.Context())
	return n, err
}

func (n names) shown(c *web.Context, p workflow.Publication, a workflow.PublicAnswer, base string) shownAnswer {
	out := shownAnswer{
		PublicAnswer: a, Href: "/answers/" + a.Slug, Excerpt: excerpt(a.Answer), KindWords: c.Text("kind." + string(a.Kind)),
		Received: day(c, a.Received), Answered: day(c, a.Answered), Visible: c.Local(p.Visible), Hash: hex.EncodeToString(p.ContentHash),
		Pictures: pictures(base, a.Files),
	}
	for _, k := range n.categories {
		if k.ID == p.Category {
			out.Category = c.Name(k.NameZH, k.NameEN)
		}
	}
	for _, d := range n.departments {
		if d.ID == p.Department {
			out.Department = c.Name(d.NameZH, d.NameEN)
		}
	}
	return out
}

func day(c *web.Context, s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, c.Now.Location())
	if err != nil {
		return time.Time{}
	}
	return t
}

// excerpt is the beginning of a text.
func excerpt(text string) string {
	const most = 90
	short := shortened(text, most)
	if short != text {
		short += "…"
	}
	return short
}

// shortened is the first most characters of a text.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}

// asked reads what a list of answers is to hold.
func (n names) asked(c *web.Context) workflow.PublicQuery {
	q := workflow.PublicQuery{Search: c.Query("q"), After: c.Query("after"), Limit: answersPerPage}
	if k := workflow.CaseKind(c.Query("kind")); slices.Contains(workflow.CaseKinds, k) {
		q.Kind = k
	}
	for _, k := range n.categories {
		if k.Code == c.Query("category") {
			q.Category = k.ID
		}
	}
	for _, d := range n.departments {
		if d.Code == c.Query("department") {
			q.Department = d.ID
		}
	}
	return q
}

// answers lists what everybody may read, newest first.
func (p *Pages) answers(c *web.Context) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	q := n.asked(c)
	list, err := p.Answers.Public(c.Context(), q)
	if err != nil {
		return err
	}
	view := answersPage{Search: q.Search, Kind: string(q.Kind), Category: c.Query("category"), Department: c.Query("department"), Chips: n.chips(c, q)}
	if view.Count, err = p.Answers.CountPublic(c.Context(), q); err != nil {
		return err
	}
	view.Any = view.Count > 0 || q.Search != "" || len(view.Chips) > 0
	if view.Answers, err = n.all(c, list.Publications); err != nil {
		return err
	}
	if list.Next != "" || q.After != "" {
		view.Pages = &templates.Pagination{Words: c.Plural("answers.count", view.Count)}
		if list.Next != "" {
			view.Pages.Next = c.With("after", list.Next)
		}
		if q.After != "" {
			view.Pages.Prev = c.With("after", "")
		}
	}
	view.Kinds, view.Categories, view.Departments = kinds(c), n.categoryChoices(c), n.departmentChoices(c)
	view.Page = c.Page("answers.title")
	view.Path = "/answers"
	return c.Render(http.StatusOK, "public/answers.html", view)
}

func (n names) all(c *web.Context, rows []workflow.Publication) ([]shownAnswer, error) {
	var out []shownAnswer
	for _, r := range rows {
		a, err := r.Answer()
		if err != nil {
			return nil, fmt.Errorf("read public answer: %w", err)
		}
		out = append(out, n.shown(c, r, a, "/answers/"+r.Slug))
	}
	return out, nil
}

// chips are the filters that are on, each with the way to take it off.
func (n names) chips(c *web.Context, q workflow.PublicQuery) []templates.Chip {
	var out []templates.Chip
	add := func(name, label string) {
		out = append(out, templates.Chip{Label: label, Href: c.With(name, ""), On: true})
	}
	if q.Search != "" {
		add("q", q.Search)
	}
	if q.Kind != "" {
		add("kind", c.Text("kind."+string(q.Kind)))
	}
	for _, k := range n.categories {
		if k.ID == q.Category {
			add("category", c.Name(k.NameZH, k.NameEN))
		}
	}
	for _, d := range n.departments {
		if d.ID == q.Department {
			add("department", c.Name(d.NameZH, d.NameEN))
		}
	}
	return out
}

func kinds(c *web.Context) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("answers.any")}}
	for _, k := range workflow.CaseKinds {
		if k != workflow.Report { // which is never public
			out = append(out, templates.Choice{Value: string(k), Label: c.Text("kind." + string(k))})
		}
	}
	return out
}

func (n names) categoryChoices(c *web.Context) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("answers.any")}}
	for _, k := range n.categories {
		if !k.Sealed {
			out = append(out, templates.Choice{Value: k.Code, Label: c.Name(k.NameZH, k.NameEN)})
		}
	}
	return out
}

func (n names) departmentChoices(c *web.Context) []templates.Choice {
	out := []templates.Choice{{Label: c.Text("answers.any")}}
	for _, d := range n.departments {
		out = append(out, templates.Choice{Value: d.Code, Label: c.Name(d.NameZH, d.NameEN)})
	}
	return out
}

type answerPage struct {
	templates.Page
	Answer shownAnswer
}

// answer shows one public answer.
func (p *Pages) answer(c *web.Context) error {
	pub, err := p.Answers.One(c.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	n, err := p.names(c)
	if err != nil {
		return err
	}
	all, err := n.all(c, []workflow.Publication{pub})
	if err != nil {
		return err
	}
	view := answerPage{Page: c.Page(pub.Subject), Answer: all[0]}
	view.Crumbs = []templates.Crumb{{Label: c.Text("answers.title"), Href: "/answers"}}
	return c.Render(http.StatusOK, "public/answer.html", view)
}

// content answers with exactly the bytes whose hash is published.
func (p *Pages) content(c *web.Context) error {
	pub, err := p.Answers.One(c.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	return c.Export(pub.Slug+".json", "application/json", pub.Content)
}

type proofsPage struct {
	templates.Page
	Days []proofDay
	Next string
}

type proofDay struct {
	Day    time.Time
	Root   string
	Prev   string
	Leaves []string
}

const proofsPerPage = 30

// proofs lists the root hash of every day.
func (p *Pages) proofs(c *web.Context) error {
	before := c.Query("before")
	if before != "" && day(c, before).IsZero() {
		return workflow.Wrong("before", "invalid.date")
	}
	days, err := p.Answers.Days(c.Context(), before, proofsPerPage+1)
	if err != nil {
		return err
	}
	view := proofsPage{Page: c.Page("proofs.title")}
	view.Crumbs = []templates.Crumb{{Label: c.Text("answers.title"), Href: "/answers"}}
	if len(days) > proofsPerPage {
		days = days[:proofsPerPage]
		view.Next = c.With("before", days[proofsPerPage-1].Day)
	}
	for _, d := range days {
		shown := proofDay{Day: day(c, d.Day), Root: hex.EncodeToString(d.Root), Prev: hex.EncodeToString(d.Prev)}
		for _, leaf := range d.Leaves {
			shown.Leaves = append(shown.Leaves, hex.EncodeToString(leaf))
		}
		view.Days = append(view.Days, shown)
	}
	return c.Render(http.StatusOK, "public/proofs.html", view)
}
