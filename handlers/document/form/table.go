package form

import "mailbox/workflow"

// Table is a table ready to be drawn: every row has a cell for every column.
type Table struct {
	Head    []string // nil when it has none
	Rows    [][]string
	Columns []Column
	Size    Size
	// Whole tables stay on one page.
	Whole bool
}

// Column is one column of a table.
type Column struct {
	Width Twips
	Align Align
}

// The table's measures.
const (
	CellSide Twips = 85 // free at both sides of a cell
	CellEnd  Twips = 40 // free above and below its text
)

// Line is how far apart the lines of the table's text are.
func (t *Table) Line() Twips { return Twips(t.Size) * 27 / 2 }

// small tables are not divided: rows, and half characters of a cell.
const (
	smallRows = 8
	smallCell = 80
)

// newTable is nil for a grid without any column.
func newTable(g workflow.Grid) *Table {
	n := len(g.Head)
	for _, row := range g.Rows {
		n = max(n, len(row))
	}
	if n == 0 {
		return nil
	}
	t := &Table{}
	if len(g.Head) > 0 {
		t.Head = cells(g.Head, n)
	}
	for _, row := range g.Rows {
		t.Rows = append(t.Rows, cells(row, n))
	}
	width := TextWidth
	if g.Wide {
		width = TextHeight
	}
	t.set(n, width, g.Right)
	return t
}

// set chooses the size of the table's type, smaller when its columns do not find
// room enough, and makes the columns.
func (t *Table) set(n int, width Twips, right []bool) {
	demands, wish, longest := make([]demand, n), 0, 0
	for i := range demands {
		demands[i] = t.demand(i)
		wish += demands[i].like
		longest = max(longest, demands[i].like)
	}
	t.Whole = len(t.Rows) <= smallRows && longest < smallCell
	t.Size = SizeSmall4
	if wish > room(t.Size, n, width) {
		t.Size = Size5
	}
	t.columns(demands, width, right)
}

// room is how many half ems of text fit beside each other in n columns.
func room(s Size, n int, width Twips) int { return max(0, int(width)-n*2*int(CellSide)) / s.half() }

func cells(row []string, n int) []string {
	out := make([]string, n)
	for i, cell := range row {
		out[i] = line(cell)
	}
	return out
}

// demand is how wide a column would like to be, and must be, in half ems; says is
// how long all its cells are together.
type demand struct{ like, must, says int }

// columns makes a table as wide as the text. Columns with little to say get what
// they would like; those with much share the rest so that none is much higher
// than the others, and never get less than their longest word needs.
func (t *Table) columns(demands []demand, width Twips, right []bool) {
	given := share(demands, room(t.Size, len(demands), width))
	left := width
	for i, d := range demands {
		w := Twips(given[i]*t.Size.half()) + 2*CellSide
		t.Columns = append(t.Columns, Column{Width: w, Align: alignment(d, i < len(right) && right[i])})
		left -= w
	}
	t.Columns = fit(t.Columns, width, left)
}

// comfortable is how wide a column becomes before those with much to say get more
// than others, in half ems.
const comfortable = 16

// share divides room half ems among columns.
func share(demands []demand, room int) []int {
	out, total := make([]int, len(demands)), 0
	for i, d := range demands {
		out[i] = d.must
		room -= d.must
		total += d.like
	}
	room = grow(out, room, func() int { return narrowest(out, demands) })
	room = grow(out, room, func() int { return fullest(out, demands) })
	if room <= 0 {
		return out
	}
	for i, d := range demands {
		out[i] += room * d.like / total
	}
	return out
}

// grow gives one half em after the other to the column that next says, until it
// says none or there is no more.
func grow(out []int, room int, next func() int) int {
	for ; room > 0; room-- {
		i := next()
		if i < 0 {
			break
		}
		out[i]++
	}
	return room
}

// narrowest is the narrowest column that is not comfortable yet, -1 for none.
func narrowest(given []int, demands []demand) int {
	out := -1
	for i, d := range demands {
		if given[i] < min(d.like, comfortable) && (out < 0 || given[i] < given[out]) {
			out = i
		}
	}
	return out
}

// fullest is the column that has the most lines of those that would like more,
// -1 for none.
func fullest(given []int, demands []demand) int {
	out, most := -1, -1
	for i, d := range demands {
		if lines := 1000 * d.says / given[i]; given[i] < d.like && lines > most {
			out, most = i, lines
		}
	}
	return out
}

// fit makes the columns exactly as wide as the text together: what rounding left
// goes to the last, and when there is too little, all give way alike.
func fit(columns []Column, width, left Twips) []Column {
	if last := &columns[len(columns)-1]; left >= 0 {
		last.Width += left
		return columns
	}
	total, sum := width-left, Twips(0)
	for i := range columns {
		columns[i].Width = max(1, columns[i].Width*width/total)
		sum += columns[i].Width
	}
	columns[len(columns)-1].Width += max(0, width-sum)
	return columns
}

func alignment(d demand, right bool) Align {
	const short = 20
	switch {
	case right:
		return End
	case d.like <= short:
		return Middle
	}
	return Start
}

func (t *Table) demand(column int) demand {
	const most, widestWord = smallCell, 32
	d := demand{like: 4, must: 4}
	look := func(cell string) {
		d.like = min(most, max(d.like, ample(cell)))
		d.must = min(widestWord, max(d.must, longestWord(cell)))
		d.says += ample(cell)
	}
	for _, row := range t.Rows {
		look(row[column])
	}
	if t.Head != nil {
		head := t.Head[column]
		d.like = max(d.like, (Width(head)+3)/4*2) // a head may have two lines
		d.must = max(d.must, min(widestWord, longestWord(head)))
	}
	d.must++ // fonts differ by a hair
	d.like = max(d.like+1, d.must)
	return d
}

// longestWord is the width of the longest part that is not broken.
func longestWord(text string) int {
	longest, start, before := 0, 0, ' '
	for i, r := range text {
		if MayBreak(before, r) {
			longest, start = max(longest, ample(text[start:i])), i
		}
		before = r
	}
	return max(longest, ample(text[start:]))
}

// ample is the width of a text in a font with wide Latin letters and digits.
func ample(text string) int {
	const tenths = 12 // of a half em
	n := 0
	for _, r := range text {
		if w := RuneWidth(r); w == 1 {
			n += tenths
		} else {
			n += 10 * w
		}
	}
	return (n + 9) / 10
}
