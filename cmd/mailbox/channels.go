package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"mailbox/handlers/channel/email/receive"
	"mailbox/workflow"
	"mailbox/workflow/intake"
)

// beginChannels starts whatever brings letters in by mail.
func (a *app) beginChannels(ctx context.Context, c *Config, run func(string, func(context.Context) error)) (smtp string, err error) {
	door := &mailDoor{app: a}
	if c.SMTPListen != "" {
		ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.SMTPListen)
		if err != nil {
			return "", fmt.Errorf("receive mail: %w", err)
		}
		domains := strings.Fields(c.MailDomains)
		if len(domains) == 0 {
			domains = []string{c.mailDomain()}
		}
		server := receive.NewSMTP(receive.SMTPConfig{Hostname: c.mailDomain(), Domains: domains}, door, a.desk.Now, a.log)
		run("receive mail", func(ctx context.Context) error { return server.Serve(ctx, ln) })
		smtp = ln.Addr().String()
	}
	a.mailDoor = door
	var errs []error
	for _, url := range strings.Fields(string(c.IMAPURL)) {
		f, err := receive.NewFollower(receive.IMAPConfig{URL: url}, door, door, door, a.desk.Now, a.log)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		a.followers = append(a.followers, f)
		run("follow mailbox", func(ctx context.Context) error {
			f.Run(ctx)
			return nil
		})
	}
	return smtp, errors.Join(errs...)
}

// mailDoor gives arriving mail to the mailroom, and remembers how far each
// followed mailbox was read.
type mailDoor struct {
	*app
	mu sync.Mutex // between reading a cursor and saving it
}

// Arrive implements receive.Intake.
func (d *mailDoor) Arrive(ctx context.Context, m receive.Arrival) error {
	return d.mailroom.Arrive(ctx, intake.Arrival{
		Source: m.Source, Mailbox: m.Mailbox, External: m.ExternalID, EnvelopeFrom: m.EnvelopeFrom, EnvelopeTo: m.EnvelopeTo,
		Received: m.ReceivedAt, Raw: m.Raw, Unreadable: m.Unreadable,
	})
}

// Cursor implements receive.Cursors.
func (d *mailDoor) Cursor(ctx context.Context, mailbox string) (uidValidity, lastUID uint32, err error) {
	c, err := d.store.Cursor(ctx, mailbox)
	return c.UIDValidity, c.LastUID, err
}

// Advance implements receive.Cursors: it never goes back, whoever else follows
// the same mailbox.
func (d *mailDoor) Advance(ctx context.Context, mailbox string, uidValidity, uid uint32) error {
	return d.change(ctx, mailbox, func(c *workflow.MailCursor) {
		if c.UIDValidity != uidValidity || c.LastUID < uid {
			c.UIDValidity, c.LastUID, c.Seen = uidValidity, uid, d.desk.Now()
		}
	})
}

func (d *mailDoor) change(ctx context.Context, mailbox string, change func(*workflow.MailCursor)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, err := d.store.Cursor(ctx, mailbox)
	if err != nil {
		return err
	}
	c.Mailbox = mailbox
	change(&c)
	return d.store.SaveCursor(ctx, c)
}

// Missing implements receive.Ledger: the daily comparison asks which of the
// server's mails never arrived.
func (d *mailDoor) Missing(ctx context.Context, mailbox string, uidValidity uint32, uids []uint32) ([]uint32, error) {
	name := func(uid uint32) string { return fmt.Sprintf("imap:%s:%d:%d", mailbox, uidValidity, uid) }
	var names []string
	for _, uid := range uids {
		names = append(names, name(uid))
	}
	here, err := d.store.Arrived(ctx, names)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return slices.Contains(here, name(uid)) }), nil
}

// note writes down how each followed mailbox does, for the office's page.
func (d *mailDoor) note(ctx context.Context) error {
	var errs []error
	for _, f := range d.followers {
		s := f.Status()
		errs = append(errs, d.change(ctx, s.Mailbox, func(c *workflow.MailCursor) { c.ServerUIDs, c.Fault = s.Server, s.Error }))
	}
	return errors.Join(errs...)
}
