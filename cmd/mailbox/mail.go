package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"path/filepath"
	"strings"
	"time"

	"mailbox/handlers/channel/email"
	"mailbox/handlers/channel/email/receive"
	"mailbox/handlers/channel/email/send"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/delivery"
	"mailbox/workflow/intake"
)

// joinMail makes the use cases of mail.
func (a *app) joinMail(c *Config, w world) error {
	from, err := mail.ParseAddress(c.MailFrom)
	if err != nil {
		return fmt.Errorf("MAILBOX_MAIL_FROM: %w", err)
	}
	sender, err := a.sender(c, w)
	if err != nil {
		return err
	}
	reader := email.Reader{Domain: c.mailDomain(), Own: []string{from.Address}}
	a.courier = delivery.New(delivery.Deps{
		Desk: a.desk, Address: a.vault.Address, Words: a.vault.OpenWords,
		Sender: &email.Post{
			Words: a.words, Sender: sender, Blobs: a.blobs, From: send.Mailbox{Name: from.Name, Address: from.Address},
			College: a.college, URL: strings.TrimRight(c.PublicURL, "/"), Zone: c.zone, Within: delivery.SendWithin,
			Log: func(ctx context.Context, id string, err error) {
				a.log.WarnContext(ctx, "mail not sent", "message_id", id, "err", err)
			},
		},
		ReplyTo: func(cs workflow.Case) string { return "reply+" + a.codes.ReplyToken(cs.ID) + "@" + c.mailDomain() },
	})
	a.mailroom = intake.NewMailroom(a.intake, a.blobs, reader, a.follow, a.courier.Bounced)
	return nil
}

func (a *app) sender(c *Config, w world) (send.Sender, error) {
	if c.SMTPURL == "" {
		return send.NewFolder(filepath.Join(c.Data, "outgoing"), w.Now)
	}
	return send.NewSMTP(string(c.SMTPURL), c.mailDomain(), time.Minute, nil, w.Now)
}

// follow lets a writer's mail add to their case.
func (a *app) follow(ctx context.Context, caseID int64, m intake.ReadMail, external string, files []workflow.NewFile) error {
	_, err := a.cases.Say(ctx, workflow.ByWriter(caseID), caseID, casework.Word{
		Action: workflow.MarkAdd, Body: m.Text, Quoted: m.Quoted, HTML: m.HTML, Files: files, Channel: workflow.Email, External: external,
	})
	return err
}

// beginChannels starts whatever brings letters in by mail.
func (a *app) beginChannels(ctx context.Context, c *Config, run func(string, func(context.Context) error)) (smtp string, err error) {
	door := mailDoor{a}
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
	var errs []error
	for _, url := range strings.Fields(string(c.IMAPURL)) {
		f, err := receive.NewFollower(receive.IMAPConfig{URL: url}, door, door, nil, a.desk.Now, a.log)
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
type mailDoor struct{ *app }

// Arrive implements receive.Intake.
func (d mailDoor) Arrive(ctx context.Context, m receive.Arrival) error {
	return d.mailroom.Arrive(ctx, intake.Arrival{
		Source: m.Source, Mailbox: m.Mailbox, External: m.ExternalID, EnvelopeFrom: m.EnvelopeFrom, EnvelopeTo: m.EnvelopeTo,
		Received: m.ReceivedAt, Raw: m.Raw, Unreadable: m.Unreadable,
	})
}

// Cursor implements receive.Cursors.
func (d mailDoor) Cursor(ctx context.Context, mailbox string) (uidValidity, lastUID uint32, err error) {
	c, err := d.store.Cursor(ctx, mailbox)
	return c.UIDValidity, c.LastUID, err
}

// Advance implements receive.Cursors: it never goes back.
func (d mailDoor) Advance(ctx context.Context, mailbox string, uidValidity, uid uint32) error {
	c, err := d.store.Cursor(ctx, mailbox)
	if err != nil {
		return err
	}
	if c.UIDValidity == uidValidity && c.LastUID >= uid {
		return nil // another follower of the same mailbox was further
	}
	c.Mailbox, c.UIDValidity, c.LastUID, c.Seen = mailbox, uidValidity, uid, d.desk.Now()
	return d.store.SaveCursor(ctx, c)
}
