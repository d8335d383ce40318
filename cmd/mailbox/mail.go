package main

import (
	"context"
	"fmt"
	"net/mail"
	"path/filepath"
	"strings"
	"time"

	"mailbox/handlers/channel/email"
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
		folder, err := send.NewFolder(filepath.Join(c.Data, "outgoing"), w.Now)
		if err == nil {
			a.outbox = folder.Read
		}
		return folder, err
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
