package office

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

type bulletinsPage struct {
	templates.Page
	Table templates.Table
	Pages templates.Pagination
}

// bulletinsAtOnce is two years of months.
const bulletinsAtOnce = 24

// bulletins lists the months' bulletins.
func (p *Pages) bulletins(c *web.Context) error {
	before := c.Query("after")
	if _, err := time.Parse(time.DateOnly, before); err != nil && before != "" {
		return workflow.Wrong("after", "invalid.cursor")
	}
	all, err := p.Monthly.List(c.Context(), c.User.Actor(), before, bulletinsAtOnce+1)
	if err != nil {
		return err
	}
	page := bulletinsPage{Table: templates.Table{Caption: c.Text("bulletin.list"), Cards: true}}
	for _, key := range []string{"month", "state", "at"} {
		page.Table.Columns = append(page.Table.Columns, templates.Column{Label: c.Text("bulletin.column." + key)})
	}
	page.Table.Empty = &templates.Empty{Icon: "file", Title: c.Text("bulletin.none"), Text: c.Text("bulletin.none.text")}
	if len(all) > bulletinsAtOnce {
		all = all[:bulletinsAtOnce]
		page.Pages.Next = c.With("after", all[bulletinsAtOnce-1].Month)
	}
	if before != "" {
		page.Pages.Prev = c.With("after", "")
	}
	for _, b := range all {
		page.Table.Rows = append(page.Table.Rows, bulletinRow(c, b))
	}
	page.Page = c.Page("nav.bulletins")
	return c.Render(http.StatusOK, "office/bulletins.html", page)
}

func bulletinRow(c *web.Context, b workflow.Bulletin) templates.Row {
	badge, when := templates.Badge{Tone: "soon", Label: c.Text("bulletin.draft")}, b.Created
	if b.State == workflow.BulletinSent {
		badge, when = templates.Badge{Tone: "good", Label: c.Text("bulletin.sent")}, b.Approved
	}
	return templates.Row{Href: "/office/bulletins/" + b.Month, Cells: []templates.Cell{
		{Text: monthWords(c, b.Month)}, {Badge: &badge}, {Text: c.Local(when).Format("2006-01-02 15:04")},
	}}
}

type bulletinPage struct {
	templates.Page
	Month    string
	Document workflow.Document
	Table    templates.Table
	Late     string
	Draft    bool
	AsOf     time.Time
	Text     string
	Version  int64
	Theirs   string // what somebody else has saved meanwhile
	Conflict bool
	Approve  *templates.Confirm
	Formats  []string
}

// bulletinFormats are the formats a bulletin can be taken away in.
func (p *Pages) bulletinFormats() []string {
	return slices.DeleteFunc([]string{"docx", "pdf"}, func(format string) bool { return p.Files.Kind(format) == "" })
}

// bulletin shows a month's bulletin: to the office while it writes, to
// everybody it is for when it was sent.
func (p *Pages) bulletin(c *web.Context) error {
	b, err := p.Monthly.Open(c.Context(), c.User.Actor(), c.Param("month"))
	if err != nil {
		return err
	}
	return p.showBulletin(c, http.StatusOK, b, nil, nil)
}

// showBulletin shows b; typed is what the reader has written and is not kept.
func (p *Pages) showBulletin(c *web.Context, status int, b workflow.Bulletin, typed *string, problems []templates.Problem) error {
	page := bulletinPage{
		Month: b.Month, Document: bulletinDocument(c, b), Table: bulletinTable(c, b.Values), Late: lateWords(c, b.Values),
		Draft: b.State == workflow.BulletinDraft, AsOf: c.Local(b.Values.AsOf), Text: b.Text, Version: b.Version,
		Formats: p.bulletinFormats(),
	}
	if typed != nil {
		page.Theirs, page.Text = b.Text, *typed
		page.Conflict = len(problems) == 0
	}
	if page.Draft && typed == nil && c.User.Actor().Is(workflow.OfficeHead) {
		page.Approve = &templates.Confirm{
			Label: c.Text("bulletin.approve"), Question: c.Text("bulletin.approve.ask"), Yes: c.Text("bulletin.approve.yes"),
			Action: "/office/bulletins/" + b.Month + "/approve",
			Fields: c.Hidden(templates.Hidden{Name: "version", Value: strconv.FormatInt(b.Version, 10)}),
		}
	}
	page.Page = c.Page("nav.bulletins")
	page.Title = page.Document.Title
	page.Problems = problems
	return c.Render(status, "office/bulletin.html", page)
}

func (p *Pages) saveBulletin(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	version, err := form.Number("version")
	if err != nil {
		return err
	}
	month, words := c.Param("month"), form.Prose("text")
	err = p.Monthly.Save(c.Context(), c.User.Actor(), month, words, version)
	_, conflict := errors.AsType[*report.BulletinConflict](err)
	var problems []templates.Problem
	if !conflict {
		if problems, err = c.Problems(err); err != nil {
			return err
		}
	}
	if conflict || len(problems) > 0 {
		b, err := p.Monthly.Open(c.Context(), c.User.Actor(), month)
		if err != nil {
			return err
		}
		status := http.StatusConflict
		if !conflict {
			status, b.Version = http.StatusUnprocessableEntity, version
		}
		return p.showBulletin(c, status, b, &words, problems)
	}
	c.Flash("good", "bulletin.saved")
	return c.Redirect("/office/bulletins/" + month)
}

func (p *Pages) approveBulletin(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	version, err := form.Number("version")
	if err != nil {
		return err
	}
	if err := p.Monthly.Approve(c.Context(), c.User.Actor(), c.Param("month"), version); err != nil {
		return err
	}
	c.Flash("good", "bulletin.approved")
	return c.Redirect("/office/bulletins/" + c.Param("month"))
}

// exportBulletin gives the bulletin out as an official document. It is posted,
// because it is noted in the journal.
func (p *Pages) exportBulletin(c *web.Context) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	format := form.Line("format")
	if !slices.Contains(p.bulletinFormats(), format) {
		return workflow.Wrong("format", "invalid.choice")
	}
	b, err := p.Monthly.Export(c.Context(), c.User.Actor(), c.Param("month"), format)
	if err != nil {
		return err
	}
	doc := bulletinDocument(c, b)
	var file bytes.Buffer
	if err := p.Files.WriteDocument(&file, format, doc); err != nil {
		return err
	}
	return c.Export(doc.Title+"."+format, p.Files.Kind(format), file.Bytes())
}
