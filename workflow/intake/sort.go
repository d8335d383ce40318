package intake

import (
	"bytes"
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
	// patience is how long an attempt may take before it counts as one that
	// brought the program down.
	patience = time.Minute
	// recording is how long it may take to write down that an attempt was none,
	// also while the program is told to stop.
	recording = 5 * time.Second
)

// Sort takes up to limit mails that nobody has sorted and brings each to exactly
// one end. It returns how many. Several may run at once, and again after a
// crash: cases and additions are known by the mail's identity. A mail that fails
// keeps none behind it waiting.
func (r *Mailroom) Sort(ctx context.Context, limit int) (int, error) {
	mails, err := r.desk.Store.NewMails(ctx, limit)
	if err != nil {
		return 0, fmt.Errorf("list new mails: %w", err)
	}
	return r.sortAll(ctx, bySender(mails))
}

// sortOne counts the attempt before it reads, so that a mail that brings the
// program down is set aside after a few tries. Once it was read, an attempt
// counts only when it fails by a fault of ours: a database that is away, or a
// machine that loses power, says nothing about the mail.
func (r *Mailroom) sortOne(ctx context.Context, id int64) (done bool, err error) {
	m, mine, err := r.claim(ctx, id)
	if err != nil || !mine {
		return false, err
	}
	if m.Attempts > triesToRead {
		return true, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.tries")
	}
	read, err := r.read(ctx, m)
	if err != nil {
		return r.unread(ctx, m, err)
	}
	m.Subject = cut(strings.Join(strings.Fields(Text(read.Subject)), " "), 200)
	if !read.Readable {
		return true, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.unreadable")
	}
	m.IdentityHash = identity(read, m.SHA256)
	if err := r.forgive(ctx, &m); err != nil {
		return false, err
	}
	return r.placed(ctx, m, r.placeSafely(ctx, m, read))
}

// unread says what becomes of a mail whose bytes could not be had.
func (r *Mailroom) unread(ctx context.Context, m workflow.RawMail, err error) (done bool, _ error) {
	switch {
	case outage(ctx, err):
		return false, errors.Join(err, r.giveBack(ctx, m.ID))
	case !passing(err):
		return true, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.fault")
	case m.Attempts == triesToRead:
		return true, errors.Join(err, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.tries"))
	}
	return false, err
}

// forgive takes the attempt back that reading was counted as. The first one is
// spared the second writing: one attempt is no reason yet.
func (r *Mailroom) forgive(ctx context.Context, m *workflow.RawMail) error {
	if m.Attempts == 1 {
		return nil
	}
	m.Attempts--
	return r.desk.Store.SaveRawMail(ctx, *m)
}

// placed says what becomes of a mail that was read, after the attempt to bring
// it where it belongs.
func (r *Mailroom) placed(ctx context.Context, m workflow.RawMail, err error) (done bool, _ error) {
	switch {
	case err == nil:
		return true, nil
	case outage(ctx, err):
		return false, err
	case !passing(err):
		return true, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.fault")
	case workflow.KindOf(err) != workflow.Internal:
		return false, err
	}
	if m.Attempts++; m.Attempts >= triesToRead {
		return true, errors.Join(err, r.end(ctx, m, workflow.MailUnreadable, "mail.reason.tries"))
	}
	return false, errors.Join(err, r.desk.Store.SaveRawMail(ctx, m))
}

// placeSafely makes a fault of ours that would end the round an error like any
// other, so that it is counted.
func (r *Mailroom) placeSafely(ctx context.Context, m workflow.RawMail, read ReadMail) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("place mail: panic: %v\n%s", p, debug.Stack())
		}
	}()
	return r.place(ctx, m, read)
}

// claim counts an attempt at a mail that is still new. A mail whose last attempt
// may still be under way elsewhere is left alone before it is given up.
func (r *Mailroom) claim(ctx context.Context, id int64) (m workflow.RawMail, mine bool, err error) {
	err = r.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		var err error
		if m, err = tx.LockRawMail(ctx, id); err != nil {
			return err
		}
		now := r.desk.Now()
		mine = m.State == workflow.MailNew && (m.Attempts < triesToRead || now.Sub(m.Handled) >= patience)
		if !mine {
			return nil
		}
		m.Attempts, m.Handled = m.Attempts+1, now
		return tx.SaveRawMail(ctx, m)
	})
	return m, mine, err
}

// giveBack takes an attempt off the count that failed for want of a database:
// an outage is not the mail's fault.
func (r *Mailroom) giveBack(ctx context.Context, id int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	return r.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		m, err := tx.LockRawMail(ctx, id)
		if err != nil || m.State != workflow.MailNew || m.Attempts == 0 {
			return err
		}
		m.Attempts--
		return tx.SaveRawMail(ctx, m)
	})
}

// outage reports whether nothing can be done now, for this mail or another.
func outage(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || workflow.KindOf(err) == workflow.Unavailable)
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
	defer func() { // what was thrown may quote the mail: only where it happened is told
		if p := recover(); p != nil {
			read, err = ReadMail{}, fmt.Errorf("%w: %T\n%s", errReader, p, debug.Stack())
		}
	}()
	return r.reader.Read(raw, m.EnvelopeTo), nil
}

