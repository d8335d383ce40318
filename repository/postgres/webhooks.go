package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const webhookColumns = `
		id, name, url, events, enabled, key_id, secret, prior_id, prior, prior_until, version, created_at, changed_at,
		last_ok, failing_since, resume_at, last_status, last_error, given_up`

type webhookRow struct {
	ID         int64          `db:"id"`
	Name       string         `db:"name"`
	URL        string         `db:"url"`
	Events     pq.StringArray `db:"events"`
	Enabled    bool           `db:"enabled"`
	KeyID      string         `db:"key_id"`
	Secret     []byte         `db:"secret"`
	PriorID    string         `db:"prior_id"`
	Prior      []byte         `db:"prior"`
	PriorUntil instant        `db:"prior_until"`
	Version    int64          `db:"version"`
	Created    instant        `db:"created_at"`
	Changed    instant        `db:"changed_at"`
	LastOK     instant        `db:"last_ok"`
	Failing    instant        `db:"failing_since"`
	Resume     instant        `db:"resume_at"`
	Status     int            `db:"last_status"`
	Error      string         `db:"last_error"`
	GivenUp    instant        `db:"given_up"`
}

func (r webhookRow) toWebhook() workflow.Webhook {
	w := workflow.Webhook{
		ID: r.ID, Name: r.Name, URL: r.URL, Enabled: r.Enabled, KeyID: r.KeyID, Secret: r.Secret, PriorID: r.PriorID, Prior: r.Prior,
		PriorUntil: time.Time(r.PriorUntil), Version: r.Version, Created: time.Time(r.Created), Changed: time.Time(r.Changed),
		Health: workflow.WebhookHealth{
			LastOK: time.Time(r.LastOK), FailingSince: time.Time(r.Failing), Resume: time.Time(r.Resume),
			LastStatus: r.Status, LastError: r.Error, GivenUp: time.Time(r.GivenUp),
		},
	}
	for _, e := range r.Events {
		w.Events = append(w.Events, workflow.HookEvent(e))
	}
	return w
}

const sqlAddWebhook = `
	INSERT INTO webhooks (name, url, events, enabled, key_id, secret, prior_id, prior, prior_until, created_at, changed_at, changed_by)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	RETURNING id`

const sqlSaveWebhook = `
	UPDATE webhooks SET name = $2, url = $3, events = $4, enabled = $5, key_id = $6, secret = $7, prior_id = $8, prior = $9, prior_until = $10,
		changed_at = $11, changed_by = $12, version = version + 1
	WHERE id = $1 AND version = $13`

const sqlWebhookExists = `SELECT EXISTS (SELECT FROM webhooks WHERE id = $1)`

// SaveWebhook implements workflow.Webhooks.
func (s *Store) SaveWebhook(ctx context.Context, w *workflow.Webhook, by int64) error {
	set := []any{w.Name, w.URL, array(w.Events), w.Enabled, w.KeyID, w.Secret, w.PriorID, octets(w.Prior), instant(w.PriorUntil)}
	if w.ID == 0 {
		id, err := one[int64](ctx, s, "add webhook", sqlAddWebhook, append(set, instant(w.Created), instant(w.Changed), ref(by))...)
		if err == nil {
			w.ID, w.Version, w.Health = id, 1, workflow.WebhookHealth{}
		}
		return err
	}
	err := s.save(ctx, "save webhook", sqlSaveWebhook, sqlWebhookExists, w.ID, append(set, instant(w.Changed), ref(by), w.Version)...)
	if err == nil {
		w.Version++
	}
	return err
}

const sqlWebhook = `SELECT` + webhookColumns + ` FROM webhooks WHERE id = $1`

// Webhook implements workflow.Webhooks.
func (s *Store) Webhook(ctx context.Context, id int64) (workflow.Webhook, error) {
	r, err := one[webhookRow](ctx, s, "read webhook", sqlWebhook, id)
	return r.toWebhook(), err
}

const sqlWebhooks = `SELECT` + webhookColumns + ` FROM webhooks ORDER BY id`

// Webhooks implements workflow.Webhooks.
func (s *Store) Webhooks(ctx context.Context) ([]workflow.Webhook, error) {
	return many(ctx, s, "list webhooks", webhookRow.toWebhook, sqlWebhooks)
}

const sqlDropDispatches = `DELETE FROM dispatches WHERE webhook_id = $1`

const sqlDropWebhook = `DELETE FROM webhooks WHERE id = $1`

// DropWebhook implements workflow.Webhooks. What it is told at this very moment
// is sent to nobody and forgotten with the old ones.
func (s *Store) DropWebhook(ctx context.Context, id int64) error {
	return s.together(ctx, func(tx *Store) error {
		if err := tx.change(ctx, "drop webhook", sqlDropWebhook, id); err != nil {
			return err
		}
		_, err := tx.exec(ctx, "drop dispatches", sqlDropDispatches, id)
		return err
	})
}

const sqlNoteWebhook = `
	UPDATE webhooks SET last_ok = $2, failing_since = $3, resume_at = $4, last_status = $5, last_error = $6, given_up = $7::timestamptz,
		enabled = enabled AND $7::timestamptz IS NULL
	WHERE id = $1`

// NoteWebhook implements workflow.Webhooks.
func (s *Store) NoteWebhook(ctx context.Context, id int64, h workflow.WebhookHealth) error {
	return s.change(ctx, "note webhook", sqlNoteWebhook, id, instant(h.LastOK), instant(h.FailingSince), instant(h.Resume), h.LastStatus, h.LastError, instant(h.GivenUp))
}
