package calendar

import (
	"fmt"
	"strconv"
	"time"

	"mailbox/workflow"
)

// Working is a Calendar as the clocks of cases use it.
type Working struct{ *Calendar }

var _ workflow.WorkingTime = Working{}

// Of builds working time of a stored calendar version, in the college's zone.
func Of(v workflow.CalendarVersion, zone *time.Location) (Working, error) {
	spec := Spec{Version: strconv.FormatInt(v.ID, 10), Location: zone}
	var err error
	if spec.KnownUntil, err = ParseDate(v.KnownUntil); err != nil {
		return Working{}, fmt.Errorf("calendar %d: %w", v.ID, err)
	}
	for _, h := range v.Hours {
		w, err := ParseWindow(h[0] + "-" + h[1])
		if err != nil {
			return Working{}, fmt.Errorf("calendar %d: %w", v.ID, err)
		}
		spec.Hours = append(spec.Hours, w)
	}
	if err := spec.read(v); err != nil {
		return Working{}, fmt.Errorf("calendar %d: %w", v.ID, err)
	}
	c, err := New(spec)
	return Working{c}, err
}

func (s *Spec) read(v workflow.CalendarVersion) error {
	for _, d := range v.Days {
		date, err := ParseDate(d.Day)
		if err != nil {
			return err
		}
		s.Days = append(s.Days, Day{Date: date, Off: d.Off, Name: d.Name})
	}
	for _, x := range v.Vacations {
		first, err := ParseDate(x.First)
		if err != nil {
			return err
		}
		last, err := ParseDate(x.Last)
		if err != nil {
			return err
		}
		s.Vacations = append(s.Vacations, Vacation{Name: x.Name, First: first, Last: last, Policy: Policy(x.Policy)})
	}
	return nil
}

// LimitOf is a promise as the calendar counts it.
func LimitOf(p workflow.Promise) Limit { return Limit{Amount: p.Amount, Unit: Unit(p.Unit)} }

// Due implements workflow.WorkingTime.
func (w Working) Due(from time.Time, p workflow.Promise) (due time.Time, provisional bool) {
	r := w.Calendar.Due(from, LimitOf(p))
	return r.Due.UTC(), r.Provisional
}

// Shift implements workflow.WorkingTime.
func (w Working) Shift(due time.Time, p workflow.Promise, paused time.Duration) time.Time {
	return w.Calendar.Extend(due, paused, Unit(p.Unit)).Due.UTC()
}

// Extend implements workflow.WorkingTime.
func (w Working) Extend(due time.Time, n int) time.Time {
	d, tod := split(due.In(w.loc))
	if n == 0 {
		return due
	}
	if n > 0 {
		return w.at(w.reach(d, full*n), tod).UTC()
	}
	for ; n < 0; n++ {
		for d--; !w.IsWorkingDay(d); d-- {
		}
	}
	return w.at(d, tod).UTC()
}

// NextOpen implements workflow.WorkingTime.
func (w Working) NextOpen(t time.Time) time.Time { return w.OpenAtOrAfter(t).UTC() }
