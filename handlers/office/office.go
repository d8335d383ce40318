// Package office is where the mailbox is run: letters are screened and routed
// from the tray, found in the list, watched on the board, entered by hand and
// counted. What is done to a case is posted to the desk's routes; these pages
// decide nothing.
package office

import (
	"context"
	"errors"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/report"
)

// College knows departments and categories, which are no secret.
type College interface {
	Departments(ctx context.Context) ([]workflow.Department, error)
	Categories(ctx context.Context, at time.Time, all bool) ([]workflow.Category, error)
}

// Deps is what the pages work with. All of it is required.
type Deps struct {
	Cases    *casework.Casework
	Figures  *report.Office
	Monthly  *report.Bulletins
	Intake   *intake.Intake
	Mail     *intake.Mailroom
	Failures *delivery.Failures
	Files    report.Files
	Blobs    workflow.Blobs
	College  College
	Rules    Rules
}

// Rules knows the college's working time as it is counted now.
type Rules interface {
	Working(ctx context.Context) (workflow.WorkingTime, int64, error)
}

// Pages are the office's pages.
type Pages struct {
	Deps
	flawed flawCount
}

// New returns the office's pages.
func New(d Deps) *Pages {
	return &Pages{Deps: d, flawed: flawCount{at: map[int64]time.Time{}, last: map[int64]int{}}}
}

// Views lists the pages and what they are filled with, for the tests.
var Views = map[string]any{
	"office/tray.html":        trayPage{},
	"office/cases.html":       casesPage{},
	"office/board.html":       boardPage{},
	"office/new.html":         entryPage{},
	"office/slip.print.html":  slipPage{},
	"office/mails.html":       mailsPage{},
	"office/mail.html":        mailPage{},
	"office/undelivered.html": undeliveredPage{},
	"office/figures.html":     figuresPage{},
	"office/check.html":       checkPage{},
	"office/bulletins.html":   bulletinsPage{},
	"office/bulletin.html":    bulletinPage{},
}

// span is working time that can say how far away something is due.
func (p *Pages) span(ctx context.Context) (web.Span, error) {
	work, _, err := p.Rules.Working(ctx)
	if err != nil {
		return nil, err
	}
	span, ok := work.(web.Span)
	if !ok {
		return nil, errors.New("the calendar cannot tell how far away a day is")
	}
	return span, nil
}

// names is what departments and categories are called, for one request.
type names struct {
	departments []workflow.Department
	categories  []workflow.Category
	campaigns   []workflow.Campaign
}

func (p *Pages) names(c *web.Context) (names, error) {
	departments, err := p.College.Departments(c.Context())
	if err != nil {
		return names{}, err
	}
	categories, err := p.College.Categories(c.Context(), c.Now, true)
	if err != nil {
		return names{}, err
	}
	campaigns, err := p.Cases.Campaigns(c.Context())
	return names{departments, categories, campaigns}, err
}

// department is the name of a department; 0 is the office's own tray.
func (n names) department(c *web.Context, id int64) string {
	for _, d := range n.departments {
		if d.ID == id {
			return c.Name(d.NameZH, d.NameEN)
		}
	}
	return c.Text("office.nobody")
}

// campaign is the name of a campaign by its id.
func (n names) campaign(id string) string {
	for _, k := range n.campaigns {
		if decimal(k.ID) == id {
			return k.Name
		}
	}
	return id
}

func (n names) campaignChoices() []templates.Choice {
	var out []templates.Choice
	for _, k := range n.campaigns {
		out = append(out, templates.Choice{Value: decimal(k.ID), Label: k.Name})
	}
	return out
}

func (n names) category(c *web.Context, id int64) string {
	for _, k := range n.categories {
		if k.ID == id {
			return c.Name(k.NameZH, k.NameEN)
		}
	}
	return ""
}

// departmentChoices lists the departments at work, but for one that a case
// complains about.
func (n names) departmentChoices(c *web.Context, without int64) []templates.Choice {
	var out []templates.Choice
	for _, d := range n.departments {
		if d.Active && d.ID != without {
			out = append(out, templates.Choice{Value: decimal(d.ID), Label: c.Name(d.NameZH, d.NameEN)})
		}
	}
	return out
}

func (n names) categoryChoices(c *web.Context) []templates.Choice {
	var out []templates.Choice
	for _, k := range n.categories {
		if k.Active {
			out = append(out, templates.Choice{Value: decimal(k.ID), Label: c.Name(k.NameZH, k.NameEN)})
		}
	}
	return out
}

// choices lists words of the domain: prefix + value is their key.
func choices[T ~string](c *web.Context, prefix string, values []T) []templates.Choice {
	var out []templates.Choice
	for _, v := range values {
		out = append(out, templates.Choice{Value: string(v), Label: c.Text(prefix + string(v))})
	}
	return out
}

// anyOf puts "all of them" before choices of a filter.
func anyOf(c *web.Context, all []templates.Choice) []templates.Choice {
	return append([]templates.Choice{{Label: c.Text("office.any")}}, all...)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
