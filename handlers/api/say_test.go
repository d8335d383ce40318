package api_test

import (
	"strings"
	"testing"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func TestSay_addsFacts(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	path := "/letters/" + r.Number + "/messages"
	a := m.post(t, path, fields{"body": " 昨天也没有\x00热水\r\n "}, "X-Query-Code", r.Code)
	a.Wants(201)
	if got := as[said](t, a); got.Body != "昨天也没有热水" || got.Kind != "addition" || got.From != "writer" {
		t.Errorf("message %+v", got)
	}
	a = m.form(t, path, map[string][]string{}, webtest.Upload{Field: "files", Name: "记录.txt", Content: "20:00"})
	a.refused(t, 404, "track.unknown", "") // without the code
	a = m.form(t, path, map[string][]string{}, webtest.Upload{Field: "files", Name: "记录.txt", Content: "20:00"}, "X-Query-Code", r.Code)
	a.Wants(201, "记录.txt")
	if got := m.view(t, r); len(got.Messages) != 3 {
		t.Errorf("messages %+v", got.Messages)
	}
}

func TestSay_sameKeyIsOneMessage(t *testing.T) {
	m := start(t)
	r, other := m.send(t, nil), m.send(t, nil)
	const key = "0123456789abcdef"
	say := func(r receipt, body string) *answer {
		return m.post(t, "/letters/"+r.Number+"/messages", fields{"body": body}, "X-Query-Code", r.Code, "Idempotency-Key", key)
	}
	first := say(r, "补充")
	if again := say(r, "补充"); again.Wants(201).Body != first.Wants(201).Body {
		t.Errorf("again %s, first %s", again.Body, first.Body)
	}
	say(r, "别的补充").refused(t, 422, "letter.key_reused", "")
	say(other, "别的补充").Wants(201) // keys are the letter's own
	if got := m.view(t, r); len(got.Messages) != 2 {
		t.Errorf("messages %+v", got.Messages)
	}
}

func TestSay_refused(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	path := "/letters/" + r.Number + "/messages"
	say := func(v any, pairs ...string) *answer {
		return m.post(t, path, v, append([]string{"X-Query-Code", r.Code}, pairs...)...)
	}
	say(fields{}).refused(t, 422, "invalid.required", "body")
	say(fields{"body": "\x00 "}).refused(t, 422, "invalid.required", "body")
	say(fields{"body": strings.Repeat("字", 8001)}).refused(t, 422, "invalid.too_long", "body")
	say(fields{"body": "a", "action": "withdraw"}).refused(t, 422, "request.field_unknown", "action")
	say([]byte(`{"body":"a"`)).refused(t, 400, "request.broken_json", "")
	say(fields{"body": "a"}, "Idempotency-Key", "short").refused(t, 422, "api.key", "Idempotency-Key")
	say(fields{"body": "a"}, "Content-Type", "text/plain").refused(t, 415, "request.media_type", "")
	m.form(t, path, map[string][]string{"body": {"a"}, "kind": {"note"}}, "X-Query-Code", r.Code).refused(t, 422, "request.field_unknown", "kind")
	m.Do(t, m.Clerk, m.caseOf(t, r).ID, casework.Act{Action: workflow.Decline, Ground: "private", Note: "个人事务"})
	say(fields{"body": "还有"}).refused(t, 409, "case.write_anew", "")
}
