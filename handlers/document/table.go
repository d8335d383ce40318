package document

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

// Limits of a table that somebody hands in.
const (
	maxRows  = 200_000
	maxCells = 100
)

var _ ledger.Tables = Files{}

// Rows implements ledger.Tables for XLSX and CSV. The kind is told by the
// content, not by the name.
func (Files) Rows(_ string, content []byte, take func(row int, cells []ledger.Cell) error) error {
	limited := func(row int, cells []ledger.Cell) error {
		if row > maxRows {
			return workflow.Wrong("file", "ledger.import.too_many", maxRows)
		}
		return take(row, cells[:min(len(cells), maxCells)])
	}
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return readXLSX(content, limited)
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")):
		return workflow.Wrong("file", "ledger.import.old_excel")
	case bytes.IndexByte(content, 0) >= 0 || len(bytes.TrimSpace(content)) == 0:
		return unreadable(errors.New("neither text nor a workbook"))
	}
	return readCSV(content, limited)
}

func unreadable(why error) error {
	return &workflow.Error{Kind: workflow.Invalid, Field: "file", Key: "ledger.import.unreadable", Err: why}
}

// readCSV reads text in UTF-8 or, as Chinese spreadsheets save it, GB 18030.
func readCSV(content []byte, take func(int, []ledger.Cell) error) error {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	var text io.Reader = bytes.NewReader(content)
	if !utf8.Valid(content) {
		text = simplifiedchinese.GB18030.NewDecoder().Reader(text)
	}
	r := csv.NewReader(text)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator(content), -1, true, true
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		row, _ := r.FieldPos(0)
		cells := make([]ledger.Cell, len(record))
		for n, value := range record {
			cells[n].Text = strings.Clone(value)
		}
		if err := take(row, cells); err != nil {
			return err
		}
	}
}

// separator is what stands between the values of the first line.
func separator(content []byte) rune {
	head, _, _ := bytes.Cut(content, []byte("\n"))
	best, most := ',', bytes.Count(head, []byte(","))
	for _, other := range []rune{'\t', ';'} {
		if n := bytes.Count(head, []byte(string(other))); n > most {
			best, most = other, n
		}
	}
	return best
}
