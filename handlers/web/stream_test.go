package web_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
)

func streamRoute(events <-chan web.Event) web.Route {
	return web.Route{Method: http.MethodGet, Path: "/live", Who: web.Roles("clerk"), Stream: true, Handler: func(c *web.Context) error {
		return c.Stream(events)
	}}
}

// listen opens the stream and returns its lines.
func listen(t *testing.T, site *webtest.Site, c *webtest.Client) *bufio.Scanner {
	t.Helper()
	r := c.Request(http.MethodGet, "/live", nil)
	r.AddCookie(&http.Cookie{Name: "mailbox", Value: c.Cookie("mailbox")})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	resp, err := http.DefaultClient.Do(r.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if ct := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || ct != "text/event-stream; charset=utf-8" {
		t.Fatalf("%d %s", resp.StatusCode, ct)
	}
	return bufio.NewScanner(resp.Body)
}

// wantLine reads until a line and reports whether it came.
func wantLine(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	for lines.Scan() {
		if lines.Text() == want {
			return
		}
	}
	t.Fatalf("the stream ended without %q", want)
}

func TestStream(t *testing.T) {
	events := make(chan web.Event)
	site := start(t, nil, streamRoute(events))
	lines := listen(t, site, site.SignedIn(t, clerk))
	wantLine(t, lines, "retry: 5000")
	events <- web.Event{Name: "case", Data: map[string]string{"subject": "a\nb"}}
	wantLine(t, lines, "event: case")
	wantLine(t, lines, `data: {"subject":"a\nb"}`)
	close(events)
	for lines.Scan() {
		if lines.Text() != "" {
			t.Errorf("more: %q", lines.Text())
		}
	}
}

func TestStreamEndsWithItsSession(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*webtest.Site)
	}{
		{"closed", func(s *webtest.Site) { _, _ = s.Sessions.CloseAll(context.Background(), clerk.AccountID) }},
		{"disabled", func(s *webtest.Site) { u := clerk; u.Disabled = true; s.Accounts.Put(u) }},
		{"role lost", func(s *webtest.Site) { u := clerk; u.Roles = nil; s.Accounts.Put(u) }},
		{"sessions away", func(s *webtest.Site) { s.Sessions.SetAway(true) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site := start(t, nil, streamRoute(nil))
			site.SetRecheck(10 * time.Millisecond)
			lines := listen(t, site, site.SignedIn(t, clerk))
			wantLine(t, lines, "retry: 5000")
			tt.end(site)
			wantLine(t, lines, "event: signed-out")
		})
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	site := start(t, nil, streamRoute(nil))
	lines := listen(t, site, site.SignedIn(t, clerk))
	wantLine(t, lines, "retry: 5000")
	site.Drain()
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event:") {
			t.Errorf("said %q", lines.Text())
		}
	}
}

func TestStreamIsForStaff(t *testing.T) {
	start(t, nil, streamRoute(nil)).Client(t).Get("/live").Wants(401)
}
