package web_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"testing"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/templates/templatestest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// pages renders what the tests look for, without the design around it.
type pages struct{ *templates.Set }

func (p pages) Execute(w io.Writer, locale, name string, data any) error {
	var err error
	switch d := data.(type) {
	case templates.ErrorPage:
		_, err = fmt.Fprintf(w, "%s %d %s|%s|%s", locale, d.Status, html.EscapeString(d.Message), d.Retry, d.Reference)
		if d.Staff {
			_, _ = fmt.Fprintf(w, " staff waits %s", d.Action)
		}
		for _, f := range d.Fields {
			_, _ = fmt.Fprintf(w, "[%s=%s]", f.Name, html.EscapeString(f.Value))
		}
	case web.ResendPage:
		_, err = fmt.Fprintf(w, "%s resend %s", locale, d.Action)
		for _, f := range d.Fields {
			_, _ = fmt.Fprintf(w, "[%s=%s]", f.Name, html.EscapeString(f.Value))
		}
	default:
		err = fmt.Errorf("no page %s", name)
	}
	return err
}

var clerk = web.User{AccountID: 7, Name: "林晓", Username: "clerk", Roles: []string{"clerk"}, DepartmentName: "学校办公室"}

// start runs a server with test pages, after change has changed its Deps.
func start(t *testing.T, change func(*web.Deps), routes ...web.Route) *webtest.Site {
	t.Helper()
	d, site := webtest.Prepare(t)
	set, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	d.Templates = pages{set}
	if change != nil {
		change(&d)
	}
	return site.StartWith(t, d, routes...)
}

func get(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodGet, Path: path, Who: who, Handler: h}
}

func post(path string, who web.Audience, h func(*web.Context) error) web.Route {
	return web.Route{Method: http.MethodPost, Path: path, Who: who, Handler: h}
}

func say(words string) func(*web.Context) error {
	return func(c *web.Context) error { return c.PlainText(http.StatusOK, words) }
}

// TestPagesFitTheirData type-checks the pages whose data is declared here.
func TestPagesFitTheirData(t *testing.T) {
	templatestest.Check(t, "public/resend.html", web.ResendPage{})
}
