package matters

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
)

type appraisalsPage struct {
	templates.Page
	Add   *templates.Button
	Kinds []templates.Tab
	Table templates.Table
	Pages templates.Pagination
}

// appraisals lists the college's appraisals, the latest first.
func (p *Pages) appraisals(c *web.Context) error {
	q := workflow.AppraisalQuery{Kind: workflow.AppraisalKind(c.Query("kind")), After: c.Query("after")}
	list, n, err := p.Matters.Appraisals(c.Context(), actor(c), q)
	if err != nil {
		return err
	}
	page := appraisalsPage{Page: c.Page("appraisals.title"), Kinds: kindTabs(c, q.Kind)}
	empty := templates.Empty{Icon: "chart", Title: c.Text("appraisals.none"), Text: c.Text("appraisals.none.text")}
	if keeps(c) {
		page.Add = &templates.Button{Tone: "primary", Icon: "plus", Label: c.Text("appraisals.add"), Href: "/disclosure/appraisals/new"}
		empty.Act = page.Add
	}
	page.Table = appraisalTable(c, list.Appraisals)
	page.Table.Empty = &empty
	page.Pages = templates.Pagination{Words: c.Text("appraisals.count", templates.Number(n))}
	if list.Next != "" {
		page.Pages.Next = c.With("after", list.Next)
	}
	if q.After != "" {
		page.Pages.Prev = c.With("after", "")
	}
	return c.Render(http.StatusOK, "matters/appraisals.html", page)
}

func kindTabs(c *web.Context, chosen workflow.AppraisalKind) []templates.Tab {
	out := []templates.Tab{{Label: c.Text("appraisals.any"), Href: "/disclosure/appraisals", Current: chosen == ""}}
	for _, k := range workflow.AppraisalKinds {
		out = append(out, templates.Tab{Label: c.Text("appraisal.kind." + string(k)), Href: "/disclosure/appraisals?kind=" + string(k), Current: chosen == k})
	}
	return out
}

func appraisalTable(c *web.Context, all []workflow.Appraisal) templates.Table {
	t := templates.Table{Caption: c.Text("appraisals.title"), Cards: true, Columns: []templates.Column{
		{Label: c.Text("appraisals.name")},
		{Label: c.Text("appraisals.day")},
		{Label: c.Text("appraisals.kind")},
		{Label: c.Text("appraisals.participants"), Number: true},
		{Label: c.Text("appraisals.share"), Number: true},
	}}
	for _, a := range all {
		t.Rows = append(t.Rows, templates.Row{Href: "/disclosure/appraisals/" + id(a.ID), Cells: []templates.Cell{
			{Text: a.Title},
			{Text: a.Day},
			{Text: c.Text("appraisal.kind." + string(a.Kind))},
			{Text: templates.Number(a.Participants)},
			{Text: share(c, a)},
		}})
	}
	return t
}

// share is how many of those who answered are content: "—" when nobody did.
func share(c *web.Context, a workflow.Appraisal) string {
	answered := a.Satisfied + a.Basically + a.Dissatisfied
	if answered == 0 {
		return "—"
	}
	return c.Text("appraisals.share.of", templates.Percent(float64(a.Satisfied+a.Basically)/float64(answered)), templates.Number(answered))
}

type appraisalPage struct {
	templates.Page
	ID       int64
	Version  int64
	Keeps    bool
	Action   string
	Fields   []templates.Field
	Numbers  []templates.Field // who took part and how content they are
	Words    []templates.Field
	Facts    []templates.Fact // for those who only read
	Findings string
	File     *templates.File
	Kept     string // a file that came with the form before
	Remove   *templates.Confirm
}

func (p *Pages) newAppraisal(c *web.Context) error {
	return p.showAppraisal(c, http.StatusOK, workflow.Appraisal{Kind: "survey", Day: c.Now.Format(time.DateOnly)}, nil, nil)
}

func (p *Pages) appraisal(c *web.Context) error {
	a, err := p.knownAppraisal(c)
	if err != nil {
		return err
	}
	return p.showAppraisal(c, http.StatusOK, a, nil, nil)
}

func (p *Pages) knownAppraisal(c *web.Context) (workflow.Appraisal, error) {
	n, err := c.ID("id")
	if err != nil {
		return workflow.Appraisal{}, err
	}
	return p.Matters.Appraisal(c.Context(), actor(c), n)
}

