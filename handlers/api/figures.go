package api

import (
	"math"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/report"
)

// termsShown is how many terms one may look back.
const termsShown = 4

// figuresView is what everybody may know of a term.
type figuresView struct {
	Terms       []term      `json:"terms"`
	Term        term        `json:"term"`
	Figures     []figure    `json:"figures"`
	Total       figuresLine `json:"total"`
	Months      []monthLine `json:"months"`
	Departments []namedLine `json:"departments"`
	Categories  []namedLine `json:"categories"`
}

// term is the days from From up to, not including, To.
type term struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// figure is the definition of the numbers under a key.
type figure struct {
	Key      string `json:"key"`
	Unit     string `json:"unit"`
	Name     names  `json:"name"`
	Formula  names  `json:"formula"`
	Nature   string `json:"nature"`
	Source   string `json:"source"`
	Excludes names  `json:"excludes"`
}

// figuresLine is one row. A value is null where there is nothing to take it
// from, and where it is hidden because it could point at somebody.
type figuresLine struct {
	Values map[string]*float64 `json:"values"`
	Hidden []string            `json:"hidden"`
}

type monthLine struct {
	Month string `json:"month"` // 2006-01
	figuresLine
}

type namedLine struct {
	Code string `json:"code,omitempty"`
	Name names  `json:"name"`
	figuresLine
}

// unitNames are the units of figures as answers name them.
var unitNames = map[report.Unit]string{report.Cases: "cases", report.Share: "percent", report.Days: "working_days"}

// figures answers with a whole term that is over: the last one, or the one
// that begins on ?term=. Of any other span nothing is published.
func (a *API) figures(c *web.Context) error {
	terms := a.Figures.Terms(termsShown)
	chosen := terms[0]
	if from := c.Query("term"); from != "" {
		chosen = report.Period{}
		for _, t := range terms {
			if t.From == from {
				chosen = t
			}
		}
	}
	if chosen == (report.Period{}) {
		return workflow.Absent()
	}
	o, err := a.offers.load(c.Context(), c.Now)
	if err != nil {
		return err
	}
	table, err := a.Figures.Public(c.Context(), chosen)
	if err != nil {
		return err
	}
	return publish(c, figuresOf(o, a.define(), terms, table))
}

// define is the definition of every figure that is published.
func (a *API) define() []figure {
	say := func(key string) names { return names{a.Words("zh-CN", key), a.Words("en", key)} }
	var out []figure
	for _, f := range report.PublicFigures {
		out = append(out, figure{
			Key: f.Key, Unit: unitNames[f.Unit], Name: say("figure." + f.Key), Formula: say(f.Formula()),
			Nature: string(f.Nature), Source: string(f.Source), Excludes: say(f.Excludes()),
		})
	}
	return out
}

func figuresOf(o offered, figures []figure, terms []report.Period, t report.PublicTable) figuresView {
	v := figuresView{
		Figures: figures, Term: term{t.Term.From, t.Term.To}, Total: lineOf(t.Total),
		Months: []monthLine{}, Departments: []namedLine{}, Categories: []namedLine{},
	}
	for _, p := range terms {
		v.Terms = append(v.Terms, term{p.From, p.To})
	}
	for _, l := range t.Months {
		v.Months = append(v.Months, monthLine{l.Key[:min(len(l.Key), len("2006-01"))], lineOf(l)})
	}
	for _, l := range t.Departments {
		named := namedLine{Name: names{l.NameZH, l.NameEN}, figuresLine: lineOf(l)}
		if d := o.departmentOf(l.ID); d != nil {
			named.Code = d.Code
		}
		v.Departments = append(v.Departments, named)
	}
	for _, l := range t.Categories {
		v.Categories = append(v.Categories, namedLine{Code: o.codeOf(l.ID), Name: names{l.NameZH, l.NameEN}, figuresLine: lineOf(l)})
	}
	return v
}

func lineOf(l report.PublicLine) figuresLine {
	out := figuresLine{Values: map[string]*float64{}, Hidden: []string{}}
	for i, cell := range l.Cells {
		f := report.PublicFigures[i]
		out.Values[f.Key] = number(f, cell)
		if cell.Hidden {
			out.Hidden = append(out.Hidden, f.Key)
		}
	}
	return out
}

// number is a value as it is published: shares and days to one place, as on the
// page, for more would tell how many cases they are taken from.
func number(f report.Figure, cell report.PublicCell) *float64 {
	if cell.Hidden || cell.None {
		return nil
	}
	n := float64(cell.N)
	switch f.Unit {
	case report.Share:
		n = math.Round(10*cell.Percent()) / 10
	case report.Days:
		n = math.Round(10*cell.Days) / 10
	case report.Cases:
	}
	return &n
}
