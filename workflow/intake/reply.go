package intake

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"mailbox/workflow"
)

// reply adds a mail to the case it answers; a case that has ended for good
// makes it a letter of its own.
func (r *Mailroom) reply(ctx context.Context, m workflow.RawMail, read ReadMail, caseID int64) error {
	err := r.add(ctx, m, read, caseID)
	if err != nil && workflow.KindOf(err) == workflow.Conflict {
		return r.letter(ctx, m, read)
	}
	return err
}

// add adds a mail to a case, cut to what a writer's word may be as other mail
// is, or says why it cannot.
func (r *Mailroom) add(ctx context.Context, m workflow.RawMail, read ReadMail, caseID int64) error {
	files, err := r.keepFiles(ctx, read)
	if err != nil {
		return err
	}
	read.Text, read.Quoted, read.HTML = cut(strings.TrimSpace(Text(read.Text)), workflow.MaxBody), Text(read.Quoted), Text(read.HTML)
	if err := r.follow(ctx, caseID, read, external(m), files); err != nil {
		return err
	}
	m.CaseID = caseID
	return r.end(ctx, m, workflow.MailReply, "")
}

func external(m workflow.RawMail) string { return fmt.Sprintf("mail:%x", m.IdentityHash) }

// How many acknowledgements one address gets: a brake on loops with programs
// that do not say they are programs.
const (
	acksPerHour = 3
	acksPerDay  = 10
)

func (r *Mailroom) letter(ctx context.Context, m workflow.RawMail, read ReadMail) error {
	files, err := r.keepFiles(ctx, read)
	if err != nil {
		return err
	}
	category, err := defaultCategory(ctx, r.desk.Store, r.desk.Now())
	if err != nil {
		return err
	}
	quiet, err := r.enough(ctx, read.FromAddress)
	if err != nil {
		return err
	}
	receipt, err := r.intake.Submit(ctx, workflow.Letter{
		Channel: workflow.Email, External: external(m), Mode: workflow.Confidential, Kind: workflow.Inquiry, Category: category,
		Subject: read.Subject, Body: read.Text, Quoted: read.Quoted, HTML: read.HTML, Files: files, RawMail: m.ID, Quiet: quiet || read.Silent,
		Identity: workflow.Identity{Name: read.FromName, Email: read.FromAddress},
	})
	if err != nil {
		return err
	}
	m.CaseID = receipt.CaseID
	return r.end(ctx, m, workflow.MailCase, "")
}

// defaultCategory is where a mail or a chat goes until somebody has read it: the category
// with the code "other", or the last one.
func defaultCategory(ctx context.Context, college workflow.College, now time.Time) (int64, error) {
	all, err := college.Categories(ctx, now, false)
	if err != nil {
		return 0, err
	}
	for i, c := range all {
		if c.Code == "other" || i == len(all)-1 {
			return c.ID, nil
		}
	}
	return 0, workflow.Fail(workflow.Unavailable, "mail.no_category")
}

func (r *Mailroom) enough(ctx context.Context, address string) (bool, error) {
	index, now := r.vault.MailIndex(address), r.desk.Now()
	if index == nil {
		return true, nil
	}
	hour, err := r.desk.Store.CountAnswered(ctx, index, now.Add(-time.Hour))
	if err != nil || hour >= acksPerHour {
		return true, err
	}
	day, err := r.desk.Store.CountAnswered(ctx, index, now.Add(-24*time.Hour))
	return day >= acksPerDay, err
}

// maxFileName is the length of the longest name of an attachment, in characters.
const maxFileName = 120

func (r *Mailroom) keepFiles(ctx context.Context, read ReadMail) ([]workflow.NewFile, error) {
	var out []workflow.NewFile
	for _, f := range read.Files {
		sha, size, err := r.blobs.Put(ctx, bytes.NewReader(f.Content), MaxMail)
		if err != nil {
			return nil, fmt.Errorf("store attachment: %w", err)
		}
		out = append(out, workflow.NewFile{SHA256: sha, Name: cut(Text(f.Name), maxFileName), MediaType: f.MediaType, Size: size})
	}
	return out, nil
}
