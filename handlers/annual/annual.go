// Package annual is where the annual report on information disclosure is written:
// begun from a form, edited block by block, frozen, signed, taken away as a file,
// and held against what has changed since. The pages decide nothing.
package annual

import (
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
)

// Deps is what the pages work with. All of it is required.
type Deps struct {
	Bureau *annual.Bureau
	Files  report.Files
}

// Pages are the pages of the annual report.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Views lists the pages and what they are filled with, for the tests.
var Views = map[string]any{
	"annual/list.html":         listPage{},
	"annual/order.html":        orderPage{},
	"annual/report.html":       reportPage{},
	"annual/block.html":        blockPage{},
	"annual/fields.html":       fieldsPage{},
	"annual/field.html":        fieldPage{},
	"annual/changes.html":      changesPage{},
	"annual/contacts.html":     contactsPage{},
	"annual/report.print.html": printPage{},
}

const home = "/office/reports"

// path is a page of a report.
func path(id int64, parts ...string) string {
	return strings.Join(append([]string{home, strconv.FormatInt(id, 10)}, parts...), "/")
}

// page begins a page below the list of reports.
func page(c *web.Context, title string, crumbs ...templates.Crumb) templates.Page {
	p := c.Page(title)
	p.Crumbs = append([]templates.Crumb{{Label: c.Text("annual.reports"), Href: home}}, crumbs...)
	return p
}

// crumb leads back to a report.
func crumb(r workflow.AnnualReport) templates.Crumb {
	return templates.Crumb{Label: r.Title, Href: path(r.ID)}
}

var stateTones = map[workflow.AnnualState]string{
	workflow.AnnualDraft: "quiet", workflow.AnnualFrozen: "soon", workflow.AnnualChecked: "soon", workflow.AnnualSigned: "info",
	workflow.AnnualReturned: "late", workflow.AnnualPublished: "good",
}

func stateBadge(c *web.Context, r workflow.AnnualReport) templates.Badge {
	key := "annual.state." + string(r.State)
	if r.State == workflow.AnnualSigned && r.Passed {
		key = "annual.state.passed"
	}
	return templates.Badge{Tone: stateTones[r.State], Label: c.Text(key)}
}

// chosen is a day as a reader's language writes it.
func chosen(c *web.Context, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	if c.Locale == "en" {
		return t.Format("2 January 2006")
	}
	return t.Format("2006年1月2日")
}

func period(c *web.Context, r workflow.AnnualReport) string {
	return c.Text("annual.period", chosen(c, r.From), chosen(c, r.Last))
}

// status is that of a page whose form was refused.
func status(problems []templates.Problem) int {
	if len(problems) > 0 {
		return 422
	}
	return 200
}
