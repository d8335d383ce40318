package report

import (
	"time"

	"mailbox/workflow"
)

// beginning is before any day there is.
const beginning = "0001-01-01"

// longest is how many years one question may cover.
const longest = 50

// Period is the days from From up to, not including, To (2006-01-02).
type Period struct{ From, To string }

// check reports what is wrong with a period a person asked for.
func (p Period) check() error {
	from, err := time.Parse(time.DateOnly, p.From)
	if err != nil {
		return workflow.Wrong("from", "invalid.date")
	}
	to, err := time.Parse(time.DateOnly, p.To)
	if err != nil {
		return workflow.Wrong("to", "invalid.date")
	}
	if !from.Before(to) || to.After(from.AddDate(longest, 0, 0)) {
		return workflow.Wrong("to", "invalid.period")
	}
	return nil
}

// last is the last day of the period.
func (p Period) last() string { return text(day(p.To).AddDate(0, 0, -1)) }

// before is the period just before, as long as this one: as many months when it
// is whole months, else as many days.
func (p Period) before() Period {
	from, to := day(p.From), day(p.To)
	if from.Day() == 1 && to.Day() == 1 {
		months := 12*(to.Year()-from.Year()) + int(to.Month()-from.Month())
		return Period{text(from.AddDate(0, -months, 0)), p.From}
	}
	days := int(to.Sub(from).Hours() / 24)
	return Period{text(from.AddDate(0, 0, -days)), p.From}
}

// lastYear is the same days a year earlier; 29 February becomes the 28th.
func (p Period) lastYear() Period {
	return Period{text(yearBefore(day(p.From))), text(yearBefore(day(p.To)))}
}

func yearBefore(t time.Time) time.Time {
	if t.Month() == time.February && t.Day() == 29 {
		t = t.AddDate(0, 0, -1)
	}
	return t.AddDate(-1, 0, 0)
}

// months divides the period where months begin.
func (p Period) months() []Period {
	var out []Period
	for from := day(p.From); from.Before(day(p.To)); {
		next := time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		to := next
		if to.After(day(p.To)) {
			to = day(p.To)
		}
		out = append(out, Period{text(from), text(to)})
		from = next
	}
	return out
}

// month is the first day of the month the period begins in.
func (p Period) month() string { return p.From[:len(p.From)-2] + "01" }

// day is a day that has been checked.
func day(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, s)
	return t
}

func text(t time.Time) string { return t.Format(time.DateOnly) }
