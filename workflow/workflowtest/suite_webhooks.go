package workflowtest

import (
	"errors"
	"testing"
	"time"

	"mailbox/workflow"
)

var webhookPromises = []promise{
	{"a webhook is stored, changed at its version, and dropped with what it was told", webhookStored},
	{"how a webhook does is noted apart from its settings", webhookHealth},
	{"what happens to a case is told to the webhooks that want it, with the event or not at all", webhookTold},
	{"of one case the earlier dispatch goes first, and a claimed one is nobody else's", dispatchOrder},
	{"a dispatch is tried, given up and tried anew", dispatchTried},
	{"old dispatches are forgotten", dispatchForgotten},
}

// hook stores an enabled webhook that wants the events.
func hook(t *testing.T, s workflow.Store, c College, events ...workflow.HookEvent) workflow.Webhook {
	t.Helper()
	w := workflow.Webhook{
		Name: "campus", URL: "https://hooks.example/in", Events: events, Enabled: true, KeyID: "k1", Secret: []byte("sealed"),
		Created: Morning.UTC(), Changed: Morning.UTC(),
	}
	must(t, s.SaveWebhook(t.Context(), &w, c.Admin.ID))
	return w
}

func webhookStored(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	w := hook(t, s, c, "case.received", "case.answered")
	same(t, "stored", ok(s.Webhook(ctx, w.ID))(t), w)
	stale := w
	w.Name, w.Enabled, w.PriorID, w.Prior, w.PriorUntil = "other", false, "k1", []byte("sealed"), Morning.Add(time.Hour).UTC()
	w.KeyID, w.Secret, w.Changed = "k2", []byte("sealed anew"), Morning.Add(time.Minute).UTC()
	must(t, s.SaveWebhook(ctx, &w, c.Admin.ID))
	same(t, "listed", ok(s.Webhooks(ctx))(t), []workflow.Webhook{w})
	wantKind(t, workflow.Conflict, s.SaveWebhook(ctx, &stale, c.Admin.ID))
	must(t, s.AddDispatch(ctx, &workflow.Dispatch{Webhook: w.ID, Kind: workflow.TestEvent, At: Morning, Next: Morning, State: workflow.DispatchWaiting}))
	must(t, s.DropWebhook(ctx, w.ID))
	_, err := s.Webhook(ctx, w.ID)
	absent(t, "dropped", err)
	same(t, "told", len(ok(s.Dispatches(ctx, workflow.DispatchQuery{Webhook: w.ID, Limit: 10}))(t)), 0)
	absent(t, "a second time", s.DropWebhook(ctx, w.ID))
}

func webhookHealth(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	w := hook(t, s, c, "case.received")
	h := workflow.WebhookHealth{FailingSince: Morning.UTC(), Resume: Morning.Add(time.Minute).UTC(), LastStatus: 503, LastError: "webhook.error.status"}
	must(t, s.NoteWebhook(ctx, w.ID, h))
	w.Health = h
	same(t, "noted", ok(s.Webhook(ctx, w.ID))(t), w)
	must(t, s.SaveWebhook(ctx, &w, c.Admin.ID))
	same(t, "saved", ok(s.Webhook(ctx, w.ID))(t), w)
	h.GivenUp = Morning.UTC()
	must(t, s.NoteWebhook(ctx, w.ID, h))
	same(t, "given up", ok(s.Webhook(ctx, w.ID))(t).Enabled, false)
}

// happen changes a case as a step does, with what is told of it.
func happen(t *testing.T, s workflow.Store, k *workflow.Case, told ...workflow.Dispatch) {
	t.Helper()
	change := workflow.Change{Case: *k, Told: told}
	must(t, s.SaveChanges(t.Context(), &change))
	*k = change.Case
}

func saying(k workflow.Case, kind workflow.HookEvent) workflow.Dispatch {
	return workflow.Dispatch{CaseID: k.ID, Number: k.Number, Kind: kind, At: Morning.UTC(), Next: Morning.UTC(), State: workflow.DispatchWaiting}
}

// told are the kinds a webhook was told, in order.
func told(t *testing.T, s workflow.Store, w workflow.Webhook) []workflow.HookEvent {
	t.Helper()
	var out []workflow.HookEvent
	all := ok(s.Dispatches(t.Context(), workflow.DispatchQuery{Webhook: w.ID, Limit: 100}))(t)
	for i := range all {
		out = append(out, all[len(all)-1-i].Kind)
	}
	return out
}

