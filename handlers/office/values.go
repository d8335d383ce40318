package office

import (
	"strings"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/report"
)

// nothing stands where there is nothing to take a figure from.
const nothing = "—"

// tooFew stands where a share or a median is taken from fewer than five.
const tooFew = "n<5"

// figureOf is a figure of a line, by its key.
func figureOf(l report.Line, key string) (report.Figure, report.Cell) {
	for i, f := range report.All {
		if f.Key == key {
			return f, l.Cells[i]
		}
	}
	return report.Figure{}, report.Cell{}
}

// valueText is a figure as it is printed.
func valueText(f report.Figure, v report.Value) string {
	switch {
	case v.None:
		return nothing
	case v.Few:
		return tooFew
	case f.Unit == report.Share:
		return templates.Percent(v.Percent() / 100)
	case f.Unit == report.Days:
		return templates.Decimal(1, v.Days)
	}
	return templates.Number(v.N)
}

// unitText is what stands small beside a figure.
func unitText(c *web.Context, f report.Figure, v report.Value) string {
	if f.Unit == report.Days && !v.None {
		return c.Text("office.figures.days")
	}
	return ""
}

// baseText says what a share or a median is taken from.
func baseText(c *web.Context, f report.Figure, v report.Value) string {
	switch {
	case v.None:
		return ""
	case v.Few:
		return c.Text("office.figures.n", templates.Number(v.Of))
	case f.Unit == report.Share:
		return templates.Number(v.N) + " / " + templates.Number(v.Of)
	case f.Unit == report.Days:
		return c.Text("office.figures.n", templates.Number(v.Of))
	}
	return ""
}

// behind is the list of the cases that a figure counts, or "" when there is
// none, or nobody in it.
func behind(cell report.Cell) string {
	if cell.Behind == nil || cell.None || cell.N == 0 && cell.Of == 0 {
		return ""
	}
	return casesPath(*cell.Behind)
}

// comparedText is what a figure was before, and how much it has changed: in per
// cent of counts, in points of shares. Where there is nothing to take a change
// from, it is a dash.
func comparedText(c *web.Context, f report.Figure, now, before report.Value) string {
	if before.None {
		return nothing
	}
	return valueText(f, before) + " (" + changeText(c, f, now, before) + ")"
}

func changeText(c *web.Context, f report.Figure, now, before report.Value) string {
	switch {
	case now.None || f.Unit == report.Cases && before.N == 0:
		return nothing
	case f.Unit == report.Share:
		return c.Text("figures.points", signed(now.Percent()-before.Percent()))
	case f.Unit == report.Days:
		return signed(now.Days - before.Days)
	}
	return signed(100*float64(now.N-before.N)/float64(before.N)) + "%"
}

// signed is a change with its sign, to one place.
func signed(x float64) string {
	text := strings.TrimSuffix(templates.Decimal(1, x), ".0")
	if x > 0 && text != "0" {
		return "+" + text
	}
	return strings.Replace(text, "-", "−", 1)
}
