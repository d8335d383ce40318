package admin_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"mailbox/handlers/admin"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/repository/onetime"
	"mailbox/templates"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/audit"
	"mailbox/workflow/rules"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// site is a college whose administration can be visited.
type site struct {
	*webtest.Site
	world  *worldtest.World
	rules  *rules.Rules
	outbox map[string]string
}

// open starts a site; change may alter what its pages work with.
func open(t *testing.T, change func(*admin.Deps)) *site {
	t.Helper()
	deps, ws := webtest.Prepare(t)
	set, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Site: ws, world: worldtest.New(t, workflowtest.NewMemory()), outbox: map[string]string{}}
	s.world.Set(webtest.Noon)
	s.rules = rules.New(s.world.Desk)
	d := admin.Deps{
		Rules: s.rules, Door: s.world.Door, Words: set, Tokens: s.tokens(), Factors: s.factors(), Campus: access.NewCampus(s.world.Door, access.NewWays(s.world.Desk, s.world.Vault)),
		Proof: func(ctx context.Context) (audit.Extent, []audit.Fault, error) {
			var faults []audit.Fault
			extent, err := audit.VerifyJournal(ctx, s.world.Store, s.world.Desk.Keeper.Chain, func(f audit.Fault) { faults = append(faults, f) })
			return extent, faults, err
		},
		Checks: []web.Check{
			{Name: "postgres", Run: func(context.Context) error { return nil }},
			{Name: "smtp", Run: func(context.Context) error { return errors.New("connection refused") }},
		},
		Outbox: func(id string) ([]byte, error) {
			if raw, ok := s.outbox[id]; ok {
				return []byte(raw), nil
			}
			return nil, fs.ErrNotExist
		},
	}
	if change != nil {
		change(&d)
	}
	s.StartWith(t, deps, admin.New(d).Routes()...)
	return s
}

func (s *site) factors() *access.Factors {
	return access.NewFactors(s.world.Door, s.world.Vault, onetime.Codes{}, []byte("a key of thirty-two bytes and some more"), access.NeedOffice)
}

func (s *site) tokens() *access.Tokens {
	return access.NewTokens(s.world.Desk, []byte("a key of thirty-two bytes and some more"))
}

// user is an account as the edge knows it.
func user(a workflow.Account) web.User {
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return u
}

// as signs an account in.
func (s *site) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	return s.SignedIn(t, user(a))
}

func TestPagesFitTheirData(t *testing.T) {
	for name, view := range admin.Views {
		templatestest.Check(t, name, view)
	}
}
