package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// mark lets the actor change something about a case without moving it.
func (w *Casework) mark(ctx context.Context, by workflow.Actor, caseID int64, roles []workflow.Role, do func(*workflow.Step, workflow.Role) error) (workflow.Case, error) {
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, 0); err != nil {
			return err
		}
		as := by.As(roles)
		if as == "" {
			return workflow.Fail(workflow.Forbidden, "case.not_yours")
		}
		return do(s, as)
	})
}

var (
	officeRoles = []workflow.Role{workflow.Clerk, workflow.OfficeHead, workflow.Discipline}
	leaders     = []workflow.Role{workflow.Leader, workflow.Principal}
	everybody   = []workflow.Role{workflow.Clerk, workflow.OfficeHead, workflow.DeptClerk, workflow.DeptHead, workflow.Discipline, workflow.Leader, workflow.Principal}
)

// Note adds an internal note.
func (w *Casework) Note(ctx context.Context, by workflow.Actor, caseID int64, body string, files []workflow.NewFile) error {
	return w.inside(ctx, by, caseID, everybody, workflow.NoteMessage, workflow.MarkNote, body, files)
}

// Instruct adds a leader's instruction (批示) and tells department and office.
func (w *Casework) Instruct(ctx context.Context, by workflow.Actor, caseID int64, body string) error {
	return w.inside(ctx, by, caseID, leaders, workflow.Instruction, workflow.MarkInstruct, body, nil)
}

func (w *Casework) inside(ctx context.Context, by workflow.Actor, caseID int64, roles []workflow.Role, kind workflow.MessageKind, action workflow.Action, body string, files []workflow.NewFile) error {
	body = strings.TrimSpace(body)
	switch {
	case body == "":
		return workflow.Wrong("body", "invalid.required")
	case utf8.RuneCountInString(body) > workflow.MaxNote:
		return workflow.Wrong("body", "invalid.too_long", workflow.MaxNote)
	}
	_, err := w.mark(ctx, by, caseID, roles, func(s *workflow.Step, as workflow.Role) error {
		m := workflow.Message{CaseID: caseID, Kind: kind, Author: by.ID, Department: by.Department, Body: body, Channel: workflow.Web, At: s.At}
		if err := s.Tx.AddMessage(ctx, &m, files); err != nil {
			return err
		}
		s.Mark(action, by, as, "", nil)
		if action != workflow.MarkInstruct {
			return nil
		}
		if err := s.TellDepartment(ctx, workflow.NoticeInstructed, nil); err != nil {
			return err
		}
		return s.TellOffice(ctx, workflow.NoticeInstructed, nil)
	})
	return err
}

// Classes is what the office finds a letter to be.
type Classes struct {
	Kind     workflow.CaseKind
	Category int64
	About    int64
	Concern  *workflow.Concern // nil: as it is
	Version  int64
}

// Classify sets kind, category and whom it complains about. Clocks already
// running keep what was promised.
func (w *Casework) Classify(ctx context.Context, by workflow.Actor, caseID int64, to Classes) (workflow.Case, error) {
	if _, err := workflow.ParseKind(string(to.Kind)); err != nil {
		return workflow.Case{}, err
	}
	if err := to.checkConcern(); err != nil {
		return workflow.Case{}, err
	}
	return w.mark(ctx, by, caseID, officeRoles, func(s *workflow.Step, as workflow.Role) error {
		switch {
		case to.Version != 0 && to.Version != s.Case.Version:
			return workflow.Fail(workflow.Conflict, "case.changed_meanwhile")
		case s.Case.State.Ended():
			return workflow.Fail(workflow.Conflict, "case.not_now")
		}
		if to.About != 0 && to.About == s.Case.Department {
			return workflow.Wrong("about", "case.route_about")
		}
		seals, err := w.classify(ctx, s, to)
		if err != nil {
			return err
		}
		if to.Kind == workflow.Report { // which is never public
			if err := s.Unpublish(ctx, by, as, ""); err != nil {
				return err
			}
		}
		s.Mark(workflow.MarkClassify, by, as, "", to.detail(s))
		if !seals || s.Case.Sealed {
			return nil
		}
		return seal(ctx, s, by, as, "")
	})
}

func (to Classes) checkConcern() error {
	if to.Concern == nil {
		return nil
	}
	_, err := workflow.ParseConcern(string(*to.Concern))
	return err
}

// detail is what the history keeps of it; the concern only when it changed.
func (to Classes) detail(s *workflow.Step) map[string]string {
	d := map[string]string{"kind": string(to.Kind), "category": strconv.FormatInt(to.Category, 10)}
	if s.Case.Concern != s.Before.Concern {
		d["concern"] = string(s.Case.Concern)
	}
	return d
}

