package office

import (
	"fmt"
	"strconv"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/report"
)

// terms says what a figure is besides its formula.
func terms(c *web.Context, f report.Figure) []templates.Fact {
	return []templates.Fact{
		{Label: c.Text("figures.term.unit"), Value: c.Text("figures.unit." + string(f.Unit))},
		{Label: c.Text("figures.term.nature"), Value: c.Text("figures.nature." + string(f.Nature))},
		{Label: c.Text("figures.term.source"), Value: c.Text("figures.source." + string(f.Source))},
		{Label: c.Text("figures.term.excludes"), Value: c.Text(f.Excludes())},
	}
}

// termsTable is the definition of every figure on a page.
func termsTable(c *web.Context, figures []report.Figure) templates.Table {
	t := templates.Table{Caption: c.Text("figures.terms"), Cards: true}
	for _, key := range []string{"name", "formula", "unit", "nature", "source", "excludes"} {
		t.Columns = append(t.Columns, templates.Column{Label: c.Text("figures.term." + key)})
	}
	for _, f := range figures {
		row := templates.Row{Cells: []templates.Cell{{Text: c.Text("figure." + f.Key)}, {Text: c.Text(f.Formula())}}}
		for _, term := range terms(c, f) {
			row.Cells = append(row.Cells, templates.Cell{Text: term.Value})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// hourWords is an hour of the week.
func hourWords(c *web.Context, hour int) string {
	return fmt.Sprintf("%s %02d:00", c.Text("figures.weekday."+strconv.Itoa(hour/24)), hour%24)
}
