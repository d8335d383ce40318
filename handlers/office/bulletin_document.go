package office

import (
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

// bulletinKeys are the figures of departments in a bulletin, in their order.
var bulletinKeys = []string{"received", "signed", "refused", "more_time", "answered", "on_time", "on_first", "handled", "satisfaction"}

// definition is a figure by its key.
func definition(key string) report.Figure {
	for _, all := range [][]report.Figure{report.All, report.DepartmentFigures} {
		for _, f := range all {
			if f.Key == key {
				return f
			}
		}
	}
	return report.Figure{}
}

// bulletinNumber is a figure of a line as it is printed, with what it is taken
// from when that is wanted.
func bulletinNumber(c *web.Context, l workflow.BulletinLine, key string, base bool) string {
	f, v := definition(key), report.BulletinValue(l, key)
	if words := baseText(c, f, v); base && words != "" {
		return valueText(f, v) + " (" + words + ")"
	}
	return valueText(f, v)
}

func monthWords(c *web.Context, month string) string {
	m, err := time.Parse(time.DateOnly, month)
	if err != nil {
		return month
	}
	if c.Locale == "en" {
		return m.Format("January 2006")
	}
	return m.Format("2006年1月")
}

// bulletinDocument is a bulletin as an official document. No letter and no word
// of one is in it.
func bulletinDocument(c *web.Context, b workflow.Bulletin) workflow.Document {
	made := b.Approved
	if b.State == workflow.BulletinDraft {
		made = b.Values.AsOf
	}
	d := workflow.Document{
		Locale: c.Locale, Title: c.Text("bulletin.title", monthWords(c, b.Month)), Addressee: c.Text("bulletin.addressee"),
		Signature: c.Text("bulletin.signature"), Date: c.Local(made).Format(time.DateOnly), Made: made,
		Mark: c.Text("figures.as_of", c.Local(b.Values.AsOf).Format("2006-01-02 15:04")),
	}
	head := func(key string) {
		d.Blocks = append(d.Blocks, workflow.Block{Kind: workflow.Heading, Level: 1, Text: c.Text(key)})
	}
	say := func(text string) { d.Blocks = append(d.Blocks, workflow.Block{Kind: workflow.Paragraph, Text: text}) }
	head("bulletin.part.1")
	for _, text := range totalWords(c, b) {
		say(text)
	}
	head("bulletin.part.2")
	d.Blocks = append(d.Blocks, workflow.Block{Kind: workflow.TableIn, Table: bulletinGrid(bulletinTable(c, b.Values))})
	say(c.Text("figures.compare.text"))
	head("bulletin.part.3")
	say(lateWords(c, b.Values))
	if b.Text != "" {
		head("bulletin.part.4")
		for _, text := range strings.Split(b.Text, "\n") {
			if text = strings.TrimSpace(text); text != "" {
				say(text)
			}
		}
	}
	return d
}

// totalWords are the sentences about the whole month.
func totalWords(c *web.Context, b workflow.Bulletin) []string {
	n := func(key string) string { return bulletinNumber(c, b.Values.Total, key, false) }
	of := func(key string) string { return bulletinNumber(c, b.Values.Total, key, true) }
	return []string{
		c.Text("bulletin.total", monthWords(c, b.Month), n("received"), n("matters"), n("accepted"), n("declined"), n("answered"), n("closed"), n("in_hand")),
		c.Text("bulletin.rates", of("on_time"), of("on_first"), of("median"), of("satisfaction")),
	}
}

// lateWords says how many cases are late, and with whom.
func lateWords(c *web.Context, v workflow.BulletinValues) string {
	at := c.Local(v.AsOf).Format("2006-01-02 15:04")
	if v.Total.Overdue == 0 {
		return c.Text("bulletin.late.none", at)
	}
	with := ""
	for _, l := range v.Lines {
		if l.Overdue == 0 {
			continue
		}
		one := c.Text("bulletin.late.one", c.Name(l.NameZH, l.NameEN), templates.Number(l.Overdue))
		if with != "" {
			one = c.Text("bulletin.late.and", with, one)
		}
		with = one
	}
	words := c.Text("bulletin.late", at, templates.Number(v.Total.Overdue))
	if with == "" {
		return words + c.Text("bulletin.late.office")
	}
	return words + c.Text("bulletin.late.with", with)
}

func bulletinTable(c *web.Context, v workflow.BulletinValues) templates.Table {
	t := templates.Table{Caption: c.Text("figures.compare"), Columns: []templates.Column{{Label: c.Text("figures.by.department")}}}
	for _, key := range bulletinKeys {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("figure." + key), Number: true})
	}
	t.Columns = append(t.Columns, templates.Column{Label: c.Text("bulletin.overdue"), Number: true})
	for _, l := range v.Lines {
		row := templates.Row{Cells: []templates.Cell{{Text: c.Name(l.NameZH, l.NameEN)}}}
		if l.Overdue > 0 {
			row.Tone = "late"
		}
		for _, key := range bulletinKeys {
			row.Cells = append(row.Cells, templates.Cell{
				Text: bulletinNumber(c, l, key, false), Hint: baseText(c, definition(key), report.BulletinValue(l, key)),
			})
		}
		row.Cells = append(row.Cells, templates.Cell{Text: templates.Number(l.Overdue)})
		t.Rows = append(t.Rows, row)
	}
	return t
}

// bulletinGrid is the table as it stands in the document.
func bulletinGrid(t templates.Table) *workflow.Grid {
	g := &workflow.Grid{Caption: t.Caption, Wide: true}
	for _, column := range t.Columns {
		g.Head, g.Right = append(g.Head, column.Label), append(g.Right, column.Number)
	}
	for _, row := range t.Rows {
		var line []string
		for _, cell := range row.Cells {
			line = append(line, strings.TrimSpace(cell.Text+" "+cell.Hint))
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}
