package office

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

type entryPage struct {
	templates.Page
	Channel, Status, Identity, Kind, Category, About string
	Name, Phone, Email, Subject, LetterBody          string
	Asked, Purpose, Delivery                         string // of an application for disclosure
	Purposes, Deliveries                             []templates.Choice
	Urgent                                           bool
	Channels, Statuses, Identities, Kinds            []templates.Choice
	Categories, Abouts                               []templates.Choice
	MaxSubject, MaxBody, MaxFiles                    int
	Kept                                             []keptFile          // added before, and still there
	Summary                                          []templates.Problem // what is wrong, each with the name of its field
}

// keptFile is a file the form brought when it was sent before.
type keptFile struct {
	Name, Value string
	Size        int64
}

// entry is the form for a letter that came by phone, on paper or in person.
func (p *Pages) entry(c *web.Context) error {
	return p.showEntry(c, http.StatusOK, entryPage{Channel: string(workflow.Phone), Identity: string(workflow.Signed), Kind: string(workflow.Help)})
}

func (p *Pages) showEntry(c *web.Context, status int, page entryPage) error {
	n, err := p.names(c)
	if err != nil {
		return err
	}
	problems := page.Problems
	page.Page = c.Page("office.new")
	page.Problems, page.Summary = problems, summary(c, problems)
	page.Channels = choices(c, "channel.", workflow.ByHand)
	page.Statuses = statuses(c)
	for _, m := range workflow.Modes {
		page.Identities = append(page.Identities, templates.Choice{Value: string(m), Label: c.Text("mode." + string(m)), Hint: c.Text("office.new.identity." + string(m))})
	}
	page.Kinds = choices(c, "kind.", workflow.CaseKinds)
	page.Categories = append([]templates.Choice{{Label: c.Text("office.new.category.choose")}}, n.categoryChoices(c)...)
	page.Abouts = append([]templates.Choice{{Label: c.Text("office.about.none")}}, n.departmentChoices(c, 0)...)
	page.Purposes, page.Deliveries = unless(c, "purpose.", workflow.Purposes), unless(c, "delivery.", workflow.Deliveries)
	page.MaxSubject, page.MaxBody, page.MaxFiles = workflow.MaxSubject, workflow.MaxBody, workflow.MaxFiles
	return c.Render(status, "office/new.html", page)
}

// labels are the names of the fields, where they are not their own.
var labels = map[string]string{"asked": "write.asked", "purpose": "write.purpose", "delivery": "write.delivery", "kind": "office.filter.kind", "category": "office.filter.category", "about": "office.fact.about"}

// summary says of each problem which field it is about: on top of the form
// "please fill this in" alone helps nobody.
func summary(c *web.Context, problems []templates.Problem) []templates.Problem {
	var out []templates.Problem
	for _, p := range problems {
		if p.Field != "" {
			p.Text = c.Text("office.new.problem", c.Text(cmp.Or(labels[p.Field], "office.new."+p.Field)), p.Text)
		}
		out = append(out, p)
	}
	return out
}

// unless offers the words of a list whose empty value is "not said".
func unless(c *web.Context, prefix string, values []string) []templates.Choice {
	return append([]templates.Choice{{Label: c.Text(prefix + "none")}}, choices(c, prefix, values[1:])...)
}

func statuses(c *web.Context) []templates.Choice {
	var out []templates.Choice
	for _, s := range workflow.WriterStatuses {
		out = append(out, templates.Choice{Value: string(s), Label: status(c, s)})
	}
	return out
}

// enter makes a case of what was entered. The same form sent twice is one case.
func (p *Pages) enter(c *web.Context) error {
	form, files, err := p.readEntry(c)
	if form == nil || err != nil && workflow.KindOf(err) != workflow.Invalid {
		return err
	}
	l, wrong := letterOf(c, form)
	kept, gone := c.KeptFiles("files", p.Blobs)
	if gone != nil && workflow.KindOf(gone) != workflow.Invalid {
		return gone
	}
	l.Files = slices.Concat(kept, files)
	if err = errors.Join(err, wrong, gone); err == nil {
		_, err = p.Intake.Submit(c.Context(), l)
	} else {
		err = errors.Join(err, intake.Check(l)) // everything that is wrong, at once
	}
	problems, err := c.Problems(err)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		page := entryAgain(form)
		page.Problems = web.InOrder(problems, entryFields...)
		for _, f := range l.Files {
			page.Kept = append(page.Kept, keptFile{f.Name, c.KeepFile(f), f.Size})
		}
		return p.showEntry(c, http.StatusUnprocessableEntity, page)
	}
	p.keepSlip(c, l)
	return c.Redirect("/office/new/slip")
}

// entryFields are the fields of the form from top to bottom.
var entryFields = []string{"channel", "identity", "name", "status", "phone", "email", "kind", "asked", "purpose", "delivery", "category", "about", "subject", "body", "files", "urgent"}

// readEntry reads the form and stores its files.
func (p *Pages) readEntry(c *web.Context) (*web.Form, []workflow.NewFile, error) {
	if !strings.HasPrefix(c.Header("Content-Type"), "multipart/form-data") {
		form, err := c.Form()
		return form, nil, err
	}
	var kept []workflow.NewFile
	rules := web.UploadRules{Files: workflow.MaxFiles, PerFile: workflow.MaxFileSize, Total: workflow.MaxAllFiles}
	form, err := c.Upload(rules, func(ctx context.Context, f web.File) error {
		sha, size, err := p.Blobs.Put(ctx, f.Content, workflow.MaxFileSize)
		if err == nil {
			kept = append(kept, workflow.NewFile{SHA256: sha, Name: f.Name, MediaType: f.Type, Size: size})
		}
		return err
	})
	return form, kept, err
}

func letterOf(c *web.Context, form *web.Form) (workflow.Letter, error) {
	l := workflow.Letter{
		Channel: workflow.Channel(form.Line("channel")), External: form.Token(), Mode: workflow.Mode(form.Line("identity")),
		Kind: workflow.CaseKind(form.Line("kind")), WriterStatus: workflow.WriterStatus(form.Line("status")),
		Subject: form.Line("subject"), Body: form.Prose("body"), Urgent: form.Has("urgent"), Locale: templates.Locales[0],
		Identity:  workflow.Identity{Name: form.Line("name"), Phone: form.Line("phone"), Email: form.Line("email")},
		EnteredBy: c.User.Actor(), Application: workflow.Application{Asked: form.Line("asked"), Purpose: form.Line("purpose"), Delivery: form.Line("delivery")},
	}
	var category, about, channel error
	if l.Category, category = number(form.Line("category"), "category"); l.Category == 0 {
		category = workflow.Wrong("category", "invalid.choice")
	}
	l.About, about = number(form.Line("about"), "about")
	if !slices.Contains(workflow.ByHand, l.Channel) {
		channel = workflow.Wrong("channel", "invalid.choice")
	}
	return l, errors.Join(channel, category, about)
}

// entryAgain is the form as it was sent.
func entryAgain(form *web.Form) entryPage {
	return entryPage{
		Channel: form.Line("channel"), Status: form.Line("status"), Identity: form.Line("identity"), Kind: form.Line("kind"),
		Category: form.Line("category"), About: form.Line("about"), Name: form.Line("name"), Phone: form.Line("phone"),
		Email: form.Line("email"), Subject: form.Line("subject"), LetterBody: form.Prose("body"), Urgent: form.Has("urgent"),
		Asked: form.Line("asked"), Purpose: form.Line("purpose"), Delivery: form.Line("delivery"),
	}
}
