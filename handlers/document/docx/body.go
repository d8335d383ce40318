package docx

import (
	"mailbox/handlers/document/form"
	"mailbox/workflow"
)

func writeDocument(x *xmlWriter, d workflow.Document) {
	x.raw(`<w:document ` + namespaces + `><w:body>`)
	sections := form.Sections(d)
	for i, s := range sections {
		last := i == len(sections)-1
		for j, p := range s.Pieces {
			ends := !last && j == len(s.Pieces)-1
			x.piece(p, ends, s.Landscape)
		}
		if last {
			x.mark(d.Mark, s)
			x.section(s.Landscape)
		}
	}
	x.raw(`</w:body></w:document>`)
}

// piece writes a piece; the last one of a section carries the section's page.
func (x *xmlWriter) piece(p form.Piece, ends, landscape bool) {
	if p.Role == form.Grid {
		x.table(p.Table)
		if ends {
			x.point(func() { x.section(landscape) })
		}
		return
	}
	x.raw(`<w:p>`)
	x.properties(p, ends, landscape)
	x.content(p)
	x.raw(`</w:p>`)
}

// point writes a paragraph one point high: a section, or the document, cannot
// end with a table.
func (x *xmlWriter) point(rest func()) {
	x.raw(`<w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/>`)
	rest()
	x.raw(`</w:pPr></w:p>`)
}

// properties writes what a paragraph has beyond its style. The order of the
// elements is the schema's: word processors refuse any other.
func (x *xmlWriter) properties(p form.Piece, ends, landscape bool) {
	x.rawf(`<w:pPr><w:pStyle w:val="%s"/>`, styleID(p.Role))
	if p.Together {
		x.raw(`<w:keepNext/>`)
	}
	if p.Ruled {
		x.raw(`<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="FF0000"/></w:pBdr>`)
	}
	if p.Role == form.Letterhead {
		x.rawf(`<w:spacing w:before="%d" w:line="%d" w:lineRule="exact"/>`, form.LetterheadTop, form.LetterheadLine(p))
	}
	x.indent(p)
	if ends {
		x.section(landscape)
	}
	x.raw(`</w:pPr>`)
}

// indent gives indents twice: in characters, as people see and change them, and
// in twips for programs that do not know characters.
func (x *xmlWriter) indent(p form.Piece) {
	if p.Start == 0 && p.End == 0 && p.First == 0 {
		return
	}
	const half = int(form.Em) / 2
	x.raw(`<w:ind`)
	if p.Start != 0 {
		x.rawf(` w:leftChars="%d" w:left="%d"`, p.Start*50, p.Start*half)
	}
	if p.End != 0 {
		x.rawf(` w:rightChars="%d" w:right="%d"`, p.End*50, p.End*half)
	}
	switch {
	case p.First > 0:
		x.rawf(` w:firstLineChars="%d" w:firstLine="%d"`, p.First*50, p.First*half)
	case p.First < 0:
		x.rawf(` w:hangingChars="%d" w:hanging="%d"`, -p.First*50, -p.First*half)
	}
	x.raw(`/>`)
}

func (x *xmlWriter) content(p form.Piece) {
	switch {
	case p.Role == form.Letterhead:
		x.rawf(`<w:r><w:rPr><w:rFonts w:hint="eastAsia"/><w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr><w:t>%s</w:t></w:r>`, p.Size(), p.Size(), quoted(p.Text))
	case p.Lines != nil:
		for i, line := range p.Lines {
			if i > 0 {
				x.lineBreak()
			}
			x.run(line)
		}
	case p.Text != "":
		x.run(p.Text)
	}
}

// mark writes the small line at the foot of the last page, in a frame below the
// text, where it is in nobody's way.
func (x *xmlWriter) mark(text string, s form.Section) {
	if text == "" {
		if s.Pieces[len(s.Pieces)-1].Role == form.Grid {
			x.point(func() {})
		}
		return
	}
	g := geometry(s.Landscape)
	x.rawf(`<w:p><w:pPr><w:pStyle w:val="Mark"/><w:framePr w:w="%d" w:wrap="around" w:vAnchor="page" w:hAnchor="page" w:x="%d" w:y="%d"/><w:jc w:val="center"/></w:pPr>`,
		g.textWidth(), g.left, g.height-form.MarkLine)
	x.run(text)
	x.raw(`</w:p>`)
	x.point(func() {})
}
