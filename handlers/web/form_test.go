package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// readBy returns a route that shows what read makes of the form.
func readBy(read func(*web.Context, *web.Form) (string, error)) web.Route {
	return post("/f", web.Anyone, func(c *web.Context) error {
		form, err := c.Form()
		if err != nil {
			return err
		}
		words, err := read(c, form)
		if err != nil {
			return err
		}
		return c.PlainText(200, "<"+words+">")
	})
}

func TestForm(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"plain", "subject=%E5%AE%BF%E8%88%8D+%E7%83%AD%E6%B0%B4", "<宿舍 热水>"},
		{"first of several", "subject=a&subject=b", "<a>"},
		{"broken UTF-8", "subject=%E5%AE%BF%E8%88", "<宿\uFFFD>"},
		{"NUL and controls", "subject=a%00b%07c%1b%5B31m", "<abc[31m>"},
		{"line ends", "subject=a%0D%0Ab%E2%80%A8c", "<a b c>"},
		{"directions", "subject=a%E2%80%AEb", "<ab>"},
		{"stray percent", "subject=100%&x=1", "<100%>"},
		{"semicolon", "subject=a;b=c", "<a;b=c>"},
		{"blanks around", "subject=++a++", "<a>"},
		{"no value", "subject", "<>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := start(t, nil, readBy(func(_ *web.Context, f *web.Form) (string, error) { return f.Line("subject"), nil })).Client(t)
			r := c.Request(http.MethodPost, "/f", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
			c.Do(r).Wants(200, tt.want)
		})
	}
}

