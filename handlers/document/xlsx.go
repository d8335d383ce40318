package document

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"mailbox/handlers/document/form"
	"mailbox/workflow/report"
)

// maxSheetName is how long the name of a sheet may be, as spreadsheets count.
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

// WriteWorkbook writes a workbook with a sheet for each of sheets, row by row: of
// a long table only a small part is in memory at a time.
func WriteWorkbook(w io.Writer, sheets []report.Sheet) error {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // it has written nothing that could be lost
	looks, err := newStyles(f)
	if err != nil {
		return err
	}
	names := sheetNames(sheets)
	for i, s := range sheets {
		if err := addSheet(f, i, names[i], looks, s); err != nil {
			return fmt.Errorf("sheet %s: %w", names[i], err)
		}
	}
	return f.Write(w)
}

// addSheet fills the sheet every new workbook has first, and adds the others.
func addSheet(f *excelize.File, i int, name string, looks styles, s report.Sheet) error {
	if i == 0 {
		if err := f.SetSheetName(f.GetSheetName(0), name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(name); err != nil {
		return err
	}
	rows, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := writeRows(rows, looks, s); err != nil {
		return err
	}
	return rows.Flush()
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
	if err := setWidths(w, s); err != nil {
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

// setWidths makes columns as wide as their title and first rows need.
func setWidths(w *excelize.StreamWriter, s report.Sheet) error {
	const least, most, looked = 10, 48, 200
	for i, c := range s.Columns {
		width := form.Width(c.Title)
		for _, row := range s.Rows[:min(looked, len(s.Rows))] {
			if c.Kind == report.TextColumn && i < len(row) {
				width = max(width, form.Width(row[i].Text))
			}
		}
		if err := w.SetColWidth(i+1, i+1, float64(min(most, max(least, width+2)))); err != nil {
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

// sheetNames are the titles as spreadsheets let sheets be called, each once.
func sheetNames(sheets []report.Sheet) []string {
	taken := map[string]bool{}
	var out []string
	for _, s := range sheets {
		name := sheetName(s.Title, "")
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = sheetName(s.Title, " "+strconv.Itoa(n))
		}
		taken[strings.ToLower(name)] = true
		out = append(out, name)
	}
	return out
}

// sheetName is a title, cut so that the ending fits behind it.
func sheetName(title, ending string) string {
	title = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, title)
	room := maxSheetName - len(ending)
	for len(utf16.Encode([]rune(title))) > room {
		_, size := utf8.DecodeLastRuneInString(title)
		title = title[:len(title)-size]
	}
	if strings.TrimSpace(title) == "" {
		title = "1"
	}
	return title + ending
}
