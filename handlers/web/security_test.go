package web_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/workflow"
)

func TestHeaders(t *testing.T) {
	site := start(t, func(d *web.Deps) { d.PublicURL = "https://xz.example.edu.cn" }, get("/", web.Anyone, say("home")))
	h := site.Client(t).Get("/").Wants(200).Header
	for _, changing := range []string{"Date", "X-Request-Id", "Content-Length"} {
		h.Del(changing)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(h[name], " | "))
	}
	const file = "testdata/headers.golden"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s %v", b.String(), want, err)
	}
}

func TestPlainHTTPPromisesNoTLS(t *testing.T) {
	h := start(t, nil).Client(t).Get("/healthz").Header
	if h.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain http")
	}
}

// token reads the token of a form that the session of c was shown.
func token(c *webtest.Client, path string) string { return c.Get(path).Body }

func formRoutes() []web.Route {
	show := func(c *web.Context) error { return c.PlainText(200, c.FormToken()) }
	return []web.Route{
		get("/form", web.Anyone, show),
		post("/form", web.Anyone, say("done")),
		{Method: http.MethodPost, Path: "/big", Who: web.Anyone, Handler: func(c *web.Context) error {
			f, err := c.Upload(web.UploadRules{Files: 1, PerFile: 1 << 20, Total: 1 << 20}, drop)
			if err != nil {
				return err
			}
			return c.PlainText(200, f.Line("subject"))
		}},
		{Method: http.MethodGet, Path: "/login", Who: web.Anyone, SignsIn: true, Handler: show},
		{Method: http.MethodPost, Path: "/login", Who: web.Anyone, SignsIn: true, Handler: say("in")},
		{Method: http.MethodPost, Path: "/api/x", Who: web.Anyone, API: true, Handler: say("done")},
	}
}

func TestCrossSite(t *testing.T) {
	site := start(t, nil, formRoutes()...)
	for _, tt := range []struct {
		name         string
		fetch, origi string
		signedIn     bool
		path         string
		status       int
	}{
		{"same origin", "same-origin", "", true, "/form", 200},
		{"typed in", "none", "", true, "/form", 200},
		{"cross site", "cross-site", "", false, "/form", 403},
		{"same site, other host", "same-site", "", true, "/form", 403},
		{"old browser, our origin", "", "http://HOST", true, "/form", 200},
		{"old browser, other origin", "", "http://evil.example", false, "/form", 403},
		{"proxy changed Host, our public origin", "", "http://127.0.0.1", true, "/form", 200},
		{"no origin, nobody signed in", "", "", false, "/form", 200},
		{"no origin, signed in, no token", "", "", true, "/form", 403},
		{"null origin, signed in, no token", "", "null", true, "/form", 403},
		{"no origin, signing in, no token", "", "", false, "/login", 403},
		{"a program", "", "", false, "/api/x", 200},
		{"cross site to the API", "cross-site", "", false, "/api/x", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := site.Client(t)
			if tt.signedIn {
				c = site.SignedIn(t, clerk)
			}
			c.Header = http.Header{}
			if tt.fetch != "" {
				c.Header.Set("Sec-Fetch-Site", tt.fetch)
			}
			if tt.origi != "" {
				c.Header.Set("Origin", strings.Replace(tt.origi, "http://HOST", site.URL, 1))
			}
			c.Post(tt.path, url.Values{"a": {"b"}}).Wants(tt.status)
		})
	}
}

func TestFormTokenProves(t *testing.T) {
	site := start(t, nil, formRoutes()...)
	mine, other := site.SignedIn(t, clerk), site.SignedIn(t, clerk)
	good, foreign := token(mine, "/form"), token(other, "/form")
	mine.Header = http.Header{}
	mine.Post("/form", url.Values{web.TokenField: {good}}).Wants(200)
	mine.Post("/form", url.Values{web.TokenField: {foreign}}).Wants(403)
	mine.Post("/form", url.Values{web.TokenField: {good[:len(good)-1] + "x"}}).Wants(403)
	mine.PostFiles("/big", url.Values{web.TokenField: {good}}).Wants(200)
	mine.PostFiles("/big", url.Values{"subject": {"x"}}).Wants(403)
	mine.PostFiles("/big", nil, webtest.Upload{Field: "files", Name: "a.txt", Content: strings.Repeat("字", 5000)}).Wants(403)

	newcomer := site.Client(t)
	login := token(newcomer, "/login")
	newcomer.Header = http.Header{}
	newcomer.Post("/login", url.Values{web.TokenField: {login}}).Wants(200)
	stranger := site.Client(t)
	stranger.Header = http.Header{}
	stranger.Post("/login", url.Values{web.TokenField: {login}}).Wants(403)
}

func TestWritersGetNoCookie(t *testing.T) {
	a := start(t, nil, formRoutes()...).Client(t).Get("/form").Wants(200)
	if ck := a.Header.Values("Set-Cookie"); len(ck) > 0 {
		t.Errorf("cookies %v", ck)
	}
}

