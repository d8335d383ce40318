package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"time"

	"mailbox/workflow"
)

// Call is an act as a program sends it.
type Call struct {
	Number  string
	Action  workflow.Action
	Key     string // the program's own name for it; "" when it has none
	Digest  []byte // of what is sent, which tells a repeat from something else
	Version int64  // of the case as the program read it
}

// Once lets do act on a case for a program. What comes again under its key with
// the same content is not done again: it is answered as the first time, and
// again is true. do and the memory of it are kept together or not at all.
func (w *Casework) Once(ctx context.Context, by workflow.Actor, call Call, do func(inside *Casework, c workflow.Case) error) (done workflow.Deed, again bool, err error) {
	if done, err = remembered(ctx, w.desk.Store, by, call); workflow.KindOf(err) != workflow.NotFound {
		return done, err == nil, err
	}
	if done, again, err = w.once(ctx, by, call, do); workflow.KindOf(err) != workflow.Conflict {
		return done, again, err
	}
	// Of two that came at once one was first.
	if first, known := remembered(ctx, w.desk.Store, by, call); workflow.KindOf(known) != workflow.NotFound {
		return first, known == nil, known
	}
	return done, false, err
}

func (w *Casework) once(ctx context.Context, by workflow.Actor, call Call, do func(*Casework, workflow.Case) error) (done workflow.Deed, again bool, err error) {
	var turned []workflow.Clock
	err = w.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		turned, again = nil, false
		inside := w.within(tx, func(_ context.Context, clocks ...workflow.Clock) { turned = append(turned, clocks...) })
		c, err := inside.lock(ctx, tx, by, call.Number)
		if err != nil {
			return err
		}
		if done, err = remembered(ctx, tx, by, call); workflow.KindOf(err) != workflow.NotFound {
			again = err == nil
			return err
		}
		if call.Version != c.Version {
			return workflow.Fail(workflow.Conflict, "case.changed_meanwhile")
		}
		if err := do(inside, c); err != nil {
			return err
		}
		done, err = remember(ctx, tx, by, call, c.ID, inside.desk.Now())
		return err
	})
	if err != nil {
		return workflow.Deed{}, false, err
	}
	if len(turned) > 0 {
		w.desk.Arm(ctx, turned...)
	}
	return done, again, nil
}

// within is the same casework in a transaction, at one moment.
func (w *Casework) within(tx workflow.Store, arm func(context.Context, ...workflow.Clock)) *Casework {
	inside, desk, at := *w, *w.desk, w.desk.Now()
	desk.Store, desk.Arm, desk.Now = tx, arm, func() time.Time { return at }
	inside.desk = &desk
	return &inside
}

// lock is Find, and keeps others from the case.
func (w *Casework) lock(ctx context.Context, tx workflow.Store, by workflow.Actor, number string) (workflow.Case, error) {
	c, err := w.Find(ctx, by, number)
	if err != nil {
		return workflow.Case{}, err
	}
	return tx.LockCase(ctx, c.ID)
}

// remembered is what was done under the call's key, NotFound when nothing was,
// or Invalid when it was something else.
func remembered(ctx context.Context, deeds workflow.Deeds, by workflow.Actor, call Call) (workflow.Deed, error) {
	if call.Key == "" {
		return workflow.Deed{}, workflow.Absent()
	}
	d, err := deeds.DeedBy(ctx, by.ID, keyOf(call))
	if err == nil && (d.Number != call.Number || d.Action != call.Action || !bytes.Equal(d.Digest, call.Digest)) {
		return workflow.Deed{}, workflow.Wrong("Idempotency-Key", "letter.key_reused")
	}
	return d, err
}

func keyOf(call Call) []byte {
	sum := sha256.Sum256([]byte(call.Key))
	return sum[:]
}

func remember(ctx context.Context, tx workflow.Store, by workflow.Actor, call Call, caseID int64, at time.Time) (workflow.Deed, error) {
	c, err := tx.Case(ctx, caseID)
	if err != nil {
		return workflow.Deed{}, err
	}
	d := workflow.Deed{
		Account: by.ID, Key: keyOf(call), Digest: call.Digest, CaseID: c.ID, Number: c.Number, Action: call.Action,
		State: c.State, Version: c.Version, At: at.UTC().Truncate(time.Microsecond),
	}
	if call.Key == "" {
		return d, nil
	}
	return d, tx.AddDeed(ctx, d)
}
