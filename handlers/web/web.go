// Package web is the HTTP edge that every audience shares: one engine, one
// table of routes, one way to say who may come in, to read a form, to take and
// give files, to fail.
//
// A package of pages (handlers/public, handlers/desk, …) gives the server its
// routes with [Server.Mount]. A handler gets a [Context], calls one use case
// and renders one page; what goes wrong it returns. Statuses, error pages,
// headers, sessions, limits and logs are made here and nowhere else.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"mailbox/workflow"
)

// Templates is the part of *templates.Set that pages need.
type Templates interface {
	// Execute renders a page of a language.
	Execute(w io.Writer, locale, name string, data any) error
	// Text returns the words of a key, or the key itself.
	Text(locale, key string, args ...any) string
}

// Deps is what a Server works with. All of Log, Templates, Sessions, Limiter,
// Accounts, Now, Key and PublicURL are required.
type Deps struct {
	Log       *slog.Logger
	Templates Templates
	Sessions  workflow.Sessions
	Limiter   workflow.Limiter
	Accounts  Accounts
	Now       func() time.Time // in the college's zone
	// Key is secret and the same in every replica: at least 32 bytes. Nothing
	// is encrypted with it; it signs form tokens and flash cookies and blinds
	// client addresses.
	Key []byte
	// PublicURL is where readers find the mailbox. Links and cookie rules
	// follow from it and never from the Host header.
	PublicURL string
	College   string // the college's name, on every page
	// CollegeIn is the college's name as it is now, in a reader's language.
	// Without it, and when it knows none, every page has College.
	CollegeIn func(ctx context.Context, locale string) string
	Demo      bool // every page says that this is a demonstration
	// TrustedProxies lists the addresses or networks whose X-Forwarded-For is
	// believed. None by default.
	TrustedProxies []string
	// LocalFree lets programs on this machine come to pages for anyone as often
	// as they like: imports, and a college's own gateway.
	LocalFree bool
	Metrics   *Metrics // optional
	// Counts say what stands beside the entries of the staff's navigation, by
	// path: what waits, what is late, what is unread.
	Counts []func(*Context) (map[string]NavCount, error)
	Checks []Check // what must work for /readyz to say so
}

// Server serves the pages and the API.
type Server struct {
	Deps
	engine   *gin.Engine
	routes   []Route
	origin   string // scheme and host of PublicURL
	secure   bool   // PublicURL is https
	sameSite *http.CrossOriginProtection
	proxies  []netip.Prefix
	patience time.Duration // how long a body without size may take to arrive
	recheck  time.Duration // how often a stream looks at its session

	draining  chan struct{} // closed when streams should end
	drainOnce sync.Once
}

// New returns a Server with the routes that belong to no audience: files of
// the pages, preferences and health.
func New(d Deps) (*Server, error) {
	s := &Server{Deps: d, draining: make(chan struct{}), patience: 30 * time.Second, recheck: streamRecheck}
	if err := s.configure(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.engine = s.newEngine()
	if err := s.Mount(s.ownRoutes()...); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return s, nil
}

func (s *Server) configure() error {
	if len(s.Key) < 32 {
		return errors.New("the key has less than 32 bytes")
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("public URL %q is no http address", s.PublicURL)
	}
	s.origin, s.secure = u.Scheme+"://"+u.Host, u.Scheme == "https"
	s.sameSite = http.NewCrossOriginProtection()
	if err := s.sameSite.AddTrustedOrigin(s.origin); err != nil {
		return fmt.Errorf("public URL: %w", err)
	}
	s.proxies, err = parseProxies(s.TrustedProxies)
	return err
}

// newEngine has no router tricks: a path is right or it is not found. (gin
// builds its redirects from X-Forwarded-Prefix, which anyone can send.)
func (s *Server) newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.RedirectFixedPath = false
	e.ForwardedByClientIP = false
	_ = e.SetTrustedProxies(nil) // nil cannot be wrong
	e.Use(s.observe, s.recoverPanic, s.secureHeaders)
	e.NoRoute(s.unmounted(noRoute))
	e.NoMethod(s.unmounted(noMethod))
	return e
}

func (s *Server) ownRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/static/*file", Who: Anyone, Handler: serveStatic},
		{Method: http.MethodPost, Path: "/preferences", Who: Anyone, Handler: savePreferences},
		{Method: http.MethodGet, Path: "/healthz", Who: Anyone, Handler: sayAlive},
		{Method: http.MethodGet, Path: "/readyz", Who: Anyone, Handler: sayReady},
	}
}

// Handler returns every mounted route. It may be called once all are mounted.
func (s *Server) Handler() http.Handler { return s.engine }

// URL returns the address of a path for use outside the site: in mails, in QR
// codes, in callbacks.
func (s *Server) URL(path string) string { return s.origin + path }

// Drain ends all streams, so that a server that shuts down need not wait for
// readers who only watch.
func (s *Server) Drain() { s.drainOnce.Do(func() { close(s.draining) }) }

// unmounted answers where nothing is mounted, in the manner of the place.
func (s *Server) unmounted(h func(*Context) error) gin.HandlerFunc {
	page := s.serve(Route{Who: Anyone, Handler: h})
	api := s.serve(Route{Who: Anyone, Handler: h, API: true})
	return func(g *gin.Context) {
		if strings.HasPrefix(g.Request.URL.Path, "/api/") {
			api(g)
			return
		}
		page(g)
	}
}

func noRoute(*Context) error { return workflow.Fail(workflow.NotFound, "request.not_found") }

func noMethod(*Context) error {
	return &statusError{status: http.StatusMethodNotAllowed, key: "request.method"}
}
