package calendar_test

import (
	"testing"
	"time"

	"mailbox/workflow/calendar"
)

func TestDueFixtures(t *testing.T) {
	t.Parallel()
	c := published(t)
	tests := []struct {
		received string
		n        int
		want     string
	}{
		{"2023-01-19", 5, "2023-01-31"},
		{"2023-09-28", 5, "2023-10-11"},
		{"2023-09-29", 3, "2023-10-09"}, // received on a holiday; Sat 7 October is worked
		{"2024-02-08", 1, "2024-02-09"}, // the eve of that year's Spring Festival was worked
		{"2025-12-31", 3, "2026-01-06"},
		{"2026-02-13", 5, "2026-02-27"},
		{"2026-04-30", 7, "2026-05-13"},
		{"2026-09-30", 5, "2026-10-13"},
	}
	for _, tt := range tests {
		got := c.Due(at(t, tt.received+" 10:00"), calendar.Limit{Amount: tt.n, Unit: calendar.WorkingDays})
		if want := at(t, tt.want+" 17:30"); !got.Due.Equal(want) || got.Provisional {
			t.Errorf("%s + %d = %v (provisional %v), want %v", tt.received, tt.n, got.Due, got.Provisional, want)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	c := published(t)
	tests := []struct {
		name, from, want string
		amount           int
		unit             calendar.Unit
	}{
		{"before opening is that day", "2026-03-02 07:00", "2026-03-03 17:30", 1, calendar.WorkingDays},
		{"lunch is that day", "2026-03-02 12:30", "2026-03-03 17:30", 1, calendar.WorkingDays},
		{"closing time is still that day", "2026-03-02 17:30", "2026-03-03 17:30", 1, calendar.WorkingDays},
		{"after closing it counts from the next day", "2026-03-02 17:30:01", "2026-03-03 17:30", 1, calendar.WorkingDays},
		{"Friday evening counts from Monday", "2026-03-06 17:40", "2026-03-09 17:30", 1, calendar.WorkingDays},
		{"Saturday counts from Monday", "2026-03-07 09:00", "2026-03-09 17:30", 1, calendar.WorkingDays},
		{"a make-up Saturday is a day", "2026-02-28 09:00", "2026-03-02 17:30", 1, calendar.WorkingDays},
		{"hours within a morning", "2026-03-02 09:00", "2026-03-02 11:00", 2, calendar.WorkingHours},
		{"hours over lunch", "2026-03-02 11:00", "2026-03-02 15:00", 2, calendar.WorkingHours},
		{"hours that fill the day end with it", "2026-03-02 07:00", "2026-03-02 17:30", 7, calendar.WorkingHours},
		{"hours over a weekend", "2026-03-06 17:00", "2026-03-09 09:00", 1, calendar.WorkingHours},
		{"hours from a holiday", "2026-10-03 12:00", "2026-10-08 09:30", 1, calendar.WorkingHours},
		{"natural days ignore weekends and the hour", "2026-03-06 23:50", "2026-03-08 23:59:59", 2, calendar.Days},
		{"sixty natural days", "2026-01-01 10:00", "2026-03-02 23:59:59", 60, calendar.Days},
		{"clock hours", "2026-03-06 17:40", "2026-03-07 17:40", 24, calendar.Hours},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := c.Due(at(t, tt.from), calendar.Limit{Amount: tt.amount, Unit: tt.unit}).Due
			if !got.Equal(at(t, tt.want)) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestDueCountsFirstDay(t *testing.T) {
	t.Parallel()
	s := publishedSpec(t)
	s.CountFirstDay = true
	c := build(t, s)
	tests := []struct {
		from, want string
		l          calendar.Limit
	}{
		{"2026-03-02 10:00", "2026-03-02 17:30", calendar.Limit{Amount: 1, Unit: calendar.WorkingDays}},
		{"2026-03-06 17:30", "2026-03-06 17:30", calendar.Limit{Amount: 1, Unit: calendar.WorkingDays}},
		{"2026-03-06 17:40", "2026-03-09 17:30", calendar.Limit{Amount: 1, Unit: calendar.WorkingDays}},
		{"2026-03-07 10:00", "2026-03-10 17:30", calendar.Limit{Amount: 2, Unit: calendar.WorkingDays}},
		{"2026-03-07 10:00", "2026-03-08 23:59:59", calendar.Limit{Amount: 2, Unit: calendar.Days}},
	}
	for _, tt := range tests {
		if got := c.Due(at(t, tt.from), tt.l).Due; !got.Equal(at(t, tt.want)) {
			t.Errorf("%s + %v = %v, want %s", tt.from, tt.l, got, tt.want)
		}
	}
}

func TestDueProvisional(t *testing.T) {
	t.Parallel()
	c := published(t)
	tests := []struct {
		name, from string
		l          calendar.Limit
		want       bool
	}{
		{"inside the published years", "2026-12-28 10:00", calendar.Limit{Amount: 3, Unit: calendar.WorkingDays}, false},
		{"into a year not published", "2026-12-28 10:00", calendar.Limit{Amount: 4, Unit: calendar.WorkingDays}, true},
		{"working hours too", "2026-12-31 17:00", calendar.Limit{Amount: 1, Unit: calendar.WorkingHours}, true},
		{"natural days know no holidays", "2026-12-28 10:00", calendar.Limit{Amount: 40, Unit: calendar.Days}, false},
		{"nor do clock hours", "2026-12-31 17:00", calendar.Limit{Amount: 24, Unit: calendar.Hours}, false},
	}
	for _, tt := range tests {
		if got := c.Due(at(t, tt.from), tt.l).Provisional; got != tt.want {
			t.Errorf("%s: provisional = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDueInVacations(t *testing.T) {
	t.Parallel()
	c := vacations(t)
	tests := []struct {
		name, from, want string
		n                int
		unit             calendar.Unit
	}{
		{"a stopping vacation is passed over", "2026-01-15 10:00", "2026-03-03 17:30", 3, calendar.WorkingDays},
		{"received in a stopping vacation", "2026-02-28 10:00", "2026-03-02 17:30", 1, calendar.WorkingDays},
		{"a stretched vacation takes twice as long", "2026-07-13 10:00", "2026-07-17 17:30", 2, calendar.WorkingDays},
		{"half a day left is finished after it", "2026-08-27 10:00", "2026-08-31 17:30", 1, calendar.WorkingDays},
		{"stretched hours too", "2026-07-13 08:30", "2026-07-13 10:30", 1, calendar.WorkingHours},
		{"a running vacation changes nothing", "2026-11-02 10:00", "2026-11-04 17:30", 2, calendar.WorkingDays},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := c.Due(at(t, tt.from), calendar.Limit{Amount: tt.n, Unit: tt.unit}).Due; !got.Equal(at(t, tt.want)) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestExtend(t *testing.T) {
	t.Parallel()
	c := published(t)
	type pause struct{ from, to string }
	weekend := pause{"2026-03-06 17:00", "2026-03-09 08:00"}
	tests := []struct {
		name, due string
		pauses    []pause
		unit      calendar.Unit
		want      string
	}{
		{"a weekend moves days by nothing", "2026-03-10 17:30", []pause{weekend}, calendar.WorkingDays, "2026-03-10 17:30"},
		{"a weekend moves hours by the office hours in it", "2026-03-10 10:00", []pause{weekend}, calendar.WorkingHours, "2026-03-10 10:30"},
		{"a closed weekend moves hours by nothing", "2026-03-10 10:00", []pause{{"2026-03-06 17:30", "2026-03-09 08:30"}}, calendar.WorkingHours, "2026-03-10 10:00"},
		{"two half days add up to one", "2026-03-06 17:30", []pause{{"2026-03-02 08:30", "2026-03-02 12:00"}, {"2026-03-03 14:00", "2026-03-03 19:00"}}, calendar.WorkingDays, "2026-03-09 17:30"},
		{"a week of pause", "2026-09-30 17:30", []pause{{"2026-09-07 09:00", "2026-09-14 09:00"}}, calendar.WorkingDays, "2026-10-13 17:30"},
		{"natural days by whole days", "2026-03-10 23:59:59", []pause{weekend}, calendar.Days, "2026-03-12 23:59:59"},
		{"clock hours by clock time", "2026-03-10 10:00", []pause{weekend}, calendar.Hours, "2026-03-13 01:00"},
		{"no pause", "2026-03-10 10:00", nil, calendar.WorkingHours, "2026-03-10 10:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sum time.Duration
			for _, p := range tt.pauses {
				sum += c.Paused(at(t, p.from), at(t, p.to), tt.unit)
			}
			if got := c.Extend(at(t, tt.due), sum, tt.unit).Due; !got.Equal(at(t, tt.want)) {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func TestExtendIntoUnknownYear(t *testing.T) {
	t.Parallel()
	c := published(t)
	for _, u := range []calendar.Unit{calendar.WorkingDays, calendar.WorkingHours} {
		if got := c.Extend(at(t, "2026-12-31 17:30"), c.DayLength(), u); !got.Provisional {
			t.Errorf("%s: %v is not provisional", u, got.Due)
		}
	}
}

func TestRemaining(t *testing.T) {
	t.Parallel()
	c := published(t)
	tests := []struct {
		name, now, due string
		want           calendar.Remaining
	}{
		{"due today", "2026-03-02 09:30", "2026-03-02 17:30", calendar.Remaining{Work: 6 * time.Hour, Wall: 8 * time.Hour}},
		{"this instant", "2026-03-02 17:30", "2026-03-02 17:30", calendar.Remaining{}},
		{"overdue since this morning", "2026-03-02 11:30", "2026-03-02 09:30", calendar.Remaining{Overdue: true, Work: 2 * time.Hour, Wall: 2 * time.Hour}},
		{"after the weekend", "2026-03-06 17:30", "2026-03-09 17:30", calendar.Remaining{WorkingDays: 1, Days: 3, Work: 7 * time.Hour, Wall: 72 * time.Hour}},
		{"overdue over a festival", "2026-10-08 08:30", "2026-09-30 17:30", calendar.Remaining{Overdue: true, WorkingDays: 1, Days: 8, Wall: 183 * time.Hour}},
	}
	for _, tt := range tests {
		if got := c.Remaining(at(t, tt.now), at(t, tt.due)); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestLimitValid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		l    calendar.Limit
		want bool
	}{
		{calendar.Limit{Amount: 1, Unit: calendar.WorkingDays}, true},
		{calendar.Limit{Amount: 24, Unit: calendar.Hours}, true},
		{calendar.Limit{Amount: 0, Unit: calendar.Days}, false},
		{calendar.Limit{Amount: -1, Unit: calendar.WorkingHours}, false},
		{calendar.Limit{Amount: 1, Unit: "weeks"}, false},
		{calendar.Limit{Amount: 1 << 40, Unit: calendar.Days}, false},
	}
	for _, tt := range tests {
		if got := tt.l.Valid(); got != tt.want {
			t.Errorf("%v valid = %v", tt.l, got)
		}
	}
}