func webhookTold(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	all, some := hook(t, s, c, "case.received", "case.accepted", "case.routed"), hook(t, s, c, "case.routed")
	off := hook(t, s, c, "case.routed")
	off.Enabled = false
	must(t, s.SaveWebhook(ctx, &off, c.Admin.ID))
	b := draftBirth(t, s, c)
	must(t, s.AddBirth(ctx, &b))
	happen(t, s, &b.Case, saying(b.Case, "case.accepted"), saying(b.Case, "case.routed"))
	same(t, "of all", told(t, s, all), []workflow.HookEvent{"case.received", "case.accepted", "case.routed"})
	same(t, "of some", told(t, s, some), []workflow.HookEvent{"case.routed"})
	same(t, "switched off", len(told(t, s, off)), 0)
	first := ok(s.ClaimDispatch(ctx, all.ID, Morning, Morning.Add(time.Minute)))(t)
	want := saying(b.Case, "case.received")
	want.ID, want.Webhook, want.Lease = first.ID, all.ID, Morning.Add(time.Minute).UTC()
	same(t, "stored", first, want)

	gone := errors.New("not kept")
	err := s.Atomic(ctx, func(tx workflow.Store) error {
		if err := tx.SaveChanges(ctx, &workflow.Change{Case: b.Case, Told: []workflow.Dispatch{saying(b.Case, "case.routed")}}); err != nil {
			return err
		}
		return gone
	})
	if !errors.Is(err, gone) || len(told(t, s, some)) != 1 {
		t.Errorf("%v: something was told of what did not happen", err)
	}
}

func dispatchOrder(t *testing.T, s workflow.Store, c College) {
	ctx, lease := t.Context(), Morning.Add(time.Minute)
	w := hook(t, s, c, "case.accepted", "case.routed")
	one, two := NewCase(t, s), NewCase(t, s)
	held := saying(one, "case.accepted")
	held.Next = Morning.Add(time.Hour).UTC()
	happen(t, s, &one, held, saying(one, "case.routed"))
	happen(t, s, &two, saying(two, "case.accepted"))
	same(t, "due", ok(s.DueWebhooks(ctx, Morning))(t), []int64{w.ID})
	first := ok(s.ClaimDispatch(ctx, w.ID, Morning, lease))(t)
	same(t, "of the other case", first.CaseID, two.ID)
	_, err := s.ClaimDispatch(ctx, w.ID, Morning, lease)
	absent(t, "held back", err)
	same(t, "nothing due", len(ok(s.DueWebhooks(ctx, Morning))(t)), 0)
	later := Morning.Add(2 * time.Hour)
	errs := together(4, func(int) error {
		d, err := s.ClaimDispatch(ctx, w.ID, later, later.Add(time.Minute))
		if err == nil && d.Kind != "case.accepted" {
			return errors.New("a later one went first")
		}
		return err
	})
	n := 0
	for _, err := range errs {
		switch {
		case err == nil:
			n++
		case workflow.KindOf(err) != workflow.NotFound:
			t.Error(err)
		}
	}
	same(t, "claimed", n, 2) // the held one, and the lease that ran out
	must(t, s.NoteWebhook(ctx, w.ID, workflow.WebhookHealth{Resume: later.Add(time.Hour)}))
	_, err = s.ClaimDispatch(ctx, w.ID, later.Add(30*time.Minute), later.Add(time.Hour))
	absent(t, "while the webhook rests", err)
}

func dispatchTried(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	w := hook(t, s, c, "case.accepted")
	k := NewCase(t, s)
	happen(t, s, &k, saying(k, "case.accepted"))
	d := ok(s.ClaimDispatch(ctx, w.ID, Morning, Morning.Add(time.Minute)))(t)
	d.Attempts, d.State, d.Status, d.Error, d.Ended, d.Lease = 6, workflow.DispatchDead, 500, "webhook.error.status", Morning.UTC(), time.Time{}
	must(t, s.SaveDispatch(ctx, d, 0))
	wantKind(t, workflow.Conflict, s.SaveDispatch(ctx, d, 0))
	same(t, "dead", ok(s.Dispatches(ctx, workflow.DispatchQuery{Webhook: w.ID, State: workflow.DispatchDead, Limit: 10}))(t), []workflow.Dispatch{d})
	same(t, "counted", ok(s.CountDispatches(ctx, w.ID))(t), map[workflow.DispatchState]int{workflow.DispatchDead: 1})
	same(t, "another", ok(s.ReplayDispatches(ctx, w.ID, d.ID+1, Morning))(t), 0)
	same(t, "anew", ok(s.ReplayDispatches(ctx, w.ID, 0, Morning.Add(time.Hour)))(t), 1)
	same(t, "twice", ok(s.ReplayDispatches(ctx, w.ID, d.ID, Morning.Add(time.Hour)))(t), 0)
	again := ok(s.ClaimDispatch(ctx, w.ID, Morning.Add(time.Hour), Morning.Add(2*time.Hour)))(t)
	if again.ID != d.ID || again.Attempts != 0 {
		t.Errorf("%+v", again)
	}
}

func dispatchForgotten(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	w := hook(t, s, c, "case.accepted")
	k := NewCase(t, s)
	happen(t, s, &k, saying(k, "case.accepted"))
	d := ok(s.ClaimDispatch(ctx, w.ID, Morning, Morning.Add(time.Minute)))(t)
	d.Attempts, d.State, d.Ended = 1, workflow.DispatchSent, Morning.UTC()
	must(t, s.SaveDispatch(ctx, d, 0))
	happen(t, s, &k, saying(k, "case.accepted"))
	must(t, s.ForgetDispatches(ctx, Morning))
	same(t, "at that moment", len(told(t, s, w)), 2)
	must(t, s.ForgetDispatches(ctx, Morning.Add(time.Second)))
	same(t, "waiting ones stay", len(told(t, s, w)), 1)
}
