package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"mailbox/handlers/api"
	"mailbox/workflow"
)

// seenBy is the tag of a case as a token sees it.
func (m *mailbox) seenBy(t *testing.T, number string, token []string) string {
	t.Helper()
	return m.get(t, "/cases/"+number, token...).Wants(200).Header.Get("ETag")
}

type doneDeed struct {
	Number, Action, State, At string
	Version                   int64
}

// act does something to a case as it is now.
func (m *mailbox) act(t *testing.T, number, action string, body any, token []string) doneDeed {
	t.Helper()
	a := m.post(t, "/cases/"+number+"/"+action, body, with(token, "If-Match", m.seenBy(t, number, token))...)
	a.Wants(200)
	return as[doneDeed](t, a)
}

// TestActs_carryALetterToItsAnswer is the life of a case by programs alone.
func TestActs_carryALetterToItsAnswer(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	clerk, worker, head := m.token(t, m.Clerk, true), m.token(t, m.LogisticsClerk, true), m.token(t, m.LogisticsHead, true)
	state := func(want string, d doneDeed) {
		t.Helper()
		if d.State != want || d.Number != r.Number {
			t.Errorf("%+v, want %s", d, want)
		}
	}
	state("routed", m.act(t, r.Number, "accept", fields{"department": "logistics"}, clerk))
	state("in_hand", m.act(t, r.Number, "sign_for", fields{}, worker))
	m.act(t, r.Number, "note", fields{"note": "已联系维修班"}, worker)
	m.act(t, r.Number, "draft", fields{"body": "热水已恢复。"}, worker)
	state("in_hand", m.act(t, r.Number, "draft", fields{"body": "热水已经恢复，谢谢。"}, worker))
	state("drafted", m.act(t, r.Number, "hand_in", fields{}, worker))
	got := m.get(t, "/cases/"+r.Number, head...).Wants(200, "热水已经恢复，谢谢。")
	if strings.Contains(got.Body, "已联系维修班") {
		t.Error("what is said inside the house is in it")
	}
	state("signed", m.act(t, r.Number, "approve", fields{}, head))
	state("answered", m.act(t, r.Number, "answer", fields{}, clerk))
	m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code).Wants(200, "热水已经恢复，谢谢。")
	state("closed", m.act(t, r.Number, "close", fields{"note": "电话回访满意"}, clerk))
	state("archived", m.act(t, r.Number, "archive", fields{}, clerk))
}

func TestActs_ofTheOffice(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	clerk, head := m.token(t, m.Clerk, true), m.token(t, m.OfficeHead, true)
	m.act(t, r.Number, "classify", fields{"kind": "help"}, clerk)
	m.act(t, r.Number, "urgent", fields{"note": "有人受困"}, clerk)
	m.act(t, r.Number, "concern", fields{"concern": "complaint"}, clerk)
	m.act(t, r.Number, "instruct", fields{"note": "今天内办结"}, m.token(t, m.Leader, true))
	m.act(t, r.Number, "split", fields{"subject": "另一件事", "body": "食堂也冷"}, clerk)
	m.call(t, http.MethodPost, "/cases/"+r.Number+"/accept", nil, header(with(clerk, "If-Match", m.seenBy(t, r.Number, clerk))...)).Wants(200)
	m.act(t, r.Number, "route", fields{"department": "logistics"}, head)
	m.act(t, r.Number, "remind", fields{}, clerk)
	m.act(t, r.Number, "assist", fields{"department": "academic"}, clerk)
	k := m.caseOf(t, r)
	if k.Kind != workflow.Help || !k.Urgent || k.Concern != "complaint" || k.Department != m.Logistics.ID {
		t.Errorf("%+v", k)
	}
	worker := m.token(t, m.LogisticsClerk, true)
	m.act(t, r.Number, "sign_for", fields{}, worker)
	m.act(t, r.Number, "more_time", fields{"days": 3, "reason": "等配件"}, worker)
	m.act(t, r.Number, "grant", fields{}, head)
	m.act(t, r.Number, "seal", fields{"note": "涉及违纪"}, clerk)
	m.get(t, "/cases/"+r.Number, clerk...).Wants(404)
}

