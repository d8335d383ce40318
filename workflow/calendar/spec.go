package calendar

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Spec is a calendar as people write it down. New turns it into a Calendar.
type Spec struct {
	// Version names this state of the calendar; it is stored with every
	// deadline computed from it.
	Version string
	// Location is the college's time; nil means UTC.
	Location *time.Location
	// Days are the exceptions to "Monday to Friday": holidays and make-up days.
	// Of two entries for one date the later wins, so a college's own days
	// belong after the published ones.
	Days []Day
	// Hours are the office hours of every working day; none means DefaultHours.
	Hours []Window
	// Vacations must not overlap.
	Vacations []Vacation
	// KnownUntil is the last day whose holidays are published. Deadlines beyond
	// it follow the weekends alone and are provisional.
	KnownUntil Date
	// CountFirstDay counts the day of receipt as the first day of a limit. The
	// custom, and the default, is to begin with the day after.
	CountFirstDay bool
}

// Day is a date that is off though a weekday, or worked though a weekend.
type Day struct {
	Date Date
	Off  bool
	Name string // the holiday it belongs to
}

// Policy says what a school vacation does to the clocks.
type Policy string

// The policies for a vacation. Stretch lets two working days of the vacation
// count as one; Stop lets none count.
const (
	Run     Policy = "run"
	Stretch Policy = "stretch"
	Stop    Policy = "stop"
)

// Vacation is a span of the school year, both ends included.
type Vacation struct {
	Name        string
	First, Last Date
	Policy      Policy
}

// Window is one stretch of office hours, as time since midnight.
type Window struct {
	Open, Close time.Duration
}

// DefaultHours are 08:30–12:00 and 14:00–17:30.
func DefaultHours() []Window {
	return []Window{
		{8*time.Hour + 30*time.Minute, 12 * time.Hour},
		{14 * time.Hour, 17*time.Hour + 30*time.Minute},
	}
}

// ParseWindow reads office hours written 08:30-12:00. The end may be 24:00.
func ParseWindow(s string) (Window, error) {
	var oh, om, ch, cm int
	if _, err := fmt.Sscanf(s, "%02d:%02d-%02d:%02d", &oh, &om, &ch, &cm); err != nil {
		return Window{}, fmt.Errorf("parse office hours %q: %w", s, err)
	}
	w := Window{clock(oh, om), clock(ch, cm)}
	if om > 59 || cm > 59 || !w.valid() || w.String() != s {
		return Window{}, fmt.Errorf("parse office hours %q: not a time of day", s)
	}
	return w, nil
}

func clock(h, m int) time.Duration {
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
}

// String writes the window as ParseWindow reads it.
func (w Window) String() string {
	h := func(d time.Duration) (int, int) { return int(d / time.Hour), int(d % time.Hour / time.Minute) }
	oh, om := h(w.Open)
	ch, cm := h(w.Close)
	return fmt.Sprintf("%02d:%02d-%02d:%02d", oh, om, ch, cm)
}

func (w Window) valid() bool {
	return w.Open >= 0 && w.Open < w.Close && w.Close <= 24*time.Hour
}

// check returns every mistake in the spec at once, so that they can be mended
// at once.
func (s Spec) check() error {
	var errs []error
	for i, w := range s.Hours {
		if !w.valid() {
			errs = append(errs, fmt.Errorf("office hours %d: %s is not a stretch of one day", i+1, w))
		}
		if i > 0 && w.Open < s.Hours[i-1].Close {
			errs = append(errs, fmt.Errorf("office hours %d: begin before the hours above end", i+1))
		}
	}
	return errors.Join(append(errs, s.checkVacations()...)...)
}

func (s Spec) checkVacations() []error {
	var errs []error
	sorted := slices.Clone(s.Vacations)
	slices.SortFunc(sorted, func(a, b Vacation) int { return int(a.First - b.First) })
	for i, v := range sorted {
		if v.Last < v.First || v.Last-v.First > maxSpan {
			errs = append(errs, fmt.Errorf("vacation %q: %s to %s is not a vacation", v.Name, v.First, v.Last))
		}
		if !slices.Contains([]Policy{Run, Stretch, Stop}, v.Policy) {
			errs = append(errs, fmt.Errorf("vacation %q: unknown policy %q", v.Name, v.Policy))
		}
		if i > 0 && v.First <= sorted[i-1].Last {
			errs = append(errs, fmt.Errorf("vacation %q: overlaps %q", v.Name, sorted[i-1].Name))
		}
	}
	return errs
}
