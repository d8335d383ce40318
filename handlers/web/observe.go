package web

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/gin-gonic/gin"
)

const requestIDKey = "request"

// observe gives the request a random name, counts it and logs one line: which
// route, which status, how long. Who asked, from where, with what and for
// which case stays out.
func (s *Server) observe(g *gin.Context) {
	start := s.Now()
	id := rand.Text()[:12]
	g.Set(requestIDKey, id)
	g.Header("X-Request-Id", id)
	defer func() {
		took := s.Now().Sub(start)
		route := routeName(g)
		s.Metrics.observe(g.Request.Method, route, g.Writer.Status(), took)
		s.Log.LogAttrs(g.Request.Context(), slog.LevelInfo, "request",
			slog.String("request", id), slog.String("method", knownMethod(g.Request.Method)),
			slog.String("route", route), slog.Int("status", g.Writer.Status()), slog.Duration("took", took))
	}()
	g.Next()
}

// routeName is the path as it was mounted: "/desk/:id" and never "/desk/17".
func routeName(g *gin.Context) string {
	if p := g.FullPath(); p != "" {
		return p
	}
	return "none"
}

func (c *Context) routeName() string { return routeName(c.gin) }

// knownMethod keeps what strangers invent out of logs and metrics.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// recoverPanic makes a panic an Internal error. The stack goes to the log.
func (s *Server) recoverPanic(g *gin.Context) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(http.ErrAbortHandler) // asked for: the connection is cut
		}
		c := s.newContext(g, Route{Who: Anyone, API: g.GetBool(apiKey)})
		c.fail(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		g.Abort()
	}()
	g.Next()
}

// statusClass is 2xx for 204.
func statusClass(status int) string { return strconv.Itoa(status/100) + "xx" }
