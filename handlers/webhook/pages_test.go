package webhook_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/handlers/webhook"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/webhooks"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	for name, view := range webhook.Views {
		templatestest.Check(t, name, view)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	got := webtest.RouteTable(webhook.New(nil).Routes())
	const golden = "testdata/routes.golden"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		must(t, os.MkdirAll("testdata", 0o750))
		must(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("%v\n%s", err, got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// college is a college whose webhooks lead to a real receiver on this machine.
type college struct {
	*worldtest.World
	site  *webtest.Site
	hooks *webhooks.Hooks
	admin *webtest.Client
}

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	at := func() time.Time { return w.Now().In(workflowtest.Zone) }
	s := webhook.NewSender(webhook.Config{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PublicURL: "https://mailbox.example", Now: at})
	k := &college{World: w, hooks: webhooks.New(w.Desk, w.Vault, s)}
	d, site := webtest.Prepare(t)
	d.Now = at
	k.site = site.StartWith(t, d, webhook.New(k.hooks).Routes()...)
	k.admin = k.as(t, w.Admin)
	return k
}

func (k *college) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	k.site.Clock.Advance(k.Now().Sub(k.site.Clock.Now()))
	c := k.site.SignedIn(t, u)
	c.Header.Set("Accept-Language", "zh-CN")
	return c
}

// form sends the form of a page, filled in.
func (k *college) form(t *testing.T, page, action string, fields ...string) *webtest.Answer {
	t.Helper()
	values := url.Values{}
	for _, f := range k.admin.Get(page).Wants(200).HTML().All("form") {
		if f.Attr("action") != action {
			continue
		}
		for _, in := range f.All("input[type=hidden]") {
			values.Set(in.Attr("name"), in.Attr("value"))
		}
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return k.admin.Post(action, values)
}

var secretShown = regexp.MustCompile(`whs_[a-z2-7]+`)

// TestPages_fromTheFormToTheReceiver adds a webhook, lets a letter come, and
// looks at what a strict receiver was told and what the page says of it.
func TestPages_fromTheFormToTheReceiver(t *testing.T) {
	t.Parallel()
	k := open(t)
	now := k.Now()
	r := receive(t, httptest.NewServer, map[string]string{})
	k.Set(now)
	k.admin.Get("/admin/webhooks").Wants(200, "还没有 Webhook")
	k.form(t, "/admin/webhooks/new", "/admin/webhooks/new", "name", "", "url", "http://10.0.0.1/").Wants(422, "请填写")
	a := k.form(t, "/admin/webhooks/new", "/admin/webhooks/new", "name", "办事大厅", "url", r.URL+"/hook", "enabled", "yes", "events", "case.received", "events", "case.accepted")
	secret := secretShown.FindString(a.Wants(200).Body)
	w, err := k.Store.Webhook(t.Context(), 1)
	if err != nil || secret == "" {
		t.Fatal(err, a.Body)
	}
	r.secrets[w.KeyID] = secret
	if page := k.admin.Get("/admin/webhooks/1").Wants(200, "办事大厅"); strings.Contains(page.Body, "whs_") {
		t.Error("the secret is shown again")
	}
	k.form(t, "/admin/webhooks/1", "/admin/webhooks/1/test").Wants(303)
	letter := k.Send(t)
	k.Do(t, k.Clerk, letter.CaseID, casework.Act{Action: workflow.Accept})
	if n, err := k.hooks.Deliver(t.Context()); n != 2 || err != nil || len(r.faults) != 0 {
		t.Fatal(n, err, r.faults)
	}
	if r.got[0]["event"] != "test" || r.got[1]["event"] != "case.received" || r.got[2]["case"] != letter.Number {
		t.Errorf("told %v", r.got)
	}
	k.admin.Get("/admin/webhooks/1").Wants(200, "收到来信", "已送达", letter.Number)
	k.admin.Get("/admin/webhooks/1?state=dead").Wants(200, "没有推送记录")
	k.admin.Get("/admin/webhooks/1?before=x").Wants(422)

	again := secretShown.FindString(k.form(t, "/admin/webhooks/1", "/admin/webhooks/1/rotate").Wants(200).Body)
	if again == "" || again == secret {
		t.Errorf("rotated to %q", again)
	}
	k.Send(t)
	if n, err := k.hooks.Deliver(t.Context()); n != 1 || err != nil || len(r.faults) != 0 {
		t.Error("the old secret does not hold", n, err, r.faults)
	}
	k.form(t, "/admin/webhooks/1", "/admin/webhooks/1/end-prior").Wants(303)
	k.Send(t)
	if _, err := k.hooks.Deliver(t.Context()); err != nil || len(r.faults) != 1 {
		t.Error("the old secret holds", err, r.faults)
	}
}

func TestPages_showWhatWentWrong(t *testing.T) {
	t.Parallel()
	k := open(t)
	r := receive(t, httptest.NewServer, nil) // refuses everything
	_, w, err := k.hooks.Create(t.Context(), k.Admin.Actor(), webhooks.Wish{Name: "大厅", URL: r.URL, Events: []workflow.HookEvent{"case.received"}, Enabled: true})
	must(t, err)
	for range 10 {
		k.Send(t)
	}
	for range 30 {
		k.Send(t)
		_, err := k.hooks.Deliver(t.Context())
		must(t, err)
		k.Pass(3 * time.Hour)
	}
	k.site.Clock.Advance(k.Now().Sub(k.site.Clock.Now()))
	k.admin = k.as(t, k.Admin)
	page := k.admin.Get("/admin/webhooks/1").Wants(200, "已停用", "HTTP 401")
	next := page.HTML().All("a[rel=next]")
	if len(next) != 1 {
		t.Fatal("all are on one page")
	}
	k.admin.Get(next[0].Attr("href")).Wants(200)
	k.admin.Get("/admin/webhooks").Wants(200, "长期失败，已停用")
	k.form(t, "/admin/webhooks/1", "/admin/webhooks/1/replay").Wants(303)
	k.form(t, "/admin/webhooks/1", "/admin/webhooks/1/remove").Wants(303)
	k.admin.Get("/admin/webhooks/" + strconv.FormatInt(w.ID, 10)).Wants(http.StatusNotFound)
	k.as(t, k.OfficeHead).Get("/admin/webhooks").Wants(http.StatusNotFound)
}
