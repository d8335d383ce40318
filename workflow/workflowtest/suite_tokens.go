package workflowtest

import (
	"crypto/sha256"
	"testing"
	"time"

	"mailbox/workflow"
)

var tokenPromises = []promise{
	{"a token is found by its hash and reads as it was stored", tokenStored},
	{"an account has one live token of a name", tokenNames},
	{"a revoked token is listed no more and revoked once", tokenRevoked},
}

func newToken(t *testing.T, s workflow.Store, account workflow.Account, name string) workflow.Token {
	t.Helper()
	sum := sha256.Sum256([]byte(account.Username + name + t.Name()))
	token := workflow.Token{
		Account: account.ID, Name: name, Hash: sum[:], Roles: account.Roles, Write: true,
		Created: Morning.UTC(), Expires: Morning.UTC().AddDate(0, 0, 90),
	}
	must(t, s.AddToken(t.Context(), &token))
	return token
}

func tokenStored(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	first, second := newToken(t, s, c.Clerk, "figures"), newToken(t, s, c.Clerk, "site")
	newToken(t, s, c.Admin, "site")
	same(t, "found", ok(s.TokenBy(ctx, first.Hash))(t), first)
	same(t, "list", ok(s.TokensOf(ctx, c.Clerk.ID))(t), []workflow.Token{second, first})
	_, err := s.TokenBy(ctx, make([]byte, 32))
	absent(t, "another hash", err)
	must(t, s.UseToken(ctx, first.ID, "2026-11-23"))
	must(t, s.UseToken(ctx, first.ID, "2026-11-24"))
	first.Used = "2026-11-24"
	same(t, "used", ok(s.TokenBy(ctx, first.Hash))(t), first)
}

func tokenNames(t *testing.T, s workflow.Store, c College) {
	first := newToken(t, s, c.Clerk, "site")
	again := first
	again.Hash = append([]byte{1}, first.Hash[1:]...)
	wantKind(t, workflow.Conflict, s.AddToken(t.Context(), &again))
	again.Name, again.Hash = "other", first.Hash
	wantKind(t, workflow.Conflict, s.AddToken(t.Context(), &again))
	must(t, s.RevokeTokens(t.Context(), c.Clerk.ID, c.Admin.ID, Morning))
	again.Name, again.Hash = "site", append([]byte{1}, first.Hash[1:]...)
	must(t, s.AddToken(t.Context(), &again))
}

func tokenRevoked(t *testing.T, s workflow.Store, c College) {
	ctx, at := t.Context(), Morning.Add(time.Hour).UTC()
	one, two := newToken(t, s, c.Clerk, "one"), newToken(t, s, c.Clerk, "two")
	other := newToken(t, s, c.OfficeHead, "one")
	_, err := s.RevokeToken(ctx, c.Clerk.ID, other.ID, c.Clerk.ID, at)
	absent(t, "somebody else's", err)
	gone := ok(s.RevokeToken(ctx, c.Clerk.ID, one.ID, c.Admin.ID, at))(t)
	one.Revoked, one.RevokedBy = at, c.Admin.ID
	same(t, "revoked", gone, one)
	_, err = s.RevokeToken(ctx, c.Clerk.ID, one.ID, c.Clerk.ID, at)
	absent(t, "a second time", err)
	same(t, "still found", ok(s.TokenBy(ctx, one.Hash))(t), one)
	same(t, "list", ok(s.TokensOf(ctx, c.Clerk.ID))(t), []workflow.Token{two})
	must(t, s.RevokeTokens(ctx, c.Clerk.ID, c.Admin.ID, at))
	same(t, "none", len(ok(s.TokensOf(ctx, c.Clerk.ID))(t)), 0)
	same(t, "others stay", ok(s.TokensOf(ctx, c.OfficeHead.ID))(t), []workflow.Token{other})
}
