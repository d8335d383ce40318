// Package annual makes the annual report on information disclosure: a draft of
// blocks that people edit, with every figure a named field; a snapshot that is
// frozen with the ids behind each number and never changes again; and what has
// changed since.
//
// A form is a file of blocks (templates/report); the fields it has places for are
// the registry in field.go, each with one definition.
package annual

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

// Deps is what a Bureau works with. All of it is required.
type Deps struct {
	Desk    *workflow.Desk
	Figures report.Deps // of the tables; its Store is not used
	// Text is the words of a catalogue key in Chinese, the language of reports.
	Text func(key string, args ...any) string
	// Forms are the forms by name: see Form.
	Forms map[string][]byte
}

// Bureau makes annual reports.
type Bureau struct {
	Deps

	forms map[string]Form
}

// New returns a Bureau. A form that cannot be read is an error.
func New(d Deps) (*Bureau, error) {
	b := &Bureau{Deps: d, forms: map[string]Form{}}
	for _, name := range slices.Sorted(maps.Keys(d.Forms)) {
		f, err := readForm(name, string(d.Forms[name]))
		if err != nil {
			return nil, fmt.Errorf("form %s: %w", name, err)
		}
		b.forms[name] = f
	}
	return b, nil
}

func (b *Bureau) now() time.Time { return b.Desk.Now().UTC().Truncate(time.Microsecond) }

func (b *Bureau) store() workflow.Store { return b.Desk.Store }

// MayRead reports whether the actor may see annual reports: the office, leaders
// and the principal. To others they do not exist.
func MayRead(a workflow.Actor) bool {
	return a.Office() || a.Is(workflow.Leader, workflow.Principal, workflow.System)
}

// MayWrite reports whether the actor may write drafts, freeze and publish.
func MayWrite(a workflow.Actor) bool { return a.Office() }

// MayCheck reports whether the actor signs for the office.
func MayCheck(a workflow.Actor) bool { return a.Is(workflow.OfficeHead) }

// MaySign reports whether the actor signs for the college.
func MaySign(a workflow.Actor) bool { return a.Is(workflow.Leader, workflow.Principal) }

// report is a report that the actor may see.
func (b *Bureau) report(ctx context.Context, tx workflow.Store, by workflow.Actor, id int64) (workflow.AnnualReport, error) {
	if !MayRead(by) {
		return workflow.AnnualReport{}, workflow.Absent()
	}
	return tx.Report(ctx, id)
}

// change lets do change a report in one transaction and notes it in the journal.
func (b *Bureau) change(ctx context.Context, by workflow.Actor, may func(workflow.Actor) bool, id int64, do func(workflow.Store, *workflow.AnnualReport) (action string, detail map[string]string, err error)) (workflow.AnnualReport, error) {
	var out workflow.AnnualReport
	if !MayRead(by) {
		return out, workflow.Absent()
	}
	if !may(by) {
		return out, workflow.Fail(workflow.Forbidden, "annual.not_yours")
	}
	err := b.store().Atomic(ctx, func(tx workflow.Store) error {
		r, err := tx.LockReport(ctx, id)
		if err != nil {
			return err
		}
		action, detail, err := do(tx, &r)
		if err != nil {
			return err
		}
		out = r
		return b.note(ctx, tx, by, action, r, detail)
	})
	return out, err
}

// note writes what happened to a report into the journal.
func (b *Bureau) note(ctx context.Context, tx workflow.Store, by workflow.Actor, action string, r workflow.AnnualReport, detail map[string]string) error {
	e := workflow.JournalEntry{At: b.now(), Account: by.ID, Action: "annual." + action, Subject: fmt.Sprintf("report:%d", r.ID), Detail: detail}
	if err := tx.AddJournal(ctx, e, b.Desk.Keeper.Chain.LinkJournal); err != nil {
		return fmt.Errorf("note %s: %w", action, err)
	}
	return nil
}

// mustBe reports a Conflict unless the report is in one of the states.
func mustBe(r workflow.AnnualReport, states ...workflow.AnnualState) error {
	if !slices.Contains(states, r.State) {
		return workflow.Fail(workflow.Conflict, "annual.wrong_state")
	}
	return nil
}
