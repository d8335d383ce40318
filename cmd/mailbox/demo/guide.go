package demo

import (
	"context"
	"fmt"
	"strings"

	"mailbox/workflow"
	"mailbox/workflow/access"
)

// Guide is what a visitor of the demonstration needs.
type Guide struct {
	People []Person // whose accounts are no department's; none: it is no demonstration
	Number string   // of a case that waits for its writer's rating
	Code   workflow.Code
}

// Show returns the guide of a store that Fill has filled.
func Show(ctx context.Context, store workflow.Store, codes workflow.Codes) (Guide, error) {
	if is, err := filled(ctx, store); err != nil || !is {
		return Guide{}, err
	}
	college, err := Load()
	if err != nil {
		return Guide{}, err
	}
	var g Guide
	for _, p := range college.People {
		if !strings.HasSuffix(p.Username, "-clerk") && !strings.HasSuffix(p.Username, "-head") {
			g.People = append(g.People, p)
		}
	}
	for _, l := range college.Letters {
		if l.Course() != (Course{StillOpen, string(workflow.Answered)}) {
			continue
		}
		if found, err := g.look(ctx, store, codes, l); err != nil || found {
			return g, err
		}
	}
	return g, nil
}

// look takes the letter for the guide if its case is still as it was told.
func (g *Guide) look(ctx context.Context, store workflow.Store, codes workflow.Codes, l Letter) (bool, error) {
	channel := workflow.Channel(l.Channel)
	stored, err := store.LetterBy(ctx, channel, workflow.ExternalHash(channel, external(l)))
	if err != nil {
		return false, fmt.Errorf("find letter %s: %w", l.ID, err)
	}
	c, err := store.Case(ctx, stored.CaseID)
	if err != nil || c.State != workflow.Answered {
		return false, err
	}
	g.Number = c.Number
	g.Code, err = codes.Unseal(stored.Receipt, external(l))
	return true, err
}

// external is what the demonstration calls a letter.
func external(l Letter) string { return "demo:" + l.ID }

func filled(ctx context.Context, store workflow.Store) (bool, error) {
	settings, err := store.Settings(ctx)
	if err != nil {
		return false, fmt.Errorf("read settings: %w", err)
	}
	return settings[settingState] == done, nil
}

// SetPassword gives the demonstration's accounts another password, but for
// those that somebody gave one of their own: the others share a hash.
func SetPassword(ctx context.Context, store workflow.Store, passwords access.Passwords, password string) error {
	if is, err := filled(ctx, store); err != nil || !is {
		return err
	}
	accounts, err := store.Accounts(ctx)
	if err != nil {
		return fmt.Errorf("read accounts: %w", err)
	}
	sharing := map[string]int{}
	for _, a := range accounts {
		sharing[a.PasswordHash]++
	}
	hash, err := passwords.Hash(password)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return store.Atomic(ctx, func(tx workflow.Store) error {
		for _, a := range accounts {
			if a.PasswordHash == "" || sharing[a.PasswordHash] < 2 {
				continue
			}
			a.PasswordHash = hash
			if err := tx.SaveAccount(ctx, &a); err != nil {
				return err
			}
		}
		return nil
	})
}
