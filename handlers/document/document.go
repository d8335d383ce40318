// Package document writes what people take away as files: tables as CSV for
// machines and as XLSX for spreadsheets, official documents as DOCX and PDF for
// paper and as JSON for programs. No text in them is ever taken for a formula.
// It also reads the tables that people hand in.
package document

import (
	"fmt"
	"io"
	"strings"

	"mailbox/handlers/document/docx"
	"mailbox/handlers/document/pdf"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

// kinds are the media types of the formats.
var kinds = map[string]string{
	"csv":  "text/csv; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"pdf":  "application/pdf",
	"json": "application/json",
}

// Files implements report.Files.
type Files struct{}

var _ report.Files = Files{}

// Kind implements report.Files.
func (Files) Kind(format string) string { return kinds[format] }

// Write implements report.Files. In a format for documents, the sheet becomes a
// document of one table.
func (Files) Write(w io.Writer, format string, s report.Sheet) error {
	var err error
	switch format {
	case "csv":
		err = writeCSV(w, s)
	case "xlsx":
		err = WriteWorkbook(w, []report.Sheet{s})
	default:
		return Files{}.WriteDocument(w, format, asDocument(s))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	return nil
}

// WriteWorkbook implements report.Files.
func (Files) WriteWorkbook(w io.Writer, sheets []report.Sheet) error {
	if err := WriteWorkbook(w, sheets); err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	return nil
}

// WriteDocument implements report.Files.
func (Files) WriteDocument(w io.Writer, format string, d workflow.Document) error {
	var err error
	switch format {
	case "docx":
		err = WriteDOCX(w, d)
	case "pdf":
		err = WritePDF(w, d)
	case "json":
		err = WriteJSON(w, d)
	default:
		return workflow.Wrong("format", "invalid.choice")
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	return nil
}

// WriteDOCX writes an official document for word processors. The same document
// always gives the same bytes.
func WriteDOCX(w io.Writer, d workflow.Document) error { return docx.Write(w, d) }

// WritePDF writes an official document for print, with its fonts in it. The same
// document always gives the same bytes.
func WritePDF(w io.Writer, d workflow.Document) error { return pdf.Write(w, d) }

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
