package sla_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/sla"
	"mailbox/workflow/workflowtest"
)

func TestTick_warnsAndBreachesOnce(t *testing.T) {
	f := open(t)
	c := f.routed(t)
	k := f.clock(t, c, workflow.ToAnswer)

	f.at(k.Warn.Add(-time.Second))
	f.tick(t)
	if got := f.events(t, c, workflow.MarkWarned, workflow.ToAnswer); len(got) != 0 {
		t.Fatal("warned before the time")
	}
	f.at(k.Warn)
	for range 3 {
		f.tick(t)
	}
	if got := f.events(t, c, workflow.MarkWarned, workflow.ToAnswer); len(got) != 1 || got[0].Role != workflow.System {
		t.Fatalf("warnings = %+v, want one by the system", got)
	}
	department := []told{{f.LogisticsClerk.ID, "email"}, {f.LogisticsClerk.ID, "page"}, {f.LogisticsHead.ID, "email"}, {f.LogisticsHead.ID, "page"}}
	wantTold(t, f.told(t, c, workflow.NoticeWarning), department...)

	f.at(k.Due)
	for range 3 {
		f.tick(t)
	}
	got := f.events(t, c, workflow.MarkBreached, workflow.ToAnswer)
	if len(got) != 1 || got[0].Detail["occurrence"] != "1" || got[0].Detail["due"] != k.Due.UTC().Format(time.RFC3339) {
		t.Fatalf("breaches = %+v", got)
	}
	wantTold(t, f.told(t, c, workflow.NoticeBreach), append(department, told{f.OfficeHead.ID, "email"}, told{f.OfficeHead.ID, "page"})...)
	k = f.clock(t, c, workflow.ToAnswer)
	if !k.Breached.Equal(f.time()) || !k.Running() {
		t.Errorf("clock = %+v, want breached now and running on", k)
	}
	f.sound(t)
}

func wantTold(t *testing.T, got map[told]workflow.Notice, want ...told) {
	t.Helper()
	less := func(a, b told) int { return int(a.account - b.account) }
	keys := slices.SortedFunc(maps.Keys(got), less)
	slices.SortFunc(want, less)
	for _, w := range want {
		if _, ok := got[w]; !ok {
			t.Errorf("told = %v, want %v too", keys, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("told = %v, want %v", keys, want)
	}
}

func TestTick_mailsNothingAtNight(t *testing.T) {
	night := time.Date(2026, 11, 27, 23, 30, 0, 0, workflowtest.Zone) // a Friday
	for _, test := range []struct {
		name   string
		urgent bool
		want   time.Time
	}{
		{"the mail waits for Monday", false, time.Date(2026, 11, 30, 8, 30, 0, 0, workflowtest.Zone)},
		{"unless it is urgent", true, night},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := open(t)
			c := f.letter(t, func(c *workflow.Case) { c.Urgent = test.urgent })
			f.at(night)
			f.tick(t)
			n := f.told(t, c, workflow.NoticeBreach)[told{f.Clerk.ID, workflow.ByEmail}]
			if !n.Next.Equal(test.want) || n.State != workflow.Queued {
				t.Errorf("mail leaves %v (%s), want %v", n.Next, n.State, test.want)
			}
			page := f.told(t, c, workflow.NoticeBreach)[told{f.Clerk.ID, workflow.ByPage}]
			if page.State != workflow.Sent || !page.Sent.Equal(night) {
				t.Errorf("page notice = %s at %v, want at once", page.State, page.Sent)
			}
		})
	}
}

func TestTick_tellsOnlyWhoMayKnow(t *testing.T) {
	f := open(t)
	sealed := f.letter(t, func(c *workflow.Case) { c.Sealed = true })
	aboutOffice := f.letter(t, func(c *workflow.Case) { c.About = f.Office.ID })
	aboutLogistics := f.routed(t, func(c *workflow.Case) { c.About = f.Logistics.ID })
	f.at(f.time().AddDate(0, 1, 0))
	f.tick(t)
	for account := range f.told(t, sealed, workflow.NoticeBreach) {
		if account.account != f.Discipline.ID {
			t.Errorf("account %d was told of a sealed case", account.account)
		}
	}
	if len(f.told(t, sealed, workflow.NoticeBreach)) == 0 {
		t.Error("the discipline officer was not told")
	}
	wantTold(t, f.told(t, aboutOffice, workflow.NoticeBreach), told{f.Leader.ID, "email"}, told{f.Leader.ID, "page"})
	for account := range f.told(t, aboutLogistics, workflow.NoticeBreach) {
		if account.account == f.LogisticsClerk.ID || account.account == f.LogisticsHead.ID {
			t.Errorf("account %d was told of a case about its department", account.account)
		}
	}
}

func TestTick_overdueClockIsNotWarnedOf(t *testing.T) {
	f := open(t)
	c := f.letter(t)
	f.at(f.clock(t, c, workflow.Register).Due.Add(time.Hour))
	f.tick(t)
	if n := len(f.events(t, c, workflow.MarkWarned, workflow.Register)); n != 0 {
		t.Errorf("%d warnings of a clock that has run out", n)
	}
	if n := len(f.events(t, c, workflow.MarkBreached, workflow.Register)); n != 1 {
		t.Errorf("%d breaches, want 1", n)
	}
}

func TestTick_earlyTimerIsArmedAnew(t *testing.T) {
	f := open(t)
	c := f.letter(t)
	k := f.clock(t, c, workflow.Register)
	key := fmt.Sprintf("%d:breach", k.ID)
	must(t, f.timers.Arm(t.Context(), workflow.Timer{Key: key, At: f.time()}))
	f.tick(t)
	if at, ok := f.timers.Armed(key); !ok || !at.Equal(k.Due) {
		t.Errorf("armed at %v (%t), want %v", at, ok, k.Due)
	}
	if !f.clock(t, c, workflow.Register).Breached.IsZero() {
		t.Error("rang before it was due")
	}
}