func TestActs_needTheVersionThatIs(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	clerk := m.token(t, m.Clerk, true)
	path, seen := "/cases/"+r.Number+"/note", m.seenBy(t, r.Number, clerk)
	m.post(t, path, fields{"note": "一"}, clerk...).refused(t, 428, "request.version_missing", "")
	first := m.post(t, path, fields{"note": "一"}, with(clerk, "If-Match", seen)...).Wants(200)
	m.post(t, path, fields{"note": "二"}, with(clerk, "If-Match", seen)...).refused(t, 412, "request.version_changed", "")
	for _, wrong := range []string{"*", `W/` + first.Header.Get("ETag"), "v1", `"nonsense"`, `"v0"`} {
		m.strangers = true
		m.post(t, path, fields{"note": "二"}, with(clerk, "If-Match", wrong)...).Wants(412)
		m.strangers = false
	}
	m.post(t, path, fields{"note": "二"}, with(clerk, "If-Match", first.Header.Get("ETag"))...).Wants(200)
}

func TestActs_sameKeyIsOneAct(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	clerk := m.token(t, m.Clerk, true)
	path, seen := "/cases/"+r.Number+"/note", m.seenBy(t, r.Number, clerk)
	key := with(clerk, "If-Match", seen, "Idempotency-Key", "0123456789abcdef")
	first := m.post(t, path, fields{"note": "一"}, key...)
	first.Wants(200)
	m.act(t, r.Number, "accept", fields{}, clerk) // whatever becomes of it meanwhile
	again := m.post(t, path, fields{"note": "一"}, key...)
	again.Wants(200)
	if again.Body != first.Body || again.Header.Get("ETag") != first.Header.Get("ETag") || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("again %s %v, first %s", again.Body, again.Header, first.Body)
	}
	if n := m.notes(t, r); n != 1 {
		t.Errorf("%d notes", n)
	}
	m.post(t, path, fields{"note": "二"}, key...).refused(t, 422, "letter.key_reused", "Idempotency-Key")
	m.post(t, "/cases/"+r.Number+"/urgent", fields{"note": "一"}, key...).refused(t, 422, "letter.key_reused", "Idempotency-Key")
	other := m.token(t, m.OfficeHead, true)
	m.post(t, path, fields{"note": "一"}, with(other, "If-Match", m.seenBy(t, r.Number, other), "Idempotency-Key", "0123456789abcdef")...).Wants(200)
}

// notes counts what was noted inside the house.
func (m *mailbox) notes(t *testing.T, r receipt) int {
	t.Helper()
	all, err := m.Store.MessagesOf(t.Context(), m.caseOf(t, r).ID, true)
	must(t, err)
	return len(slices.DeleteFunc(all, func(x workflow.Message) bool { return x.Kind != workflow.NoteMessage }))
}

func TestActs_sameKeyAtOnce(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	clerk := m.token(t, m.Clerk, true)
	key := with(clerk, "If-Match", m.seenBy(t, r.Number, clerk), "Idempotency-Key", "0123456789abcdef")
	bodies := make([]string, 8)
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() { bodies[i] = m.post(t, "/cases/"+r.Number+"/note", fields{"note": "一"}, key...).Body })
	}
	all.Wait()
	if len(slices.Compact(bodies)) != 1 || m.notes(t, r) != 1 {
		t.Errorf("%d notes, answers %v", m.notes(t, r), bodies)
	}
}

