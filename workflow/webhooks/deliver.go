package webhooks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mailbox/workflow"
)

// retries is how long after each failure a dispatch is tried again; after the
// last it is dead.
var retries = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour}

const (
	// round is how long one webhook is served before the others have their turn.
	round = 5 * time.Second
	// lease is how long a dispatch is one process's: longer than any answer takes.
	lease = time.Minute
	// rest is how long a webhook that cannot be reached is left alone, and
	// longestRest how long it may ask to be.
	rest, longestRest = time.Minute, time.Hour
	// giveUp is how long nothing may arrive before a webhook is switched off.
	giveUp = 3 * 24 * time.Hour
	// atOnce is how many webhooks are served beside each other.
	atOnce = 8
)

// Deliver sends what is due, each webhook for itself, and returns how much was
// tried. Any number of processes may do so.
func (h *Hooks) Deliver(ctx context.Context) (int, error) {
	due, err := h.desk.Store.DueWebhooks(ctx, h.desk.Now())
	if err != nil {
		return 0, err
	}
	tried, errs := make([]int, len(due)), make([]error, len(due))
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, id := range due {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			tried[i], errs[i] = h.serve(ctx, id)
		})
	}
	all.Wait()
	n := 0
	for _, some := range tried {
		n += some
	}
	return n, errors.Join(errs...)
}

// serve sends what is due to one webhook until nothing is, it rests, or the
// round is over.
func (h *Hooks) serve(ctx context.Context, id int64) (n int, err error) {
	end := h.desk.Now().Add(round)
	for ctx.Err() == nil && n < 1000 {
		now := h.desk.Now()
		if now.After(end) {
			return n, nil
		}
		d, err := h.desk.Store.ClaimDispatch(ctx, id, now, now.Add(lease))
		if err != nil {
			if workflow.KindOf(err) == workflow.NotFound {
				err = nil
			}
			return n, err
		}
		n++
		if err := h.try(ctx, d); err != nil {
			return n, err
		}
	}
	return n, nil
}

// try sends one dispatch and keeps what became of it.
func (h *Hooks) try(ctx context.Context, d workflow.Dispatch) error {
	secret, err := h.secret(ctx, d)
	if err != nil {
		return err
	}
	was := d.Attempts
	if secret {
		d.State, d.Ended = workflow.DispatchWithheld, h.desk.Now()
		return saved(h.desk.Store.SaveDispatch(ctx, d, was))
	}
	w, err := h.desk.Store.Webhook(ctx, d.Webhook)
	if err != nil {
		return err
	}
	out, err := h.send(ctx, w, d)
	if err != nil {
		return err
	}
	if ctx.Err() != nil && out.Error != "" {
		return nil // we were stopped, not the other side: the lease runs out
	}
	keep := context.WithoutCancel(ctx)
	return errors.Join(saved(h.desk.Store.SaveDispatch(keep, h.tried(d, out), was)), h.judge(keep, w, out))
}

// saved passes over what somebody else has settled meanwhile.
func saved(err error) error {
	if k := workflow.KindOf(err); err != nil && (k == workflow.Conflict || k == workflow.NotFound) {
		return nil
	}
	return err
}

// secret reports whether the case has gone where nothing is told of it.
func (h *Hooks) secret(ctx context.Context, d workflow.Dispatch) (bool, error) {
	if d.CaseID == 0 {
		return false, nil
	}
	c, err := h.desk.Store.Case(ctx, d.CaseID)
	return c.Sealed, err
}

func (h *Hooks) send(ctx context.Context, w workflow.Webhook, d workflow.Dispatch) (Outcome, error) {
	keys, err := h.keys(w, h.desk.Now())
	if err != nil {
		return Outcome{}, err
	}
	return h.sender.Send(ctx, Message{URL: w.URL, Keys: keys, Webhook: w.ID, ID: d.ID, Kind: d.Kind, Number: d.Number, At: d.At}), nil
}

