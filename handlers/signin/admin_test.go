package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mailbox/handlers/signin/cas/castest"
	"mailbox/handlers/signin/ldap/slapdtest"
	"mailbox/handlers/signin/oidc/oidctest"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// signedIn is an administrator's, or another's, browser.
func (g *gate) signedIn(t *testing.T, a workflow.Account) *browser {
	t.Helper()
	token, err := g.redis.Sessions().Open(t.Context(), workflow.Session{AccountID: a.ID, Since: g.Now()}, hours, hours)
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, g.Site)
	b.jar[sessionCookie] = token
	return b
}

var adminPages = []string{"/admin/signin", "/admin/signin/cas", "/admin/signin/oidc", "/admin/signin/ldap"}

var keyShown = regexp.MustCompile(`\b(way|roster|factor|login)\.[a-z_]+`)

func TestAdmin_pages(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	for _, lang := range []string{"zh-CN", "en"} {
		b := g.signedIn(t, g.Admin)
		b.Header.Set("Accept-Language", lang)
		for _, path := range adminPages {
			page := b.get(path).Wants(http.StatusOK).HTML()
			webtest.CheckPage(t, page)
			if key := keyShown.FindString(page.Text()); key != "" {
				t.Errorf("%s %s shows the key %s", lang, path, key)
			}
		}
	}
	for _, a := range []workflow.Account{g.OfficeHead, g.Clerk} {
		b := g.signedIn(t, a)
		for _, path := range adminPages {
			b.get(path).Wants(http.StatusNotFound)
			b.post(path, url.Values{}).Wants(http.StatusNotFound)
		}
	}
	g.signedIn(t, g.Admin).get("/admin/signin/local").Wants(http.StatusNotFound)
}

// TestAdmin_setsAWayUp types it in, tests it, and closes it again; a secret does
// not come back.
func TestAdmin_setsAWayUp(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	cas, oidc, slapd := castest.Start(t), oidctest.Start(t), slapdtest.Start(t)
	b := g.signedIn(t, g.Admin)
	for _, tt := range []struct {
		path   string
		config url.Values
		secret string
		breaks [2]string
	}{
		{"/admin/signin/cas", url.Values{"url": {cas.Base()}, "protocol": {"2"}}, "", [2]string{"url", cas.URL + "/elsewhere"}},
		{"/admin/signin/oidc", url.Values{"issuer": {oidc.URL}, "client_id": {"mailbox"}, "client_secret": {"very secret"}}, "very secret", [2]string{"issuer", cas.URL}},
		{
			"/admin/signin/ldap",
			url.Values{"server": {slapd.Plain}, "base_dn": {slapdtest.Base}, "bind_dn": {slapdtest.BindDN}, "bind_password": {slapdtest.Password}, "ca": {slapd.CA}},
			slapdtest.Password,
			[2]string{"base_dn", "dc=nowhere"},
		},
	} {
		b.post(tt.path+"/test", url.Values{}).Wants(http.StatusUnprocessableEntity, "先保存")
		empty := b.post(tt.path, url.Values{"enabled": {"yes"}, "version": {"0"}}).Wants(http.StatusUnprocessableEntity)
		webtest.CheckPage(t, empty.HTML())
		form := tt.config
		form.Set("version", "0")
		b.post(tt.path, form).LeadsTo(tt.path)
		page := b.get(tt.path).Wants(http.StatusOK, "未开启")
		webtest.CheckPage(t, page.HTML())
		if tt.secret != "" && (strings.Contains(page.Body, tt.secret) || !strings.Contains(page.Body, "已设置")) {
			t.Errorf("%s: the secret", tt.path)
		}
		g.Pass(waysHeard)
		b.post(tt.path+"/test", url.Values{}).LeadsTo(tt.path)
		b.get(tt.path).Wants(http.StatusOK, "连接正常")

		form.Set("version", "1")
		form.Set("enabled", "yes")
		form.Del("client_secret")
		form.Del("bind_password")
		form.Set(tt.breaks[0], tt.breaks[1])
		b.post(tt.path, form).LeadsTo(tt.path)
		g.Pass(waysHeard)
		b.post(tt.path+"/test", url.Values{}).LeadsTo(tt.path)
		b.get(tt.path).Wants(http.StatusOK, "测试未通过", "已开启")
		webtest.CheckPage(t, b.post(tt.path, form).Wants(http.StatusConflict).HTML())
	}
	newBrowser(t, g.Site).get("/login").Wants(http.StatusOK, "/login/cas", "/login/oidc", "/login/ldap")
}

func TestAdmin_asksForSecondStepsAndARoster(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	b := g.signedIn(t, g.Admin)
	b.post("/admin/signin", url.Values{"second_factor": {"some"}, "version": {"0"}}).Wants(http.StatusUnprocessableEntity, "请选择一项")
	b.post("/admin/signin", url.Values{"second_factor": {"all"}, "roster": {"yes"}, "version": {"0"}}).LeadsTo("/admin/signin")
	g.Pass(waysHeard)
	page := b.get("/admin/signin").Wants(http.StatusOK).HTML()
	if !page.One(t, "#f-roster").Has("checked") || !page.One(t, "[name=second_factor][value=all]").Has("checked") {
		t.Error("what was chosen is not shown")
	}
	client := g.SignedIn(t, userOf(g.Admin)) // for forms with files
	client.SetCookie(&http.Cookie{Name: sessionCookie, Value: b.jar[sessionCookie], Path: "/"})
	r := client.Request(http.MethodPost, "/admin/signin/roster", strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\nContent-Type: text/csv\r\n\r\n工号,姓名\n20010017,林主任\n\r\n--x--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	b.do(r).LeadsTo("/admin/signin#roster")
	b.get("/admin/signin").Wants(http.StatusOK, "名册已更新，共 1 人")
	if err := g.roster.MaySign(t.Context(), "林主任", "20010017"); err != nil {
		t.Error(err)
	}
	r = client.Request(http.MethodPost, "/admin/signin/roster", strings.NewReader("--x--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	b.do(r).Wants(http.StatusUnprocessableEntity)
}
