package publication

import (
	"net/http"
	"slices"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/publication"
)

const reviewsPerPage = 30

type reviewsPage struct {
	templates.Page
	Tabs  []templates.Tab
	Chips []templates.Chip
	Table templates.Table
	Pages *templates.Pagination
}

var subjects = []workflow.ReviewSubject{workflow.ReviewItem, workflow.ReviewAnswer, workflow.ReviewReport, workflow.ReviewBulletin}

// reviews lists the reviews that the reader may know of.
func (p *Pages) reviews(c *web.Context) error {
	f, err := filter(c)
	if err != nil {
		return err
	}
	view := reviewsPage{}
	var total int
	if view.Tabs, total, err = p.tabs(c, f); err != nil {
		return err
	}
	rows, err := p.Reviews.List(c.Context(), c.User.Actor(), f)
	if err != nil {
		return err
	}
	if len(rows) == f.Limit {
		rows = rows[:reviewsPerPage]
		view.Pages = &templates.Pagination{
			Words: c.Plural("review.count", total), Next: c.With("after", web.Cursor(decimal(rows[reviewsPerPage-1].ID))),
		}
	}
	view.Chips, view.Table = subjectChips(c, f.Subject), reviewTable(c, rows, f.Wanted)
	view.Page = c.Page("review.title")
	return c.Render(http.StatusOK, "office/reviews.html", view)
}

// filter reads what the reader wants; a reviewer begins with what waits.
func filter(c *web.Context) (publication.Filter, error) {
	f := publication.Filter{Wanted: publication.Wanted(c.Query("show")), Limit: reviewsPerPage + 1}
	if !slices.Contains(publication.Views, f.Wanted) {
		f.Wanted = publication.Asked
		if c.User.Is("reviewer") || c.User.Is("dept_head") {
			f.Wanted = publication.Waiting
		}
	}
	if s := workflow.ReviewSubject(c.Query("subject")); slices.Contains(subjects, s) {
		f.Subject = s
	}
	after, err := c.After(1)
	if err != nil || after == nil {
		return f, err
	}
	f.Before, err = strconv.ParseInt(after[0], 10, 64)
	if err != nil {
		return f, workflow.Wrong("after", "invalid.cursor")
	}
	return f, nil
}

// tabs shows the views with their true counts, and how many the open one has.
func (p *Pages) tabs(c *web.Context, f publication.Filter) (tabs []templates.Tab, total int, err error) {
	decides := c.User.Is("reviewer") || c.User.Is("dept_head")
	for _, w := range publication.Views {
		if w == publication.Waiting && !decides {
			continue
		}
		n, err := p.Reviews.Count(c.Context(), c.User.Actor(), publication.Filter{Wanted: w, Subject: f.Subject})
		if err != nil {
			return nil, 0, err
		}
		if w == f.Wanted {
			total = n
		}
		tabs = append(tabs, templates.Tab{Label: c.Text("review.tab." + string(w)), Href: c.With("show", string(w)), Count: n, Current: w == f.Wanted})
	}
	return tabs, total, nil
}

func subjectChips(c *web.Context, chosen workflow.ReviewSubject) []templates.Chip {
	var out []templates.Chip
	for _, s := range subjects {
		chip := templates.Chip{Label: c.Text("review.subject." + string(s)), Href: c.With("subject", string(s)), On: s == chosen}
		if chip.On {
			chip.Href = c.With("subject", "")
		}
		out = append(out, chip)
	}
	return out
}

func reviewTable(c *web.Context, rows []workflow.Review, wanted publication.Wanted) templates.Table {
	t := templates.Table{
		Caption: c.Text("review.tab." + string(wanted)), Cards: true,
		Empty: &templates.Empty{Icon: "shield", Title: c.Text("review.none." + string(wanted)), Text: c.Text("review.none." + string(wanted) + ".text")},
	}
	for _, key := range []string{"review.column.title", "review.column.subject", "review.column.asked", "review.column.result"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text(key)})
	}
	for _, r := range rows {
		badge := resultBadge(c, r)
		row := templates.Row{Href: reviewPath(r.ID), Cells: []templates.Cell{
			{Text: r.Title}, {Text: c.Text("review.subject." + string(r.Subject))}, {Text: web.Short(c, r.Asked)}, {Badge: &badge},
		}}
		if r.Doubtful {
			row.Cells[0].Badge = &templates.Badge{Tone: "soon", Label: c.Text("review.doubtful")}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

var resultTones = map[workflow.ReviewResult]string{
	workflow.Undecided: "info", workflow.ReviewPublic: "good", workflow.ReviewPartly: "good", workflow.ReviewRefused: "late",
}

func resultBadge(c *web.Context, r workflow.Review) templates.Badge {
	return templates.Badge{Tone: resultTones[r.Result], Label: resultWords(c, r.Result)}
}

func resultWords(c *web.Context, r workflow.ReviewResult) string {
	if r == workflow.Undecided {
		return c.Text("review.result.open")
	}
	return c.Text("review.result." + string(r))
}

func reviewPath(id int64) string { return "/office/reviews/" + decimal(id) }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
