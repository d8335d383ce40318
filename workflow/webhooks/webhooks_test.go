package webhooks_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/webhooks"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// far is a far end that answers as it is told.
type far struct {
	mu     sync.Mutex
	got    []webhooks.Message
	answer func(webhooks.Message) webhooks.Outcome
}

func (*far) Check(url string) error {
	if !strings.HasPrefix(url, "https://") {
		return workflow.Wrong("url", "webhook.url_wrong")
	}
	return nil
}

func (f *far) Send(_ context.Context, m webhooks.Message) webhooks.Outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.got = append(f.got, m)
	if f.answer != nil {
		return f.answer(m)
	}
	return webhooks.Outcome{Status: 200}
}

// kinds are what arrived, in order.
func (f *far) kinds() []string {
	var out []string
	for _, m := range f.got {
		out = append(out, string(m.Kind))
	}
	return out
}

type scene struct {
	*worldtest.World
	far   *far
	hooks *webhooks.Hooks
}

func begin(t *testing.T) *scene {
	t.Helper()
	s := &scene{World: worldtest.New(t, workflowtest.NewMemory()), far: &far{}}
	s.hooks = webhooks.New(s.Desk, s.Vault, s.far)
	return s
}

func wish() webhooks.Wish {
	return webhooks.Wish{Name: "campus", URL: "https://hooks.example/in", Events: workflow.HookEvents, Enabled: true}
}

func (s *scene) hook(t *testing.T) workflow.Webhook {
	t.Helper()
	secret, w, err := s.hooks.Create(t.Context(), s.Admin.Actor(), wish())
	if err != nil || !strings.HasPrefix(secret, webhooks.SecretPrefix) {
		t.Fatal(secret, err)
	}
	return w
}

func (s *scene) deliver(t *testing.T) int {
	t.Helper()
	n, err := s.hooks.Deliver(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *scene) shown(t *testing.T, id int64) webhooks.Shown {
	t.Helper()
	w, err := s.hooks.Show(t.Context(), s.Admin.Actor(), id)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestDeliver_tellsALifeInItsOrder(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	r := s.Send(t)
	s.Do(t, s.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: s.Logistics.ID})
	s.Do(t, s.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.SignFor})
	if n := s.deliver(t); n != 4 || !slices.Equal(s.far.kinds(), []string{"case.received", "case.accepted", "case.routed", "case.signed_for"}) {
		t.Fatalf("%d: %v", n, s.far.kinds())
	}
	for i, m := range s.far.got {
		if m.Number != r.Number || len(m.Keys) != 1 || i > 0 && m.ID <= s.far.got[i-1].ID {
			t.Errorf("%+v", m)
		}
	}
	if n := s.deliver(t); n != 0 {
		t.Errorf("told again: %d", n)
	}
	if got := s.shown(t, w.ID); got.Count[workflow.DispatchSent] != 4 || got.Health.LastOK.IsZero() || got.Secret != nil {
		t.Errorf("%+v", got)
	}
}

func TestDeliver_triesAgainAndGivesUp(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	s.Send(t)
	s.far.answer = func(webhooks.Message) webhooks.Outcome {
		return webhooks.Outcome{Status: 422, Error: "webhook.error.status"}
	}
	var after []time.Duration
	last := s.Now()
	for len(s.far.got) < 6 {
		before := len(s.far.got)
		if s.deliver(t); len(s.far.got) > before {
			after, last = append(after, s.Now().Sub(last)), s.Now()
		}
		s.Pass(time.Minute)
	}
	want := []time.Duration{0, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour}
	if !slices.Equal(after, want) {
		t.Errorf("tried after %v, want %v", after, want)
	}
	s.Pass(48 * time.Hour)
	if n := s.deliver(t); n != 0 || s.shown(t, w.ID).Count[workflow.DispatchDead] != 1 {
		t.Errorf("%d: not given up", n)
	}
	s.far.answer = nil
	if n, err := s.hooks.Replay(t.Context(), s.Admin.Actor(), w.ID, 0); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	first := s.far.got[0].ID
	if s.deliver(t); s.far.got[len(s.far.got)-1].ID != first || s.shown(t, w.ID).Count[workflow.DispatchSent] != 1 {
		t.Errorf("%+v", s.far.got)
	}
}

// TestDeliver_leavesAloneWhoIsDown wants one try a minute, not one for each
// thing there is to tell, and everything once it is back.
func TestDeliver_leavesAloneWhoIsDown(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	for range 5 {
		s.Send(t)
	}
	s.far.answer = func(webhooks.Message) webhooks.Outcome { return webhooks.Outcome{Error: "webhook.error.timeout"} }
	for range 3 {
		s.deliver(t)
		s.deliver(t)
		s.Pass(time.Minute)
	}
	if n := len(s.far.got); n != 3 {
		t.Errorf("%d tries", n)
	}
	s.far.answer = func(webhooks.Message) webhooks.Outcome {
		return webhooks.Outcome{Status: 503, Error: "webhook.error.status", Wait: 10 * time.Minute}
	}
	s.deliver(t)
	s.Pass(9 * time.Minute)
	if n := s.deliver(t); n != 0 {
		t.Error("not left alone for as long as it asks")
	}
	s.far.answer = nil
	s.Pass(6 * time.Hour)
	if s.deliver(t); s.shown(t, w.ID).Count[workflow.DispatchSent] != 5 {
		t.Errorf("%v", s.shown(t, w.ID).Count)
	}
}

