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

type counter struct {
	*worldtest.World
	tokens *access.Tokens
}

func newCounter(t *testing.T) counter {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	return counter{w, access.NewTokens(w.Desk, []byte("a key of thirty-two bytes and some more"))}
}

func (c counter) create(t *testing.T, a workflow.Account, wish access.TokenWish) (string, workflow.Token) {
	t.Helper()
	token, stored, err := c.tokens.Create(t.Context(), a.Actor(), wish)
	if err != nil {
		t.Fatal(err)
	}
	return token, stored
}

// dead wants a token refused with the one answer.
func (c counter) dead(t *testing.T, token string) {
	t.Helper()
	_, _, err := c.tokens.Admit(t.Context(), token)
	if workflow.KindOf(err) != workflow.Unauthenticated || err.Error() != mustFail(t, c).Error() {
		t.Errorf("admitted: %v", err)
	}
}

// mustFail is the answer to a token nobody has.
func mustFail(t *testing.T, c counter) error {
	t.Helper()
	_, _, err := c.tokens.Admit(t.Context(), "mbx_"+strings.Repeat("0", 48))
	if err == nil {
		t.Fatal("a token nobody has is admitted")
	}
	return err
}

func TestToken_speaksForItsAccount(t *testing.T) {
	c := newCounter(t)
	token, stored := c.create(t, c.Clerk, access.TokenWish{Name: " 台账 ", Write: true, Days: 90})
	a, known, err := c.tokens.Admit(t.Context(), token)
	if err != nil || a.ID != c.Clerk.ID || !a.Actor().Is(workflow.Clerk) || !known.Write || known.Name != "台账" {
		t.Fatalf("%+v %+v %v", a, known, err)
	}
	if strings.Contains(string(stored.Hash), token) || len(stored.Hash) != 32 {
		t.Errorf("stored %q", stored.Hash)
	}
	all, err := c.tokens.Of(t.Context(), c.Clerk.Actor(), c.Clerk.ID)
	if err != nil || len(all) != 1 || all[0].Used != "2026-11-23" {
		t.Errorf("%+v %v", all, err)
	}
	for _, wrong := range []string{"", "mbx_", strings.ToUpper(token), token + "0", token[:len(token)-1]} {
		c.dead(t, wrong)
	}
	other := access.NewTokens(c.Desk, []byte("another key of thirty-two bytes or more"))
	if _, _, err := other.Admit(t.Context(), token); workflow.KindOf(err) != workflow.Unauthenticated {
		t.Errorf("another key admits it: %v", err)
	}
}

func TestToken_isRefusedWhenCreated(t *testing.T) {
	c := newCounter(t)
	for field, wish := range map[string]access.TokenWish{
		"name":  {Name: " ", Days: 30},
		"days":  {Name: "a", Days: 366},
		"roles": {Name: "a", Days: 30, Roles: []workflow.Role{workflow.Principal}},
	} {
		_, _, err := c.tokens.Create(t.Context(), c.Clerk.Actor(), wish)
		wrongIn(t, err, field)
	}
	for i := range access.MaxTokens {
		c.create(t, c.Clerk, access.TokenWish{Name: strings.Repeat("a", i+1), Days: 30})
	}
	_, _, err := c.tokens.Create(t.Context(), c.Clerk.Actor(), access.TokenWish{Name: "aa", Days: 30})
	wrongIn(t, err, "name")
	_, _, err = c.tokens.Create(t.Context(), c.Clerk.Actor(), access.TokenWish{Name: "b", Days: 30})
	wrongIn(t, err, "name")
}

func wrongIn(t *testing.T, err error, field string) {
	t.Helper()
	e, ok := err.(*workflow.Error)
	if !ok || e.Kind != workflow.Invalid || e.Field != field {
		t.Errorf("%v, want a mistake in %s", err, field)
	}
}

