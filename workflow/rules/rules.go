// Package rules is how the college changes what it is held to: departments,
// categories, policies, the calendar, answer templates and settings. Every
// change is checked, kept together with its entry in the journal, and counts
// for new letters at once; old cases keep the versions they were begun under.
package rules

import (
	"context"
	"fmt"
	"strings"

	"mailbox/workflow"
)

// Rules changes the rules of the college.
type Rules struct{ desk *workflow.Desk }

// New returns Rules of the college that desk works for.
func New(desk *workflow.Desk) *Rules { return &Rules{desk: desk} }

// admin lets administrators in; for others there is nothing here.
func admin(by workflow.Actor) error {
	if !by.Is(workflow.Admin) {
		return workflow.Absent()
	}
	return nil
}

// ruler lets in whoever may say what is promised: administrators and the head
// of the office.
func ruler(by workflow.Actor) error {
	if !by.Is(workflow.Admin, workflow.OfficeHead) {
		return workflow.Absent()
	}
	return nil
}

// keep runs do and writes the journal in one transaction, and lets the rules be
// read anew. do returns the id of what it changed; 0 means that there was
// nothing to change, and then nothing is noted.
func (r *Rules) keep(ctx context.Context, by workflow.Actor, what string, detail map[string]string, do func(workflow.Store) (int64, error)) error {
	err := r.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		id, err := do(tx)
		if err != nil || id == 0 {
			return err
		}
		return r.note(ctx, tx, by, what, fmt.Sprint(what, ":", id), detail)
	})
	if err == nil {
		r.desk.Rules.Forget()
	}
	return err
}

func (r *Rules) note(ctx context.Context, tx workflow.Store, by workflow.Actor, action, subject string, detail map[string]string) error {
	e := workflow.JournalEntry{At: r.desk.Now(), Account: by.ID, Action: action, Subject: subject, Detail: detail}
	return tx.AddJournal(ctx, e, r.desk.Keeper.Chain.LinkJournal)
}

// Lengths, in characters.
const (
	maxHint     = 300
	maxTitle    = 60
	maxTemplate = 4_000
	maxPhone    = 60
)

// code checks the name by which programs and addresses know a thing. It is
// given once and never changes.
func code(value *string) error {
	*value = strings.ToLower(strings.TrimSpace(*value))
	v := *value
	letters := strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
	if len(v) < 2 || len(v) > 32 || !letters || v[0] < 'a' || v[0] > 'z' {
		return workflow.Wrong("code", "rules.code")
	}
	return nil
}