func TestDeliver_switchesOffWhoIsAwayForLong(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	s.far.answer = func(webhooks.Message) webhooks.Outcome { return webhooks.Outcome{Error: "webhook.error.connect"} }
	for day := 0; day < 4; day++ {
		s.Send(t)
		s.deliver(t)
		s.Pass(24*time.Hour + time.Minute)
	}
	got := s.shown(t, w.ID)
	if got.Enabled || got.Health.GivenUp.IsZero() {
		t.Fatalf("%+v", got)
	}
	told, err := s.Cases.Notices(t.Context(), s.Admin.Actor(), 0, 10)
	if err != nil || len(told) != 1 || told[0].Kind != workflow.NoticeWebhook {
		t.Errorf("told %+v, %v", told, err)
	}
	before := got.Count[workflow.DispatchWaiting]
	if s.Send(t); s.shown(t, w.ID).Count[workflow.DispatchWaiting] != before {
		t.Error("what happens now is kept for it")
	}
	again := wish()
	again.Version = got.Version
	if err := s.hooks.Change(t.Context(), s.Admin.Actor(), w.ID, again); err != nil {
		t.Fatal(err)
	}
	s.far.answer = nil
	s.Pass(24 * time.Hour)
	if n := s.deliver(t); n != before || !s.shown(t, w.ID).Health.FailingSince.IsZero() {
		t.Errorf("%d of %d went out", n, before)
	}
}

// TestDeliver_keepsSecrets is what no webhook is told.
func TestDeliver_keepsSecrets(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	late, early := s.Send(t), s.Send(t)
	if err := s.Cases.Seal(t.Context(), s.Clerk.Actor(), late.CaseID, "涉及违纪"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cases.Urgent(t.Context(), s.Discipline.Actor(), late.CaseID, ""); err != nil {
		t.Fatal(err)
	}
	s.deliver(t)
	if got := s.far.got; len(got) != 1 || got[0].Number != early.Number {
		t.Errorf("told %+v", got)
	}
	if n := s.shown(t, w.ID).Count[workflow.DispatchWithheld]; n != 1 {
		t.Errorf("withheld %d", n)
	}
}

// TestDeliver_blursAnonymousWriters wants the hour a letter came to be told, and
// only after it.
func TestDeliver_blursAnonymousWriters(t *testing.T) {
	s := begin(t)
	s.hook(t)
	s.Pass(20*time.Minute + 17*time.Second)
	r := s.Send(t, func(l *workflow.Letter) { l.Mode, l.Identity = workflow.Anonymous, workflow.Identity{} })
	s.Do(t, s.Clerk, r.CaseID, casework.Act{Action: workflow.Accept})
	if n := s.deliver(t); n != 0 {
		t.Errorf("told at once: %v", s.far.kinds())
	}
	s.Pass(40 * time.Minute)
	s.deliver(t)
	if !slices.Equal(s.far.kinds(), []string{"case.received", "case.accepted"}) || !s.far.got[0].At.Equal(workflowtest.Morning) {
		t.Errorf("%+v", s.far.got)
	}
}

func TestRotate_bothSignForAWhile(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	ctx, admin := t.Context(), s.Admin.Actor()
	keys := func() []string {
		t.Helper()
		if _, err := s.hooks.Test(ctx, admin, w.ID); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, k := range s.far.got[len(s.far.got)-1].Keys {
			out = append(out, k.ID)
		}
		return out
	}
	secret, err := s.hooks.Rotate(ctx, admin, w.ID, w.Version)
	if err != nil {
		t.Fatal(err)
	}
	fresh := s.shown(t, w.ID)
	if got := keys(); !slices.Equal(got, []string{fresh.KeyID, w.KeyID}) || s.far.got[0].Keys[0].Secret != secret {
		t.Errorf("signed with %v", got)
	}
	if _, err := s.hooks.Rotate(ctx, admin, w.ID, w.Version); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("a second click: %v", err)
	}
	s.Pass(webhooks.BothSign)
	if got := keys(); !slices.Equal(got, []string{fresh.KeyID}) {
		t.Errorf("afterwards %v", got)
	}
	if _, err := s.hooks.Rotate(ctx, admin, w.ID, fresh.Version); err != nil {
		t.Fatal(err)
	}
	if err := s.hooks.EndPrior(ctx, admin, w.ID, fresh.Version+1); err != nil || len(keys()) != 1 {
		t.Errorf("ended at once: %v", err)
	}
}

