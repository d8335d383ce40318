package access_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// steps is an authenticator whose code of a step is its secret's last letters
// and the step.
type steps struct{ made *int }

func (s steps) Secret() string {
	*s.made++
	return "SECRET" + string(rune('A'+*s.made))
}

func (steps) Address(secret, issuer, account string) string {
	return "otpauth:" + secret + issuer + account
}

func (steps) Step(secret, code string, at time.Time) (int64, bool) {
	for _, n := range []int64{at.Unix()/30 - 1, at.Unix() / 30} {
		if code == codeOf(secret, n) {
			return n, true
		}
	}
	return 0, false
}

func codeOf(secret string, step int64) string {
	return secret[len(secret)-1:] + time.Unix(step*30, 0).UTC().Format("150405")
}

type gate struct {
	*worldtest.World
	factors *access.Factors
}

func newGate(t *testing.T, need access.Need) gate {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	return gate{w, access.NewFactors(w.Door, w.Vault, steps{new(int)}, []byte("a key of thirty-two bytes and some more"), need)}
}

func (g gate) code(secret string) string { return codeOf(secret, g.Now().Unix()/30) }

// enrol sets a second step up and returns its secret and recovery codes.
func (g gate) enrol(t *testing.T, a workflow.Account) (string, []workflow.Code) {
	t.Helper()
	e, err := g.factors.Begin(t.Context(), a.ID, "信箱")
	if err != nil {
		t.Fatal(err)
	}
	codes, err := g.factors.Confirm(t.Context(), a.ID, g.code(e.Secret))
	if err != nil || len(codes) != access.RecoveryCodes {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	return e.Secret, codes
}

func (g gate) next(t *testing.T, a workflow.Account, want access.Next) {
	t.Helper()
	if got, err := g.factors.Next(t.Context(), a); err != nil || got != want {
		t.Errorf("%s: next %q %v, want %q", a.Username, got, err, want)
	}
}

func TestFactor_isAskedOfWhomItIsSaid(t *testing.T) {
	for need, want := range map[access.Need][3]access.Next{
		access.NeedNobody: {}, access.NeedAll: {access.NextEnrol, access.NextEnrol, access.NextEnrol},
		access.NeedOffice: {access.NextEnrol, access.NextEnrol, access.NextNothing},
	} {
		g := newGate(t, need)
		g.next(t, g.Clerk, want[0])
		g.next(t, g.Admin, want[1])
		g.next(t, g.LogisticsHead, want[2])
	}
	g := newGate(t, access.NeedOffice)
	w := workflow.WaySettings{Way: workflow.Local, Config: map[string]string{"second_factor": "nobody"}, Changed: g.Now()}
	if err := g.Store.SaveWay(t.Context(), &w, g.Admin.ID); err != nil {
		t.Fatal(err)
	}
	g.next(t, g.Clerk, access.NextNothing)
	g.enrol(t, g.Clerk)
	g.next(t, g.Clerk, access.NextCode)
}

func TestFactor_takesEachCodeOnce(t *testing.T) {
	g := newGate(t, access.NeedNobody)
	secret, paper := g.enrol(t, g.Clerk)
	check := func(code string) error { return g.factors.Check(t.Context(), g.Clerk.ID, code) }
	if err := check(g.code(secret)); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("the code it was set up with is used again: %v", err)
	}
	g.Pass(time.Minute)
	now := g.code(secret)
	if err := check(" " + now[:3] + " " + now[3:]); err != nil {
		t.Errorf("the right code: %v", err)
	}
	for _, wrong := range []string{now, codeOf(secret, g.Now().Unix()/30-1), "", "000000", paper[0].String()} {
		if err := check(wrong); workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if err := check(strings.ToLower(paper[0].Groups())); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if err := check(paper[0].Groups()); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("a recovery code twice: %v", err)
	}
	f, err := g.factors.Of(t.Context(), g.Admin.Actor(), g.Clerk.ID)
	if err != nil || !f.On || f.Codes != access.RecoveryCodes-1 {
		t.Errorf("%+v %v", f, err)
	}
}

func TestFactor_isNotGuessed(t *testing.T) {
	g := newGate(t, access.NeedNobody)
	secret, _ := g.enrol(t, g.Clerk)
	var err error
	for range 12 {
		err = g.factors.Check(t.Context(), g.Clerk.ID, "000000")
	}
	if workflow.KindOf(err) != workflow.Limited {
		t.Errorf("after twelve guesses: %v", err)
	}
	g.Pass(time.Minute)
	if err := g.factors.Check(t.Context(), g.Clerk.ID, g.code(secret)); workflow.KindOf(err) != workflow.Limited {
		t.Errorf("the right code gets past the limit: %v", err)
	}
}

