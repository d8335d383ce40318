package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailbox/cmd/mailbox/founding"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
	"mailbox/workflow/ledger"
	"mailbox/workflow/publication"
	"mailbox/workflow/sla"
)

// Deps is what the demonstration is made with. All of it is required.
type Deps struct {
	Store     workflow.Store
	Keeper    workflow.Keeper
	Vault     workflow.Vault
	Tracer    workflow.Tracer
	Clean     publication.Cleaner
	Codes     workflow.Codes
	Proof     intake.Proof
	Limiter   workflow.Limiter
	Blobs     workflow.Blobs
	Reader    intake.Reader // of mail
	Passwords access.Passwords
	Tables    ledger.Tables
	Forms     map[string][]byte // of annual reports
	Text      func(key string, args ...any) string
	Now       func() time.Time
}

// settingState says how far the demonstration has come: not set in a college
// that is none, "filling" and the moment it is told up to, or "done".
const (
	settingState = "demo.state"
	filling      = "filling "
	done         = "done"
)

// history is how long before the first start the college's letters begin, but
// for those of the example year.
const history = 440 * 24 * time.Hour

// opened is when the college began to keep cases: before its example year.
var opened = time.Date(2022, 9, 1, 0, 0, 0, 0, time.UTC)

// Fill makes the demonstration in a store without accounts: the college, and
// what happened to its letters, through the same use cases that pages call. It
// reports whether it did anything. Interrupted at any moment, the next call
// goes on where it ended; in a store with accounts of its own it does nothing.
// Until it has returned nobody else may let the store's clocks ring or send what
// is queued: they would do it at today's time.
func Fill(ctx context.Context, d Deps, password string, progress func(done, total int)) (bool, error) {
	settings, err := d.Store.Settings(ctx)
	if err != nil {
		return false, fmt.Errorf("read settings: %w", err)
	}
	state := settings[settingState]
	if state == done {
		return false, nil
	}
	accounts, err := d.Store.Accounts(ctx)
	if err != nil || state == "" && len(accounts) > 0 {
		return false, err
	}
	college, err := Load()
	if err != nil {
		return false, err
	}
	now := d.Now().UTC().Truncate(time.Second)
	if state == "" {
		err = begin(ctx, d, college, password, now)
	} else if now, err = time.Parse(time.RFC3339, strings.TrimPrefix(state, filling)); err != nil {
		err = fmt.Errorf("setting %s: %w", settingState, err)
	}
	if err != nil {
		return false, err
	}
	if err := tell(ctx, d, college, now, progress); err != nil {
		return false, fmt.Errorf("demonstration: %w", err)
	}
	return true, end(ctx, d, now)
}

// tell lets everything happen up to now.
func tell(ctx context.Context, d Deps, college College, now time.Time, progress func(done, total int)) error {
	p, cal, err := newPlayer(ctx, d, now)
	if err != nil {
		return err
	}
	scripts, err := college.scripts(now, cal)
	if err != nil {
		return err
	}
	if _, err := p.watch.Reconcile(ctx); err != nil {
		return err
	}
	post, err := college.post(now, cal)
	if err != nil {
		return err
	}
	year, err := college.Year.happenings(now, cal)
	if err != nil {
		return err
	}
	return p.play(ctx, timetable(scripts, slices.Concat(post, year), now), now, progress)
}

// scripts are the courses of all letters, laid out in time.
func (c College) scripts(now time.Time, cal calendar.Working) ([]*script, error) {
	said, err := loadRemarks()
	if err != nil {
		return nil, err
	}
	categories, policies := map[string]founding.Category{}, map[string]founding.Policy{}
	for _, g := range c.Categories {
		categories[g.Code] = g
	}
	for _, p := range c.Policies {
		policies[p.Code] = p
	}
	var out []*script
	for i, l := range c.all() {
		received, err := c.Received(l, now, cal.Calendar)
		if err != nil {
			return nil, err
		}
		g := categories[l.Category]
		s := &script{
			letter: l, index: i, category: g, policy: policies[g.Policy], cal: cal, dice: dice{l.ID}, remarks: said, received: received,
		}
		s.write()
		if course := l.Course(); course.Kind == StillOpen {
			s.fit(now, workflow.State(course.Detail))
		}
		s.lay()
		out = append(out, s)
	}
	return out, nil
}

// newPlayer joins the use cases to a clock of their own.
func newPlayer(ctx context.Context, d Deps, now time.Time) (*player, calendar.Working, error) {
	p := &player{present: now, clock: &clock{now: now}, alarms: newAlarms(), subjects: map[string]*subject{}}
	store := told{d.Store, now}
	var cal calendar.Working
	build := func(v workflow.CalendarVersion) (workflow.WorkingTime, error) {
		var err error
		cal, err = calendar.Of(v, d.Keeper.Zone)
		return cal, err
	}
	// The rules do not change in the story: they are read once.
	rules := workflow.NewRulebook(store, build, func() time.Time { return now })
	p.desk = &workflow.Desk{Store: store, Keeper: d.Keeper, Rules: rules, Now: p.clock.Now}
	p.watch = sla.New(p.desk, p.alarms)
	p.desk.Arm = func(ctx context.Context, clocks ...workflow.Clock) {
		_ = p.watch.Arm(ctx, clocks...) // these timers cannot fail
	}
	p.intake = intake.New(p.desk, d.Vault, d.Codes, d.Proof)
	p.cases = casework.New(p.desk, d.Codes, d.Limiter, d.Tracer)
	p.answers = publication.NewAnswers(p.desk, d.Tracer, d.Blobs, d.Clean)
	p.reviews = publication.NewReviews(p.desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewAnswer: p.answers})
	p.mailroom = intake.NewMailroom(p.intake, d.Blobs, d.Reader, p.follow, delivery.New(delivery.Deps{Desk: p.desk}).Bounced)
	if _, _, err := rules.Working(ctx); err != nil {
		return nil, cal, err
	}
	p.deps, p.work = d, cal
	return p, cal, p.meet(ctx, now)
}
