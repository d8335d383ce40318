package templates

// Flow shows where things that came by several ways went: a bar for each way,
// divided like the key above it, and the numbers as a table.
type Flow struct {
	Title, Desc string
	Keys        []Part // what the bars are divided into; their values are the sums
	Rows        []FlowRow
	What        string // heads the rows of the table
	Total       string // heads its last column
}

// FlowRow is one way. Its parts stand in the order of the keys.
type FlowRow struct {
	Label string
	All   Point
	Parts []Point
}

// Segments are the parts of a row at their places; the widest row of the chart
// fills its width.
func (c Flow) Segments(r FlowRow) []Segment {
	top := 0.0
	for _, o := range c.Rows {
		top = max(top, o.All.Value)
	}
	out, x := make([]Segment, 0, len(r.Parts)), 0.0
	for i, p := range r.Parts {
		if p.Value == 0 || top == 0 {
			continue
		}
		w := 100 * p.Value / top
		p.Label = c.Keys[i].Label
		out = append(out, Segment{Part: Part{Tone: c.Keys[i].Tone, Point: p}, X: round(x), Width: round(w), Share: percent(p.Value / r.All.Value)})
		x += w
	}
	return out
}

// Key is the i-th part of the bars.
func (c Flow) Key(i int) Part { return c.Keys[i] }
