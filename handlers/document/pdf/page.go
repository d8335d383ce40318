package pdf

import (
	"bytes"
	"fmt"

	"mailbox/handlers/document/form"
)

// page is one page. Its places are counted from the upper left of its text.
type page struct {
	bytes.Buffer
	width, height         float64 // of the paper
	left, top             float64
	textWidth, textHeight float64
}

// newPage is the upright page, or the same sheet turned with its head to the
// binding.
func newPage(landscape bool) *page {
	if landscape {
		return &page{
			width: form.PageHeight.Points(), height: form.PageWidth.Points(), left: form.Bottom.Points(), top: form.Left.Points(),
			textWidth: form.TextHeight.Points(), textHeight: form.TextWidth.Points(),
		}
	}
	return &page{
		width: form.PageWidth.Points(), height: form.PageHeight.Points(), left: form.Left.Points(), top: form.Top.Points(),
		textWidth: form.TextWidth.Points(), textHeight: form.TextHeight.Points(),
	}
}

// setting is how text is set: in which face and size, and how much space is behind
// each character.
type setting struct {
	face        form.Face
	size, space float64
}

// text puts a line of text; y is its base line, more what is added behind each
// glyph to make the line full.
func (p *page) text(x, y float64, s setting, more float64, glyphs []glyph) {
	if len(glyphs) == 0 {
		return
	}
	p.WriteString("BT\n")
	for len(glyphs) > 0 {
		run := sameFont(glyphs)
		fmt.Fprintf(p, "/F%d %s Tf %s Tc 1 0 0 1 %s %s Tm <", run[0].font, num(s.size), num(s.space+more), num(p.left+x), num(p.up(y)))
		for _, g := range run {
			fmt.Fprintf(p, "%04X", g.code)
		}
		p.WriteString("> Tj\n")
		x += width(run) + float64(len(run))*more
		glyphs = glyphs[len(run):]
	}
	p.WriteString("ET\n")
}

// up is y as PDF counts it, from the lower edge of the paper.
func (p *page) up(y float64) float64 { return p.height - p.top - y }

// sameFont is the beginning of glyphs that is of one font.
func sameFont(glyphs []glyph) []glyph {
	for i, g := range glyphs {
		if g.font != glyphs[0].font {
			return glyphs[:i]
		}
	}
	return glyphs
}

// line draws a straight line.
func (p *page) line(x1, y1, x2, y2, thick float64) {
	fmt.Fprintf(p, "%s w %s %s m %s %s l S\n", num(thick), num(p.left+x1), num(p.up(y1)), num(p.left+x2), num(p.up(y2)))
}

// box draws the border of a cell.
func (p *page) box(x, y, w, h float64) {
	const thick = 0.5
	fmt.Fprintf(p, "%s w %s %s %s %s re S\n", num(thick), num(p.left+x), num(p.up(y+h)), num(w), num(h))
}

// red draws in the letterhead's red.
func (p *page) red(draw func()) {
	p.WriteString("q 1 0 0 rg 1 0 0 RG\n")
	draw()
	p.WriteString("Q\n")
}

// baseline is how far below the top of a line its letters stand: they are in the
// middle of it.
func baseline(line, size float64) float64 {
	const ascent, descent = 0.88, 0.12
	return (line-size*(ascent+descent))/2 + size*ascent
}

// number puts the page's number, — 1 —, below the text, one character from the
// outer edge: at the end of odd pages, at the start of even ones.
func (p *page) number(f *file, n int) {
	const least = 20
	s := setting{face: form.Song, size: form.Size4.Points()}
	glyphs := f.glyphs(fmt.Sprintf("— %d —", n), s.face, s.size, 0)
	x := s.size
	if n%2 == 1 {
		x = p.textWidth - s.size - width(glyphs)
	}
	below := p.height - p.top - p.textHeight // free below the text
	up := min(form.PageNumber.Points(), below-least)
	p.text(x, p.height-p.top-up-s.size/4, s, 0, glyphs)
}
