package office

import (
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow/report"
)

// span is a period that can be chosen with one touch.
type span struct {
	key   string // of its words: figures.span.<key>
	dates func(today time.Time) (from, to time.Time)
}

// spans are the usual periods. A school year runs from 1 September, its terms
// begin then and on 1 March.
var spans = []span{
	{"month", func(d time.Time) (time.Time, time.Time) { return first(d, 0), first(d, 1) }},
	{"lastmonth", func(d time.Time) (time.Time, time.Time) { return first(d, -1), first(d, 0) }},
	{"term", func(d time.Time) (time.Time, time.Time) {
		from := term(d)
		return from, from.AddDate(0, 6, 0)
	}},
	{"schoolyear", func(d time.Time) (time.Time, time.Time) {
		from := date(d.Year(), time.September)
		if d.Before(from) {
			from = from.AddDate(-1, 0, 0)
		}
		return from, from.AddDate(1, 0, 0)
	}},
	{"year", func(d time.Time) (time.Time, time.Time) {
		return date(d.Year(), time.January), date(d.Year()+1, time.January)
	}},
	{"lastschoolyear", func(d time.Time) (time.Time, time.Time) {
		from := date(d.Year()-1, time.September)
		if d.Before(from.AddDate(1, 0, 0)) {
			from = from.AddDate(-1, 0, 0)
		}
		return from, from.AddDate(1, 0, 0)
	}},
	{"lastyear", func(d time.Time) (time.Time, time.Time) {
		return date(d.Year()-1, time.January), date(d.Year(), time.January)
	}},
}

func date(y int, m time.Month) time.Time { return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC) }

// first is the first of the month that lies n months after d's.
func first(d time.Time, n int) time.Time { return date(d.Year(), d.Month()).AddDate(0, n, 0) }

// term is when the term that d lies in began.
func term(d time.Time) time.Time {
	switch {
	case d.Month() < time.March:
		return date(d.Year()-1, time.September)
	case d.Month() < time.September:
		return date(d.Year(), time.March)
	}
	return date(d.Year(), time.September)
}

// period is the period asked for in the address: one of the usual ones, or
// any days, both included. With nothing said it is the school year.
type period struct {
	report.Period
	Key      string // "" for any days
	From, To string // as a person says them, both included
}

func readPeriod(c *web.Context, get func(string) string) period {
	key := get("span")
	from, to := get("from"), get("to")
	if key == "" && from == "" && to == "" {
		key = "schoolyear"
	}
	today := c.Now
	for _, s := range spans {
		if s.key == key {
			begin, end := s.dates(time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC))
			return period{
				Period: report.Period{From: begin.Format(time.DateOnly), To: end.Format(time.DateOnly)}, Key: key,
				From: begin.Format(time.DateOnly), To: end.AddDate(0, 0, -1).Format(time.DateOnly),
			}
		}
	}
	return period{Period: report.Period{From: from, To: dayAfter(to)}, From: from, To: to}
}

// dayAfter is the day after one that a person typed; what is no day stays as
// it is and is refused by the use case.
func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

func spanTabs(c *web.Context, p period) []templates.Tab {
	var out []templates.Tab
	for _, s := range spans {
		out = append(out, templates.Tab{Label: c.Text("office.figures.span." + s.key), Href: figuresPath(c, "span", s.key), Current: p.Key == s.key})
	}
	return out
}
