package signin_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/signin/oidc/oidctest"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// oidcGate is a gate with an OpenID provider, where the clerk is 20010017.
func oidcGate(t *testing.T, more map[string]string) (*gate, *oidctest.Provider) {
	t.Helper()
	g, far := newGate(t), oidctest.Start(t)
	config := map[string]string{"issuer": far.URL, "client_id": oidctest.Client}
	maps.Copy(config, more)
	g.setUp(t, workflow.OIDC, config, map[string]string{"client_secret": oidctest.Secret})
	g.named(t, g.Clerk, "20010017")
	return g, far
}

// byOIDC goes to the provider, signs in there and comes back.
func (b *browser) byOIDC(t *testing.T, far *oidctest.Provider, user, session, next string) *webtest.Answer {
	t.Helper()
	a := b.get("/login/oidc?next=" + url.QueryEscape(next)).Wants(http.StatusSeeOther)
	return b.get(far.SignIn(t, a.Header.Get("Location"), user, session))
}

func TestOIDC_letsIn(t *testing.T) {
	t.Parallel()
	g, far := oidcGate(t, map[string]string{"name": "display"})
	far.Says(map[string]any{"display": "林主任", "email": "lin@college.example", "age": 40})
	b := newBrowser(t, g.Site)
	b.get("/login").Wants(200, "用校园账号登录")
	b.byOIDC(t, far, "20010017", "s1", "/office/cases").LeadsTo("/office/cases")
	b.inside(t, true)
	b.byOIDC(t, far, "20010017", "s1", "//evil.example").LeadsTo("/office")
	if n := far.Calls("/.well-known/openid-configuration"); n != 1 {
		t.Errorf("the provider was discovered %d times", n)
	}
	a, err := g.Store.Account(t.Context(), g.Clerk.ID)
	if err != nil || a.Name != "林主任" || a.Email != "lin@college.example" {
		t.Errorf("%+v %v", a, err)
	}
	far.NewKey(t)
	newBrowser(t, g.Site).byOIDC(t, far, "20010017", "", "/").LeadsTo("/office")
}

func TestOIDC_isThisBrowsersOwn(t *testing.T) {
	t.Parallel()
	g, far := oidcGate(t, nil)
	attacker, victim := newBrowser(t, g.Site), newBrowser(t, g.Site)
	back := far.SignIn(t, attacker.get("/login/oidc").Header.Get("Location"), "20010017", "")
	victim.get(back).Wants(http.StatusForbidden, "登录已超时")
	own, _ := url.Parse(far.SignIn(t, victim.get("/login/oidc").Header.Get("Location"), "20010017", ""))
	theirs, _ := url.Parse(back)
	q := own.Query()
	q.Set("code", theirs.Query().Get("code")) // the victim's state, the attacker's code: another verifier
	victim.get("/login/oidc?"+q.Encode()).Wants(http.StatusForbidden, "未通过")
	victim.inside(t, false)
	own, _ = url.Parse(far.SignIn(t, victim.get("/login/oidc").Header.Get("Location"), "20010017", ""))
	victim.get("/login/oidc?" + own.RawQuery + "&iss=https://evil.example").Wants(http.StatusForbidden)
	victim.get("/login/oidc").Wants(http.StatusSeeOther)
	victim.get("/login/oidc?error=access_denied&state=x").Wants(http.StatusForbidden)
	attacker.get(back).LeadsTo("/office")
	attacker.get(back).Wants(http.StatusForbidden)
	victim.inside(t, false)
}