// TestOneLetter is a double click: both requests carry the same external id,
// and so does the form when it is shown again with its mistakes.
func TestOneLetter(t *testing.T) {
	var ids []string
	site := start(t, nil,
		get("/write", web.Anyone, func(c *web.Context) error { return c.PlainText(200, c.FormToken()) }),
		post("/write", web.Anyone, func(c *web.Context) error {
			f, err := c.Form()
			if err != nil {
				return err
			}
			ids = append(ids, f.Token())
			return c.PlainText(422, c.FormToken())
		}))
	c := site.Client(t)
	first := token(c, "/write")
	again := c.Post("/write", url.Values{web.TokenField: {first}}).Body
	c.Post("/write", url.Values{web.TokenField: {again}})
	c.Post("/write", url.Values{web.TokenField: {token(c, "/write")}})
	c.Post("/write", url.Values{web.TokenField: {"forged"}})
	if len(ids[0]) != 32 || ids[0] != ids[1] || ids[2] == ids[0] || ids[3] != "" {
		t.Errorf("ids %q", ids)
	}
}

func TestHostIsNeverBelieved(t *testing.T) {
	site := start(t, func(d *web.Deps) { d.PublicURL = "https://xz.example.edu.cn" },
		get("/link", web.Anyone, func(c *web.Context) error { return c.PlainText(200, c.URL("/track")) }),
		get("/go", web.Staff, say("x")))
	c := site.Client(t)
	for _, path := range []string{"/link", "/go", "/nowhere"} {
		r := c.Request(http.MethodGet, path, nil)
		r.Host = "evil.example"
		r.Header.Set("X-Forwarded-Host", "evil.example")
		r.Header.Set("X-Forwarded-Prefix", "//evil.example")
		r.Header.Set("Forwarded", "host=evil.example")
		a := c.Do(r)
		if strings.Contains(a.Body+fmt.Sprint(a.Header), "evil") {
			t.Errorf("%s: %v %s", path, a.Header, a.Body)
		}
	}
	c.Get("/link").Wants(200, "https://xz.example.edu.cn/track")
}

func TestLocalPath(t *testing.T) {
	for _, good := range []string{"/", "/desk", "/desk?queue=late&after=x#row", "/answers/%E5%AE%BF"} {
		if got := web.LocalPath(good); got != good {
			t.Errorf("%q became %q", good, got)
		}
	}
	for _, evil := range []string{
		"", "desk", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example", "https:evil.example",
		"javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", "/\r\nSet-Cookie: a=b", " //evil.example",
		"http:/\\evil.example", "/ /evil.example", "/\x00/evil", "data:text/html,x", "//evil.example/%2f..", "/\x7f",
	} {
		if got := web.LocalPath(evil); got != "/" {
			t.Errorf("%q became %q", evil, got)
		}
	}
}

func TestNextStaysHere(t *testing.T) {
	c := start(t, nil, get("/login", web.Anyone, func(c *web.Context) error { return c.Redirect(c.Next()) })).Client(t)
	c.Get("/login?next=%2Fdesk%3Fa%3Db").LeadsTo("/desk?a=b")
	c.Get("/login?next=%2F%2Fevil.example").LeadsTo("/")
	c.Get("/login?next=%2Fdesk&next=%2F%2Fevil.example").LeadsTo("/desk")
}

func TestClientKey(t *testing.T) {
	for _, tt := range []struct {
		name    string
		proxies []string
		a, b    string // X-Forwarded-For of two requests
		same    bool
	}{
		{"forged without a proxy", nil, "203.0.113.1", "203.0.113.2", true},
		{"two clients behind our proxy", []string{"127.0.0.1"}, "203.0.113.1", "203.0.113.2", false},
		{"forged in front of our proxy", []string{"127.0.0.0/8"}, "1.1.1.1, 203.0.113.1", "2.2.2.2, 203.0.113.1", true},
		{"two proxies", []string{"127.0.0.1", "10.0.0.0/8"}, "1.1.1.1, 203.0.113.1, 10.1.1.1", "203.0.113.1, 10.2.2.2", true},
		{"one IPv6 network", []string{"127.0.0.1"}, "2001:db8::1", "2001:db8::ffff:2", true},
		{"two IPv6 networks", []string{"127.0.0.1"}, "2001:db8::1", "2001:db8:0:1::1", false},
		{"nonsense", []string{"127.0.0.1"}, "evil", "evil2", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rt := get("/", web.Anyone, say("x"))
			rt.Limit = &workflow.Limit{Name: "see", Burst: 100}
			site := start(t, func(d *web.Deps) { d.TrustedProxies = tt.proxies }, rt)
			c := site.Client(t)
			for _, xff := range []string{tt.a, tt.b} {
				c.Header.Set("X-Forwarded-For", xff)
				c.Get("/").Wants(200)
			}
			keys := site.Limiter.Keys()
			if (keys[0] == keys[1]) != tt.same || len(keys[0]) != 32 || strings.Contains(keys[0], ".") {
				t.Errorf("keys %q", keys)
			}
		})
	}
}

