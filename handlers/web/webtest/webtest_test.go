package webtest_test

import (
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

const good = `<!doctype html><html lang="zh-CN"><head><title>写信</title><link rel="icon" href="data:,"></head><body>
<main><h1>写信</h1><form method="post" action="/write" enctype="multipart/form-data">
<input type="hidden" name="form_token" value="t"><label for="s">主题</label><input id="s" name="subject" value="热水" aria-describedby="h">
<p id="h" class="hint quiet">不超过 60 字</p><label>正文 <textarea name="body">
一</textarea></label><select name="kind" aria-label="类别"><option value="a">甲<option value="b" selected>乙</select>
<img src="/x.png" alt=""><button class="primary">提交来信</button></form><a href="/">首页</a></main></body></html>`

func TestSelectors(t *testing.T) {
	page := webtest.Parse(t, good)
	for selector, want := range map[string]int{
		"h1": 1, "#s": 1, "input": 2, "input#s": 1, ".hint.quiet": 1, "p.hint": 1, "form input": 2, "main form [name=kind] option": 2,
		"[type=hidden]": 1, "h1.hint": 0, "form main": 0, "option[selected]": 1, `[name="body"]`: 1,
	} {
		if got := len(page.All(selector)); got != want {
			t.Errorf("%d of %s, want %d", got, selector, want)
		}
	}
	for selector, want := range map[string]string{"#s": "热水", "textarea": "一", "select": "b"} {
		if got := page.One(t, selector).Value(); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	if got := page.One(t, "label[for=s]").Text(); got != "主题" {
		t.Errorf("label %q", got)
	}
}

func TestFaults(t *testing.T) {
	if got := webtest.Faults(webtest.Parse(t, good)); len(got) > 0 {
		t.Errorf("a good page has %q", got)
	}
	bad := `<html><head><title></title><style>b{}</style></head><body><h1>a</h1><h1>b</h1><img src="x.png"><input name="q" id="q">
<input aria-label="z" id="q" aria-describedby="nowhere"><button></button><a href="javascript:x()">x</a><script>1</script>
<form method="POST" action="/a"></form><form method="post" action="/b" enctype="multipart/form-data"><input type="hidden" name="x"><input type="hidden" name="form_token"></form></body></html>`
	got := webtest.Faults(webtest.Parse(t, bad))
	for _, want := range []string{
		"html has no lang", "not exactly one h1 with words", "not exactly one main with words", "not exactly one title with words",
		"picture without alt: x.png", `control without a label: <input id="q" name="q">`, `nothing to read on <button id="" name="">`,
		"id twice: q", "described by nothing: nowhere", "style in the page", "script in the page", "script in a link",
		"no form_token in the form to /a", "form_token is not the first field of the form to /b",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("did not find %q in %q", want, got)
		}
	}
}

func html(page string) func(*web.Context) error {
	return func(c *web.Context) error {
		c.SetHeader("Content-Type", "text/html; charset=utf-8")
		_, err := c.Writer.Write([]byte(page))
		return err
	}
}

func TestBrowser(t *testing.T) {
	site := webtest.Start(t,
		web.Route{Method: http.MethodGet, Path: "/", Who: web.Anyone, Handler: html(good)},
		web.Route{Method: http.MethodGet, Path: "/me", Who: web.Staff, Handler: func(c *web.Context) error {
			return html("<html lang=en><title>me</title><link rel=icon href='data:,'><h1>" + c.User.Name + "</h1>")(c)
		}},
		web.Route{Method: http.MethodGet, Path: "/bad", Who: web.Anyone, Handler: html(
			`<html lang=en><title>bad</title><link rel=icon href="data:,"><script>document.title="pwned"</script><h1>bad</h1>`)},
		web.Route{Method: http.MethodGet, Path: "/flip", Who: web.Anyone, Handler: html(
			`<html lang=en><title>plain</title><link rel=icon href="data:,"><script src="/flip.js"></script><h1>a</h1>`)},
		web.Route{Method: http.MethodGet, Path: "/flip.js", Who: web.Anyone, Handler: func(c *web.Context) error {
			return c.Export("flip.js", "text/javascript", []byte(`document.title = "flipped"`))
		}},
		web.Route{Method: http.MethodPost, Path: "/write", Who: web.Anyone, Handler: func(c *web.Context) error {
			f, err := c.Form()
			if err != nil {
				return err
			}
			return html("<html lang=en><title>done</title><link rel=icon href='data:,'><h1>" + f.Line("subject") + "</h1>")(c)
		}})

	tab := webtest.Open(t, webtest.Width(360))
	tab.Go(site.URL + "/")
	tab.Forgive("x.png")
	webtest.CheckPage(t, tab.Page())
	tab.Do(chromedp.SetValue(chromedp.CSS("#s"), "没有热水"), chromedp.Click(chromedp.CSS("button")), chromedp.WaitVisible(chromedp.Search("//h1[.='没有热水']")))
	tab.Forgive("x.png")

	staff := webtest.Open(t, webtest.As(site.SignedIn(t, web.User{AccountID: 3, Name: "Lin", Roles: []string{"clerk"}})))
	staff.Go(site.URL + "/me")
	if got := staff.Page().One(t, "h1").Text(); got != "Lin" {
		t.Errorf("signed in as %q", got)
	}

	blocked := webtest.Open(t)
	blocked.Go(site.URL + "/bad")
	if title := blocked.Page().One(t, "title").Text(); title != "bad" {
		t.Errorf("the script ran: %q", title)
	}
	untilComplaint(t, blocked)
	blocked.Forgive("Content Security Policy")

	for want, options := range map[string][]webtest.TabOption{"flipped": nil, "plain": {webtest.NoScript}} {
		tab := webtest.Open(t, options...)
		tab.Go(site.URL + "/flip")
		if title := tab.Page().One(t, "title").Text(); title != want {
			t.Errorf("title %q, want %q", title, want)
		}
	}
}

// untilComplaint makes round trips to the browser until it has complained.
func untilComplaint(t *testing.T, tab *webtest.Tab) {
	t.Helper()
	for range 1000 {
		if len(tab.Errors()) > 0 {
			return
		}
		if _, err := chromedp.Run(tab.Ctx, chromedp.Title()); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("no complaint")
}

func TestScreenshot(t *testing.T) {
	site := webtest.Start(t, web.Route{Method: http.MethodGet, Path: "/", Who: web.Anyone, Handler: html("<html lang=en><title>a</title><link rel=icon href='data:,'><h1>校长信箱</h1>")})
	path := filepath.Join(t.TempDir(), "deep", "shot.png")
	webtest.Screenshot(t, site.URL, 640, path)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil || m.Bounds().Dx() != 640 {
		t.Errorf("%v %v", m, err)
	}
}

// TestErrorPageIsWhole renders the real pages of the edge.
func TestErrorPageIsWhole(t *testing.T) {
	site := webtest.Start(t, web.Route{Method: http.MethodPost, Path: "/note", Who: web.Staff, Handler: html("")})
	c := site.Client(t)
	for _, lang := range []string{"zh-CN", "en"} {
		c.Header.Set("Accept-Language", lang)
		webtest.CheckPage(t, c.Get("/nowhere").Wants(404).HTML())
		page := c.Post("/note", map[string][]string{"text": {"\n第一行 <b>"}}).Wants(401).HTML()
		webtest.CheckPage(t, page)
		if got := page.One(t, "[name=text]").Value(); got != "\n第一行 <b>" {
			t.Errorf("kept %q", got)
		}
	}
}
