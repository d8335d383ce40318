package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	legacy "github.com/getkin/kin-openapi/routers/legacy"

	"mailbox/handlers/api"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/ledger"
	"mailbox/workflow/publication"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// mailbox is a running server over a college in memory, and a client that holds
// every request and answer against the description.
type mailbox struct {
	*worldtest.World
	site   *webtest.Site
	store  *flaky
	client *webtest.Client
	router routers.Router
	doc    *openapi3.T

	answers *publication.Answers
	tokens  *access.Tokens
	bureau  *annual.Bureau

	strangers bool // send what nobody described

	mu   sync.Mutex
	seen map[string]bool // operation and status
}

// flaky is a store that can be away.
type flaky struct {
	workflow.Store
	away atomic.Bool
}

func (f *flaky) err() error {
	if f.away.Load() {
		return webtest.ErrAway
	}
	return nil
}

func (f *flaky) LetterBy(ctx context.Context, channel workflow.Channel, external []byte) (workflow.StoredLetter, error) {
	if err := f.err(); err != nil {
		return workflow.StoredLetter{}, err
	}
	return f.Store.LetterBy(ctx, channel, external)
}

func (f *flaky) CaseByNumber(ctx context.Context, number string) (workflow.Case, error) {
	if err := f.err(); err != nil {
		return workflow.Case{}, err
	}
	return f.Store.CaseByNumber(ctx, number)
}

func (f *flaky) TokenBy(ctx context.Context, hash []byte) (workflow.Token, error) {
	if err := f.err(); err != nil {
		return workflow.Token{}, err
	}
	return f.Store.TokenBy(ctx, hash)
}

func (f *flaky) PublicBySlug(ctx context.Context, slug string, at time.Time) (workflow.Publication, error) {
	if err := f.err(); err != nil {
		return workflow.Publication{}, err
	}
	return f.Store.PublicBySlug(ctx, slug, at)
}

func (f *flaky) Public(ctx context.Context, q workflow.PublicQuery) (workflow.PublicListing, error) {
	if err := f.err(); err != nil {
		return workflow.PublicListing{}, err
	}
	return f.Store.Public(ctx, q)
}

func (f *flaky) Departments(ctx context.Context) ([]workflow.Department, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.Store.Departments(ctx)
}

// start opens a mailbox.
func start(tb testing.TB, change ...func(*web.Deps)) *mailbox {
	tb.Helper()
	m := &mailbox{store: &flaky{Store: workflowtest.NewMemory()}, seen: map[string]bool{}}
	m.World = worldtest.New(tb, m.store)
	office := report.New(report.Deps{
		Store: m.store, Now: m.Now, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour },
		Chain: m.Desk.Keeper.Chain,
	})
	d, site := webtest.Prepare(tb)
	d.Now = func() time.Time { return m.Now().In(workflowtest.Zone) }
	for _, f := range change {
		f(&d)
	}
	m.answers = publication.NewAnswers(m.Desk, m.Vault, m.Blobs, web.WithoutMetadata)
	m.tokens = access.NewTokens(m.Desk, []byte("a key of thirty-two bytes and some more"))
	d.Accounts = bearers{d.Accounts, m.tokens}
	var err error
	m.bureau, err = annual.New(annual.Deps{
		Desk: m.Desk, Forms: templates.ReportForms(), Text: func(key string, args ...any) string { return d.Templates.Text("zh-CN", key, args...) },
		Figures: report.Deps{Store: m.store, Now: m.Now, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour }, Chain: m.Desk.Keeper.Chain},
	})
	must(tb, err)
	pages := api.New(api.Deps{
		Intake: m.Intake, Cases: m.Cases, College: m.store, Figures: office, Answers: m.answers, Blobs: m.Blobs,
		Words: func(locale, key string) string { return d.Templates.Text(locale, key) },
		Staff: api.Staff{Cases: m.Cases, Ledger: ledger.New(m.Desk), Reports: m.bureau, Files: files{}},
	})
	m.site = site.StartWith(tb, d, pages.Routes()...)
	m.client = m.program(tb)
	m.describe(tb)
	return m
}

// program is a client that says nothing of where it comes from.
func (m *mailbox) program(tb testing.TB) *webtest.Client {
	tb.Helper()
	c := m.site.Client(tb)
	c.Header = http.Header{}
	return c
}

func (m *mailbox) describe(tb testing.TB) {
	tb.Helper()
	a := m.client.Get("/api/v1/openapi.yaml").Wants(200)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(a.Body))
	if err != nil {
		tb.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: m.site.URL + "/api/v1"}}
	if m.router, err = legacy.NewRouter(doc); err != nil {
		tb.Fatal(err)
	}
	m.doc = doc
}

// answer is what came back, of an operation of the description.
type answer struct {
	*webtest.Answer
	Op string
}

// as decodes the answer.
func as[T any](tb testing.TB, a *answer) T {
	tb.Helper()
	var v T
	dec := json.NewDecoder(strings.NewReader(a.Body))
	if err := dec.Decode(&v); err != nil {
		tb.Fatalf("%s: %v", a.Body, err)
	}
	return v
}

