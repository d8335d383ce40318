package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"mailbox/repository/postgres/pgtest"
	"mailbox/repository/redisdb/redistest"
)

// stand is a running program for tests of what people send.
type stand struct {
	*here
	db   *sql.DB
	dir  string
	env  []string
	next int // of the networks that visitors come from
}

func newStand(t *testing.T, people ...person) *stand {
	t.Helper()
	dir, dsn := freshDir(t), pgtest.Open(t)
	env := []string{"DATABASE_URL=" + dsn, "REDIS_URL=" + redistest.Open(t)}
	s := &stand{here: serveHere(t, dir, env), db: openSQL(t, dsn), dir: dir, env: env}
	hire(t, dir, env, people...)
	return s
}

// visitor is somebody from a network of their own, so that one test's limits
// are not another's.
func (s *stand) visitor() *visitor {
	s.next++
	v := newVisitor(at(s.where.Web))
	v.header.Set("X-Forwarded-For", fmt.Sprintf("10.2.%d.%d", s.next/200, s.next%200))
	return v
}

func (s *stand) cases(t *testing.T) int {
	t.Helper()
	return count(t, s.db, `SELECT count(*) FROM cases`)
}

// TestHostileLetters sends what no form sends by itself. Every answer is a page
// that says what is wrong and holds what was typed, and nothing is stored.
func TestHostileLetters(t *testing.T) {
	s := newStand(t)
	long := strings.Repeat("长", 20_000)
	for name, change := range map[string]func(url.Values){
		"empty": func(f url.Values) {
			for field := range f {
				if field != "form_token" {
					f.Set(field, "")
				}
			}
		},
		"blank":              func(f url.Values) { f.Set("subject", " \u3000\t"); f.Set("body", "\r\n\u00a0") },
		"only NUL":           func(f url.Values) { f.Set("subject", "\x00\x00"); f.Set("body", "\x00") },
		"subject too long":   func(f url.Values) { f.Set("subject", long) },
		"body too long":      func(f url.Values) { f.Set("body", long) },
		"body of a megabyte": func(f url.Values) { f.Set("body", strings.Repeat("a", 1<<20)) },
		"name too long":      func(f url.Values) { f.Set("name", long) },
		"unknown kind":       func(f url.Values) { f.Set("kind", "' OR 1=1 --") },
		"unknown category":   func(f url.Values) { f.Set("category", "../../etc/passwd") },
		"unknown mode":       func(f url.Values) { f.Set("identity", "signed\x00anonymous; DROP TABLE cases") },
		"unknown status":     func(f url.Values) { f.Set("status", "root") },
		"header in address":  func(f url.Values) { f.Set("email", "a@example.com\r\nBcc: everybody@example.com") },
		"no token":           func(f url.Values) { f.Del("form_token") },
		"broken token":       func(f url.Values) { f.Set("form_token", "zz-\xff") },
		"honeypot":           func(f url.Values) { f.Set("website", "http://buy.example") },
	} {
		t.Run(name, func(t *testing.T) {
			v := s.visitor()
			form := letter(token(v.get(t, "/write")), "食堂太贵", "我写了很久的一封信。")
			change(form)
			a := v.post(t, "/write", form)
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "<form") {
				t.Errorf("%v", a)
			}
			if typed := form.Get("body"); strings.HasPrefix(typed, "我写") && !strings.Contains(a.body, typed) {
				t.Error("what was typed is lost")
			}
		})
	}
	t.Run("too many fields", func(t *testing.T) {
		v := s.visitor()
		form := letter(token(v.get(t, "/write")), "食堂太贵", "正文")
		for i := range 5000 {
			form.Set(fmt.Sprint("x", i), "y")
		}
		if a := v.post(t, "/write", form); a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%v", a)
		}
	})
	t.Run("not a form", func(t *testing.T) {
		for _, kind := range []string{"application/json", "text/xml", "multipart/form-data", "multipart/form-data; boundary=x", ""} {
			if a := s.visitor().postBytes(t, "/write", kind, []byte("{\"subject\":\"\xff\x00\"}")); a.status < 400 || a.status >= 500 {
				t.Errorf("%q: %v", kind, a)
			}
		}
	})
	if n := s.cases(t); n != 0 {
		t.Errorf("%d cases were made of it", n)
	}
}

// TestStrangeLetters sends what is odd but a letter: it is taken, and shown as
// words and never as anything else.
func TestStrangeLetters(t *testing.T) {
	s := newStand(t)
	for name, text := range map[string]string{
		"script":          `<script>alert("x")</script><img src=x onerror=alert(1)>`,
		"template":        `{{.Secret}} ${7*7} <%= 1 %>`,
		"statement":       `'; DROP TABLE cases; -- \' " `,
		"NUL":             "前\x00后",
		"broken UTF-8":    "前\xff\xfe\xc3后",
		"direction":       "invoice\u202Egpj.exe 正文",
		"many accents":    "Z" + strings.Repeat("\u0301", 90),
		"every plane":     "𠮷𠀀 👨‍👩‍👧 🇨🇳 \U0010FFFD",
		"percent":         "100% %zz %00 &amp; +",
		"half a pair":     "\xed\xa0\x80 代理",
		"lines in a line": "第一行\r\n第二行\u2028第三行",
	} {
		t.Run(name, func(t *testing.T) {
			v := s.visitor()
			number := v.hand(t, letter(token(v.get(t, "/write")), text, text+"\n正文。"))
			page := v.follow(t, number, v.receipt(t, number))
			for _, bad := range []string{"<script>alert", "<img src=x", "\x00", "\u202E"} {
				if strings.Contains(page.body, bad) {
					t.Errorf("the page holds %q", bad)
				}
			}
			if stored := texts(t, s.db, `SELECT subject FROM cases WHERE number = $1`, number); len(stored) != 1 || strings.ContainsAny(stored[0], "\n\r\x00") || stored[0] == "" {
				t.Errorf("stored as %q", stored)
			}
		})
	}
}

