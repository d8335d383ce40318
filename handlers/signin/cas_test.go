package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/signin/cas/castest"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// casGate is a gate with a CAS server, where the clerk is 20010017.
func casGate(t *testing.T, more ...string) (*gate, *castest.Server) {
	t.Helper()
	g, far := newGate(t), castest.Start(t)
	config := map[string]string{"url": far.Base()}
	for i := 0; i+1 < len(more); i += 2 {
		config[more[i]] = more[i+1]
	}
	g.setUp(t, workflow.CAS, config, nil)
	g.named(t, g.Clerk, "20010017")
	return g, far
}

// byCAS goes to the CAS server, signs in there and comes back.
func (b *browser) byCAS(t *testing.T, far *castest.Server, user, next string) *webtest.Answer {
	t.Helper()
	a := b.get("/login/cas?next=" + url.QueryEscape(next)).Wants(http.StatusSeeOther)
	return b.get(far.SignIn(t, a.Header.Get("Location"), user))
}

func TestCAS_letsIn(t *testing.T) {
	t.Parallel()
	g, far := casGate(t)
	b := newBrowser(t, g.Site)
	b.jar[sessionCookie] = "planted by somebody else"
	webtest.CheckPage(t, b.get("/login?next=/office/cases").Wants(200, "用统一身份认证登录", `href="/login/cas?next=%2Foffice%2Fcases"`).HTML())
	b.byCAS(t, far, "20010017", "/office/cases").LeadsTo("/office/cases")
	if b.jar[sessionCookie] == "planted by somebody else" {
		t.Error("the session was fixed before")
	}
	b.inside(t, true)
	service, _ := url.Parse(far.Asked()[0])
	if got := service.Query().Get("service"); !strings.HasPrefix(got, "https://xz.example.edu.cn/login/cas?state=") {
		t.Errorf("service %q", got)
	}
	b.byCAS(t, far, "20010017", "https://evil.example/").LeadsTo("/office")
	b.byCAS(t, far, "20010017", "//evil.example/").LeadsTo("/office")
}

// TestCAS_isThisBrowsersOwn: a ticket of somebody else's sign-in, one used
// before, and one whose time is over let nobody in.
func TestCAS_isThisBrowsersOwn(t *testing.T) {
	t.Parallel()
	g, far := casGate(t)
	attacker, victim := newBrowser(t, g.Site), newBrowser(t, g.Site)
	back := far.SignIn(t, attacker.get("/login/cas").Header.Get("Location"), "20010017")
	victim.get(back).Wants(http.StatusForbidden, "登录已超时")
	victim.get("/login/cas").Wants(http.StatusSeeOther)
	victim.get(back).Wants(http.StatusForbidden)
	mixed := victim.get("/login/cas").Header.Get("Location") // the victim's state, the attacker's ticket
	u, _ := url.Parse(mixed)
	ticket := far.Ticket("20010017", "https://xz.example.edu.cn/login/cas?state=another")
	victim.get(u.Query().Get("service")+"&ticket="+ticket).Wants(http.StatusServiceUnavailable, "检查设置")
	victim.inside(t, false)

	attacker.get(back).LeadsTo("/office")
	attacker.get(back).Wants(http.StatusForbidden)

	late := newBrowser(t, g.Site)
	back = far.SignIn(t, late.get("/login/cas").Header.Get("Location"), "20010017")
	g.Pass(11 * time.Minute)
	late.get(back).Wants(http.StatusForbidden)
	late.inside(t, false)
}

// TestCAS_singleLogout: the campus ends a session, and it is over at every
// replica; also when the word comes before the session has begun.
func TestCAS_singleLogout(t *testing.T) {
	t.Parallel()
	g, far := casGate(t)
	other := g.replica(t)
	b := newBrowser(t, g.Site)
	back := far.SignIn(t, b.get("/login/cas").Header.Get("Location"), "20010017")
	b.get(back).LeadsTo("/office")
	b.at(t, other).inside(t, true)
	u, _ := url.Parse(back)
	ticket := u.Query().Get("ticket")

	stranger := &browser{other.Client(t), map[string]string{}}
	stranger.Header.Del("Sec-Fetch-Site")
	for _, text := range []string{"", "rubbish", castest.LogoutRequest("ST-1-unknown"), `<!DOCTYPE x>` + castest.LogoutRequest(ticket)} {
		stranger.post("/login/cas", url.Values{"logoutRequest": {text}}).Wants(http.StatusNoContent)
	}
	b.inside(t, true)
	stranger.post(back[len("https://xz.example.edu.cn"):], url.Values{"logoutRequest": {castest.LogoutRequest(ticket)}}).Wants(http.StatusNoContent)
	b.inside(t, false)
	b.at(t, other).inside(t, false)

	early := newBrowser(t, g.Site)
	back = far.SignIn(t, early.get("/login/cas").Header.Get("Location"), "20010017")
	u, _ = url.Parse(back)
	stranger.post("/login/cas", url.Values{"logoutRequest": {castest.LogoutRequest(u.Query().Get("ticket"))}}).Wants(http.StatusNoContent)
	early.get(back)
	early.inside(t, false)
}

func TestCAS_refuses(t *testing.T) {
	t.Parallel()
	g, far := casGate(t)
	b := newBrowser(t, g.Site)
	webtest.CheckPage(t, b.byCAS(t, far, "29999999", "/").Wants(http.StatusForbidden, "没有账号").HTML())
	far.Fails("INTERNAL_ERROR")
	webtest.CheckPage(t, b.byCAS(t, far, "20010017", "/").Wants(http.StatusServiceUnavailable, "稍后再试", "用本系统账号登录").HTML())
	far.Fails("")
	disabled := g.Clerk
	disabled.Disabled = g.Now()
	if _, err := g.door.SaveAccount(t.Context(), g.Admin.Actor(), disabled, ""); err != nil {
		t.Fatal(err)
	}
	b.byCAS(t, far, "20010017", "/").Wants(http.StatusForbidden, "没有账号")
	b.inside(t, false)
	if strings.Contains(g.Log.String(), "20010017") || strings.Contains(g.Log.String(), "ST-") {
		t.Errorf("the log tells who it was:\n%s", g.Log)
	}
}

// TestClosedWays: what is not set up is not there, and calls nobody.
func TestClosedWays(t *testing.T) {
	t.Parallel()
	g, far := newGate(t), castest.Start(t)
	b := newBrowser(t, g.Site)
	if a := b.get("/login").Wants(200); strings.Contains(a.Body, "/login/") {
		t.Error("the door offers what is closed")
	}
	b.get("/login/cas").Wants(http.StatusNotFound)
	b.get("/login/cas?ticket=ST-1").Wants(http.StatusNotFound)
	b.post("/login/cas", url.Values{"logoutRequest": {castest.LogoutRequest("ST-1")}}).Wants(http.StatusNotFound)
	if len(far.Asked()) != 0 {
		t.Errorf("asked %v", far.Asked())
	}
}
