package annual

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mailbox/workflow"
)

// MaxContact is the most characters of a line of the annex.
const MaxContact = 60

// Contacts are the lines of the annex of a year, one for every post; those of a
// year that has none are empty.
func (b *Bureau) Contacts(ctx context.Context, by workflow.Actor, year int) ([]workflow.AnnualContact, error) {
	if !MayRead(by) {
		return nil, workflow.Absent()
	}
	all, err := b.store().AnnualContacts(ctx, year)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	out := make([]workflow.AnnualContact, 0, len(workflow.AnnualPosts))
	for _, post := range workflow.AnnualPosts {
		k := workflow.AnnualContact{Post: post}
		for _, o := range all {
			if o.Post == post {
				k = o
			}
		}
		out = append(out, k)
	}
	return out, nil
}

// SaveContacts says who answers for disclosure in a year. What earlier years said
// stays.
func (b *Bureau) SaveContacts(ctx context.Context, by workflow.Actor, year int, all []workflow.AnnualContact) error {
	switch {
	case !MayRead(by):
		return workflow.Absent()
	case !MayWrite(by):
		return workflow.Fail(workflow.Forbidden, "annual.not_yours")
	}
	var errs []error
	if year < 1949 || year > 9999 {
		errs = append(errs, workflow.Wrong("year", "request.field_number"))
	}
	for i := range all {
		errs = append(errs, checkContact(&all[i]))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return b.store().Atomic(ctx, func(tx workflow.Store) error {
		if err := tx.SaveAnnualContacts(ctx, year, all, by.ID, b.now()); err != nil {
			return err
		}
		e := workflow.JournalEntry{At: b.now(), Account: by.ID, Action: "annual.contacts", Subject: fmt.Sprintf("contacts:%d", year)}
		return tx.AddJournal(ctx, e, b.Desk.Keeper.Chain.LinkJournal)
	})
}

func checkContact(k *workflow.AnnualContact) error {
	var errs []error
	for field, text := range map[string]*string{"name": &k.Name, "duty": &k.Duty, "phone": &k.Phone, "mobile": &k.Mobile, "mail": &k.Mail} {
		*text = strings.TrimSpace(*text)
		errs = append(errs, longer(k.Post+"_"+field, *text, MaxContact))
	}
	if k.Name == "" {
		errs = append(errs, workflow.Wrong(k.Post+"_name", "invalid.required"))
	}
	return errors.Join(errs...)
}
