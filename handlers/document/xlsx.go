package document

import (
	"io"

	"github.com/xuri/excelize/v2"

	"mailbox/workflow/report"
)

// maxSheetName is how long the name of a sheet may be, in characters.
const maxSheetName = 31

// styles are the looks of the cells, by what they hold.
type styles struct {
	title, note, head int
	of                map[report.ColumnKind]int
}

// formats are numbers of the file format: 2 is 0.00, 3 is #,##0 and 10 is 0.00%.
var formats = map[report.ColumnKind]*excelize.Style{
	report.TextColumn:    {},
	report.IntColumn:     {NumFmt: 3},
	report.DecimalColumn: {NumFmt: 2},
	report.PercentColumn: {NumFmt: 10},
	report.DateColumn:    {CustomNumFmt: new("yyyy-mm-dd")},
}

// writeXLSX writes a workbook of one sheet, row by row.
func writeXLSX(w io.Writer, s report.Sheet) error {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // it has written nothing that could be lost
	name := f.GetSheetName(0)
	looks, err := newStyles(f)
	if err != nil {
		return err
	}
	rows, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := writeRows(rows, looks, s); err != nil {
		return err
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	if err := f.SetSheetName(name, sheetName(s.Title)); err != nil {
		return err
	}
	return f.Write(w)
}

func newStyles(f *excelize.File) (styles, error) {
	out := styles{of: map[report.ColumnKind]int{}}
	var err error
	style := func(s *excelize.Style) int {
		id, e := f.NewStyle(s)
		if err == nil {
			err = e
		}
		return id
	}
	out.title = style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	out.note = style(&excelize.Style{Font: &excelize.Font{Color: "616C71"}})
	out.head = style(&excelize.Style{Font: &excelize.Font{Bold: true}, Border: []excelize.Border{{Type: "bottom", Color: "1A2226", Style: 1}}})
	for kind, s := range formats {
		out.of[kind] = style(s)
	}
	return out, err
}

// writeRows writes the table first and the notes below it, so that the table
// can be sorted and filtered.
func writeRows(w *excelize.StreamWriter, looks styles, s report.Sheet) error {
	if err := w.SetColWidth(1, max(1, len(s.Columns)), 14); err != nil {
		return err
	}
	const head = 3
	if err := w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: head, TopLeftCell: "B4", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	line := 0
	add := func(cells ...any) error {
		line++
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		return w.SetRow(at, cells)
	}
	text := func(style int, words string) any { return excelize.Cell{StyleID: style, Value: harmless(words)} }
	if err := add(text(looks.title, s.Title)); err != nil {
		return err
	}
	var titles []any
	for _, c := range s.Columns {
		titles = append(titles, text(looks.head, c.Title))
	}
	line++ // an empty line
	if err := add(titles...); err != nil {
		return err
	}
	for _, row := range s.Rows {
		if err := add(cells(looks, s.Columns, row)...); err != nil {
			return err
		}
	}
	line++
	for _, n := range s.Notes {
		if err := add(text(looks.note, n)); err != nil {
			return err
		}
	}
	return nil
}

func cells(looks styles, columns []report.Column, row []report.Field) []any {
	var out []any
	for i, f := range row {
		kind := columns[i].Kind
		c := excelize.Cell{StyleID: looks.of[kind]}
		switch {
		case f.Empty:
		case kind == report.TextColumn:
			c.Value = harmless(f.Text)
		case kind == report.DateColumn:
			c.Value = f.Day
		default:
			c.Value = f.Number
		}
		out = append(out, c)
	}
	return out
}

// sheetName is a title as a spreadsheet lets a sheet be called.
func sheetName(title string) string {
	var out []rune
	for _, r := range title {
		switch r {
		case ':', '\\', '/', '?', '*', '[', ']', '\'', '\t', '\r', '\n':
			r = ' '
		}
		if len(out) < maxSheetName {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return "1"
	}
	return string(out)
}
