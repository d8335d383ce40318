package access

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
)

// limitCode is how often the second step may be tried for an account: guessing
// six digits this way takes some twenty years.
var limitCode = workflow.Limit{Name: "signin-code", Rate: 5, Burst: 10, Per: 5 * time.Minute}

// RecoveryCodes is how many codes on paper an account gets.
const RecoveryCodes = 10

// OneTime makes and reads the codes of authenticator apps.
type OneTime interface {
	// Secret is a new one.
	Secret() string
	// Step is the step of time whose code it is, near a moment.
	Step(secret, code string, at time.Time) (step int64, ok bool)
	// Address is what a QR code says to an app.
	Address(secret, issuer, account string) string
}

// Need says of whom a second step is asked. Whoever has set one up is asked in
// any case.
type Need string

// The needs.
const (
	NeedNobody Need = "nobody"
	NeedOffice Need = "office" // the office that runs the mailbox, and administrators
	NeedAll    Need = "all"
)

// Needs lists them, the mildest first.
var Needs = []Need{NeedNobody, NeedOffice, NeedAll}

// of reports whether the account must have a second step.
func (n Need) of(a workflow.Account) bool {
	switch n {
	case NeedNobody:
		return false
	case NeedAll:
		return true
	case NeedOffice:
	}
	return a.Actor().Is(workflow.Clerk, workflow.OfficeHead, workflow.Admin)
}

// Next is what somebody whose password was right has to do.
type Next string

// The steps.
const (
	NextNothing Next = ""
	NextCode    Next = "code"  // show a code
	NextEnrol   Next = "enrol" // set the second step up
)

// Factors is the second step of signing in with a password: six digits of an
// app, or a code on paper when the app is lost.
type Factors struct {
	door  *Door
	vault *Vault
	codes OneTime
	key   []byte
	need  Need
}

// NewFactors returns Factors that hash recovery codes with a secret key of at
// least 32 bytes; need holds until an administrator has chosen another.
func NewFactors(door *Door, vault *Vault, codes OneTime, key []byte, need Need) *Factors {
	return &Factors{door: door, vault: vault, codes: codes, key: key, need: need}
}

// Need is of whom a second step is asked now.
func (f *Factors) Need(ctx context.Context) (Need, error) {
	all, err := f.door.store.Ways(ctx)
	if err != nil {
		return f.need, err
	}
	for _, w := range all {
		if n := Need(w.Config["second_factor"]); w.Way == workflow.Local && n != "" {
			return n, nil
		}
	}
	return f.need, nil
}

// Factor is how the second step of an account stands.
type Factor struct {
	On     bool
	Since  time.Time
	Codes  int  // recovery codes left
	Needed bool // it may not be without
}

// Of says how the second step of an account stands: one's own, and anybody's for
// an administrator.
func (f *Factors) Of(ctx context.Context, by workflow.Actor, account int64) (Factor, error) {
	if err := mayManage(by, account); err != nil {
		return Factor{}, err
	}
	a, err := f.door.store.Account(ctx, account)
	if err != nil {
		return Factor{}, err
	}
	need, err := f.Need(ctx)
	if err != nil {
		return Factor{}, err
	}
	out := Factor{Needed: need.of(a)}
	known, on, err := f.confirmed(ctx, account)
	if err != nil || !on {
		return out, err
	}
	out.On, out.Since = true, known.Confirmed
	out.Codes, err = f.door.store.CountRecoveryCodes(ctx, account)
	return out, err
}

// confirmed is the second factor of the account; on is false when there is none
// that counts.
func (f *Factors) confirmed(ctx context.Context, account int64) (known workflow.SecondFactor, on bool, err error) {
	known, err = f.door.store.SecondFactor(ctx, account)
	if absent(err) {
		err = nil
	}
	return known, err == nil && !known.Confirmed.IsZero(), err
}

// Next is what the owner of an account has to do whose password was right.
func (f *Factors) Next(ctx context.Context, a workflow.Account) (Next, error) {
	_, on, err := f.confirmed(ctx, a.ID)
	if err != nil {
		return NextNothing, err
	}
	if on {
		return NextCode, nil
	}
	need, err := f.Need(ctx)
	if err != nil || !need.of(a) {
		return NextNothing, err
	}
	return NextEnrol, nil
}

// Waiting is the account of somebody whose password was right a moment ago. It
// is refused when the account was disabled or changed since.
func (f *Factors) Waiting(ctx context.Context, account, version int64) (workflow.Account, error) {
	a, err := f.door.store.Account(ctx, account)
	gone := workflow.KindOf(err) == workflow.NotFound && err != nil
	if err != nil && !gone {
		return a, err
	}
	if gone || !a.Disabled.IsZero() || a.Version != version {
		return workflow.Account{}, workflow.Fail(workflow.Unauthenticated, "factor.again")
	}
	return a, nil
}

// Check takes a code for the second step: of the app, or one on paper. Each is
// good once.
func (f *Factors) Check(ctx context.Context, account int64, code string) error {
	if err := f.door.allow(ctx, limitCode, strconv.FormatInt(account, 10)); err != nil {
		return err
	}
	known, on, err := f.confirmed(ctx, account)
	if err != nil {
		return err
	}
	fits := false
	if on {
		fits, err = f.use(ctx, known, code)
	}
	if err == nil && !fits {
		err = workflow.Wrong("code", "factor.wrong")
	}
	return err
}

func (f *Factors) use(ctx context.Context, known workflow.SecondFactor, code string) (bool, error) {
	secret, err := f.open(known)
	if err != nil {
		return false, err
	}
	if step, ok := f.codes.Step(secret, digitsOf(code), f.door.now()); ok {
		return f.door.store.UseStep(ctx, known.Account, step)
	}
	paper, ok := workflow.ParseCode(code)
	if !ok {
		return false, nil
	}
	used, err := f.door.store.UseRecoveryCode(ctx, known.Account, f.hash(known.Account, paper), f.door.now())
	if err != nil || !used {
		return false, err
	}
	return true, f.door.note(ctx, known.Account, "factor_recovery", known.Account, nil)
}

// digitsOf drops what people put between digits.
func digitsOf(code string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.TrimSpace(code))
}

// absent reports whether there is nothing, rather than something wrong.
func absent(err error) bool { return err != nil && workflow.KindOf(err) == workflow.NotFound }

func factorPurpose(account int64) string { return fmt.Sprint("second-factor/", account) }

func (f *Factors) open(known workflow.SecondFactor) (string, error) {
	b, err := f.vault.OpenFor(factorPurpose(known.Account), known.Sealed)
	return string(b), err
}

// hash is what the database keeps of a recovery code.
func (f *Factors) hash(account int64, code workflow.Code) []byte {
	mac := hmac.New(sha256.New, f.key)
	fmt.Fprintf(mac, "recovery %d %s", account, string(code))
	return mac.Sum(nil)
}
