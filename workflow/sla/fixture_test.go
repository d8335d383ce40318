package sla_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/audit"
	"mailbox/workflow/calendar"
	"mailbox/workflow/sla"
	"mailbox/workflow/workflowtest"
)

// college is a small college with a clock that tests set.
type college struct {
	workflowtest.College
	store  workflow.Store
	timers *workflowtest.Timers
	desk   *workflow.Desk
	watch  *sla.Watch

	mu  sync.Mutex
	now time.Time
}

func open(t *testing.T) *college { return openOn(t, workflowtest.NewMemory()) }

// onPostgres is the same college on a real database.
func onPostgres(t *testing.T) *college {
	t.Helper()
	store, err := postgres.Open(t.Context(), pgtest.Open(t), time.Now)
	must(t, err)
	t.Cleanup(func() { store.Close() })
	return openOn(t, store)
}

func openOn(t *testing.T, store workflow.Store) *college {
	t.Helper()
	f := &college{store: store, timers: workflowtest.NewTimers(), now: workflowtest.Morning}
	f.College = workflowtest.Seed(t, f.store)
	build := func(v workflow.CalendarVersion) (workflow.WorkingTime, error) {
		return calendar.Of(v, workflowtest.Zone)
	}
	f.desk = &workflow.Desk{
		Store:  f.store,
		Keeper: workflow.Keeper{Chain: workflow.NewChain(bytes.Repeat([]byte{7}, 32)), Zone: workflowtest.Zone, Domain: "college.example"},
		Rules:  workflow.NewRulebook(f.store, build, f.time),
		Now:    f.time,
	}
	f.watch = sla.New(f.desk, f.timers)
	f.desk.Arm = func(ctx context.Context, clocks ...workflow.Clock) {
		if err := f.watch.Arm(ctx, clocks...); err != nil {
			t.Error(err)
		}
	}
	return f
}

func (f *college) time() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *college) at(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = now
}

// letter is a new case, received now.
func (f *college) letter(t *testing.T, opts ...func(*workflow.Case)) workflow.Case {
	t.Helper()
	c := workflow.Case{
		CodeHash: []byte("hash"), Kind: workflow.Complaint, Category: f.Repair.ID, CategoryVersion: f.Repair.Version,
		Policy: f.Ordinary.Version, Channel: workflow.Web, Mode: workflow.Signed, Subject: "宿舍热水", Locale: "zh-CN", Received: f.time().UTC(),
	}
	for _, opt := range opts {
		opt(&c)
	}
	b, err := f.desk.Birth(t.Context(), f.store, c, workflow.Actor{Roles: []workflow.Role{workflow.Writer}}, workflow.Writer, nil)
	must(t, err)
	must(t, f.store.AddBirth(t.Context(), &b))
	f.desk.Arm(t.Context(), b.Clocks...)
	return b.Case
}

// act moves the case and returns it.
func (f *college) act(t *testing.T, c workflow.Case, action workflow.Action, by workflow.Actor, set func(*workflow.Case)) workflow.Case {
	t.Helper()
	out, err := f.desk.Step(t.Context(), c.ID, func(s *workflow.Step) error {
		_, err := s.Move(t.Context(), workflow.Move{Action: action, By: by, Note: "说明"}, nil, set)
		return err
	})
	must(t, err)
	return out
}

// routed is a case that logistics has signed for.
func (f *college) routed(t *testing.T, opts ...func(*workflow.Case)) workflow.Case {
	t.Helper()
	c := f.letter(t, opts...)
	c = f.act(t, c, workflow.Accept, f.Clerk.Actor(), nil)
	c = f.act(t, c, workflow.Route, f.Clerk.Actor(), func(c *workflow.Case) { c.Department = f.Logistics.ID })
	return f.act(t, c, workflow.SignFor, f.LogisticsClerk.Actor(), nil)
}

// waiting is a case whose writer, who has an address, was asked something.
func (f *college) waiting(t *testing.T) (workflow.Case, workflow.Message) {
	t.Helper()
	writer := workflow.SealedWriter{ID: "11111111-1111-4111-8111-111111111111", Sealed: []byte("sealed"), KeyID: "k", MailIndex: []byte("index"), Created: f.time()}
	must(t, f.store.AddWriter(t.Context(), writer))
	c := f.letter(t, func(c *workflow.Case) { c.Writer = writer.ID })
	c = f.act(t, c, workflow.Ask, f.Clerk.Actor(), nil)
	m := workflow.Message{CaseID: c.ID, Kind: workflow.QuestionMessage, Author: f.Clerk.ID, Body: "哪一栋？", Channel: workflow.Web, At: f.time()}
	must(t, f.store.AddMessage(t.Context(), &m, nil))
	return c, m
}

func (f *college) clock(t *testing.T, c workflow.Case, kind workflow.ClockKind) workflow.Clock {
	t.Helper()
	clocks, err := f.store.ClocksOf(t.Context(), c.ID)
	must(t, err)
	for _, k := range clocks {
		if k.Kind == kind {
			return k
		}
	}
	t.Fatalf("the case has no clock %s", kind)
	return workflow.Clock{}
}

func (f *college) tick(t *testing.T) int {
	t.Helper()
	n, err := f.watch.Tick(t.Context(), f.time())
	must(t, err)
	return n
}

func (f *college) get(t *testing.T, c workflow.Case) workflow.Case {
	t.Helper()
	c, err := f.store.Case(t.Context(), c.ID)
	must(t, err)
	return c
}

// events lists the case's events of an action about a clock.
func (f *college) events(t *testing.T, c workflow.Case, action workflow.Action, kind workflow.ClockKind) []workflow.Event {
	t.Helper()
	all, err := f.store.EventsOf(t.Context(), c.ID)
	must(t, err)
	var out []workflow.Event
	for _, e := range all {
		if e.Action == action && e.Detail["clock"] == string(kind) {
			out = append(out, e)
		}
	}
	return out
}

// told lists notices of a kind, by account and channel.
func (f *college) told(t *testing.T, c workflow.Case, kind workflow.NoticeKind) map[told]workflow.Notice {
	t.Helper()
	all, err := f.store.NoticesOf(t.Context(), c.ID)
	must(t, err)
	out := map[told]workflow.Notice{}
	for _, n := range all {
		if n.Kind == kind {
			key := told{n.Account, n.Channel}
			if before, twice := out[key]; twice && before.Args["clock"] == n.Args["clock"] {
				t.Errorf("account %d was told %s by %s twice", n.Account, kind, n.Channel)
			}
			out[key] = n
		}
	}
	return out
}

type told struct {
	account int64
	by      string
}

// sound fails the test when a history does not verify.
func (f *college) sound(t *testing.T) {
	t.Helper()
	_, err := audit.Verify(t.Context(), f.store, f.desk.Keeper.Chain, func(fault audit.Fault) { t.Error(fault) })
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
