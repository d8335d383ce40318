// Package webhooks tells programs of other systems what happens to cases:
// administrators say who is told what, a courier sends what was written down
// with the events, and whoever cannot be reached for long is given up visibly.
package webhooks

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

// What there may be of webhooks.
const (
	MaxWebhooks = 20
	MaxName     = 60
	MaxURL      = 500
)

// BothSign is how long the secret before signs beside the new one.
const BothSign = 7 * 24 * time.Hour

// SecretPrefix begins every secret, so that one that got loose is recognised.
const SecretPrefix = "whs_"

// Vault seals secrets; access.Vault does.
type Vault interface {
	SealFor(purpose string, plain []byte) []byte
	OpenFor(purpose string, sealed []byte) ([]byte, error)
}

// Key is a secret and the name it goes by.
type Key struct{ ID, Secret string }

// String hides the secret.
func (k Key) String() string { return k.ID + " •••" }

// GoString hides the secret from %#v.
func (k Key) GoString() string { return k.String() }

// Message is what is sent to a webhook. The first key is the new one.
type Message struct {
	URL     string
	Keys    []Key
	Webhook int64
	ID      int64
	Kind    workflow.HookEvent
	Number  string // of the case; "" in a test
	At      time.Time
}

// Outcome is what became of sending. Error is a catalogue key, "" when the
// other side took it.
type Outcome struct {
	Status int
	Error  string
	Wait   time.Duration // how long the other side asks to be left alone
}

// Sender brings messages to their addresses.
type Sender interface {
	// Check refuses, as Invalid about "url", an address that is not to be told.
	Check(url string) error
	Send(ctx context.Context, m Message) Outcome
}

// Hooks are the webhooks of the college.
type Hooks struct {
	desk   *workflow.Desk
	vault  Vault
	sender Sender
}

// New returns Hooks.
func New(desk *workflow.Desk, vault Vault, sender Sender) *Hooks {
	return &Hooks{desk: desk, vault: vault, sender: sender}
}

// Wish is what a webhook is to be.
type Wish struct {
	Name    string
	URL     string
	Events  []workflow.HookEvent
	Enabled bool
	Version int64 // as the person saw it
}

// Shown is a webhook with what became of what it was told. Its secrets are not
// in it.
type Shown struct {
	workflow.Webhook
	Count map[workflow.DispatchState]int
}

func (h *Hooks) check(w *Wish) error {
	url := workflow.OneLine("url", &w.URL, MaxURL, true)
	if url == nil {
		url = h.sender.Check(w.URL)
	}
	return errors.Join(workflow.OneLine("name", &w.Name, MaxName, true), url, w.checkEvents())
}

// checkEvents refuses events that there are not, and puts the others in order.
func (w *Wish) checkEvents() error {
	if len(w.Events) == 0 {
		return workflow.Wrong("events", "webhook.events_none")
	}
	for _, e := range w.Events {
		if !slices.Contains(workflow.HookEvents, e) {
			return workflow.Wrong("events", "invalid.choice")
		}
	}
	chosen := w.Events
	w.Events = slices.DeleteFunc(slices.Clone(workflow.HookEvents), func(e workflow.HookEvent) bool { return !slices.Contains(chosen, e) })
	return nil
}

func admins(by workflow.Actor) error {
	if !by.Is(workflow.Admin) {
		return workflow.Absent()
	}
	return nil
}

// List shows every webhook.
func (h *Hooks) List(ctx context.Context, by workflow.Actor) ([]Shown, error) {
	if err := admins(by); err != nil {
		return nil, err
	}
	all, err := h.desk.Store.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Shown, 0, len(all))
	for _, w := range all {
		s, err := h.shown(ctx, w)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Show shows one webhook.
func (h *Hooks) Show(ctx context.Context, by workflow.Actor, id int64) (Shown, error) {
	if err := admins(by); err != nil {
		return Shown{}, err
	}
	w, err := h.desk.Store.Webhook(ctx, id)
	if err != nil {
		return Shown{}, err
	}
	return h.shown(ctx, w)
}

func (h *Hooks) shown(ctx context.Context, w workflow.Webhook) (Shown, error) {
	count, err := h.desk.Store.CountDispatches(ctx, w.ID)
	if w.Prior != nil && !w.PriorUntil.After(h.desk.Now()) {
		w.PriorID, w.PriorUntil = "", time.Time{}
	}
	w.Secret, w.Prior = nil, nil
	return Shown{w, count}, err
}

// Dispatches lists what a webhook was told, newest first.
func (h *Hooks) Dispatches(ctx context.Context, by workflow.Actor, q workflow.DispatchQuery) ([]workflow.Dispatch, error) {
	if err := admins(by); err != nil {
		return nil, err
	}
	return h.desk.Store.Dispatches(ctx, q)
}

// Create adds a webhook. Its secret is returned this once.
func (h *Hooks) Create(ctx context.Context, by workflow.Actor, wish Wish) (secret string, w workflow.Webhook, err error) {
	if err := admins(by); err != nil {
		return "", w, err
	}
	if err := h.check(&wish); err != nil {
		return "", w, err
	}
	now := h.desk.Now().UTC()
	key := freshKey()
	err = h.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		w = workflow.Webhook{Name: wish.Name, URL: wish.URL, Events: wish.Events, Enabled: wish.Enabled, KeyID: key.ID, Secret: h.seal(key), Created: now, Changed: now}
		if err := h.note(ctx, tx, by.ID, "webhook_add", wish.Name, map[string]string{"url": wish.URL}); err != nil {
			return err // the journal comes first: it keeps others waiting
		}
		all, err := tx.Webhooks(ctx)
		switch {
		case err != nil:
			return err
		case len(all) >= MaxWebhooks:
			return workflow.Wrong("name", "webhook.too_many", MaxWebhooks)
		case slices.ContainsFunc(all, func(o workflow.Webhook) bool { return o.Name == wish.Name }):
			return workflow.Wrong("name", "webhook.name_taken")
		}
		return tx.SaveWebhook(ctx, &w, by.ID)
	})
	return key.Secret, w, err
}