// TestActs_areAsOnThePages is who may do what, by role: denied is not found.
func TestActs_areAsOnThePages(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	tag := m.seenBy(t, r.Number, m.token(t, m.Clerk, false))
	for _, line := range []struct {
		who    workflow.Account
		action string
		want   int
	}{
		{m.LogisticsHead, "accept", 404},
		{m.Discipline, "accept", 404},
		{m.Admin, "accept", 404},
		{m.Reviewer, "accept", 404},
		{m.Leader, "accept", 404},
		{m.Principal, "decline", 404},
		{m.Clerk, "instruct", 404},
		{m.Clerk, "sign_for", 409},
		{m.Clerk, "reveal", 404},
		{m.Clerk, "secrecy", 404},
		{m.Clerk, "receive", 404},
		{m.Clerk, "withdraw", 404},
		{m.Clerk, "route", 422},
	} {
		m.strangers = true
		var said any = fields{}
		if line.action == "instruct" {
			said = fields{"note": "一"}
		}
		a := m.post(t, "/cases/"+r.Number+"/"+line.action, said, with(m.token(t, line.who, true), "If-Match", tag)...)
		if a.Status != line.want {
			t.Errorf("%s %s: %d, want %d", line.who.Username, line.action, a.Status, line.want)
		}
	}
	reads := m.token(t, m.Clerk, false)
	m.post(t, "/cases/"+r.Number+"/accept", fields{}, with(reads, "If-Match", tag)...).refused(t, 403, "request.token_reads", "")
	if m.caseOf(t, r).State != workflow.Received {
		t.Error("the case has moved")
	}
}

func TestActs_areReadStrictly(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	clerk := m.token(t, m.Clerk, true)
	head := with(clerk, "If-Match", m.seenBy(t, r.Number, clerk))
	post := func(action string, v any) *answer { return m.post(t, "/cases/"+r.Number+"/"+action, v, head...) }
	post("sign_for", fields{"note": "一"}).refused(t, 422, "request.field_unknown", "note")
	post("note", fields{"body": "一"}).refused(t, 422, "request.field_unknown", "body")
	post("note", fields{"text": "一"}).refused(t, 422, "request.field_unknown", "text")
	post("note", fields{"note": 1}).refused(t, 422, "request.field_type", "note")
	post("note", fields{"note": " "}).refused(t, 422, "invalid.required", "note")
	post("note", fields{"note": strings.Repeat("长", workflow.MaxNote+1)}).refused(t, 422, "invalid.too_long", "note")
	post("decline", fields{"note": "一"}).refused(t, 422, "invalid.choice", "ground")
	post("ask", fields{}).refused(t, 422, "case.note_required", "note")
	post("accept", fields{"department": "nowhere"}).refused(t, 422, "invalid.choice", "department")
	post("concern", fields{}).refused(t, 422, "invalid.required", "concern")
	post("note", []byte("{")).Wants(400)
	m.post(t, "/cases/"+r.Number+"/note", fields{"note": "一"}, with(head, "Idempotency-Key", "short")...).refused(t, 422, "api.key", "Idempotency-Key")
	if m.caseOf(t, r).State != workflow.Received || m.notes(t, r) != 0 {
		t.Error("something was done")
	}
}

// TestActs_areDescribed holds the table of acts against the description.
func TestActs_areDescribed(t *testing.T) {
	m := start(t)
	op := m.doc.Paths.Find("/cases/{number}/{action}").Post
	raw, err := json.Marshal(op.Extensions["x-actions"])
	must(t, err)
	var described map[string][]string
	must(t, json.Unmarshal(raw, &described))
	listed := m.doc.Components.Schemas["CaseAction"].Value.Enum
	for name, want := range api.Fields() {
		if got, ok := described[name]; !ok || !slices.Equal(got, want) {
			t.Errorf("%s takes %v, described are %v", name, want, got)
		}
		if !slices.Contains(listed, any(name)) {
			t.Errorf("%s is not listed", name)
		}
	}
	if len(described) != len(api.Fields()) || len(listed) != len(described) {
		t.Errorf("%d acts, described %d, listed %d", len(api.Fields()), len(described), len(listed))
	}
}

// TestHooks_areDescribed wants the description to list every event there is.
func TestHooks_areDescribed(t *testing.T) {
	m := start(t)
	listed := m.doc.Components.Schemas["HookEvent"].Value.Properties["event"].Value.Enum
	want := []any{}
	for _, e := range append(slices.Clone(workflow.HookEvents), workflow.TestEvent) {
		want = append(want, string(e))
	}
	if !slices.Equal(listed, want) {
		t.Errorf("listed %v, want %v", listed, want)
	}
}
