package report

import (
	"slices"
	"testing"
)

func TestPeriod_before(t *testing.T) {
	for _, test := range []struct {
		name         string
		p            Period
		before, year Period
	}{
		{"a month", Period{"2026-03-01", "2026-04-01"}, Period{"2026-02-01", "2026-03-01"}, Period{"2025-03-01", "2025-04-01"}},
		{"a year", Period{"2026-01-01", "2027-01-01"}, Period{"2025-01-01", "2026-01-01"}, Period{"2025-01-01", "2026-01-01"}},
		{"a college year", Period{"2025-09-01", "2026-09-01"}, Period{"2024-09-01", "2025-09-01"}, Period{"2024-09-01", "2025-09-01"}},
		{"ten days", Period{"2026-03-05", "2026-03-15"}, Period{"2026-02-23", "2026-03-05"}, Period{"2025-03-05", "2025-03-15"}},
		{"a leap day", Period{"2024-02-29", "2024-03-01"}, Period{"2024-02-28", "2024-02-29"}, Period{"2023-02-28", "2023-03-01"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.p.before(); got != test.before {
				t.Errorf("before = %v, want %v", got, test.before)
			}
			if got := test.p.lastYear(); got != test.year {
				t.Errorf("last year = %v, want %v", got, test.year)
			}
		})
	}
}

func TestPeriod_months(t *testing.T) {
	got := Period{"2025-11-15", "2026-02-03"}.months()
	want := []Period{{"2025-11-15", "2025-12-01"}, {"2025-12-01", "2026-01-01"}, {"2026-01-01", "2026-02-01"}, {"2026-02-01", "2026-02-03"}}
	if !slices.Equal(got, want) {
		t.Errorf("months = %v, want %v", got, want)
	}
	if m := got[0].month(); m != "2025-11-01" {
		t.Errorf("month = %s, want its first day", m)
	}
}
