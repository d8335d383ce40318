package sla

import (
	"context"
	"fmt"

	"mailbox/workflow"
)

// remindWriter tells the writer once more what was asked.
func (r *round) remindWriter(ctx context.Context, s *workflow.Step, k workflow.Clock) error {
	messages, err := s.Tx.MessagesOf(ctx, s.Case.ID, false)
	if err != nil {
		return err
	}
	t := r.telling(s, k, warnStep, workflow.NoticeAsked)
	t.Args["reminder"] = "yes"
	for _, m := range messages {
		if m.Kind == workflow.QuestionMessage {
			t.Message = m.ID // the last one asked
		}
	}
	return s.TellWriterOf(ctx, t)
}

// tellStaff tells those whose time it is and, of a breach, the head of the
// office too. When none of them may know of the case, as when the office itself
// is complained about, a breach goes to the leaders.
func (r *round) tellStaff(ctx context.Context, s *workflow.Step, k workflow.Clock, step string) error {
	kind := workflow.NoticeWarning
	if step == breachStep {
		kind = workflow.NoticeBreach
	}
	accounts, err := r.recipients(ctx, s, k, step)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		s.TellAccount(a, r.telling(s, k, step, kind))
	}
	return nil
}

// audience is some accounts: those with a role, of one department or of any.
type audience struct {
	department int64
	roles      []workflow.Role
}

func (r *round) recipients(ctx context.Context, s *workflow.Step, k workflow.Clock, step string) ([]workflow.Account, error) {
	out, err := r.whoMaySee(ctx, s, audiences(s.Case, k, step))
	if err != nil || len(out) > 0 || step == warnStep {
		return out, err
	}
	return r.whoMaySee(ctx, s, []audience{{roles: []workflow.Role{workflow.Leader}}})
}

// audiences is whom a step of the clock concerns. Of a sealed case nobody
// outside its lane learns.
func audiences(c workflow.Case, k workflow.Clock, step string) []audience {
	if c.Sealed {
		return []audience{{roles: []workflow.Role{workflow.Discipline}}}
	}
	out := []audience{{roles: []workflow.Role{workflow.Clerk, workflow.OfficeHead}}}
	if k.Department != 0 {
		out = []audience{{k.Department, []workflow.Role{workflow.DeptClerk, workflow.DeptHead}}}
		if step == breachStep {
			out = append(out, audience{roles: []workflow.Role{workflow.OfficeHead}})
		}
	}
	return out
}

// whoMaySee is everybody of the audiences who may see the case, each once.
func (r *round) whoMaySee(ctx context.Context, s *workflow.Step, of []audience) ([]workflow.Account, error) {
	var out []workflow.Account
	seen := map[int64]bool{}
	for _, who := range of {
		accounts, err := r.people(ctx, s.Tx, who)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			if !seen[a.ID] && workflow.ScopeOf(a.Actor()).Sees(s.Case, false) {
				seen[a.ID] = true
				out = append(out, a)
			}
		}
	}
	return out, nil
}

// people reads an audience once in a round: a thousand clocks that ring in the
// same second mostly concern the same few people.
func (r *round) people(ctx context.Context, tx workflow.Store, who audience) ([]workflow.Account, error) {
	name := fmt.Sprint(who.department, who.roles)
	r.mu.Lock()
	known, ok := r.accounts[name]
	r.mu.Unlock()
	if ok {
		return known, nil
	}
	accounts, err := tx.AccountsFor(ctx, who.department, who.roles...)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accounts[name] = accounts
	return accounts, nil
}

// telling is what is told of a step. Nothing is mailed while the office is
// closed, unless the matter is urgent.
func (r *round) telling(s *workflow.Step, k workflow.Clock, step string, kind workflow.NoticeKind) workflow.Telling {
	t := workflow.Telling{
		// A clock that was given more time is warned of anew.
		Name: fmt.Sprintf("clock:%d:%s:%d", k.ID, step, k.ExtendedBy),
		Kind: kind, Case: s.Case, Args: facts(k), At: r.now,
	}
	if !k.Urgent {
		t.MailAt = s.Work.NextOpen(r.now)
	}
	return t
}
