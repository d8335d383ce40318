package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// application is what is known of the case's application: nothing, when it is
// none or its writer said no more than a letter says.
func application(ctx context.Context, store workflow.Applications, c workflow.Case) (workflow.Application, error) {
	if c.Kind != workflow.Disclosure {
		return workflow.Application{CaseID: c.ID}, nil
	}
	a, err := store.Application(ctx, c.ID)
	if err != nil && workflow.KindOf(err) == workflow.NotFound {
		return workflow.Application{CaseID: c.ID}, nil
	}
	return a, err
}

// Deciding is how an application is to be answered.
type Deciding struct {
	Decision workflow.Decision
	Ground   workflow.ReviewGround // where something is withheld
	Referral string                // where to turn to, when it is not ours
	Fee      int                   // fen; what copies and postage cost
	Waived   int                   // fen
	Version  int64                 // of the case as the person saw it
}

func (d *Deciding) check() error {
	d.Referral = strings.TrimSpace(d.Referral)
	if !d.Decision.Withholds() {
		d.Ground = ""
	}
	if d.Decision != workflow.DecideNotOurs {
		d.Referral = ""
	}
	switch {
	case !slices.Contains(workflow.ChosenDecisions, d.Decision):
		return workflow.Wrong("decision", "invalid.choice")
	case d.Decision.Withholds() && !slices.Contains(workflow.ReviewGrounds, d.Ground):
		return workflow.Wrong("ground", "application.ground")
	case d.Decision == workflow.DecideNotOurs && d.Referral == "":
		return workflow.Wrong("referral", "application.referral")
	case utf8.RuneCountInString(d.Referral) > workflow.MaxAsked:
		return workflow.Wrong("referral", "invalid.too_long", workflow.MaxAsked)
	case d.Fee < 0 || d.Fee > workflow.MaxFee:
		return workflow.Wrong("fee", "application.fee")
	case d.Waived < 0 || d.Waived > workflow.MaxFee:
		return workflow.Wrong("waived", "application.fee")
	}
	return nil
}

// Decide says how an application for disclosure is decided. Before that it
// cannot be answered. Another decision needs another confidentiality check.
func (w *Casework) Decide(ctx context.Context, by workflow.Actor, caseID int64, to Deciding) (workflow.Case, error) {
	if err := to.check(); err != nil {
		return workflow.Case{}, err
	}
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, to.Version); err != nil {
			return err
		}
		if err := may(workflow.MayDecide, by, s.Case); err != nil {
			return err
		}
		a, err := application(ctx, s.Tx, s.Case)
		if err != nil {
			return err
		}
		was := s.Case.Decision
		a.Ground, a.Referral, a.Fee, a.Waived, a.Updated = to.Ground, to.Referral, to.Fee, to.Waived, s.At
		if to.Decision != was {
			a.CheckedBy, a.Checked, a.CheckedHash = 0, time.Time{}, nil
		}
		s.Case.Decision = to.Decision
		s.Mark(workflow.MarkDecide, by, by.As(everybody), "", to.detail())
		return s.Tx.SaveApplication(ctx, a)
	})
}

func (d Deciding) detail() map[string]string {
	out := map[string]string{"decision": string(d.Decision)}
	if d.Ground != "" {
		out["withheld"] = string(d.Ground)
	}
	if d.Referral != "" {
		out["referral"] = d.Referral
	}
	if d.Fee > 0 {
		out["fee"] = strconv.Itoa(d.Fee)
	}
	if d.Waived > 0 {
		out["waived"] = strconv.Itoa(d.Waived)
	}
	return out
}

// may turns a right into what stands in its way.
func may(right func(workflow.Actor, workflow.Case) bool, by workflow.Actor, c workflow.Case) error {
	if right(by, c) {
		return nil
	}
	return workflow.Fail(workflow.Conflict, "case.not_now")
}

// CheckSecrecy records that the answer as it stands was checked for secrets by
// the head whose signature it is. A text changed afterwards must be checked
// again.
func (w *Casework) CheckSecrecy(ctx context.Context, by workflow.Actor, caseID, version int64) (workflow.Case, error) {
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, version); err != nil {
			return err
		}
		if err := may(workflow.MayCheckSecrecy, by, s.Case); err != nil {
			return err
		}
		a, err := application(ctx, s.Tx, s.Case)
		if err != nil {
			return err
		}
		d, err := written(ctx, s)
		if err != nil {
			return err
		}
		if a.CheckedHash, err = answerHash(ctx, s.Tx, d); err != nil {
			return err
		}
		a.CheckedBy, a.Checked, a.Updated = by.ID, s.At, s.At
		s.Mark(workflow.MarkSecrecy, by, by.As(everybody), "", nil)
		return s.Tx.SaveApplication(ctx, a)
	})
}

func answerHash(ctx context.Context, store workflow.Dialogue, d workflow.AnswerDraft) ([]byte, error) {
	files, err := store.FilesOfAnswer(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	return workflow.AnswerHash(d.Body, files), nil
}

// checkedForSecrets stops an answer that opens information and was not checked
// as it is now.
func checkedForSecrets(ctx context.Context, s *workflow.Step, d workflow.AnswerDraft) error {
	if s.Case.Kind != workflow.Disclosure || !s.Case.Decision.Opens() {
		return nil
	}
	a, err := application(ctx, s.Tx, s.Case)
	if err != nil {
		return err
	}
	hash, err := answerHash(ctx, s.Tx, d)
	if err != nil {
		return err
	}
	if !a.CheckedFor(hash) {
		return workflow.Fail(workflow.Conflict, "application.unchecked")
	}
	return nil
}