// end brings a mail to its end, unless somebody else has meanwhile: of two who
// sort it both find the same, of two who decide the second is told.
func (r *Mailroom) end(ctx context.Context, m workflow.RawMail, state workflow.MailState, reason string) error {
	return r.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		now, err := tx.LockRawMail(ctx, m.ID)
		switch {
		case err != nil:
			return err
		case now.State != m.State && m.State == workflow.MailNew:
			return nil
		case now.State != m.State:
			return workflow.Fail(workflow.Conflict, "mail.decided")
		}
		ended := m
		ended.State, ended.Reason, ended.Handled = state, reason, r.desk.Now()
		if ended.CaseID != 0 { // beside a case the database holds no sender in the clear
			ended.EnvelopeFrom = ""
		}
		return tx.SaveRawMail(ctx, ended)
	})
}

// place finds out what a readable mail is: something a machine sent, a mail we
// have already, a reply, or a letter.
func (r *Mailroom) place(ctx context.Context, m workflow.RawMail, read ReadMail) error {
	switch read.Machine {
	case Bounce:
		return r.bounced(ctx, m, read)
	case AutoOut, Bulk, Own:
		return r.end(ctx, m, workflow.MailMachine, "mail.reason."+string(read.Machine))
	case Person:
	}
	done, err := r.seenBefore(ctx, m)
	if done || err != nil {
		return err
	}
	id, sure, err := r.caseOf(ctx, read)
	switch {
	case err != nil:
		return err
	case id != 0 && sure:
		return r.reply(ctx, m, read, id)
	case id != 0:
		m.Guesses = []int64{id}
		return r.end(ctx, m, workflow.MailHeld, "mail.reason.stranger")
	}
	return r.letter(ctx, m, read)
}

// seenBefore ends a mail that reached us by another of our addresses already.
func (r *Mailroom) seenBefore(ctx context.Context, m workflow.RawMail) (bool, error) {
	same, err := r.desk.Store.SameMail(ctx, m.IdentityHash)
	if err != nil {
		return false, err
	}
	for _, s := range same {
		if s.ID != m.ID && s.CaseID != 0 {
			m.CaseID = s.CaseID
			return true, r.end(ctx, m, workflow.MailDuplicate, "mail.reason.duplicate")
		}
	}
	return false, nil
}

// caseOf finds the case a mail answers: by the unguessable address it was sent
// to, then by the Message-ID of ours it refers to, then by a number in the
// subject, which anybody may write. sure says that it may be added: the sender
// is the case's writer, and did not only quote a number.
func (r *Mailroom) caseOf(ctx context.Context, read ReadMail) (id int64, sure bool, err error) {
	if id, ok := r.codes.CaseOfReply(read.Token); ok {
		sure, err := r.fromWriter(ctx, id, read.FromAddress)
		return id, sure, absentIsNone(err)
	}
	for _, ref := range first(read.InReplyTo, mostClues) {
		n, err := r.desk.Store.NoticeByMessageID(ctx, ref)
		if err == nil && n.CaseID != 0 && n.Account == 0 {
			sure, err := r.fromWriter(ctx, n.CaseID, read.FromAddress)
			return n.CaseID, sure, err
		}
		if absentIsNone(err) != nil {
			return 0, false, err
		}
	}
	for _, number := range first(read.Numbers, mostClues) {
		c, err := r.desk.Store.CaseByNumber(ctx, number)
		if err == nil {
			return c.ID, false, nil
		}
		if absentIsNone(err) != nil {
			return 0, false, err
		}
	}
	return 0, false, nil
}

// mostClues is how many references and numbers of a mail are looked up: whoever
// wrote it chose how many there are.
const mostClues = 50

func first(all []string, n int) []string { return all[:min(len(all), n)] }

func absentIsNone(err error) error {
	if err != nil && workflow.KindOf(err) == workflow.NotFound {
		return nil
	}
	return err
}

func (r *Mailroom) fromWriter(ctx context.Context, caseID int64, address string) (bool, error) {
	c, err := r.desk.Store.Case(ctx, caseID)
	if err != nil || c.Writer == "" {
		return false, err
	}
	w, err := r.desk.Store.Writer(ctx, c.Writer)
	if err != nil {
		return false, err
	}
	index := r.vault.MailIndex(address)
	return index != nil && bytes.Equal(index, w.MailIndex), nil
}

// bounced notes that something of ours did not arrive, and never answers. Only
// a mail that names one of ours counts: anybody can write that an address is dead.
func (r *Mailroom) bounced(ctx context.Context, m workflow.RawMail, read ReadMail) error {
	for _, id := range first(read.Bounced, mostClues) {
		n, err := r.desk.Store.NoticeByMessageID(ctx, id)
		if err == nil {
			m.CaseID = n.CaseID
			err = r.returned(ctx, id, "delivery.reason.bounced", len(read.Dead) > 0)
		}
		if absentIsNone(err) != nil {
			return err
		}
	}
	return r.end(ctx, m, workflow.MailBounce, "")
}
