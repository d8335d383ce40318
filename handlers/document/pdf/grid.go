package pdf

import "mailbox/handlers/document/form"

// row is a row of a table, broken into lines.
type row struct {
	cells  [][][]glyph // lines of each cell
	lines  int         // of the longest
	head   bool
	height float64
}

func (p *paginator) row(t *form.Table, cells []string, head bool) row {
	r := row{head: head, lines: 1}
	s := cellSetting(t, head)
	for i, cell := range cells {
		room := (t.Columns[i].Width - 2*form.CellSide).Points()
		lines := breakLines(p.file.glyphs(cell, s.face, s.size, 0), room, room)
		r.cells = append(r.cells, lines)
		r.lines = max(r.lines, len(lines))
	}
	r.height = rowHeight(t, r.lines)
	return r
}

func rowHeight(t *form.Table, lines int) float64 {
	return float64(lines)*t.Line().Points() + 2*form.CellEnd.Points()
}

func cellSetting(t *form.Table, head bool) setting {
	if head {
		return setting{face: form.Hei, size: t.Size.Points()}
	}
	return setting{face: form.FangSong, size: t.Size.Points()}
}

// rows are the head, if there is one, and the others.
func (p *paginator) rows(t *form.Table) (head *row, rows []row) {
	if t.Head != nil {
		head = new(p.row(t, t.Head, true))
	}
	for _, cells := range t.Rows {
		rows = append(rows, p.row(t, cells, false))
	}
	return head, rows
}

func (p *paginator) gridHeight(t *form.Table) float64 {
	head, rows := p.rows(t)
	total := 0.0
	if head != nil {
		total += head.height
	}
	for _, r := range rows {
		total += r.height
	}
	return total
}

// gridBegin is the head and the first row, or all of a small table.
func (p *paginator) gridBegin(t *form.Table) float64 {
	if t.Whole {
		if all := p.gridHeight(t); all <= p.page.textHeight {
			return all
		}
	}
	return p.gridHeight(&form.Table{Head: t.Head, Rows: t.Rows[:min(1, len(t.Rows))], Columns: t.Columns, Size: t.Size})
}

// grid draws a table; on every page it begins with its head.
func (p *paginator) grid(t *form.Table) {
	head, rows := p.rows(t)
	p.head(t, head)
	for _, r := range rows {
		p.flow(t, head, r)
	}
}

func (p *paginator) head(t *form.Table, head *row) {
	if head != nil {
		p.flow(t, nil, *head)
	}
}

// flow draws a row where there is room: here, or on the next page. A row longer
// than a page is divided.
func (p *paginator) flow(t *form.Table, head *row, r row) {
	for r.height > p.free() {
		fits := int((p.free() - 2*form.CellEnd.Points()) / t.Line().Points())
		if fits > 0 && r.height > p.page.textHeight-headHeight(head) {
			var upper row
			upper, r = r.divide(t, fits)
			p.draw(t, upper)
			continue
		}
		p.next()
		if head != nil && head.height < p.page.textHeight/2 {
			p.draw(t, *head)
		}
	}
	p.draw(t, r)
}

func (p *paginator) free() float64 { return p.page.textHeight + hair - p.y }

func headHeight(head *row) float64 {
	if head == nil {
		return 0
	}
	return head.height
}

// divide cuts a row behind n of its lines.
func (r row) divide(t *form.Table, n int) (upper, lower row) {
	upper, lower = row{head: r.head, lines: n}, row{head: r.head, lines: r.lines - n}
	for _, lines := range r.cells {
		at := min(n, len(lines))
		upper.cells, lower.cells = append(upper.cells, lines[:at]), append(lower.cells, lines[at:])
	}
	upper.height, lower.height = rowHeight(t, upper.lines), rowHeight(t, lower.lines)
	return upper, lower
}

func (p *paginator) draw(t *form.Table, r row) {
	x := 0.0
	for i, lines := range r.cells {
		c := t.Columns[i]
		p.page.box(x, p.y, c.Width.Points(), r.height)
		p.cell(t, c, x, r, lines)
		x += c.Width.Points()
	}
	p.y += r.height
}

// cell puts the lines of a cell in the middle of its height.
func (p *paginator) cell(t *form.Table, c form.Column, x float64, r row, lines [][]glyph) {
	s, side := cellSetting(t, r.head), form.CellSide.Points()
	y := p.y + (r.height-float64(len(lines))*t.Line().Points())/2
	for _, line := range lines {
		at, free := x+side, c.Width.Points()-2*side-width(line)
		switch {
		case r.head, c.Align == form.Middle:
			at += free / 2
		case c.Align == form.End:
			at += free
		}
		p.page.text(at, y+baseline(t.Line().Points(), s.size), s, 0, line)
		y += t.Line().Points()
	}
}
