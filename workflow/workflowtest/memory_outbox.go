package workflowtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// AddNotice implements workflow.Outbox.
func (m *Memory) AddNotice(ctx context.Context, n *workflow.Notice) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.caseRef(n.CaseID), d.message(n.Message), d.writer(n.Writer), d.account(n.Account)); err != nil {
			return err
		}
		if d.notices.any(func(o workflow.Notice) bool { return o.Dedup == n.Dedup }) {
			n.ID = 0
			return nil
		}
		if d.notices.any(func(o workflow.Notice) bool { return o.MessageID == n.MessageID }) {
			return conflict()
		}
		if (n.Writer == "") == (n.Account == 0) {
			return refused("a notice is for a writer or an account")
		}
		n.ID = d.notices.next()
		d.notices.put(n.ID, *n)
		return nil
	})
}

// TakeNotices implements workflow.Outbox.
func (m *Memory) TakeNotices(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]workflow.Notice, error) {
	var out []workflow.Notice
	err := m.write(ctx, func(d *data) error {
		due := d.notices.where(func(n workflow.Notice) bool { return n.State == workflow.Queued && !n.Next.After(now) })
		slices.SortStableFunc(due, func(a, b workflow.Notice) int { return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.ID, b.ID)) })
		out = first(due, limit)
		for i := range out {
			out[i].State, out[i].Lease = workflow.Sending, now.Add(lease)
			out[i].Attempt++
			d.notices.put(out[i].ID, out[i])
			out[i] = copied(out[i])
		}
		return nil
	})
	return out, err
}

// FinishNotice implements workflow.Outbox.
func (m *Memory) FinishNotice(ctx context.Context, n workflow.Notice, r workflow.SendResult, next, at time.Time) error {
	return m.write(ctx, func(d *data) error {
		stored, err := d.notices.get(n.ID)
		if err != nil {
			return err
		}
		if stored.State != workflow.Sending || stored.Attempt != n.Attempt {
			return conflict()
		}
		stored.State, stored.Reason, stored.Lease = r.State, r.Reason, time.Time{}
		switch r.State {
		case workflow.Sent:
			stored.Sent, stored.Secret = at, nil
		case workflow.Queued:
			stored.Next = next
		case workflow.Failed, workflow.Uncertain:
		case workflow.Sending:
			return refused("an attempt that is finished is not under way")
		}
		d.notices.put(n.ID, stored)
		return nil
	})
}

// ReapNotices implements workflow.Outbox.
func (m *Memory) ReapNotices(ctx context.Context, now time.Time) ([]workflow.Notice, error) {
	var out []workflow.Notice
	err := m.write(ctx, func(d *data) error {
		out = d.notices.where(func(n workflow.Notice) bool { return n.State == workflow.Sending && n.Lease.Before(now) })
		for i := range out {
			out[i].State, out[i].Lease = workflow.Uncertain, time.Time{}
			d.notices.put(out[i].ID, out[i])
		}
		return nil
	})
	return out, err
}

// Notice implements workflow.Outbox.
func (m *Memory) Notice(ctx context.Context, id int64) (workflow.Notice, error) {
	return read(ctx, m, func(d *data) (workflow.Notice, error) { return d.notices.get(id) })
}

// noticesWhere returns the notices that fit, oldest first.
func (m *Memory) noticesWhere(ctx context.Context, fits func(workflow.Notice) bool) ([]workflow.Notice, error) {
	return read(ctx, m, func(d *data) ([]workflow.Notice, error) { return d.notices.where(fits), nil })
}

// NoticesOf implements workflow.Outbox.
func (m *Memory) NoticesOf(ctx context.Context, caseID int64) ([]workflow.Notice, error) {
	return m.noticesWhere(ctx, func(n workflow.Notice) bool { return n.CaseID == caseID })
}

// Undelivered implements workflow.Outbox.
func (m *Memory) Undelivered(ctx context.Context, before int64, limit int) ([]workflow.Notice, error) {
	out, err := m.noticesWhere(ctx, func(n workflow.Notice) bool {
		return troubled(n) && n.Settled.IsZero() && below(n.ID, before)
	})
	return newest(out, limit), err
}

func troubled(n workflow.Notice) bool {
	return n.State == workflow.Failed || n.State == workflow.Uncertain
}

// Outgoing implements workflow.Outbox.
func (m *Memory) Outgoing(ctx context.Context, before int64, limit int) ([]workflow.Notice, error) {
	out, err := m.noticesWhere(ctx, func(n workflow.Notice) bool { return n.Channel == workflow.ByEmail && below(n.ID, before) })
	return newest(out, limit), err
}

// SettleNotice implements workflow.Outbox.
func (m *Memory) SettleNotice(ctx context.Context, id, by int64, again bool, at time.Time) error {
	return m.write(ctx, func(d *data) error {
		n, err := d.notices.get(id)
		if err != nil {
			return err
		}
		if err := need(d.account(by)); err != nil {
			return err
		}
		if !troubled(n) {
			return conflict()
		}
		n.SettledBy, n.Settled = by, at
		if again { // if it fails once more, somebody must deal with it once more
			n.State, n.Next, n.Settled = workflow.Queued, at, time.Time{}
		}
		d.notices.put(id, n)
		return nil
	})
}

// PageNotices implements workflow.Outbox.
func (m *Memory) PageNotices(ctx context.Context, account, before int64, limit int) ([]workflow.Notice, error) {
	out, err := m.noticesWhere(ctx, func(n workflow.Notice) bool { return onPageOf(n, account) && below(n.ID, before) })
	return newest(out, limit), err
}

func onPageOf(n workflow.Notice, account int64) bool {
	return n.Channel == workflow.ByPage && n.Account == account
}

// SeePageNotices implements workflow.Outbox.
func (m *Memory) SeePageNotices(ctx context.Context, account, upTo int64, at time.Time) error {
	return m.write(ctx, func(d *data) error {
		for _, n := range d.notices.where(func(n workflow.Notice) bool {
			return onPageOf(n, account) && n.ID <= upTo && n.Seen.IsZero()
		}) {
			n.Seen = at
			d.notices.put(n.ID, n)
		}
		return nil
	})
}

// CountUnseen implements workflow.Outbox.
func (m *Memory) CountUnseen(ctx context.Context, account int64) (int, error) {
	out, err := m.noticesWhere(ctx, func(n workflow.Notice) bool { return onPageOf(n, account) && n.Seen.IsZero() })
	return len(out), err
}

// FailNoticeByMessageID implements workflow.Outbox.
func (m *Memory) FailNoticeByMessageID(ctx context.Context, messageID, reason string) (workflow.Notice, error) {
	var out workflow.Notice
	err := m.write(ctx, func(d *data) error {
		n, err := only(d.notices.where(func(n workflow.Notice) bool { return n.MessageID == messageID && n.State == workflow.Sent }))
		if err != nil {
			return err
		}
		n.State, n.Reason, n.Sent = workflow.Failed, reason, time.Time{}
		d.notices.put(n.ID, n)
		out = n
		return nil
	})
	return out, err
}

// NoticeByMessageID implements workflow.Outbox.
func (m *Memory) NoticeByMessageID(ctx context.Context, messageID string) (workflow.Notice, error) {
	return read(ctx, m, func(d *data) (workflow.Notice, error) {
		return only(d.notices.where(func(n workflow.Notice) bool { return n.MessageID == messageID }))
	})
}
