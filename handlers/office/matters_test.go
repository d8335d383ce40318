package office_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// signed is an application whose signed answer lies in the tray.
func (k *college) signed(t *testing.T) (number string, id int64) {
	t.Helper()
	r := k.Send(t, func(l *workflow.Letter) {
		l.Kind, l.Application = workflow.Disclosure, workflow.Application{Asked: "收支决算总表"}
	})
	k.live(t, 5, r.CaseID)
	return r.Number, r.CaseID
}

// The tray says what keeps the answer of an application from being sent, and
// offers to send it once nothing does.
func TestTray_holdsApplications(t *testing.T) {
	t.Parallel()
	k := open(t)
	number, id := k.signed(t)
	clerk, act := k.as(t, k.Clerk), `action="/desk/cases/`+number+`/answer"`
	says := func(want string, sends bool) {
		t.Helper()
		a := clerk.Get("/office?seg=check").Wants(http.StatusOK, "收支决算总表", want)
		webtest.CheckPage(t, a.HTML())
		if strings.Contains(a.Body, act) != sends {
			t.Errorf("with %q the answer can be sent: %v, want %v", want, !sends, sends)
		}
		if !strings.Contains(a.Body, "/send_back") {
			t.Error("it cannot be sent back")
		}
	}
	says("选定办理结果后才能发出答复", false)
	_, err := k.Cases.Decide(t.Context(), k.Clerk.Actor(), id, casework.Deciding{Decision: workflow.DecidePublic})
	if err != nil {
		t.Fatal(err)
	}
	says("需部门负责人先作保密审查", false)
	if _, err := k.Cases.CheckSecrecy(t.Context(), k.LogisticsHead.Actor(), id, 0); err != nil {
		t.Fatal(err)
	}
	says("待审核的答复", true)
}

// Each matter has its filter, chip and count, and what is behind a figure of
// one bucket is the cases of that bucket.
func TestCases_matters(t *testing.T) {
	t.Parallel()
	k := open(t)
	campaign := workflow.Campaign{Name: "我为师生办实事", From: "2026-01-01", To: "2026-12-31"}
	if err := k.Store.SaveCampaign(t.Context(), &campaign); err != nil {
		t.Fatal(err)
	}
	_, id := k.signed(t)
	_, err := k.Cases.Decide(t.Context(), k.Clerk.Actor(), id, casework.Deciding{Decision: workflow.DecideAbsent})
	if err != nil {
		t.Fatal(err)
	}
	k.Do(t, k.Clerk, id, casework.Act{Action: workflow.Answer})
	k.Do(t, k.Clerk, id, casework.Act{Action: workflow.CloseCase, Note: "已送达"})
	if _, err := k.Cases.Concern(t.Context(), k.Clerk.Actor(), id, "litigation", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Cases.Tag(t.Context(), k.Clerk.Actor(), id, campaign.ID, 0); err != nil {
		t.Fatal(err)
	}
	k.Send(t)
	clerk, one := k.as(t, k.Clerk), strconv.FormatInt(campaign.ID, 10)
	days := "&ffrom=2026-01-01&fto=2027-01-01"
	for query, chip := range map[string]string{
		"concern=litigation": "信息公开诉讼", "concern=any": "涉及信息公开", "decision=nonexistent": "申请结果：信息不存在", "campaign=" + one: "活动：我为师生办实事",
		"fact=applied" + days: "收到的公开申请", "fact=applied.nonexistent" + days: "信息不存在", "fact=concern.litigation" + days: "因信息公开引起的诉讼",
		"fact=campaign&first=" + one + "&end=" + strconv.FormatInt(campaign.ID+1, 10) + days: "计入活动的办结事项",
	} {
		path := "/office/cases?" + query
		webtest.CheckPage(t, clerk.Get(path).Wants(http.StatusOK, chip, "信息公开申请 · 信息不存在 · 信息公开诉讼").HTML())
		if n := listed(t, clerk, path); n != "1" {
			t.Errorf("%s lists %s cases, want 1", query, n)
		}
	}
	for _, query := range []string{"concern=complaint", "decision=public", "proposed=" + one, "fact=campaign&first=98&end=99" + days} {
		if n := listed(t, clerk, "/office/cases?state=all&"+query); n != "0" {
			t.Errorf("%s lists %s cases, want none", query, n)
		}
	}
	clerk.Get("/office/cases?campaign=x").Wants(http.StatusUnprocessableEntity)
}

// An application on paper is entered with what it says, and never without a name.
func TestEntry_application(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	page := clerk.Get("/office/new").Wants(http.StatusOK, "需要哪些信息").HTML()
	fields := form(t, page, "/office/new", "channel", "paper", "identity", "anonymous", "kind", "disclosure", "category", strconv.FormatInt(k.Other.ID, 10),
		"subject", "申请公开决算", "body", "来信申请公开决算。", "asked", "2025年决算", "purpose", "research", "delivery", "post")
	webtest.CheckPage(t, clerk.Post("/office/new", fields).Wants(http.StatusUnprocessableEntity, "需要用真实姓名和联系方式提出", "2025年决算").HTML())
	fields.Set("identity", "signed")
	fields.Set("name", "林女士")
	clerk.Post("/office/new", fields).LeadsTo("/office/new/slip")
	list, err := k.Cases.List(t.Context(), k.Clerk.Actor(), workflow.Query{Kind: workflow.Disclosure})
	if err != nil || len(list.Rows) != 1 {
		t.Fatal(list, err)
	}
	a, err := k.Store.Application(t.Context(), list.Rows[0].ID)
	if err != nil || a.Asked != "2025年决算" || a.Purpose != "research" || a.Delivery != "post" {
		t.Errorf("%+v, %v", a, err)
	}
}
