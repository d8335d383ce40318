package templates

import (
	"fmt"
	"math"
	"strings"
)

// Charts are drawn here, in Go, as small SVG without text; their words are
// HTML around it, so that they stay readable at any width. Every chart has a
// title, a sentence that says what it shows, and its numbers as a table.

// Point is one value of a chart. Text is the value in words and stands in the
// table and the tooltip; Href opens what is behind it.
type Point struct {
	Label string
	Value float64
	Text  string
	Href  string
}

// Trend is a line over time with a faint area under it.
type Trend struct {
	ID, Title, Desc string
	Points          []Point
	Max             float64 // of the scale; 0 takes the largest value, rounded up
	Unit            string  // appended to the scale's numbers
	Before          []Point // the period before, drawn thin
}

// Top is the upper end of the scale.
func (c Trend) Top() float64 {
	if c.Max > 0 {
		return c.Max
	}
	return niceTop(append(append([]Point{}, c.Points...), c.Before...))
}

// Scale is the labels of the vertical axis, from the top.
func (c Trend) Scale() []string {
	top := c.Top()
	return []string{short(top) + c.Unit, short(top/2) + c.Unit, "0"}
}

// Line is the path of the values in a square of 100.
func (c Trend) Line() string { return curve(c.Points, c.Top()) }

// BeforeLine is the path of the period before.
func (c Trend) BeforeLine() string { return curve(c.Before, c.Top()) }

// BeforeText is the value of the period before at a point, in words.
func (c Trend) BeforeText(i int) string {
	if i < len(c.Before) {
		return c.Before[i].Text
	}
	return ""
}

// Area is the path of the surface under the line.
func (c Trend) Area() string {
	if len(c.Points) == 0 {
		return ""
	}
	return c.Line() + "L100 100L0 100Z"
}

// Mark is a value at its place, with the strip of the chart that belongs to it.
type Mark struct {
	Point
	X, Y, Left, Width float64
}

// Marks are the values at their places.
func (c Trend) Marks() []Mark {
	out := make([]Mark, len(c.Points))
	n := float64(len(c.Points))
	for i, p := range c.Points {
		x, y := place(i, len(c.Points), p.Value, c.Top())
		out[i] = Mark{Point: p, X: x, Y: y, Left: round(100 * float64(i) / n), Width: round(100 / n)}
	}
	return out
}

// Ends are the labels of the horizontal axis: first, middle when there is a
// true middle, and last.
func (c Trend) Ends() []string {
	n := len(c.Points)
	switch {
	case n == 0:
		return nil
	case n == 1:
		return []string{c.Points[0].Label}
	case n%2 == 1 && n > 4:
		return []string{c.Points[0].Label, c.Points[n/2].Label, c.Points[n-1].Label}
	}
	return []string{c.Points[0].Label, c.Points[n-1].Label}
}

// Bars compares values of the same kind; it is its own table.
type Bars struct {
	Title, Desc string
	Points      []Point
	Tone        string  // late, good, or "" for ink
	Of          float64 // the full width; 0 takes the largest value
}

// Width of a bar in percent.
func (c Bars) Width(p Point) float64 { return share(p.Value, c.Of, c.Points) }

// Part is one piece of a stacked bar.
type Part struct {
	Tone string // good soon late info or "" for neutral
	Point
}

// Stack divides a whole into its parts.
type Stack struct {
	Title, Desc string
	Parts       []Part
}

// Segment is a part at its place in a width of 100.
type Segment struct {
	Part
	X, Width float64
	Share    string
}

// Segments are the parts in their order.
func (c Stack) Segments() []Segment {
	sum := 0.0
	for _, p := range c.Parts {
		sum += p.Value
	}
	out, x := make([]Segment, len(c.Parts)), 0.0
	for i, p := range c.Parts {
		w := 0.0
		if sum > 0 {
			w = 100 * p.Value / sum
		}
		out[i] = Segment{Part: p, X: round(x), Width: round(w), Share: percent(p.Value / sum)}
		x += w
	}
	return out
}

