package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
)

// visitor is a browser without a window. It finds the program again when that
// comes back on another port.
type visitor struct {
	base   func() string // the program's web address now: host:port
	http   *http.Client
	header http.Header // of every request
}

func newVisitor(base func() string) *visitor {
	jar, _ := cookiejar.New(nil) // never fails
	return &visitor{
		base: base, header: http.Header{"Sec-Fetch-Site": {"same-origin"}},
		http: &http.Client{
			Jar: jar, Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16}, Timeout: 30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// at is the address of a program in the test process.
func at(address string) func() string { return func() string { return address } }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) String() string { return fmt.Sprintf("status %d: %.2000s", a.status, a.body) }

// send makes one request; a program that is not there is an error.
func (v *visitor) send(ctx context.Context, method, path, kind string, body io.Reader) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+v.base()+path, body)
	if err != nil {
		return answer{}, err
	}
	r.Header = v.header.Clone()
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := v.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return answer{}, err
	}
	return answer{resp.StatusCode, resp.Header, string(b)}, nil
}

func (v *visitor) get(tb testing.TB, path string) answer {
	tb.Helper()
	a, err := v.send(tb.Context(), http.MethodGet, path, "", nil)
	if err != nil {
		tb.Fatalf("get %s: %v", path, err)
	}
	return a
}

func (v *visitor) post(tb testing.TB, path string, form url.Values) answer {
	tb.Helper()
	return v.postBytes(tb, path, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (v *visitor) postBytes(tb testing.TB, path, kind string, body []byte) answer {
	tb.Helper()
	a, err := v.send(tb.Context(), http.MethodPost, path, kind, bytes.NewReader(body))
	if err != nil {
		tb.Fatalf("post %s: %v", path, err)
	}
	return a
}

// upload is a file of a form.
type upload struct {
	field, name, kind string
	content           []byte
}

// withFiles writes a form as a browser does that sends files: fields first,
// the token first of all.
func withFiles(form url.Values, files ...upload) (kind string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("form_token", form.Get("form_token")) // a buffer takes everything
	for name, values := range form {
		for _, value := range values {
			if name != "form_token" {
				_ = w.WriteField(name, value)
			}
		}
	}
	for _, f := range files {
		part, _ := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + f.field + `"; filename="` + f.name + `"`}, "Content-Type": {f.kind},
		})
		_, _ = part.Write(f.content)
	}
	_ = w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// press fills in the form of a page that leads to action and sends it as the
// page would: with everything that stands in it, and fields on top.
func (v *visitor) press(tb testing.TB, page answer, action string, fields url.Values) answer {
	tb.Helper()
	form := formOf(tb, page, action)
	for name, values := range fields {
		form[name] = values
	}
	if formNode(tb, page, action).Attr("enctype") == "multipart/form-data" {
		kind, body := withFiles(form)
		return v.postBytes(tb, action, kind, body)
	}
	return v.post(tb, action, form)
}

func formNode(tb testing.TB, page answer, action string) *webtest.Node {
	tb.Helper()
	for _, f := range webtest.Parse(tb, page.body).All("form") {
		if f.Attr("action") == action {
			return f
		}
	}
	tb.Fatalf("no form leads to %s; %v", action, page)
	return nil
}

// formOf is what the form would send as it stands.
func formOf(tb testing.TB, page answer, action string) url.Values {
	tb.Helper()
	out, form := url.Values{}, formNode(tb, page, action)
	for _, in := range form.All("input") {
		switch in.Attr("type") {
		case "submit", "file", "button":
		case "radio", "checkbox":
			if in.Has("checked") {
				out.Add(in.Attr("name"), in.Value())
			}
		default:
			out.Add(in.Attr("name"), in.Value())
		}
	}
	for _, tag := range []string{"textarea", "select"} {
		for _, in := range form.All(tag) {
			out.Add(in.Attr("name"), in.Value())
		}
	}
	out.Del("")
	return out
}

// goTo follows the redirect of an answer, which must be one.
func (v *visitor) goTo(tb testing.TB, a answer) answer {
	tb.Helper()
	to := a.header.Get("Location")
	if a.status != http.StatusSeeOther || to == "" {
		tb.Fatalf("no redirect: %v", a)
	}
	next := v.get(tb, to)
	if next.status != http.StatusOK {
		tb.Fatalf("%s: %v", to, next)
	}
	return next
}

// signIn comes in by the door for staff.
func (v *visitor) signIn(tb testing.TB, username string) {
	tb.Helper()
	page := v.get(tb, "/login")
	v.goTo(tb, v.press(tb, page, "/login", url.Values{"username": {username}, "password": {passphrase}}))
}

var tokenField = regexp.MustCompile(`name="form_token" value="([0-9a-f-]+)"`)

// token is the token of the first form of a page.
func token(page answer) string {
	if m := tokenField.FindStringSubmatch(page.body); m != nil {
		return m[1]
	}
	return ""
}

// letter is a letter as the form sends it, with everything it must have.
func letter(token, subject, body string) url.Values {
	return url.Values{
		"form_token": {token}, "identity": {"signed"}, "kind": {"complaint"}, "category": {"canteen"}, "subject": {subject}, "body": {body},
		"name": {"王小明"}, "phone": {"13800138000"}, "email": {"wang@example.edu.cn"}, "publish": {"no"},
	}
}

// hand hands a letter in and returns its number.
func (v *visitor) hand(tb testing.TB, form url.Values) string {
	tb.Helper()
	a := v.post(tb, "/write", form)
	number := numberIn(a)
	if number == "" {
		tb.Fatalf("the letter was not taken: %v", a)
	}
	return number
}

// numberIn is the number of the receipt that an answer leads to, or "".
func numberIn(a answer) string {
	number, ok := strings.CutPrefix(a.header.Get("Location"), "/receipt/")
	if a.status != http.StatusSeeOther || !ok {
		return ""
	}
	return number
}

var codeText = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}`)

// receipt fetches the receipt of a number as text and returns its code.
func (v *visitor) receipt(tb testing.TB, number string) string {
	tb.Helper()
	code := codeText.FindString(v.get(tb, "/receipt/"+number+"/text").body)
	if code == "" {
		tb.Fatalf("no code on the receipt of %s", number)
	}
	return code
}

// follow opens a case with its code and shows it.
func (v *visitor) follow(tb testing.TB, number, code string) answer {
	tb.Helper()
	page := v.get(tb, "/track")
	return v.goTo(tb, v.press(tb, page, "/track", url.Values{"number": {number}, "code": {code}}))
}
