package calendar_test

import (
	"testing"
	"time"

	"mailbox/workflow/calendar"
)

// FuzzCalendar holds for every instant and amount what people take for granted.
func FuzzCalendar(f *testing.F) {
	f.Add(int64(1_770_000_000), uint16(3), uint16(5), uint32(86_400))
	f.Add(int64(1_790_784_000), uint16(1), uint16(300), uint32(1))
	f.Add(int64(0), uint16(0), uint16(0), uint32(0))
	f.Add(int64(4_000_000_000), uint16(2000), uint16(1), uint32(30_000_000))
	plain, school := published(f), vacations(f)
	f.Fuzz(func(t *testing.T, unix int64, less, b uint16, gap uint32) {
		a := int(less) + 1 // no limit is nothing
		from := time.Unix(mod(unix, 6_000_000_000), 0)
		later := from.Add(time.Duration(gap) * time.Second)
		days := func(n int) calendar.Limit { return calendar.Limit{Amount: n, Unit: calendar.WorkingDays} }

		one := plain.Due(from, days(a)).Due
		if two, both := plain.Due(one, days(int(b))).Due, plain.Due(from, days(a+int(b))).Due; !two.Equal(both) {
			t.Errorf("%v + %d + %d = %v, at once %v", from, a, b, two, both)
		}
		for _, c := range []*calendar.Calendar{plain, school} {
			monotone(t, c, from, later, a)
			roundTrip(t, c, from, time.Duration(a)*17*time.Minute)
			additive(t, c, from, later, later.Add(time.Duration(b)*time.Hour))
			opens(t, c, from)
		}
	})
}

func monotone(t *testing.T, c *calendar.Calendar, from, later time.Time, n int) {
	t.Helper()
	for _, u := range []calendar.Unit{calendar.WorkingDays, calendar.WorkingHours, calendar.Days, calendar.Hours} {
		due := c.Due(from, calendar.Limit{Amount: n, Unit: u}).Due
		if next := c.Due(later, calendar.Limit{Amount: n, Unit: u}).Due; next.Before(due) {
			t.Errorf("received %v due %v, but received %v due %v", from, due, later, next)
		}
		if more := c.Due(from, calendar.Limit{Amount: n + 1, Unit: u}).Due; !more.After(due) {
			t.Errorf("one more of %s after %v is no later: %v", u, due, more)
		}
		if n > 0 && due.Before(from) {
			t.Errorf("%v is due before: %v", from, due)
		}
	}
}

// roundTrip: adding work and measuring it are inverse, to the nanosecond that
// halving may cost.
func roundTrip(t *testing.T, c *calendar.Calendar, from time.Time, work time.Duration) {
	t.Helper()
	end := c.AddWork(from, work)
	if got := c.Between(from, end); got != work {
		t.Errorf("%v + %v of work = %v, which measures %v", from, work, end, got)
	}
	if work > 0 && c.Between(from, end.Add(-time.Second)) >= work {
		t.Errorf("%v of work after %v is done before %v", work, from, end)
	}
}

func additive(t *testing.T, c *calendar.Calendar, x, y, z time.Time) {
	t.Helper()
	if sum, all := c.Between(x, y)+c.Between(y, z), c.Between(x, z); sum != all {
		t.Errorf("%v, %v, %v: parts %v, whole %v", x, y, z, sum, all)
	}
	if all, wall := c.Between(x, z), z.Sub(x); all > wall {
		t.Errorf("%v to %v: %v of work in %v", x, z, all, wall)
	}
}

func opens(t *testing.T, c *calendar.Calendar, from time.Time) {
	t.Helper()
	next := c.NextOpen(from)
	if !next.After(from) || !c.IsOpen(next) || c.IsOpen(next.Add(-time.Nanosecond)) {
		t.Errorf("the opening after %v is %v", from, next)
	}
	if !c.IsOpen(from) && c.Between(from, next) != 0 {
		t.Errorf("closed at %v, yet %v is worked before %v", from, c.Between(from, next), next)
	}
}

func mod(a, b int64) int64 { return (a%b + b) % b }

// TestCountDaysWalks compares the sums with a walk over thirty years.
func TestCountDaysWalks(t *testing.T) {
	t.Parallel()
	for _, c := range []*calendar.Calendar{published(t), vacations(t)} {
		first, n := calendar.NewDate(2010, time.January, 1), 0
		for d := first; d < calendar.NewDate(2040, time.January, 1); d++ {
			if c.IsWorkingDay(d) {
				n++
			}
			if got := c.CountDays(first, d); got != n {
				t.Fatalf("working days until %v: %d, walked %d", d, got, n)
			}
		}
	}
}

func FuzzParseHolidays(f *testing.F) {
	f.Add([]byte(`{"year":2026,"papers":["https://www.gov.cn/"],"days":[{"name":"元旦","date":"2026-01-01","isOffDay":true}]}`))
	f.Add([]byte(`{"year":2027,"papers":[],"days":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		year, days, _, err := calendar.ParseHolidays(b)
		if err != nil {
			return
		}
		if _, err := calendar.New(calendar.Spec{Days: days}); err != nil {
			t.Errorf("the table of %d was read but makes no calendar: %v", year, err)
		}
	})
}

func BenchmarkDue(b *testing.B) {
	c, from := published(b), at(b, "2025-09-28 10:00")
	for b.Loop() {
		c.Due(from, calendar.Limit{Amount: 10, Unit: calendar.WorkingDays})
	}
}

func BenchmarkBetween(b *testing.B) {
	c, from, to := published(b), at(b, "2019-09-28 10:00"), at(b, "2026-09-28 10:00")
	for b.Loop() {
		c.Between(from, to)
	}
}

func BenchmarkExplain(b *testing.B) {
	c, from := published(b), at(b, "2025-09-28 10:00")
	for b.Loop() {
		c.Explain(from, calendar.Limit{Amount: 10, Unit: calendar.WorkingDays})
	}
}