// tried is a dispatch after one more attempt.
func (h *Hooks) tried(d workflow.Dispatch, out Outcome) workflow.Dispatch {
	now := h.desk.Now()
	d.Attempts++
	d.Status, d.Error, d.Lease = out.Status, out.Error, time.Time{}
	switch {
	case out.Error == "":
		d.State, d.Ended = workflow.DispatchSent, now
	case d.Attempts > len(retries):
		d.State, d.Ended = workflow.DispatchDead, now
	default:
		d.Next = now.Add(max(retries[d.Attempts-1], min(out.Wait, longestRest)))
	}
	return d
}

// judge notes how the webhook does. One that cannot be reached is left alone for
// a while; one that has failed for long is switched off, and the administrators
// are told.
func (h *Hooks) judge(ctx context.Context, w workflow.Webhook, out Outcome) error {
	now := h.desk.Now()
	health := workflow.WebhookHealth{LastOK: w.Health.LastOK, FailingSince: w.Health.FailingSince, LastStatus: out.Status, LastError: out.Error}
	if out.Error == "" {
		health.LastOK, health.FailingSince = now, time.Time{}
		return saved(h.desk.Store.NoteWebhook(ctx, w.ID, health))
	}
	if health.FailingSince.IsZero() {
		health.FailingSince = now
	}
	if out.tired() {
		health.Resume = now.Add(max(rest, min(out.Wait, longestRest)))
	}
	if now.Sub(health.FailingSince) < giveUp {
		return saved(h.desk.Store.NoteWebhook(ctx, w.ID, health))
	}
	health.GivenUp = now
	return h.giveUp(ctx, w, health)
}

// tired reports whether the other side cannot be reached at all, rather than
// refusing this one message.
func (o Outcome) tired() bool {
	return o.Error != "" && (o.Status < 400 || o.Status == 408 || o.Status == 429 || o.Status >= 500)
}

func (h *Hooks) giveUp(ctx context.Context, w workflow.Webhook, health workflow.WebhookHealth) error {
	return h.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		now, err := tx.Webhook(ctx, w.ID)
		if err != nil || !now.Enabled {
			return saved(err)
		}
		if err := tx.NoteWebhook(ctx, w.ID, health); err != nil {
			return err
		}
		if err := h.note(ctx, tx, 0, "webhook_given_up", w.Name, map[string]string{"url": w.URL}); err != nil {
			return err
		}
		return h.tell(ctx, tx, w, health.GivenUp)
	})
}

func (h *Hooks) tell(ctx context.Context, tx workflow.Store, w workflow.Webhook, at time.Time) error {
	accounts, err := tx.AccountsFor(ctx, 0, workflow.Admin)
	if err != nil {
		return err
	}
	t := workflow.Telling{
		Name: fmt.Sprintf("webhook:%d:given_up:%d", w.ID, at.Unix()), Kind: workflow.NoticeWebhook, At: at,
		Args: map[string]string{"title": w.Name, "href": fmt.Sprintf("/admin/webhooks/%d", w.ID)},
	}
	for _, a := range accounts {
		for _, n := range h.desk.Keeper.ForAccount(a, t) {
			if err := tx.AddNotice(ctx, &n); err != nil {
				return err
			}
		}
	}
	return nil
}

// Test sends a message of no case at once, whether or not the webhook is
// enabled, and returns what became of it.
func (h *Hooks) Test(ctx context.Context, by workflow.Actor, id int64) (Outcome, error) {
	if err := admins(by); err != nil {
		return Outcome{}, err
	}
	w, err := h.desk.Store.Webhook(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	now := h.desk.Now()
	d := workflow.Dispatch{Webhook: id, Kind: workflow.TestEvent, At: now, Next: now.Add(lease), State: workflow.DispatchWaiting}
	if err := h.desk.Store.AddDispatch(ctx, &d); err != nil {
		return Outcome{}, err
	}
	out, err := h.send(ctx, w, d)
	if err != nil {
		return out, err
	}
	was := d.Attempts
	d.Attempts, d.Status, d.Error, d.Ended, d.State = was+1, out.Status, out.Error, h.desk.Now(), workflow.DispatchSent
	if out.Error != "" {
		d.State = workflow.DispatchDead
	}
	return out, saved(h.desk.Store.SaveDispatch(context.WithoutCancel(ctx), d, was))
}
