// Package calendar is working time: weekends, holidays and their make-up days,
// office hours and school vacations, as pure functions over a value.
//
// A Calendar never changes and may be used by any number of goroutines. Time of
// day is the wall clock of the calendar's location. Every question is answered
// from sums taken once, so that a deadline ten years away costs as little as
// tomorrow's.
package calendar

import (
	"fmt"
	"slices"
	"sort"
	"time"
)

// maxSpan bounds how far apart the exceptions of one calendar may lie: two
// centuries, which is a slip of the pen rather than a plan.
const maxSpan = 200 * 366

// A working day weighs two halves; a day of a stretched vacation weighs one.
const full = 2

// Calendar answers what is working time.
type Calendar struct {
	version    string
	loc        *time.Location
	hours      []Window
	dayLength  time.Duration // office hours of one working day
	knownUntil Date
	countFirst bool

	first Date // of special
	// special covers every date that is not simply what its weekday says.
	special []special
}

// special is one date, and what all dates through it differ from a plain run of
// weekdays: in halves, and in days.
type special struct {
	weight          int8
	reason          Reason // why it is off, or worked in an unusual way
	name            string
	halves, workday int32
}

// New builds the calendar of s, or tells all that is wrong with it.
func New(s Spec) (*Calendar, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	c := &Calendar{version: s.Version, loc: s.Location, hours: slices.Clone(s.Hours), knownUntil: s.KnownUntil, countFirst: s.CountFirstDay}
	if c.loc == nil {
		c.loc = time.UTC
	}
	if len(c.hours) == 0 {
		c.hours = DefaultHours()
	}
	for _, w := range c.hours {
		c.dayLength += w.Close - w.Open
	}
	first, last := span(s)
	if last-first > maxSpan {
		return nil, fmt.Errorf("calendar: its days lie between %s and %s", first, last)
	}
	c.first = first
	c.fill(s, last)
	c.sum()
	return c, nil
}

// span returns the first and last special date; last < first when there is none.
func span(s Spec) (first, last Date) {
	first, last = 1, 0
	include := func(from, to Date) {
		if last < first {
			first, last = from, to
		}
		first, last = min(first, from), max(last, to)
	}
	for _, d := range s.Days {
		include(d.Date, d.Date)
	}
	for _, v := range s.Vacations {
		include(v.First, v.Last)
	}
	return first, last
}

func (c *Calendar) fill(s Spec, last Date) {
	c.special = make([]special, max(0, int(last-c.first)+1))
	for i := range c.special {
		c.special[i] = plain(c.first + Date(i))
	}
	for _, d := range s.Days {
		c.special[d.Date-c.first] = exception(d)
	}
	for _, v := range s.Vacations {
		for d := v.First; d <= v.Last; d++ {
			c.special[d-c.first].rest(v)
		}
	}
}

func plain(d Date) special {
	if isWeekend(d) {
		return special{reason: Weekend}
	}
	return special{weight: full, reason: Counted}
}

func exception(d Day) special {
	switch {
	case d.Off:
		return special{reason: Holiday, name: d.Name}
	case isWeekend(d.Date):
		return special{weight: full, reason: MakeUp, name: d.Name}
	}
	return special{weight: full, reason: Counted, name: d.Name}
}

// rest applies a vacation to a day; days that are off anyway keep their reason.
func (s *special) rest(v Vacation) {
	if s.weight == 0 || v.Policy == Run {
		return
	}
	s.name, s.weight, s.reason = v.Name, 0, InVacation
	if v.Policy == Stretch {
		s.weight, s.reason = full/2, HalfCounted
	}
}

func (c *Calendar) sum() {
	var halves, workdays int32
	for i := range c.special {
		s := &c.special[i]
		if s.weight > 0 {
			workdays++
		}
		if !isWeekend(c.first + Date(i)) {
			workdays--
			halves -= full
		}
		halves += int32(s.weight)
		s.halves, s.workday = halves, workdays
	}
}

// day tells about one date.
func (c *Calendar) day(d Date) special {
	if i := int(d - c.first); i >= 0 && i < len(c.special) {
		return c.special[i]
	}
	return plain(d)
}

// through returns the corrections that apply through d.
func (c *Calendar) through(d Date) special {
	i := min(int(d-c.first), len(c.special)-1)
	if i < 0 {
		return special{}
	}
	return c.special[i]
}

// halves sums the weights of all days through d, from a fixed but arbitrary day.
func (c *Calendar) halves(d Date) int { return full*weekdays(d) + int(c.through(d).halves) }

// reach returns the first day after d by whose end n more halves are counted,
// n > 0. It is a working day, since only those add to the sum.
func (c *Calendar) reach(d Date, n int) Date {
	return c.reachSum(d, c.halves(d)+n)
}

// reachSum returns the first day after d through which halves is at least sum.
func (c *Calendar) reachSum(d Date, sum int) Date {
	far := 16
	for c.halves(d+Date(far)) < sum {
		far *= 2
	}
	return d + 1 + Date(sort.Search(far, func(i int) bool { return c.halves(d+1+Date(i)) >= sum }))
}

// Version returns the name of this state of the calendar.
func (c *Calendar) Version() string { return c.version }

// Location returns the college's time zone.
func (c *Calendar) Location() *time.Location { return c.loc }

// KnownUntil returns the last day whose holidays are published.
func (c *Calendar) KnownUntil() Date { return c.knownUntil }

// Hours returns the office hours of a working day.
func (c *Calendar) Hours() []Window { return slices.Clone(c.hours) }

// DayLength returns how long the office is open on a working day.
func (c *Calendar) DayLength() time.Duration { return c.dayLength }

// Date returns the date that t shows in the college.
func (c *Calendar) Date(t time.Time) Date { return DateOf(t.In(c.loc)) }

// IsWorkingDay reports whether the office works on d.
func (c *Calendar) IsWorkingDay(d Date) bool { return c.day(d).weight > 0 }

// CountDays returns the number of working days from first to last, both
// included. A working day of a stretched vacation is one like any other here.
func (c *Calendar) CountDays(first, last Date) int {
	if last < first {
		return 0
	}
	count := func(d Date) int { return weekdays(d) + int(c.through(d).workday) }
	return count(last) - count(first-1)
}

// TableMissing reports whether today is the time to ask for the coming year's
// holidays: from 1 December on while they are not in the calendar, and at any
// time for the year that is running.
func (c *Calendar) TableMissing(today Date) (year int, missing bool) {
	year = today.Year()
	if c.knownUntil < NewDate(year, time.December, 31) {
		return year, true
	}
	if today < NewDate(year, time.December, 1) {
		return 0, false
	}
	return year + 1, c.knownUntil < NewDate(year+1, time.December, 31)
}

func isWeekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
