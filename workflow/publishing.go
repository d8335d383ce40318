package workflow

import (
	"context"
	"fmt"
)

// PublicationRule says whether a case may become public at all, and how. Why is
// the catalogue key of what stands in the way, or "".
type PublicationRule struct {
	Why      string
	Doubtful bool // it speaks of somebody: the review is asked to look twice
}

// MayPublish is the rule about which cases may become public: answered ones
// whose writer agreed. Never a sealed case, never a report of misconduct, and
// never an anonymous letter without its writer's own consent.
func MayPublish(c Case) PublicationRule {
	switch {
	case c.Sealed:
		return PublicationRule{Why: "publication.never.sealed"}
	case c.Kind == Report:
		return PublicationRule{Why: "publication.never.report"}
	case c.State != Answered && c.State != Closed && c.State != Archived, c.Answered.IsZero():
		return PublicationRule{Why: "publication.never.unanswered"}
	case !c.PublishWish:
		return PublicationRule{Why: "publication.never.consent"}
	}
	return PublicationRule{Doubtful: c.About != 0}
}

// Unpublish takes the case's answer back from the public, or from its way
// there, in this step. It does nothing when there is none.
func (s *Step) Unpublish(ctx context.Context, by Actor, as Role, reason string) error {
	p, err := s.Tx.PublicationOf(ctx, s.Case.ID)
	if err != nil && KindOf(err) == NotFound || err == nil && p.State == PublicationWithdrawn {
		return nil
	}
	if err != nil {
		return err
	}
	was := p.State
	p.State, p.Withdrawn, p.WithdrawnBy, p.Reason, p.Words, p.Updated = PublicationWithdrawn, s.At, by.ID, reason, "", s.At
	if err := s.Tx.SavePublication(ctx, &p); err != nil {
		return err
	}
	if err := s.Tx.DropRedaction(ctx, p.ID); err != nil {
		return err
	}
	s.Mark(MarkUnpublish, by, as, reason, map[string]string{"publication": p.Slug})
	return s.Journal(ctx, by, "publication.withdraw", fmt.Sprintf("publication:%d", p.ID), map[string]string{"slug": p.Slug, "was": string(was)})
}

// Journal notes something in the journal, in this step.
func (s *Step) Journal(ctx context.Context, by Actor, action, subject string, detail map[string]string) error {
	e := JournalEntry{At: s.At, Account: by.ID, Action: action, Subject: subject, Detail: detail}
	return s.Tx.AddJournal(ctx, e, s.desk.Keeper.Chain.LinkJournal)
}
