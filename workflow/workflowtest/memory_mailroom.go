package workflowtest

import (
	"bytes"
	"context"
	"slices"
	"time"

	"mailbox/workflow"
)

// AddRawMail implements workflow.Mailroom.
func (m *Memory) AddRawMail(ctx context.Context, mail *workflow.RawMail) error {
	return m.write(ctx, func(d *data) error {
		if err := need(d.caseRef(mail.CaseID), d.account(mail.HandledBy)); err != nil {
			return err
		}
		if d.mails.any(func(o workflow.RawMail) bool { return o.External == mail.External }) {
			return conflict()
		}
		mail.ID = d.mails.next()
		d.mails.put(mail.ID, *mail)
		return nil
	})
}

// SaveRawMail implements workflow.Mailroom.
func (m *Memory) SaveRawMail(ctx context.Context, was, mail workflow.RawMail) error {
	return m.write(ctx, func(d *data) error {
		if stored, err := d.mails.get(mail.ID); err == nil && (stored.State != was.State || stored.Attempts != was.Attempts) {
			return conflict()
		}
		if err := need(d.mails.has(mail.ID), d.caseRef(mail.CaseID), d.account(mail.HandledBy)); err != nil {
			return err
		}
		d.mails.put(mail.ID, mail)
		return nil
	})
}

// RawMail implements workflow.Mailroom.
func (m *Memory) RawMail(ctx context.Context, id int64) (workflow.RawMail, error) {
	return read(ctx, m, func(d *data) (workflow.RawMail, error) { return d.mails.get(id) })
}

// mailsWhere returns the mails that fit, oldest first.
func (m *Memory) mailsWhere(ctx context.Context, fits func(workflow.RawMail) bool) ([]workflow.RawMail, error) {
	return read(ctx, m, func(d *data) ([]workflow.RawMail, error) { return d.mails.where(fits), nil })
}

// SameMail implements workflow.Mailroom.
func (m *Memory) SameMail(ctx context.Context, identity []byte) ([]workflow.RawMail, error) {
	return m.mailsWhere(ctx, func(r workflow.RawMail) bool { return bytes.Equal(r.IdentityHash, identity) })
}

// NewMails implements workflow.Mailroom.
func (m *Memory) NewMails(ctx context.Context, limit int) ([]workflow.RawMail, error) {
	out, err := m.mailsWhere(ctx, func(r workflow.RawMail) bool { return r.State == workflow.MailNew })
	return first(out, limit), err
}

// MailTray implements workflow.Mailroom.
func (m *Memory) MailTray(ctx context.Context, state workflow.MailState, before int64, limit int) ([]workflow.RawMail, error) {
	out, err := m.mailsWhere(ctx, func(r workflow.RawMail) bool { return r.State == state && below(r.ID, before) })
	return newest(out, limit), err
}

// CountMails implements workflow.Mailroom.
func (m *Memory) CountMails(ctx context.Context, state workflow.MailState) (int, error) {
	out, err := m.mailsWhere(ctx, func(r workflow.RawMail) bool { return r.State == state })
	return len(out), err
}

// RawMailsOf implements workflow.Mailroom.
func (m *Memory) RawMailsOf(ctx context.Context, caseID int64) ([]workflow.RawMail, error) {
	return m.mailsWhere(ctx, func(r workflow.RawMail) bool { return r.CaseID == caseID })
}

// Cursor implements workflow.Mailroom.
func (m *Memory) Cursor(ctx context.Context, mailbox string) (workflow.MailCursor, error) {
	return read(ctx, m, func(d *data) (workflow.MailCursor, error) {
		c := d.cursors.rows[mailbox]
		c.Mailbox = mailbox
		return d.counted(c), nil
	})
}

// counted adds how many mails of the mailbox are stored.
func (d *data) counted(c workflow.MailCursor) workflow.MailCursor {
	c.Ingested = d.mails.count(func(r workflow.RawMail) bool { return r.Mailbox == c.Mailbox })
	return c
}

// SaveCursor implements workflow.Mailroom.
func (m *Memory) SaveCursor(ctx context.Context, c workflow.MailCursor) error {
	return m.write(ctx, func(d *data) error {
		d.cursors.put(c.Mailbox, c)
		return nil
	})
}

// Arrived implements workflow.Mailroom.
func (m *Memory) Arrived(ctx context.Context, externals []string) ([]string, error) {
	return read(ctx, m, func(d *data) ([]string, error) {
		var out []string
		for _, mail := range d.mails.where(func(o workflow.RawMail) bool { return slices.Contains(externals, o.External) }) {
			out = append(out, mail.External)
		}
		return out, nil
	})
}

// Cursors implements workflow.Mailroom.
func (m *Memory) Cursors(ctx context.Context) ([]workflow.MailCursor, error) {
	return read(ctx, m, func(d *data) ([]workflow.MailCursor, error) {
		out := d.cursors.where(func(workflow.MailCursor) bool { return true })
		for i := range out {
			out[i] = d.counted(out[i])
		}
		return out, nil
	})
}

// MarkDead implements workflow.Mailroom.
func (m *Memory) MarkDead(ctx context.Context, mailIndex []byte, reason string, _ time.Time) error {
	return m.write(ctx, func(d *data) error {
		d.dead.put(string(mailIndex), reason)
		return nil
	})
}

// IsDead implements workflow.Mailroom.
func (m *Memory) IsDead(ctx context.Context, mailIndex []byte) (bool, error) {
	return read(ctx, m, func(d *data) (bool, error) { return d.dead.has(string(mailIndex)), nil })
}

// CountAnswered implements workflow.Mailroom. What waits to be sent counts: the
// brake must hold before the first mail leaves.
func (m *Memory) CountAnswered(ctx context.Context, mailIndex []byte, since time.Time) (int, error) {
	return read(ctx, m, func(d *data) (int, error) {
		writers := d.writersByMail(mailIndex)
		return d.notices.count(func(n workflow.Notice) bool {
			return n.Channel == workflow.ByEmail && slices.Contains(writers, n.Writer) && !n.Queued.Before(since)
		}), nil
	})
}
