package workflow

import (
	"slices"
	"time"
)

// Unit is what a promise is counted in.
type Unit string

// The units. Days are calendar days of the college; hours are hours of the
// clock on the wall, day and night.
const (
	WorkingDays  Unit = "working_days"
	WorkingHours Unit = "working_hours"
	Days         Unit = "days"
	Hours        Unit = "hours"
)

// Promise is how long something may take.
type Promise struct {
	Amount int
	Unit   Unit
}

// ClockKind names a promise about a case.
type ClockKind string

// The clocks. Rework is no clock of its own: it is the time an answer sent back
// by the office has.
const (
	Register ClockKind = "register" // received → accepted, declined or asked
	ToRoute  ClockKind = "route"    // accepted → routed
	ToSign   ClockKind = "sign"     // routed → signed for
	ToAnswer ClockKind = "answer"   // routed → signed by the head
	Rework   ClockKind = "rework"
	ToCheck  ClockKind = "check"   // signed by the head → sent
	Overall  ClockKind = "overall" // received → answered
	ToSupply ClockKind = "writer"  // asked → the writer adds; afterwards the case closes
	ToRate   ClockKind = "rating"  // answered → rated; afterwards the case closes
)

// ClockKinds lists every kind a clock can be.
var ClockKinds = []ClockKind{Register, ToRoute, ToSign, ToAnswer, ToCheck, Overall, ToSupply, ToRate}

// Promised reports whether the clock is a promise of the college. The writer's
// two clocks only end a case that nobody speaks in any more.
func (k ClockKind) Promised() bool { return k != ToSupply && k != ToRate }

// Clock is one promise about one case, as facts: it is overdue when it is due
// and neither met nor cancelled nor paused.
type Clock struct {
	ID          int64
	CaseID      int64
	Kind        ClockKind
	Occurrence  int   // 1 for the first of its kind in the case
	Department  int64 // whose time it is; 0: the office's
	Promise     Promise
	Calendar    int64 // version the due time was computed with
	Started     time.Time
	Due         time.Time
	FirstDue    time.Time // before pauses and extensions
	Warn        time.Time
	Provisional bool // crosses days whose holidays are not published yet
	Urgent      bool // rings at night too
	Paused      time.Time
	// PausedMinutes is the length of finished pauses: working time for promises
	// in working days and hours, time on the wall for the others.
	PausedMinutes int
	ExtendedBy    int // working days granted
	Warned        time.Time
	Breached      time.Time
	Met           time.Time
	Cancelled     time.Time
}

// Running reports whether time counts against somebody.
func (k Clock) Running() bool { return k.Met.IsZero() && k.Cancelled.IsZero() && k.Paused.IsZero() }

// Over reports whether the clock has ended.
func (k Clock) Over() bool { return !k.Met.IsZero() || !k.Cancelled.IsZero() }

// WorkingTime is the college's calendar as clocks need it; *calendar.Calendar
// implements it.
type WorkingTime interface {
	// Due is when a promise made at from falls due, and whether it depends on
	// holidays that are not published yet.
	Due(from time.Time, p Promise) (due time.Time, provisional bool)
	// Between is the working time from a to b; 0 when b is not after a.
	Between(a, b time.Time) time.Duration
	// Shift is due moved by a pause: for working days by the whole working days
	// in it, for working hours by working time, else by time on the wall.
	Shift(due time.Time, p Promise, paused time.Duration) time.Time
	// Extend is due moved by n working days, which may be negative.
	Extend(due time.Time, n int) time.Time
	// NextOpen is t when the office is open then, and otherwise when it opens next.
	NextOpen(t time.Time) time.Time
}

// clockPlan says which clocks an action starts, meets, pauses and lets go on.
// Ending a case cancels whatever still runs.
type clockPlan struct {
	start, meet, cancel []ClockKind
	resume              []ClockKind // paused clocks that go on; started if there is none
	pause               []ClockKind
	pauseAll, resumeAll bool
	rework              bool // the answer clock starts with the rework promise
	anew                bool // what makes a closed case go on starts its time anew
}

// clockPlans is a table beside rules: what each action means for time.
// Refusing pauses the department's answer clock and starts the office's, and
// routing lets the same clock go on: refusing never makes time anew.
var clockPlans = map[Action]clockPlan{
	Receive:   {start: []ClockKind{Register, Overall}},
	Accept:    {meet: []ClockKind{Register}, start: []ClockKind{ToRoute}},
	Ask:       {meet: []ClockKind{Register}, pauseAll: true, start: []ClockKind{ToSupply}},
	Supply:    {meet: []ClockKind{ToSupply}, resumeAll: true, anew: true},
	GoOn:      {cancel: []ClockKind{ToSupply}, resumeAll: true},
	Route:     {meet: []ClockKind{ToRoute}, cancel: []ClockKind{ToSign}, start: []ClockKind{ToSign}, resume: []ClockKind{ToAnswer}},
	SignFor:   {meet: []ClockKind{ToSign}},
	Refuse:    {cancel: []ClockKind{ToSign}, pause: []ClockKind{ToAnswer}, start: []ClockKind{ToRoute}},
	Approve:   {meet: []ClockKind{ToAnswer}, start: []ClockKind{ToCheck}},
	SendBack:  {rework: true},
	Answer:    {meet: []ClockKind{ToCheck, Overall}, start: []ClockKind{ToRate}},
	AskAgain:  {cancel: []ClockKind{ToRate}, start: []ClockKind{ToAnswer, Overall}},
	Redo:      {cancel: []ClockKind{ToRate}, start: []ClockKind{ToRoute, Overall}},
	Reopen:    {start: []ClockKind{ToRoute, Overall}},
	Decline:   {meet: []ClockKind{Register}},
	Merge:     {meet: []ClockKind{Register}},
	Rate:      {meet: []ClockKind{ToRate}},
	Settle:    {meet: []ClockKind{ToRate}},
	CloseCase: {},
	Withdraw:  {},
	HandIn:    {},
	Archive:   {},
}

// Promises is what a policy promises, by clock.
type Promises map[ClockKind]Promise

// Turn is what a transition did to the clocks of a case: rows to add and rows
// to save.
type Turn struct{ Add, Save []Clock }

// TurnClocks applies an action that c has just gone through to its clocks, and
// returns what to store; clocks itself stays as it was. It also sets c.Due, and
// at the first answer c.InTime and c.Worked. calendarID is the version work
// stands for.
func TurnClocks(c *Case, action Action, from State, clocks []Clock, promises Promises, work WorkingTime, calendarID int64, at time.Time) Turn {
	t := turner{c: c, clocks: slices.Clone(clocks), promises: promises, work: work, calendar: calendarID, at: at, touched: map[int]bool{}}
	t.apply(clockPlans[action], from)
	if c.State.Ended() {
		t.cancelRunning()
	}
	if action == Answer && c.Answered.Equal(at) {
		t.judge()
	}
	t.judgeSigning(action)
	t.setDue()
	return t.result()
}
