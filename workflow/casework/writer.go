package casework

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"mailbox/workflow"
)

// Limits of looking a case up: by number, so that no code is guessed however
// many addresses it comes from, and by where it comes from.
var (
	limitNumber = workflow.Limit{Name: "track-number", Rate: 10, Burst: 20, Per: time.Minute}
	limitClient = workflow.Limit{Name: "track-client", Rate: 30, Burst: 40, Per: time.Minute}
)

// Track lets in who has number and code. An unknown number and a wrong code are
// one answer. client is a keyed hash of where the question comes from.
func (w *Casework) Track(ctx context.Context, number, code, client string) (workflow.Actor, error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	for limit, key := range map[workflow.Limit]string{limitNumber: number, limitClient: client} {
		if err := w.limit.Allow(ctx, limit, key); workflow.KindOf(err) == workflow.Limited {
			return workflow.Actor{}, err
		}
	}
	typed, ok := workflow.ParseCode(code)
	c, err := w.desk.Store.CaseByNumber(ctx, number)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return workflow.Actor{}, err
	}
	hash := c.CodeHash
	if err != nil {
		hash = w.codes.Hash("") // as much work as for a number that exists
	}
	if !w.codes.Fits(typed, hash) || !ok || err != nil {
		return workflow.Actor{}, workflow.Fail(workflow.NotFound, "track.unknown")
	}
	return workflow.ByWriter(c.ID), nil
}

// Word is what a writer says about their case.
type Word struct {
	Action   workflow.Action // MarkAdd, AskAgain, Redo, Withdraw, Settle
	Body     string
	Files    []workflow.NewFile
	Channel  workflow.Channel
	External string // makes a second click one word; "" when there is none
	Quoted   string
	HTML     string
}

// Say adds the writer's word to the case. Adding facts to a case that waits for
// them lets it go on; otherwise they are added to the conversation.
func (w *Casework) Say(ctx context.Context, by workflow.Actor, caseID int64, word Word) (workflow.Case, error) {
	if err := checkWord(&word); err != nil {
		return workflow.Case{}, err
	}
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, 0); err != nil {
			return err
		}
		said, err := word.said(ctx, s)
		if said || err != nil || word.done(s.Case) {
			return err
		}
		kind, err := w.hear(ctx, s, by, word)
		if err != nil {
			return err
		}
		return keepWord(ctx, s, kind, word)
	})
}

// said reports whether the word was heard before. The case is locked, so that
// of two clicks at once the second finds the first.
func (word Word) said(ctx context.Context, s *workflow.Step) (bool, error) {
	if word.External == "" {
		return false, nil
	}
	return s.Tx.Said(ctx, s.Case.ID, word.Channel, workflow.ExternalHash(word.Channel, word.External))
}

// done reports whether the case is already where the word wants it: the second
// click on a word without text, which leaves no message to know it by.
func (word Word) done(c workflow.Case) bool {
	switch word.Action {
	case workflow.Withdraw:
		return c.State == workflow.Withdrawn
	case workflow.Settle:
		return c.State == workflow.Closed && c.Outcome == workflow.OutcomeSolved
	default:
		return false
	}
}

func checkWord(word *Word) error {
	word.Body = strings.TrimSpace(word.Body)
	if word.Channel == "" {
		word.Channel = workflow.Web
	}
	needed := word.Action != workflow.Withdraw && word.Action != workflow.Settle && len(word.Files) == 0
	switch {
	case word.Body == "" && needed:
		return workflow.Wrong("body", "invalid.required")
	case utf8.RuneCountInString(word.Body) > workflow.MaxBody:
		return workflow.Wrong("body", "invalid.too_long", workflow.MaxBody)
	case len(word.Files) > workflow.MaxFiles && word.Channel != workflow.Email && !word.Channel.Chat():
		return workflow.Wrong("files", "invalid.too_many_files", workflow.MaxFiles)
	}
	return nil
}

// hear moves the case as the word wants, and says what kind of message it is.
func (w *Casework) hear(ctx context.Context, s *workflow.Step, by workflow.Actor, word Word) (workflow.MessageKind, error) {
	kind, notice := workflow.AdditionMessage, workflow.NoticeAdded
	switch word.Action {
	case workflow.MarkAdd:
		return kind, w.hearAddition(ctx, s, by)
	case workflow.AskAgain:
		kind, notice = workflow.AgainMessage, workflow.NoticeAgain
	case workflow.Redo:
		kind, notice = workflow.AgainMessage, workflow.NoticeRedo
	case workflow.Withdraw, workflow.Settle:
	default:
		return kind, workflow.Fail(workflow.NotFound, "not_found")
	}
	if _, err := s.Move(ctx, workflow.Move{Action: word.Action, By: by, Note: word.Body}, nil, nil); err != nil {
		return kind, err
	}
	if word.Action == workflow.Settle {
		return kind, nil
	}
	return kind, s.TellDepartment(ctx, notice, map[string]string{"action": string(word.Action)})
}

func (w *Casework) hearAddition(ctx context.Context, s *workflow.Step, by workflow.Actor) error {
	switch {
	case s.Case.May(workflow.Supply, by, s.At):
		if _, err := s.Move(ctx, workflow.Move{Action: workflow.Supply, By: by}, nil, nil); err != nil {
			return err
		}
	case s.Case.State.Ended():
		return workflow.Fail(workflow.Conflict, "case.write_anew")
	default:
		s.Mark(workflow.MarkAdd, by, workflow.Writer, "", nil)
	}
	return s.TellDepartment(ctx, workflow.NoticeAdded, nil)
}

func keepWord(ctx context.Context, s *workflow.Step, kind workflow.MessageKind, word Word) error {
	if word.Body == "" && len(word.Files) == 0 {
		return nil
	}
	m := workflow.Message{
		CaseID: s.Case.ID, Kind: kind, Body: word.Body, Quoted: word.Quoted, HTML: word.HTML, Channel: word.Channel, At: s.At,
	}
	if word.External != "" {
		m.External = workflow.ExternalHash(word.Channel, word.External)
	}
	if err := s.Tx.AddMessage(ctx, &m, word.Files); err != nil {
		return err
	}
	return reindex(ctx, s)
}

// Rate keeps the writer's marks. It closes an answered case; a closed one may be
// rated for a while, and a rating changed for a day.
func (w *Casework) Rate(ctx context.Context, by workflow.Actor, caseID int64, r workflow.Rating, comment string) (workflow.Case, error) {
	if err := r.Check(); err != nil {
		return workflow.Case{}, err
	}
	comment = strings.TrimSpace(comment)
	if utf8.RuneCountInString(comment) > workflow.MaxNote {
		return workflow.Case{}, workflow.Wrong("comment", "invalid.too_long", workflow.MaxNote)
	}
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, 0); err != nil {
			return err
		}
		_, err := s.Move(ctx, workflow.Move{Action: workflow.Rate, By: by, Note: comment}, nil, func(c *workflow.Case) {
			r.At = s.At
			if s.Before.State == workflow.Closed && c.Rating.Given() { // a change of mind, not another answer
				r.At = c.Rating.At
			}
			c.Rating = r
		})
		return err
	})
}
