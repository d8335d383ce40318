package public

import (
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
)

// Promise is by when something will have happened, and why on that day.
type Promise struct {
	Sentence string
	Due      templates.Due
	Days     []Day  // each day counted or passed over; empty when it is an hour's matter
	Limit    string // how much time there is, and what of it counts
	Notes    []string
}

// Day is one day on the way to a promise.
type Day struct {
	At      time.Time
	Counted bool
	N       int
	Why     string
}

// explainer is working time that can say how it counts; calendar.Working can.
type explainer interface {
	web.Span
	Explain(from time.Time, l calendar.Limit) []calendar.Step
}

// promise is what the writer is promised just now, or nil.
func (p *Pages) promise(c *web.Context, got casework.Progress) (*Promise, error) {
	k := got.Until
	if k.ID == 0 {
		return nil, nil //nolint:nilnil // nothing is promised any more, and that is no error
	}
	work, version, err := p.Rules.Working(c.Context())
	if err != nil {
		return nil, err
	}
	out := &Promise{Limit: limit(c, k.Promise), Notes: notes(c, k)}
	by, knows := work.(explainer)
	if knows {
		out.Due = dueOf(c, by, k)
	}
	out.Sentence = sentence(c, k)
	if knows && version == k.Calendar {
		out.Days = days(c, by.Explain(k.Started, calendar.LimitOf(k.Promise)))
	} else {
		out.Notes = append(out.Notes, c.Text("track.why.earlier"))
	}
	return out, nil
}

func limit(c *web.Context, p workflow.Promise) string {
	amount := c.Plural("unit."+string(p.Unit), p.Amount)
	if p.Unit == workflow.WorkingDays || p.Unit == workflow.WorkingHours {
		return c.Text("track.why.limit", amount)
	}
	return c.Text("track.why.plain", amount)
}

func dueOf(c *web.Context, work web.Span, k workflow.Clock) templates.Due {
	d := templates.Due{Words: web.DueWords(c, work, k.Due, c.Now), At: c.Local(k.Due)}
	switch {
	case !k.Paused.IsZero():
		d.Tone, d.Words = "info", c.Text("track.paused")
	case !c.Now.Before(k.Due) && k.Kind.Promised():
		d.Tone = "late"
	}
	if whole := k.Due.Sub(k.Started); whole > 0 {
		d.Spent = float64(c.Now.Sub(k.Started)) / float64(whole)
	}
	return d
}

// sentence says the promise, and where it was not kept that it was not.
func sentence(c *web.Context, k workflow.Clock) string {
	at := dayAndTime(c, k.Due)
	switch {
	case k.Kind == workflow.ToSupply:
		return c.Text("track.promise.writer", at)
	case !k.Paused.IsZero():
		return c.Text("track.promise.paused")
	case !c.Now.Before(k.Due):
		return c.Text("track.promise.late", at)
	}
	return c.Text("track.promise.answer", at)
}

// notes tell what moved the date after it was first promised.
func notes(c *web.Context, k workflow.Clock) []string {
	var out []string
	if k.Kind == workflow.ToSupply {
		out = append(out, c.Text("track.promise.paused"))
	}
	if k.ExtendedBy > 0 {
		out = append(out, c.Text("track.why.extended", k.ExtendedBy, dayAndTime(c, k.FirstDue)))
	}
	if k.PausedMinutes > 0 || !k.Paused.IsZero() {
		out = append(out, c.Text("track.why.paused"))
	}
	if k.Provisional {
		out = append(out, c.Text("track.why.provisional"))
	}
	return out
}

func days(c *web.Context, steps []calendar.Step) []Day {
	var out []Day
	for _, s := range steps {
		why := c.Text("track.day." + string(s.Reason))
		if s.Name != "" {
			why = c.Text("track.day.named", s.Name, why)
		}
		out = append(out, Day{At: s.Date.In(c.Now.Location()), Counted: s.Counted, N: s.N, Why: why})
	}
	return out
}

// dayAndTime is a moment as a sentence says it.
func dayAndTime(c *web.Context, t time.Time) string {
	t = c.Local(t)
	layout := "1月2日 15:04"
	if c.Locale == "en" {
		layout = "2 January, 15:04"
	}
	return t.Format(layout)
}
