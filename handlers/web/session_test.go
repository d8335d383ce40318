package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/workflow"
)

func sessionRoutes() []web.Route {
	return []web.Route{
		get("/", web.Anyone, func(c *web.Context) error {
			if c.User == nil {
				return c.PlainText(200, "nobody")
			}
			return c.PlainText(200, c.User.Name)
		}),
		get("/desk", web.Staff, func(c *web.Context) error { return c.PlainText(200, c.User.Name) }),
		get("/admin", web.Roles("admin"), say("admin")),
		post("/desk/:id/note", web.Staff, say("noted")),
		{Method: http.MethodPost, Path: "/login", Who: web.Anyone, SignsIn: true, Handler: func(c *web.Context) error {
			if err := c.SignIn(clerk.AccountID); err != nil {
				return err
			}
			return c.Redirect(c.Next())
		}},
		post("/logout", web.Staff, func(c *web.Context) error {
			if err := c.SignOut(); err != nil {
				return err
			}
			return c.Redirect("/")
		}),
	}
}

func cookieNamed(t *testing.T, a *webtest.Answer, name string) *http.Cookie {
	t.Helper()
	for _, line := range a.Header.Values("Set-Cookie") {
		ck, err := http.ParseSetCookie(line)
		if err != nil {
			t.Fatal(err)
		}
		if ck.Name == name {
			return ck
		}
	}
	t.Fatalf("no cookie %s in %v", name, a.Header.Values("Set-Cookie"))
	return nil
}

func TestCookieFlags(t *testing.T) {
	for _, tt := range []struct {
		public, name string
		secure       bool
	}{
		{"http://127.0.0.1", "mailbox", false},
		{"https://xz.example.edu.cn", "__Host-mailbox", true},
	} {
		site := start(t, func(d *web.Deps) { d.PublicURL = tt.public }, sessionRoutes()...)
		site.Accounts.Put(clerk)
		ck := cookieNamed(t, site.Client(t).Post("/login", nil), tt.name)
		if ck.Secure != tt.secure || !ck.HttpOnly || ck.SameSite != http.SameSiteLaxMode || ck.Path != "/" || ck.Domain != "" || ck.MaxAge != 0 || len(ck.Value) < 26 {
			t.Errorf("%s: %+v", tt.public, ck)
		}
	}
}

func TestSignInAndOut(t *testing.T) {
	site := start(t, nil, sessionRoutes()...)
	site.Accounts.Put(clerk)
	c := site.Client(t)
	c.SetCookie(&http.Cookie{Name: "mailbox", Value: "planted", Path: "/"})
	c.Post("/login?next=%2Fdesk", nil).LeadsTo("/desk")
	first := c.Cookie("mailbox")
	if first == "planted" || first == "" {
		t.Fatalf("token %q", first)
	}
	c.Get("/desk").Wants(200, "林晓")
	c.Post("/login", nil)
	if c.Cookie("mailbox") == first {
		t.Error("signing in again kept the token")
	}
	if _, err := site.Sessions.Find(context.Background(), first, site.Clock.Now()); workflow.KindOf(err) != workflow.Unauthenticated {
		t.Errorf("the old session lives: %v", err)
	}
	last := c.Cookie("mailbox")
	out := c.Post("/logout", nil)
	out.LeadsTo("/")
	if out.Header.Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data %q", out.Header.Get("Clear-Site-Data"))
	}
	c.SetCookie(&http.Cookie{Name: "mailbox", Value: last, Path: "/"})
	c.Get("/desk").LeadsTo("/login?next=%2Fdesk")
}

func TestSessionsEnd(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*webtest.Site)
	}{
		{"idle", func(s *webtest.Site) { s.Clock.Advance(2 * time.Hour) }},
		{"disabled", func(s *webtest.Site) { u := clerk; u.Disabled = true; s.Accounts.Put(u) }},
		{"closed by an administrator", func(s *webtest.Site) { _, _ = s.Sessions.CloseAll(context.Background(), clerk.AccountID) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site := start(t, nil, sessionRoutes()...)
			c := site.SignedIn(t, clerk)
			c.Get("/desk").Wants(200)
			tt.end(site)
			c.Get("/desk").LeadsTo("/login?next=%2Fdesk")
			c.Get("/").Wants(200, "nobody")
		})
	}
}

