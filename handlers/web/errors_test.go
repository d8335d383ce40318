package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

func failing(err error) func(*web.Context) error { return func(*web.Context) error { return err } }

func TestEveryKindHasItsStatus(t *testing.T) {
	for _, tt := range []struct {
		kind   workflow.Kind
		status int
	}{
		{workflow.Internal, 500},
		{workflow.Invalid, 422},
		{workflow.Unauthenticated, 401},
		{workflow.Forbidden, 403},
		{workflow.NotFound, 404},
		{workflow.Conflict, 409},
		{workflow.Limited, 429},
		{workflow.Unavailable, 503},
	} {
		t.Run(http.StatusText(tt.status), func(t *testing.T) {
			site := start(t, nil, web.Route{
				Method: http.MethodGet, Path: "/api/x", Who: web.Anyone, API: true,
				Handler: failing(fmt.Errorf("do it: %w", workflow.Fail(tt.kind, "request.cursor"))),
			})
			site.Client(t).Get("/api/x").Wants(tt.status)
		})
	}
}

func TestErrorPages(t *testing.T) {
	secret := errors.New(`pq: relation "letters" does not exist`)
	site := start(t, nil,
		get("/ours", web.Anyone, failing(secret)),
		get("/panic", web.Anyone, func(*web.Context) error { panic("index out of range") }),
		get("/late", web.Anyone, failing(fmt.Errorf("query: %w", context.DeadlineExceeded))),
		get("/limited", web.Anyone, failing(&workflow.Error{Kind: workflow.Limited, Key: "request.cursor", RetryAfter: 90500 * time.Millisecond})),
		get("/hidden", web.Anyone, failing(web.Hide(workflow.Fail(workflow.Forbidden, "request.method")))))
	c := site.Client(t)

	for _, path := range []string{"/ours", "/panic"} {
		a := c.Get(path).Wants(500)
		if strings.Contains(a.Body, "letters") || strings.Contains(a.Body, "index") || strings.Contains(a.Body, ".go") {
			t.Errorf("the reader sees %q", a.Body)
		}
		id := a.Header.Get("X-Request-Id")
		if len(id) < 10 || !strings.Contains(a.Body, id) || !strings.Contains(site.Log.String(), id) {
			t.Errorf("id %q is not on the page %q and in the log", id, a.Body)
		}
	}
	for _, want := range []string{"letters", "index out of range", "errors_test.go"} {
		if !strings.Contains(site.Log.String(), want) {
			t.Errorf("no %q in the log", want)
		}
	}
	if a := c.Get("/late").Wants(503, "5 秒"); a.Header.Get("Retry-After") != "5" {
		t.Errorf("Retry-After is %q", a.Header.Get("Retry-After"))
	}
	if a := c.Get("/limited").Wants(429, "2 分钟"); a.Header.Get("Retry-After") != "91" {
		t.Errorf("Retry-After is %q", a.Header.Get("Retry-After"))
	}
	c.Get("/hidden").Wants(404)
	c.Header.Set("Accept-Language", "en-GB,en;q=0.9")
	c.Get("/limited").Wants(429, "en 429", "2 minutes", "no longer there")
}

func TestProblems(t *testing.T) {
	site := start(t, nil, web.Route{
		Method: http.MethodPost, Path: "/api/v1/letters", Who: web.Anyone, API: true,
		Handler: failing(&workflow.Error{Kind: workflow.Invalid, Key: "request.field_number", Field: "kind"}),
	}, web.Route{Method: http.MethodGet, Path: "/api/v1/cases", Who: web.Staff, API: true, Handler: say("cases")})
	c := site.Client(t)
	a := c.Post("/api/v1/letters", nil).Wants(422)
	var p struct {
		Type, Title, Detail, Code, Field string
		Status                           int
	}
	if err := json.Unmarshal([]byte(a.Body), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != 422 || p.Field != "kind" || p.Code != "request.field_number" || p.Detail != "请填写数字。" || p.Title == "" || p.Type == "" {
		t.Errorf("problem %+v", p)
	}
	if ct := a.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("type %q", ct)
	}
	for _, path := range []string{"/api/v1/cases", "/api/v1/nothing"} {
		a := c.Get(path)
		if a.Header.Get("Content-Type") != "application/problem+json" || a.Header.Get("Location") != "" {
			t.Errorf("%s: %d %v", path, a.Status, a.Header)
		}
	}
	if a := c.Get("/api/v1/cases").Wants(401); a.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("no challenge: %v", a.Header)
	}
}

