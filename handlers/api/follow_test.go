package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// view is a letter as its writer sees it.
type view struct {
	Number, Subject, Progress, Ground string
	ProgressText                      string `json:"progress_text"`
	MayAdd                            bool   `json:"may_add"`
	Messages                          []said
	Steps                             []struct{ Progress, At string }
	Promise                           *struct {
		What, By            string
		Paused, Provisional bool
	}
	With  *struct{ Progress string } `json:"handled_with"`
	Parts []struct{ Number, Subject, Progress string }
}

// said is a message.
type said struct {
	ID         int64
	Kind, From string
	Body, At   string
	Mailed     string
	Department *struct{ Code string }
	Files      []struct {
		ID         int64
		Name, Type string
		Size       int64
	}
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

func (m *mailbox) view(t *testing.T, r receipt) view {
	t.Helper()
	a := m.get(t, "/letters/"+r.Number, "X-Query-Code", r.Code)
	a.Wants(200)
	return as[view](t, a)
}

func TestFollow_throughALife(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	c := m.caseOf(t, r)
	m.Pass(time.Hour)
	m.Do(t, m.Clerk, c.ID, casework.Act{Action: workflow.Accept, Department: m.Logistics.ID})
	if got := m.view(t, r); got.Progress != "passed_on" || got.Promise == nil || got.Promise.What != "answer" || !strings.HasSuffix(got.Promise.By, "+08:00") {
		t.Errorf("routed: %+v", got)
	}
	m.Do(t, m.LogisticsClerk, c.ID, casework.Act{Action: workflow.SignFor})
	if err := m.Cases.Note(t.Context(), m.LogisticsClerk.Actor(), c.ID, "canary-note", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Cases.SaveDraft(t.Context(), m.LogisticsClerk.Actor(), c.ID, "水泵已更换，热水恢复。", 0); err != nil {
		t.Fatal(err)
	}
	m.Do(t, m.LogisticsClerk, c.ID, casework.Act{Action: workflow.HandIn})
	if got := m.view(t, r); got.Progress != "in_hand" || got.ProgressText != "办理中" || len(got.Messages) != 1 {
		t.Errorf("drafted: %+v", got)
	}
	m.Do(t, m.LogisticsHead, c.ID, casework.Act{Action: workflow.Approve})
	m.Do(t, m.OfficeHead, c.ID, casework.Act{Action: workflow.Answer})
	a := m.get(t, "/letters/"+r.Number, "X-Query-Code", strings.ToLower(r.Code), "Accept-Language", "en")
	a.Wants(200, `"progress_text":"Answered"`)
	got := as[view](t, a)
	if len(got.Messages) != 2 || got.Messages[1].Kind != "answer" || got.Messages[1].Department.Code != "logistics" || got.Messages[1].Mailed != "queued" {
		t.Errorf("answered: %+v", got.Messages)
	}
	var steps []string
	for _, s := range got.Steps {
		steps = append(steps, s.Progress)
	}
	if s := strings.Join(steps, " "); s != "received accepted passed_on in_hand answered" {
		t.Errorf("steps %s", s)
	}
	for _, canary := range []string{"canary", m.LogisticsClerk.Name, m.LogisticsHead.Name, m.OfficeHead.Name, "drafted", "signed", "lin@", "林同学"} {
		if strings.Contains(a.Body, canary) {
			t.Errorf("%q is shown: %s", canary, a.Body)
		}
	}
}

func TestFollow_askedAndTold(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	c := m.caseOf(t, r)
	m.Do(t, m.Clerk, c.ID, casework.Act{Action: workflow.Ask, Note: "是哪一层？"})
	got := m.view(t, r)
	if got.Progress != "waiting_for_you" || got.Promise == nil || got.Promise.What != "your_reply" || got.Messages[1].Kind != "question" || !got.MayAdd {
		t.Errorf("asked: %+v", got)
	}
	m.post(t, "/letters/"+r.Number+"/messages", fields{"body": "三层"}, "X-Query-Code", r.Code).Wants(201, "三层")
	if got = m.view(t, r); got.Progress == "waiting_for_you" || got.Promise.What != "answer" || len(got.Messages) != 3 {
		t.Errorf("told: %+v", got)
	}
}

func TestFollow_ends(t *testing.T) {
	m := start(t)
	declined, joined, kept := m.send(t, nil), m.send(t, nil), m.send(t, nil)
	m.Do(t, m.Clerk, m.caseOf(t, declined).ID, casework.Act{Action: workflow.Decline, Ground: "private", Note: "属于个人之间的事务。"})
	if got := m.view(t, declined); got.Progress != "declined" || got.Ground != "private" || got.MayAdd || got.Promise != nil {
		t.Errorf("declined: %+v", got)
	}
	m.Do(t, m.Clerk, m.caseOf(t, joined).ID, casework.Act{Action: workflow.Merge, Into: kept.Number})
	a := m.get(t, "/letters/"+joined.Number, "X-Query-Code", joined.Code)
	if got := as[view](t, a); got.Progress != "handled_together" || got.With == nil || got.With.Progress != "received" || strings.Contains(a.Body, kept.Number) {
		t.Errorf("merged: %s", a.Body)
	}
	split, err := m.Cases.Split(t.Context(), m.Clerk.Actor(), m.caseOf(t, kept).ID, casework.Part{
		Subject: "另一件", Body: "食堂", Kind: workflow.Suggestion, Category: m.Other.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.view(t, kept); len(got.Parts) != 1 || got.Parts[0].Number != split.Number {
		t.Errorf("split: %+v", got)
	}
}

// TestFollow_isNoOracle wants one answer for a number nobody has, a wrong code,
// a broken one and none.
func TestFollow_isNoOracle(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	shape := func(a *answer) string {
		p := a.refused(t, 404, "track.unknown", "")
		h := a.Header.Clone()
		h.Del("Date")
		h.Del("X-Request-Id")
		return strings.ReplaceAll(a.Body, p.Request, "") + strconv.Itoa(len(a.Body)) + h.Get("Content-Length") + strconv.Itoa(len(h))
	}
	want := shape(m.get(t, "/letters/XZ20200101-0001", "X-Query-Code", "0000-0000-0000-0000"))
	for _, code := range []string{"0000-0000-0000-0000", "no code", "", "7K3M"} {
		for _, path := range []string{"/letters/" + r.Number, "/letters/" + r.Number + "/files/1", "/letters/nonsense"} {
			if got := shape(m.get(t, path, "X-Query-Code", code)); got != want {
				t.Errorf("%s with %q: %s, want %s", path, code, got, want)
			}
		}
	}
	a := m.post(t, "/letters/"+r.Number+"/messages", fields{"body": "a"}, "X-Query-Code", "0000-0000-0000-0000")
	if got := shape(a); got != want {
		t.Errorf("adding: %s, want %s", got, want)
	}
}

func TestFollow_guessesAreLimited(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	for range 100 {
		if a := m.get(t, "/letters/"+r.Number, "X-Query-Code", string(workflow.NewCode())); a.Status == http.StatusTooManyRequests {
			if a.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("a hundred guesses were answered")
}

func TestFollow_tags(t *testing.T) {
	m := start(t)
	r := m.send(t, nil)
	path := "/letters/" + r.Number
	a := m.get(t, path, "X-Query-Code", r.Code)
	tag := a.Header.Get("ETag")
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control %q", a.Header.Get("Cache-Control"))
	}
	for _, known := range []string{tag, `"x", W/` + tag, "*"} {
		if a := m.get(t, path, "X-Query-Code", r.Code, "If-None-Match", known); a.Status != 304 || a.Body != "" || a.Header.Get("ETag") != tag {
			t.Errorf("%s: %d %q", known, a.Status, a.Body)
		}
	}
	m.get(t, path, "X-Query-Code", "0000-0000-0000-0000", "If-None-Match", tag).Wants(404)
	m.post(t, path+"/messages", fields{"body": "还有一点"}, "X-Query-Code", r.Code).Wants(201)
	m.get(t, path, "X-Query-Code", r.Code, "If-None-Match", tag).Wants(200, "还有一点")
}
