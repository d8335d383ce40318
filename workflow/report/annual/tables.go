package annual

import (
	"context"
	"strconv"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// Tables are what a text can have a table of.
var Tables = []string{"duties", "applications", "channels"}

// figureTables are what the office's figures are told apart by in a report.
var figureTables = []workflow.Dimension{
	workflow.ByMonth, workflow.ByDepartment, workflow.ByCategory, workflow.ByKind, workflow.ByChannel, workflow.ByMode, workflow.ByStatus,
}

// NamedSheet is a table of a report with the name that texts know it by.
type NamedSheet struct {
	Key   string       `json:"key"`
	Sheet report.Sheet `json:"sheet"`
}

// sheets are the tables of a report: those that texts can have, and of a whole
// one the figures.
func (b *Bureau) sheets(ctx context.Context, r *reader, fields []FrozenField, whole bool) ([]NamedSheet, error) {
	duties, err := b.dutySheet(ctx, r)
	if err != nil {
		return nil, err
	}
	out := []NamedSheet{
		{"fields", b.fieldSheet(fields)},
		{"channels", b.partSheet("channels", channelFields, fields)},
		{"applications", b.partSheet("applications", applicationFields(), fields)},
		{"duties", duties},
	}
	if !whole {
		return out, nil
	}
	figures, err := b.figureSheets(ctx, r)
	return append(out, figures...), err
}

func (b *Bureau) figureSheets(ctx context.Context, r *reader) ([]NamedSheet, error) {
	var out []NamedSheet
	for _, by := range figureTables {
		t, err := r.tableBy(ctx, by)
		if err != nil {
			return nil, err
		}
		t.AsOf = r.asOf.In(b.Figures.Zone)
		s := t.Sheet(words{b.Text})
		s.Title = b.Text("annual.table.by", b.Text("figures.by."+string(by)))
		out = append(out, NamedSheet{"by_" + string(by), s})
	}
	return out, nil
}

// fieldSheet lists every field with its definition.
func (b *Bureau) fieldSheet(fields []FrozenField) report.Sheet {
	s := report.Sheet{Title: b.Text("annual.table.fields")}
	for _, c := range []string{"name", "value", "unit", "nature", "source", "formula", "excludes", "override"} {
		s.Columns = append(s.Columns, report.Column{Title: b.Text("annual.column." + c), Kind: report.TextColumn})
	}
	for _, f := range fields {
		override := ""
		if f.Override != nil {
			override = b.Text("annual.overridden", f.Override.By, f.Counted.Text, f.Override.Reason)
		}
		s.Rows = append(s.Rows, texts(f.Name, f.Value.Text, b.Text("annual.unit."+string(f.Unit)), b.Text("annual.nature."+string(f.Nature)),
			b.Text("annual.source."+string(f.Source)), f.Formula, f.Excludes, override))
	}
	return s
}

var channelFields = []string{
	"site.items", "account.items", "video.items", "minutes.count", "documents.count", "board.items", "screen.items", "oa.items",
	"group.items", "meeting.items", "other.items", "disclosed.total",
}

func applicationFields() []string {
	out := []string{"applications.received"}
	for _, d := range Decisions {
		out = append(out, "applications."+d)
	}
	return append(out, "applications.fee", "applications.waived")
}

// partSheet is a table of a few fields: name, unit, number.
func (b *Bureau) partSheet(name string, keys []string, fields []FrozenField) report.Sheet {
	s := report.Sheet{Title: b.Text("annual.table." + name), Columns: []report.Column{
		{Title: b.Text("annual.column.item"), Kind: report.TextColumn},
		{Title: b.Text("annual.column.unit"), Kind: report.TextColumn},
		{Title: b.Text("annual.column.number"), Kind: report.IntColumn},
	}}
	for _, key := range keys {
		for _, f := range fields {
			if f.Key == key {
				n, err := strconv.ParseFloat(f.Value.Text, 64) // an override may be words
				number := report.Field{Number: n, Text: f.Value.Text, Empty: err != nil}
				s.Rows = append(s.Rows, append(texts(f.Name, b.Text("annual.unit."+string(f.Unit))), number))
			}
		}
	}
	return s
}

// dutySheet is the table of the 清单, item by item.
func (b *Bureau) dutySheet(ctx context.Context, r *reader) (report.Sheet, error) {
	all, err := r.duty(ctx)
	if err != nil {
		return report.Sheet{}, err
	}
	s := report.Sheet{Title: b.Text("annual.table.duties"), Columns: []report.Column{
		{Title: b.Text("annual.column.no"), Kind: report.IntColumn},
		{Title: b.Text("annual.column.class"), Kind: report.TextColumn},
		{Title: b.Text("annual.column.duty"), Kind: report.TextColumn},
		{Title: b.Text("annual.column.url"), Kind: report.TextColumn},
	}}
	sections, err := r.sections(ctx)
	if err != nil {
		return report.Sheet{}, err
	}
	for _, d := range all {
		row := texts("", b.Text("annual.class."+strconv.Itoa(d.Class)), d.Title, b.where(d, sections))
		row[0] = report.Field{Number: float64(d.No)}
		s.Rows = append(s.Rows, row)
	}
	return s, nil
}

// where says where what a duty asks for can be found, or why not.
func (b *Bureau) where(d workflow.Duty, sections []workflow.Column) string {
	switch {
	case !d.Applies:
		return b.Text("annual.duty.not_ours", d.WhyNot)
	case d.URL != "":
		return d.URL
	}
	for _, id := range d.Columns {
		for _, c := range sections {
			if c.ID == id && c.URL != "" {
				return c.URL
			}
			if c.ID == id {
				return b.Text("annual.duty.column", c.Name)
			}
		}
	}
	return b.Text("annual.duty.missing")
}

func texts(all ...string) []report.Field {
	var out []report.Field
	for _, t := range all {
		out = append(out, report.Field{Text: t})
	}
	return out
}

// words names what stands in the tables of figures.
type words struct {
	text func(key string, args ...any) string
}

// Word implements report.Words.
func (w words) Word(key string, args ...any) string { return w.text(key, args...) }

// Row implements report.Words.
func (w words) Row(t report.Table, l report.Line) string {
	switch {
	case l.Key == "":
		return w.text("annual.row.total")
	case l.NameZH != "":
		return l.NameZH
	case t.Ask.By == workflow.ByMonth:
		return l.Key[:len("2006-01")]
	case t.Ask.By == workflow.ByDepartment, t.Ask.By == workflow.ByCategory:
		return w.text("annual.row.nobody")
	}
	return w.text(string(t.Ask.By) + "." + l.Key)
}
