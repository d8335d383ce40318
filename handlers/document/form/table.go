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

// demand is how wide a column would like to be, and must be, in half ems.
type demand struct{ like, must int }

// columns makes a table as wide as the text. Columns with little to say get what
// they would like; those with much share the rest alike, but never get less than
// their longest word needs.
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

// share divides room half ems among columns.
func share(demands []demand, room int) []int {
	out, total := make([]int, len(demands)), 0
	for i, d := range demands {
		out[i] = d.must
		room -= d.must
		total += d.like
	}
	for grew := true; room > 0 && grew; {
		grew = false
		for i, d := range demands {
			if room > 0 && out[i] < d.like && out[i] <= least(out, demands) {
				out[i]++
				room--
				grew = true
			}
		}
	}
	if room <= 0 {
		return out
	}
	for i, d := range demands {
		out[i] += room * d.like / total
	}
	return out
}

// least is the width of the narrowest column that would like more.
func least(given []int, demands []demand) int {
	narrowest := 1 << 30
	for i, d := range demands {
		if given[i] < d.like {
			narrowest = min(narrowest, given[i])
		}
	}
	return narrowest
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
