// Package matters is where the office keeps what the annual report on
// information disclosure asks for beside the ledger: how applications were
// decided, disputes about disclosure, campaigns, and the college's appraisals.
package matters

import (
	"net/url"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/matters"
)

// Deps is what the pages work with. All of it is required.
type Deps struct {
	Matters *matters.Matters
	Cases   *casework.Casework
	Blobs   workflow.Blobs
}

// Pages are the pages of matters.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Views lists the pages and what they are filled with, for the tests.
var Views = map[string]any{
	"matters/overview.html":   overviewPage{},
	"matters/campaigns.html":  campaignsPage{},
	"matters/campaign.html":   campaignPage{},
	"matters/appraisals.html": appraisalsPage{},
	"matters/appraisal.html":  appraisalPage{},
}

func actor(c *web.Context) workflow.Actor { return c.User.Actor() }

// keeps reports whether the reader may change anything here.
func keeps(c *web.Context) bool { return workflow.MayKeepMatters(actor(c)) }

func id(n int64) string { return strconv.FormatInt(n, 10) }

// casesPath is the list of the cases that a count is.
func casesPath(q workflow.Query) string {
	v := url.Values{}
	if q.Kind != "" {
		v.Set("kind", string(q.Kind))
	}
	if q.Proposed != 0 {
		v.Set("proposed", id(q.Proposed))
	}
	if q.Open {
		v.Set("state", "open")
	}
	if f := q.Fact; f != nil {
		v.Set("fact", string(f.Measure))
		v.Set("ffrom", f.From)
		v.Set("fto", f.To)
		if f.EndBucket != 0 {
			v.Set("first", strconv.Itoa(f.MinBucket))
			v.Set("end", strconv.Itoa(f.EndBucket))
		}
	}
	return "/office/cases?" + v.Encode()
}

// shift is a day so many days later; what is no day stays as it is.
func shift(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// wrongField puts what is wrong beside its field.
func wrongField(fields []templates.Field, problems []templates.Problem) {
	for i := range fields {
		for _, p := range problems {
			if p.Field == fields[i].Name {
				fields[i].Error = p.Text
			}
		}
	}
}
