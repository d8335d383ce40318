package workflow

import (
	"slices"
	"time"
)

// turner carries one transition through the clocks of one case.
type turner struct {
	c        *Case
	clocks   []Clock
	promises Promises
	work     WorkingTime
	calendar int64
	at       time.Time
	touched  map[int]bool // indexes of clocks that were stored before and changed
}

func (t *turner) apply(p clockPlan, from State) {
	t.each(p.meet, func(k *Clock) { t.unpause(k); k.Met = t.at })
	t.each(p.cancel, func(k *Clock) { k.Paused, k.Cancelled = time.Time{}, t.at })
	t.each(p.pause, func(k *Clock) { k.Paused = t.at })
	if p.pauseAll {
		t.each(ClockKinds, func(k *Clock) { k.Paused = t.at })
	}
	if p.resumeAll {
		t.each(t.goingOn(), t.unpause)
	}
	if p.anew && from == Closed {
		t.startAnew()
	}
	for _, kind := range p.start {
		t.start(kind, kind)
	}
	for _, kind := range p.resume {
		if !t.each([]ClockKind{kind}, func(k *Clock) { t.unpause(k); k.Department = t.c.Department }) {
			t.start(kind, kind)
		}
	}
	if p.rework && from == Approved {
		t.each([]ClockKind{ToCheck}, func(k *Clock) { k.Cancelled = t.at })
		t.start(ToAnswer, Rework)
	}
}

// goingOn lists the clocks that go on when a case no longer waits. While the
// office has a refused case, the department's answer clock stays paused until
// it is routed.
func (t *turner) goingOn() []ClockKind {
	if t.c.State != Accepted {
		return ClockKinds
	}
	return slices.DeleteFunc(slices.Clone(ClockKinds), func(k ClockKind) bool { return k == ToAnswer })
}

// startAnew gives a case that was closed and goes on fresh clocks: the overall
// one and that of the state it is in.
func (t *turner) startAnew() {
	kind := map[State]ClockKind{Received: Register, Accepted: ToRoute, InHand: ToAnswer}[t.c.State]
	t.start(kind, kind)
	t.start(Overall, Overall)
}

// each calls do for every clock of these kinds that is not over, and reports
// whether there was one. A clock paused already is not paused again.
func (t *turner) each(kinds []ClockKind, do func(*Clock)) bool {
	found := false
	for i := range t.clocks {
		k := &t.clocks[i]
		if k.Over() || !slices.Contains(kinds, k.Kind) {
			continue
		}
		was := *k
		do(k)
		if !was.Paused.IsZero() && !k.Paused.IsZero() {
			k.Paused = was.Paused
		}
		found = true
		t.touched[i] = true
	}
	return found
}

// unpause lets a clock go on: it falls due later by the time of all its pauses
// that counts for its unit, so that a pause over a night or a weekend changes
// nothing for a promise in working days.
func (t *turner) unpause(k *Clock) {
	if k.Paused.IsZero() {
		return
	}
	paused := t.at.Sub(k.Paused)
	if k.Promise.Unit == WorkingDays || k.Promise.Unit == WorkingHours {
		paused = t.work.Between(k.Paused, t.at)
	}
	k.PausedMinutes += int(paused / time.Minute)
	k.Paused = time.Time{}
	k.replan(t.work, t.at)
}

// replan computes when the clock is due from what it was promised, how long it
// was paused and what was granted.
func (k *Clock) replan(work WorkingTime, at time.Time) {
	due := work.Shift(k.FirstDue, k.Promise, time.Duration(k.PausedMinutes)*time.Minute)
	k.Due = work.Extend(due, k.ExtendedBy)
	k.Warn = warnAt(work, at, k.Due, k.Promise)
}

// Recompute computes when the clock is due by another calendar, from when it
// started, with its pauses and extensions kept, and reports whether that moves
// it. Clocks that are over or broken are the caller's to leave alone.
func (k *Clock) Recompute(work WorkingTime, calendar int64, at time.Time) bool {
	was := *k
	k.FirstDue, k.Provisional = work.Due(k.Started, k.Promise)
	k.replan(work, at)
	if k.Due.Equal(was.Due) && k.FirstDue.Equal(was.FirstDue) && k.Provisional == was.Provisional {
		*k = was
		return false
	}
	k.Calendar = calendar
	if k.Warn.After(at) {
		k.Warned = time.Time{}
	}
	return true
}

// Grant gives the clock n more working days.
func (k *Clock) Grant(n int, work WorkingTime, at time.Time) {
	k.ExtendedBy += n
	k.replan(work, at)
	k.Warned = time.Time{}
}

