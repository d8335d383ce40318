package calendar_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"mailbox/workflow/calendar"
)

const goldenFile = "testdata/due.golden"

// TestDueGolden holds Due to a table of 1,000 deadlines from 2019 to 2026. The
// table is computed by walking day by day with nothing but a map of exceptions;
// UPDATE_GOLDEN=1 writes it anew.
func TestDueGolden(t *testing.T) {
	t.Parallel()
	table := walkedTable(t)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(goldenFile, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != table {
		t.Error("the day-walker no longer agrees with the golden table")
	}
	rows := strings.Split(strings.TrimSpace(string(golden)), "\n")
	if len(rows) != 1000 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	c := published(t)
	for _, row := range rows {
		var day, clock, dueDay, dueClock string
		var n int
		if _, err := fmt.Sscanf(row, "%s %s +%d = %s %s", &day, &clock, &n, &dueDay, &dueClock); err != nil {
			t.Fatalf("%q: %v", row, err)
		}
		got := c.Due(at(t, day+" "+clock), calendar.Limit{Amount: n, Unit: calendar.WorkingDays})
		if got.Due.Format("2006-01-02 15:04") != dueDay+" "+dueClock {
			t.Errorf("%s, got %v", row, got.Due)
		}
	}
}

// walkedTable draws half of its rows around Spring Festival and National Day.
func walkedTable(t *testing.T) string {
	r := rand.New(rand.NewPCG(2019, 2026))
	off := map[string]bool{}
	for _, d := range publishedSpec(t).Days {
		off[d.Date.String()] = d.Off
	}
	var b strings.Builder
	for i := range 1000 {
		day := time.Date(2019, time.January, 1+r.IntN(365*8-60), 0, 0, 0, 0, time.UTC)
		switch year := 2019 + r.IntN(8); i % 4 {
		case 0:
			day = time.Date(year, time.January, 5+r.IntN(55), 0, 0, 0, 0, time.UTC)
		case 1:
			day = time.Date(year, time.September, 10+r.IntN(35), 0, 0, 0, 0, time.UTC)
		}
		from := day.Add(time.Duration(r.IntN(24*60)) * time.Minute)
		n := 1 + r.IntN(15)
		due := walk(off, from, n)
		fmt.Fprintf(&b, "%s +%d = %s 17:30\n", from.Format("2006-01-02 15:04"), n, due.Format(time.DateOnly))
	}
	return b.String()
}

// walk knows nothing of the package: from is wall time written as if in UTC.
func walk(off map[string]bool, from time.Time, n int) time.Time {
	works := func(d time.Time) bool {
		if off, listed := off[d.Format(time.DateOnly)]; listed {
			return !off
		}
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	day := from.Truncate(24 * time.Hour)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if works(day) {
			n--
		}
	}
	return day
}
