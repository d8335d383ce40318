package workflow_test

import (
	"time"

	"mailbox/workflow"
)

// office is a WorkingTime so simple that a reader can check it: eight hours
// from 01:00 to 09:00 UTC (nine to five in the college), Monday to Friday.
type office struct{}

const opens, closes, workday = 1 * time.Hour, 9 * time.Hour, 8 * time.Hour

func midnight(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func works(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

func (o office) Due(from time.Time, p workflow.Promise) (time.Time, bool) {
	switch p.Unit {
	case workflow.WorkingDays:
		return o.Extend(midnight(from).Add(closes), p.Amount), false
	case workflow.WorkingHours:
		return o.add(from, time.Duration(p.Amount)*time.Hour), false
	case workflow.Days:
		return midnight(from).Add(closes).AddDate(0, 0, p.Amount), false
	case workflow.Hours:
	}
	return from.Add(time.Duration(p.Amount) * time.Hour), false
}

// add is from plus working time.
func (o office) add(from time.Time, d time.Duration) time.Time {
	for {
		from = o.NextOpen(from)
		left := midnight(from).Add(closes).Sub(from)
		if d <= left {
			return from.Add(d)
		}
		d -= left
		from = midnight(from).Add(24 * time.Hour)
	}
}

func (o office) Between(a, b time.Time) time.Duration {
	var sum time.Duration
	for day := midnight(a); day.Before(b); day = day.Add(24 * time.Hour) {
		if !works(day) {
			continue
		}
		from, to := day.Add(opens), day.Add(closes)
		if a.After(from) {
			from = a
		}
		if b.Before(to) {
			to = b
		}
		sum += max(to.Sub(from), 0)
	}
	return sum
}

func (o office) Shift(due time.Time, p workflow.Promise, paused time.Duration) time.Time {
	switch p.Unit {
	case workflow.WorkingDays:
		return o.Extend(due, int(paused/workday))
	case workflow.WorkingHours:
		return o.add(due, paused)
	case workflow.Days, workflow.Hours:
	}
	return due.Add(paused)
}

func (o office) Extend(due time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		n, step = -n, -1
	}
	for n > 0 {
		if due = due.AddDate(0, 0, step); works(due) {
			n--
		}
	}
	return due
}

func (o office) NextOpen(t time.Time) time.Time {
	for {
		day := midnight(t)
		switch {
		case works(day) && t.Before(day.Add(opens)):
			return day.Add(opens)
		case works(day) && t.Before(day.Add(closes)):
			return t
		}
		t = day.Add(24 * time.Hour)
	}
}

func promises() workflow.Promises {
	return workflow.Promises{
		workflow.Register: {Amount: 1, Unit: workflow.WorkingDays},
		workflow.ToRoute:  {Amount: 4, Unit: workflow.WorkingHours},
		workflow.ToSign:   {Amount: 1, Unit: workflow.WorkingDays},
		workflow.ToAnswer: {Amount: 5, Unit: workflow.WorkingDays},
		workflow.Rework:   {Amount: 2, Unit: workflow.WorkingDays},
		workflow.ToCheck:  {Amount: 48, Unit: workflow.Hours},
		workflow.Overall:  {Amount: 10, Unit: workflow.WorkingDays},
		workflow.ToSupply: {Amount: 10, Unit: workflow.Days},
		workflow.ToRate:   {Amount: 15, Unit: workflow.Days},
	}
}