// Hasten holds a clock to a shorter promise from now on, and reports whether
// that changed it. The clock rings at night from then on; one that is paused
// has the shorter time before it when it goes on.
func (k *Clock) Hasten(promises Promises, work WorkingTime, at time.Time) bool {
	p, ok := promises[k.Kind]
	if !ok || k.Over() {
		return false
	}
	k.Urgent = true
	if due, provisional := work.Due(at, p); due.Before(k.Due) {
		k.Promise, k.Due, k.FirstDue, k.Provisional = p, due, due, provisional
		k.PausedMinutes, k.ExtendedBy, k.Warned = 0, 0, time.Time{}
		if !k.Paused.IsZero() {
			k.Paused = at
		}
		k.Warn = warnAt(work, at, due, p)
	}
	return true
}

func (t *turner) start(kind, promise ClockKind) {
	p, ok := t.promises[promise]
	if !ok {
		return
	}
	due, provisional := t.work.Due(t.at, p)
	k := Clock{
		CaseID: t.c.ID, Kind: kind, Occurrence: t.next(kind), Promise: p, Calendar: t.calendar,
		Started: t.at, Due: due, FirstDue: due, Warn: warnAt(t.work, t.at, due, p), Provisional: provisional, Urgent: t.c.Urgent,
	}
	if kind == ToSign || kind == ToAnswer {
		k.Department = t.c.Department
	}
	t.clocks = append(t.clocks, k)
}

func (t *turner) next(kind ClockKind) int {
	n := 1
	for _, k := range t.clocks {
		if k.Kind == kind {
			n = max(n, k.Occurrence+1)
		}
	}
	return n
}

func (t *turner) cancelRunning() {
	t.each(ClockKinds, func(k *Clock) { k.Paused, k.Cancelled = time.Time{}, t.at })
}

// judge keeps the verdict of the first answer: was the overall promise kept, and
// how much working time did it take without waiting for the writer.
func (t *turner) judge() {
	for _, k := range t.clocks {
		if k.Kind == Overall && k.Met.Equal(t.at) {
			inTime, first := !t.at.After(k.Due), k
			first.ExtendedBy = 0
			first.replan(t.work, t.at)
			inFirst := !t.at.After(first.Due)
			t.c.InTime, t.c.InFirst = &inTime, &inFirst
		}
	}
	worked := t.work.Between(t.c.Accepted, t.at)
	for _, k := range t.clocks {
		if k.Kind == ToSupply {
			worked -= t.work.Between(later(k.Started, t.c.Accepted), later(k.Met, k.Cancelled))
		}
	}
	t.c.Worked = int(max(worked, 0) / time.Minute)
	handled := t.handled()
	t.c.Handled = &handled
}

// handled is the working minutes since the case was last routed, without those
// in which it waited for the writer or lay with the office for its check.
func (t *turner) handled() int {
	had := t.work.Between(t.c.Routed, t.at)
	for _, k := range t.clocks {
		if k.Kind == ToSupply || k.Kind == ToCheck {
			had -= t.work.Between(later(k.Started, t.c.Routed), later(k.Met, k.Cancelled))
		}
	}
	return int(max(had, 0) / time.Minute)
}

// judgeSigning keeps whether the department signed for the case in time; a
// routing begins anew.
func (t *turner) judgeSigning(action Action) {
	if action == Route {
		t.c.SignedInTime = nil
	}
	for _, k := range t.clocks {
		if action == SignFor && k.Kind == ToSign && k.Met.Equal(t.at) {
			inTime := !t.at.After(k.Due)
			t.c.SignedInTime = &inTime
		}
	}
}

func (t *turner) setDue() { t.c.Due, t.c.DueClock = DueFirstOf(t.clocks) }

// DueFirstOf is the earliest of the college's running promises, or zero.
func DueFirstOf(clocks []Clock) (due time.Time, kind ClockKind) {
	for _, k := range clocks {
		if k.Running() && k.Kind.Promised() && (due.IsZero() || k.Due.Before(due)) {
			due, kind = k.Due, k.Kind
		}
	}
	return due, kind
}

func (t *turner) result() Turn {
	var out Turn
	for i, k := range t.clocks {
		switch {
		case k.ID == 0:
			out.Add = append(out.Add, k)
		case t.touched[i]:
			out.Save = append(out.Save, k)
		}
	}
	return out
}

// warnAt is when a clock is warned of: a working day before a limit of two or
// more working days, two working hours before a shorter one, and after three
// quarters of the time of one that runs day and night.
func warnAt(work WorkingTime, from, due time.Time, p Promise) time.Time {
	switch {
	case p.Unit == WorkingDays && p.Amount > 1:
		return later(from, work.Extend(due, -1))
	case p.Unit == WorkingDays || p.Unit == WorkingHours:
		return later(from, due.Add(-2*time.Hour))
	}
	return later(from, due.Add(-due.Sub(from)/4))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
