package desk

import (
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// Clock is one promise about a case: until when, why then, and what became of
// it.
type Clock struct {
	Kind    workflow.ClockKind
	Running bool
	Label   string
	Promise string
	State   templates.Badge
	Started time.Time
	First   time.Time // as it was promised
	Due     time.Time // after pauses and extensions
	Moved   []string  // why it is not First any more
	Days    []Day
	Guess   bool // holidays on the way are not published yet
}

// Day is one day on the way to a due time.
type Day struct {
	Date    time.Time
	Words   string
	Counted bool
}

// clocks lists the promises, the latest first.
func (p *Pages) clocks(c *web.Context, v *view) ([]Clock, error) {
	var out []Clock
	for i := len(v.d.Clocks) - 1; i >= 0; i-- {
		k := v.d.Clocks[i]
		steps, err := p.cases.Why(c.Context(), k)
		if err != nil {
			return nil, err
		}
		out = append(out, v.clock(k, steps))
	}
	return out, nil
}

func (v *view) clock(k workflow.Clock, steps []calendar.Step) Clock {
	c := v.c
	out := Clock{
		Kind: k.Kind, Running: k.Running(), Label: c.Text("clock." + string(k.Kind)), State: v.clockState(k), Guess: k.Provisional,
		Started: c.Local(k.Started), First: c.Local(k.FirstDue), Due: c.Local(k.Due),
	}
	if k.Promise.Unit != "" {
		out.Promise = c.Plural("unit."+string(k.Promise.Unit), k.Promise.Amount)
	}
	if k.PausedMinutes > 0 {
		out.Moved = append(out.Moved, c.Text("desk.clock.was_paused", span(c, k)))
	}
	if k.ExtendedBy > 0 {
		out.Moved = append(out.Moved, c.Text("desk.clock.extended", k.ExtendedBy))
	}
	for _, s := range steps {
		out.Days = append(out.Days, Day{Date: s.Date.In(c.Now.Location()), Words: why(c, s, k.Promise.Unit), Counted: s.Counted})
	}
	return out
}

// span says how long a clock has stood still.
func span(c *web.Context, k workflow.Clock) string {
	hours := (k.PausedMinutes + 59) / 60
	if k.Promise.Unit == workflow.WorkingDays || k.Promise.Unit == workflow.WorkingHours {
		return c.Plural("unit.working_hours", hours)
	}
	return c.Plural("unit.hours", hours)
}

func (v *view) clockState(k workflow.Clock) templates.Badge {
	say := func(tone, key string) templates.Badge { return templates.Badge{Tone: tone, Label: v.c.Text(key)} }
	late := v.c.Now.After(k.Due)
	switch {
	case !k.Cancelled.IsZero():
		return say("quiet", "desk.clock.cancelled")
	case !k.Met.IsZero() && k.Met.After(k.Due):
		return say("late", "desk.clock.met_late")
	case !k.Met.IsZero():
		return say("good", "desk.clock.met")
	case !k.Paused.IsZero():
		return say("info", "desk.clock.paused")
	case late && k.Kind.Promised():
		return say("late", "desk.clock.late")
	}
	return say("", "desk.clock.running")
}

// why says of one day how it was counted.
func why(c *web.Context, s calendar.Step, unit workflow.Unit) string {
	words := c.Text("why." + string(s.Reason))
	switch s.Reason {
	case calendar.Holiday, calendar.MakeUp, calendar.InVacation, calendar.HalfCounted:
		words = c.Text("why."+string(s.Reason), s.Name)
	case calendar.Counted, calendar.DayZero, calendar.AfterHours, calendar.Weekend:
	}
	switch {
	case !s.Counted:
		return words
	case unit == workflow.WorkingHours || unit == workflow.Hours:
		return c.Text("desk.why.hours", words, s.N)
	}
	return c.Text("desk.why.day", words, s.N)
}
