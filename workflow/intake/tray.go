package intake

import (
	"context"
	"errors"
	"io"
	"strings"

	"mailbox/workflow"
)

// The trays hold mails a person must decide about: those that could not be read
// and those from people who are not on the case they wrote to. Only the office
// sees them.

// Tray lists mails in a state, newest first, ids below before (0: all).
func (r *Mailroom) Tray(ctx context.Context, by workflow.Actor, state workflow.MailState, before int64, limit int) ([]workflow.RawMail, error) {
	if !by.Office() {
		return nil, workflow.Absent()
	}
	return r.desk.Store.MailTray(ctx, state, before, limit)
}

// stored is a mail the actor may read: one that belongs to no case, or to one
// that is not closed to them, such as a sealed one.
func (r *Mailroom) stored(ctx context.Context, by workflow.Actor, id int64) (workflow.RawMail, error) {
	if !by.Office() {
		return workflow.RawMail{}, workflow.Absent()
	}
	m, err := r.desk.Store.RawMail(ctx, id)
	if err != nil || m.CaseID == 0 {
		return m, err
	}
	c, err := r.desk.Store.Case(ctx, m.CaseID)
	if err == nil && !workflow.ScopeOf(by).Sees(c, false) {
		err = workflow.Absent()
	}
	if err != nil {
		return workflow.RawMail{}, err
	}
	return m, nil
}

// Show returns a stored mail and what a reader makes of it now: nothing, when
// it breaks the reader.
func (r *Mailroom) Show(ctx context.Context, by workflow.Actor, id int64) (workflow.RawMail, ReadMail, error) {
	m, err := r.stored(ctx, by, id)
	if err != nil {
		return m, ReadMail{}, err
	}
	read, err := r.read(ctx, m)
	if errors.Is(err, errReader) {
		return m, ReadMail{}, nil
	}
	return m, read, err
}

// waits returns a mail that still waits for a decision.
func (r *Mailroom) waits(ctx context.Context, by workflow.Actor, id int64) (workflow.RawMail, ReadMail, error) {
	m, read, err := r.Show(ctx, by, id)
	if err == nil && m.State != workflow.MailHeld && m.State != workflow.MailUnreadable {
		err = workflow.Fail(workflow.Conflict, "mail.decided")
	}
	if read.Readable { // what became of it before the program stopped is found again
		m.IdentityHash = identity(read, m.SHA256)
	}
	m.HandledBy = by.ID
	return m, read, err
}

// Attach adds a held mail to a case that the office names.
func (r *Mailroom) Attach(ctx context.Context, by workflow.Actor, id int64, number string) error {
	m, read, err := r.waits(ctx, by, id)
	if err != nil {
		return err
	}
	c, err := r.desk.Store.CaseByNumber(ctx, strings.ToUpper(strings.TrimSpace(number)))
	if err != nil || !workflow.ScopeOf(by).Sees(c, false) {
		if absentIsNone(err) != nil {
			return err
		}
		return workflow.Wrong("number", "case.merge_unknown")
	}
	err = r.add(ctx, m, read, c.ID)
	if e, ok := errors.AsType[*workflow.Error](err); ok && e.Kind == workflow.Conflict && e.Key == "case.write_anew" {
		return workflow.Wrong("number", "case.merge_ended")
	}
	return err
}

// MakeLetter makes a held or unreadable mail a case of its own.
func (r *Mailroom) MakeLetter(ctx context.Context, by workflow.Actor, id int64) error {
	m, read, err := r.waits(ctx, by, id)
	if err != nil {
		return err
	}
	return r.letter(ctx, m, read)
}

// Retry lets the reader try again: after an upgrade it may understand more.
func (r *Mailroom) Retry(ctx context.Context, by workflow.Actor, id int64) error {
	m, _, err := r.waits(ctx, by, id)
	if err != nil {
		return err
	}
	fresh := m
	fresh.State, fresh.Attempts, fresh.Reason = workflow.MailNew, 0, ""
	return decided(r.desk.Store.SaveRawMail(ctx, m, fresh))
}

// Dismiss puts a mail aside; its bytes stay.
func (r *Mailroom) Dismiss(ctx context.Context, by workflow.Actor, id int64) error {
	m, _, err := r.waits(ctx, by, id)
	if err != nil {
		return err
	}
	return r.end(ctx, m, workflow.MailDismissed, m.Reason)
}

// Bytes returns a stored mail with its bytes as they arrived. Whoever calls it
// closes them.
func (r *Mailroom) Bytes(ctx context.Context, by workflow.Actor, id int64) (workflow.RawMail, io.ReadCloser, error) {
	m, err := r.stored(ctx, by, id)
	if err != nil {
		return m, nil, err
	}
	f, err := r.blobs.Open(ctx, m.SHA256)
	return m, f, err
}

// Guesses lists the cases a held mail may belong to, as far as the actor may
// know of them.
func (r *Mailroom) Guesses(ctx context.Context, by workflow.Actor, m workflow.RawMail) ([]workflow.Case, error) {
	if !by.Office() {
		return nil, workflow.Absent()
	}
	var out []workflow.Case
	for _, id := range m.Guesses {
		c, err := r.desk.Store.Case(ctx, id)
		if absentIsNone(err) != nil {
			return nil, err
		}
		if err == nil && workflow.ScopeOf(by).Sees(c, false) {
			out = append(out, c)
		}
	}
	return out, nil
}

// Waiting counts the mails in the two trays.
func (r *Mailroom) Waiting(ctx context.Context, by workflow.Actor) (held, unreadable int, err error) {
	if !by.Office() {
		return 0, 0, workflow.Absent()
	}
	if held, err = r.desk.Store.CountMails(ctx, workflow.MailHeld); err != nil {
		return 0, 0, err
	}
	unreadable, err = r.desk.Store.CountMails(ctx, workflow.MailUnreadable)
	return held, unreadable, err
}

// Mailboxes says of every followed mailbox how many mails the server has and
// how many of them are stored here.
func (r *Mailroom) Mailboxes(ctx context.Context, by workflow.Actor) ([]workflow.MailCursor, error) {
	if !by.Office() && !by.Is(workflow.Admin) {
		return nil, workflow.Absent()
	}
	return r.desk.Store.Cursors(ctx)
}
