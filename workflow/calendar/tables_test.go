package calendar_test

import (
	"io/fs"
	"testing"
	"time"

	"mailbox/migrations"
	"mailbox/workflow/calendar"
)

// published is the calendar of the shipped holiday tables.
func published(tb testing.TB) *calendar.Calendar {
	tb.Helper()
	return build(tb, publishedSpec(tb))
}

func build(tb testing.TB, s calendar.Spec) *calendar.Calendar {
	tb.Helper()
	c, err := calendar.New(s)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func publishedSpec(tb testing.TB) calendar.Spec {
	tb.Helper()
	names, err := fs.Glob(migrations.Holidays, "holidays/*.json")
	if err != nil || len(names) == 0 {
		tb.Fatalf("holiday tables: %v, %v", names, err)
	}
	s := calendar.Spec{Version: "test", Location: shanghai(tb)}
	var years []int
	for _, name := range names {
		b, err := migrations.Holidays.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		year, days, source, err := calendar.ParseHolidays(b)
		if err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		if len(days) == 0 {
			continue
		}
		if source == "" {
			tb.Errorf("%s: %d has days but no source", name, year)
		}
		years, s.Days = append(years, year), append(s.Days, days...)
	}
	s.KnownUntil = calendar.Known(years...)
	return s
}

func shanghai(tb testing.TB) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func date(tb testing.TB, s string) calendar.Date {
	tb.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// at reads 2006-01-02 15:04, or with seconds, in the college's time.
func at(tb testing.TB, s string) time.Time {
	tb.Helper()
	layout := "2006-01-02 15:04"
	if len(s) > len(layout) {
		layout = time.DateTime
	}
	t, err := time.ParseInLocation(layout, s, shanghai(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// vacations has a stopping winter vacation, a stretched summer one and one that
// changes nothing.
func vacations(tb testing.TB) *calendar.Calendar {
	tb.Helper()
	s := publishedSpec(tb)
	s.Vacations = []calendar.Vacation{
		{Name: "寒假", First: date(tb, "2026-01-19"), Last: date(tb, "2026-03-01"), Policy: calendar.Stop},
		{Name: "暑假", First: date(tb, "2026-07-13"), Last: date(tb, "2026-08-30"), Policy: calendar.Stretch},
		{Name: "秋假", First: date(tb, "2026-11-02"), Last: date(tb, "2026-11-06"), Policy: calendar.Run},
	}
	return build(tb, s)
}
