package site_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mailbox/handlers/channel/site"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

const rss = `<?xml version="1.0" encoding="GB2312"?><rss version="2.0"><channel><title>学校网站</title><item><title>招生&amp;简章</title>
<link>https://college.example/1.html</link><guid>g1</guid><description><![CDATA[<p>欢迎&nbsp;<b>报考</b></p>]]></description><pubDate>Fri, 17 Nov 2023 23:30:00 +0800</pubDate></item></channel></rss>`

const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>通知</title><link rel="self" href="https://college.example/x"/><link href="https://college.example/2.html"/><published>2023-11-17T08:00:00+08:00</published><author><name>办公室</name></author></entry></feed>`

// serve is a site that answers by path.
func serve(t *testing.T, pages map[string]string) string {
	t.Helper()
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch page := pages[r.URL.Path]; {
		case strings.HasPrefix(page, "->"):
			http.Redirect(w, r, page[2:], http.StatusFound)
		case page == "":
			http.NotFound(w, r)
		default:
			_, _ = w.Write([]byte(strings.ReplaceAll(page, "HOST", s.URL)))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func read(t *testing.T, address string) []ledger.Entry {
	t.Helper()
	r, err := site.New().Read(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return r.Entries
}

func TestRead(t *testing.T) {
	t.Parallel()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.ReplaceAll(rss, "学校网站", "网站"))
	if err != nil {
		t.Fatal(err)
	}
	home := serve(t, map[string]string{
		"/rss": gbk, "/atom": atom, "/moved": "->/atom",
		"/index": `<sitemapindex><sitemap><loc>HOST/map</loc></sitemap></sitemapindex>`,
		"/map":   `<urlset><url><loc>https://college.example/3.html</loc><lastmod>2023-11-17</lastmod></url></urlset>`,
	})
	got := read(t, home+"/rss")[0]
	if got.Name != "g1" || got.Title != "招生&简章" || got.Summary != "欢迎 报考" || got.At.Format("2006-01-02 15:04") != "2023-11-17 23:30" || got.URL != "https://college.example/1.html" {
		t.Errorf("RSS: %+v", got)
	}
	for _, path := range []string{"/atom", "/moved"} {
		got = read(t, home+path)[0]
		if got.Name != "urn:1" || got.URL != "https://college.example/2.html" || got.Author != "办公室" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	got = read(t, home+"/index")[0]
	if got.Name != "https://college.example/3.html" || got.At.IsZero() {
		t.Errorf("sitemap: %+v", got)
	}
}

// Whatever the site says, no other host is asked.
func TestReadAsksNoOtherHost(t *testing.T) {
	t.Parallel()
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	home := serve(t, map[string]string{
		"/away": "->" + other.URL + "/", "/index": `<sitemapindex><sitemap><loc>` + other.URL + `/map</loc></sitemap></sitemapindex>`,
		"/file": "->file:///etc/passwd", "/loop": "->/loop", "/page": "<html><body>x</body></html>", "/large": "<rss>" + strings.Repeat(" ", 9<<20),
	})
	for path, want := range map[string]workflow.Kind{
		"/away": workflow.Unavailable, "/index": workflow.Unavailable, "/file": workflow.Unavailable, "/loop": workflow.Unavailable,
		"/none": workflow.Unavailable, "/large": workflow.Unavailable, "/page": workflow.Invalid,
	} {
		if _, err := site.New().Read(t.Context(), home+path); workflow.KindOf(err) != want {
			t.Errorf("%s: %v, want kind %d", path, err, want)
		}
	}
	if _, err := site.New().Read(t.Context(), "file:///etc/passwd"); workflow.KindOf(err) != workflow.Unavailable {
		t.Error(err)
	}
	if asked {
		t.Error("another host was asked")
	}
}
