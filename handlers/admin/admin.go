// Package admin is where the college is administered: people, departments,
// categories, promises, the calendar, texts and settings, and whether the
// program is well. It shows no case and no letter to anybody.
package admin

import (
	"context"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/access"
	"mailbox/workflow/audit"
	"mailbox/workflow/rules"
)

// Deps is what the pages work with.
type Deps struct {
	Rules  *rules.Rules
	Door   *access.Door
	Tokens *access.Tokens
	// Factors is the second step of signing in.
	Factors *access.Factors
	Campus  *access.Campus
	Words   *templates.Set
	// Proof reads the whole journal and tells what is wrong with it.
	Proof func(context.Context) (audit.Extent, []audit.Fault, error)
	// Checks are what must work for the program to be well.
	Checks []web.Check
	// Outbox gives the mail with a Message-ID as it was written. It is nil
	// unless mails go to the demonstration's folder instead of to people.
	Outbox func(messageID string) ([]byte, error)
	// Forgetful reports whether sessions and timers live in this process alone
	// because there is no Redis. It may be nil.
	Forgetful func() bool
}

// Pages are the pages of administration.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Views lists every page with its data, for the check that they fit.
var Views = map[string]any{
	"admin/overview.html":    overviewPage{},
	"admin/people.html":      peoplePage{},
	"admin/person.html":      personPage{},
	"admin/password.html":    passwordPage{},
	"admin/departments.html": listPage{},
	"admin/department.html":  departmentPage{},
	"admin/categories.html":  listPage{},
	"admin/category.html":    categoryPage{},
	"admin/policies.html":    listPage{},
	"admin/policy.html":      policyPage{},
	"admin/calendar.html":    calendarPage{},
	"admin/change.html":      changePage{},
	"admin/preview.html":     previewPage{},
	"admin/templates.html":   listPage{},
	"admin/template.html":    templatePage{},
	"admin/outgoing.html":    outgoingPage{},
	"admin/mail.html":        mailPage{},
	"admin/settings.html":    settingsPage{},
	"admin/journal.html":     journalPage{},
	"admin/styleguide.html":  templates.Styleguide{},
}
