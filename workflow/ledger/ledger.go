// Package ledger is the disclosure ledger (信息公开台账): what the college made
// public, where, by whom, checked by whom, and what of the list of things it
// must publish is late. Departments draft and publish into their own columns
// (分级分类管理); nothing is public before a review of exactly that content passed.
package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mailbox/workflow"
)

// Ledger is what staff do with the disclosure ledger.
type Ledger struct{ desk *workflow.Desk }

// New returns the Ledger of the college that desk works for.
func New(desk *workflow.Desk) *Ledger { return &Ledger{desk: desk} }

// Today is the college's day.
func (l *Ledger) Today() string { return l.desk.Keeper.Day(l.desk.Now()) }

// note writes into the journal what was done to a thing, in its transaction.
func (l *Ledger) note(ctx context.Context, tx workflow.Store, by workflow.Actor, action, subject string, detail map[string]string) error {
	e := workflow.JournalEntry{At: l.desk.Now(), Account: by.ID, Action: action, Subject: subject, Detail: detail}
	return tx.AddJournal(ctx, e, l.desk.Keeper.Chain.LinkJournal)
}

func itemName(id int64) string { return fmt.Sprint("item:", id) }

// Lengths, in characters.
const (
	maxTitle   = 200
	maxSummary = 2_000
	maxURL     = 500
	maxName    = 80
	maxReason  = 300
)

// address checks the address of a page: of the web, or none.
func address(value *string) error {
	if err := workflow.OneLine("url", value, maxURL, false); err != nil {
		return err
	}
	if *value == "" || strings.HasPrefix(*value, "https://") || strings.HasPrefix(*value, "http://") {
		return nil
	}
	return workflow.Wrong("url", "ledger.address")
}

// day checks a day, which may be missing unless it is required.
func day(field, value string, required bool) error {
	if value == "" && !required {
		return nil
	}
	if value == "" {
		return workflow.Wrong(field, "invalid.required")
	}
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return workflow.Wrong(field, "invalid.date")
	}
	return nil
}
