package api_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"mailbox/handlers/web"
	"mailbox/workflow"
	"mailbox/workflow/access"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
)

// bearers knows tokens as the program does.
type bearers struct {
	web.Accounts
	tokens *access.Tokens
}

func (b bearers) Bearer(ctx context.Context, token string) (web.User, error) {
	a, known, err := b.tokens.Admit(ctx, token)
	u := web.User{AccountID: a.ID, Name: a.Name, Department: a.Department, Token: known.ID, TokenWrites: known.Write}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return u, err
}

// files writes next to nothing in any format.
type files struct{}

func (files) Kind(format string) string {
	if format == "json" {
		return "application/json"
	}
	return "text/plain"
}
func (files) Write(w io.Writer, _ string, _ report.Sheet) error { return put(w) }
func (files) WriteWorkbook(w io.Writer, _ []report.Sheet) error { return put(w) }
func (files) WriteDocument(w io.Writer, _ string, _ workflow.Document) error {
	return put(w)
}

func put(w io.Writer) error {
	_, err := io.WriteString(w, "file")
	return err
}

// token gives an account a token and returns the header that shows it.
func (m *mailbox) token(t *testing.T, a workflow.Account, write bool) []string {
	t.Helper()
	secret, _, err := m.tokens.Create(t.Context(), a.Actor(), access.TokenWish{Name: string(workflow.NewCode()), Write: write, Days: 30})
	must(t, err)
	return []string{"Authorization", "Bearer " + secret}
}

func with(headers []string, more ...string) []string {
	return append(append([]string{}, headers...), more...)
}

const key = "0123456789abcdef-items"

// draftReport begins an annual report.
func (m *mailbox) draftReport(t *testing.T) string {
	t.Helper()
	r, err := m.bureau.Draft(t.Context(), m.OfficeHead.Actor(), annual.Order{Form: "ministry", Year: 2026, From: "2025-09-01", Last: "2026-08-31", Day: "2026-11-01"})
	must(t, err)
	return "/reports/" + id(r.ID)
}

// staffAnswers makes what programs with a token are answered happen.
func (m *mailbox) staffAnswers(t *testing.T, r receipt) {
	t.Helper()
	head, reads := m.token(t, m.OfficeHead, true), m.token(t, m.OfficeHead, false)
	item := fields{"channel": "board", "title": "食堂招标公告", "day": "2026-11-20"}
	added := m.post(t, "/disclosure/items", item, head...).Wants(201).Header.Get("Location")
	added = strings.TrimPrefix(added, "/api/v1")
	rep := m.draftReport(t)
	for _, path := range []string{"/cases", "/cases/" + r.Number, "/disclosure/items", added, "/reports", rep} {
		m.get(t, path).refused(t, 401, "request.unauthenticated", "")
		tag := m.get(t, path, reads...).Wants(200).Header.Get("ETag")
		m.get(t, path, with(reads, "If-None-Match", tag)...).Wants(304)
	}
	for _, format := range []string{"json", "docx", "pdf", "xlsx"} {
		m.get(t, rep+"?format="+format, reads...).Wants(200)
	}
	m.get(t, rep+"?format=exe", reads...).refused(t, 422, "invalid.choice", "format")
	for _, path := range []string{"/cases", "/disclosure/items", "/reports"} {
		m.get(t, path+"?limit=0", reads...).Wants(422)
	}
	for _, path := range []string{"/cases/XZ20200101-0001", "/disclosure/items/999", "/reports/999"} {
		m.get(t, path, reads...).Wants(404)
	}
	m.actAnswers(t, r, head, reads)
	admin := m.token(t, m.Admin, true)
	m.get(t, "/disclosure/items", admin...).Wants(404)
	m.get(t, "/reports", admin...).Wants(404)
	m.post(t, "/disclosure/items", item).Wants(401)
	m.post(t, "/disclosure/items", item, reads...).refused(t, 403, "request.token_reads", "")
	m.post(t, "/disclosure/items", item, admin...).Wants(404)
	m.post(t, "/disclosure/items", fields{"channel": "site", "title": "", "day": "x"}, head...).Wants(422)
	m.post(t, "/disclosure/items", []byte("{"), head...).Wants(400)
	m.post(t, "/disclosure/items", []byte(`{"title":"`+strings.Repeat("a", 1<<20)+`"}`), head...).Wants(413)
	m.post(t, "/disclosure/items", item, with(head, "Content-Type", "text/plain")...).Wants(415)
	m.staffStopped(t, []string{"/cases", "/cases/" + r.Number, "/disclosure/items", added, "/reports", rep}, head, item)
}

// staffStopped asks while the store is away and until it is too often.
func (m *mailbox) staffStopped(t *testing.T, paths, head []string, item fields) {
	t.Helper()
	m.store.away.Store(true)
	for _, path := range paths {
		m.get(t, path, head...).refused(t, 503, "request.unavailable", "")
	}
	m.post(t, "/disclosure/items", item, head...).refused(t, 503, "request.unavailable", "")
	note, said := paths[1]+"/note", with(head, "If-Match", `"v1"`)
	m.post(t, note, fields{"note": "一"}, said...).refused(t, 503, "request.unavailable", "")
	m.store.away.Store(false)
	until := func(ask func() *answer) {
		t.Helper()
		for range 300 {
			if ask().Status == http.StatusTooManyRequests {
				return
			}
		}
		t.Error("nothing limits it")
	}
	for _, path := range paths {
		until(func() *answer { return m.get(t, path, head...) })
	}
	until(func() *answer { return m.post(t, "/disclosure/items", item, head...) })
	until(func() *answer { return m.post(t, note, fields{"note": "一"}, said...) })
	m.get(t, "/cases", m.token(t, m.OfficeHead, false)...).Wants(200) // another token has its own
}

