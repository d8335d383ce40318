// Package open311 shows what the college published to programs that speak Open311
// GeoReport v2: its categories are services, and every selected answer is a
// request that was closed. It only reads, and knows no more than everybody may.
package open311

import (
	"context"
	_ "embed"
	"net/http"
	"strings"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// College is what the college says of itself; every workflow.Store knows it.
type College interface {
	Departments(ctx context.Context) ([]workflow.Department, error)
	Categories(ctx context.Context, at time.Time, all bool) ([]workflow.Category, error)
}

// Answers is what the college made public; *publication.Answers knows it.
type Answers interface {
	Public(ctx context.Context, q workflow.PublicQuery) (workflow.PublicListing, error)
	One(ctx context.Context, slug string) (workflow.Publication, error)
}

// View is the mailbox as Open311 sees it.
type View struct {
	college College
	answers Answers
}

// New returns the view.
func New(college College, answers Answers) *View { return &View{college, answers} }

const base = "/open311/v2"

// limitReading is how often one network may come.
var limitReading = workflow.Limit{Name: "open311", Rate: 120, Burst: 120, Per: time.Minute}

//go:embed openapi.yaml
var openapi []byte

// Routes is the table of contents.
func (v *View) Routes() []web.Route {
	get := func(path string, h func(*web.Context) error) web.Route {
		return web.Route{Method: http.MethodGet, Path: base + path, Who: web.Anyone, API: true, Handler: h}
	}
	routes := []web.Route{
		get("/openapi.yaml", describe),
		get("/services/:file", v.inFormat("file", v.service)),
		get("/requests/:file", v.inFormat("file", v.request)),
	}
	for name, h := range map[string]handler{"discovery": discovery, "services": v.services, "requests": v.requests} {
		for _, format := range []string{"json", "xml"} {
			routes = append(routes, get("/"+name+"."+format, v.as(format, h)))
		}
	}
	return routes
}

// handler answers with one of the documents of this package, or an error.
type handler func(c *web.Context, name string) (any, error)

// as answers in a format.
func (v *View) as(format string, h handler) func(*web.Context) error {
	return func(c *web.Context) error { return serve(c, format, "", h) }
}

// inFormat answers in the format that the last part of the path ends in.
func (v *View) inFormat(param string, h handler) func(*web.Context) error {
	return func(c *web.Context) error {
		name, format, _ := cutLast(c.Param(param), ".")
		if format != "json" && format != "xml" {
			return workflow.Absent()
		}
		return serve(c, format, name, h)
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func serve(c *web.Context, format, name string, h handler) error {
	var doc any
	err := c.AllowClient(limitReading)
	if workflow.KindOf(err) != workflow.Limited { // who cannot be counted is let in
		doc, err = h(c, name)
	}
	if err != nil {
		return refuse(c, format, err)
	}
	return send(c, format, http.StatusOK, doc)
}

// Description is the OpenAPI document.
func Description() []byte { return openapi }

func describe(c *web.Context) error { return write(c, http.StatusOK, "application/yaml", openapi) }
