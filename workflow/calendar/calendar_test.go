package calendar_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/workflow/calendar"
)

func TestWorkingDaysPerYear(t *testing.T) {
	t.Parallel()
	c := published(t)
	for year, want := range map[int]int{2023: 249, 2024: 251, 2025: 248, 2026: 248} {
		got := c.CountDays(calendar.NewDate(year, time.January, 1), calendar.NewDate(year, time.December, 31))
		if got != want {
			t.Errorf("%d has %d working days, want %d", year, got, want)
		}
	}
	if got := c.CountDays(date(t, "2023-01-01"), date(t, "2023-11-17")); got != 219 {
		t.Errorf("report period has %d working days, want 219", got)
	}
	if got := c.CountDays(date(t, "2023-01-02"), date(t, "2023-01-01")); got != 0 {
		t.Errorf("an empty period has %d working days", got)
	}
}

func TestIsOpen(t *testing.T) {
	t.Parallel()
	c := vacations(t)
	tests := []struct {
		at   string
		want bool
		next string // opening at or after
	}{
		{"2026-03-02 08:29:59", false, "2026-03-02 08:30"},
		{"2026-03-02 08:30", true, "2026-03-02 08:30"},
		{"2026-03-02 12:00", false, "2026-03-02 14:00"},
		{"2026-03-02 17:29:59", true, "2026-03-02 17:29:59"},
		{"2026-03-02 17:30", false, "2026-03-03 08:30"},
		{"2026-05-09 10:00", true, "2026-05-09 10:00"}, // a make-up Saturday
		{"2026-10-01 10:00", false, "2026-10-08 08:30"},
		{"2026-01-17 10:00", false, "2026-03-02 08:30"}, // the weekend before a stopping vacation
		{"2026-07-13 10:00", true, "2026-07-13 10:00"},
	}
	for _, tt := range tests {
		if got := c.IsOpen(at(t, tt.at)); got != tt.want {
			t.Errorf("open at %s = %v", tt.at, got)
		}
		if got := c.OpenAtOrAfter(at(t, tt.at)); !got.Equal(at(t, tt.next)) {
			t.Errorf("open at or after %s = %v, want %s", tt.at, got, tt.next)
		}
	}
	if got := c.NextOpen(at(t, "2026-03-02 08:30")); !got.Equal(at(t, "2026-03-02 14:00")) {
		t.Errorf("the opening after an opening is %v", got)
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	c := vacations(t)
	tests := []struct {
		a, b string
		want time.Duration
	}{
		{"2026-03-02 08:30", "2026-03-02 17:30", 7 * time.Hour},
		{"2026-03-02 17:30", "2026-03-02 08:30", 0},
		{"2026-03-02 11:00", "2026-03-02 15:00", 2 * time.Hour},
		{"2026-03-06 17:00", "2026-03-09 08:00", 30 * time.Minute},
		{"2026-07-13 00:00", "2026-07-14 00:00", 3*time.Hour + 30*time.Minute}, // stretched
		{"2026-01-19 00:00", "2026-03-02 00:00", 0},                            // stopped
	}
	for _, tt := range tests {
		if got := c.Between(at(t, tt.a), at(t, tt.b)); got != tt.want {
			t.Errorf("%s to %s = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
	if got := c.WorkingDays(at(t, "2026-03-02 08:30"), at(t, "2026-03-03 12:00")); got != 1.5 {
		t.Errorf("a day and a half is %v working days", got)
	}
}

func TestTableMissing(t *testing.T) {
	t.Parallel()
	c := published(t)
	tests := []struct {
		today string
		year  int
		want  bool
	}{
		{"2026-11-30", 0, false},
		{"2026-12-01", 2027, true},
		{"2027-03-01", 2027, true},
		{"2025-12-20", 2026, false},
	}
	for _, tt := range tests {
		if year, got := c.TableMissing(date(t, tt.today)); got != tt.want || got && year != tt.year {
			t.Errorf("%s: %d %v, want %d %v", tt.today, year, got, tt.year, tt.want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	nine, ten, noon := 9*time.Hour, 10*time.Hour, 12*time.Hour
	tests := []struct {
		name string
		s    calendar.Spec
		want string
	}{
		{"hours backwards", calendar.Spec{Hours: []calendar.Window{{Open: ten, Close: nine}}}, "office hours 1"},
		{"hours past midnight", calendar.Spec{Hours: []calendar.Window{{Open: ten, Close: 25 * time.Hour}}}, "office hours 1"},
		{"hours overlapping", calendar.Spec{Hours: []calendar.Window{{Open: nine, Close: noon}, {Open: ten, Close: noon}}}, "office hours 2"},
		{"vacation backwards", calendar.Spec{Vacations: []calendar.Vacation{{Name: "暑假", First: 2, Last: 1, Policy: calendar.Run}}}, "暑假"},
		{"vacation without policy", calendar.Spec{Vacations: []calendar.Vacation{{Name: "暑假", First: 1, Last: 2}}}, "policy"},
		{"vacations overlapping", calendar.Spec{Vacations: []calendar.Vacation{
			{Name: "a", First: 5, Last: 9, Policy: calendar.Run}, {Name: "b", First: 1, Last: 5, Policy: calendar.Run},
		}}, "overlaps"},
		{"centuries", calendar.Spec{Days: []calendar.Day{{Date: 0}, {Date: 100_000}}}, "lie between"},
	}
	for _, tt := range tests {
		if _, err := calendar.New(tt.s); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

func TestLaterDayWins(t *testing.T) {
	t.Parallel()
	s := publishedSpec(t)
	anniversary := date(t, "2026-03-04")
	s.Days = append(s.Days, calendar.Day{Date: anniversary, Off: true, Name: "校庆"})
	if build(t, s).IsWorkingDay(anniversary) {
		t.Error("the college's own holiday is worked")
	}
}

func TestParseWindow(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"08:30-12:00", "00:00-24:00", "14:00-17:30"} {
		if w, err := calendar.ParseWindow(good); err != nil || w.String() != good {
			t.Errorf("%s: %v, %v", good, w, err)
		}
	}
	for _, bad := range []string{"", "8:30-12:00", "08:30-08:30", "12:00-08:30", "08:60-12:00", "08:30-24:01", "08:30-12:00x", "-1:30-12:00", "０8:30-12:00"} {
		if w, err := calendar.ParseWindow(bad); err == nil {
			t.Errorf("%q reads as %v", bad, w)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	if got := date(t, "2024-02-29"); got.String() != "2024-02-29" || got.Weekday() != time.Thursday || got.Year() != 2024 {
		t.Errorf("got %v, %v, %d", got, got.Weekday(), got.Year())
	}
	if got := calendar.NewDate(1969, time.December, 31); got != -1 || got.Weekday() != time.Wednesday {
		t.Errorf("the day before the epoch is %d, a %v", got, got.Weekday())
	}
	late := time.Date(2026, time.March, 1, 17, 0, 0, 0, time.UTC)
	if got := published(t).Date(late).String(); got != "2026-03-02" {
		t.Errorf("01:00 in Shanghai lies on %s", got)
	}
	var d calendar.Date
	if err := d.UnmarshalText([]byte("2026-13-01")); err == nil {
		t.Error("a thirteenth month was read")
	}
}

func TestParseHolidaysRefuses(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"not JSON":     `{`,
		"no year":      `{"days":[]}`,
		"another year": `{"year":2026,"days":[{"date":"2024-01-01","isOffDay":true}]}`,
		"no verdict":   `{"year":2026,"days":[{"date":"2026-01-01"}]}`,
		"no date":      `{"year":2026,"days":[{"isOffDay":true}]}`,
		"bad date":     `{"year":2026,"days":[{"date":"2026-02-30","isOffDay":true}]}`,
	} {
		if _, days, _, err := calendar.ParseHolidays([]byte(s)); err == nil {
			t.Errorf("%s: read as %v", name, days)
		}
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	if got := calendar.Known(2026, 2024, 2025, 2028).String(); got != "2026-12-31" {
		t.Errorf("known until %s", got)
	}
	if got := calendar.Known(); got != 0 {
		t.Errorf("knowing nothing is %v", got)
	}
}