// TestOIDC_believesOnlyGoodTokens: each claim that is not as it must be lets
// nobody in.
func TestOIDC_believesOnlyGoodTokens(t *testing.T) {
	t.Parallel()
	g, far := oidcGate(t, nil)
	b := newBrowser(t, g.Site)
	for name, change := range map[string]func(map[string]any){
		"another issuer":   func(c map[string]any) { c["iss"] = "https://evil.example" },
		"another audience": func(c map[string]any) { c["aud"] = "another" },
		"over":             func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() },
		"another nonce":    func(c map[string]any) { c["nonce"] = "another" },
		"no nonce":         func(c map[string]any) { delete(c, "nonce") },
		"another person":   func(c map[string]any) { c["sub"] = "20019999" },
	} {
		far.Changes(change)
		if a := b.byOIDC(t, far, "20010017", "", "/"); a.Status != http.StatusForbidden {
			t.Errorf("%s: status %d", name, a.Status)
		}
	}
	far.Changes(nil)
	b.inside(t, false)
	b.byOIDC(t, far, "20010017", "", "/").LeadsTo("/office")
}

func TestOIDC_refuses(t *testing.T) {
	t.Parallel()
	g, far := oidcGate(t, nil)
	b := newBrowser(t, g.Site)
	b.byOIDC(t, far, "20019999", "", "/").Wants(http.StatusForbidden, "没有账号")
	back := far.SignIn(t, b.get("/login/oidc").Header.Get("Location"), "20010017", "")
	far.Fails(http.StatusBadGateway)
	webtest.CheckPage(t, b.get(back).Wants(http.StatusServiceUnavailable, "稍后再试").HTML())
	far.Fails(0)
	g.setUp(t, workflow.OIDC, map[string]string{"issuer": far.URL, "client_id": oidctest.Client}, map[string]string{"client_secret": "wrong"})
	b.byOIDC(t, far, "20010017", "", "/").Wants(http.StatusServiceUnavailable, "检查设置")
	far.Close()
	g.Pass(2 * time.Hour)
	b.get("/login/oidc").Wants(http.StatusServiceUnavailable, "稍后再试")
	b.inside(t, false)
	if log := g.Log.String(); strings.Contains(log, "20010017") || strings.Contains(log, "code=") {
		t.Errorf("the log tells who it was:\n%s", log)
	}
}

// TestOIDC_logout: the provider ends a session, or all of a person's, at every
// replica; nobody else does.
func TestOIDC_logout(t *testing.T) {
	t.Parallel()
	g, far := oidcGate(t, nil)
	other := g.replica(t)
	one, two := newBrowser(t, g.Site), newBrowser(t, g.Site)
	one.byOIDC(t, far, "20010017", "s1", "/")
	two.byOIDC(t, far, "20010017", "s2", "/")
	provider := &browser{other.Client(t), map[string]string{}}
	provider.Header.Del("Sec-Fetch-Site")
	ended := func(claims map[string]any) int {
		return provider.post("/login/oidc", url.Values{"logout_token": {far.LogoutToken(claims)}}).Status
	}
	forger := oidctest.Start(t)
	for name, status := range map[string]int{
		"no token":         provider.post("/login/oidc", url.Values{}).Status,
		"a forged one":     provider.post("/login/oidc", url.Values{"logout_token": {forger.LogoutToken(map[string]any{"iss": far.URL, "sid": "s1"})}}).Status,
		"another audience": ended(map[string]any{"aud": "another", "sid": "s1"}),
		"with a nonce":     ended(map[string]any{"nonce": "x", "sid": "s1"}),
		"no event":         ended(map[string]any{"events": map[string]any{}, "sid": "s1"}),
		"over":             ended(map[string]any{"exp": time.Now().Add(-time.Hour).Unix(), "sid": "s1"}),
	} {
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, status)
		}
	}
	one.inside(t, true)
	if s := ended(map[string]any{"sid": "s1", "sub": "20010017"}); s != http.StatusOK {
		t.Errorf("a session: status %d", s)
	}
	one.inside(t, false)
	one.at(t, other).inside(t, false)
	two.inside(t, true)
	if s := ended(map[string]any{"sub": "20010017"}); s != http.StatusOK {
		t.Errorf("a person: status %d", s)
	}
	two.at(t, other).inside(t, false)
}
