package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mailbox/handlers/web"
)

func ask(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestHealth(t *testing.T) {
	var broken error
	checks := []web.Check{
		{Name: "postgres", Run: func(context.Context) error { return broken }},
		{Name: "redis", Run: func(context.Context) error { return nil }},
	}
	site := start(t, func(d *web.Deps) { d.Checks = checks })
	ops, c := web.Ops(web.NewMetrics(), checks), site.Client(t)
	c.Get("/healthz").Wants(200, "ok")
	c.Get("/readyz").Wants(200, "ok")
	broken = errors.New("dial 10.0.0.5: refused")
	c.Get("/healthz").Wants(200, "ok")
	if a := c.Get("/readyz").Wants(503, "not ready"); strings.Contains(a.Body, "10.0.0.5") {
		t.Errorf("the public reads %q", a.Body)
	}
	if w := ask(t, ops, "/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), `"postgres":"dial 10.0.0.5: refused","redis":"ok"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(t, ops, "/healthz"); w.Code != 200 || !strings.Contains(w.Body.String(), "refused") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestMetrics(t *testing.T) {
	m := web.NewMetrics()
	m.Gauge("mailbox_cases_open", "Open cases.", func() float64 { return 42 })
	mails := m.Counter("mailbox_mails_total", "Mails.", "outcome")
	mails("sent", 3)
	site := start(t, func(d *web.Deps) { d.Metrics = m }, get("/desk/:id", web.Anyone, say("x")))
	c := site.Client(t)
	c.Get("/desk/1")
	c.Get("/desk/2")
	c.Get("/unknown-canary")
	c.Do(c.Request("CANARY", "/desk/1", nil))
	text := ask(t, web.Ops(m, nil), "/metrics").Body.String()
	for _, want := range []string{
		`mailbox_http_requests_total{method="GET",route="/desk/:id",status="2xx"} 2`,
		`mailbox_http_requests_total{method="GET",route="none",status="4xx"} 1`,
		`mailbox_http_request_seconds_count{route="/desk/:id"} 2`, "mailbox_cases_open 42", `mailbox_mails_total{outcome="sent"} 3`, "go_goroutines",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(strings.ToLower(text), "canary") {
		t.Error("what a stranger sent is in the metrics")
	}
	if w := ask(t, web.Ops(m, nil), "/debug/pprof/goroutine?debug=1"); w.Code != 200 {
		t.Errorf("profiler: %d", w.Code)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*web.Deps){
		"short key": func(d *web.Deps) { d.Key = []byte("short") },
		"no URL":    func(d *web.Deps) { d.PublicURL = "xz.example" },
		"bad proxy": func(d *web.Deps) { d.TrustedProxies = []string{"proxy.local"} },
	} {
		d := web.Deps{Key: make([]byte, 32), PublicURL: "http://x"}
		change(&d)
		if _, err := web.New(d); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