func TestFactor_isSealed(t *testing.T) {
	g := newGate(t, access.NeedNobody)
	secret, paper := g.enrol(t, g.Clerk)
	stored, err := g.Store.SecondFactor(t.Context(), g.Clerk.ID)
	if err != nil || strings.Contains(string(stored.Sealed), secret) || strings.Contains(string(stored.Sealed), "SECRET") {
		t.Errorf("%q %v", stored.Sealed, err)
	}
	if _, err := g.Vault.OpenFor("second-factor/999", stored.Sealed); err == nil {
		t.Error("it opens for another account")
	}
	other := access.NewFactors(g.Door, g.Vault, steps{new(int)}, []byte("another key of thirty-two bytes or more"), access.NeedNobody)
	if err := other.Check(t.Context(), g.Clerk.ID, paper[0].Groups()); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("another key knows the recovery codes: %v", err)
	}
}

func TestFactor_isSetUpAnewAfterAWhile(t *testing.T) {
	g := newGate(t, access.NeedNobody)
	ctx := t.Context()
	first, _ := g.factors.Begin(ctx, g.Clerk.ID, "信箱")
	again, err := g.factors.Begin(ctx, g.Clerk.ID, "信箱")
	if err != nil || first.Secret != again.Secret {
		t.Errorf("%v: a page loaded anew has another secret", err)
	}
	g.Pass(20 * time.Minute)
	if _, err := g.factors.Confirm(ctx, g.Clerk.ID, g.code(first.Secret)); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("an old secret was confirmed: %v", err)
	}
	later, err := g.factors.Begin(ctx, g.Clerk.ID, "信箱")
	if err != nil || later.Secret == first.Secret {
		t.Errorf("%v: a secret somebody may have seen is taken up", err)
	}
	if _, err := g.factors.Confirm(ctx, g.Clerk.ID, g.code(later.Secret)); err != nil {
		t.Fatal(err)
	}
	if _, err := g.factors.Begin(ctx, g.Clerk.ID, "信箱"); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("one that counts is shown again: %v", err)
	}
}

func TestFactor_isForgottenByItsOwnerAndAdministrators(t *testing.T) {
	g := newGate(t, access.NeedNobody)
	ctx := t.Context()
	secret, _ := g.enrol(t, g.Clerk)
	g.Pass(time.Minute)
	if err := g.factors.Off(ctx, g.Clerk.Actor(), "000000"); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("without a code: %v", err)
	}
	if err := g.factors.Off(ctx, g.Clerk.Actor(), g.code(secret)); err != nil {
		t.Fatal(err)
	}
	g.next(t, g.Clerk, access.NextNothing)
	g.enrol(t, g.Clerk)
	if err := g.factors.Reset(ctx, g.OfficeHead.Actor(), g.Clerk.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("by the office head: %v", err)
	}
	if _, err := g.factors.Of(ctx, g.OfficeHead.Actor(), g.Clerk.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("seen by the office head: %v", err)
	}
	if err := g.factors.Reset(ctx, g.Admin.Actor(), g.Clerk.ID); err != nil {
		t.Fatal(err)
	}
	g.next(t, g.Clerk, access.NextNothing)
	var done []string
	entries, err := g.Store.Journal(ctx, 0, 10)
	for _, e := range entries {
		done = append(done, e.Action)
	}
	if want := "factor_reset factor_on factor_off factor_on"; err != nil || !strings.HasPrefix(strings.Join(done, " "), want) {
		t.Errorf("journal %v, want %s", done, want)
	}
}

func TestFactor_waitsForTheAccountAsItWas(t *testing.T) {
	g := newGate(t, access.NeedNobody)
	ctx := t.Context()
	if a, err := g.factors.Waiting(ctx, g.Clerk.ID, g.Clerk.Version); err != nil || a.ID != g.Clerk.ID {
		t.Fatal(err)
	}
	if _, err := g.Door.SaveAccount(ctx, g.Admin.Actor(), g.Clerk, "another long password"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{g.Clerk.ID, 99999} {
		if _, err := g.factors.Waiting(ctx, id, g.Clerk.Version); workflow.KindOf(err) != workflow.Unauthenticated {
			t.Errorf("account %d: %v", id, err)
		}
	}
}
