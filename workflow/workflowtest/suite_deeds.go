package workflowtest

import (
	"crypto/sha256"
	"testing"
	"time"

	"mailbox/workflow"
)

var deedPromises = []promise{
	{"a deed is known by its account and key, once", deedStored},
	{"old deeds are forgotten", deedForgotten},
}

func newDeed(t *testing.T, s workflow.Store, account workflow.Account, key string) workflow.Deed {
	t.Helper()
	sum := sha256.Sum256([]byte(key))
	k := NewCase(t, s)
	return workflow.Deed{
		Account: account.ID, Key: sum[:], Digest: sum[:], CaseID: k.ID, Number: k.Number, Action: workflow.Accept,
		State: workflow.Accepted, Version: 2, At: Morning.UTC(),
	}
}

func deedStored(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	d := newDeed(t, s, c.Clerk, "one")
	must(t, s.AddDeed(ctx, d))
	same(t, "found", ok(s.DeedBy(ctx, c.Clerk.ID, d.Key))(t), d)
	_, err := s.DeedBy(ctx, c.OfficeHead.ID, d.Key)
	absent(t, "of another account", err)
	wantKind(t, workflow.Conflict, s.AddDeed(ctx, d))
	d.Account = c.OfficeHead.ID
	must(t, s.AddDeed(ctx, d))
}

func deedForgotten(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	old, young := newDeed(t, s, c.Clerk, "old"), newDeed(t, s, c.Clerk, "young")
	young.At = old.At.Add(time.Hour)
	must(t, s.AddDeed(ctx, old))
	must(t, s.AddDeed(ctx, young))
	must(t, s.ForgetDeeds(ctx, young.At))
	_, err := s.DeedBy(ctx, old.Account, old.Key)
	absent(t, "the old one", err)
	same(t, "the young one", ok(s.DeedBy(ctx, young.Account, young.Key))(t), young)
}
