package rules

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// A draft is a calendar version that is not in force: a copy of one that is,
// with its ID, and one thing changed. The functions here change that one thing;
// Preview tells what the draft would do and Apply puts it in force.

// What a day can be made.
const (
	DayOff  = "off"   // a holiday
	DayWork = "work"  // a day of the weekend on which people work
	DayAs   = "plain" // as the week has it
)

const maxDays = 62 // at once

// ImportYear lays the published table of a year over the calendar, and returns
// the year. Days that the table does not name stay as they are, so that what
// the college added itself is not lost. Years are added one after another.
func ImportYear(v workflow.CalendarVersion, table []byte) (workflow.CalendarVersion, int, error) {
	year, days, _, err := calendar.ParseHolidays(table)
	switch {
	case err != nil:
		return v, 0, &workflow.Error{Kind: workflow.Invalid, Field: "table", Key: "calendar.table_unreadable", Err: err}
	case len(days) == 0:
		return v, year, workflow.Wrong("table", "calendar.table_empty", strconv.Itoa(year))
	}
	known, err := calendar.ParseDate(v.KnownUntil)
	if err != nil {
		return v, year, err
	}
	if next := (known + 1).Year(); year > next {
		return v, year, workflow.Wrong("table", "calendar.table_gap", strconv.Itoa(next))
	}
	for _, d := range days {
		v.Days = withDay(v.Days, workflow.CalendarDay{Day: d.Date.String(), Off: d.Off, Name: d.Name})
	}
	if end := calendar.NewDate(year, time.December, 31); end > known {
		v.KnownUntil = end.String()
	}
	return v, year, nil
}

// withDay returns days with d in the place of what was said of that day.
func withDay(days []workflow.CalendarDay, d workflow.CalendarDay) []workflow.CalendarDay {
	days = append(withoutDay(days, d.Day), d)
	slices.SortFunc(days, func(a, b workflow.CalendarDay) int { return cmp.Compare(a.Day, b.Day) })
	return days
}

func withoutDay(days []workflow.CalendarDay, day string) []workflow.CalendarDay {
	return slices.DeleteFunc(slices.Clone(days), func(o workflow.CalendarDay) bool { return o.Day == day })
}

// SetDays makes the days from first to last (or first alone, when last is "")
// holidays, make-up days, or what the week makes them.
func SetDays(v workflow.CalendarVersion, first, last, kind, name string) (workflow.CalendarVersion, error) {
	from, until, err := span(first, cmp.Or(last, first), maxDays)
	if err != nil {
		return v, err
	}
	if !slices.Contains([]string{DayOff, DayWork, DayAs}, kind) {
		return v, workflow.Wrong("kind", "invalid.choice")
	}
	if err := workflow.OneLine("name", &name, workflow.MaxName, kind != DayAs); err != nil {
		return v, err
	}
	for d := from; d <= until; d++ {
		if kind == DayAs {
			v.Days = withoutDay(v.Days, d.String())
			continue
		}
		v.Days = withDay(v.Days, workflow.CalendarDay{Day: d.String(), Off: kind == DayOff, Name: name})
	}
	return v, nil
}

// span reads two days, the second not before the first and not too far away.
func span(first, last string, most int) (from, until calendar.Date, err error) {
	from, errFirst := calendar.ParseDate(first)
	until, errLast := calendar.ParseDate(last)
	switch {
	case errFirst != nil:
		return 0, 0, workflow.Wrong("first", "invalid.date")
	case errLast != nil:
		return 0, 0, workflow.Wrong("last", "invalid.date")
	case until < from:
		return 0, 0, workflow.Wrong("last", "invalid.period")
	case int(until-from) >= most:
		return 0, 0, workflow.Wrong("last", "calendar.too_long", most)
	}
	return from, until, nil
}

// VacationPolicies lists what a vacation does to promises.
var VacationPolicies = []string{string(calendar.Run), string(calendar.Stretch), string(calendar.Stop)}