func TestTick_forgetsTimersOfClocksThatAreGone(t *testing.T) {
	f := open(t)
	must(t, f.timers.Arm(t.Context(), workflow.Timer{Key: "999:breach", At: f.time()}, workflow.Timer{Key: "nonsense", At: f.time()}))
	f.tick(t)
	if n, _ := f.timers.Count(t.Context()); n != 0 {
		t.Errorf("%d timers left", n)
	}
}

func TestArm_followsTheClock(t *testing.T) {
	f := open(t)
	c := f.letter(t)
	k := f.clock(t, c, workflow.Register)
	warn, breach := fmt.Sprintf("%d:warn", k.ID), fmt.Sprintf("%d:breach", k.ID)
	for key, want := range map[string]time.Time{warn: k.Warn, breach: k.Due} {
		if at, ok := f.timers.Armed(key); !ok || !at.Equal(want) {
			t.Errorf("%s armed at %v (%t), want %v", key, at, ok, want)
		}
	}
	f.act(t, c, workflow.Accept, f.Clerk.Actor(), nil)
	for _, key := range []string{warn, breach} {
		if _, ok := f.timers.Armed(key); ok {
			t.Errorf("%s is armed though its clock is met", key)
		}
	}
}

func TestTick_closesWhatNobodySuppliedTo(t *testing.T) {
	f := open(t)
	c, question := f.waiting(t)
	k := f.clock(t, c, workflow.ToSupply)

	f.at(k.Warn)
	f.tick(t)
	f.tick(t)
	reminder, ok := f.told(t, c, workflow.NoticeAsked)[told{0, workflow.ByEmail}]
	if !ok || reminder.Message != question.ID || reminder.Args["reminder"] == "" {
		t.Fatalf("reminder = %+v, want one with the question", reminder)
	}
	if got := f.get(t, c).State; got != workflow.Waiting {
		t.Fatalf("state = %s after the reminder", got)
	}

	f.at(k.Due)
	f.tick(t)
	f.tick(t)
	got := f.get(t, c)
	if got.State != workflow.Closed || got.Outcome != workflow.OutcomeNoReply || !got.Ended.Equal(f.time()) {
		t.Errorf("case = %s %s %v, want closed for no reply", got.State, got.Outcome, got.Ended)
	}
	if len(f.told(t, c, workflow.NoticeClosing)) != 1 {
		t.Error("the writer was not told that the case is closed")
	}
	clocks, err := f.store.ClocksOf(t.Context(), c.ID)
	must(t, err)
	for _, k := range clocks {
		if !k.Over() {
			t.Errorf("clock %s still runs in a closed case", k.Kind)
		}
	}
	if n, _ := f.timers.Count(t.Context()); n != 0 {
		t.Errorf("%d timers left of a closed case", n)
	}
	f.sound(t)
}

func TestTick_closesWhatNobodyRated(t *testing.T) {
	f := open(t)
	c := f.routed(t)
	c = f.act(t, c, workflow.HandIn, f.LogisticsClerk.Actor(), nil)
	c = f.act(t, c, workflow.Approve, f.LogisticsHead.Actor(), nil)
	c = f.act(t, c, workflow.Answer, f.Clerk.Actor(), nil)
	k := f.clock(t, c, workflow.ToRate)
	f.at(k.Due.Add(-time.Second))
	f.tick(t)
	if got := f.get(t, c).State; got != workflow.Answered {
		t.Fatalf("state = %s before the time for rating is over", got)
	}
	f.at(k.Due)
	f.tick(t)
	if got := f.get(t, c); got.State != workflow.Closed || got.Outcome != workflow.OutcomeSilence {
		t.Errorf("case = %s %s, want closed for silence", got.State, got.Outcome)
	}
	notices, err := f.store.NoticesOf(t.Context(), c.ID)
	must(t, err)
	if len(notices) != 0 {
		t.Errorf("%d notices about silence", len(notices))
	}
}

func TestWatch_eachStepOnceInARace(t *testing.T) {
	t.Run("memory", func(t *testing.T) { testRace(t, open(t)) })
	t.Run("postgres", func(t *testing.T) { testRace(t, onPostgres(t)) })
}

func testRace(t *testing.T, f *college) {
	t.Helper()
	var cases []workflow.Case
	for range 120 {
		cases = append(cases, f.letter(t))
	}
	k := f.clock(t, cases[0], workflow.Register)
	for _, now := range []time.Time{k.Warn, k.Due} {
		f.at(now)
		race(t, f, now)
	}
	for _, c := range cases {
		for _, action := range []workflow.Action{workflow.MarkWarned, workflow.MarkBreached} {
			if n := len(f.events(t, c, action, workflow.Register)); n != 1 {
				t.Errorf("case %d: %d events %s, want 1", c.ID, n, action)
			}
		}
		office := []told{{f.Clerk.ID, "page"}, {f.Clerk.ID, "email"}, {f.OfficeHead.ID, "page"}, {f.OfficeHead.ID, "email"}}
		wantTold(t, f.told(t, c, workflow.NoticeBreach), office...)
	}
	f.sound(t)
}

// race lets four watchers tick and sweep at once.
func race(t *testing.T, f *college, now time.Time) {
	t.Helper()
	var wg sync.WaitGroup
	for range 4 {
		w := sla.New(f.desk, f.timers)
		wg.Go(func() {
			if _, err := w.Tick(t.Context(), now); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := w.Sweep(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
