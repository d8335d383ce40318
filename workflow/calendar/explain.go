package calendar

import "time"

// Reason says why a day was counted or passed over. It is part of a catalogue
// key.
type Reason string

// The reasons for a day.
const (
	Counted     Reason = "counted"
	DayZero     Reason = "day_zero"    // the day of receipt, which is not counted
	AfterHours  Reason = "after_hours" // received after closing time
	Weekend     Reason = "weekend"
	Holiday     Reason = "holiday"       // Name tells which
	MakeUp      Reason = "make_up"       // a weekend worked in exchange for a holiday; counted
	InVacation  Reason = "vacation"      // a vacation that stops the clocks
	HalfCounted Reason = "vacation_half" // a vacation of which two days count as one
)

// Step is one day on the way to a deadline.
type Step struct {
	Date    Date
	Counted bool
	Reason  Reason
	Name    string // of the holiday or vacation
	// N is how many of the limit's units are used up when the day ends.
	N int
	// Time is the part of the day that counts, for limits in hours.
	Time time.Duration
	// Provisional: the day's holidays are not published yet.
	Provisional bool
}

// Explain tells day by day, from receipt to deadline, how Due arrives at its
// answer for a Valid limit.
func (c *Calendar) Explain(from time.Time, l Limit) []Step {
	from = from.In(c.loc)
	due := c.Due(from, l).Due
	switch l.Unit {
	case WorkingHours:
		return c.explainWorkingHours(from, due)
	case Days:
		return c.explainDays(c.Date(from), c.Date(due))
	case Hours:
		return c.explainHours(from, due)
	default: // WorkingDays
		return c.explainWorkingDays(from, c.Date(due))
	}
}

func (c *Calendar) explainWorkingDays(from time.Time, last Date) []Step {
	var steps []Step
	first, halves := c.Date(from), 0
	for d := first; d <= last; d++ {
		s := c.step(d)
		switch {
		case !s.Counted:
		case d == first && !c.countFirst:
			s.Counted, s.Reason = false, DayZero
		case d < c.ReceivedOn(from):
			s.Counted, s.Reason = false, AfterHours
		default:
			halves += int(c.day(d).weight)
		}
		s.N = halves / full
		steps = append(steps, s)
	}
	return steps
}

func (c *Calendar) explainWorkingHours(from, due time.Time) []Step {
	var steps []Step
	for d := c.Date(from); d <= c.Date(due); d++ {
		s := c.step(d)
		s.Time = c.Between(later(from, d.In(c.loc)), earlier(due, (d+1).In(c.loc)))
		s.N = int(c.Between(from, earlier(due, (d+1).In(c.loc))) / time.Hour)
		if s.Counted && s.Time == 0 {
			s.Counted, s.Reason = false, AfterHours
		}
		steps = append(steps, s)
	}
	return steps
}

func (c *Calendar) explainDays(first, last Date) []Step {
	var steps []Step
	n := 0
	for d := first; d <= last; d++ {
		s := Step{Date: d, Counted: true, Reason: Counted}
		if d == first && !c.countFirst {
			s.Counted, s.Reason = false, DayZero
		} else {
			n++
		}
		s.N = n
		steps = append(steps, s)
	}
	return steps
}

func (c *Calendar) explainHours(from, due time.Time) []Step {
	var steps []Step
	for d := c.Date(from); d <= c.Date(due); d++ {
		end := earlier(due, (d + 1).In(c.loc))
		steps = append(steps, Step{
			Date: d, Counted: true, Reason: Counted,
			Time: end.Sub(later(from, d.In(c.loc))),
			N:    int(end.Sub(from) / time.Hour),
		})
	}
	return steps
}

// step tells about the day as such.
func (c *Calendar) step(d Date) Step {
	day := c.day(d)
	return Step{Date: d, Counted: day.weight > 0, Reason: day.reason, Name: day.name, Provisional: d > c.knownUntil}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
