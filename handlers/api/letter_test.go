package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

func TestLetter_becomesACase(t *testing.T) {
	m := start(t)
	a := m.post(t, "/letters", letter(fields{"about": "academic", "publish": true}), "Accept-Language", "en")
	a.Wants(201)
	r := as[receipt](t, a)
	if a.Header.Get("Location") != "/api/v1/letters/"+r.Number || r.Received != "2026-11-23T09:00:00+08:00" || r.AnswerBy == "" || r.ReadBy == "" {
		t.Errorf("receipt %+v at %s", r, a.Header.Get("Location"))
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Idempotency-Replayed") != "" || !m.Proof.Verify(r.Proof) {
		t.Errorf("headers %v, proof %q", a.Header, r.Proof)
	}
	c := m.caseOf(t, r)
	want := workflow.Case{Channel: workflow.API, Mode: workflow.Confidential, Kind: workflow.Complaint, Category: m.Repair.ID, WriterStatus: "student"}
	if c.Channel != want.Channel || c.Mode != want.Mode || c.Kind != want.Kind || c.Category != want.Category || c.WriterStatus != want.WriterStatus {
		t.Errorf("case %+v", c)
	}
	if c.Writer == "" || c.About != m.Academic.ID || !c.PublishWish || c.Locale != "en" || c.Urgent {
		t.Errorf("case %+v", c)
	}
	m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code).Wants(200, "三号宿舍楼热水时断时续")
}

func TestLetter_withFiles(t *testing.T) {
	m := start(t)
	form := map[string][]string{}
	for name, v := range letter(fields{"publish": "true"}) {
		form[name] = []string{v.(string)}
	}
	a := m.form(t, "/letters", form, webtest.Upload{Field: "files", Name: "说明.txt", Content: "水管在走廊尽头"}, webtest.Upload{Field: "files", Name: "b.txt", Content: "二"})
	a.Wants(201)
	r := as[receipt](t, a)
	if !m.caseOf(t, r).PublishWish {
		t.Error("the wish to publish is lost")
	}
	got := as[view](t, m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code))
	if len(got.Messages) != 1 || len(got.Messages[0].Files) != 2 || got.Messages[0].Files[0].Name != "说明.txt" {
		t.Fatalf("messages %+v", got.Messages)
	}
	path := "/letters/" + r.Number + "/files/" + id(got.Messages[0].Files[0].ID)
	f := m.get(t, path, "X-Query-Code", r.Code)
	f.Wants(200, "水管在走廊尽头")
	if !strings.Contains(f.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("headers %v", f.Header)
	}
	m.get(t, path, "X-Query-Code", "0000-0000-0000-0000").refused(t, 404, "track.unknown", "")
	other := m.send(t, nil)
	m.get(t, "/letters/"+other.Number+"/files/"+id(got.Messages[0].Files[0].ID), "X-Query-Code", other.Code).Wants(404)
}

func TestLetter_formsAreReadStrictly(t *testing.T) {
	m := start(t)
	form := func(changes map[string][]string) map[string][]string {
		out := map[string][]string{}
		for name, v := range letter(nil) {
			out[name] = []string{v.(string)}
		}
		for name, v := range changes {
			out[name] = v
		}
		return out
	}
	txt := webtest.Upload{Field: "files", Name: "a.txt", Content: "a"}
	m.form(t, "/letters", form(map[string][]string{"role": {"admin"}})).refused(t, 422, "request.field_unknown", "role")
	m.form(t, "/letters", form(map[string][]string{"subject": {"a", "b"}})).refused(t, 422, "request.field_twice", "subject")
	m.form(t, "/letters", form(map[string][]string{"publish": {"yes"}})).refused(t, 422, "request.field_type", "publish")
	m.form(t, "/letters", form(nil), webtest.Upload{Field: "photo", Name: "a.txt", Content: "a"}).refused(t, 422, "request.field_unknown", "photo")
	m.form(t, "/letters", form(nil), webtest.Upload{Field: "files", Name: "a.exe", Content: "MZ"}).Wants(422)
	m.form(t, "/letters", form(nil), slices.Repeat([]any{txt}, workflow.MaxFiles+1)...).refused(t, 422, "upload.too_many", "files")
	a := m.call(t, http.MethodPost, "/letters", []byte("--x\r\nbroken"), header("Content-Type", "multipart/form-data; boundary=x"))
	a.refused(t, 400, "request.broken_form", "")
}

