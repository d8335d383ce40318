package templates_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailbox/templates"
	"mailbox/templates/templatestest"
)

// TestPagesFitTheirData type-checks the pages whose data this package defines.
func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	templatestest.Check(t, "public/home.html", templates.Home{})
	templatestest.Check(t, "public/error.html", templates.ErrorPage{})
	templatestest.Check(t, "admin/styleguide.html", templates.Styleguide{})
}

// sample is a page with its data, as a reader would get it.
type sample struct {
	name string
	view func(*templates.Set, string) any
}

func samples() []sample {
	all := []sample{
		{"public/home.html", func(_ *templates.Set, locale string) any { return templatestest.Home(locale) }},
		{"admin/styleguide.html", func(s *templates.Set, locale string) any { return templatestest.Styleguide(s, locale) }},
	}
	for _, status := range []int{400, 403, 404, 409, 413, 429, 500, 503} {
		all = append(all, sample{"public/error.html", func(_ *templates.Set, locale string) any { return templatestest.Error(locale, status) }})
	}
	return append(all, sample{"public/error.html", func(_ *templates.Set, locale string) any { return templatestest.StaffWaits(locale) }})
}

func render(t *testing.T, set *templates.Set, locale string, s sample) string {
	t.Helper()
	var b bytes.Buffer
	if err := set.Execute(&b, locale, s.name, s.view(set, locale)); err != nil {
		t.Fatalf("%s %s: %v", locale, s.name, err)
	}
	return b.String()
}

func parse(t *testing.T) *templates.Set {
	t.Helper()
	set, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestPagesRender(t *testing.T) {
	t.Parallel()
	set := parse(t)
	for _, locale := range templates.Locales {
		for _, s := range samples() {
			html := render(t, set, locale, s)
			if n := strings.Count(html, "<h1"); n != 1 {
				t.Errorf("%s %s has %d h1, want 1", locale, s.name, n)
			}
			for _, bad := range []string{"ZgotmplZ", "%!", "<no value>", " style=", "<script>", "error.status", "styleguide."} {
				if strings.Contains(html, bad) {
					t.Errorf("%s %s contains %q", locale, s.name, bad)
				}
			}
		}
	}
}

func TestDeniedLooksLikeMissing(t *testing.T) {
	t.Parallel()
	set := parse(t)
	denied := render(t, set, "zh-CN", sample{"public/error.html", func(_ *templates.Set, l string) any { return templatestest.Error(l, 403) }})
	missing := render(t, set, "zh-CN", sample{"public/error.html", func(_ *templates.Set, l string) any { return templatestest.Error(l, 404) }})
	if strings.ReplaceAll(denied, ">403<", ">404<") != missing {
		t.Error("403 and 404 differ by more than the number")
	}
}

func TestUnknownLocaleReadsTheFirst(t *testing.T) {
	t.Parallel()
	set := parse(t)
	if got, want := set.Text("fr", "site.write"), set.Text("zh-CN", "site.write"); got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
	if set.Lookup("fr", "public/home.html") == nil {
		t.Error("no home page for an unknown language")
	}
}

func TestUnknownKeyIsShownAsItIs(t *testing.T) {
	t.Parallel()
	if got := parse(t).Text("en", "100% 后勤处", "x"); got != "100% 后勤处" {
		t.Errorf("Text = %q", got)
	}
}

func TestWordsMaySayLess(t *testing.T) {
	t.Parallel()
	if got := parse(t).Text("en", "not_found", "secret"); got != "Not found." {
		t.Errorf("Text = %q", got)
	}
}

// TestFirstPageIsLight keeps the first visit under 100 KB, uncompressed.
func TestFirstPageIsLight(t *testing.T) {
	t.Parallel()
	set := parse(t)
	total := len(render(t, set, "zh-CN", samples()[0]))
	for _, name := range []string{"app.css", "app.js", "draft.js", "upload.js", "dialog.js", "form.js", "page.js", "icon.svg"} {
		b, _, _, ok := templates.Static(templates.Asset(name))
		if !ok {
			t.Fatalf("no %s", name)
		}
		total += len(b)
	}
	if total > 100_000 {
		t.Errorf("the first page weighs %d bytes", total)
	}
}

func TestStatic(t *testing.T) {
	t.Parallel()
	url := templates.Asset("app.css")
	_, ctype, immutable, ok := templates.Static(url)
	if !ok || !immutable || ctype != "text/css; charset=utf-8" {
		t.Errorf("Static(%q) = %q, %v, %v", url, ctype, immutable, ok)
	}
	if _, _, immutable, ok := templates.Static("/static/0123456789/app.css"); !ok || immutable {
		t.Error("an older page's file must be served and not be kept")
	}
	for _, url := range []string{"/static/app.css", "/static/0123456789/../templates.go", "/app.css", "/static/0123456789/none.css", ""} {
		if _, _, _, ok := templates.Static(url); ok {
			t.Errorf("Static(%q) found something", url)
		}
	}
	plain, _, _, _ := templates.Static(url)
	if gz, ok := templates.StaticGzip(url); !ok || len(gz) == 0 || len(gz) >= len(plain) {
		t.Errorf("StaticGzip gave %d bytes of %d", len(gz), len(plain))
	}
}

func TestMail(t *testing.T) {
	t.Parallel()
	set := parse(t)
	data := templates.MailView{
		Number: "XZ20261123-0042", Code: "7K3M-9QXR-2FTV-8WDN", Subject: "热水\r\nBcc: a@b.cn <b>", Due: "12月2日 17:30",
		TrackURL: "https://x.edu.cn/track", College: "江城职院", URL: "https://x.edu.cn",
	}
	for _, locale := range templates.Locales {
		subject, text, html, err := set.Mail(locale, "received", data)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(subject, "\r\n") || !strings.Contains(subject, data.Number) {
			t.Errorf("%s: subject %q", locale, subject)
		}
		if !strings.Contains(text, data.Code) || !strings.Contains(text, "<b>") || html != "" {
			t.Errorf("%s: text %q, html %q", locale, text, html)
		}
	}
	if _, _, _, err := set.Mail("en", "none", nil); err == nil {
		t.Error("an unknown kind of mail was written")
	}
}

// TestConcurrentReaders is for the race detector: two languages at once.
func TestConcurrentReaders(t *testing.T) {
	t.Parallel()
	set := parse(t)
	done := make(chan error)
	for i := range 8 {
		go func() {
			locale := templates.Locales[i%2]
			var b bytes.Buffer
			err := set.Execute(&b, locale, "public/home.html", templatestest.Home(locale))
			if err == nil && !strings.Contains(b.String(), set.Text(locale, "home.write")) {
				err = fmt.Errorf("%s page without its own words", locale)
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestIconsAreAllDrawn(t *testing.T) {
	t.Parallel()
	if names := templates.Icons(); len(names) < 24 || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Errorf("%d icons, some twice", len(names))
	}
}