func TestSessionIsNotForEver(t *testing.T) {
	site := start(t, nil, sessionRoutes()...)
	c := site.SignedIn(t, clerk)
	for range 11 {
		site.Clock.Advance(time.Hour)
		c.Get("/desk").Wants(200)
	}
	site.Clock.Advance(time.Hour)
	c.Get("/desk").LeadsTo("/login?next=%2Fdesk")
}

func TestRolesCountAtOnce(t *testing.T) {
	site := start(t, nil, sessionRoutes()...)
	boss := clerk
	boss.Roles = []string{"admin"}
	c := site.SignedIn(t, boss)
	c.Get("/admin").Wants(200)
	site.Accounts.Put(clerk)
	c.Get("/admin").Wants(404)
}

func TestSessionsAway(t *testing.T) {
	site := start(t, nil, sessionRoutes()...)
	c := site.SignedIn(t, clerk)
	site.Sessions.SetAway(true)
	c.Get("/").Wants(200, "nobody")
	if a := c.Get("/desk").Wants(503); a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	c.Post("/login", nil).Wants(503)
	c.Post("/logout", nil).Wants(503)
	c.Post("/desk/4/note?x=1", url.Values{"text": {"写了很久"}}).Wants(503, "staff waits", "/desk/4/note?x=1", "[text=写了很久]")
	if body := c.Get("/desk").Body; !strings.Contains(body, "staff waits") {
		t.Errorf("the page does not say who waits: %s", body)
	}
	site.Sessions.SetAway(false)
	c.Get("/desk").Wants(200)
}

// TestNothingTypedIsLost is a session that ends while somebody writes.
func TestNothingTypedIsLost(t *testing.T) {
	c := start(t, nil, sessionRoutes()...).Client(t)
	form := url.Values{"text": {"第一行\r\n<b>第二行</b>"}, "password": {"geheim"}, "to": {"1", "2"}}
	a := c.Post("/desk/4/note?x=1", form).Wants(401, "resend /desk/4/note?x=1", "[text=第一行\n&lt;b&gt;第二行&lt;/b&gt;]", "[to=1][to=2]")
	if strings.Contains(a.Body, "geheim") {
		t.Error("the password is on the page")
	}
	c.PostFiles("/desk/4/note", url.Values{"text": {"留下"}}, webtest.Upload{Field: "f", Name: "a.txt", Content: "x"}).Wants(401, "[text=留下]")
}

func TestFlash(t *testing.T) {
	site := start(t, nil,
		post("/do", web.Anyone, func(c *web.Context) error {
			c.Flash("good", "upload.empty", "a\"b;,字.txt")
			return c.Redirect("/see")
		}),
		post("/undoable", web.Anyone, func(c *web.Context) error {
			c.FlashUndo(templates.Undo{Action: "/undo", Fields: []templates.Hidden{{Name: "case", Value: "42"}}}, "request.slow")
			return c.Redirect("/see")
		}),
		get("/see", web.Anyone, func(c *web.Context) error {
			var words strings.Builder
			for _, toast := range c.Page("site.title").Flash {
				words.WriteString(toast.Tone + ":" + toast.Text)
				if toast.Undo != nil {
					words.WriteString(" " + toast.Undo.Action + " " + toast.Undo.Fields[0].Name + " " + toast.Undo.Fields[1].Value)
				}
			}
			return c.PlainText(200, "<"+words.String()+">")
		}))
	c := site.Client(t)
	c.Post("/do", nil).LeadsTo("/see")
	c.Get("/see").Wants(200, `<good:“a"b;,字.txt”是空文件。>`)
	c.Get("/see").Wants(200, "<>")
	c.Post("/undoable", nil)
	c.Get("/see").Wants(200, "/undo form_token 42>")
	c.Post("/do", nil)
	forged := "eyJ0IjoiZ29vZCIsImsiOiJldmlsIn0." + strings.Repeat("0", 32)
	c.SetCookie(&http.Cookie{Name: "mailbox-flash", Value: forged, Path: "/"})
	c.Get("/see").Wants(200, "<>")
}