// classify changes what the case is about, and reports whether that belongs in
// the discipline lane. A case never leaves the lane.
func (w *Casework) classify(ctx context.Context, s *workflow.Step, to Classes) (seals bool, err error) {
	category, err := s.Tx.CategoryVersion(ctx, s.Case.CategoryVersion)
	if err != nil {
		return false, err
	}
	if to.Category != s.Case.Category || (to.Kind == workflow.Disclosure) != (s.Case.Kind == workflow.Disclosure) {
		if category, err = w.desk.Rules.In(s.Tx).Category(ctx, to.Category); err != nil {
			return false, err
		}
		policy, err := w.desk.Rules.In(s.Tx).Policy(ctx, category.Policy, to.Kind, s.Case.Urgent)
		if err != nil {
			return false, err
		}
		s.Case.Category, s.Case.CategoryVersion, s.Case.Policy = category.ID, category.Version, policy.Version
	}
	s.Case.Kind, s.Case.About = to.Kind, to.About
	if to.Kind != workflow.Disclosure {
		s.Case.Decision = workflow.NoDecision
	}
	if to.Concern != nil {
		s.Case.Concern = *to.Concern
	}
	return category.Seals(to.Kind), nil
}

// Urgent holds the case to the urgent promises from now on: every running clock
// falls due no later than they say.
func (w *Casework) Urgent(ctx context.Context, by workflow.Actor, caseID int64, reason string) (workflow.Case, error) {
	if err := short(reason); err != nil {
		return workflow.Case{}, err
	}
	return w.mark(ctx, by, caseID, officeRoles, func(s *workflow.Step, as workflow.Role) error {
		if s.Case.Urgent || s.Case.State.Ended() {
			return workflow.Fail(workflow.Conflict, "case.not_now")
		}
		policy, err := w.desk.Rules.In(s.Tx).Policy(ctx, 0, s.Case.Kind, true)
		if err != nil {
			return err
		}
		s.Case.Urgent, s.Case.Policy = true, policy.Version
		var changed []workflow.Clock
		for _, k := range s.Clocks {
			if k.Hasten(policy.Promises, s.Work, s.At) {
				changed = append(changed, k)
			}
		}
		s.Mark(workflow.MarkUrgent, by, as, reason, nil)
		s.SaveClocks(changed...)
		return s.TellDepartment(ctx, workflow.NoticeUrgent, nil)
	})
}

// Seal moves the case into the discipline lane, with the letters joined to it:
// from now on nobody else sees them.
func (w *Casework) Seal(ctx context.Context, by workflow.Actor, caseID int64, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return workflow.Wrong("note", "case.note_required")
	}
	if err := short(reason); err != nil {
		return err
	}
	_, err := w.mark(ctx, by, caseID, officeRoles, func(s *workflow.Step, as workflow.Role) error {
		if s.Case.Sealed || s.Case.State.Ended() {
			return workflow.Fail(workflow.Conflict, "case.not_now")
		}
		return seal(ctx, s, by, as, reason)
	})
	return err
}

func seal(ctx context.Context, s *workflow.Step, by workflow.Actor, as workflow.Role, reason string) error {
	letters, err := s.Joined(ctx)
	if err != nil {
		return err
	}
	hide := func(s *workflow.Step) error {
		if err := s.Unpublish(ctx, by, as, ""); err != nil {
			return err
		}
		s.Case.Sealed = true
		s.Mark(workflow.MarkSeal, by, as, reason, nil)
		return nil
	}
	for _, c := range letters {
		if err := s.Beside(ctx, c.ID, hide); err != nil {
			return err
		}
	}
	if err := hide(s); err != nil {
		return err
	}
	return s.TellOffice(ctx, workflow.NoticeRouted, nil)
}

// short refuses a reason that is too long to be one.
func short(reason string) error {
	if utf8.RuneCountInString(reason) > workflow.MaxNote {
		return workflow.Wrong("note", "invalid.too_long", workflow.MaxNote)
	}
	return nil
}

