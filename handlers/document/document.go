// Package document writes tables as files that people take away: CSV for
// machines, XLSX for spreadsheets. No text in them is ever taken for a formula.
package document

import (
	"fmt"
	"io"
	"strings"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// kinds are the media types of the formats.
var kinds = map[string]string{
	"csv":  "text/csv; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// Files implements report.Files.
type Files struct{}

var _ report.Files = Files{}

// Kind implements report.Files.
func (Files) Kind(format string) string { return kinds[format] }

// Write implements report.Files.
func (Files) Write(w io.Writer, format string, s report.Sheet) error {
	var err error
	switch format {
	case "csv":
		err = writeCSV(w, s)
	case "xlsx":
		err = writeXLSX(w, s)
	default:
		return workflow.Wrong("format", "invalid.choice")
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	return nil
}

// begins are the characters with which a spreadsheet takes a text for a
// formula, those of full width included.
const begins = "=+-@\t\r\n＝＋－＠"

// harmless is a text as a spreadsheet shows it and never computes it. What
// could be a formula, also behind blanks, gets an apostrophe in front.
func harmless(text string) string {
	if strings.IndexAny(strings.TrimLeft(text, " \u00a0\u3000\ufeff"), begins) == 0 {
		return "'" + text
	}
	return text
}
