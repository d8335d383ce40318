package delivery

import (
	"context"
	"fmt"
	"slices"

	"mailbox/workflow"
)

// prepare makes a notice a mail, or says in stop why it must not be sent. It
// asks anew who the reader is and what they may know: much may have changed
// since the notice was queued.
func (c *Courier) prepare(ctx context.Context, n workflow.Notice) (m Mail, stop string, err error) {
	m = Mail{MessageID: n.MessageID, Kind: n.Kind, Locale: n.Locale, Writer: n.Account == 0, Args: n.Args}
	var about workflow.Case
	if n.CaseID != 0 {
		if about, err = c.Desk.Store.Case(ctx, n.CaseID); err != nil {
			return Mail{}, "", fmt.Errorf("read case: %w", err)
		}
		m.Number, m.ReplyTo = about.Number, c.ReplyTo(about)
		if !about.Sealed {
			m.Subject = about.Subject
		}
	}
	if workflow.Channel(n.Channel).Chat() { // each step of the ladder asks where the reader is
		return m, "", c.fill(ctx, n, &m)
	}
	if stop, err = c.reader(ctx, n, about, &m); stop != "" || err != nil {
		return Mail{}, stop, err
	}
	if err := c.fill(ctx, n, &m); err != nil {
		return Mail{}, "", err
	}
	return m, "", nil
}

// reader finds where the mail goes.
func (c *Courier) reader(ctx context.Context, n workflow.Notice, about workflow.Case, m *Mail) (stop string, err error) {
	if n.Account != 0 {
		return c.account(ctx, n, about, m)
	}
	return c.writer(ctx, n, m)
}

func (c *Courier) account(ctx context.Context, n workflow.Notice, about workflow.Case, m *Mail) (stop string, err error) {
	a, err := c.Desk.Store.Account(ctx, n.Account)
	if err != nil {
		return "", fmt.Errorf("read account: %w", err)
	}
	sees, err := c.sees(ctx, a, about)
	switch {
	case err != nil:
		return "", err
	case !a.Disabled.IsZero() || !sees:
		return NotAllowed, nil
	case a.Email == "":
		return NoAddress, nil
	}
	m.To, m.Locale, m.ReplyTo = Address{a.Name, a.Email}, a.Locale, "" // staff answer on their pages
	return "", nil
}

func (c *Courier) sees(ctx context.Context, a workflow.Account, about workflow.Case) (bool, error) {
	if about.ID == 0 {
		return true, nil
	}
	s := workflow.ScopeOf(a.Actor())
	if s.Sees(about, false) || s.Department == 0 {
		return s.Sees(about, false), nil
	}
	helping, err := c.Desk.Store.Assisting(ctx, about.ID)
	if err != nil {
		return false, fmt.Errorf("read assisting departments: %w", err)
	}
	return s.Sees(about, slices.Contains(helping, s.Department)), nil
}

func (c *Courier) writer(ctx context.Context, n workflow.Notice, m *Mail) (stop string, err error) {
	if n.Writer == "" {
		return NoAddress, nil
	}
	w, err := c.Desk.Store.Writer(ctx, n.Writer)
	if err != nil {
		return "", fmt.Errorf("read writer: %w", err)
	}
	if w.MailIndex == nil {
		return NoAddress, nil
	}
	dead, err := c.Desk.Store.IsDead(ctx, w.MailIndex)
	switch {
	case err != nil:
		return "", fmt.Errorf("look address up: %w", err)
	case dead:
		return DeadAddress, nil
	}
	who, err := c.Address(ctx, n.Writer)
	if err != nil {
		return "", fmt.Errorf("open address: %w", err)
	}
	if who.Email == "" {
		return NoAddress, nil
	}
	m.To = Address{who.Name, who.Email}
	return "", nil
}

// fill adds what the notice carries: sealed words, a message, its thread.
func (c *Courier) fill(ctx context.Context, n workflow.Notice, m *Mail) error {
	if n.Secret != nil {
		words, err := c.Words(n.Secret)
		if err != nil {
			return fmt.Errorf("open secret: %w", err)
		}
		m.Secret = Secret(words)
	}
	if n.Message != 0 {
		if err := c.carry(ctx, n, m); err != nil {
			return err
		}
	}
	m.AutoSubmitted = n.Message == 0 || n.Args["reminder"] != ""
	return c.thread(ctx, n, m)
}

// carry adds the message, and makes sure that no note of the house leaves it.
func (c *Courier) carry(ctx context.Context, n workflow.Notice, m *Mail) error {
	msg, err := c.Desk.Store.Message(ctx, n.Message)
	if err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	if msg.CaseID != n.CaseID || m.Writer && msg.Kind.Internal() {
		return fmt.Errorf("message %d is not for this reader", msg.ID)
	}
	m.Message = &msg
	return nil
}

// thread names the first mail of the case that went to the same reader, so that
// mail programs show them together.
func (c *Courier) thread(ctx context.Context, n workflow.Notice, m *Mail) error {
	if n.CaseID == 0 {
		return nil
	}
	all, err := c.Desk.Store.NoticesOf(ctx, n.CaseID)
	if err != nil {
		return fmt.Errorf("read notices: %w", err)
	}
	var first workflow.Notice
	for _, o := range all {
		same := o.Channel == workflow.ByEmail && o.State == workflow.Sent && o.Account == n.Account && o.Writer == n.Writer
		if same && o.ID < n.ID && (first.ID == 0 || o.ID < first.ID) {
			first = o
		}
	}
	m.InReplyTo = first.MessageID
	return nil
}
