// Package casework is what staff and writers do with a case once it is in:
// every act checks who may see it, moves it by the table of its life, turns its
// clocks, and tells those concerned, in one transaction.
package casework

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailbox/workflow"
)

// Casework carries out what people do to cases.
type Casework struct {
	desk  *workflow.Desk
	codes workflow.Codes
	limit workflow.Limiter

	tracer workflow.Tracer
}

// New returns a Casework. All arguments are required.
func New(desk *workflow.Desk, codes workflow.Codes, limiter workflow.Limiter, tracer workflow.Tracer) *Casework {
	return &Casework{desk: desk, codes: codes, limit: limiter, tracer: tracer}
}

// Act is one thing a member of staff does to a case.
type Act struct {
	Action     workflow.Action
	Note       string          // reason, question or remark; required where the table says so
	Ground     workflow.Ground // of declining
	Department int64           // of routing; with Accept it routes at once
	Into       string          // number of the case to merge into
	Traces     string          // of an answer: why words that may point at the writer may stay in it
	Version    int64           // the version the person saw; 0: whatever is there
}

// Do carries out an act. A case outside the actor's scope is NotFound; a case
// that has changed since the person looked at it is a Conflict.
func (w *Casework) Do(ctx context.Context, by workflow.Actor, caseID int64, a Act) (workflow.Case, error) {
	if utf8.RuneCountInString(a.Note) > workflow.MaxNote {
		return workflow.Case{}, workflow.Wrong("note", "invalid.too_long", workflow.MaxNote)
	}
	return w.desk.Step(ctx, caseID, func(s *workflow.Step) error {
		if err := w.enter(ctx, s, by, a.Version); err != nil {
			return err
		}
		do, ok := acts[a.Action]
		if !ok {
			return workflow.Fail(workflow.NotFound, "not_found")
		}
		return do(ctx, w, s, by, a)
	})
}

// enter lets the actor at the case, or says that there is none.
func (w *Casework) enter(ctx context.Context, s *workflow.Step, by workflow.Actor, version int64) error {
	assists, err := assisting(ctx, s.Tx, s.Case.ID, by.Department)
	if err != nil {
		return err
	}
	switch {
	case !workflow.ScopeOf(by).Sees(s.Case, assists):
		return workflow.Absent()
	case version != 0 && version != s.Case.Version:
		return workflow.Fail(workflow.Conflict, "case.changed_meanwhile")
	}
	return nil
}

func assisting(ctx context.Context, cases workflow.Cases, caseID, department int64) (bool, error) {
	if department == 0 {
		return false, nil
	}
	ids, err := cases.Assisting(ctx, caseID)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if id == department {
			return true, nil
		}
	}
	return false, nil
}

// own refuses what only the department that has the case may do.
func own(s *workflow.Step, by workflow.Actor) error {
	if by.Office() || by.Is(workflow.Discipline) || by.Department == s.Case.Department {
		return nil
	}
	return workflow.Fail(workflow.Forbidden, "case.not_your_department")
}

// act is how one action is carried out, once the actor has been let in.
type act func(ctx context.Context, w *Casework, s *workflow.Step, by workflow.Actor, a Act) error

// acts is what staff can do; workflow's table says who may, and when.
var acts = map[workflow.Action]act{
	workflow.Accept:    accept,
	workflow.Decline:   decline,
	workflow.Merge:     merge,
	workflow.Ask:       ask,
	workflow.GoOn:      simply,
	workflow.Route:     route,
	workflow.SignFor:   simply,
	workflow.Refuse:    refuse,
	workflow.HandIn:    handIn,
	workflow.SendBack:  sendBack,
	workflow.Approve:   approve,
	workflow.Answer:    answer,
	workflow.CloseCase: closeCase,
	workflow.Reopen:    simply,
	workflow.Archive:   simply,
}

// simply moves the case; the table and the clocks do the rest.
func simply(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if err := own(s, by); err != nil {
		return err
	}
	_, err := s.Move(ctx, workflow.Move{Action: a.Action, By: by, Note: a.Note}, nil, nil)
	return err
}

