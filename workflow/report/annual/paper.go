package annual

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// Document is the report as an official document.
func (b *Bureau) Document(f Frozen, hash []byte) workflow.Document {
	d := workflow.Document{
		Locale: "zh-CN", Title: f.Report.Title, Addressee: f.Report.Addressee, Signature: f.College, Date: f.Report.Day,
		Mark: b.mark(f, hash), Made: f.Made,
	}
	for _, k := range f.Blocks {
		for _, p := range k.Paras {
			d.Blocks = append(d.Blocks, f.block(p))
		}
	}
	if len(f.Contacts) > 0 {
		title := f.College + b.Text("annual.annex")
		d.Attachments = []string{title}
		d.Annexes = []workflow.Annex{{Label: "附件 1", Title: title, Blocks: []workflow.Block{{Kind: workflow.TableIn, Table: b.contactGrid(f.Contacts)}}}}
	}
	return d
}

// mark is what a printed copy is recognised by.
func (b *Bureau) mark(f Frozen, hash []byte) string {
	as := f.AsOf.In(b.Figures.Zone).Format("2006-01-02 15:04")
	if len(hash) == 0 {
		return b.Text("annual.mark.draft", as)
	}
	return b.Text("annual.mark", f.Report.Revision, as, hex.EncodeToString(hash)[:16])
}

func (f Frozen) block(p Para) workflow.Block {
	if p.Kind != workflow.TableIn {
		return workflow.Block{Kind: p.Kind, Level: p.Level, Text: p.Text()}
	}
	for _, t := range f.Tables {
		if t.Key == p.Table {
			return workflow.Block{Kind: workflow.TableIn, Table: Grid(t.Sheet)}
		}
	}
	return workflow.Block{Kind: workflow.TableIn, Table: &workflow.Grid{}}
}

func (b *Bureau) contactGrid(all []workflow.AnnualContact) *workflow.Grid {
	g := &workflow.Grid{Head: []string{""}}
	for _, c := range []string{"name", "duty", "phone", "mobile", "mail"} {
		g.Head = append(g.Head, b.Text("annual.contact."+c))
	}
	for _, k := range all {
		g.Rows = append(g.Rows, []string{b.Text("annual.post." + k.Post), k.Name, k.Duty, k.Phone, k.Mobile, k.Mail})
	}
	return g
}

// wide is how many columns no longer fit on an upright page.
const wide = 7

// Grid is a sheet as a table of words.
func Grid(s report.Sheet) *workflow.Grid {
	g := &workflow.Grid{Caption: s.Title, Wide: len(s.Columns) > wide}
	for _, c := range s.Columns {
		g.Head = append(g.Head, c.Title)
		g.Right = append(g.Right, c.Kind != report.TextColumn && c.Kind != report.DateColumn)
	}
	for _, row := range s.Rows {
		var cells []string
		for i, f := range row {
			cells = append(cells, cell(s.Columns[i].Kind, f))
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

func cell(kind report.ColumnKind, f report.Field) string {
	switch {
	case kind == report.TextColumn:
		return f.Text
	case f.Empty && f.Text != "":
		return f.Text
	case f.Empty:
		return "—"
	case kind == report.PercentColumn:
		return strconv.FormatFloat(100*f.Number, 'f', 1, 64) + "%"
	case kind == report.DecimalColumn:
		return strconv.FormatFloat(f.Number, 'f', 1, 64)
	case kind == report.DateColumn:
		return f.Day.Format(time.DateOnly)
	}
	return strconv.Itoa(int(f.Number))
}

// TablesDocument is the tables alone as a document.
func (b *Bureau) TablesDocument(f Frozen) workflow.Document {
	d := workflow.Document{Locale: "zh-CN", Title: b.Text("annual.tables.title", f.College, ChineseDay(f.Report.From), ChineseDay(f.Report.Last)), Mark: b.mark(f, nil), Made: f.Made}
	for _, t := range f.Tables {
		if t.Key != "fields" {
			d.Blocks = append(d.Blocks, workflow.Block{Kind: workflow.TableIn, Table: Grid(t.Sheet)})
		}
	}
	return d
}

// Sheets are the tables of the report for a spreadsheet.
func (f Frozen) Sheets() []report.Sheet {
	var out []report.Sheet
	for _, t := range f.Tables {
		out = append(out, t.Sheet)
	}
	return out
}

// Export is a report for somebody who takes it away as a file: that is written
// into the journal first. The hash is nil while the report is a draft.
func (b *Bureau) Export(ctx context.Context, by workflow.Actor, id int64, format string) (Frozen, []byte, error) {
	r, err := b.report(ctx, b.store(), by, id)
	if err != nil {
		return Frozen{}, nil, err
	}
	f, err := b.shown(ctx, r, true)
	if err != nil {
		return Frozen{}, nil, err
	}
	detail := map[string]string{"format": format, "sha256": hex.EncodeToString(r.Hash)}
	err = b.store().Atomic(ctx, func(tx workflow.Store) error { return b.note(ctx, tx, by, "export", r, detail) })
	if err != nil {
		return Frozen{}, nil, fmt.Errorf("note export: %w", err)
	}
	return f, r.Hash, nil
}
