package calendar

import (
	"fmt"
	"time"
)

// Date is a day without a time or a place: the number of days since 1970-01-01.
// Dates are compared and added to like the numbers they are.
type Date int

const secondsPerDay = 24 * 60 * 60

// NewDate returns the date; days beyond the end of a month run into the next.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// DateOf returns the date that t shows in its own location.
func DateOf(t time.Time) Date {
	d, _ := split(t)
	return d
}

// ParseDate reads a date written 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("parse date: %w", err)
	}
	return DateOf(t), nil
}

// In returns the first instant of the date in loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(1970, time.January, 1+int(d), 0, 0, 0, 0, loc)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(mod(int(d)+4, 7)) }

// Year returns the year the date lies in.
func (d Date) Year() int { return d.In(time.UTC).Year() }

// String writes the date as 2006-01-02.
func (d Date) String() string { return d.In(time.UTC).Format(time.DateOnly) }

// MarshalText writes the date as 2006-01-02.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date written 2006-01-02.
func (d *Date) UnmarshalText(b []byte) error {
	got, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = got
	return nil
}

// split returns the date on t's own wall clock and the time since its midnight.
func split(t time.Time) (Date, time.Duration) {
	_, offset := t.Zone()
	sec := int(t.Unix()) + offset
	tod := mod(sec, secondsPerDay)
	return Date((sec - tod) / secondsPerDay), time.Duration(tod)*time.Second + time.Duration(t.Nanosecond())
}

// mod is the remainder that is never negative.
func mod(a, b int) int { return ((a % b) + b) % b }

// weekdays counts Mondays to Fridays from the Monday before 1970-01-01 through
// d; for earlier dates it is negative.
func weekdays(d Date) int {
	n := int(d) + 4
	rest := mod(n, 7)
	return (n-rest)/7*5 + min(rest, 5)
}