// showAppraisal shows one appraisal, as it is stored or, with problems, as it
// was typed.
func (p *Pages) showAppraisal(c *web.Context, status int, a workflow.Appraisal, form *web.Form, problems []templates.Problem) error {
	title := a.Title
	if a.ID == 0 {
		title = "appraisals.add"
	}
	page := appraisalPage{Page: c.Page(title), ID: a.ID, Version: a.Version, Keeps: keeps(c), Action: "/disclosure/appraisals"}
	page.Crumbs = []templates.Crumb{{Label: c.Text("appraisals.title"), Href: "/disclosure/appraisals"}}
	page.Problems = problems
	page.Fields, page.Numbers, page.Words = whatFields(c, a), numberFields(c, a, form), wordFields(c, a)
	for _, fields := range [][]templates.Field{page.Fields, page.Numbers, page.Words} {
		wrongField(fields, problems)
	}
	page.Facts, page.Findings = appraisalFacts(c, a), a.Findings
	if a.ID != 0 {
		page.Action += "/" + id(a.ID)
		page.Remove = &templates.Confirm{
			Label: c.Text("appraisals.remove"), Question: c.Text("appraisals.remove.ask"), Yes: c.Text("appraisals.remove.yes"), Tone: "danger",
			Action: page.Action + "/remove", Fields: []templates.Hidden{{Name: web.TokenField, Value: c.FormToken()}},
		}
	}
	switch {
	case a.File.SHA256 != "" && form != nil:
		page.Kept = c.KeepFile(a.File)
		page.File = &templates.File{Name: a.File.Name, Type: a.File.MediaType, Size: a.File.Size, Href: "#f-file"}
	case a.File.SHA256 != "":
		page.File = &templates.File{Name: a.File.Name, Type: a.File.MediaType, Size: a.File.Size, Href: page.Action + "/file"}
	}
	return c.Render(status, "matters/appraisal.html", page)
}

func appraisalFacts(c *web.Context, a workflow.Appraisal) []templates.Fact {
	return []templates.Fact{
		{Label: c.Text("appraisals.day"), Value: a.Day},
		{Label: c.Text("appraisals.kind"), Value: c.Text("appraisal.kind." + string(a.Kind))},
		{Label: c.Text("appraisals.participants"), Value: templates.Number(a.Participants)},
		{Label: c.Text("appraisals.satisfied"), Value: templates.Number(a.Satisfied)},
		{Label: c.Text("appraisals.basically"), Value: templates.Number(a.Basically)},
		{Label: c.Text("appraisals.dissatisfied"), Value: templates.Number(a.Dissatisfied)},
		{Label: c.Text("appraisals.share"), Value: share(c, a)},
	}
}

func whatFields(c *web.Context, a workflow.Appraisal) []templates.Field {
	kind := templates.Field{Kind: "select", Name: "kind", Label: c.Text("appraisals.kind"), Required: true, Narrow: true}
	for _, k := range workflow.AppraisalKinds {
		kind.Options = append(kind.Options, templates.Choice{Value: string(k), Label: c.Text("appraisal.kind." + string(k)), Chosen: k == a.Kind})
	}
	return []templates.Field{
		{Kind: "text", Name: "title", Value: a.Title, Label: c.Text("appraisals.name"), Required: true, Limit: workflow.MaxSubject},
		{Kind: "date", Name: "day", Value: a.Day, Label: c.Text("appraisals.day"), Required: true, Narrow: true},
		kind,
	}
}

func numberFields(c *web.Context, a workflow.Appraisal, form *web.Form) []templates.Field {
	var out []templates.Field
	for _, n := range []struct {
		name  string
		value int
	}{{"participants", a.Participants}, {"satisfied", a.Satisfied}, {"basically", a.Basically}, {"dissatisfied", a.Dissatisfied}} {
		f := templates.Field{Kind: "number", Name: n.name, Label: c.Text("appraisals." + n.name), Optional: true}
		if n.value != 0 {
			f.Value = strconv.Itoa(n.value)
		}
		if form != nil {
			f.Value = form.Line(n.name) // as it was typed, a number or not
		}
		out = append(out, f)
	}
	return out
}

func wordFields(c *web.Context, a workflow.Appraisal) []templates.Field {
	return []templates.Field{
		{
			Kind: "textarea", Name: "findings", Value: a.Findings, Label: c.Text("appraisals.findings"), Hint: c.Text("appraisals.findings.hint"),
			Optional: true, Rows: 6, Limit: workflow.MaxBody,
		},
		{Kind: "file", Name: "file", Label: c.Text("appraisals.file"), Hint: c.Text("appraisals.file.hint"), Optional: true},
	}
}