// SetVacation adds a vacation, in the place of the one that begins on replaces
// when that is not "".
func SetVacation(v workflow.CalendarVersion, replaces string, x workflow.Vacation) (workflow.CalendarVersion, error) {
	from, until, err := span(x.First, x.Last, 120)
	if err != nil {
		return v, err
	}
	if err := workflow.OneLine("name", &x.Name, workflow.MaxName, true); err != nil {
		return v, err
	}
	if !slices.Contains(VacationPolicies, x.Policy) {
		return v, workflow.Wrong("policy", "invalid.choice")
	}
	x.First, x.Last = from.String(), until.String()
	rest := withoutVacation(v.Vacations, replaces)
	for _, o := range rest {
		if x.First <= o.Last && o.First <= x.Last {
			return v, workflow.Wrong("first", "calendar.overlaps", o.Name)
		}
	}
	v.Vacations = append(slices.Clip(rest), x)
	slices.SortFunc(v.Vacations, func(a, b workflow.Vacation) int { return cmp.Compare(a.First, b.First) })
	return v, nil
}

// DropVacation removes the vacation that begins on first.
func DropVacation(v workflow.CalendarVersion, first string) (workflow.CalendarVersion, error) {
	rest := withoutVacation(v.Vacations, first)
	if len(rest) == len(v.Vacations) {
		return v, workflow.Absent()
	}
	v.Vacations = rest
	return v, nil
}

func withoutVacation(all []workflow.Vacation, first string) []workflow.Vacation {
	return slices.DeleteFunc(slices.Clone(all), func(o workflow.Vacation) bool { return first != "" && o.First == first })
}

// SetHours sets the office hours of every working day; empty windows are left
// out. The field of a mistake is "hours".
func SetHours(v workflow.CalendarVersion, hours [][2]string) (workflow.CalendarVersion, error) {
	kept, last := [][2]string{}, ""
	for _, h := range hours {
		if h[0] == "" && h[1] == "" {
			continue
		}
		if _, err := calendar.ParseWindow(h[0] + "-" + h[1]); err != nil {
			return v, &workflow.Error{Kind: workflow.Invalid, Field: "hours", Key: "calendar.hours", Err: err}
		}
		if h[0] < last {
			return v, workflow.Wrong("hours", "calendar.hours_order")
		}
		kept, last = append(kept, h), h[1]
	}
	if len(kept) == 0 {
		return v, workflow.Wrong("hours", "invalid.required")
	}
	v.Hours = kept
	return v, nil
}

// DayChange is one day that a draft makes different.
type DayChange struct {
	Day         string
	Before, Now string // DayOff, DayWork or DayAs
	Name        string
}

// Changes lists the days that differ between two calendars.
func Changes(before, after workflow.CalendarVersion) []DayChange {
	was, is := byDay(before.Days), byDay(after.Days)
	var out []DayChange
	for day, d := range is {
		if was[day] != d {
			out = append(out, DayChange{Day: day, Before: kindOf(was, day), Now: kindOf(is, day), Name: d.Name})
		}
	}
	for day, d := range was {
		if _, there := is[day]; !there {
			out = append(out, DayChange{Day: day, Before: kindOf(was, day), Now: DayAs, Name: d.Name})
		}
	}
	slices.SortFunc(out, func(a, b DayChange) int { return cmp.Compare(a.Day, b.Day) })
	return out
}

func byDay(days []workflow.CalendarDay) map[string]workflow.CalendarDay {
	out := map[string]workflow.CalendarDay{}
	for _, d := range days {
		out[d.Day] = d
	}
	return out
}

func kindOf(days map[string]workflow.CalendarDay, day string) string {
	switch d, named := days[day]; {
	case !named:
		return DayAs
	case d.Off:
		return DayOff
	}
	return DayWork
}

// errSame is what somebody is told whose draft is the calendar in force.
var errSame = workflow.Fail(workflow.Invalid, "calendar.same")

func sameCalendar(a, b workflow.CalendarVersion) error {
	if len(Changes(a, b)) == 0 && slices.Equal(a.Vacations, b.Vacations) && slices.Equal(a.Hours, b.Hours) && a.KnownUntil == b.KnownUntil {
		return errSame
	}
	return nil
}