// TestHostileFiles sends files that are too big, too many or not what they say.
// The letter comes back with its words, and goes through without the file.
func TestHostileFiles(t *testing.T) {
	s := newStand(t)
	note := func(name string, content []byte) upload {
		return upload{field: "files", name: name, kind: "application/octet-stream", content: content}
	}
	many := make([]upload, 11)
	for i := range many {
		many[i] = note(fmt.Sprintf("%d.txt", i), fmt.Appendf(nil, "收据 %d", i))
	}
	tooMuch := make([]upload, 3)
	for i := range tooMuch {
		tooMuch[i] = note(fmt.Sprintf("%d.txt", i), bytes.Repeat([]byte{'a' + byte(i)}, 18<<20))
	}
	for name, files := range map[string][]upload{
		"too big":        {note("大.txt", bytes.Repeat([]byte("a"), 21<<20))},
		"too much":       tooMuch,
		"too many":       many,
		"a program":      {note("游戏.exe", []byte("MZ\x90\x00\x03\x00\x00\x00"))},
		"a web page":     {note("页.html", []byte("<html><script>alert(1)</script>"))},
		"a drawing":      {note("图.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`))},
		"a false photo":  {note("照片.jpg", []byte("<html><script>alert(1)</script>"))},
		"a false sheet":  {note("表.xlsx", []byte("PK\x03\x04 not a sheet"))},
		"no name at all": {note("....", []byte("?"))},
	} {
		t.Run(name, func(t *testing.T) {
			v := s.visitor()
			form := letter(token(v.get(t, "/write")), name, "附件不行，信要留下。")
			kind, body := withFiles(form, files...)
			a := v.postBytes(t, "/write", kind, body)
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "附件不行，信要留下。") {
				t.Fatalf("%v", a)
			}
			back := v.press(t, a, "/write", url.Values{"kept": nil})
			if numberIn(back) == "" {
				t.Errorf("without the file: %v", back)
			}
		})
	}
	if n := count(t, s.db, `SELECT count(*) FROM files`); n != 0 {
		t.Errorf("%d files were kept", n)
	}
}

// TestOneLetter presses the button ten times at once, goes back and presses it
// again: one case. A form gone back to and changed is another.
func TestOneLetter(t *testing.T) {
	s := newStand(t)
	v := s.visitor()
	form := letter(token(v.get(t, "/write")), "按了十次", "按钮按了十次。")
	numbers := make([]string, 10)
	var wg sync.WaitGroup
	for i := range numbers {
		wg.Go(func() { numbers[i] = numberIn(v.post(t, "/write", form)) })
	}
	wg.Wait()
	numbers = append(numbers, v.hand(t, form))
	slices.Sort(numbers)
	if numbers = slices.Compact(numbers); len(numbers) != 1 || numbers[0] == "" {
		t.Errorf("the receipts say %q", numbers)
	}
	if n := s.cases(t); n != 1 {
		t.Errorf("%d cases", n)
	}
	form.Set("body", "回来改过了。")
	if other := v.hand(t, form); other == numbers[0] {
		t.Error("the changed letter vanished behind the receipt of the first")
	}
	if n := s.cases(t); n != 2 {
		t.Errorf("%d cases after the change", n)
	}
}

// TestCrossSite lets another site send our forms with our visitors' browsers.
func TestCrossSite(t *testing.T) {
	s := newStand(t, staff[0])
	clerk, writer := s.visitor(), s.visitor()
	clerk.signIn(t, "clerk")
	number := writer.hand(t, letter(token(writer.get(t, "/write")), "来信", "正文。"))
	writer.follow(t, number, writer.receipt(t, number))
	forge := func(v *visitor, header http.Header, path string) {
		t.Helper()
		own := v.header
		v.header = header
		defer func() { v.header = own }()
		if a := v.post(t, path, url.Values{"word": {"x"}}); a.status != http.StatusForbidden {
			t.Errorf("%v posts to %s: %v", header, path, a)
		}
	}
	foreign := []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://evil.example"}}}
	for _, header := range foreign {
		forge(writer, header, "/track/withdraw")
		forge(writer, header, "/write")
	}
	// A session's form must prove itself when the browser says nothing.
	for _, header := range append(foreign, http.Header{"Origin": {"null"}}, http.Header{}) {
		forge(clerk, header, "/desk/cases/"+number+"/accept")
		forge(clerk, header, "/logout")
	}
	if a := clerk.get(t, "/office"); a.status != http.StatusOK {
		t.Errorf("the clerk was signed out: status %d", a.status)
	}
	if states := texts(t, s.db, `SELECT state FROM cases`); !slices.Equal(states, []string{"received"}) {
		t.Errorf("the cases are %q", states)
	}
}
