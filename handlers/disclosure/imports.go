package disclosure

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

type importsPage struct {
	templates.Page
	Places     []templates.Tab
	MayArrange bool
	Feeds      []string // addresses that are read
	Table      templates.Table
	Pages      *templates.Pagination
}

type importPage struct {
	templates.Page
	Import     workflow.Import
	Path       string
	Badge      templates.Badge
	Facts      []templates.Fact
	Begun      bool
	Mapping    []mappedColumn
	Channels   []templates.Choice
	Columns    []templates.Choice
	Missing    []string
	Stats      []templates.Stat
	Errors     templates.Table
	More       string // that there are more errors than shown
	Notes      []string
	Sample     templates.Table
	MayStart   bool
	Basis      string
	ReviewedBy string
	Remark     string
	Progress   *templates.Progress
	Refresh    string // address of this page, while it changes by itself
	Items      string // list of its items
	MayConfirm bool
	Second     bool // waits for a second person, who is not the reader
	MayUndo    bool
	Undo       templates.Confirm
	Fault      string
}

// mappedColumn is a column of the table with what it means.
type mappedColumn struct {
	Heading string
	Field   templates.Field
}

const importsPerPage = 25

func (p *Pages) imports(c *web.Context) error { return p.showImports(c, http.StatusOK, nil) }

func (p *Pages) showImports(c *web.Context, status int, wrong []templates.Problem) error {
	before := int64(0)
	after, err := c.After(1)
	if err != nil {
		return err
	}
	if after != nil {
		if before, err = strconv.ParseInt(after[0], 10, 64); err != nil {
			return workflow.Wrong("after", "invalid.cursor")
		}
	}
	list, err := p.Imports.List(c.Context(), c.User.Actor(), before, importsPerPage+1)
	if err != nil {
		return err
	}
	who, err := p.accounts(c)
	if err != nil {
		return err
	}
	view := importsPage{Places: places(c, "imports"), MayArrange: ledger.MayArrange(c.User.Actor())}
	if len(list) > importsPerPage {
		list = list[:importsPerPage]
		view.Pages = &templates.Pagination{Next: c.With("after", web.Cursor(decimal(list[importsPerPage-1].ID)))}
	}
	if view.Feeds, err = p.Feeds.Addresses(c.Context()); err != nil {
		return err
	}
	view.Table = importTable(c, who, list)
	view.Page = begin(c, "ledger.imports")
	view.Token, view.Problems = c.FormToken(), wrong
	return c.Render(status, "disclosure/imports.html", view)
}

var importTones = map[workflow.ImportState]string{
	workflow.ImportBegun: "quiet", workflow.ImportQueued: "info", workflow.ImportAdded: "soon", workflow.ImportConfirmed: "good",
	workflow.ImportUndone: "quiet", workflow.ImportFailed: "late",
}

func importTable(c *web.Context, who map[int64]string, list []workflow.Import) templates.Table {
	t := templates.Table{
		Caption: c.Text("ledger.imports"), Cards: true,
		Columns: columnsOf(c, "ledger.import.name", "ledger.import.state", "ledger.import.added", "ledger.import.by", "ledger.import.at"),
		Empty:   &templates.Empty{Icon: "upload", Title: c.Text("ledger.imports.none"), Text: c.Text("ledger.imports.none.text")},
	}
	t.Columns[2].Number = true
	for _, m := range list {
		t.Rows = append(t.Rows, templates.Row{Href: "/disclosure/imports/" + decimal(m.ID), Cells: []templates.Cell{
			{Text: m.Name, Hint: c.Text("ledger.source." + m.Source)},
			{Badge: &templates.Badge{Tone: importTones[m.State], Label: c.Text("ledger.import.state." + string(m.State))}},
			{Text: templates.Number(m.Added)},
			{Text: who[m.By]},
			{Text: web.Moment(c, m.At)},
		}})
	}
	return t
}

// upload takes a table or an archive; nothing of it is in the ledger yet.
func (p *Pages) upload(c *web.Context) error {
	name, sum := "", ""
	rules := web.UploadRules{Files: 1, PerFile: ledger.MaxArchive, Total: ledger.MaxArchive, MailArchives: true}
	_, err := c.Upload(rules, func(ctx context.Context, f web.File) error {
		var err error
		name = f.Name
		sum, _, err = p.Blobs.Put(ctx, f.Content, ledger.MaxArchive)
		return err
	})
	if err == nil && sum == "" {
		err = workflow.Wrong("file", "invalid.required")
	}
	var m workflow.Import
	if err == nil {
		m, err = p.Imports.Begin(c.Context(), c.User.Actor(), name, sum)
	}
	if err != nil {
		status, wrong, err := problems(c, err)
		if err != nil {
			return err
		}
		return p.showImports(c, status, wrong)
	}
	return c.Redirect("/disclosure/imports/" + decimal(m.ID))
}

