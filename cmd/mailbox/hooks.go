package main

import (
	"context"
	"errors"
	"fmt"

	"mailbox/handlers/webhook"
	"mailbox/workflow"
	"mailbox/workflow/webhooks"
)

// joinHooks makes what tells other programs.
func (a *app) joinHooks(c *Config) error {
	allowed, err := webhook.ParseAllowed(c.WebhookAllow)
	if err != nil {
		return fmt.Errorf("MAILBOX_WEBHOOK_ALLOW: %w", err)
	}
	sender := webhook.NewSender(webhook.Config{Allowed: allowed, PublicURL: c.PublicURL, Now: a.collegeNow(c)})
	a.hooks = webhooks.New(a.desk, a.vault, sender)
	return nil
}

// tellHooks sends until nothing waits.
func (a *app) tellHooks(ctx context.Context) error {
	for {
		n, err := a.hooks.Deliver(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// forgetPrograms forgets what programs sent and were told long ago.
func (a *app) forgetPrograms(ctx context.Context) error {
	now := a.desk.Now()
	return errors.Join(a.store.ForgetDeeds(ctx, now.Add(-workflow.DeedsKept)), a.store.ForgetDispatches(ctx, now.Add(-workflow.DispatchesKept)))
}