func TestToken_diesAtOnce(t *testing.T) {
	c := newCounter(t)
	revoked, r := c.create(t, c.Clerk, access.TokenWish{Name: "revoked", Days: 30})
	if _, err := c.tokens.Revoke(t.Context(), c.Clerk.Actor(), c.Clerk.ID, r.ID); err != nil {
		t.Fatal(err)
	}
	c.dead(t, revoked)

	expired, _ := c.create(t, c.Clerk, access.TokenWish{Name: "expired", Days: 1})
	c.Pass(24 * time.Hour)
	c.dead(t, expired)

	disabled, _ := c.create(t, c.Clerk, access.TokenWish{Name: "disabled", Days: 30})
	a, err := c.Store.Account(t.Context(), c.Clerk.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.Disabled = c.Now().UTC()
	if a, err = c.Door.SaveAccount(t.Context(), c.Admin.Actor(), a, ""); err != nil {
		t.Fatal(err)
	}
	c.dead(t, disabled)
	if _, _, err := c.tokens.Create(t.Context(), c.Clerk.Actor(), access.TokenWish{Name: "late", Days: 30}); workflow.KindOf(err) != workflow.Unauthenticated {
		t.Errorf("a disabled account gets a token: %v", err)
	}
	a.Disabled = time.Time{}
	if _, err := c.Door.SaveAccount(t.Context(), c.Admin.Actor(), a, ""); err != nil {
		t.Fatal(err)
	}
	c.dead(t, disabled) // it does not come back with the account
}

func TestToken_losesRolesWithTheAccount(t *testing.T) {
	c := newCounter(t)
	save := func(roles ...workflow.Role) workflow.Account {
		t.Helper()
		a, err := c.Store.Account(t.Context(), c.Clerk.ID)
		if err != nil {
			t.Fatal(err)
		}
		a.Roles = roles
		if a, err = c.Door.SaveAccount(t.Context(), c.Admin.Actor(), a, ""); err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := save(workflow.Clerk, workflow.Leader)
	both, _ := c.create(t, a, access.TokenWish{Name: "both", Days: 30})
	leader, _ := c.create(t, a, access.TokenWish{Name: "leader", Days: 30, Roles: []workflow.Role{workflow.Leader}})
	if got, _, err := c.tokens.Admit(t.Context(), leader); err != nil || len(got.Roles) != 1 || got.Roles[0] != workflow.Leader {
		t.Errorf("%v %v", got.Roles, err)
	}
	save(workflow.Clerk, workflow.Principal)
	c.dead(t, leader)
	if got, _, err := c.tokens.Admit(t.Context(), both); err != nil || len(got.Roles) != 1 || got.Roles[0] != workflow.Clerk {
		t.Errorf("%v %v", got.Roles, err)
	}
}

func TestToken_isManagedByItsOwnerAndAdministrators(t *testing.T) {
	c := newCounter(t)
	token, stored := c.create(t, c.Clerk, access.TokenWish{Name: "site", Days: 30})
	if _, err := c.tokens.Of(t.Context(), c.OfficeHead.Actor(), c.Clerk.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a colleague lists: %v", err)
	}
	for _, by := range []workflow.Account{c.OfficeHead, c.Principal} {
		if _, err := c.tokens.Revoke(t.Context(), by.Actor(), c.Clerk.ID, stored.ID); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s revokes: %v", by.Username, err)
		}
	}
	if _, err := c.tokens.Revoke(t.Context(), c.OfficeHead.Actor(), c.OfficeHead.ID, stored.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("revoked as one's own: %v", err)
	}
	if _, err := c.tokens.Revoke(t.Context(), c.Admin.Actor(), c.Clerk.ID, stored.ID); err != nil {
		t.Fatal(err)
	}
	c.dead(t, token)
	entries, err := c.Store.Journal(t.Context(), 0, 2)
	if err != nil || len(entries) != 2 || entries[0].Action != "token_revoke" || entries[0].Account != c.Admin.ID || entries[1].Action != "token_add" {
		t.Errorf("%+v %v", entries, err)
	}
	for _, e := range entries {
		for _, v := range e.Detail {
			if strings.Contains(v, token) {
				t.Error("the journal knows the token")
			}
		}
	}
}
