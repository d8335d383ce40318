package docx

import "mailbox/handlers/document/form"

// table writes a table with lines around every cell; its head is repeated on
// every page and no row is divided unless it is longer than a page.
func (x *xmlWriter) table(t *form.Table) {
	total := form.Twips(0)
	for _, c := range t.Columns {
		total += c.Width
	}
	x.rawf(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>`, total)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		x.raw(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	x.raw(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>`)
	x.rawf(`<w:top w:w="%[2]d" w:type="dxa"/><w:left w:w="%[1]d" w:type="dxa"/><w:bottom w:w="%[2]d" w:type="dxa"/><w:right w:w="%[1]d" w:type="dxa"/>`, form.CellSide, form.CellEnd)
	x.raw(`</w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, c := range t.Columns {
		x.rawf(`<w:gridCol w:w="%d"/>`, c.Width)
	}
	x.raw(`</w:tblGrid>`)
	if t.Head != nil {
		x.row(t, t.Head, true, t.Whole)
	}
	for i, cells := range t.Rows {
		x.row(t, cells, false, t.Whole && i < len(t.Rows)-1)
	}
	x.raw(`</w:tbl>`)
}

// divided is how long, in half characters, a cell must be for its row to be
// allowed to run over the end of a page.
const divided = 600

func (x *xmlWriter) row(t *form.Table, cells []string, head, together bool) {
	x.raw(`<w:tr><w:trPr>`)
	if !long(cells) {
		x.raw(`<w:cantSplit/>`)
	}
	if head {
		x.raw(`<w:tblHeader/>`)
	}
	x.raw(`</w:trPr>`)
	for i, cell := range cells {
		x.cell(t, i, cell, head, together)
	}
	x.raw(`</w:tr>`)
}

func long(cells []string) bool {
	for _, cell := range cells {
		if form.Width(cell) > divided {
			return true
		}
	}
	return false
}

func (x *xmlWriter) cell(t *form.Table, column int, text string, head, together bool) {
	c, style := t.Columns[column], "Cell"
	align := c.Align
	if head {
		style, align = "CellHead", form.Middle
	}
	x.rawf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>`, c.Width)
	x.rawf(`<w:p><w:pPr><w:pStyle w:val="%s"/>`, style)
	if together {
		x.raw(`<w:keepNext/>`)
	}
	x.rawf(`<w:spacing w:line="%d" w:lineRule="exact"/><w:jc w:val="%s"/></w:pPr>`, t.Line(), align)
	if text != "" {
		x.rawf(`<w:r><w:rPr><w:rFonts w:hint="eastAsia"/><w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r>`, t.Size, t.Size, quoted(text))
	}
	x.raw(`</w:p></w:tc>`)
}