// Heat is a table whose cells are darker the larger they are: the week by hours.
type Heat struct {
	Title, Desc string
	Columns     []string
	Rows        []HeatRow
}

// HeatRow is one line of a Heat.
type HeatRow struct {
	Label string
	Cells []int
	Hrefs []string // what is behind each; none when empty
}

// Href is what is behind the i-th cell.
func (r HeatRow) Href(i int) string {
	if i < len(r.Hrefs) {
		return r.Hrefs[i]
	}
	return ""
}

// Level is the step of darkness of a value, 0 to 4.
func (c Heat) Level(n int) int {
	top := 0
	for _, r := range c.Rows {
		for _, v := range r.Cells {
			top = max(top, v)
		}
	}
	if n <= 0 || top == 0 {
		return 0
	}
	return min(4, 1+(4*n-1)/top)
}

// Histogram shows how values are spread; columns from Late on are late.
type Histogram struct {
	ID, Title, Desc string
	Points          []Point
	Late            int // index of the first late column; 0 for none
}

// Mark is where late begins; 0 for nowhere.
func (c Histogram) Mark() float64 {
	if c.Late <= 0 || c.Late >= len(c.Points) {
		return 0
	}
	return round(100 * float64(c.Late) / float64(len(c.Points)))
}

// HistogramColumn is a column at its place in a square of 100.
type HistogramColumn struct {
	Point
	X, Y, Width, Height, Strip float64
	Late                       bool
}

// Columns are the bars at their places.
func (c Histogram) Columns() []HistogramColumn {
	n := float64(len(c.Points))
	out := make([]HistogramColumn, len(c.Points))
	for i, p := range c.Points {
		h := share(p.Value, 0, c.Points)
		w := 100 / n
		out[i] = HistogramColumn{
			Point: p, X: round(float64(i)*w + w*0.08), Width: round(w * 0.84), Strip: round(w),
			Y: round(100 - h), Height: round(h), Late: c.Late > 0 && i >= c.Late,
		}
	}
	return out
}

// Spark is a line the size of a word.
type Spark struct {
	Label  string
	Values []float64
}

// Line is the path in a box of 80 by 20.
func (c Spark) Line() string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range c.Values {
		low, high = min(low, v), max(high, v)
	}
	if len(c.Values) < 2 {
		return ""
	}
	span := high - low
	if span == 0 {
		span = 1
	}
	var b strings.Builder
	for i, v := range c.Values {
		x := 2 + 76*float64(i)/float64(len(c.Values)-1)
		segment(&b, i, x, 18-16*(v-low)/span)
	}
	return b.String()
}

func curve(points []Point, top float64) string {
	var b strings.Builder
	for i, p := range points {
		x, y := place(i, len(points), p.Value, top)
		segment(&b, i, x, y)
	}
	return b.String()
}

func segment(b *strings.Builder, i int, x, y float64) {
	verb := "L"
	if i == 0 {
		verb = "M"
	}
	fmt.Fprintf(b, "%s%v %v", verb, round(x), round(y))
}

func place(i, n int, value, top float64) (x, y float64) {
	x = 50
	if n > 1 {
		x = 100 * float64(i) / float64(n-1)
	}
	if top > 0 {
		y = 100 * value / top
	}
	return round(x), round(100 - y)
}

func share(value, of float64, points []Point) float64 {
	for _, p := range points {
		if of < p.Value {
			of = p.Value
		}
	}
	if of == 0 {
		return 0
	}
	return round(100 * value / of)
}

// niceTop is the smallest of 1, 2, 4, 5, 10, 20 … that holds every value.
func niceTop(points []Point) float64 {
	top := 0.0
	for _, p := range points {
		top = max(top, p.Value)
	}
	if top == 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(top)))
	for _, m := range []float64{1, 2, 4, 5, 6, 8} {
		if top <= m*unit {
			return m * unit
		}
	}
	return 10 * unit
}

func short(x float64) string {
	if x == math.Trunc(x) {
		return decimal(0, x)
	}
	return decimal(1, x)
}

func round(x float64) float64 { return math.Round(x*100) / 100 }