func accept(ctx context.Context, w *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.Accept, By: by, Note: a.Note}, nil, nil); err != nil {
		return err
	}
	if err := s.TellWriter(ctx, workflow.NoticeAccepted, 0, nil); err != nil {
		return err
	}
	if a.Department == 0 {
		return nil
	}
	a.Action = workflow.Route
	return route(ctx, w, s, by, a)
}

func decline(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if a.Ground == "not_signed" && s.Case.Mode == workflow.Anonymous && (s.Case.Kind == workflow.Report || s.Case.Kind == workflow.Complaint) {
		return workflow.Wrong("ground", "case.anonymous_leads")
	}
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.Decline, By: by, Note: a.Note, Ground: a.Ground}, map[string]string{"ground": string(a.Ground)}, nil); err != nil {
		return err
	}
	args := map[string]string{"ground": string(a.Ground)}
	m, err := say(ctx, s, by, workflow.DeclineMessage, workflow.NoticeDeclined, a.Note, args)
	if err != nil {
		return err
	}
	return passOn(ctx, s, m, workflow.NoticeDeclined, args)
}

// say writes a message to the writer and tells them that it is there. An empty
// text is told without a message.
func say(ctx context.Context, s *workflow.Step, by workflow.Actor, kind workflow.MessageKind, notice workflow.NoticeKind, text string, args map[string]string) (workflow.Message, error) {
	m := workflow.Message{CaseID: s.Case.ID, Kind: kind, Author: by.ID, Department: by.Department, Body: strings.TrimSpace(text), Channel: workflow.Web, At: s.At}
	if m.Body != "" {
		if err := s.Tx.AddMessage(ctx, &m, nil); err != nil {
			return m, err
		}
	}
	return m, s.TellWriter(ctx, notice, m.ID, args)
}

func ask(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if err := own(s, by); err != nil {
		return err
	}
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.Ask, By: by, Note: a.Note}, nil, nil); err != nil {
		return err
	}
	_, err := say(ctx, s, by, workflow.QuestionMessage, workflow.NoticeAsked, a.Note, nil)
	return err
}

// refusalTime is how long after routing a department may refuse a case back.
var refusalTime = workflow.Promise{Amount: 1, Unit: workflow.WorkingDays}

// bindingAfter is how many refusals there may be before the office's next
// routing is a ruling.
const bindingAfter = 2

func route(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	to, err := department(ctx, s.Tx, a.Department)
	if err != nil {
		return err
	}
	if to.ID == s.Case.About {
		return workflow.Wrong("department", "case.route_about")
	}
	_, err = s.Move(ctx, workflow.Move{Action: workflow.Route, By: by, Note: a.Note}, map[string]string{"department": to.Code}, func(c *workflow.Case) {
		c.Department = to.ID
		c.Binding = c.Refusals >= bindingAfter
		c.RefuseUntil, _ = s.Work.Due(s.At, refusalTime)
	})
	if err != nil {
		return err
	}
	return s.TellDepartment(ctx, workflow.NoticeRouted, nil)
}

func department(ctx context.Context, college workflow.College, id int64) (workflow.Department, error) {
	all, err := college.Departments(ctx)
	if err != nil {
		return workflow.Department{}, err
	}
	for _, d := range all {
		if d.ID == id && d.Active {
			return d, nil
		}
	}
	return workflow.Department{}, workflow.Wrong("department", "invalid.choice")
}

func refuse(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if err := own(s, by); err != nil {
		return err
	}
	was := s.Case.Department
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.Refuse, By: by, Note: a.Note}, map[string]string{"department": strconv.FormatInt(was, 10)}, nil); err != nil {
		return err
	}
	return s.TellOffice(ctx, workflow.NoticeRefused, nil)
}

// closeCase ends an answered case by hand, with a reason.
func closeCase(ctx context.Context, _ *Casework, s *workflow.Step, by workflow.Actor, a Act) error {
	if strings.TrimSpace(a.Note) == "" {
		return workflow.Wrong("note", "case.note_required")
	}
	if _, err := s.Move(ctx, workflow.Move{Action: workflow.CloseCase, By: by, Note: a.Note}, nil, func(c *workflow.Case) { c.Outcome = workflow.OutcomeOffice }); err != nil {
		return err
	}
	return s.TellWriter(ctx, workflow.NoticeClosing, 0, map[string]string{"outcome": string(workflow.OutcomeOffice)})
}