func TestLetter_sameKeyIsOneLetter(t *testing.T) {
	m := start(t)
	const key = "8e03978e-40d5-43e8-bc93-6894a57f9324"
	first := m.post(t, "/letters", letter(nil), "Idempotency-Key", key)
	first.Wants(201)
	for _, again := range []string{key, `"` + key + `"`} {
		a := m.post(t, "/letters", letter(nil), "Idempotency-Key", again)
		a.Wants(201)
		if a.Body != first.Body || a.Header.Get("Idempotency-Replayed") != "true" || a.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("again: %s, first %s", a.Body, first.Body)
		}
	}
	for name, v := range (fields{"body": "别的事", "kind": "praise", "identity": "signed", "name": "别人", "publish": true, "about": "logistics"}) {
		a := m.post(t, "/letters", letter(fields{name: v}), "Idempotency-Key", key)
		a.refused(t, 422, "letter.key_reused", "")
		if r := as[receipt](t, first); strings.Contains(a.Body, r.Number) || strings.Contains(a.Body, r.Code) {
			t.Errorf("another letter learns of the first: %s", a.Body)
		}
	}
	if n := m.count(t); n != 1 {
		t.Errorf("%d cases", n)
	}
	if one, two := m.send(t, nil), m.send(t, nil); one.Number == two.Number || one.Code == two.Code {
		t.Error("two letters without a key are one")
	}
}

func TestLetter_sameKeyAtOnce(t *testing.T) {
	m := start(t)
	var mu sync.Mutex
	bodies := map[string]bool{}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			a := m.post(t, "/letters", letter(nil), "Idempotency-Key", "0123456789abcdef")
			mu.Lock()
			defer mu.Unlock()
			bodies[a.Wants(201).Body] = true
		})
	}
	all.Wait()
	if n := m.count(t); n != 1 || len(bodies) != 1 {
		t.Errorf("%d cases, %d answers", n, len(bodies))
	}
}

func TestLetter_keys(t *testing.T) {
	m := start(t)
	for _, key := range []string{"short", `"short"`, strings.Repeat("k", 129), "有汉字的十六个字符以上的标识一二三", "blanks in between it"} {
		m.post(t, "/letters", letter(nil), "Idempotency-Key", key).refused(t, 422, "api.key", "Idempotency-Key")
	}
	if n := m.count(t); n != 0 {
		t.Errorf("%d cases", n)
	}
}

func TestLetter_refused(t *testing.T) {
	m := start(t)
	for name, tt := range map[string]struct {
		change      fields
		code, field string
	}{
		"no subject":        {fields{"subject": nil}, "invalid.required", "subject"},
		"blank subject":     {fields{"subject": " \t\u202e"}, "invalid.required", "subject"},
		"long subject":      {fields{"subject": strings.Repeat("字", 101)}, "invalid.too_long", "subject"},
		"no body":           {fields{"body": ""}, "invalid.required", "body"},
		"long body":         {fields{"body": strings.Repeat("字", 8001)}, "invalid.too_long", "body"},
		"no identity":       {fields{"identity": nil}, "invalid.choice", "identity"},
		"strange kind":      {fields{"kind": "spam"}, "invalid.choice", "kind"},
		"strange category":  {fields{"category": "nothing"}, "invalid.choice", "category"},
		"no category":       {fields{"category": nil}, "invalid.choice", "category"},
		"strange status":    {fields{"status": "alien"}, "invalid.choice", "status"},
		"strange about":     {fields{"about": "nobody"}, "invalid.choice", "about"},
		"signed by nobody":  {fields{"identity": "signed", "name": nil}, "invalid.required", "name"},
		"no address":        {fields{"email": "not an address"}, "invalid.email", "email"},
		"unknown field":     {fields{"number": "XZ20261123-0001"}, "request.field_unknown", "number"},
		"mass assignment":   {fields{"state": "closed"}, "request.field_unknown", "state"},
		"type":              {fields{"publish": "yes"}, "request.field_type", "publish"},
		"nothing":           {fields{"phone": nothing{}}, "request.field_type", "phone"},
		"object for a text": {fields{"body": fields{"$ne": 1}}, "request.field_unknown", "$ne"},
	} {
		t.Run(name, func(t *testing.T) {
			m.post(t, "/letters", letter(tt.change)).refused(t, 422, tt.code, tt.field)
		})
	}
	p := m.post(t, "/letters", letter(fields{"category": "x", "about": "y"})).refused(t, 422, "invalid.choice", "category")
	if len(p.Errors) != 2 || p.Errors[1].Field != "about" {
		t.Errorf("errors %+v", p.Errors)
	}
	if n := m.count(t); n != 0 {
		t.Errorf("%d cases", n)
	}
}

