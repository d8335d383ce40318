package rules

import (
	"context"
	"slices"
	"strings"
	"time"

	"mailbox/workflow"
)

// PeopleQuery asks for accounts. Zero fields do not restrict.
type PeopleQuery struct {
	Search     string // in user name, name, mail address
	Role       workflow.Role
	Department int64
	Disabled   bool // those that are, instead of those that are not
}

// People lists accounts by user name, for administrators.
func (r *Rules) People(ctx context.Context, by workflow.Actor, q PeopleQuery) ([]workflow.Account, error) {
	if err := admin(by); err != nil {
		return nil, err
	}
	all, err := r.desk.Store.Accounts(ctx)
	return slices.DeleteFunc(all, func(a workflow.Account) bool { return !q.fits(a) }), err
}

// Everybody lists all accounts, disabled ones too: history names them.
func (r *Rules) Everybody(ctx context.Context, by workflow.Actor) ([]workflow.Account, error) {
	if err := admin(by); err != nil {
		return nil, err
	}
	return r.desk.Store.Accounts(ctx)
}

func (q PeopleQuery) fits(a workflow.Account) bool {
	text := strings.ToLower(a.Username + "\n" + a.Name + "\n" + a.Email)
	return q.Disabled == !a.Disabled.IsZero() &&
		(q.Role == "" || a.Actor().Is(q.Role)) &&
		(q.Department == 0 || a.Department == q.Department) &&
		strings.Contains(text, strings.ToLower(strings.TrimSpace(q.Search)))
}

// Person is an account with what hangs on it.
type Person struct {
	workflow.Account
	Open   int // cases its department has in hand
	Others int // other enabled people of the department who can work on them
}

// Person returns one account, and what becomes of its work when it goes: cases
// belong to departments, so colleagues go on with them.
func (r *Rules) Person(ctx context.Context, by workflow.Actor, id int64) (Person, error) {
	if err := admin(by); err != nil {
		return Person{}, err
	}
	a, err := r.desk.Store.Account(ctx, id)
	if err != nil {
		return Person{}, err
	}
	p := Person{Account: a}
	if a.Department == 0 || !a.Actor().Is(workflow.DeptClerk, workflow.DeptHead) {
		return p, nil
	}
	if p.Open, err = r.desk.Store.OpenCasesOf(ctx, a.Department); err != nil {
		return p, err
	}
	all, err := r.desk.Store.Accounts(ctx)
	p.Others, _ = staff(slices.DeleteFunc(all, func(o workflow.Account) bool { return o.ID == id }), a.Department)
	return p, err
}

// AllDepartments lists departments for a choice, those in use first.
func (r *Rules) AllDepartments(ctx context.Context, by workflow.Actor) ([]workflow.Department, error) {
	if err := ruler(by); err != nil {
		return nil, err
	}
	return r.desk.Store.Departments(ctx)
}

// Outgoing lists what was sent by mail, the newest first, ids below before.
func (r *Rules) Outgoing(ctx context.Context, by workflow.Actor, before int64, limit int) ([]workflow.Notice, error) {
	if err := admin(by); err != nil {
		return nil, err
	}
	return r.desk.Store.Outgoing(ctx, before, limit)
}

// Mail returns one notice that was sent by mail.
func (r *Rules) Mail(ctx context.Context, by workflow.Actor, id int64) (workflow.Notice, error) {
	if err := admin(by); err != nil {
		return workflow.Notice{}, err
	}
	n, err := r.desk.Store.Notice(ctx, id)
	if err == nil && n.Channel != workflow.ByEmail {
		err = workflow.Absent()
	}
	return n, err
}

// JournalQuery asks for entries of the journal. Zero fields do not restrict.
type JournalQuery struct {
	Account int64
	Action  string
	Before  int64 // ids below
	Limit   int
}

// JournalPage is a part of the journal, the newest first.
type JournalPage struct {
	Entries []workflow.JournalEntry
	Next    int64     // go on below this id; 0 at the end
	Until   time.Time // how far back was looked
}

const (
	journalAtOnce = 500
	journalLooked = 10_000 // entries looked at for one page of a filtered list
)

// Journal lists what accounts did outside of cases, for administrators.
func (r *Rules) Journal(ctx context.Context, by workflow.Actor, q JournalQuery) (JournalPage, error) {
	if err := admin(by); err != nil {
		return JournalPage{}, err
	}
	var out JournalPage
	for looked, before := 0, q.Before; looked < journalLooked; looked += journalAtOnce {
		entries, err := r.desk.Store.Journal(ctx, before, journalAtOnce)
		if err != nil {
			return out, err
		}
		for _, e := range entries {
			before, out.Until = e.ID, e.At
			if q.Account != 0 && e.Account != q.Account || q.Action != "" && e.Action != q.Action {
				continue
			}
			if out.Entries = append(out.Entries, e); len(out.Entries) == q.Limit {
				out.Next = e.ID
				return out, nil
			}
		}
		if len(entries) < journalAtOnce {
			return out, nil
		}
		out.Next = before
	}
	return out, nil
}
