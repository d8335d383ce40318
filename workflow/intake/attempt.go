package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mailbox/workflow"
)

// triesToRead is how often a mail is tried before it goes to the tray of those
// that could not be read.
const triesToRead = 3

// sortOne counts the attempt before it reads, so that a mail that brings the
// program down is set aside after a few tries. Once it was read, an attempt
// counts only when it fails by a fault of ours: a database that is away, or a
// machine that loses power, says nothing about the mail.
func (r *Mailroom) sortOne(ctx context.Context, m workflow.RawMail) error {
	m.Attempts++
	if m.Attempts > triesToRead {
		return r.end(ctx, m, workflow.MailUnreadable, "mail.reason.tries")
	}
	if err := r.desk.Store.SaveRawMail(ctx, m); err != nil {
		return err
	}
	read, err := r.read(ctx, m)
	if err != nil {
		return err
	}
	m.Subject = cut(strings.Join(strings.Fields(Text(read.Subject)), " "), 200)
	if !read.Readable {
		return r.end(ctx, m, workflow.MailUnreadable, "mail.reason.unreadable")
	}
	m.IdentityHash = identity(read, m.SHA256)
	if err := r.forgive(ctx, &m); err != nil {
		return err
	}
	err = r.placeSafely(ctx, m, read)
	switch {
	case err == nil:
		return nil
	case !passing(err):
		return r.end(ctx, m, workflow.MailUnreadable, "mail.reason.fault")
	case workflow.KindOf(err) == workflow.Internal:
		m.Attempts++
		return errors.Join(err, r.desk.Store.SaveRawMail(ctx, m))
	}
	return err
}

// forgive takes the attempt back that reading was counted as. The first mail
// after a start is spared the second writing: one attempt is no reason yet.
func (r *Mailroom) forgive(ctx context.Context, m *workflow.RawMail) error {
	if m.Attempts == 1 {
		return nil
	}
	m.Attempts--
	return r.desk.Store.SaveRawMail(ctx, *m)
}

// placeSafely makes a fault of ours that would end the round an error like any
// other, so that it is counted.
func (r *Mailroom) placeSafely(ctx context.Context, m workflow.RawMail, read ReadMail) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("place mail: panic: %v", p)
		}
	}()
	return r.place(ctx, m, read)
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