// uploads is what one form may bring.
var uploads = web.UploadRules{Files: 1, PerFile: workflow.MaxFileSize, Total: workflow.MaxFileSize}

// saveAppraisal adds an appraisal, or changes one. The same form sent twice
// adds one.
func (p *Pages) saveAppraisal(c *web.Context) error {
	form, files, err := p.readAppraisal(c)
	if form == nil || err != nil && workflow.KindOf(err) != workflow.Invalid {
		return err
	}
	a, wrong := appraisalOf(form)
	kept, gone := c.KeptFiles("file", p.Blobs)
	if files = append(files, kept...); len(files) > 0 {
		a.File = files[0]
	}
	if c.Param("id") != "" {
		known, err := p.knownAppraisal(c)
		if err != nil {
			return err
		}
		a.ID = known.ID
	}
	if err = errors.Join(err, gone, wrong); err == nil {
		_, err = p.Matters.SaveAppraisal(c.Context(), actor(c), a)
	}
	problems, err := changed(c, err)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showAppraisal(c, http.StatusUnprocessableEntity, a, form, web.InOrder(problems, appraisalOrder...))
	}
	c.Flash("good", "appraisals.saved", a.Title)
	return c.Redirect("/disclosure/appraisals")
}

// appraisalOrder are the fields of the form from top to bottom.
var appraisalOrder = []string{"title", "day", "kind", "participants", "satisfied", "basically", "dissatisfied", "findings", "file"}

// readAppraisal reads the form and stores its file.
func (p *Pages) readAppraisal(c *web.Context) (*web.Form, []workflow.NewFile, error) {
	if !strings.HasPrefix(c.Header("Content-Type"), "multipart/") {
		form, err := c.Form()
		return form, nil, err
	}
	var files []workflow.NewFile
	form, err := c.Upload(uploads, func(ctx context.Context, f web.File) error {
		sum, size, err := p.Blobs.Put(ctx, f.Content, workflow.MaxFileSize)
		if err != nil {
			return fmt.Errorf("keep file: %w", err)
		}
		files = append(files, workflow.NewFile{SHA256: sum, Name: f.Name, MediaType: f.Type, Size: size})
		return nil
	})
	return form, files, err
}

func appraisalOf(form *web.Form) (workflow.Appraisal, error) {
	a := workflow.Appraisal{
		Kind: workflow.AppraisalKind(form.Line("kind")), Day: form.Line("day"), Title: form.Line("title"), Findings: form.Prose("findings"),
		External: external(form.Token()),
	}
	var errs []error
	for name, to := range map[string]*int{"participants": &a.Participants, "satisfied": &a.Satisfied, "basically": &a.Basically, "dissatisfied": &a.Dissatisfied} {
		n, err := form.Number(name)
		if err != nil {
			err = workflow.Wrong(name, "invalid.number")
		}
		*to, errs = int(n), append(errs, err)
	}
	version, err := form.Number("version")
	a.Version = version
	return a, errors.Join(append(errs, err)...)
}

// external names the form, without keeping its token.
func external(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("appraisal\x00" + token))
	return hex.EncodeToString(sum[:])
}

func (p *Pages) removeAppraisal(c *web.Context) error {
	n, err := c.ID("id")
	if err != nil {
		return err
	}
	a, err := p.Matters.Appraisal(c.Context(), actor(c), n)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return err
	}
	if err := p.Matters.RemoveAppraisal(c.Context(), actor(c), n); err != nil {
		return err
	}
	if a.ID != 0 { // else it was removed already: a second click
		c.Flash("good", "appraisals.removed", a.Title)
	}
	return c.Redirect("/disclosure/appraisals")
}

func (p *Pages) appraisalFile(c *web.Context) error {
	a, err := p.knownAppraisal(c)
	if err != nil {
		return err
	}
	if a.File.SHA256 == "" {
		return workflow.Absent()
	}
	content, err := p.Blobs.Open(c.Context(), a.File.SHA256)
	if err != nil {
		return fmt.Errorf("open file of appraisal %d: %w", a.ID, err)
	}
	defer func() { _ = content.Close() }() // it was only read
	return c.Download(a.File.Name, a.File.MediaType, a.File.Size, content)
}
