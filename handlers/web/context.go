package web

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"mailbox/templates"
	"mailbox/workflow"
)

// Context is one request on its way through a handler.
type Context struct {
	Request *http.Request
	Writer  http.ResponseWriter
	Now     time.Time // the one time of this request
	Locale  string    // one of templates.Locales
	Theme   string    // light, dark or ""
	User    *User     // who is signed in, or nil
	Session workflow.Session

	server *Server
	gin    *gin.Context
	route  Route
	body   *limitedBody
	late   atomic.Bool // the body took too long
	form   *Form
	token  string // of the session
	login  string // cookie of somebody about to sign in
	fresh  string // random half of the form token, once made
	id     string // of the request, in the log and on error pages
}

func (s *Server) newContext(g *gin.Context, rt Route) *Context {
	c := &Context{
		Request: g.Request, Writer: g.Writer, Now: s.Now(),
		server: s, gin: g, route: rt, id: g.GetString(requestIDKey),
	}
	c.Locale = c.chooseLocale()
	c.Theme = c.chooseTheme()
	return c
}

// Context is what use cases get: it carries the deadline and nothing else.
func (c *Context) Context() context.Context { return c.Request.Context() }

// RequestID is the random name of this request.
func (c *Context) RequestID() string { return c.id }

// Text returns words in the reader's language.
func (c *Context) Text(key string, args ...any) string {
	return c.server.Templates.Text(c.Locale, key, args...)
}

// URL returns the address of a path for use outside the site.
func (c *Context) URL(path string) string { return c.server.URL(path) }

// Param returns a named part of the path.
func (c *Context) Param(name string) string { return oneLine(c.gin.Param(name)) }

// ID returns a part of the path that is a number of ours. What is no number
// is not found.
func (c *Context) ID(name string) (int64, error) {
	id, err := strconv.ParseInt(c.gin.Param(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, workflow.Fail(workflow.NotFound, "request.not_found")
	}
	return id, nil
}

// maxQuery is the longest value read from a query string, in bytes.
const maxQuery = 2000

// Query returns the first value of a query parameter, cleaned and cut.
func (c *Context) Query(name string) string {
	v := c.Request.URL.Query().Get(name)
	if len(v) > maxQuery {
		v = v[:maxQuery]
	}
	return oneLine(v)
}

// Header returns a header of the request, cleaned.
func (c *Context) Header(name string) string { return oneLine(c.Request.Header.Get(name)) }

// SetHeader sets a header of the answer.
func (c *Context) SetHeader(name, value string) { c.Writer.Header().Set(name, value) }

// Page returns the base of a page: title is a catalogue key or a name. Reading
// it takes the flash messages, so it is called once for each page shown.
func (c *Context) Page(title string) templates.Page {
	p := templates.Page{
		Locale: c.Locale, Title: c.Text(title), Path: c.Request.URL.RequestURI(), Now: c.Now,
		College: c.college(), Demo: c.server.Demo, Theme: c.Theme,
		User: c.pageUser(), Flash: c.takeFlash(), Token: c.FormToken(),
	}
	c.staffPage(&p)
	return p
}

// college is the college's name in the reader's language.
func (c *Context) college() string {
	if c.server.CollegeIn == nil {
		return c.server.College
	}
	return cmp.Or(c.server.CollegeIn(c.Context(), c.Locale), c.server.College)
}

func (c *Context) pageUser() *templates.User {
	if c.User == nil {
		return nil
	}
	var words []string
	if name := c.Name(c.User.DepartmentName, c.User.DepartmentNameEN); name != "" {
		words = append(words, name)
	}
	if len(c.User.Roles) > 0 {
		words = append(words, c.Text("role."+c.User.Roles[0]))
	}
	return &templates.User{Name: c.User.Name, Role: strings.Join(words, " · ")}
}
