package webtest

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

func sessionOf(u web.User, now time.Time) workflow.Session {
	return workflow.Session{AccountID: u.AccountID, Since: now, Seen: now}
}

// Client is a browser without a window: it keeps cookies, says where its
// requests come from, and follows no redirects by itself.
type Client struct {
	tb     testing.TB
	base   *url.URL
	http   *http.Client
	Header http.Header // of every request
}

// Client returns a client that has not been here before.
func (s *Site) Client(tb testing.TB) *Client {
	tb.Helper()
	base, err := url.Parse(s.URL)
	if err != nil {
		tb.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	tb.Cleanup(transport.CloseIdleConnections)
	return &Client{
		tb: tb, base: base, Header: http.Header{"Sec-Fetch-Site": {"same-origin"}},
		http: &http.Client{
			Jar: jar, Transport: transport, Timeout: 30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// SetCookie gives the client a cookie.
func (c *Client) SetCookie(ck *http.Cookie) { c.http.Jar.SetCookies(c.base, []*http.Cookie{ck}) }

// Cookie returns the value of one of the client's cookies, or "".
func (c *Client) Cookie(name string) string {
	for _, ck := range c.http.Jar.Cookies(c.base) {
		if ck.Name == name {
			return ck.Value
		}
	}
	return ""
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	tb     testing.TB
}

// Get fetches a path.
func (c *Client) Get(path string) *Answer {
	c.tb.Helper()
	return c.Do(c.Request(http.MethodGet, path, nil))
}

// Post sends a form.
func (c *Client) Post(path string, form url.Values) *Answer {
	c.tb.Helper()
	r := c.Request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.Do(r)
}

// Upload is a file of a form.
type Upload struct{ Field, Name, Content string }

// PostFiles sends a form with files, the fields first.
func (c *Client) PostFiles(path string, form url.Values, files ...Upload) *Answer {
	c.tb.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			if err := w.WriteField(name, v); err != nil {
				c.tb.Fatal(err)
			}
		}
	}
	for _, f := range files {
		head := textproto.MIMEHeader{}
		head.Set("Content-Disposition", `form-data; name="`+f.Field+`"; filename="`+f.Name+`"`)
		head.Set("Content-Type", "application/octet-stream")
		part, err := w.CreatePart(head)
		if err != nil {
			c.tb.Fatal(err)
		}
		_, _ = io.WriteString(part, f.Content)
	}
	if err := w.Close(); err != nil {
		c.tb.Fatal(err)
	}
	r := c.Request(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.Do(r)
}

// Request makes a request that [Client.Do] sends.
func (c *Client) Request(method, path string, body io.Reader) *http.Request {
	c.tb.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, c.base.String()+path, body)
	if err != nil {
		c.tb.Fatal(err)
	}
	r.Header = c.Header.Clone()
	return r
}

// Do sends a request and reads the whole answer.
func (c *Client) Do(r *http.Request) *Answer {
	c.tb.Helper()
	resp, err := c.http.Do(r)
	if err != nil {
		c.tb.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.tb.Fatal(err)
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(b), tb: c.tb}
}

// Wants fails the test unless the answer has the status and the words.
func (a *Answer) Wants(status int, words ...string) *Answer {
	a.tb.Helper()
	if a.Status != status {
		a.tb.Errorf("status %d, want %d: %.500s", a.Status, status, a.Body)
	}
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			a.tb.Errorf("no %q in %.1000s", w, a.Body)
		}
	}
	return a
}

// LeadsTo fails the test unless the answer redirects to path.
func (a *Answer) LeadsTo(path string) {
	a.tb.Helper()
	if got := a.Header.Get("Location"); a.Status != http.StatusSeeOther || got != path {
		a.tb.Errorf("%d to %q, want 303 to %q", a.Status, got, path)
	}
}

// HTML parses the answer's page.
func (a *Answer) HTML() *Node {
	a.tb.Helper()
	return Parse(a.tb, a.Body)
}
