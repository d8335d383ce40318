package calendar

import "time"

// Between returns the working time from a to b: what office hours the span
// overlaps. An hour of a stretched vacation counts half. It is zero unless a is
// before b, and additive: Between(a, b) + Between(b, c) is Between(a, c).
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if !a.Before(b) {
		return 0
	}
	return time.Duration((c.position(b) - c.position(a)) / full)
}

// WorkingDays returns the working time from a to b as a number of working days,
// for averages and medians.
func (c *Calendar) WorkingDays(a, b time.Time) float64 {
	return float64(c.Between(a, b)) / float64(c.dayLength)
}

// AddWork returns the first instant by which work has been done since t. Work
// that fills a day exactly ends at closing time, not at the next opening.
func (c *Calendar) AddWork(t time.Time, work time.Duration) time.Time {
	if work <= 0 {
		return t.In(c.loc)
	}
	length := int64(c.dayLength)
	goal := c.position(t) + full*int64(work)
	d := c.reachSum(c.Date(t)-1, int((goal+length-1)/length))
	rest := goal - int64(c.halves(d-1))*length
	weight := int64(c.day(d).weight)
	return c.at(d, c.timeOfDay(time.Duration((rest+weight-1)/weight)))
}

// IsOpen reports whether t lies in office hours; the closing instant does not.
func (c *Calendar) IsOpen(t time.Time) bool {
	d, tod := split(t.In(c.loc))
	if !c.IsWorkingDay(d) {
		return false
	}
	for _, w := range c.hours {
		if w.Open <= tod && tod < w.Close {
			return true
		}
	}
	return false
}

// OpenAtOrAfter returns t when the office is open, else the next opening.
func (c *Calendar) OpenAtOrAfter(t time.Time) time.Time {
	if c.IsOpen(t) {
		return t.In(c.loc)
	}
	return c.NextOpen(t)
}

// NextOpen returns the first opening after t.
func (c *Calendar) NextOpen(t time.Time) time.Time {
	d, tod := split(t.In(c.loc))
	if c.IsWorkingDay(d) {
		for _, w := range c.hours {
			if tod < w.Open {
				return c.at(d, w.Open)
			}
		}
	}
	return c.at(c.reach(d, 1), c.hours[0].Open)
}

// position measures working time on one long line, in half nanoseconds, so that
// the halves of stretched vacations stay whole numbers.
func (c *Calendar) position(t time.Time) int64 {
	d, tod := split(t.In(c.loc))
	return int64(c.halves(d-1))*int64(c.dayLength) + int64(c.day(d).weight)*int64(c.openUntil(tod))
}

// openUntil returns how long a working day's office has been open by tod.
func (c *Calendar) openUntil(tod time.Duration) time.Duration {
	var open time.Duration
	for _, w := range c.hours {
		open += max(0, min(tod, w.Close)-w.Open)
	}
	return open
}

// timeOfDay is the inverse of openUntil: the first time of day by which the
// office has been open so long.
func (c *Calendar) timeOfDay(open time.Duration) time.Duration {
	for _, w := range c.hours {
		if open <= w.Close-w.Open {
			return w.Open + open
		}
		open -= w.Close - w.Open
	}
	return c.closing()
}

func (c *Calendar) closing() time.Duration { return c.hours[len(c.hours)-1].Close }

func (c *Calendar) at(d Date, tod time.Duration) time.Time {
	return time.Date(1970, time.January, 1+int(d), 0, 0, int(tod/time.Second), int(tod%time.Second), c.loc)
}
