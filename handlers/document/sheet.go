package document

import (
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// wideFrom is how many columns ask for a landscape page.
const wideFrom = 6

// asDocument is a sheet for paper: its notes below its table.
func asDocument(s report.Sheet) workflow.Document {
	g := workflow.Grid{Wide: len(s.Columns) >= wideFrom}
	for _, c := range s.Columns {
		g.Head = append(g.Head, c.Title)
		g.Right = append(g.Right, c.Kind != report.TextColumn)
	}
	for _, row := range s.Rows {
		var cells []string
		for i, f := range row {
			cells = append(cells, printed(s.Columns[i].Kind, f))
		}
		g.Rows = append(g.Rows, cells)
	}
	d := workflow.Document{Title: s.Title, Blocks: []workflow.Block{{Kind: workflow.TableIn, Table: &g}}}
	for _, n := range s.Notes {
		d.Blocks = append(d.Blocks, workflow.Block{Kind: workflow.Paragraph, Text: n})
	}
	return d
}

// printed is a field as people read it; what is not known is a dash.
func printed(kind report.ColumnKind, f report.Field) string {
	if f.Empty {
		return "—"
	}
	switch kind {
	case report.IntColumn:
		return strconv.FormatFloat(f.Number, 'f', 0, 64)
	case report.DecimalColumn:
		return strings.TrimSuffix(strconv.FormatFloat(f.Number, 'f', 1, 64), ".0")
	case report.PercentColumn:
		return strings.TrimSuffix(strconv.FormatFloat(100*f.Number, 'f', 1, 64), ".0") + "%"
	case report.DateColumn:
		return f.Day.Format(time.DateOnly)
	case report.TextColumn:
	}
	return f.Text
}
