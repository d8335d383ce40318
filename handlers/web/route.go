package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"mailbox/workflow"
)

// Route is one line of the table of contents of the product. A route that does
// not say who may use it cannot be mounted.
type Route struct {
	Method, Path string
	Who          Audience
	// Limit is how often one client may come; nil is without limit. When the
	// limiter is away, routes for anyone stay open and all others are closed.
	Limit *workflow.Limit
	// MaxBody is how many bytes a request may bring; 0 means 1 MiB.
	MaxBody int64
	// API routes speak JSON, know bearer tokens instead of cookies, and
	// explain failures by RFC 9457.
	API bool
	// SignsIn marks the pages and the form of signing in: the form is guarded
	// against forgery although nobody is signed in yet, and its limit holds
	// when the limiter is away.
	SignsIn bool
	// Stream routes have no time limit.
	Stream  bool
	Handler func(*Context) error
}

// Audience says who may use a route. The zero value says nothing and is
// refused.
type Audience struct {
	anyone, staff bool
	roles         []string
}

// Anyone needs no account. Staff is everyone who has one.
var (
	Anyone = Audience{anyone: true}
	Staff  = Audience{staff: true}
)

// Roles is those who have at least one of the roles.
func Roles(roles ...string) Audience { return Audience{roles: roles} }

func (a Audience) declared() bool { return a.anyone || a.staff || len(a.roles) > 0 }

// admits reports whether u may come in. Others are told that there is no such
// page, so that a path gives nothing away.
func (a Audience) admits(u *User) bool {
	switch {
	case a.anyone:
		return true
	case u == nil:
		return false
	case a.staff:
		return true
	}
	return slices.ContainsFunc(a.roles, u.Is)
}

func (a Audience) String() string {
	switch {
	case a.anyone:
		return "anyone"
	case a.staff:
		return "staff"
	}
	return strings.Join(a.roles, " ")
}

// Mount adds routes. A GET route answers HEAD as well.
func (s *Server) Mount(routes ...Route) error {
	var faults []error
	for _, rt := range routes {
		if err := s.mount(rt); err != nil {
			faults = append(faults, fmt.Errorf("route %s %s: %w", rt.Method, rt.Path, err))
		}
	}
	return errors.Join(faults...)
}

func (s *Server) mount(rt Route) (err error) {
	switch {
	case !rt.Who.declared():
		return errors.New("does not say who may use it")
	case rt.Handler == nil:
		return errors.New("has no handler")
	}
	defer func() { // gin panics when two paths cannot be told apart
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	s.engine.Handle(rt.Method, rt.Path, s.serve(rt))
	if rt.Method == http.MethodGet {
		s.engine.Handle(http.MethodHead, rt.Path, s.serve(rt))
	}
	s.routes = append(s.routes, rt)
	return nil
}

// Routes lists what is mounted, by path and method.
func (s *Server) Routes() []Route {
	routes := slices.Clone(s.routes)
	slices.SortFunc(routes, func(a, b Route) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return routes
}

// serve is the way of every request: each gate may end it with an error, and
// every error ends in fail.
func (s *Server) serve(rt Route) gin.HandlerFunc {
	return func(g *gin.Context) {
		c := s.newContext(g, rt)
		release := c.limitTimeAndBody()
		defer release()
		if err := c.pass(); err != nil {
			c.fail(err)
		}
	}
}

func (c *Context) pass() error {
	gates := []func() error{c.identify, c.refuseCrossSite, c.admit, c.limitRate}
	for _, gate := range gates {
		if err := gate(); err != nil {
			return err
		}
	}
	return c.route.Handler(c)
}

func (c *Context) admit() error {
	switch {
	case c.route.Who.admits(c.User):
		return c.admitToken()
	case c.User == nil:
		return workflow.Fail(workflow.Unauthenticated, "request.unauthenticated")
	}
	return workflow.Fail(workflow.NotFound, "request.not_found")
}

// admitToken keeps a token that only reads from changing anything that needs an
// account.
func (c *Context) admitToken() error {
	reads := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
	if reads || c.User == nil || c.User.Token == 0 || c.User.TokenWrites || c.route.Who.anyone {
		return nil
	}
	return workflow.Fail(workflow.Forbidden, "request.token_reads")
}

// limitKey is who uses a limit up: each token by itself, others by where they
// come from.
func (c *Context) limitKey() string {
	if c.User != nil && c.User.Token != 0 && !c.route.Who.anyone {
		return "token-" + strconv.FormatInt(c.User.Token, 10)
	}
	return c.ClientKey()
}

func (c *Context) limitRate() error {
	if c.route.Limit == nil || c.free() {
		return nil
	}
	err := c.Allow(*c.route.Limit, c.limitKey())
	open := c.route.Who.anyone && !c.route.SignsIn
	if open && workflow.KindOf(err) != workflow.Limited {
		return nil
	}
	return sessionsAway(err) // limits and sessions are kept in one place
}

// AllowClient counts one more use of a limit by whoever is asking.
func (c *Context) AllowClient(limit workflow.Limit) error {
	if c.free() {
		return nil
	}
	return c.Allow(limit, c.ClientKey())
}

// Allow counts one more use of a limit by key. It returns a Limited error when
// there were too many and an Unavailable one when nobody can tell.
func (c *Context) Allow(limit workflow.Limit, key string) error {
	return unavailable(c.server.Limiter.Allow(c.Context(), limit, key))
}
