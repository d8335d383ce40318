package demo

import (
	"context"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// act is one thing that is done to a case, in one transaction.
type act func(ctx context.Context, p *player, c *subject) error

// do is an act of casework by the named member of staff.
func do(who string, a casework.Act) act {
	return func(ctx context.Context, p *player, c *subject) error {
		_, err := p.cases.Do(ctx, p.people[who], c.id, a)
		return err
	}
}

// send is do to a department that is named by its code.
func send(who, department string, a casework.Act) act {
	return func(ctx context.Context, p *player, c *subject) error {
		a.Department = p.departments[department]
		return do(who, a)(ctx, p, c)
	}
}

func mergeInto(letter, note string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		a := casework.Act{Action: workflow.Merge, Into: p.subjects[letter].number, Note: note}
		return do(clerk, a)(ctx, p, c)
	}
}

func seal(reason string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		return p.cases.Seal(ctx, p.people[clerk], c.id, reason)
	}
}

func assist(department string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		return p.cases.Assist(ctx, p.people[clerk], c.id, p.departments[department], true)
	}
}

func note(who, text string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		return p.cases.Note(ctx, p.people[who], c.id, text, nil)
	}
}

func remind(who, text string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		return p.cases.Remind(ctx, p.people[who], c.id, text)
	}
}

func instruct(who, text string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		return p.cases.Instruct(ctx, p.people[who], c.id, text)
	}
}

func moreTime(who string, days int, reason string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		return p.cases.AskMoreTime(ctx, p.people[who], c.id, days, reason)
	}
}

func grant(who, remark string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		return p.cases.DecideMoreTime(ctx, p.people[who], c.id, true, remark)
	}
}

// draft saves the text over whatever was drafted in this round.
func draft(who, text string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		var version int64
		was, err := p.desk.Store.AnswerOf(ctx, c.id)
		switch {
		case err == nil && was.Sent.IsZero():
			version = was.Version
		case err != nil && workflow.KindOf(err) != workflow.NotFound:
			return err
		}
		_, err = p.cases.SaveDraft(ctx, p.people[who], c.id, text, version)
		return err
	}
}

// say is the writer's word.
func say(action workflow.Action, text string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		_, err := p.cases.Say(ctx, workflow.ByWriter(c.id), c.id, casework.Word{Action: action, Body: text})
		return err
	}
}

func rate(r Rating) act {
	return func(ctx context.Context, p *player, c *subject) error {
		marks := workflow.Rating{Speed: r.Speed, Attitude: r.Attitude, Result: r.Result, Solved: r.Solved}
		_, err := p.cases.Rate(ctx, workflow.ByWriter(c.id), c.id, marks, r.Comment)
		return err
	}
}

// decide says how an application is answered.
func decide(who string, l Letter) act {
	return func(ctx context.Context, p *player, c *subject) error {
		_, err := p.cases.Decide(ctx, p.people[who], c.id, casework.Deciding{
			Decision: workflow.Decision(l.Decision), Ground: workflow.ReviewGround(l.Withheld), Referral: l.Referral, Fee: l.Fee, Waived: l.Waived,
		})
		return err
	}
}

func checkSecrecy(who string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		_, err := p.cases.CheckSecrecy(ctx, p.people[who], c.id, 0)
		return err
	}
}

// tag counts the case for a campaign, and propose asks for it.
func tag(campaign string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		_, err := p.cases.Tag(ctx, p.people[clerk], c.id, p.campaigns[campaign], 0)
		return err
	}
}

func propose(who string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		_, err := p.cases.Propose(ctx, p.people[who], c.id, p.campaigns[ourCampaign], 0)
		return err
	}
}

// submit hands the letter in; one that is in already tells how far it has come.
func submit(l Letter) act {
	return func(ctx context.Context, p *player, c *subject) error {
		letter := workflow.Letter{
			Channel: workflow.Channel(l.Channel), External: external(l), Mode: workflow.Mode(l.Mode), Kind: workflow.CaseKind(l.Kind),
			Category: p.categories[l.Category], WriterStatus: workflow.WriterStatus(l.Status), Subject: l.Subject, Body: l.Body,
			Identity: workflow.Identity{Name: l.Name, Phone: l.Phone, Email: l.Email}, About: p.departments[l.About],
			Application: workflow.Application{Asked: l.Asked, Purpose: l.Purpose, Delivery: l.Delivery},
			Publish:     l.Publish, Urgent: l.Course().Kind == Urgent, Locale: l.Locale,
		}
		if l.byHand() {
			letter.EnteredBy = p.people[clerk]
		}
		r, err := p.intake.Submit(ctx, letter)
		if err != nil {
			return err
		}
		c.id, c.number = r.CaseID, r.Number
		if r.Again {
			was, err := p.desk.Store.Case(ctx, r.CaseID)
			c.upTo = was.Updated
			return err
		}
		return nil
	}
}
