// Package webtest helps tests of pages: a server on a free port with its
// neighbours in memory, a client with cookies, questions to ask of HTML, and a
// real browser.
package webtest

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/templates"
)

// Site is a running server and what it works with.
type Site struct {
	*web.Server
	URL      string // http://127.0.0.1:port
	Sessions *Sessions
	Limiter  *Limiter
	Accounts *Accounts
	Clock    *Clock
	Log      *Log
}

// Noon is when a site's clock starts.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("CST", 8*60*60))

// Clock is a time that a test sets.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the time on.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Log is what a site has logged.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Prepare makes a site's Deps, for tests that change some of them before
// [StartWith].
func Prepare(tb testing.TB) (web.Deps, *Site) {
	tb.Helper()
	set, err := templates.Parse()
	if err != nil {
		tb.Fatal(err)
	}
	s := &Site{
		Sessions: NewSessions(), Limiter: NewLimiter(), Accounts: NewAccounts(),
		Clock: &Clock{now: Noon}, Log: &Log{},
	}
	return web.Deps{
		Log:       slog.New(slog.NewTextHandler(s.Log, nil)),
		Templates: set, Sessions: s.Sessions, Limiter: s.Limiter, Accounts: s.Accounts,
		Now: s.Clock.Now, Key: bytes.Repeat([]byte("k"), 32),
		PublicURL: "http://127.0.0.1", College: "测试学院",
	}, s
}

// Start runs a server with the routes on a free port until the test ends.
func Start(tb testing.TB, routes ...web.Route) *Site {
	tb.Helper()
	d, s := Prepare(tb)
	return s.StartWith(tb, d, routes...)
}

// StartWith runs a server of d.
func (s *Site) StartWith(tb testing.TB, d web.Deps, routes ...web.Route) *Site {
	tb.Helper()
	server, err := web.New(d)
	if err != nil {
		tb.Fatal(err)
	}
	if err := server.Mount(routes...); err != nil {
		tb.Fatal(err)
	}
	s.Server = server
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s.URL = "http://" + ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, ln) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("server: %v", err)
		}
	})
	return s
}

// SignedIn returns a client whose session is u's.
func (s *Site) SignedIn(tb testing.TB, u web.User) *Client {
	tb.Helper()
	s.Accounts.Put(u)
	now := s.Clock.Now()
	token, err := s.Sessions.Open(context.Background(), sessionOf(u, now), 2*time.Hour, 12*time.Hour)
	if err != nil {
		tb.Fatal(err)
	}
	c := s.Client(tb)
	c.SetCookie(&http.Cookie{Name: "mailbox", Value: token, Path: "/"})
	return c
}

// RouteTable writes routes as lines for a golden file: who may do what.
func RouteTable(routes []web.Route) string {
	var b strings.Builder
	for _, rt := range routes {
		b.WriteString(rt.Method + " " + rt.Path + " : " + rt.Who.String())
		if rt.API {
			b.WriteString(" (api)")
		}
		if rt.Limit != nil {
			b.WriteString(" (limit " + rt.Limit.Name + ")")
		}
		b.WriteString("\n")
	}
	return b.String()
}
