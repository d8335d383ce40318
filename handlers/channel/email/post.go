package email

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"mailbox/handlers/channel/email/send"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/delivery"
)

// Post writes notices as mails and sends them. It implements delivery.Sender.
type Post struct {
	Words  *templates.Set
	Sender send.Sender
	Blobs  workflow.Blobs
	From   send.Mailbox
	// College is the name under the mails; it may change while the program runs.
	College func(ctx context.Context) string
	URL     string // of the mailbox, without a slash at the end
	Zone    *time.Location
	Within  time.Duration // for one mail, attachments included
	Log     func(ctx context.Context, messageID string, err error)
}

// maxAttached is how many bytes of files go with a mail; larger answers are
// fetched from the tracking page.
const maxAttached = 10 << 20

// Send implements delivery.Sender.
func (p *Post) Send(ctx context.Context, m delivery.Mail) workflow.SendResult {
	ctx, cancel := context.WithTimeout(ctx, p.Within)
	defer cancel()
	out, err := p.write(ctx, m)
	if err != nil {
		p.Log(ctx, m.MessageID, err)
		return workflow.SendResult{State: workflow.Failed, Reason: delivery.OurFault}
	}
	end, err := p.Sender.Send(ctx, out)
	if err != nil {
		p.Log(ctx, m.MessageID, err)
	}
	return result(end)
}

func result(o send.Outcome) workflow.SendResult {
	switch o.State {
	case send.Sent:
		return workflow.SendResult{State: workflow.Sent}
	case send.Failed:
		return workflow.SendResult{State: workflow.Failed, Reason: o.Reason}
	case send.Uncertain:
		return workflow.SendResult{State: workflow.Uncertain, Reason: o.Reason}
	case send.Retry:
	}
	return workflow.SendResult{State: workflow.Queued, Reason: o.Reason}
}

func (p *Post) write(ctx context.Context, m delivery.Mail) (send.Outgoing, error) {
	kind := "staff"
	if m.Writer {
		kind = string(m.Kind)
	}
	view := p.view(ctx, m)
	subject, text, html, err := p.Words.Mail(m.Locale, kind, view)
	if err != nil {
		return send.Outgoing{}, fmt.Errorf("write mail: %w", err)
	}
	out := send.Outgoing{
		MessageID: m.MessageID, From: p.From, To: send.Mailbox{Name: m.To.Name, Address: m.To.Mail}, Subject: subject,
		Text: text, HTML: html, InReplyTo: m.InReplyTo, AutoSubmitted: m.AutoSubmitted,
	}
	if m.ReplyTo != "" {
		out.ReplyTo = send.Mailbox{Name: p.From.Name, Address: m.ReplyTo}
		out.Text = Delimiter + "\n\n" + text
	}
	if m.InReplyTo != "" {
		out.References = []string{m.InReplyTo}
	}
	if m.Writer && m.Message != nil {
		out.Attachments, err = p.files(ctx, m.Message.Files)
	}
	return out, err
}

func (p *Post) view(ctx context.Context, m delivery.Mail) templates.MailView {
	say := func(key string) string { return p.Words.Text(m.Locale, key) }
	v := templates.MailView{
		Number: m.Number, Code: string(m.Secret), Subject: m.Subject, Days: m.Args["days"], Reason: m.Args["reason"],
		CanReply: m.ReplyTo != "", TrackURL: p.URL + "/track", CaseURL: p.URL + "/desk/cases/" + m.Number, URL: p.URL,
		College: p.College(ctx), What: say("notice." + string(m.Kind)), Due: p.moment(m.Locale, m.Args["due"]),
	}
	if m.Writer {
		v.Greeting = m.To.Name
	}
	if m.Number == "" && m.Args["href"] != "" { // of something that is no case
		v.Title, v.CaseURL = m.Args["title"], p.URL+m.Args["href"]
	}
	if g := m.Args["ground"]; g != "" {
		v.Ground = say("ground." + g)
	}
	if o := m.Args["outcome"]; o != "" {
		v.Outcome = say("outcome." + o)
	}
	if m.Message != nil {
		v.Body, v.Files = m.Message.Body, names(m.Message.Files)
	}
	return v
}

// moment writes a time of the arguments as people of the college read it.
func (p *Post) moment(locale, s string) string {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return ""
	}
	if at = at.In(p.Zone); locale == "en" {
		return at.Format("2 January 2006, 15:04")
	}
	return at.Format("2006年1月2日 15:04")
}

func names(files []workflow.File) string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return strings.Join(out, ", ")
}

func (p *Post) files(ctx context.Context, files []workflow.File) ([]send.File, error) {
	var total int64
	for _, f := range files {
		total += f.Size
	}
	if total > maxAttached {
		return nil, nil
	}
	var out []send.File
	for _, f := range files {
		content, err := p.read(ctx, f.SHA256)
		if err != nil {
			return nil, fmt.Errorf("attach file %d: %w", f.ID, err)
		}
		out = append(out, send.File{Name: f.Name, Type: f.MediaType, Content: content})
	}
	return out, nil
}

func (p *Post) read(ctx context.Context, sha string) ([]byte, error) {
	f, err := p.Blobs.Open(ctx, sha)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