// readFeeds asks the college's site now what it has published.
func (p *Pages) readFeeds(c *web.Context) error {
	n, err := p.Feeds.Read(c.Context(), c.User.Actor())
	if e, ok := errors.AsType[*workflow.Error](err); ok && (e.Kind == workflow.Unavailable || e.Kind == workflow.Invalid) {
		return p.showImports(c, http.StatusBadGateway, []templates.Problem{{Text: c.Text(e.Key)}})
	}
	if err != nil {
		return err
	}
	c.Flash("good", "ledger.feed.read", strconv.Itoa(n))
	return c.Redirect("/disclosure/imports")
}

func (p *Pages) oneImport(c *web.Context) error {
	return p.showImport(c, http.StatusOK, importPage{}, nil)
}

// showImport shows an import; typed has what was typed into a refused form.
func (p *Pages) showImport(c *web.Context, status int, view importPage, wrong []templates.Problem) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	preview, err := p.Imports.Preview(c.Context(), c.User.Actor(), id)
	if err != nil {
		return err
	}
	who, err := p.accounts(c)
	if err != nil {
		return err
	}
	m := preview.Import
	view.Import, view.Path = m, "/disclosure/imports/"+decimal(m.ID)
	view.Badge = templates.Badge{Tone: importTones[m.State], Label: c.Text("ledger.import.state." + string(m.State))}
	view.Facts = importFacts(c, who, m)
	view.Page = begin(c, m.Name, crumb(c, "ledger.imports", "/disclosure/imports"))
	view.Token, view.Problems = c.FormToken(), wrong
	if err := p.fillImport(c, &view, preview); err != nil {
		return err
	}
	return c.Render(status, "disclosure/import.html", view)
}

func (p *Pages) fillImport(c *web.Context, view *importPage, preview ledger.Preview) error {
	by, m := c.User.Actor(), preview.Import
	switch m.State { //nolint:exhaustive // the others show facts alone
	case workflow.ImportBegun:
		n, err := p.names(c)
		if err != nil {
			return err
		}
		view.plan(c, n, preview)
	case workflow.ImportQueued:
		view.Progress = &templates.Progress{Label: c.Text("ledger.import.running"), Words: c.Text("ledger.import.so_far", templates.Number(m.Done)), Done: m.Done, Total: max(m.Rows, m.Done, 1)}
		view.Refresh = view.Path
	case workflow.ImportFailed:
		view.Fault = c.Text(m.Fault)
	}
	view.MayConfirm = ledger.MayConfirm(by, m)
	view.Second = m.State == workflow.ImportAdded && !view.MayConfirm
	view.MayUndo = ledger.MayArrange(by) && m.State != workflow.ImportUndone
	undo := "ledger.import.undo"
	if m.State == workflow.ImportBegun {
		undo = "ledger.import.drop"
	}
	view.Undo = templates.Confirm{
		Label: c.Text(undo), Question: c.Plural("ledger.import.undo.ask", m.Added), Yes: c.Text("ledger.import.undo.yes"),
		Action: view.Path + "/undo", Fields: c.Hidden(), Tone: "danger",
	}
	if m.Added > 0 {
		view.Items = "/disclosure/items?import=" + decimal(m.ID)
	}
	return nil
}

func importFacts(c *web.Context, who map[int64]string, m workflow.Import) []templates.Fact {
	out := []templates.Fact{
		{Label: c.Text("ledger.import.source"), Value: c.Text("ledger.source." + m.Source)},
		{Label: c.Text("ledger.import.by"), Value: who[m.By]},
		{Label: c.Text("ledger.import.at"), Value: web.Moment(c, m.At)},
	}
	add := func(key, value string) {
		if value != "" {
			out = append(out, templates.Fact{Label: c.Text(key), Value: value})
		}
	}
	if m.State != workflow.ImportBegun && m.State != workflow.ImportQueued {
		add("ledger.import.rows", templates.Number(m.Rows))
		add("ledger.import.added", templates.Number(m.Added))
		add("ledger.import.known", templates.Number(m.Known))
		add("ledger.import.wrong", templates.Number(m.Wrong))
	}
	add("ledger.import.basis", m.Basis)
	add("ledger.import.reviewed_by", m.ReviewedBy)
	add("ledger.import.confirmer", who[m.Confirmer])
	add("ledger.import.undoer", who[m.Undoer])
	return out
}

