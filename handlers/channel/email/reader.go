package email

import (
	"slices"
	"time"

	"mailbox/workflow/intake"
)

// Reader reads mail for the mailroom. It implements intake.Reader.
type Reader struct {
	Domain string   // of our reply addresses
	Own    []string // our addresses: mail from them is a loop
}

// Read implements intake.Reader.
func (r Reader) Read(raw []byte, envelopeTo []string) intake.ReadMail {
	m := Parse(raw, r.Own...)
	token, _ := m.ReplyToken(r.Domain, envelopeTo...)
	out := intake.ReadMail{
		Readable: m.Readable, MessageID: m.MessageID, InReplyTo: append(m.InReplyTo, m.References...),
		FromName: m.From.Name, FromAddress: m.From.Address, Subject: m.Subject, Text: m.Text, Quoted: m.Quoted, HTML: m.HTML,
		Machine: machine(m.Machine.Sort), Silent: m.Machine.Silent, Token: token, Numbers: m.Numbers(),
	}
	if !m.Date.IsZero() {
		out.Sent = m.Date.UTC().Format(time.RFC3339)
	}
	for _, a := range m.Attachments {
		out.Files = append(out.Files, intake.ReadFile{Name: a.Name, MediaType: a.Type, Content: a.Content})
	}
	if m.Machine.Sort == Bounced {
		bounced(m.Bounce, &out)
	}
	return out
}

func bounced(b Bounce, out *intake.ReadMail) {
	if b.MessageID != "" && (len(b.Recipients) == 0 || slices.ContainsFunc(b.Recipients, Recipient.Failed)) {
		out.Bounced = []string{b.MessageID}
	}
	for _, r := range b.Recipients {
		if r.Hard() {
			out.Dead = append(out.Dead, r.Address)
		}
	}
}

func machine(s Sort) intake.Machine {
	switch s {
	case Bounced:
		return intake.Bounce
	case AutoReply:
		return intake.AutoOut
	case Bulk:
		return intake.Bulk
	case Loop:
		return intake.Own
	case Person:
	}
	return intake.Person
}
