package calendar

import "time"

// Unit is what a limit is counted in.
type Unit string

// The units of a limit.
const (
	WorkingDays  Unit = "working_days"
	WorkingHours Unit = "working_hours"
	Days         Unit = "days"  // natural days
	Hours        Unit = "hours" // clock hours, day and night
)

// Limit is how long something may take.
type Limit struct {
	Amount int
	Unit   Unit
}

// maxAmount is the longest limit anyone may set: ten years of days.
const maxAmount = 3660

// Valid reports whether the limit can be kept: a known unit and an amount
// between one and ten years of days.
func (l Limit) Valid() bool {
	switch l.Unit {
	case WorkingDays, WorkingHours, Days, Hours:
		return l.Amount > 0 && l.Amount <= maxAmount
	}
	return false
}

// Working reports whether the unit stands still while the office is closed.
func (u Unit) Working() bool { return u == WorkingDays || u == WorkingHours }

// Result is a deadline. A provisional one rests on a year whose holidays are
// not published yet, and is to be computed again when they are.
type Result struct {
	Due         time.Time
	Provisional bool
}

// Due returns when a limit that begins at from runs out.
//
// Working days: the day of receipt is not counted, whatever the hour and even
// when it is a day off, so the next working day is the first. A calendar that
// counts the first day counts the one ReceivedOn names. The limit ends at
// closing time of the last day counted.
//
// Working hours: from the instant of receipt, or the next opening, exactly.
//
// Days: natural days, as laws count them. The calendar day of receipt stays
// what it is, whatever the hour, and the limit ends at 23:59:59 of the last
// day, working day or not.
//
// Hours: exactly so many hours later.
func (c *Calendar) Due(from time.Time, l Limit) Result {
	from = from.In(c.loc)
	switch l.Unit {
	case WorkingHours:
		return c.result(c.AddWork(from, time.Duration(l.Amount)*time.Hour))
	case Days:
		return Result{Due: c.endOfDay(c.lastNaturalDay(from, l.Amount))}
	case Hours:
		return Result{Due: from.Add(time.Duration(l.Amount) * time.Hour)}
	default: // WorkingDays
		return c.result(c.at(c.lastWorkingDay(from, l.Amount), c.closing()))
	}
}

func (c *Calendar) result(due time.Time) Result {
	return Result{Due: due, Provisional: c.Date(due) > c.knownUntil}
}

// ReceivedOn returns the working day on which the office receives what arrives
// at t: the day itself until closing time, else the next working day.
func (c *Calendar) ReceivedOn(t time.Time) Date {
	d, tod := split(t.In(c.loc))
	if c.IsWorkingDay(d) && tod <= c.closing() {
		return d
	}
	return c.reach(d, 1)
}

func (c *Calendar) lastWorkingDay(from time.Time, n int) Date {
	switch {
	case n <= 0:
		return c.ReceivedOn(from)
	case c.countFirst:
		return c.reach(c.ReceivedOn(from)-1, full*n)
	}
	return c.reach(c.Date(from), full*n)
}

func (c *Calendar) lastNaturalDay(from time.Time, n int) Date {
	if c.countFirst && n > 0 {
		n--
	}
	return c.Date(from) + Date(max(n, 0))
}

func (c *Calendar) endOfDay(d Date) time.Time { return c.at(d, 24*time.Hour-time.Second) }

// Paused measures the pause from a to b for limits in the unit: working time
// for working units, plain time for natural ones. A clock adds up its pauses
// and gives the sum to Extend.
func (c *Calendar) Paused(a, b time.Time, u Unit) time.Duration {
	if u.Working() {
		return c.Between(a, b)
	}
	return max(0, b.Sub(a))
}

// Extend moves a deadline by all the time its clock has been paused, as Paused
// measures it. Limits in hours move exactly. Limits in days move by the whole
// days that the pauses add up to: half an hour before the weekend moves nothing.
func (c *Calendar) Extend(due time.Time, paused time.Duration, u Unit) Result {
	due = due.In(c.loc)
	switch u {
	case WorkingHours:
		return c.result(c.AddWork(due, paused))
	case Days:
		d, tod := split(due)
		return Result{Due: c.at(d+Date(max(0, paused)/(24*time.Hour)), tod)}
	case Hours:
		return Result{Due: due.Add(max(0, paused))}
	default: // WorkingDays, below
	}
	days := int(max(0, paused) / c.dayLength)
	if days == 0 {
		return c.result(due)
	}
	d, tod := split(due)
	return c.result(c.at(c.reach(d, full*days), tod))
}

// Remaining is the distance to a deadline, or since, in the measures that
// people use.
type Remaining struct {
	Overdue     bool
	WorkingDays int           // 0 when the deadline and now are on one working day
	Days        int           // natural days; 0 when both are on one day
	Work        time.Duration // working time
	Wall        time.Duration // plain time
}

// Remaining says how far now is from due. All figures are positive; Overdue
// tells the side. A deadline is kept at its very instant.
func (c *Calendar) Remaining(now, due time.Time) Remaining {
	r := Remaining{Overdue: now.After(due)}
	a, b := now, due
	if r.Overdue {
		a, b = due, now
	}
	first, last := c.Date(a), c.Date(b)
	r.WorkingDays, r.Days = c.CountDays(first+1, last), int(last-first)
	r.Work, r.Wall = c.Between(a, b), b.Sub(a)
	return r
}
