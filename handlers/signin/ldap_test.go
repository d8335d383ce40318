package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/signin/ldap/slapdtest"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// ldapGate is a gate with a directory, where the clerk is lin, 20010017.
func ldapGate(t *testing.T, more ...string) (*gate, *slapdtest.Server) {
	t.Helper()
	g, far := newGate(t), slapdtest.Start(t)
	config := map[string]string{"server": far.Secure, "base_dn": slapdtest.Base, "bind_dn": slapdtest.BindDN, "ca": far.CA, "number": "employeeNumber"}
	for i := 0; i+1 < len(more); i += 2 {
		config[more[i]] = more[i+1]
	}
	g.setUp(t, workflow.LDAP, config, map[string]string{"bind_password": slapdtest.Password})
	g.named(t, g.Clerk, "20010017")
	g.named(t, g.LogisticsHead, "20010018")
	return g, far
}

var formToken = regexp.MustCompile(`name="form_token" value="([^"]+)"`)

func (b *browser) byLDAP(name, password, next string) *webtest.Answer {
	token := formToken.FindStringSubmatch(b.get("/login/ldap").Body)
	return b.post("/login/ldap", url.Values{"form_token": {token[1]}, "username": {name}, "password": {password}, "next": {next}})
}

func TestLDAP(t *testing.T) {
	t.Parallel()
	g, far := ldapGate(t, "roles", "employeeType=校办 -> clerk\nemployeeType=后勤 -> dept_head")
	t.Run("lets in", func(t *testing.T) { letsIn(t, g) })
	t.Run("refuses", func(t *testing.T) { refusesByLDAP(t, g) })
	t.Run("follows who has left", func(t *testing.T) { followsLeavers(t, g, far) })
	t.Run("is away", func(t *testing.T) { isAway(t, g, far) })
}

func letsIn(t *testing.T, g *gate) {
	b := newBrowser(t, g.Site)
	webtest.CheckPage(t, b.get("/login/ldap?next=/office").Wants(200).HTML())
	b.byLDAP("lin", "lin-secret", "/office/cases").LeadsTo("/office/cases")
	b.inside(t, true)
	b.byLDAP("lin", "lin-secret", "https://evil.example").LeadsTo("/office")
	a, err := g.Store.Account(t.Context(), g.Clerk.ID)
	if err != nil || a.Name != "林主任" || a.PasswordHash != "" && strings.Contains(a.PasswordHash, "lin-secret") {
		t.Errorf("%+v %v", a, err)
	}
}

func refusesByLDAP(t *testing.T, g *gate) {
	b := newBrowser(t, g.Site)
	wrong := b.byLDAP("lin", "wrong", "/").Wants(http.StatusUnprocessableEntity, "不正确")
	webtest.CheckPage(t, wrong.HTML())
	unknown := b.byLDAP("nobody", "wrong", "/").Wants(http.StatusUnprocessableEntity, "不正确")
	if wrong.HTML().One(t, ".problems").Text() != unknown.HTML().One(t, ".problems").Text() {
		t.Error("the answers tell who is in the directory")
	}
	b.byLDAP("lin", "", "/").Wants(http.StatusUnprocessableEntity)
	b.byLDAP("twin1", "twin-secret", "/").Wants(http.StatusUnprocessableEntity, "没有账号")
	b.inside(t, false)
	foreign := newBrowser(t, g.Site)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	foreign.post("/login/ldap", url.Values{"username": {"lin"}, "password": {"lin-secret"}}).Wants(http.StatusForbidden)
}

// TestLDAP_isNotGuessed, whatever becomes of the tries.
func TestLDAP_isNotGuessed(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	g.setUp(t, workflow.LDAP, map[string]string{"server": "ldap://127.0.0.1:1", "base_dn": "dc=x"}, nil)
	b, last := newBrowser(t, g.Site), 0
	for range 12 {
		last = b.byLDAP("lin", "wrong", "/").Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("guessing goes on: status %d", last)
	}
}

// followsLeavers changes the directory under people who are signed in.
func followsLeavers(t *testing.T, g *gate, far *slapdtest.Server) {
	ctx := t.Context()
	lin, wang := newBrowser(t, g.Site), newBrowser(t, g.Site)
	lin.byLDAP("lin", "lin-secret", "/").LeadsTo("/office")
	wang.byLDAP("wang", "wang-secret", "/").LeadsTo("/desk")
	pages := g.pages
	if n, err := pages.Sweep(ctx); n != 0 || err != nil {
		t.Fatalf("nobody has left: %d %v", n, err)
	}
	lin.inside(t, true)
	far.Change(t, "dn: uid=lin,ou=people,dc=college,dc=example\nchangetype: delete\n\ndn: uid=wang,ou=people,dc=college,dc=example\nchangetype: modify\nreplace: employeeType\nemployeeType: 无\n")
	begun := time.Now()
	if n, err := pages.Sweep(ctx); n != 1 || err != nil {
		t.Fatalf("one has left: %d %v", n, err)
	}
	lin.inside(t, false)
	wang.inside(t, false)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("they were seen out after %s", took)
	}
	a, err := g.Store.Account(ctx, g.Clerk.ID)
	if err != nil || a.Disabled.IsZero() {
		t.Errorf("the leaver is not disabled: %v", err)
	}
	if a, err = g.Store.Account(ctx, g.LogisticsHead.ID); err != nil || !a.Disabled.IsZero() || len(a.Roles) != 0 {
		t.Errorf("who has no role any more: %+v %v", a.Roles, err)
	}
	journal, _ := g.Store.Journal(ctx, 0, 20)
	if !slices.ContainsFunc(journal, func(e workflow.JournalEntry) bool { return e.Action == "leaver" && e.Account == 0 }) {
		t.Error("the journal does not know")
	}
	if n, err := pages.Sweep(ctx); n != 0 || err != nil {
		t.Errorf("again: %d %v", n, err)
	}
}

func isAway(t *testing.T, g *gate, far *slapdtest.Server) {
	far.Stop()
	b := newBrowser(t, g.Site)
	webtest.CheckPage(t, b.byLDAP("wang", "wang-secret", "/").Wants(http.StatusServiceUnavailable, "稍后再试").HTML())
	if n, err := g.pages.Sweep(t.Context()); n != 0 || workflow.KindOf(err) != workflow.Unavailable {
		t.Errorf("sweep: %d %v", n, err)
	}
}