func TestClientKeyChangesDaily(t *testing.T) {
	rt := get("/", web.Anyone, say("x"))
	rt.Limit = &workflow.Limit{Name: "see", Burst: 100}
	site := start(t, nil, rt)
	c := site.Client(t)
	c.Get("/")
	site.Clock.Advance(13 * time.Hour)
	c.Get("/")
	if keys := site.Limiter.Keys(); keys[0] == keys[1] {
		t.Error("yesterday's key is today's")
	}
}

func TestLimits(t *testing.T) {
	limit := &workflow.Limit{Name: "two", Burst: 2}
	public, login, desk := post("/write", web.Anyone, say("ok")), post("/login", web.Anyone, say("ok")), get("/desk", web.Staff, say("ok"))
	public.Limit, login.Limit, desk.Limit = limit, limit, limit
	login.SignsIn = true
	site := start(t, nil, public, login, desk)
	c := site.SignedIn(t, clerk)
	c.Post("/write", nil).Wants(200)
	c.Post("/write", nil).Wants(200)
	if a := c.Post("/write", nil).Wants(429); a.Header.Get("Retry-After") != "2" {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	site.Limiter.SetAway(true)
	c.Post("/write", nil).Wants(200, "ok")
	if a := c.Post("/login", nil).Wants(503); a.Header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	c.Get("/desk").Wants(503)
}

// TestSlowBody sends the head of a form and then nothing.
func TestSlowBody(t *testing.T) {
	site := start(t, nil, post("/write", web.Anyone, func(c *web.Context) error {
		_, err := c.Form()
		return err
	}))
	site.SetPatience(50 * time.Millisecond)
	var d net.Dialer
	conn, err := d.DialContext(context.Background(), "tcp", strings.TrimPrefix(site.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /write HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nsubject=")
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 64)
	n, err := conn.Read(b)
	if err != nil || !strings.HasPrefix(string(b[:n]), "HTTP/1.1 408") {
		t.Errorf("%q %v", b[:n], err)
	}
}

func TestTooLarge(t *testing.T) {
	small := post("/write", web.Anyone, func(c *web.Context) error {
		_, err := c.Form()
		return err
	})
	small.MaxBody = 100
	c := start(t, nil, small).Client(t)
	c.Post("/write", url.Values{"a": {strings.Repeat("x", 98)}}).Wants(200)
	c.Post("/write", url.Values{"a": {strings.Repeat("x", 99)}}).Wants(413)
	c.Post("/write", url.Values{"a": {strings.Repeat("x", 5<<20)}}).Wants(413)
}

func TestPreferences(t *testing.T) {
	site := start(t, nil, get("/", web.Anyone, func(c *web.Context) error { return c.PlainText(200, c.Locale+" "+c.Theme) }))
	c := site.Client(t)
	c.Get("/").Wants(200, "zh-CN ")
	c.Get("/?lang=en").Wants(200, "en")
	c.Get("/?lang=xx").Wants(200, "zh-CN")
	c.Post("/preferences", url.Values{"locale": {"en"}, "back": {"/answers?q=1"}}).LeadsTo("/answers?q=1")
	c.Post("/preferences", url.Values{"theme": {"dark"}, "back": {"//evil"}}).LeadsTo("/")
	c.Get("/").Wants(200, "en dark")
	c.Post("/preferences", url.Values{"theme": {""}, "locale": {"<script>"}})
	if got := c.Get("/").Body; got != "en " {
		t.Errorf("now %q", got)
	}
}

func TestAcceptLanguage(t *testing.T) {
	site := start(t, nil, get("/", web.Anyone, func(c *web.Context) error { return c.PlainText(200, c.Locale) }))
	for header, want := range map[string]string{
		"": "zh-CN", "en": "en", "en-US,en;q=0.9,zh;q=0.8": "en", "fr,zh-TW;q=0.7,en;q=0.3": "zh-CN", "de": "zh-CN",
		"en;q=0.1,zh;q=0.2": "zh-CN", strings.Repeat("x,", 5000): "zh-CN", "en;q=x": "en",
	} {
		c := site.Client(t)
		c.Header.Set("Accept-Language", header)
		c.Get("/").Wants(200, want)
	}
}

func TestStatic(t *testing.T) {
	c := start(t, nil).Client(t)
	url := templates.Asset("app.css")
	a := c.Get(url).Wants(200)
	if got := a.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("Cache-Control %q", got)
	}
	if ct := a.Header.Get("Content-Type"); ct != "text/css; charset=utf-8" {
		t.Errorf("type %q", ct)
	}
	c.Header.Set("Accept-Encoding", "br, gzip")
	packed := c.Get(url).Wants(200)
	if packed.Header.Get("Content-Encoding") != "gzip" || len(packed.Body) >= len(a.Body) {
		t.Errorf("%d bytes, packed %d: %v", len(a.Body), len(packed.Body), packed.Header)
	}
	c.Header.Set("Accept-Encoding", "gzip;q=0")
	c.Get(url).Wants(200, a.Body)
	old := "/static/0000000000/app.css"
	if got := c.Get(old).Wants(200).Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("an older replica's file: Cache-Control %q", got)
	}
}
