package public_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// An application tells its writer what it needs, keeps what was typed, and
// says how it was decided only once that is told.
func TestApplication(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	if err := s.Store.SaveSetting(t.Context(), "disclosure.guide", "申请前可先查信息公开专栏。", 0, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := s.Store.SaveSetting(t.Context(), "disclosure.guide_url", "https://college.example/guide", 0, time.Now()); err != nil {
		t.Fatal(err)
	}
	c := s.Client(t)
	page := c.Get("/write?kind=disclosure").Wants(200, "申请前可先查信息公开专栏。", "https://college.example/guide")
	webtest.CheckPage(t, page.HTML())
	if v := page.HTML().All("[name=kind][value=disclosure]"); len(v) != 1 || !v[0].Has("checked") {
		t.Error("the link does not choose the application")
	}
	asked := []string{"kind", "disclosure", "asked", "2025年决算总表", "purpose", "research", "delivery", "email"}
	wrong := c.Post("/write", s.typed(t, c, append(asked, "identity", "anonymous", "delivery", "pigeon")...)).Wants(422, "需要用真实姓名和联系方式提出", "2025年决算总表")
	webtest.CheckPage(t, wrong.HTML())
	for _, field := range []string{"identity", "delivery"} {
		if len(wrong.HTML().All(`.problems [href=#f-`+field+`]`)) != 1 {
			t.Errorf("the summary does not lead to %s", field)
		}
	}
	number, code := receipt(t, c, s.sent(t, c, asked...))
	k := s.caseOf(t, number)
	writer := s.opened(t, number, code)
	writer.Get("/track").Wants(200, "2025年决算总表", "科研", "电子邮件")
	s.Do(t, s.Clerk, k.ID, casework.Act{Action: workflow.Accept, Department: s.Logistics.ID})
	s.Do(t, s.LogisticsClerk, k.ID, casework.Act{Action: workflow.SignFor})
	if _, err := s.Cases.Decide(t.Context(), s.Clerk.Actor(), k.ID, casework.Deciding{Decision: workflow.DecideAbsent}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(writer.Get("/track").Wants(200).Body, "信息不存在") {
		t.Error("the writer learns the decision before it is sent")
	}
	if _, err := s.Cases.SaveDraft(t.Context(), s.LogisticsClerk.Actor(), k.ID, "经检索，未制作该信息。", 0); err != nil {
		t.Fatal(err)
	}
	s.Do(t, s.LogisticsClerk, k.ID, casework.Act{Action: workflow.HandIn})
	s.Do(t, s.LogisticsHead, k.ID, casework.Act{Action: workflow.Approve})
	s.Do(t, s.Clerk, k.ID, casework.Act{Action: workflow.Answer})
	webtest.CheckPage(t, writer.Get("/track").Wants(200, "信息不存在").HTML())
}

// A form that knows nothing of applications still makes one: the other fields
// are asked for by the office when they are missing.
func TestApplication_oldForms(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	number, _ := receipt(t, c, s.sent(t, c, "kind", "disclosure"))
	if k := s.caseOf(t, number); k.Kind != workflow.Disclosure {
		t.Errorf("kind %s", k.Kind)
	}
}