func TestFormValues(t *testing.T) {
	site := start(t, nil, readBy(func(_ *web.Context, f *web.Form) (string, error) {
		n, err := f.Number("n")
		if err != nil {
			return "", err
		}
		day, err := f.Day("day", time.UTC)
		if err != nil {
			return "", err
		}
		return f.Prose("body") + "|" + strings.Join(f.All("to"), ",") + "|" + day.Format(time.DateOnly) + "|" + strings.Repeat("n", int(n)), nil
	}))
	c := site.Client(t)
	c.Post("/f", url.Values{"body": {"一\r\n\r\n二\x00\t\n\n"}, "to": {"1", "2"}, "n": {"3"}, "day": {"2026-02-28"}}).
		Wants(200, "<一\n\n二|1,2|2026-02-28|nnn>")
	c.Post("/f", url.Values{"n": {"3x"}}).Wants(422, "请填写数字")
	c.Post("/f", url.Values{"day": {"2026-02-30"}}).Wants(422, "请填写日期")
	c.Post("/f", url.Values{"body": {strings.Repeat("字", 70_000)}}).Wants(422, "太长")
	c.PostFiles("/f", url.Values{"body": {"多"}}).Wants(200, "<多|")
	many := url.Values{}
	for range 2000 {
		many.Add("x", "y")
	}
	c.Post("/f", many).Wants(413)
	r := c.Request(http.MethodPost, "/f", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	c.Do(r).Wants(415)
	c.Do(c.Request(http.MethodPost, "/f", nil)).Wants(200, "<||0001-01-01|>")
}

func TestOnly(t *testing.T) {
	site := start(t, nil, post("/f", web.Anyone, func(c *web.Context) error {
		f, err := c.Form()
		if err != nil {
			return err
		}
		return f.Only("subject", "body")
	}))
	c := site.Client(t)
	c.Post("/f", url.Values{"subject": {"a"}, "body": {"b"}}).Wants(200)
	c.Post("/f", url.Values{"subject": {"a"}, "role": {"admin"}}).Wants(422)
	c.Post("/f", url.Values{"subject": {"a", "b"}}).Wants(422)
}

func TestLists(t *testing.T) {
	site := start(t, nil, get("/list", web.Anyone, func(c *web.Context) error {
		after, err := c.After(2)
		if err != nil {
			return err
		}
		return c.PlainText(200, strings.Join(after, "|")+" "+c.With("after", "X")+" "+c.With("state", "")+" "+c.With("q", "a b"))
	}))
	c := site.Client(t)
	c.Get("/list").Wants(200, " /list?after=X /list /list?q=a+b")
	cursor := web.Cursor("2026-11-23", "42")
	c.Get("/list?state=late&after="+cursor).Wants(200, "2026-11-23|42 /list?after=X&state=late /list /list?q=a+b&state=late")
	for _, broken := range []string{"!", "AAAA", web.Cursor("only one"), web.Cursor("a", "b", "c")} {
		c.Get("/list?after=" + url.QueryEscape(broken)).Wants(422)
	}
}

func TestVersions(t *testing.T) {
	site := start(t, nil, web.Route{Method: http.MethodPut, Path: "/api/x", Who: web.Anyone, API: true, Handler: func(c *web.Context) error {
		v, err := c.IfMatch()
		if err != nil {
			return err
		}
		c.SetVersion(v + 1)
		return c.NoContent()
	}})
	c := site.Client(t)
	for tag, status := range map[string]int{"": 428, `"v41"`: 204, "nonsense": 412, "*": 412} {
		r := c.Request(http.MethodPut, "/api/x", nil)
		if tag != "" {
			r.Header.Set("If-Match", tag)
		}
		a := c.Do(r).Wants(status)
		if status == 204 && a.Header.Get("ETag") != `"v42"` {
			t.Errorf("ETag %q", a.Header.Get("ETag"))
		}
	}
}

func TestID(t *testing.T) {
	c := start(t, nil, get("/case/:id", web.Anyone, func(c *web.Context) error {
		_, err := c.ID("id")
		return err
	})).Client(t)
	c.Get("/case/12").Wants(200)
	for _, bad := range []string{"x", "-1", "0", "1e3", "99999999999999999999", "%00"} {
		c.Get("/case/" + bad).Wants(404)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a", "\x00", "一\r\n二", "\xff\xfe", "\u202e", "\u2028", "\x1b[31m", "😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, prose := web.OneLine(s), web.ManyLines(s)
		for _, out := range []string{line, prose} {
			if !utf8.ValidString(out) || strings.ContainsAny(out, "\x00\r\x1b\x7f") {
				t.Errorf("%q became %q", s, out)
			}
		}
		if strings.ContainsAny(line, "\n\t\u2028\u202e") {
			t.Errorf("%q became %q", s, line)
		}
		if web.OneLine(line) != line || web.ManyLines(prose) != prose {
			t.Errorf("cleaning %q twice changes it", s)
		}
	})
}

func TestProblemsOfAForm(t *testing.T) {
	number := &workflow.Error{Kind: workflow.Invalid, Key: "request.field_number", Field: "n"}
	date := &workflow.Error{Kind: workflow.Invalid, Key: "request.field_date", Field: "day"}
	site := start(t, nil, get("/ok", web.Anyone, func(c *web.Context) error {
		problems, err := c.Problems(fmt.Errorf("submit: %w", errors.Join(number, fmt.Errorf("read: %w", date))))
		if err != nil {
			return err
		}
		return c.PlainText(422, fmt.Sprint(problems))
	}), get("/else", web.Anyone, func(c *web.Context) error {
		_, err := c.Problems(errors.Join(number, workflow.Fail(workflow.Conflict, "request.version_changed")))
		return err
	}))
	c := site.Client(t)
	c.Get("/else").Wants(409)
	c.Get("/ok").Wants(422, "[{n 请填写数字。 } {day 请填写日期，例如 2026-11-23。 }]")
}

// TestNothingToSee: characters without ink are nothing.
func TestNothingToSee(t *testing.T) {
	for _, s := range []string{"\u200b\u200d", "\ufeff \u3164", "\u202e"} {
		if web.OneLine(s) != "" || web.ManyLines(s) != "" {
			t.Errorf("%q: %q, %q", s, web.OneLine(s), web.ManyLines(s))
		}
	}
	if got := web.OneLine("a\u200bb"); got != "a\u200bb" {
		t.Errorf("what can be seen became %q", got)
	}
}
