package demo_test

import (
	"context"
	"testing"
	"time"

	"mailbox/cmd/mailbox/demo"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/audit"
	"mailbox/workflow/intake"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

var secret = []byte("a secret of thirty-two bytes, no more")

func deps(tb testing.TB, store workflow.Store, now time.Time) demo.Deps {
	tb.Helper()
	d := demo.Deps{
		Store: store, Keeper: workflow.Keeper{Chain: workflow.NewChain(secret), Zone: workflowtest.Zone, Domain: "college.example"},
		Codes: workflow.NewCodes(secret), Limiter: workflowtest.NewLimiter(), Passwords: worldtest.Plain{}, Now: func() time.Time { return now },
	}
	var err error
	if d.Vault, err = access.NewVault(secret, nil); err != nil {
		tb.Fatal(err)
	}
	if d.Proof, err = intake.NewProof(secret); err != nil {
		tb.Fatal(err)
	}
	return d
}

func quiet(int, int) {}

func TestFill(t *testing.T) {
	t.Parallel()
	store := workflowtest.NewMemory()
	now := at(t, "2026-11-23 10:12")
	did, err := demo.Fill(t.Context(), deps(t, store, now), "demo password", quiet)
	if err != nil || !did {
		t.Fatal(did, err)
	}
	_, err = audit.Verify(t.Context(), store, workflow.NewChain(secret), func(f audit.Fault) { t.Error(f) })
	if err != nil {
		t.Fatal(err)
	}
	office := report.New(report.Deps{Store: store, Now: func() time.Time { return now }, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour }})
	diff, err := office.Recount(t.Context(), nil)
	if err != nil || len(diff) > 0 {
		t.Fatal(diff, err)
	}
	show(t, store, now)
}

func show(t *testing.T, store workflow.Store, now time.Time) {
	t.Helper()
	ctx := context.Background()
	states, breaches := map[string]int{}, map[string]int{}
	ids, _ := store.CaseIDs(ctx, 0, 1000)
	for _, id := range ids {
		c, _ := store.Case(ctx, id)
		states[string(c.State)]++
		if c.InTime != nil {
			states["intime "+map[bool]string{true: "yes", false: "no"}[*c.InTime]]++
		}
		if c.State.Ended() {
			states["outcome "+string(c.Outcome)]++
		} else {
			t.Logf("%s %s %s due %s %s", c.Number, c.State, c.Received.In(workflowtest.Zone).Format("01-02 15:04"), c.DueClock, c.Due.In(workflowtest.Zone).Format("01-02 15:04"))
		}
		ks, _ := store.ClocksOf(ctx, id)
		for _, k := range ks {
			if !k.Breached.IsZero() {
				breaches[string(k.Kind)]++
			}
		}
	}
	t.Log(states, breaches)
}
