package calendar_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

func TestOf(t *testing.T) {
	t.Parallel()
	w, err := calendar.Of(workflow.CalendarVersion{
		ID: 7, Hours: [][2]string{{"08:30", "12:00"}, {"14:00", "17:30"}}, KnownUntil: "2026-12-31",
		Days:      []workflow.CalendarDay{{Day: "2026-10-10", Off: false, Name: "国庆节"}, {Day: "2026-10-01", Off: true, Name: "国庆节"}},
		Vacations: []workflow.Vacation{{First: "2026-01-19", Last: "2026-03-01", Name: "寒假", Policy: "stop"}},
	}, shanghai(t))
	if err != nil {
		t.Fatal(err)
	}
	if w.Version() != "7" || w.DayLength() != 7*time.Hour || !w.IsWorkingDay(date(t, "2026-10-10")) ||
		w.IsWorkingDay(date(t, "2026-10-01")) || w.IsWorkingDay(date(t, "2026-01-20")) || w.KnownUntil() != date(t, "2026-12-31") {
		t.Errorf("the stored calendar reads as version %s, %v a day", w.Version(), w.DayLength())
	}
}

func TestOfRefuses(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]workflow.CalendarVersion{
		"no last day":      {},
		"hours":            {KnownUntil: "2026-12-31", Hours: [][2]string{{"12:00", "08:30"}}},
		"day":              {KnownUntil: "2026-12-31", Days: []workflow.CalendarDay{{Day: "2026-02-30"}}},
		"vacation's first": {KnownUntil: "2026-12-31", Vacations: []workflow.Vacation{{First: "x", Last: "2026-02-01", Policy: "run"}}},
		"vacation's last":  {KnownUntil: "2026-12-31", Vacations: []workflow.Vacation{{First: "2026-02-01", Last: "x", Policy: "run"}}},
		"policy":           {KnownUntil: "2026-12-31", Vacations: []workflow.Vacation{{First: "2026-02-01", Last: "2026-02-02", Policy: "sleep"}}},
	} {
		if _, err := calendar.Of(v, shanghai(t)); err == nil {
			t.Errorf("a calendar without a proper %s was built", name)
		}
	}
}

func TestWorkingExtend(t *testing.T) {
	t.Parallel()
	w := calendar.Working{Calendar: published(t)}
	tests := []struct {
		due, want string
		n         int
	}{
		{"2026-09-30 17:30", "2026-09-30 17:30", 0},
		{"2026-09-30 17:30", "2026-10-10 17:30", 3},
		{"2026-10-10 17:30", "2026-09-30 17:30", -3},
		{"2026-10-04 23:59:59", "2026-10-08 23:59:59", 1},
		{"2026-10-04 23:59:59", "2026-09-30 23:59:59", -1},
	}
	for _, tt := range tests {
		if got := w.Extend(at(t, tt.due), tt.n); !got.Equal(at(t, tt.want)) {
			t.Errorf("%s moved by %d = %v, want %s", tt.due, tt.n, got, tt.want)
		}
	}
}

func TestWorkingPromises(t *testing.T) {
	t.Parallel()
	w := calendar.Working{Calendar: published(t)}
	p := workflow.Promise{Amount: 5, Unit: workflow.WorkingDays}
	due, provisional := w.Due(at(t, "2026-09-30 10:00"), p)
	if !due.Equal(at(t, "2026-10-13 17:30")) || provisional {
		t.Errorf("due %v, provisional %v", due, provisional)
	}
	if got := w.Shift(due, p, w.DayLength()); !got.Equal(at(t, "2026-10-14 17:30")) {
		t.Errorf("shifted by a day to %v", got)
	}
	if got := w.NextOpen(at(t, "2026-10-09 09:00")); !got.Equal(at(t, "2026-10-09 09:00")) {
		t.Errorf("the office is open, but opens next at %v", got)
	}
	for _, u := range []workflow.Unit{workflow.WorkingDays, workflow.WorkingHours, workflow.Days, workflow.Hours} {
		if !calendar.LimitOf(workflow.Promise{Amount: 1, Unit: u}).Valid() {
			t.Errorf("the calendar does not know the unit %s", u)
		}
	}
}
