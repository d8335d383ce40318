package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// unlimited lets everything pass.
type unlimited struct{}

func (unlimited) Allow(context.Context, workflow.Limit, string) error { return nil }

// FuzzLetter sends whatever a stranger may send as a letter. It is taken whole
// or refused with a problem, never half, and what is taken is fit to be stored
// and shown.
func FuzzLetter(f *testing.F) {
	for _, v := range []fields{nil, {"identity": "anonymous"}, {"publish": true, "about": "academic"}, {"body": "一\r\n二\x00\u202e"}, {"email": "a@b"}} {
		b, err := json.Marshal(letter(v))
		must(f, err)
		f.Add(b)
	}
	for _, s := range []string{
		`{}`, `[]`, `null`, `{"subject":"a","subject":"b"}`, `{"Subject":"a"}`, `{"body":{"a":[{}]}}`, "{\"body\":\"\xff\"}", `{"body":"\ud83d"}`,
		`{"publish":1e999}`, "\ufeff{}", `{}{}`,
	} {
		f.Add([]byte(s))
	}
	m := start(f, func(d *web.Deps) { d.Limiter = unlimited{} })
	m.strangers = true
	calls := 0
	m.Limiter.Now = func() time.Time { // every look-up is an hour after the last
		calls++
		return m.Now().Add(time.Duration(calls) * time.Hour)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a := m.inside(t, http.MethodPost, "/letters", body, header("Content-Type", "application/json"))
		if !slices.Contains([]int{201, 400, 413, 422}, a.Status) {
			t.Fatalf("%q: %d %s", body, a.Status, a.Body)
		}
		if a.Status != http.StatusCreated {
			return
		}
		r := as[receipt](t, a)
		stored := as[view](t, m.inside(t, http.MethodGet, "/letters/"+r.Number, nil, header("X-Query-Code", r.Code)))
		for _, s := range []string{stored.Subject, stored.Messages[0].Body} {
			if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
				t.Errorf("stored %q", s)
			}
		}
	})
}

// inside is call without a network, which would make it harder to see what an
// input brings about.
func (m *mailbox) inside(t *testing.T, method, path string, body []byte, h http.Header) *answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, m.site.URL+"/api/v1"+path, bytes.NewReader(body))
	r.Header = h
	w := httptest.NewRecorder()
	m.site.Handler().ServeHTTP(w, r)
	a := &webtest.Answer{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
	return &answer{Answer: a, Op: m.check(t, r, body, a)}
}
