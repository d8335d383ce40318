package demo

import (
	"fmt"
	"time"

	"mailbox/cmd/mailbox/founding"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// step is one thing that somebody does to a case, so long after the one before.
type step struct {
	name string
	gap  time.Duration
	wall bool // the gap runs day and night: it is the writer's, or the matter is urgent
	do   act
	on   string    // 2023-11-17 23:40: when it happens, whatever the gap
	at   time.Time // when it happens; set by lay
}

// script is everything that people do about one letter, in order. What clocks
// do by themselves is not in it.
type script struct {
	letter   Letter
	index    int // of the letter: its microseconds, so that no two acts share a moment
	category founding.Category
	policy   founding.Policy
	cal      calendar.Working
	dice     dice
	remarks  remarks
	received time.Time
	steps    []step
	urgent   bool
}

// staff adds what staff do after a while of working time; of an urgent letter,
// after a tenth of it on the wall.
func (s *script) staff(name string, lo, hi int, do act) {
	gap := s.dice.span(fmt.Sprint(name, " ", len(s.steps)), lo, hi)
	if s.urgent {
		s.steps = append(s.steps, step{name: name, gap: max(gap/10, 2*time.Minute), wall: true, do: do})
		return
	}
	s.steps = append(s.steps, step{name: name, gap: gap, do: do})
}

// writer adds what the writer does so many hours later, by day and evening.
func (s *script) writer(name string, lo, hi int, do act) {
	gap := s.dice.span(fmt.Sprint(name, " ", len(s.steps)), lo*60, hi*60)
	s.steps = append(s.steps, step{name: name, gap: gap, wall: true, do: do})
}

// lay gives every step its moment. Moments of one letter only go forward, and
// those of two letters never meet.
func (s *script) lay() {
	own := time.Duration(s.index+1) * time.Microsecond
	at := s.received.Truncate(time.Second)
	for i := range s.steps {
		at = s.after(at, s.steps[i])
		s.steps[i].at = at.Truncate(time.Second).Add(own).UTC()
	}
}

func (s *script) after(at time.Time, x step) time.Time {
	exact, err := time.ParseInLocation("2006-01-02 15:04", x.on, s.cal.Location())
	switch {
	case err == nil && exact.After(at):
		return exact
	case x.gap == 0:
		return at // the letter itself
	case !x.wall:
		return s.cal.AddWork(at, max(x.gap, time.Second))
	case s.urgent:
		return at.Add(x.gap)
	}
	return awake(at.Add(x.gap).In(s.cal.Location()))
}

// awake moves what would be written in the small hours to the morning.
func awake(t time.Time) time.Time {
	if t.Hour() < 7 {
		return t.Add(time.Duration(7-t.Hour()) * time.Hour)
	}
	return t
}

// work is the working time of the script's steps.
func (s *script) work() time.Duration {
	var sum time.Duration
	for _, x := range s.steps {
		sum += x.gap
	}
	return sum
}

// fit makes a script that has not come to its end fit between the letter and
// now: a letter that came too lately came earlier, steps that take too long are
// hurried, and the last one of a case that somebody worked on was lately.
func (s *script) fit(now time.Time, state workflow.State) {
	need := time.Duration(len(s.steps)-1) * 35 * time.Minute
	for s.cal.Between(s.received, now) < need || s.letter.byHand() && !s.cal.IsWorkingDay(s.cal.Date(s.received)) {
		s.received = s.received.AddDate(0, 0, -1)
	}
	have := s.cal.Between(s.received, now) * 9 / 10
	work := s.work()
	if work > have {
		for i := range s.steps {
			s.steps[i].gap = time.Duration(float64(s.steps[i].gap) * float64(have) / float64(work))
		}
		return
	}
	if state == workflow.Drafted || state == workflow.Approved || state == workflow.Answered {
		for i := range s.steps {
			if s.steps[i].name == "draft" {
				s.steps[i].gap += have - work
			}
		}
	}
}