// Assist lets another department help, or stops it.
func (w *Casework) Assist(ctx context.Context, by workflow.Actor, caseID, dept int64, helps bool) error {
	_, err := w.mark(ctx, by, caseID, officeRoles, func(s *workflow.Step, as workflow.Role) error {
		d, err := department(ctx, s.Tx, dept)
		if err != nil {
			return err
		}
		if s.Case.State.Ended() {
			return workflow.Fail(workflow.Conflict, "case.not_now")
		}
		if helps && (d.ID == s.Case.About || d.ID == s.Case.Department || s.Case.Sealed) {
			return workflow.Wrong("department", "case.route_about")
		}
		s.Mark(workflow.MarkAssist, by, as, "", map[string]string{"department": d.Code, "helps": strconv.FormatBool(helps)})
		return s.Tx.Assist(ctx, caseID, dept, helps, s.At)
	})
	return err
}

// Remind presses the department (催办).
func (w *Casework) Remind(ctx context.Context, by workflow.Actor, caseID int64, note string) error {
	if err := short(note); err != nil {
		return err
	}
	roles := append(slices.Clone(leaders), officeRoles...)
	_, err := w.mark(ctx, by, caseID, roles, func(s *workflow.Step, as workflow.Role) error {
		if s.Case.Department == 0 || s.Case.State.Ended() || s.Case.State == workflow.Answered {
			return workflow.Fail(workflow.Conflict, "case.not_now")
		}
		s.Mark(workflow.MarkRemind, by, as, note, nil)
		return s.TellDepartment(ctx, workflow.NoticeReminder, map[string]string{"reason": note})
	})
	return err
}

// Part is a matter split off a letter that holds several.
type Part struct {
	Subject  string
	Body     string // the passage of the letter this case is about
	Kind     workflow.CaseKind
	Category int64
}

// Split makes a further case of part of a letter. It has a number of its own,
// the same writer, the same query code and the letter's time of receipt for its
// clocks' beginning now.
func (w *Casework) Split(ctx context.Context, by workflow.Actor, caseID int64, p Part) (workflow.Case, error) {
	p.Subject, p.Body = strings.TrimSpace(p.Subject), strings.TrimSpace(p.Body)
	switch {
	case p.Subject == "" || utf8.RuneCountInString(p.Subject) > workflow.MaxSubject:
		return workflow.Case{}, workflow.Wrong("subject", "invalid.required")
	case p.Body == "" || utf8.RuneCountInString(p.Body) > workflow.MaxBody:
		return workflow.Case{}, workflow.Wrong("body", "invalid.required")
	}
	if _, err := workflow.ParseKind(string(p.Kind)); err != nil {
		return workflow.Case{}, err
	}
	var child workflow.Case
	_, err := w.mark(ctx, by, caseID, officeRoles, func(s *workflow.Step, as workflow.Role) error {
		if s.Case.State.Ended() {
			return workflow.Fail(workflow.Conflict, "case.not_now")
		}
		var err error
		if child, err = w.splitOff(ctx, s, by, as, p); err != nil {
			return err
		}
		s.Mark(workflow.MarkSplit, by, as, "", map[string]string{"number": child.Number})
		return nil
	})
	return child, err
}

func (w *Casework) splitOff(ctx context.Context, s *workflow.Step, by workflow.Actor, as workflow.Role, p Part) (workflow.Case, error) {
	category, err := w.desk.Rules.In(s.Tx).Category(ctx, p.Category)
	if err != nil {
		return workflow.Case{}, err
	}
	policy, err := w.desk.Rules.In(s.Tx).Policy(ctx, category.Policy, p.Kind, s.Case.Urgent)
	if err != nil {
		return workflow.Case{}, err
	}
	from := s.Case
	c := workflow.Case{
		CodeHash: from.CodeHash, Kind: p.Kind, Category: category.ID, CategoryVersion: category.Version, Policy: policy.Version,
		Channel: from.Channel, Mode: from.Mode, WriterStatus: from.WriterStatus, Writer: from.Writer, Subject: p.Subject, Locale: from.Locale,
		About: from.About, Urgent: from.Urgent, Sealed: from.Sealed || category.Seals(p.Kind), PublishWish: from.PublishWish, SplitFrom: from.ID, Received: s.At,
	}
	b, err := w.desk.Birth(ctx, s.Tx, c, by, as, map[string]string{"from": from.Number})
	if err != nil {
		return c, err
	}
	b.Message = workflow.Message{Kind: workflow.LetterMessage, Body: p.Body, Channel: from.Channel, At: s.At}
	b.Words = workflow.SearchWords(b.Case.Number + " " + b.Case.Subject + "\n" + p.Body)
	if err := s.AddBirth(ctx, &b); err != nil || b.Case.Sealed == from.Sealed {
		return b.Case, err
	}
	return b.Case, s.Beside(ctx, b.Case.ID, func(child *workflow.Step) error { return child.TellOffice(ctx, workflow.NoticeRouted, nil) })
}