func TestBearer(t *testing.T) {
	site := start(t, nil, web.Route{Method: http.MethodGet, Path: "/api/v1/cases", Who: web.Roles("clerk"), API: true, Handler: say("cases")})
	site.Accounts.Put(clerk)
	site.Accounts.PutBearer("good", clerk.AccountID)
	c := site.SignedIn(t, clerk)
	c.Get("/api/v1/cases").Wants(401) // a cookie is no token
	c.Header.Set("Authorization", "Bearer bad")
	c.Get("/api/v1/cases").Wants(401)
	c.Header.Set("Authorization", "Bearer good")
	c.Get("/api/v1/cases").Wants(200, "cases")
	gone := clerk
	gone.Disabled = true
	site.Accounts.Put(gone)
	c.Get("/api/v1/cases").Wants(401)
}

// TestReaderLeaves wants no log line but the request's own.
func TestReaderLeaves(t *testing.T) {
	entered, left := make(chan struct{}), make(chan struct{})
	site := start(t, nil, get("/slow", web.Anyone, func(c *web.Context) error {
		close(entered)
		<-c.Context().Done()
		defer close(left)
		return fmt.Errorf("query: %w", c.Context().Err())
	}))
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, site.URL+"/slow", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-entered
		cancel()
	}()
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
		t.Fatal("there was an answer")
	}
	<-left
	waitFor(t, func() bool { return strings.Contains(site.Log.String(), "status=499") })
	if log := site.Log.String(); strings.Contains(log, "failed") || strings.Contains(log, "refused") {
		t.Error(log)
	}
}

// waitFor looks until done holds or the test has waited long enough.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("waited for 10 s")
		}
	}
}

func TestHalfAnAnswerIsNoAnswer(t *testing.T) {
	site := start(t, nil, get("/cut", web.Anyone, func(c *web.Context) error {
		return c.Download("a.txt", "text/plain", 1<<20, &brokenFile{})
	}))
	resp, err := http.Get(site.URL + "/cut")
	if err == nil {
		defer resp.Body.Close()
		_, err = resp.Body.Read(make([]byte, 1<<20))
		for err == nil {
			_, err = resp.Body.Read(make([]byte, 1<<20))
		}
	}
	if err.Error() == "EOF" {
		t.Error("the file looks whole")
	}
	waitFor(t, func() bool { return strings.Contains(site.Log.String(), "disk is gone") })
}

type brokenFile struct{ n int }

func (b *brokenFile) Read(p []byte) (int, error) {
	if b.n++; b.n > 4 {
		return 0, errors.New("disk is gone")
	}
	return len(p), nil
}

func TestLogHoldsNobody(t *testing.T) {
	site := start(t, nil, get("/desk/:id", web.Staff, say("x")), post("/track", web.Anyone, failing(errors.New("boom"))))
	c := site.SignedIn(t, clerk)
	c.Header.Set("User-Agent", "canary-agent")
	c.Header.Set("X-Forwarded-For", "203.0.113.77")
	c.Header.Set("Referer", "http://canary-referrer/")
	c.Get("/desk/4711?code=7K3M-9QXR").Wants(200)
	c.Post("/track", map[string][]string{"code": {"7K3M-9QXR"}}).Wants(500)
	log := site.Log.String()
	for _, canary := range []string{"canary", "203.0.113", "127.0.0.1", "4711", "7K3M", "clerk", "林晓", c.Cookie("mailbox")} {
		if strings.Contains(log, canary) {
			t.Errorf("%q is in the log: %s", canary, log)
		}
	}
	if !strings.Contains(log, "route=/desk/:id status=200") {
		t.Errorf("no access line: %s", log)
	}
}
