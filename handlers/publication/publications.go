package publication

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

const publicationsPerPage = 30

type publicationsPage struct {
	templates.Page
	Tabs   []templates.Tab
	Table  templates.Table
	Pages  *templates.Pagination
	Number string
}

// publications lists selected answers and what is on its way to be one.
func (p *Pages) publications(c *web.Context) error {
	return p.listPublications(c, http.StatusOK, "", nil)
}

func (p *Pages) listPublications(c *web.Context, status int, number string, wrong []templates.Problem) error {
	q := workflow.PublicationQuery{State: workflow.PublicationState(c.Query("state")), Limit: publicationsPerPage + 1}
	if !slices.Contains(workflow.PublicationStates, q.State) {
		q.State = ""
	}
	after, err := c.After(1)
	if err != nil {
		return err
	}
	if after != nil {
		if q.Before, err = strconv.ParseInt(after[0], 10, 64); err != nil {
			return workflow.Wrong("after", "invalid.cursor")
		}
	}
	rows, err := p.Answers.List(c.Context(), c.User.Actor(), q)
	if err != nil {
		return err
	}
	view := publicationsPage{Number: number}
	var total int
	if view.Tabs, total, err = p.stateTabs(c, q.State); err != nil {
		return err
	}
	if len(rows) > publicationsPerPage {
		rows = rows[:publicationsPerPage]
		view.Pages = &templates.Pagination{
			Words: c.Plural("publication.count", total), Next: c.With("after", web.Cursor(decimal(rows[publicationsPerPage-1].ID))),
		}
	}
	view.Table = publicationTable(c, rows)
	view.Page = c.Page("publication.title")
	view.Problems = wrong
	return c.Render(status, "office/publications.html", view)
}

func (p *Pages) stateTabs(c *web.Context, chosen workflow.PublicationState) (tabs []templates.Tab, total int, err error) {
	for _, s := range append([]workflow.PublicationState{""}, workflow.PublicationStates...) {
		n, err := p.Answers.Count(c.Context(), c.User.Actor(), workflow.PublicationQuery{State: s})
		if err != nil {
			return nil, 0, err
		}
		label := c.Text("publication.all")
		if s != "" {
			label = c.Text("publication.state." + string(s))
		}
		if s == chosen {
			total = n
		}
		tabs = append(tabs, templates.Tab{Label: label, Href: c.With("state", string(s)), Count: n, Current: s == chosen})
	}
	return tabs, total, nil
}

func publicationTable(c *web.Context, rows []workflow.Publication) templates.Table {
	t := templates.Table{
		Caption: c.Text("publication.title"), Cards: true,
		Empty: &templates.Empty{Icon: "eye", Title: c.Text("publication.none"), Text: c.Text("publication.none.text")},
	}
	for _, key := range []string{"publication.column.subject", "publication.column.state", "publication.column.changed"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text(key)})
	}
	for _, r := range rows {
		badge := stateBadge(c, r)
		t.Rows = append(t.Rows, templates.Row{Href: publicationPath(r.ID), Cells: []templates.Cell{
			{Text: r.Subject}, {Badge: &badge}, {Text: web.Short(c, r.Updated)},
		}})
	}
	return t
}

var stateTones = map[workflow.PublicationState]string{
	workflow.PublicationDraft: "quiet", workflow.PublicationInReview: "info", workflow.PublicationReviewed: "soon",
	workflow.PublicationPublished: "good", workflow.PublicationWithdrawn: "quiet",
}

// stateBadge is how far a publication is; one under embargo says until when.
func stateBadge(c *web.Context, p workflow.Publication) templates.Badge {
	if p.State == workflow.PublicationPublished && p.Visible.After(c.Now) {
		return templates.Badge{Tone: "info", Label: c.Text("publication.embargo.until", web.Moment(c, p.Visible))}
	}
	return templates.Badge{Tone: stateTones[p.State], Label: c.Text("publication.state." + string(p.State))}
}

// begin starts the public version of a case.
func (p *Pages) begin(c *web.Context) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	number := f.Line("number")
	started, err := p.Answers.Begin(c.Context(), c.User.Actor(), upper(number))
	if err == nil {
		return c.Redirect(publicationPath(started.ID))
	}
	problem, mine := c.Problem(err)
	if workflow.KindOf(err) == workflow.NotFound {
		problem, mine = templates.Problem{Text: c.Text("publication.unknown")}, true
	}
	if !mine {
		return err
	}
	problem.Field = "number"
	return p.listPublications(c, http.StatusUnprocessableEntity, number, []templates.Problem{problem})
}

func publicationPath(id int64) string { return "/office/publications/" + decimal(id) }

// embargo reads the day on which an answer becomes public: its first moment in
// the college's zone. No day is now.
func embargo(c *web.Context, f *web.Form) (time.Time, error) {
	return f.Day("embargo", c.Now.Location())
}
