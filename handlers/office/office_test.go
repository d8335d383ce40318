package office_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"mailbox/handlers/channel/email"
	"mailbox/handlers/document"
	"mailbox/handlers/office"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	for name, view := range office.Views {
		templatestest.Check(t, name, view)
	}
}

// college is a world with the office's pages open.
type college struct {
	*worldtest.World
	*webtest.Site
	mail    *intake.Mailroom
	courier *delivery.Courier
	refuse  bool // the mail server refuses everything
}

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	k := &college{World: w}
	k.mail = intake.NewMailroom(w.Intake, w.Blobs, email.Reader{Domain: "college.example"}, k.follow)
	k.courier = delivery.New(delivery.Deps{
		Desk: w.Desk, Sender: k, Address: w.Vault.Address, Words: w.Vault.OpenWords,
		ReplyTo: func(c workflow.Case) string { return "reply+" + w.Codes.ReplyToken(c.ID) + "@college.example" },
	})
	pages := office.New(office.Deps{
		Cases: w.Cases, Intake: w.Intake, Mail: k.mail, Failures: delivery.NewFailures(w.Desk), Files: document.Files{},
		Blobs: w.Blobs, College: w.Store, Span: k.span,
		Figures: report.New(report.Deps{
			Store: w.Store, Now: w.World().Now, Zone: workflowtest.Zone, Chain: w.Desk.Keeper.Chain,
			DayLength: func() time.Duration { return 7 * time.Hour },
		}),
	})
	d, site := webtest.Prepare(t)
	d.Now = func() time.Time { return w.Now().In(workflowtest.Zone) }
	d.Decorate = decorate(pages)
	k.Site = site.StartWith(t, d, append(pages.Routes(), acts(w.Cases)...)...)
	return k
}