func TestItems_sentAgainAreOne(t *testing.T) {
	m := start(t)
	head := m.token(t, m.OfficeHead, true)
	type item struct {
		ID    int64
		State string
	}
	body := fields{"channel": "board", "title": "食堂招标公告", "day": "2026-11-20", "hand_in": true}
	first := as[item](t, m.post(t, "/disclosure/items", body, with(head, "Idempotency-Key", key)...))
	if first.State != "in_review" {
		t.Errorf("%+v", first)
	}
	again := m.post(t, "/disclosure/items", body, with(head, "Idempotency-Key", key)...)
	if got := as[item](t, again); got != first || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%+v, want %+v", got, first)
	}
	body["title"] = "另一个"
	m.post(t, "/disclosure/items", body, with(head, "Idempotency-Key", key)...).refused(t, 422, "letter.key_reused", "Idempotency-Key")
	other := as[item](t, m.post(t, "/disclosure/items", body, with(m.token(t, m.Clerk, true), "Idempotency-Key", key)...))
	if other.ID == first.ID {
		t.Error("two accounts share a key")
	}
	body["hand_in"] = false
	if draft := as[item](t, m.post(t, "/disclosure/items", body, head...)); draft.State != "draft" {
		t.Errorf("%+v", draft)
	}
}

// TestRights_ofTokens is who may read what, by role and path.
func TestRights_ofTokens(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	added := as[struct{ ID int64 }](t, m.post(t, "/disclosure/items", fields{"channel": "board", "title": "公告", "day": "2026-11-20"}, m.token(t, m.OfficeHead, true)...))
	paths := []string{"/cases", "/cases/" + r.Number, "/disclosure/items", "/disclosure/items/" + id(added.ID), "/reports", m.draftReport(t)}
	for _, line := range []struct {
		who  workflow.Account
		want [6]int // of paths; the case is with the office, the item a draft of it
	}{
		{m.Clerk, [6]int{200, 200, 200, 200, 200, 200}},
		{m.OfficeHead, [6]int{200, 200, 200, 200, 200, 200}},
		{m.Leader, [6]int{200, 200, 200, 200, 200, 200}},
		{m.Principal, [6]int{200, 200, 200, 200, 200, 200}},
		{m.LogisticsClerk, [6]int{200, 404, 200, 404, 404, 404}},
		{m.LogisticsHead, [6]int{200, 404, 200, 404, 404, 404}},
		{m.Reviewer, [6]int{200, 404, 200, 404, 404, 404}},
		{m.Discipline, [6]int{200, 404, 404, 404, 404, 404}},
		{m.Admin, [6]int{200, 404, 404, 404, 404, 404}},
	} {
		token := m.token(t, line.who, false)
		for i, path := range paths {
			a := m.get(t, path, token...)
			if a.Status != line.want[i] {
				t.Errorf("%s %s: %d, want %d", line.who.Username, path, a.Status, line.want[i])
			}
			for _, secret := range []string{"林同学", "lin@students.example"} {
				if strings.Contains(a.Body, secret) {
					t.Errorf("%s %s tells %s", line.who.Username, path, secret)
				}
			}
			if path == "/cases" && line.want[1] == 404 && strings.Contains(a.Body, r.Number) {
				t.Errorf("%s lists what is not theirs", line.who.Username)
			}
		}
	}
}

func TestTokens_thatOpenNothing(t *testing.T) {
	m := start(t)
	for range 30 {
		m.get(t, "/cases", "Authorization", "Bearer wrong").refused(t, 401, "request.token_refused", "")
	}
	m.get(t, "/cases", "Authorization", "Bearer wrong").Wants(429)
	m.get(t, "/cases", m.token(t, m.Clerk, false)...).Wants(200)
}

// actAnswers makes what programs that act are answered happen.
func (m *mailbox) actAnswers(t *testing.T, r receipt, head, reads []string) {
	t.Helper()
	path, large := "/cases/"+r.Number+"/note", []byte(`{"note":"`+strings.Repeat("a", 1<<20)+`"}`)
	seen := with(head, "If-Match", m.seenBy(t, r.Number, head))
	m.post(t, path, fields{"note": "一"}, head...).Wants(428)
	m.post(t, path, []byte("{"), seen...).Wants(400)
	m.post(t, path, fields{"note": "一"}, "If-Match", `"v1"`).Wants(401)
	m.post(t, path, fields{"note": "一"}, with(reads, "If-Match", `"v1"`)...).Wants(403)
	m.post(t, "/cases/XZ20200101-0001/note", fields{"note": "一"}, seen...).Wants(404)
	m.post(t, "/cases/"+r.Number+"/sign_for", fields{}, seen...).Wants(409)
	m.post(t, path, large, seen...).Wants(413)
	m.post(t, path, fields{"note": "一"}, with(seen, "Content-Type", "text/plain")...).Wants(415)
	m.post(t, path, fields{"note": ""}, seen...).Wants(422)
	m.post(t, path, fields{"note": "一"}, seen...).Wants(200)
	m.post(t, path, fields{"note": "一"}, seen...).Wants(412)
}
