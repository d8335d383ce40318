package document

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"mailbox/workflow/report"
)

// bom tells spreadsheets on Windows that the file is UTF-8.
const bom = "\ufeff"

// writeCSV writes title, notes, a line of column titles and the rows. Numbers
// stay numbers: a share is a part of 1.
func writeCSV(w io.Writer, s report.Sheet) error {
	buffered := bufio.NewWriter(w)
	if _, err := buffered.WriteString(bom); err != nil {
		return err
	}
	out := csv.NewWriter(buffered)
	out.UseCRLF = true
	for _, line := range csvLines(s) {
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffered.Flush()
}

func csvLines(s report.Sheet) [][]string {
	lines := [][]string{{harmless(s.Title)}}
	for _, n := range s.Notes {
		lines = append(lines, []string{harmless(n)})
	}
	var head []string
	for _, c := range s.Columns {
		head = append(head, harmless(c.Title))
	}
	lines = append(lines, []string{""}, head)
	for _, row := range s.Rows {
		var line []string
		for i, f := range row {
			line = append(line, csvField(s.Columns[i].Kind, f))
		}
		lines = append(lines, line)
	}
	return lines
}

func csvField(kind report.ColumnKind, f report.Field) string {
	if f.Empty {
		return ""
	}
	switch kind {
	case report.IntColumn:
		return strconv.FormatFloat(f.Number, 'f', 0, 64)
	case report.DecimalColumn, report.PercentColumn:
		return strconv.FormatFloat(f.Number, 'f', 4, 64)
	case report.DateColumn:
		return f.Day.Format(time.DateOnly)
	case report.TextColumn:
	}
	return harmless(f.Text)
}
