package web_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

func TestRoutesSayWhoMayUseThem(t *testing.T) {
	site := start(t, nil)
	err := site.Mount(
		web.Route{Method: http.MethodGet, Path: "/open", Handler: say("x")},
		web.Route{Method: http.MethodGet, Path: "/empty", Who: web.Staff},
		get("/static/:name", web.Anyone, say("x")),
	)
	for _, want := range []string{"GET /open: does not say who may use it", "GET /empty: has no handler", "GET /static/:name:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestRouteTable(t *testing.T) {
	site := start(t, nil, get("/desk", web.Roles("clerk", "head"), say("x")),
		web.Route{Method: http.MethodGet, Path: "/api/v1/cases", Who: web.Staff, API: true, Limit: &workflow.Limit{Name: "api"}, Handler: say("x")})
	got := webtest.RouteTable(site.Routes())
	const file = "testdata/routes.golden"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("got\n%s\nwant\n%s %v", got, want, err)
	}
}

func TestWhoMayComeIn(t *testing.T) {
	site := start(t, nil,
		get("/home", web.Anyone, say("home")),
		get("/desk", web.Staff, say("desk")),
		get("/admin", web.Roles("admin"), say("admin")),
		post("/desk", web.Staff, say("done")))
	stranger, staff := site.Client(t), site.SignedIn(t, clerk)

	stranger.Get("/home").Wants(200, "home")
	stranger.Get("/desk?queue=late").LeadsTo("/login?next=%2Fdesk%3Fqueue%3Dlate")
	staff.Get("/desk").Wants(200, "desk")
	denied, unknown := staff.Get("/admin"), staff.Get("/nowhere")
	denied.Wants(404)
	if denied.Body != unknown.Body {
		t.Errorf("denied says %q, unknown says %q", denied.Body, unknown.Body)
	}
	stranger.Get("/nowhere").Wants(404)
	wrong := staff.Post("/home", nil).Wants(405)
	if allow := wrong.Header.Get("Allow"); !strings.Contains(allow, "GET") {
		t.Errorf("Allow is %q", allow)
	}
	fetch := stranger.Request(http.MethodGet, "/desk", nil)
	fetch.Header.Set("Sec-Fetch-Mode", "cors")
	stranger.Do(fetch).Wants(401)
	stranger.Do(stranger.Request(http.MethodHead, "/home", nil)).Wants(200)
}

func TestNothingLiesAbout(t *testing.T) {
	c := start(t, nil).Client(t)
	for _, path := range []string{
		"/.git/config", "/.env", "/debug/pprof/", "/metrics", "/swagger", "/static/", "/static/../web.go",
		"/static/0000000000/%2e%2e/web.go", "/healthz/", "//healthz", "/STATIC/app.css",
	} {
		c.Get(path).Wants(404)
	}
	c.Do(c.Request("TRACE", "/healthz", nil)).Wants(405)
}