func TestTest_isOneMessageOfNoCase(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	s.far.answer = func(webhooks.Message) webhooks.Outcome {
		return webhooks.Outcome{Status: 500, Error: "webhook.error.status"}
	}
	out, err := s.hooks.Test(t.Context(), s.Admin.Actor(), w.ID)
	if err != nil || out.Status != 500 || s.far.got[0].Kind != workflow.TestEvent || s.far.got[0].Number != "" {
		t.Errorf("%+v %v", out, err)
	}
	s.Pass(time.Hour)
	if n := s.deliver(t); n != 0 {
		t.Error("a test is sent by itself")
	}
}

func TestHooks_areForAdministrators(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	for _, a := range []workflow.Account{s.Clerk, s.OfficeHead, s.Principal, s.LogisticsHead} {
		by, ctx := a.Actor(), t.Context()
		_, list := s.hooks.List(ctx, by)
		_, show := s.hooks.Show(ctx, by, w.ID)
		_, told := s.hooks.Dispatches(ctx, by, workflow.DispatchQuery{Webhook: w.ID})
		_, _, create := s.hooks.Create(ctx, by, wish())
		_, rotate := s.hooks.Rotate(ctx, by, w.ID, w.Version)
		_, test := s.hooks.Test(ctx, by, w.ID)
		_, replay := s.hooks.Replay(ctx, by, w.ID, 0)
		for i, err := range []error{
			list, show, told, create, rotate, test, replay, s.hooks.Change(ctx, by, w.ID, wish()), s.hooks.Remove(ctx, by, w.ID), s.hooks.EndPrior(ctx, by, w.ID, w.Version),
		} {
			if err == nil || workflow.KindOf(err) != workflow.NotFound {
				t.Errorf("%s %d: %v", a.Username, i, err)
			}
		}
	}
	if err := s.hooks.Remove(t.Context(), s.Admin.Actor(), w.ID); err != nil {
		t.Error(err)
	}
}

func TestCreate_refuses(t *testing.T) {
	s := begin(t)
	s.hook(t)
	for want, change := range map[string]func(*webhooks.Wish){
		"name": func(w *webhooks.Wish) { w.Name = " " }, "url": func(w *webhooks.Wish) { w.URL = "http://a" }, "events": func(w *webhooks.Wish) { w.Events = nil },
	} {
		w := wish()
		w.Name = "other"
		change(&w)
		_, _, err := s.hooks.Create(t.Context(), s.Admin.Actor(), w)
		if e, ok := errors.AsType[*workflow.Error](err); !ok || e.Field != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	w := wish()
	if _, _, err := s.hooks.Create(t.Context(), s.Admin.Actor(), w); err == nil || err.Error() != "webhook.name_taken" {
		t.Errorf("a name twice: %v", err)
	}
	w.Name, w.Events = "other", []workflow.HookEvent{"case.spied"}
	if _, _, err := s.hooks.Create(t.Context(), s.Admin.Actor(), w); err == nil {
		t.Error("an unknown event")
	}
}

// TestDeliver_afterADeath wants what a process had taken when it died to be sent
// by another one, under the same id.
func TestDeliver_afterADeath(t *testing.T) {
	s := begin(t)
	w := s.hook(t)
	s.Send(t)
	taken, err := s.Store.ClaimDispatch(t.Context(), w.ID, s.Now(), s.Now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if n := s.deliver(t); n != 0 {
		t.Error("what another process has in hand is sent as well")
	}
	s.Pass(time.Minute)
	if n := s.deliver(t); n != 1 || s.far.got[0].ID != taken.ID {
		t.Errorf("%d: %+v", n, s.far.got)
	}
}

// TestDeliver_letsNobodyWaitForTheSlow wants one webhook to be served while
// another one takes its time.
func TestDeliver_letsNobodyWaitForTheSlow(t *testing.T) {
	s := begin(t)
	slow := s.hook(t)
	other := wish()
	other.Name = "other"
	_, quick, err := s.hooks.Create(t.Context(), s.Admin.Actor(), other)
	if err != nil {
		t.Fatal(err)
	}
	s.Send(t)
	served := make(chan struct{})
	hooks := webhooks.New(s.Desk, s.Vault, waiting{s.far, func(m webhooks.Message) {
		if m.Webhook == slow.ID {
			<-served // for ever, if the other is not served meanwhile
		} else {
			close(served)
		}
	}})
	if n, err := hooks.Deliver(t.Context()); n != 2 || err != nil {
		t.Error(n, err)
	}
	if s.shown(t, quick.ID).Count[workflow.DispatchSent] != 1 || s.shown(t, slow.ID).Count[workflow.DispatchSent] != 1 {
		t.Error("something was not sent")
	}
}

// waiting does something before it sends.
type waiting struct {
	*far
	before func(webhooks.Message)
}

func (w waiting) Send(ctx context.Context, m webhooks.Message) webhooks.Outcome {
	w.before(m)
	return w.far.Send(ctx, m)
}
