package templates

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// formatFuncs print dates and numbers as the language writes them. Times are
// shown in the zone they carry: the handler chooses it.
func formatFuncs(f format) map[string]any {
	return map[string]any{
		"date":     f.date,
		"day":      f.day,
		"datetime": func(at time.Time) string { return f.date(at) + " " + f.clock(at) },
		"daytime":  func(at time.Time) string { return f.day(at) + " " + f.clock(at) },
		"clock":    f.clock,
		"weekday":  f.weekday,
		"iso":      func(at time.Time) string { return at.Format(time.RFC3339) },
		"isoday":   func(at time.Time) string { return at.Format(time.DateOnly) },
		"remains":  f.remains,
		"number":   func(n int) string { return grouped(strconv.Itoa(n)) },
		"decimal":  decimal,
		"percent":  percent,
		"filesize": filesize,
		"signed":   signed,
	}
}

// format is one language's way to write them.
type format struct {
	english bool
	t       func(string, ...any) string
	plural  func(string, int, ...any) string
}

func (f format) date(at time.Time) string {
	if f.english {
		return at.Format("2 January 2006")
	}
	return at.Format("2006年1月2日")
}

func (f format) day(at time.Time) string {
	if f.english {
		return at.Format("2 Jan")
	}
	return at.Format("1月2日")
}

func (f format) clock(at time.Time) string { return at.Format("15:04") }

func (f format) weekday(at time.Time) string {
	if f.english {
		return at.Format("Mon")
	}
	return []string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[at.Weekday()]
}

// remains says how much of a promise is left: n units ahead, today, or late.
// Unit is workday, day or hour.
func (f format) remains(unit string, n int) string {
	switch {
	case n == 0 && unit == "hour":
		return f.t("due.thishour")
	case n == 0:
		return f.t("due.today")
	case n < 0:
		return f.plural("due.late."+unit, -n)
	}
	return f.plural("due.left."+unit, n)
}

// format returns the formats of a language.
func (s *Set) format(locale string) format {
	return format{
		english: locale == "en",
		t:       func(key string, args ...any) string { return s.Text(locale, key, args...) },
		plural:  func(key string, n int, args ...any) string { return s.Plural(locale, key, n, args...) },
	}
}

// grouped puts a comma at every thousand.
func grouped(digits string) string {
	digits, negative := strings.CutPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	out := b.String()
	if fraction != "" {
		out += "." + fraction
	}
	if negative {
		return "\u2212" + out
	}
	return out
}

// decimal prints x with the given number of places.
func decimal(places int, x float64) string {
	return grouped(strconv.FormatFloat(x, 'f', places, 64))
}

// percent prints a share, 0.934 as 93.4%; what cannot be computed is a dash.
func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "—"
	}
	s := strconv.FormatFloat(100*share, 'f', 1, 64)
	return grouped(strings.TrimSuffix(s, ".0")) + "%"
}

// signed prints a change with its sign.
func signed(n int) string {
	if n > 0 {
		return "+" + grouped(strconv.Itoa(n))
	}
	return grouped(strconv.Itoa(n))
}

func filesize(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	}
	return strings.TrimSuffix(strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64), ".0") + " MB"
}
