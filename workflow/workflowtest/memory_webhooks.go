package workflowtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// tellHooks stores what webhooks are told, beside what they are told of.
func tellHooks(ctx context.Context, tx workflow.Store, told []workflow.Dispatch) error {
	return tx.(*Memory).write(ctx, func(all *data) error { //nolint:errcheck // Atomic hands out Memories only
		for _, d := range told {
			for _, w := range byID(all.webhooks.where(func(w workflow.Webhook) bool { return w.Wants(d.Kind) })) {
				d.ID, d.Webhook = all.dispatches.next(), w.ID
				all.dispatches.put(d.ID, d)
			}
		}
		return nil
	})
}

func byID(all []workflow.Webhook) []workflow.Webhook {
	slices.SortFunc(all, func(a, b workflow.Webhook) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// SaveWebhook implements workflow.Webhooks.
func (m *Memory) SaveWebhook(ctx context.Context, w *workflow.Webhook, by int64) error {
	return m.write(ctx, func(all *data) error {
		if err := need(by == 0 || all.accounts.has(by)); err != nil {
			return err
		}
		if w.ID == 0 {
			w.ID, w.Version, w.Health = all.webhooks.next(), 1, workflow.WebhookHealth{}
			all.webhooks.put(w.ID, *w)
			return nil
		}
		was, err := all.webhooks.get(w.ID)
		switch {
		case err != nil:
			return err
		case was.Version != w.Version:
			return conflict()
		}
		w.Version++
		w.Created, w.Health = was.Created, was.Health
		all.webhooks.put(w.ID, *w)
		return nil
	})
}

// Webhook implements workflow.Webhooks.
func (m *Memory) Webhook(ctx context.Context, id int64) (workflow.Webhook, error) {
	return read(ctx, m, func(all *data) (workflow.Webhook, error) { return all.webhooks.get(id) })
}

// Webhooks implements workflow.Webhooks.
func (m *Memory) Webhooks(ctx context.Context) ([]workflow.Webhook, error) {
	return read(ctx, m, func(all *data) ([]workflow.Webhook, error) {
		return byID(all.webhooks.where(func(workflow.Webhook) bool { return true })), nil
	})
}

// DropWebhook implements workflow.Webhooks.
func (m *Memory) DropWebhook(ctx context.Context, id int64) error {
	return m.write(ctx, func(all *data) error {
		if err := need(all.webhooks.has(id)); err != nil {
			return err
		}
		for _, d := range all.dispatches.where(func(d workflow.Dispatch) bool { return d.Webhook == id }) {
			all.dispatches.drop(d.ID)
		}
		all.webhooks.drop(id)
		return nil
	})
}

// NoteWebhook implements workflow.Webhooks.
func (m *Memory) NoteWebhook(ctx context.Context, id int64, h workflow.WebhookHealth) error {
	return m.write(ctx, func(all *data) error {
		w, err := all.webhooks.get(id)
		if err != nil {
			return err
		}
		w.Health = h
		w.Enabled = w.Enabled && h.GivenUp.IsZero()
		all.webhooks.put(id, w)
		return nil
	})
}

// AddDispatch implements workflow.Webhooks.
func (m *Memory) AddDispatch(ctx context.Context, d *workflow.Dispatch) error {
	return m.write(ctx, func(all *data) error {
		d.ID = all.dispatches.next()
		all.dispatches.put(d.ID, *d)
		return nil
	})
}

// due lists what is due of a webhook, in order.
func (d *data) due(webhook int64, now time.Time) []workflow.Dispatch {
	w, err := d.webhooks.get(webhook)
	if err != nil || !w.Enabled || w.Health.Resume.After(now) {
		return nil
	}
	waiting := func(x workflow.Dispatch) bool { return x.Webhook == webhook && x.State == workflow.DispatchWaiting }
	out := d.dispatches.where(func(x workflow.Dispatch) bool {
		earlier := func(o workflow.Dispatch) bool {
			return waiting(o) && o.CaseID != 0 && o.CaseID == x.CaseID && o.ID < x.ID
		}
		return waiting(x) && !x.Next.After(now) && !x.Lease.After(now) && !d.dispatches.any(earlier)
	})
	slices.SortFunc(out, func(a, b workflow.Dispatch) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// DueWebhooks implements workflow.Webhooks.
func (m *Memory) DueWebhooks(ctx context.Context, now time.Time) ([]int64, error) {
	return read(ctx, m, func(all *data) ([]int64, error) {
		var out []int64
		for _, w := range byID(all.webhooks.where(func(w workflow.Webhook) bool { return len(all.due(w.ID, now)) > 0 })) {
			out = append(out, w.ID)
		}
		return out, nil
	})
}

// ClaimDispatch implements workflow.Webhooks.
func (m *Memory) ClaimDispatch(ctx context.Context, webhook int64, now, lease time.Time) (workflow.Dispatch, error) {
	var out workflow.Dispatch
	err := m.write(ctx, func(all *data) error {
		due := all.due(webhook, now)
		if len(due) == 0 {
			return workflow.Absent()
		}
		out = due[0]
		out.Lease = lease
		all.dispatches.put(out.ID, out)
		return nil
	})
	return out, err
}

// SaveDispatch implements workflow.Webhooks.
func (m *Memory) SaveDispatch(ctx context.Context, d workflow.Dispatch, was int) error {
	return m.write(ctx, func(all *data) error {
		stored, err := all.dispatches.get(d.ID)
		switch {
		case err != nil:
			return err
		case stored.Attempts != was || stored.State != workflow.DispatchWaiting:
			return conflict()
		}
		all.dispatches.put(d.ID, d)
		return nil
	})
}

// Dispatches implements workflow.Webhooks.
func (m *Memory) Dispatches(ctx context.Context, q workflow.DispatchQuery) ([]workflow.Dispatch, error) {
	return read(ctx, m, func(all *data) ([]workflow.Dispatch, error) {
		return newest(all.dispatches.where(func(d workflow.Dispatch) bool {
			return d.Webhook == q.Webhook && (q.State == "" || d.State == q.State) && below(d.ID, q.Before)
		}), q.Limit), nil
	})
}

// CountDispatches implements workflow.Webhooks.
func (m *Memory) CountDispatches(ctx context.Context, webhook int64) (map[workflow.DispatchState]int, error) {
	return read(ctx, m, func(all *data) (map[workflow.DispatchState]int, error) {
		out := map[workflow.DispatchState]int{}
		for _, d := range all.dispatches.where(func(d workflow.Dispatch) bool { return d.Webhook == webhook }) {
			out[d.State]++
		}
		return out, nil
	})
}

// ReplayDispatches implements workflow.Webhooks.
func (m *Memory) ReplayDispatches(ctx context.Context, webhook, id int64, at time.Time) (n int, err error) {
	err = m.write(ctx, func(all *data) error {
		for _, d := range all.dispatches.where(func(d workflow.Dispatch) bool {
			return d.Webhook == webhook && d.State == workflow.DispatchDead && (id == 0 || d.ID == id)
		}) {
			d.State, d.Attempts, d.Next, d.Lease, d.Ended = workflow.DispatchWaiting, 0, at, time.Time{}, time.Time{}
			all.dispatches.put(d.ID, d)
			n++
		}
		return nil
	})
	return n, err
}

// ForgetDispatches implements workflow.Webhooks.
func (m *Memory) ForgetDispatches(ctx context.Context, before time.Time) error {
	return m.write(ctx, func(all *data) error {
		for _, d := range all.dispatches.where(func(d workflow.Dispatch) bool {
			return d.State != workflow.DispatchWaiting && d.Ended.Before(before) || !all.webhooks.has(d.Webhook)
		}) {
			all.dispatches.drop(d.ID)
		}
		return nil
	})
}
