package demo

import (
	"context"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/publication"
)

// fate is how far a selected answer comes.
type fate int

const (
	drafted fate = iota
	handedIn
	passed
	public
	embargoed
	takenBack // by its writer
	takenDown // by the office
)

// fates are the letters that the office selects for everybody to read. All of
// their writers agreed.
var fates = map[string]fate{
	"L005": public, "L035": public, "L038": public, "L040": public, "L042": public, "L058": public, "L076": public, "L078": public,
	"L081": public, "L094": public, "L129": public, "L146": public, "L022": public, "L212": public,
	"L131": embargoed, "L206": embargoed, "L014": takenBack, "L085": takenDown,
	"L208": drafted, "L113": handedIn, "L103": passed,
}

// embargo is how long after the present the answers under embargo stay hidden.
const embargo = 7 * 24 * time.Hour

const reviewer = "reviewer"

// selected is the way of a letter's answer to the public.
func (s *script) selected() {
	f, chosen := fates[s.letter.ID]
	if !chosen {
		return
	}
	s.staff("select", workday, 3*workday, selectAnswer)
	if f == drafted {
		return
	}
	s.staff("redact", 20, 90, handInAnswer)
	if f == handedIn {
		return
	}
	s.staff("review", 60, workday, reviewAnswer)
	if f == passed {
		return
	}
	s.staff("publish", 30, 240, publishAnswer(f == embargoed))
	if f == takenBack {
		s.writer("take back", 30, 90, dissent)
	}
	if f == takenDown {
		s.staff("take down", 2*workday, 5*workday, takeDown("答复中的处理期限有变，更正后另行公开。"))
	}
}

// selectAnswer begins the public version. Like all acts here it looks first how
// far things are: an interrupted demonstration goes on where it ended.
func selectAnswer(ctx context.Context, p *player, c *subject) error {
	_, err := p.answers.Begin(ctx, p.people[clerk], c.number)
	return err
}

func handInAnswer(ctx context.Context, p *player, c *subject) error {
	pub, err := p.desk.Store.PublicationOf(ctx, c.id)
	if err != nil || pub.State != workflow.PublicationDraft {
		return err
	}
	_, err = p.answers.HandIn(ctx, p.people[clerk], pub.ID, pub.Version, "")
	return err
}

func reviewAnswer(ctx context.Context, p *player, c *subject) error {
	pub, err := p.desk.Store.PublicationOf(ctx, c.id)
	if err != nil || pub.State != workflow.PublicationInReview {
		return err
	}
	open, err := p.desk.Store.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewAnswer, SubjectID: pub.ID, Open: true, Limit: 1})
	if err != nil || len(open) == 0 {
		return err
	}
	d := publication.Decision{
		Version: open[0].Version, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "《高等学校信息公开办法》第五条、第十条",
	}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	_, err = p.reviews.Decide(ctx, p.people[reviewer], open[0].ID, d)
	return err
}

func publishAnswer(later bool) act {
	return func(ctx context.Context, p *player, c *subject) error {
		pub, err := p.desk.Store.PublicationOf(ctx, c.id)
		if err != nil || pub.State != workflow.PublicationReviewed {
			return err
		}
		var from time.Time
		if later {
			from = p.present.Add(embargo)
		}
		_, err = p.answers.Publish(ctx, p.people[officeHead], pub.ID, pub.Version, from)
		return err
	}
}

func dissent(ctx context.Context, p *player, c *subject) error {
	_, err := p.answers.Consent(ctx, workflow.ByWriter(c.id), c.id, false)
	return err
}

func takeDown(reason string) act {
	return func(ctx context.Context, p *player, c *subject) error {
		pub, err := p.desk.Store.PublicationOf(ctx, c.id)
		if err == nil {
			_, err = p.answers.Withdraw(ctx, p.people[clerk], pub.ID, reason)
		}
		return err
	}
}
