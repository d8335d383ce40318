package api_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/api"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func TestDescription_isValid(t *testing.T) {
	m := start(t)
	if err := m.doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	for _, op := range m.operations() {
		if op.Summary == "" || op.OperationID == "" || op.Responses.Default() == nil {
			t.Errorf("%s is not described", op.OperationID)
		}
	}
}

// TestDescription_isOfTheseRoutes wants every route described and everything
// described mounted.
func TestDescription_isOfTheseRoutes(t *testing.T) {
	m := start(t)
	var described, mounted []string
	for path, item := range m.doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" /api/v1"+path)
		}
	}
	for _, rt := range api.New(api.Deps{}).Routes() {
		var parts []string
		for part := range strings.SplitSeq(rt.Path, "/") {
			if name, ok := strings.CutPrefix(part, ":"); ok {
				part = "{" + name + "}"
			}
			parts = append(parts, part)
		}
		mounted = append(mounted, rt.Method+" "+strings.Join(parts, "/"))
		op := m.doc.Paths.Find(strings.TrimPrefix(strings.Join(parts, "/"), "/api/v1")).GetOperation(rt.Method)
		if staff := op.Security != nil && len(*op.Security) > 0; !rt.API || staff != (rt.Who.String() == "staff") || !staff && rt.Who.String() != "anyone" {
			t.Errorf("%s %s is for %s", rt.Method, rt.Path, rt.Who)
		}
	}
	slices.Sort(described)
	slices.Sort(mounted)
	if !slices.Equal(described, mounted) {
		t.Errorf("described %v\nmounted %v", described, mounted)
	}
}

// TestDescription_isTrue makes every answer that is described happen; call
// holds each against the description.
func TestDescription_isTrue(t *testing.T) {
	m := start(t)
	r := m.send(t, nil, "Idempotency-Key", "0123456789abcdef")
	ended := m.send(t, nil)
	m.Do(t, m.Clerk, m.caseOf(t, ended).ID, casework.Act{Action: workflow.Decline, Ground: "private", Note: "个人事务"})
	code := []string{"X-Query-Code", r.Code}
	large := []byte(`{"body":"` + strings.Repeat("a", 1<<20) + `"}`)

	published := "/answers/" + m.published(t)
	for _, path := range []string{"/openapi.yaml", "/categories", "/departments", "/figures", "/answers", published} {
		tag := m.get(t, path).Wants(200).Header.Get("ETag")
		m.get(t, path, "If-None-Match", tag).Wants(304)
	}
	m.get(t, "/categories?limit=0").Wants(422)
	m.get(t, "/departments?after=!").Wants(422)
	m.get(t, "/figures?term=2026-02-30").Wants(404)
	m.get(t, "/answers?kind=spam").Wants(422)
	m.get(t, "/answers/nothing").Wants(404)

	m.post(t, "/letters", []byte("{")).Wants(400)
	m.post(t, "/letters", large).Wants(413)
	m.post(t, "/letters", letter(nil), "Content-Type", "text/plain").Wants(415)
	m.post(t, "/letters", letter(fields{"kind": "spam"})).Wants(422)

	words := "/letters/" + r.Number + "/messages"
	m.post(t, words, fields{"body": "补充"}, code...).Wants(201)
	m.post(t, words, []byte("{"), code...).Wants(400)
	m.post(t, words, fields{"body": "补充"}, "X-Query-Code", ended.Code).Wants(404)
	m.post(t, "/letters/"+ended.Number+"/messages", fields{"body": "补充"}, "X-Query-Code", ended.Code).Wants(409)
	m.post(t, words, large, code...).Wants(413)
	m.post(t, words, fields{"body": "补充"}, append([]string{"Content-Type", "text/plain"}, code...)...).Wants(415)
	m.post(t, words, fields{"body": ""}, code...).Wants(422)

	tag := m.get(t, "/letters/"+r.Number, code...).Wants(200).Header.Get("ETag")
	m.get(t, "/letters/"+r.Number, append([]string{"If-None-Match", tag}, code...)...).Wants(304)
	m.get(t, "/letters/"+r.Number, "X-Query-Code", ended.Code).Wants(404)
	sent := m.form(t, words, nil, webtest.Upload{Field: "files", Name: "a.txt", Content: "记录"}, "X-Query-Code", r.Code)
	file := "/letters/" + r.Number + "/files/" + id(as[said](t, sent).Files[0].ID)
	m.get(t, file, code...).Wants(200)
	m.get(t, file+"0", code...).Wants(404)

	m.staffAnswers(t, r)
	m.whenAway(t, r, file)
	m.whenLimited(t, r, file)
	for _, op := range m.operations() {
		for status := range op.Responses.Map() {
			n, _ := strconv.Atoi(status)
			if status != "default" && !m.seen[op.OperationID+" "+http.StatusText(n)] {
				t.Errorf("%s: nothing made the %s happen", op.OperationID, status)
			}
		}
	}
}

// whenAway asks for everything that needs the store.
func (m *mailbox) whenAway(t *testing.T, r receipt, file string) {
	t.Helper()
	m.Pass(time.Minute) // past what is remembered
	m.store.away.Store(true)
	defer m.store.away.Store(false)
	for _, path := range []string{"/categories", "/departments", "/figures", "/answers", "/answers/x", "/letters/" + r.Number, file} {
		m.get(t, path, "X-Query-Code", r.Code).refused(t, 503, "request.unavailable", "")
	}
	m.post(t, "/letters", letter(nil)).refused(t, 503, "request.unavailable", "")
	m.post(t, "/letters/"+r.Number+"/messages", fields{"body": "补充"}, "X-Query-Code", r.Code).refused(t, 503, "request.unavailable", "")
}

// whenLimited asks for everything that is limited until it is refused.
func (m *mailbox) whenLimited(t *testing.T, r receipt, file string) {
	t.Helper()
	until := func(ask func() *answer) {
		t.Helper()
		for range 500 {
			if ask().Status == http.StatusTooManyRequests {
				return
			}
		}
		t.Error("nothing limits it")
	}
	for _, path := range []string{"/categories", "/departments", "/figures", "/answers", "/answers/x", "/letters/" + r.Number, file} {
		until(func() *answer { return m.get(t, path, "X-Query-Code", "0000-0000-0000-0000") })
	}
	until(func() *answer { return m.post(t, "/letters", fields{}) })
	until(func() *answer {
		return m.post(t, "/letters/"+r.Number+"/messages", fields{}, "X-Query-Code", r.Code)
	})
}