func TestLetter_unreadable(t *testing.T) {
	m := start(t)
	for name, tt := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"empty":       {"", 400, "request.broken_json"},
		"cut":         {`{"subject":"a`, 400, "request.broken_json"},
		"two values":  {`{}{}`, 400, "request.broken_json"},
		"not UTF-8":   {"{\"subject\":\"\xc4\xfa\"}", 400, "request.broken_json"},
		"not there":   {`null`, 422, "request.field_type"},
		"a list":      {`[]`, 422, "request.field_type"},
		"twice":       {`{"subject":"a","subject":"b"}`, 422, "request.field_twice"},
		"other case":  {`{"Subject":"a"}`, 422, "request.field_unknown"},
		"deep":        {strings.Repeat(`[`, 20_000) + strings.Repeat(`]`, 20_000), 400, "request.broken_json"},
		"over 1 MiB":  {`{"body":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "request.too_large"},
		"much larger": {`{"body":"` + strings.Repeat("a", 8<<20) + `"}`, 413, "request.too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			a := m.post(t, "/letters", []byte(tt.body))
			if p := as[problem](t, a); p.Status != tt.status || p.Code != tt.code {
				t.Errorf("%+v, want %d %s", p, tt.status, tt.code)
			}
		})
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gb18030", "application/jsonx"} {
		m.call(t, http.MethodPost, "/letters", []byte(`{}`), header("Content-Type", kind)).refused(t, 415, "request.media_type", "")
	}
}

// TestLetter_mendsWhatMachinesBreak wants no NUL and nothing that turns the
// direction of writing in what is stored.
func TestLetter_mendsWhatMachinesBreak(t *testing.T) {
	m := start(t)
	b, err := json.Marshal(letter(fields{"subject": "热水\x00断\u202e了", "body": "一\r\n二\x00\x1b三 half"}))
	must(t, err)
	a := m.post(t, "/letters", bytes.Replace(b, []byte("half"), []byte(`\ud83d`), 1)) // half a character
	a.Wants(201)
	r := as[receipt](t, a)
	got := as[view](t, m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code))
	if got.Subject != "热水断了" || got.Messages[0].Body != "一\n二三 \ufffd" {
		t.Errorf("stored %q, %q", got.Subject, got.Messages[0].Body)
	}
}

func TestLetter_anonymousLeavesNoTrace(t *testing.T) {
	m := start(t)
	r := m.send(t, fields{"identity": "anonymous", "name": "canary-name", "phone": "13900009999", "email": "canary@students.example"},
		"User-Agent", "canary-agent", "X-Forwarded-For", "203.0.113.77")
	c := m.caseOf(t, r)
	if c.Writer != "" || c.Mode != workflow.Anonymous {
		t.Errorf("writer %q of mode %s", c.Writer, c.Mode)
	}
	m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code).Wants(200)
	log := m.site.Log.String()
	for _, canary := range []string{"canary", "13900009999", "203.0.113", r.Code, r.Number} {
		if strings.Contains(log, canary) {
			t.Errorf("%q is in the log: %s", canary, log)
		}
	}
}

func TestLetter_cryForHelpIsUrgent(t *testing.T) {
	m := start(t)
	if r := m.send(t, fields{"body": "我真的不想活了"}); !r.Urgent || !m.caseOf(t, r).Urgent {
		t.Errorf("receipt %+v", r)
	}
}

func TestLetter_limited(t *testing.T) {
	m := start(t)
	last := 0
	for range 60 {
		a := m.post(t, "/letters", letter(nil))
		if last = a.Status; last == http.StatusTooManyRequests {
			if a.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			break
		}
		a.Wants(201)
	}
	if n := m.count(t); last != http.StatusTooManyRequests || n < 20 {
		t.Errorf("status %d after %d letters", last, n)
	}
	m.site.Limiter.SetAway(true)
	m.send(t, nil) // a letter is worth more than a limit
}

func TestLetter_storeAway(t *testing.T) {
	m := start(t)
	m.store.away.Store(true)
	a := m.post(t, "/letters", letter(nil), "Idempotency-Key", "0123456789abcdef")
	a.refused(t, 503, "request.unavailable", "")
	if a.Header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	m.store.away.Store(false)
	m.send(t, nil, "Idempotency-Key", "0123456789abcdef")
}

// TestLetter_otherSitesCannotSend keeps other sites from making a browser write.
func TestLetter_otherSitesCannotSend(t *testing.T) {
	m := start(t)
	r := m.client.Request(http.MethodPost, "/api/v1/letters", strings.NewReader("{}"))
	r.Header = header("Content-Type", "application/json", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	m.client.Do(r).Wants(403)
}

// count is how many cases there are.
func (m *mailbox) count(t *testing.T) int {
	t.Helper()
	n, err := m.Cases.Count(context.Background(), m.OfficeHead.Actor(), workflow.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// nothing is null.
type nothing struct{}

func (nothing) MarshalJSON() ([]byte, error) { return []byte("null"), nil }
