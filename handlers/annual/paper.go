package annual

import (
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
)

// paper is the report in its official shape.
type paper struct {
	Title, Addressee, College, Day string
	Blocks                         []blockView
	Attachment                     string
}

// blockView is a part of the report.
type blockView struct {
	Key, Name, Path string
	Paras           []paraView
	Comments        int
	Who             string // who wrote it last, and when; "" as the form has it
	Fault           string
	Fields          []fieldView
}

// paraView is a paragraph, a heading or a table.
type paraView struct {
	Level int // of a heading; 0: a paragraph
	Runs  []runView
	Table *templates.Table
}

// runView is a piece of it: words, or a field that leads to what lies behind.
type runView struct {
	Text, Href, Title string
	Marked            bool // a person set it
}

// fieldView is a field with its definition.
type fieldView struct {
	Key, Name, Value, Unit, Nature, Formula, Excludes, Href string
	Override                                                string // why it is not what was counted
}

func paperOf(c *web.Context, v annual.View) paper {
	r := v.Report
	out := paper{Title: r.Title, Addressee: r.Addressee, College: v.Frozen.College, Day: annual.ChineseDay(r.Day)}
	if len(v.Frozen.Contacts) > 0 {
		out.Attachment = v.Frozen.College + c.TextIn("zh-CN", "annual.annex")
	}
	for i, b := range v.Frozen.Blocks {
		view := blockView{Key: b.Key, Name: b.Name, Path: path(r.ID, "blocks", b.Key), Comments: v.OpenComments(b.Key), Fault: faultOf(c, b.Fault)}
		if i < len(v.Blocks) && v.Blocks[i].By != 0 {
			view.Who = v.Blocks[i].ByName + " " + web.Moment(c, v.Blocks[i].At)
		}
		seen := map[string]bool{}
		for _, para := range b.Paras {
			view.Paras = append(view.Paras, paraOf(c, v, para))
			view.Fields = append(view.Fields, fieldsOf(c, v, para, seen)...)
		}
		out.Blocks = append(out.Blocks, view)
	}
	return out
}

func faultOf(c *web.Context, err error) string {
	if err == nil {
		return ""
	}
	if problem, ok := c.Problem(err); ok {
		return problem.Text
	}
	return c.Text("annual.fault")
}

func paraOf(c *web.Context, v annual.View, p annual.Para) paraView {
	if p.Kind == workflow.TableIn {
		for _, t := range v.Frozen.Tables {
			if t.Key == p.Table {
				table := gridTable(t.Sheet.Title, annual.Grid(t.Sheet))
				return paraView{Table: &table}
			}
		}
	}
	out := paraView{Level: p.Level}
	for _, r := range p.Runs {
		out.Runs = append(out.Runs, runOf(c, v, r))
	}
	return out
}

func runOf(c *web.Context, v annual.View, r annual.Run) runView {
	f, ok := v.Frozen.Field(r.Field)
	if !ok {
		return runView{Text: r.Text}
	}
	out := runView{Text: r.Text, Title: c.Text(fieldName(f)), Marked: f.Override != nil}
	if f.Nature != annual.Said {
		out.Title = c.Text("annual.chip", out.Title, c.Text(fieldName(f)+".formula"))
		out.Href = path(v.Report.ID, "fields", f.Key)
	}
	return out
}

// fieldName is the catalogue key of a field's name.
func fieldName(f annual.FrozenField) string { return annual.Field{Key: f.Key}.Name() }

// fieldsOf are the counted fields of a paragraph that were not seen before.
func fieldsOf(c *web.Context, v annual.View, p annual.Para, seen map[string]bool) []fieldView {
	var out []fieldView
	for _, r := range p.Runs {
		f, ok := v.Frozen.Field(r.Field)
		if !ok || f.Nature == annual.Said || seen[f.Key] {
			continue
		}
		seen[f.Key] = true
		out = append(out, fieldOf(c, v.Report, f))
	}
	return out
}

func fieldOf(c *web.Context, r workflow.AnnualReport, f annual.FrozenField) fieldView {
	key := fieldName(f)
	out := fieldView{
		Key: f.Key, Name: c.Text(key), Value: f.Value.Text, Unit: c.Text("annual.unit." + string(f.Unit)), Nature: c.Text("annual.nature." + string(f.Nature)),
		Formula: c.Text(key + ".formula"), Excludes: c.Text("annual.excludes", c.Text(key+".excludes")), Href: path(r.ID, "fields", f.Key),
	}
	if f.Override != nil {
		out.Override = c.Text("annual.overridden", f.Override.By, f.Counted.Text, f.Override.Reason)
	}
	return out
}

// gridTable is a table of a document as one of a page.
func gridTable(caption string, g *workflow.Grid) templates.Table {
	t := templates.Table{Caption: caption}
	if g == nil {
		return t
	}
	for i, h := range g.Head {
		t.Columns = append(t.Columns, templates.Column{Label: h, Number: i < len(g.Right) && g.Right[i]})
	}
	for _, row := range g.Rows {
		var cells []templates.Cell
		for _, text := range row {
			cell := templates.Cell{Text: text}
			if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
				cell.Href = text
			}
			cells = append(cells, cell)
		}
		t.Rows = append(t.Rows, templates.Row{Cells: cells})
	}
	return t
}
