package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
	"mailbox/workflow/publication"
	"mailbox/workflow/sla"
)

// subject is the case a letter became.
type subject struct {
	id     int64
	number string
	upTo   time.Time // what happened until then was done before an interruption
}

// player lets scripts happen, each act at its own time, and the clocks ring
// between them.
type player struct {
	clock       *clock
	alarms      *alarms
	desk        *workflow.Desk
	intake      *intake.Intake
	mailroom    *intake.Mailroom
	cases       *casework.Casework
	watch       *sla.Watch
	answers     *publication.Answers
	reviews     *publication.Reviews
	present     time.Time
	deps        Deps
	work        calendar.Working
	people      map[string]workflow.Actor
	departments map[string]int64
	categories  map[string]int64
	campaigns   map[string]int64
	subjects    map[string]*subject
}

// happening is one step of one script.
type happening struct {
	step
	letter string
}

// timetable lists what happens until now, in order.
func timetable(scripts []*script, post []happening, now time.Time) []happening {
	all := slices.Clone(post)
	for _, s := range scripts {
		for _, x := range s.steps {
			if !x.at.After(now) {
				all = append(all, happening{x, s.letter.ID})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.letter, b.letter)) })
	return all
}

// play tells the story until now.
func (p *player) play(ctx context.Context, all []happening, now time.Time, progress func(done, total int)) error {
	for i, h := range all {
		if err := p.ring(ctx, h.at); err != nil {
			return err
		}
		if err := p.happen(ctx, h); err != nil {
			return fmt.Errorf("letter %s: %s at %s: %w", h.letter, h.name, h.at.Format(time.RFC3339), err)
		}
		progress(i, len(all))
	}
	if err := p.ring(ctx, now); err != nil {
		return err
	}
	progress(len(all), len(all))
	return nil
}

func (p *player) happen(ctx context.Context, h happening) error {
	c := p.subjects[h.letter]
	if c == nil {
		c = &subject{}
		p.subjects[h.letter] = c
	}
	if !h.at.After(c.upTo) {
		return nil
	}
	p.clock.set(h.at)
	return h.do(ctx, p, c)
}

// ring lets every clock ring that has something to do until the moment, each at
// its own time.
func (p *player) ring(ctx context.Context, until time.Time) error {
	for {
		at, ok := p.alarms.next()
		if !ok || at.After(until) {
			return ctx.Err()
		}
		p.clock.set(at)
		if _, err := p.watch.Tick(ctx, at); err != nil {
			return err
		}
	}
}
