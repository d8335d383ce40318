package report

import "time"

// ColumnKind says what a column of a sheet holds, so that a spreadsheet can
// calculate with it.
type ColumnKind string

// The kinds of column.
const (
	TextColumn    ColumnKind = "text"
	IntColumn     ColumnKind = "int"
	DecimalColumn ColumnKind = "decimal"
	PercentColumn ColumnKind = "percent" // 0.25 is 25 %
	DateColumn    ColumnKind = "date"
)

// Sheet is a table for a file: CSV, a spreadsheet, a document. Its texts are as
// they were entered; whoever writes the file sees to it that none of them is
// taken for a formula.
type Sheet struct {
	Title   string
	Notes   []string // under the title: period, as-of time, formulas
	Columns []Column
	Rows    [][]Field
}

// Column is one column of a sheet.
type Column struct {
	Title string
	Kind  ColumnKind
}

// Field is one cell of a sheet; which part of it counts is its column's kind.
type Field struct {
	Empty  bool
	Text   string
	Number float64 // of int, decimal and percent columns
	Day    time.Time
}

// Words names things in the language of a sheet.
type Words interface {
	// Word is the text of a catalogue key.
	Word(key string, args ...any) string
	// Row is what the row of a table is called; the total's has no key.
	Row(t Table, l Line) string
}

// Sheet is the table for a file: the values, and beside each share what it is a
// share of.
func (t Table) Sheet(w Words) Sheet {
	s := Sheet{
		Title:   w.Word("figures.sheet"),
		Notes:   []string{w.Word("figures.period", t.Ask.From, t.Ask.last()), w.Word("figures.as_of", t.AsOf.Format("2006-01-02 15:04"))},
		Columns: []Column{{w.Word("figures.by." + string(t.Ask.By)), TextColumn}},
	}
	for _, f := range t.Figures {
		name := w.Word("figure." + f.Key)
		s.Columns = append(s.Columns, Column{name, f.column()})
		if f.Unit != Cases {
			s.Columns = append(s.Columns, Column{w.Word("figures.of", name), IntColumn})
		}
		s.Notes = append(s.Notes, name+": "+w.Word("figures.definition", w.Word(f.Formula()), w.Word("figures.unit."+string(f.Unit)),
			w.Word("figures.nature."+string(f.Nature)), w.Word("figures.source."+string(f.Source)), w.Word(f.Excludes())))
	}
	for _, l := range t.Rows {
		s.Rows = append(s.Rows, l.fields(t.Figures, w.Row(t, l)))
	}
	s.Rows = append(s.Rows, t.Total.fields(t.Figures, w.Row(t, t.Total)))
	return s
}

func (f Figure) column() ColumnKind {
	switch f.Unit {
	case Share:
		return PercentColumn
	case Days:
		return DecimalColumn
	case Cases:
	}
	return IntColumn
}

func (l Line) fields(figures []Figure, name string) []Field {
	out := []Field{{Text: name}}
	for i, f := range figures {
		v := l.Cells[i].Value
		switch f.Unit {
		case Cases:
			out = append(out, Field{Empty: v.None, Number: float64(v.N)})
		case Share:
			out = append(out, Field{Empty: v.None || v.Few, Number: v.Percent() / 100}, Field{Number: float64(v.Of)})
		case Days:
			out = append(out, Field{Empty: v.None || v.Few, Number: v.Days}, Field{Number: float64(v.Of)})
		}
	}
	return out
}