// header makes headers of pairs.
func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// call sends a request and checks both sides of it.
func (m *mailbox) call(tb testing.TB, method, path string, body []byte, h http.Header) *answer {
	tb.Helper()
	r := m.client.Request(method, "/api/v1"+path, bytes.NewReader(body))
	maps.Copy(r.Header, h)
	a := m.client.Do(r)
	return &answer{Answer: a, Op: m.check(tb, r, body, a)}
}

// check holds an exchange against the description: every answer must be as
// described, what is taken must have been described, and what was described
// must not be refused as unreadable.
func (m *mailbox) check(tb testing.TB, r *http.Request, body []byte, a *webtest.Answer) string {
	tb.Helper()
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := m.router.FindRoute(r)
	if err != nil {
		tb.Fatalf("%s %s is not described: %v", r.Method, r.URL.Path, err)
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	asDescribed := openapi3filter.ValidateRequest(r.Context(), in)
	if a.Status < 400 && !m.strangers && asDescribed != nil {
		tb.Errorf("%s %s was taken and is not as described: %v", r.Method, r.URL.Path, asDescribed)
	}
	if (a.Status == 400 || a.Status == 415) && !m.strangers && asDescribed == nil {
		tb.Errorf("%s %s is as described and was refused: %s", r.Method, r.URL.Path, a.Body)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.Status, Header: a.Header, Options: in.Options}
	if err := openapi3filter.ValidateResponse(r.Context(), out.SetBodyBytes([]byte(a.Body))); err != nil {
		tb.Errorf("%s %s: the answer is not as described: %v", r.Method, r.URL.Path, err)
	}
	op := route.Operation.OperationID
	if route.Operation.Responses.Status(a.Status) == nil {
		tb.Errorf("%s answers %d, which is not described", op, a.Status)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[op+" "+http.StatusText(a.Status)] = true
	return op
}

func (m *mailbox) get(tb testing.TB, path string, pairs ...string) *answer {
	tb.Helper()
	return m.call(tb, http.MethodGet, path, nil, header(pairs...))
}

// post sends JSON.
func (m *mailbox) post(tb testing.TB, path string, v any, pairs ...string) *answer {
	tb.Helper()
	b, ok := v.([]byte)
	if !ok {
		var err error
		if b, err = json.Marshal(v); err != nil {
			tb.Fatal(err)
		}
	}
	return m.call(tb, http.MethodPost, path, b, header(append([]string{"Content-Type", "application/json"}, pairs...)...))
}

// form sends a form; extra are files, and pairs of headers.
func (m *mailbox) form(tb testing.TB, path string, values map[string][]string, extra ...any) *answer {
	tb.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, all := range values {
		for _, v := range all {
			must(tb, w.WriteField(name, v))
		}
	}
	var pairs []string
	for _, x := range extra {
		switch x := x.(type) {
		case webtest.Upload:
			part, err := w.CreateFormFile(x.Field, x.Name)
			must(tb, err)
			_, err = io.WriteString(part, x.Content)
			must(tb, err)
		case string:
			pairs = append(pairs, x)
		}
	}
	must(tb, w.Close())
	return m.call(tb, http.MethodPost, path, b.Bytes(), header(append([]string{"Content-Type", w.FormDataContentType()}, pairs...)...))
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// fields is a JSON object.
type fields map[string]any

// letter is a letter about repairs, changed by the given fields; nil takes a
// field away.
func letter(changes fields) fields {
	l := fields{
		"identity": "confidential", "kind": "complaint", "category": "repair", "status": "student",
		"subject": "三号宿舍楼热水时断时续", "body": "上周三起三号宿舍楼晚上八点以后没有热水。", "name": "林同学", "email": "lin@students.example",
	}
	for name, v := range changes {
		l[name] = v
		if v == nil {
			delete(l, name)
		}
	}
	return l
}

// receipt is what comes back for a letter.
type receipt struct {
	Number, Code, Proof, Mark, Track string
	Received                         string
	ReadBy                           string `json:"read_by"`
	AnswerBy                         string `json:"answer_by"`
	Urgent                           bool
}

// send hands a letter in.
func (m *mailbox) send(tb testing.TB, changes fields, pairs ...string) receipt {
	tb.Helper()
	a := m.post(tb, "/letters", letter(changes), pairs...)
	a.Wants(201)
	return as[receipt](tb, a)
}

// caseOf is the case of a receipt, as the store has it.
func (m *mailbox) caseOf(tb testing.TB, r receipt) workflow.Case {
	tb.Helper()
	c, err := m.Store.CaseByNumber(tb.Context(), r.Number)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// problem is a failure.
type problem struct {
	Type, Title, Detail, Code, Field, Request string
	Status                                    int
	Errors                                    []struct{ Field, Code, Detail string }
}

// refused wants a problem with a status, a code and a field.
func (a *answer) refused(tb testing.TB, status int, code, field string) problem {
	tb.Helper()
	a.Wants(status)
	p := as[problem](tb, a)
	if p.Status != status || p.Code != code || p.Field != field || p.Detail == "" || p.Detail == p.Code {
		tb.Errorf("problem %+v, want %d %s about %q", p, status, code, field)
	}
	return p
}

// operations are all that is described.
func (m *mailbox) operations() []*openapi3.Operation {
	var out []*openapi3.Operation
	for _, item := range m.doc.Paths.Map() {
		for _, op := range item.Operations() {
			out = append(out, op)
		}
	}
	return out
}
