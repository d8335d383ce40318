package founding

import (
	"fmt"
	"io/fs"

	"mailbox/migrations"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// official is the calendar of the published holiday tables, with the usual
// office hours.
func official() (workflow.CalendarVersion, error) {
	v := workflow.CalendarVersion{Name: "法定节假日"}
	for _, h := range calendar.DefaultHours() {
		s := h.String() // 08:30-12:00
		v.Hours = append(v.Hours, [2]string{s[:5], s[6:]})
	}
	names, err := fs.Glob(migrations.Holidays, "holidays/*.json")
	if err != nil {
		return v, fmt.Errorf("holiday tables: %w", err)
	}
	var years []int
	seen := map[calendar.Date]bool{}
	for _, name := range names {
		year, days, err := table(name)
		if err != nil {
			return v, err
		}
		if len(days) > 0 {
			years = append(years, year)
		}
		for _, d := range days {
			if !seen[d.Date] { // a year's table may repeat the December before
				v.Days = append(v.Days, workflow.CalendarDay{Day: d.Date.String(), Off: d.Off, Name: d.Name})
			}
			seen[d.Date] = true
		}
	}
	v.KnownUntil = calendar.Known(years...).String()
	return v, nil
}

func table(name string) (year int, days []calendar.Day, err error) {
	b, err := fs.ReadFile(migrations.Holidays, name)
	if err != nil {
		return 0, nil, fmt.Errorf("holiday table: %w", err)
	}
	year, days, _, err = calendar.ParseHolidays(b)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", name, err)
	}
	return year, days, nil
}
