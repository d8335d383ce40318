package demo

import (
	"context"
	"fmt"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
)

// post is the arrivals of the mails. One that has arrived already is not
// taken again, so that they need no memory of their own.
func (c College) post(now time.Time, cal calendar.Working) ([]happening, error) {
	var out []happening
	for _, m := range c.Mails {
		tod, err := time.Parse("15:04", m.Time)
		if err != nil {
			return nil, fmt.Errorf("mail %s: %w", m.ID, err)
		}
		y, month, day := now.In(cal.Location()).AddDate(0, 0, -m.Ago).Date()
		at := time.Date(y, month, day, tod.Hour(), tod.Minute(), 0, 0, cal.Location()).UTC()
		about, _ := c.Letter(m.Letter)
		if !at.After(now) {
			out = append(out, happening{step: step{name: "mail " + m.ID, at: at, do: c.arrive(m, about)}, letter: "mail " + m.ID})
		}
	}
	return out, nil
}

func (c College) arrive(m Mail, about Letter) act {
	return func(ctx context.Context, p *player, _ *subject) error {
		r := raw{Mail: m, at: p.clock.Now(), to: "mailbox@" + p.desk.Keeper.Domain}
		if m.From == "" {
			r.From, r.Name = about.Email, about.Name
		}
		if about.ID != "" {
			s := p.subjects[about.ID]
			if s == nil {
				return nil // its letter has not come yet
			}
			r.our = s.number
			var err error
			if r.told, err = p.mailed(ctx, s); err != nil {
				return err
			}
		}
		if m.Kind == bounce {
			r.From, r.Name, r.Body = "mailer-daemon@example.org", "Mail Delivery System", about.Email
		}
		return p.receive(ctx, m.ID, r)
	}
}

// mailed is the first mail that the writer of the case was sent.
func (p *player) mailed(ctx context.Context, s *subject) (workflow.Notice, error) {
	all, err := p.desk.Store.NoticesOf(ctx, s.id)
	if err != nil {
		return workflow.Notice{}, err
	}
	for _, n := range all {
		if n.Channel == workflow.ByEmail && n.Account == 0 {
			return n, nil
		}
	}
	return workflow.Notice{}, fmt.Errorf("the writer of %s was never mailed", s.number)
}

// receive takes the mail in and sorts it.
func (p *player) receive(ctx context.Context, id string, r raw) error {
	a := intake.Arrival{
		Source: "smtp", Mailbox: r.to, External: "demo:" + id, EnvelopeFrom: r.From, EnvelopeTo: []string{r.to}, Received: r.at, Raw: r.bytes(),
	}
	if err := p.mailroom.Arrive(ctx, a); err != nil {
		return err
	}
	_, err := p.mailroom.Sort(ctx, 10)
	return err
}

// follow lets a writer's mail add to their case.
func (p *player) follow(ctx context.Context, caseID int64, m intake.ReadMail, external string, files []workflow.NewFile) error {
	_, err := p.cases.Say(ctx, workflow.ByWriter(caseID), caseID, casework.Word{
		Action: workflow.MarkAdd, Body: m.Text, Quoted: m.Quoted, HTML: m.HTML, Files: files, Channel: workflow.Email, External: external,
	})
	return err
}

// byMail hands a letter in that nobody at the college has read yet: it is what
// its mail says, and no more.
func byMail(l Letter) act {
	return func(ctx context.Context, p *player, _ *subject) error {
		m := Mail{ID: l.ID, Kind: letter, From: l.Email, Name: l.Name, Subject: l.Subject, Body: l.Body}
		return p.receive(ctx, l.ID, raw{Mail: m, at: p.clock.Now(), to: "mailbox@" + p.desk.Keeper.Domain})
	}
}