// plan shows what an import would do, and what its columns mean.
func (v *importPage) plan(c *web.Context, n names, x ledger.Preview) {
	v.Begun = true
	for at, cell := range x.Head {
		if at >= len(x.Plan.Fields) {
			break
		}
		options := append([]templates.Choice{{Label: c.Text("ledger.field.ignored")}}, choices(c, "ledger.field.", ledger.Fields, x.Plan.Fields[at])...)
		heading := cell.Text
		if heading == "" {
			heading = c.Text("ledger.import.nameless", at+1)
		}
		v.Mapping = append(v.Mapping, mappedColumn{heading, templates.Field{Kind: "select", Name: "field_" + strconv.Itoa(at), Label: heading, Options: options}})
	}
	v.Channels = choices(c, "item.channel.", workflow.ItemChannels, workflow.ItemChannel(x.Plan.Channel))
	v.Columns = n.columnChoices(c, "ledger.no_column", x.Plan.Column, nil)
	for _, f := range x.Missing {
		v.Missing = append(v.Missing, c.Text("ledger.field."+string(f)))
	}
	stat := func(key string, value int, tone string) {
		v.Stats = append(v.Stats, templates.Stat{Label: c.Text(key), Value: templates.Number(value), Tone: tone})
	}
	wrong := ""
	if x.Wrong > 0 {
		wrong = "late"
	}
	stat("ledger.import.rows", x.Rows, "")
	stat("ledger.import.good", x.Good, "")
	stat("ledger.import.twice", x.Twice, "")
	stat("ledger.import.known", x.Known, "")
	stat("ledger.import.wrong", x.Wrong, wrong)
	v.notes(c, x)
	v.MayStart = x.Good > 0 && len(x.Missing) == 0 && ledger.MayArrange(c.User.Actor())
	v.Sample = itemTable(c, n, x.Sample)
	v.Sample.Caption = c.Text("ledger.import.sample")
	for i := range v.Sample.Rows { // nothing of it is stored
		v.Sample.Rows[i].Href = ""
	}
}

func (v *importPage) notes(c *web.Context, x ledger.Preview) {
	if x.Formulas > 0 {
		v.Notes = append(v.Notes, c.Plural("ledger.import.formulas", x.Formulas))
	}
	if x.Merged > 0 {
		v.Notes = append(v.Notes, c.Plural("ledger.import.merged", x.Merged))
	}
	v.Errors = templates.Table{Caption: c.Text("ledger.import.errors"), Columns: columnsOf(c, "ledger.import.row", "ledger.import.what")}
	for _, e := range x.Errors {
		v.Errors.Rows = append(v.Errors.Rows, templates.Row{Cells: []templates.Cell{{Text: strconv.Itoa(e.Row)}, {Text: c.Text(e.Key, e.Args...)}}})
	}
	if x.Wrong > len(x.Errors) {
		v.More = c.Text("ledger.import.more", len(x.Errors), x.Wrong)
	}
}

// planImport changes what the columns of a table mean.
func (p *Pages) planImport(c *web.Context) error {
	return p.changeImport(c, "ledger.import.planned", nil, func(f *web.Form, id int64) error {
		plan := ledger.Plan{Channel: f.Line("channel")}
		var err error
		if plan.Column, err = f.Number("column"); err != nil {
			return err
		}
		for n := 0; f.Has("field_" + strconv.Itoa(n)); n++ {
			plan.Fields = append(plan.Fields, ledger.Field(f.Line("field_"+strconv.Itoa(n))))
		}
		return p.Imports.SavePlan(c.Context(), c.User.Actor(), id, plan)
	})
}

func (p *Pages) startImport(c *web.Context) error {
	typed := func(f *web.Form, v *importPage) { v.Basis, v.ReviewedBy = f.Line("basis"), f.Line("reviewed_by") }
	return p.changeImport(c, "ledger.import.started", typed, func(f *web.Form, id int64) error {
		return p.Imports.Queue(c.Context(), c.User.Actor(), id, f.Line("basis"), f.Line("reviewed_by"))
	})
}

func (p *Pages) confirmImport(c *web.Context) error {
	typed := func(f *web.Form, v *importPage) { v.Remark = f.Line("remark") }
	return p.changeImport(c, "ledger.import.confirmed", typed, func(f *web.Form, id int64) error {
		_, err := p.Imports.Confirm(c.Context(), c.User.Actor(), id, f.Line("remark"))
		return err
	})
}

func (p *Pages) undoImport(c *web.Context) error {
	return p.changeImport(c, "ledger.import.undone", nil, func(_ *web.Form, id int64) error {
		_, err := p.Imports.Undo(c.Context(), c.User.Actor(), id)
		return err
	})
}

// changeImport lets do change an import and shows it again; typed keeps what was
// typed when do refuses.
func (p *Pages) changeImport(c *web.Context, done string, typed func(*web.Form, *importPage), do func(*web.Form, int64) error) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := do(f, id); err != nil {
		status, wrong, err := problems(c, err, "basis", "reviewed_by", "remark")
		if err != nil {
			return err
		}
		var view importPage
		if typed != nil {
			typed(f, &view)
		}
		return p.showImport(c, status, view, wrong)
	}
	c.Flash("good", done)
	return c.Redirect("/disclosure/imports/" + decimal(id))
}
