package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow/ledger"
)

// A workbook is read as a stream of rows: a table of a hundred thousand never
// stands in memory, only the words that its cells share.
type workbook struct {
	parts   map[string]*zip.File
	shared  []string
	dates   []bool // by style of a cell: whether it shows numbers as days
	since   time.Time
	carried map[place]span // merged cells, by where they begin
}

// maxPart is how long a part of a workbook may be once it is unpacked.
const maxPart = 1 << 30

func readXLSX(content []byte, take func(int, []ledger.Cell) error) error {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return unreadable(err)
	}
	b := &workbook{parts: map[string]*zip.File{}}
	for _, f := range z.File {
		b.parts[strings.TrimPrefix(f.Name, "/")] = f
	}
	sheet, err := b.firstSheet()
	if err != nil {
		return unreadable(err)
	}
	for _, read := range []func() error{b.readShared, b.readStyles, func() error { return b.readMerged(sheet) }} {
		if err := read(); err != nil {
			return unreadable(err)
		}
	}
	return b.readRows(sheet, take)
}

// stream opens a part; one that is not there is empty.
func (b *workbook) stream(name string) (io.ReadCloser, error) {
	f, ok := b.parts[name]
	if !ok {
		return io.NopCloser(strings.NewReader("")), nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, maxPart), r}, nil
}

// elements gives each element that begins, with a way to read on.
func (b *workbook) elements(name string, each func(*xml.Decoder, xml.StartElement) error) error {
	r, err := b.stream(name)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := t.(xml.StartElement); ok {
			if err := each(d, start); err != nil {
				return err
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// firstSheet finds the part of the first sheet that people see.
func (b *workbook) firstSheet() (string, error) {
	ref := ""
	b.since = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	err := b.elements("xl/workbook.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if v := attribute(e, "date1904"); v == "1" || v == "true" {
				b.since = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		case "sheet":
			if ref == "" && attribute(e, "state") == "" {
				ref = relation(e)
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	target := ""
	err = b.elements("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "Id") == ref {
			target = attribute(e, "Target")
		}
		return nil
	})
	if target == "" && err == nil {
		err = errors.New("a workbook without a sheet")
	}
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(target, "/"), err
	}
	return path.Join("xl", target), err
}

// relation is the r:id of a sheet.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// readShared reads the texts that cells refer to by number.
func (b *workbook) readShared() error {
	return b.elements("xl/sharedStrings.xml", func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := richText(d, e)
		b.shared = append(b.shared, text)
		return err
	})
}

// richText is the text of an element whose runs may be formatted one by one;
// how Japanese is pronounced is no part of it.
func richText(d *xml.Decoder, e xml.StartElement) (string, error) {
	var v struct {
		T string `xml:"t"`
		R []struct {
			T string `xml:"t"`
		} `xml:"r"`
	}
	if err := d.DecodeElement(&v, &e); err != nil {
		return "", err
	}
	for _, r := range v.R {
		v.T += r.T
	}
	return v.T, nil
}

// readStyles learns which styles of cells show numbers as days.
func (b *workbook) readStyles() error {
	custom, inCells := map[string]bool{}, false
	return b.elements("xl/styles.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attribute(e, "numFmtId")] = showsDays(attribute(e, "formatCode"))
		case "cellXfs", "cellStyleXfs", "cellStyles", "dxfs":
			inCells = e.Name.Local == "cellXfs"
		case "xf":
			if inCells {
				id := attribute(e, "numFmtId")
				b.dates = append(b.dates, custom[id] || builtInDay(id))
			}
		}
		return nil
	})
}

// builtInDay reports whether a number format of the file format itself is one
// of days: 14 to 17 and 22, and those of East Asian languages.
func builtInDay(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58)
}

// showsDays reports whether a format has a year or a day in it, outside of
// quoted words and brackets.
func showsDays(format string) bool {
	quoted, bracket := false, false
	for _, r := range strings.ToLower(format) {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[' || r == ']':
			bracket = r == '['
		case !bracket && (r == 'y' || r == 'd'):
			return true
		}
	}
	return false
}

// day is a number of a spreadsheet as 2006-01-02.
func (b *workbook) day(value string) string {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || n < 1 || n > 3_000_000 {
		return value
	}
	return b.since.AddDate(0, 0, int(n)).Format(time.DateOnly)
}
