package docx

import "mailbox/handlers/document/form"

// page is the geometry of a section's pages, in twips.
type page struct{ width, height, top, right, bottom, left form.Twips }

func (p page) textWidth() form.Twips { return p.width - p.left - p.right }

// geometry is the upright page, or the same sheet turned with its head to the
// binding.
func geometry(landscape bool) page {
	if landscape {
		return page{form.PageHeight, form.PageWidth, form.Left, form.Top, form.Right, form.Bottom}
	}
	return page{form.PageWidth, form.PageHeight, form.Top, form.Right, form.Bottom, form.Left}
}

// section writes the page of a section, its footers and its grid of 22 lines. The
// 28 characters of a line come from their spacing (closer), not from a grid of
// characters: LibreOffice reads that one wrong and loses the last sign of a full line.
func (x *xmlWriter) section(landscape bool) {
	g, turned := geometry(landscape), ""
	if landscape {
		turned = ` w:orient="landscape"`
	}
	x.raw(`<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/><w:type w:val="nextPage"/>`)
	x.rawf(`<w:pgSz w:w="%d" w:h="%d"%s/>`, g.width, g.height, turned)
	x.rawf(`<w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/>`, g.top, g.right, g.bottom, g.left, min(form.PageNumber, g.bottom-400))
	x.rawf(`<w:cols w:space="425"/><w:docGrid w:type="lines" w:linePitch="%d"/></w:sectPr>`, form.Pitch)
}

// writeFooter writes the page number, — 1 —, one character from the outer edge:
// at the end of odd pages, at the start of even ones.
func writeFooter(x *xmlWriter, side form.Align) {
	indent := `<w:ind w:leftChars="100" w:left="280"/>`
	if side == form.End {
		indent = `<w:ind w:rightChars="100" w:right="280"/>`
	}
	x.raw(`<w:ftr ` + namespaces + `><w:p><w:pPr><w:pStyle w:val="Footer"/>` + indent + `<w:jc w:val="` + string(side) + `"/></w:pPr>`)
	x.run("— ")
	x.raw(`<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`)
	x.run(" —")
	x.raw(`</w:p></w:ftr>`)
}
