package web_test

import (
	"net/http"
	"strings"
	"testing"

	"mailbox/handlers/web"
)

func TestDownload(t *testing.T) {
	site := start(t, nil,
		get("/page", web.Anyone, func(c *web.Context) error {
			return c.Download("报告\r\nX-Evil: 1.html", "text/html", 8, strings.NewReader("<script>"))
		}),
		get("/pdf", web.Anyone, func(c *web.Context) error {
			return c.Download("报告.pdf", "application/pdf", 3, strings.NewReader("pdf"))
		}),
		get("/picture", web.Anyone, func(c *web.Context) error {
			return c.Picture("热水.jpg", -1, strings.NewReader(jpegPicture(t)))
		}),
		get("/lie", web.Anyone, func(c *web.Context) error {
			return c.Picture("热水.jpg", -1, strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
		}),
		get("/export", web.Anyone, func(c *web.Context) error { return c.Export("台账.csv", "text/csv; charset=utf-8", []byte("a,b")) }))
	c := site.Client(t)
	for path, want := range map[string][2]string{
		"/page":    {"application/octet-stream", `attachment; filename="__X-Evil_ 1.html"; filename*=UTF-8''%E6%8A%A5%E5%91%8AX-Evil_%201.html`},
		"/pdf":     {"application/pdf", `attachment; filename="__.pdf"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf`},
		"/picture": {"image/jpeg", `inline; filename="__.jpg"; filename*=UTF-8''%E7%83%AD%E6%B0%B4.jpg`},
		"/lie":     {"application/octet-stream", `attachment; filename="__.jpg"; filename*=UTF-8''%E7%83%AD%E6%B0%B4.jpg`},
		"/export":  {"text/csv; charset=utf-8", `attachment; filename="__.csv"; filename*=UTF-8''%E5%8F%B0%E8%B4%A6.csv`},
	} {
		h := c.Get(path).Wants(200).Header
		if h.Get("Content-Type") != want[0] || h.Get("Content-Disposition") != want[1] {
			t.Errorf("%s: %q %q", path, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Cache-Control") != "no-store" || h.Get("X-Evil") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
	head := c.Do(c.Request(http.MethodHead, "/pdf", nil)).Wants(200)
	if head.Header.Get("Content-Length") != "3" {
		t.Errorf("length %q", head.Header.Get("Content-Length"))
	}
}
