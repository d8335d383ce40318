package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ParseHolidays reads one year's table in the shape of holiday-cn: year, papers
// (the notices it rests on) and days. A year that is not published yet has no
// days. The days may lie in the December before. Source is the first notice.
func ParseHolidays(b []byte) (year int, days []Day, source string, err error) {
	var table struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []struct {
			Name     string `json:"name"`
			Date     Date   `json:"date"`
			IsOffDay *bool  `json:"isOffDay"`
		} `json:"days"`
	}
	if err := json.Unmarshal(b, &table); err != nil {
		return 0, nil, "", fmt.Errorf("parse holidays: %w", err)
	}
	if table.Year < 1949 || table.Year > 2149 {
		return 0, nil, "", errors.New("parse holidays: no such year")
	}
	for _, d := range table.Days {
		if y := d.Date.Year(); y != table.Year && y != table.Year-1 {
			return 0, nil, "", fmt.Errorf("parse holidays: %s is not a day of %d", d.Date, table.Year)
		}
		if d.IsOffDay == nil {
			return 0, nil, "", fmt.Errorf("parse holidays: %s is neither off nor worked", d.Date)
		}
		days = append(days, Day{Date: d.Date, Off: *d.IsOffDay, Name: d.Name})
	}
	if len(table.Papers) > 0 {
		source = table.Papers[0]
	}
	return table.Year, days, source, nil
}

// Known returns the last day covered by the published years: the end of the
// unbroken run that begins with the first. No years, no days known.
func Known(years ...int) Date {
	if len(years) == 0 {
		return 0
	}
	years = slices.Clone(years)
	slices.Sort(years)
	last := years[0]
	for _, y := range years {
		if y > last+1 {
			break
		}
		last = y
	}
	return NewDate(last, time.December, 31)
}
