package document

import (
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"

	"mailbox/workflow/ledger"
)

// place is a cell, counted from 1.
type place struct{ row, col int }

// span is how far a merged cell reaches, and what it holds once it was read.
type span struct {
	to   place
	text string
}

var mergedCell = regexp.MustCompile(`mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"`)

// readMerged finds merged cells, which a sheet names behind its rows, without
// taking the rows apart.
func (b *workbook) readMerged(sheet string) error {
	b.carried = map[place]span{}
	r, err := b.stream(sheet)
	if err != nil {
		return err
	}
	defer r.Close()
	buf, kept := make([]byte, 1<<20), 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		part := buf[:kept+n]
		for _, m := range mergedCell.FindAllSubmatch(part, -1) {
			from := place{atoi(string(m[2])), column(string(m[1]))}
			b.carried[from] = span{to: place{atoi(string(m[4])), column(string(m[3]))}}
		}
		if err != nil { // at the end, which is no failure; a broken part fails where rows are read
			return nil
		}
		kept = copy(buf, part[len(part)-100:])
	}
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // digits; too many are no place in a sheet
	return n
}

// column is the number of the column that letters name: A is 1, AA is 27.
func column(letters string) int {
	n := 0
	for _, r := range letters {
		n = n*26 + int(r-'A') + 1
	}
	return n
}

// readRows gives every row of a sheet. Rows that the file leaves out because
// they are empty are left out here as well.
func (b *workbook) readRows(sheet string, take func(int, []ledger.Cell) error) error {
	row, open := 0, []place{}
	var failed error
	err := b.elements(sheet, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		row++
		if n := atoi(attribute(e, "r")); n > 0 {
			row = n
		}
		cells, err := b.cells(d)
		if err != nil {
			return err
		}
		open = b.carry(row, &cells, open)
		failed = take(row, cells)
		return failed
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return unreadable(err)
	}
	return nil
}

// rawCell is a cell as the file has it.
type rawCell struct {
	Ref    string    `xml:"r,attr"`
	Type   string    `xml:"t,attr"`
	Style  int       `xml:"s,attr"`
	Value  string    `xml:"v"`
	F      *struct{} `xml:"f"`
	Inline struct {
		T string `xml:"t"`
		R []struct {
			T string `xml:"t"`
		} `xml:"r"`
	} `xml:"is"`
}

// cells reads a row to its end.
func (b *workbook) cells(d *xml.Decoder) ([]ledger.Cell, error) {
	var out []ledger.Cell
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return out, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			var raw rawCell
			if err := d.DecodeElement(&raw, &t); err != nil {
				return nil, err
			}
			at := len(out) + 1
			if letters := strings.TrimRight(raw.Ref, "0123456789"); letters != "" {
				at = column(letters)
			}
			if at <= maxCells {
				out = put(out, at, b.cell(raw))
			}
		}
	}
}

// put sets the cell of a column, counted from 1, and fills what is left out.
func put(cells []ledger.Cell, at int, c ledger.Cell) []ledger.Cell {
	for len(cells) < at {
		cells = append(cells, ledger.Cell{})
	}
	cells[at-1] = c
	return cells
}

// cell is what people see in a cell: of a formula, what came out when the file
// was saved; nothing of an error.
func (b *workbook) cell(raw rawCell) ledger.Cell {
	c := ledger.Cell{Text: raw.Value, Formula: raw.F != nil}
	switch raw.Type {
	case "s":
		n, err := strconv.Atoi(raw.Value)
		if c.Text = ""; err == nil && n >= 0 && n < len(b.shared) {
			c.Text = b.shared[n]
		}
	case "inlineStr":
		c.Text = raw.Inline.T
		for _, r := range raw.Inline.R {
			c.Text += r.T
		}
	case "e":
		c.Text = ""
	case "", "n":
		if raw.Style >= 0 && raw.Style < len(b.dates) && b.dates[raw.Style] {
			c.Text = b.day(raw.Value)
		}
	}
	return c
}

// carry writes the value of merged cells into all the cells they cover, and
// returns those that go on below this row.
func (b *workbook) carry(row int, cells *[]ledger.Cell, open []place) []place {
	for n := range *cells {
		if m, ok := b.carried[place{row, n + 1}]; ok {
			m.text = (*cells)[n].Text
			b.carried[place{row, n + 1}] = m
			open = append(open, place{row, n + 1})
		}
	}
	var on []place
	for _, from := range open {
		m := b.carried[from]
		for col := from.col; col <= min(m.to.col, maxCells); col++ {
			if row <= m.to.row && (row != from.row || col != from.col) && m.text != "" {
				*cells = put(*cells, col, ledger.Cell{Text: m.text, Carried: true})
			}
		}
		if row < m.to.row {
			on = append(on, from)
		}
	}
	return on
}
