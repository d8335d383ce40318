package intake

import (
	"bytes"
	"context"

	"mailbox/workflow"
)

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
