package calendar_test

import (
	"fmt"
	"strings"
	"testing"

	"mailbox/workflow/calendar"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from string
		l          calendar.Limit
		want       string
	}{
		{"over the National Day swap", "2026-09-30 18:00", calendar.Limit{Amount: 3, Unit: calendar.WorkingDays}, `
			09-30 day_zero 0
			10-01 holiday 国庆节 0
			10-02 holiday 国庆节 0
			10-03 holiday 国庆节 0
			10-04 holiday 国庆节 0
			10-05 holiday 国庆节 0
			10-06 holiday 国庆节 0
			10-07 holiday 国庆节 0
			10-08 counted 1 +
			10-09 counted 2 +
			10-10 make_up 国庆节 3 +`},
		{"stopped by a vacation", "2026-01-15 10:00", calendar.Limit{Amount: 1, Unit: calendar.WorkingDays}, `
			01-15 day_zero 0
			01-16 counted 1 +`},
		{"stretched by a vacation", "2026-07-10 10:00", calendar.Limit{Amount: 1, Unit: calendar.WorkingDays}, `
			07-10 day_zero 0
			07-11 weekend 0
			07-12 weekend 0
			07-13 vacation_half 暑假 0 +
			07-14 vacation_half 暑假 1 +`},
		{"working hours", "2026-03-06 16:30", calendar.Limit{Amount: 2, Unit: calendar.WorkingHours}, `
			03-06 counted 1 1h0m0s +
			03-07 weekend 1
			03-08 weekend 1
			03-09 counted 2 1h0m0s +`},
		{"working hours from the evening", "2026-03-05 18:00", calendar.Limit{Amount: 1, Unit: calendar.WorkingHours}, `
			03-05 after_hours 0
			03-06 counted 1 1h0m0s +`},
		{"natural days", "2026-03-06 10:00", calendar.Limit{Amount: 2, Unit: calendar.Days}, `
			03-06 day_zero 0
			03-07 counted 1 +
			03-08 counted 2 +`},
		{"clock hours", "2026-03-06 22:00", calendar.Limit{Amount: 24, Unit: calendar.Hours}, `
			03-06 counted 2 2h0m0s +
			03-07 counted 24 22h0m0s +`},
		{"beyond what is published", "2026-12-31 10:00", calendar.Limit{Amount: 1, Unit: calendar.WorkingDays}, `
			12-31 day_zero 0
			01-01 counted 1 + ?`},
	}
	c := vacations(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := strings.ReplaceAll(strings.TrimSpace(tt.want), "\t", "")
			if got := written(c.Explain(at(t, tt.from), tt.l)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func written(steps []calendar.Step) string {
	var lines []string
	for _, s := range steps {
		line := s.Date.String()[5:] + " " + string(s.Reason)
		if s.Name != "" {
			line += " " + s.Name
		}
		line += fmt.Sprint(" ", s.N)
		if s.Time > 0 {
			line += " " + s.Time.String()
		}
		if s.Counted {
			line += " +"
		}
		if s.Provisional {
			line += " ?"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestExplainCountsFirstDay(t *testing.T) {
	t.Parallel()
	s := publishedSpec(t)
	s.CountFirstDay = true
	c := build(t, s)
	steps := c.Explain(at(t, "2026-03-05 18:00"), calendar.Limit{Amount: 1, Unit: calendar.WorkingDays})
	if got, want := written(steps), "03-05 after_hours 0\n03-06 counted 1 +"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestExplainAgreesWithDue: the last step is the deadline's day, and it uses up
// the limit.
func TestExplainAgreesWithDue(t *testing.T) {
	t.Parallel()
	c := vacations(t)
	from := at(t, "2025-12-20 16:45")
	for range 200 {
		for _, u := range []calendar.Unit{calendar.WorkingDays, calendar.WorkingHours, calendar.Days, calendar.Hours} {
			l := calendar.Limit{Amount: 7, Unit: u}
			due, steps := c.Due(from, l).Due, c.Explain(from, l)
			last := steps[len(steps)-1]
			if last.Date != c.Date(due) || last.N != l.Amount || steps[0].Date != c.Date(from) {
				t.Fatalf("%v + %v = %v, but explained as\n%s", from, l, due, written(steps))
			}
		}
		from = from.Add(49 * 3600e9 * 7 / 5)
	}
}
