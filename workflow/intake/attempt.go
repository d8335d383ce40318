package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"mailbox/workflow"
)

const (
	// triesToRead is how often a mail is tried before it goes to the tray of
	// those that could not be read.
	triesToRead = 3
	// patience is how long an attempt of another process may take before it
	// counts as one that brought that process down.
	patience = time.Minute
)

// sortOne counts the attempt before it reads, so that a mail that brings the
// program down is set aside after a few tries. Once it was read, an attempt
// counts only when it fails by a fault of ours: a database that is away, or a
// machine that loses power, says nothing about the mail. done is false when
// somebody else is at the mail.
func (r *Mailroom) sortOne(ctx context.Context, m workflow.RawMail) (done bool, err error) {
	now := r.desk.Now()
	if m.Attempts >= triesToRead && now.Sub(m.Handled) < patience {
		return false, nil
	}
	if err := r.note(ctx, &m, m.Attempts+1, now); err != nil {
		return false, unlessTaken(err)
	}
	if m.Attempts > triesToRead {
		return true, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.tries")
	}
	read, err := r.read(ctx, m)
	switch {
	case err == nil:
		return r.settle(ctx, m, read)
	case outage(ctx, err): // it was none
		return false, errors.Join(err, unlessTaken(r.note(context.WithoutCancel(ctx), &m, m.Attempts-1, time.Time{})))
	}
	return r.failed(ctx, m, err, m.Attempts)
}

// settle brings a mail that was read where it belongs.
func (r *Mailroom) settle(ctx context.Context, m workflow.RawMail, read ReadMail) (done bool, err error) {
	m.Subject = cut(strings.Join(strings.Fields(Text(read.Subject)), " "), 200)
	if !read.Readable {
		return true, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.unreadable")
	}
	m.IdentityHash = identity(read, m.SHA256)
	if m.Attempts > 1 { // one attempt is no reason yet, and is spared the writing
		if err := r.note(ctx, &m, m.Attempts-1, m.Handled); err != nil {
			return false, unlessTaken(err)
		}
	}
	err = r.placeSafely(ctx, m, read)
	switch {
	case err == nil:
		return true, nil
	case !passing(err):
		return true, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.fault")
	case outage(ctx, err) || workflow.KindOf(err) != workflow.Internal:
		return false, err
	}
	return r.failed(ctx, m, err, m.Attempts+1)
}

// failed counts an attempt that is over: the last one ends the matter.
func (r *Mailroom) failed(ctx context.Context, m workflow.RawMail, why error, attempts int) (done bool, err error) {
	if attempts >= triesToRead {
		return true, errors.Join(why, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.tries"))
	}
	return false, errors.Join(why, unlessTaken(r.note(ctx, &m, attempts, time.Time{})))
}

// outage reports whether nothing can be done now, for this mail or another.
func outage(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || workflow.KindOf(err) == workflow.Unavailable)
}

// note writes down how often a mail was tried, and since when; the zero time
// says that nobody is at it. It is a Conflict when somebody else has tried since.
func (r *Mailroom) note(ctx context.Context, m *workflow.RawMail, attempts int, since time.Time) error {
	was := *m
	m.Attempts, m.Handled = attempts, since
	return r.desk.Store.SaveRawMail(ctx, was, *m)
}

// unlessTaken leaves a mail to whoever else has taken it up.
func unlessTaken(err error) error {
	if err != nil && workflow.KindOf(err) == workflow.Conflict {
		return nil
	}
	return err
}

// placeSafely makes a fault of ours that would end the round an error like any
// other, so that it is counted.
func (r *Mailroom) placeSafely(ctx context.Context, m workflow.RawMail, read ReadMail) (err error) {
	defer caught(&err, errors.New("placing broke"))
	return r.place(ctx, m, read)
}

// errReader says that the reader itself broke over a mail.
var errReader = errors.New("the reader broke")

func (r *Mailroom) read(ctx context.Context, m workflow.RawMail) (read ReadMail, err error) {
	f, err := r.blobs.Open(ctx, m.SHA256)
	if err != nil {
		return ReadMail{}, fmt.Errorf("open mail: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return ReadMail{}, fmt.Errorf("read mail: %w", err)
	}
	defer caught(&err, errReader)
	return r.reader.Read(raw, m.EnvelopeTo), nil
}

// caught makes a panic an error. What was thrown may quote the mail: only where
// it happened is told.
func caught(err *error, what error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %T\n%s", what, p, debug.Stack())
	}
}

// end brings a mail to its end, unless somebody else has meanwhile: of two who
// sort it both find the same, of two who decide the second is told.
func (r *Mailroom) end(ctx context.Context, m workflow.RawMail, state workflow.MailState, reason string) error {
	ended := m
	ended.State, ended.Reason, ended.Handled = state, reason, r.desk.Now()
	if ended.CaseID != 0 { // beside a case the database holds no sender in the clear
		ended.EnvelopeFrom = ""
	}
	err := r.desk.Store.SaveRawMail(ctx, m, ended)
	if m.State == workflow.MailNew {
		return unlessTaken(err)
	}
	return decided(err)
}

// decided tells a person that another was quicker.
func decided(err error) error {
	if err != nil && workflow.KindOf(err) == workflow.Conflict {
		return workflow.Fail(workflow.Conflict, "mail.decided")
	}
	return err
}

// passing reports whether trying again later may help.
func passing(err error) bool {
	switch workflow.KindOf(err) {
	case workflow.Unavailable, workflow.Internal, workflow.Limited, workflow.Conflict:
		return true
	case workflow.Invalid, workflow.Unauthenticated, workflow.Forbidden, workflow.NotFound:
	}
	return false
}
