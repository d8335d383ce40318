package pdf

import "mailbox/handlers/document/form"

// paginator puts pieces on pages, one below the other.
type paginator struct {
	file *file
	page *page
	y    float64 // below the top of the text, where the next piece begins
}

// section begins on a new page.
func (p *paginator) section(s form.Section) {
	p.turn(s.Landscape)
	for i, piece := range s.Pieces {
		if p.y > 0 && p.y+p.need(s.Pieces[i:]) > p.page.textHeight+hair {
			p.turn(s.Landscape)
			if piece.Role == form.Blank && !piece.Together {
				continue
			}
		}
		p.put(piece)
	}
}

func (p *paginator) turn(landscape bool) {
	p.page = p.file.newPage(landscape)
	p.y = 0
}

// next continues on a page like this one.
func (p *paginator) next() { p.turn(p.page.width > p.page.height) }

// need is how high the piece and those it must stay with are; what would not fit
// on a page of its own is not kept together.
func (p *paginator) need(pieces []form.Piece) float64 {
	least := p.begin(pieces[0])
	total := 0.0
	for i, piece := range pieces {
		if !piece.Together || i == len(pieces)-1 {
			total += p.begin(piece)
			break
		}
		total += p.height(piece)
	}
	if total > p.page.textHeight {
		return least
	}
	return total
}

// begin is how much of a piece must be on the page it begins on.
func (p *paginator) begin(piece form.Piece) float64 {
	if piece.Role == form.Grid {
		return p.gridBegin(piece.Table)
	}
	return p.height(form.Piece{Role: piece.Role, Ruled: piece.Ruled, Text: piece.Text[:min(len(piece.Text), 1)], Lines: piece.Lines})
}

func (p *paginator) height(piece form.Piece) float64 {
	if piece.Role == form.Grid {
		return p.gridHeight(piece.Table)
	}
	h := float64(len(p.lines(piece))) * form.Pitch.Points()
	if piece.Role == form.Letterhead {
		h = form.LetterheadTop.Points() + form.LetterheadLine(piece).Points()
	}
	if piece.Ruled {
		h += ruleSpace
	}
	return h
}

// ruleSpace is how far below its line of text the red line is: 4 mm.
const ruleSpace = 11

// set is how a piece is set: text of the standard's size so close that 28
// characters fill a line.
func set(p form.Piece) setting {
	s := setting{face: form.Looks[p.Role].Face, size: p.Size().Points()}
	if p.Size() == form.Size3 {
		s.space = form.TextWidth.Points()/28 - s.size
	}
	return s
}

// lines are the lines of a piece; one that says nothing has one.
func (p *paginator) lines(piece form.Piece) [][]glyph {
	s := set(piece)
	var out [][]glyph
	if piece.Lines != nil {
		for _, line := range piece.Lines {
			glyphs := p.file.glyphs(line, s.face, s.size, s.space)
			out = append(out, breakLines(glyphs, p.page.textWidth, p.page.textWidth)...)
		}
		return out
	}
	room := p.page.textWidth - half(piece.Start+piece.End)
	out = breakLines(p.file.glyphs(piece.Text, s.face, s.size, s.space), room-half(piece.First), room)
	if out == nil {
		out = [][]glyph{nil}
	}
	return out
}

// half is n half characters of the text, in points.
func half(n int) float64 { return float64(n) * form.TextWidth.Points() / 28 / 2 }

func (p *paginator) put(piece form.Piece) {
	switch piece.Role {
	case form.Grid:
		p.grid(piece.Table)
	case form.Letterhead:
		p.letterhead(piece)
	default:
		p.paragraph(piece)
	}
}

func (p *paginator) letterhead(piece form.Piece) {
	s, line := set(piece), form.LetterheadLine(piece).Points()
	glyphs := p.file.glyphs(piece.Text, s.face, s.size, 0)
	p.y += form.LetterheadTop.Points()
	for _, g := range breakLines(glyphs, p.page.textWidth, p.page.textWidth) {
		p.page.red(func() { p.page.text((p.page.textWidth-width(g))/2, p.y+baseline(line, s.size), s, 0, g) })
		p.y += line
	}
}

func (p *paginator) paragraph(piece form.Piece) {
	s, lines, pitch := set(piece), p.lines(piece), form.Pitch.Points()
	if level := form.Looks[piece.Role].Outline; level == 1 || piece.Role == form.Label {
		p.file.mark(piece.Text, p.page, p.y)
	}
	for i, line := range lines {
		if p.y+pitch > p.page.textHeight+hair {
			p.next()
		}
		x, more := p.align(piece, s, line, i == 0, i == len(lines)-1)
		p.page.text(x, p.y+baseline(pitch, s.size), s, more, line)
		p.y += pitch
	}
	if piece.Ruled {
		p.y += ruleSpace
		p.page.red(func() { p.page.line(0, p.y, p.page.textWidth, p.y, 1.5) })
	}
}

// align is where a line begins, and what is added behind each glyph.
func (p *paginator) align(piece form.Piece, s setting, line []glyph, first, last bool) (x, more float64) {
	x, room := half(piece.Start), p.page.textWidth-half(piece.Start+piece.End)
	if first {
		x, room = x+half(piece.First), room-half(piece.First)
	}
	switch form.Looks[piece.Role].Align {
	case form.Middle:
		return x + (room-width(line))/2, 0
	case form.End:
		return x + room - width(line), 0
	case form.Both:
		if !last {
			return x, justified(line, room, s.size)
		}
	case form.Start:
	}
	return x, 0
}

// mark puts the document's mark at the foot of the last page, as small as it must
// be to stay on one line.
func (p *paginator) mark(text string) {
	s := setting{face: form.Song, size: form.SizeSmall5.Points()}
	glyphs := p.file.glyphs(text, s.face, s.size, 0)
	if wide := width(glyphs); wide > p.page.textWidth {
		s.size *= p.page.textWidth / wide
		glyphs = p.file.glyphs(text, s.face, s.size, 0)
	}
	p.page.text((p.page.textWidth-width(glyphs))/2, p.page.height-p.page.top-form.MarkLine.Points()+s.size, s, 0, glyphs)
}
