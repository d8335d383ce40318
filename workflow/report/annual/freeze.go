package annual

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"mailbox/workflow"
	"mailbox/workflow/report"
)

const (
	// freezes is how often freezing begins again when somebody changes the draft
	// meanwhile.
	freezes = 3
	// factsAtOnce is how many facts are added up at once before freezing.
	factsAtOnce = 10000
)

var errMoved = errors.New("the draft has changed meanwhile")

// Freeze makes the snapshot of a draft: all values with the ids behind them, the
// tables, texts, contacts and rules, read at one moment, and stored whole or not
// at all. It fails with an Unavailable error when the database went away; the
// draft is then as it was, and freezing it again works.
func (b *Bureau) Freeze(ctx context.Context, by workflow.Actor, id int64) (workflow.AnnualReport, error) {
	r, err := b.report(ctx, b.store(), by, id)
	if err != nil {
		return r, err
	}
	if !MayWrite(by) {
		return r, workflow.Fail(workflow.Forbidden, "annual.not_yours")
	}
	for try := 1; ; try++ {
		out, err := b.freeze(ctx, by, id)
		if !errors.Is(err, errMoved) {
			return out, err
		}
		if try == freezes {
			return out, workflow.Fail(workflow.Conflict, "conflict.changed")
		}
	}
}

func (b *Bureau) freeze(ctx context.Context, by workflow.Actor, id int64) (workflow.AnnualReport, error) {
	if err := b.project(ctx); err != nil {
		return workflow.AnnualReport{}, err
	}
	r, p, f, err := b.picture(ctx, id)
	if err != nil {
		return r, err
	}
	body, hash, err := f.encode()
	if err != nil {
		return r, err
	}
	return b.change(ctx, by, MayWrite, id, func(tx workflow.Store, now *workflow.AnnualReport) (string, map[string]string, error) {
		if err := mustBe(*now, workflow.AnnualDraft); err != nil {
			return "", nil, err
		}
		if moved, err := hasMoved(ctx, tx, r, *now, p); moved || err != nil {
			return "", nil, errors.Join(err, errMovedIf(moved))
		}
		at := b.now()
		if err := tx.AddSnapshot(ctx, workflow.AnnualSnapshot{Report: id, Body: body, Hash: hash, At: at}); err != nil {
			return "", nil, err
		}
		now.State, now.Hash, now.FrozenBy, now.Frozen, now.Updated = workflow.AnnualFrozen, hash, by.ID, at, at
		err := errors.Join(tx.SaveReport(ctx, now), b.tellRoles(ctx, tx, by, *now, workflow.OfficeHead))
		return "freeze", map[string]string{"sha256": hex.EncodeToString(hash)}, err
	})
}

// project adds up what waits to be counted, so that no figure lags behind.
func (b *Bureau) project(ctx context.Context) error {
	if err := report.CatchUp(ctx, b.store(), factsAtOnce); err != nil {
		return fmt.Errorf("add facts up: %w", err)
	}
	return nil
}

// picture reads a draft and everything that stands in it at one moment.
func (b *Bureau) picture(ctx context.Context, id int64) (r workflow.AnnualReport, p parts, f Frozen, err error) {
	err = b.store().Still(ctx, func(tx workflow.Store) error {
		var err error
		if r, err = tx.Report(ctx, id); err != nil {
			return err
		}
		if err := mustBe(r, workflow.AnnualDraft); err != nil {
			return err
		}
		if p, err = readParts(ctx, tx, r); err != nil {
			return err
		}
		if f, err = b.compose(ctx, tx, r, p, true); err != nil {
			return err
		}
		return errors.Join(f.Faults()...)
	})
	return r, p, f, err
}

// hasMoved reports whether anybody has changed the draft since it was read.
func hasMoved(ctx context.Context, tx workflow.Store, was, is workflow.AnnualReport, p parts) (bool, error) {
	now, err := readParts(ctx, tx, is)
	if err != nil {
		return false, err
	}
	same := was.Version == is.Version && slices.Equal(p.overrides, now.overrides) && slices.Equal(p.contacts, now.contacts) &&
		slices.EqualFunc(p.blocks, now.blocks, func(a, b workflow.AnnualBlock) bool { return a.Key == b.Key && a.Version == b.Version })
	return !same, nil
}

func errMovedIf(moved bool) error {
	if moved {
		return errMoved
	}
	return nil
}

// thawed reads a snapshot; bytes that are not what was frozen are an error.
func (b *Bureau) thawed(ctx context.Context, id int64) (Frozen, error) {
	s, err := b.store().Snapshot(ctx, id)
	if err != nil {
		return Frozen{}, err
	}
	return thaw(s)
}

func thaw(s workflow.AnnualSnapshot) (Frozen, error) {
	var f Frozen
	if err := json.Unmarshal(s.Body, &f); err != nil {
		return f, fmt.Errorf("read snapshot of report %d: %w", s.Report, err)
	}
	f.body = s.Body
	return f, nil
}

// Make puts a report together without storing it, for who only wants the file:
// from the form, as everything is now or was at o.AsOf.
func (b *Bureau) Make(ctx context.Context, by workflow.Actor, o Order) (Frozen, error) {
	if !MayRead(by) {
		return Frozen{}, workflow.Absent()
	}
	form, err := b.Form(o.Form)
	if err = errors.Join(err, o.check()); err != nil {
		return Frozen{}, err
	}
	if err := b.project(ctx); err != nil {
		return Frozen{}, err
	}
	r := workflow.AnnualReport{
		Form: o.Form, Year: o.Year, From: o.From, Last: o.Last, AsOf: o.AsOf, Title: o.Title, Addressee: o.Addressee, Notice: o.Notice, Day: o.Day,
	}
	var f Frozen
	err = b.store().Still(ctx, func(tx workflow.Store) error {
		var p parts
		var err error
		if p.blocks, err = b.begin(ctx, tx, &r, form, false); err != nil {
			return err
		}
		if p.contacts, err = tx.AnnualContacts(ctx, r.Year); err != nil {
			return err
		}
		f, err = b.compose(ctx, tx, r, p, true)
		return err
	})
	return f, err
}
