package access

import (
	"context"
	"strconv"
	"time"

	"mailbox/workflow"
)

// Enrolment is a second step that is being set up.
type Enrolment struct {
	Secret  string // to be typed where no camera is
	Address string // what the QR code says
}

// String hides the secret.
func (Enrolment) String() string { return "•••" }

// GoString hides the secret from %#v.
func (Enrolment) GoString() string { return "•••" }

// enrolWithin is how long a secret waits to be confirmed: one that somebody else
// may have seen on a page long ago is not taken up again.
const enrolWithin = 15 * time.Minute

// Begin sets a second step up for an account that has none. Asked again soon it
// is the same, so that a page may be loaded anew.
func (f *Factors) Begin(ctx context.Context, account int64, issuer string) (Enrolment, error) {
	a, err := f.door.store.Account(ctx, account)
	if err != nil {
		return Enrolment{}, err
	}
	known, on, err := f.confirmed(ctx, account)
	if err != nil {
		return Enrolment{}, err
	}
	if on {
		return Enrolment{}, &workflow.Error{Kind: workflow.Conflict, Key: "factor.on_already"}
	}
	if known.Account == 0 || f.door.now().Sub(known.Created) > enrolWithin {
		if known, err = f.fresh(ctx, account); err != nil {
			return Enrolment{}, err
		}
	}
	secret, err := f.open(known)
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Secret: secret, Address: f.codes.Address(secret, issuer, a.Username)}, nil
}

// fresh stores a new secret and returns what is stored then.
func (f *Factors) fresh(ctx context.Context, account int64) (workflow.SecondFactor, error) {
	sealed := f.vault.SealFor(factorPurpose(account), []byte(f.codes.Secret()))
	err := f.door.store.BeginSecondFactor(ctx, workflow.SecondFactor{Account: account, Created: f.door.now(), Sealed: sealed})
	if err != nil {
		return workflow.SecondFactor{}, err
	}
	return f.door.store.SecondFactor(ctx, account)
}

// Confirm makes the second step count once the app shows the right code. The
// recovery codes are returned this once.
func (f *Factors) Confirm(ctx context.Context, account int64, code string) ([]workflow.Code, error) {
	if err := f.door.allow(ctx, limitCode, strconv.FormatInt(account, 10)); err != nil {
		return nil, err
	}
	known, err := f.door.store.SecondFactor(ctx, account)
	if err != nil {
		return nil, err
	}
	if f.door.now().Sub(known.Created) > enrolWithin {
		return nil, workflow.Wrong("code", "factor.late")
	}
	secret, err := f.open(known)
	if err != nil {
		return nil, err
	}
	step, ok := f.codes.Step(secret, digitsOf(code), f.door.now())
	if !ok {
		return nil, workflow.Wrong("code", "factor.wrong")
	}
	var codes []workflow.Code
	err = f.door.store.Atomic(ctx, func(tx workflow.Store) error {
		var hashes [][]byte
		codes, hashes = f.recovery(account)
		if err := tx.AddJournal(ctx, f.door.entry(account, "factor_on", account, nil), f.door.chain.LinkJournal); err != nil {
			return err
		}
		return tx.ConfirmSecondFactor(ctx, account, step, f.door.now(), hashes)
	})
	return codes, err
}

func (f *Factors) recovery(account int64) (codes []workflow.Code, hashes [][]byte) {
	for range RecoveryCodes {
		code := workflow.NewCode()
		codes, hashes = append(codes, code), append(hashes, f.hash(account, code))
	}
	return codes, hashes
}

// Off forgets the actor's own second step, which needs a code of it: for another
// device, or when nobody asks for one any more.
func (f *Factors) Off(ctx context.Context, by workflow.Actor, code string) error {
	if err := f.Check(ctx, by.ID, code); err != nil {
		return err
	}
	return f.drop(ctx, by, by.ID, "factor_off")
}

// Reset forgets the second step of somebody who has lost the device and the
// codes, for an administrator, and ends every session of the account.
func (f *Factors) Reset(ctx context.Context, by workflow.Actor, account int64) error {
	if !by.Is(workflow.Admin) {
		return workflow.Absent()
	}
	if err := f.drop(ctx, by, account, "factor_reset"); err != nil {
		return err
	}
	_, err := f.door.sessions.CloseAll(ctx, account)
	return err
}

func (f *Factors) drop(ctx context.Context, by workflow.Actor, account int64, action string) error {
	return f.door.store.Atomic(ctx, func(tx workflow.Store) error {
		if err := tx.AddJournal(ctx, f.door.entry(by.ID, action, account, nil), f.door.chain.LinkJournal); err != nil {
			return err
		}
		return tx.DropSecondFactor(ctx, account)
	})
}