// Change changes a webhook. One that is switched on again begins well.
func (h *Hooks) Change(ctx context.Context, by workflow.Actor, id int64, wish Wish) error {
	if err := admins(by); err != nil {
		return err
	}
	if err := h.check(&wish); err != nil {
		return err
	}
	return h.change(ctx, by, id, wish.Version, "webhook_change", func(tx workflow.Store, w *workflow.Webhook) error {
		anew := wish.Enabled && !w.Enabled || wish.URL != w.URL
		w.Name, w.URL, w.Events, w.Enabled = wish.Name, wish.URL, wish.Events, wish.Enabled
		if anew {
			return tx.NoteWebhook(ctx, id, workflow.WebhookHealth{LastOK: w.Health.LastOK})
		}
		return nil
	})
}

// Rotate gives a webhook a new secret, which is returned this once. The one
// before signs as well for a while.
func (h *Hooks) Rotate(ctx context.Context, by workflow.Actor, id, version int64) (secret string, err error) {
	if err := admins(by); err != nil {
		return "", err
	}
	key := freshKey()
	err = h.change(ctx, by, id, version, "webhook_rotate", func(_ workflow.Store, w *workflow.Webhook) error {
		w.PriorID, w.Prior, w.PriorUntil = w.KeyID, w.Secret, h.desk.Now().Add(BothSign).UTC()
		w.KeyID, w.Secret = key.ID, h.seal(key)
		return nil
	})
	return key.Secret, err
}

// EndPrior lets the secret before sign no more.
func (h *Hooks) EndPrior(ctx context.Context, by workflow.Actor, id, version int64) error {
	return h.change(ctx, by, id, version, "webhook_end_prior", func(_ workflow.Store, w *workflow.Webhook) error {
		w.PriorID, w.Prior, w.PriorUntil = "", nil, time.Time{}
		return nil
	})
}

// Remove forgets a webhook; what waits for it is not sent.
func (h *Hooks) Remove(ctx context.Context, by workflow.Actor, id int64) error {
	if err := admins(by); err != nil {
		return err
	}
	return h.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		w, err := tx.Webhook(ctx, id)
		if err != nil {
			return err
		}
		if err := h.note(ctx, tx, by.ID, "webhook_remove", w.Name, map[string]string{"url": w.URL}); err != nil {
			return err
		}
		return tx.DropWebhook(ctx, id)
	})
}

// Replay lets a dead dispatch, or with 0 all of them, be sent again.
func (h *Hooks) Replay(ctx context.Context, by workflow.Actor, id, dispatch int64) (n int, err error) {
	if err := admins(by); err != nil {
		return 0, err
	}
	err = h.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		w, err := tx.Webhook(ctx, id)
		if err != nil {
			return err
		}
		if n, err = tx.ReplayDispatches(ctx, id, dispatch, h.desk.Now()); err != nil || n == 0 {
			return err
		}
		return h.note(ctx, tx, by.ID, "webhook_replay", w.Name, map[string]string{"count": strconv.Itoa(n)})
	})
	return n, err
}

// change changes a webhook at a version and notes it.
func (h *Hooks) change(ctx context.Context, by workflow.Actor, id, version int64, action string, set func(workflow.Store, *workflow.Webhook) error) error {
	if err := admins(by); err != nil {
		return err
	}
	return h.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		w, err := tx.Webhook(ctx, id)
		switch {
		case err != nil:
			return err
		case w.Version != version:
			return workflow.Stale()
		}
		w.Changed = h.desk.Now().UTC()
		if err := set(tx, &w); err != nil {
			return err
		}
		if err := tx.SaveWebhook(ctx, &w, by.ID); err != nil {
			return err
		}
		return h.note(ctx, tx, by.ID, action, w.Name, map[string]string{"url": w.URL})
	})
}

func (h *Hooks) note(ctx context.Context, tx workflow.Store, by int64, action, name string, detail map[string]string) error {
	e := workflow.JournalEntry{At: h.desk.Now(), Account: by, Action: action, Subject: "webhook:" + name, Detail: detail}
	return tx.AddJournal(ctx, e, h.desk.Keeper.Chain.LinkJournal)
}

// freshKey makes a secret of 260 random bits, and a name for it that tells
// nothing of it.
func freshKey() Key {
	return Key{ID: "k_" + strings.ToLower(rand.Text()[:10]), Secret: SecretPrefix + strings.ToLower(rand.Text()+rand.Text())}
}

func purpose(keyID string) string { return "webhooks/" + keyID }

func (h *Hooks) seal(k Key) []byte { return h.vault.SealFor(purpose(k.ID), []byte(k.Secret)) }

// keys are the secrets that sign at a moment, the new one first.
func (h *Hooks) keys(w workflow.Webhook, at time.Time) ([]Key, error) {
	secret, err := h.vault.OpenFor(purpose(w.KeyID), w.Secret)
	if err != nil {
		return nil, fmt.Errorf("open secret of webhook: %w", err)
	}
	out := []Key{{w.KeyID, string(secret)}}
	if w.Prior == nil || !w.PriorUntil.After(at) {
		return out, nil
	}
	prior, err := h.vault.OpenFor(purpose(w.PriorID), w.Prior)
	if err != nil {
		return nil, fmt.Errorf("open secret of webhook: %w", err)
	}
	return append(out, Key{w.PriorID, string(prior)}), nil
}
