package desk_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

// applied is an application whose answer is signed.
func (w *college) applied(t *testing.T) workflow.Case {
	t.Helper()
	c := w.inHand(t, func(l *workflow.Letter) {
		l.Kind, l.Application = workflow.Disclosure, workflow.Application{Asked: "2025年收支决算总表", Delivery: "email"}
	})
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), c.ID, "予以公开，见附表。", 0); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.HandIn})
	return w.Do(t, w.LogisticsHead, c.ID, casework.Act{Action: workflow.Approve})
}

// TestApplication goes from a signed answer to the one that may be sent: what
// is missing is the first button, and each mistake stands beside its field.
func TestApplication(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.applied(t)
	office, head := w.as(t, w.Clerk), w.as(t, w.LogisticsHead)
	page := office.Get(path(c, "")).Wants(200, "2025年收支决算总表", "未写明")
	webtest.CheckPage(t, page.HTML())
	if strings.Contains(page.Body, `action="`+path(c, "answer")) {
		t.Error("an undecided application is offered to be sent")
	}
	for field, bad := range map[string][]string{
		"decision": {"decision", ""}, "ground": {"decision", "refused"}, "referral": {"decision", "not_ours"},
		"fee": {"decision", "public", "fee", "十元"}, "waived": {"decision", "public", "waived", "1.234"},
	} {
		wrong := office.Post(path(c, "decide"), form(c, bad...)).Wants(422).HTML()
		webtest.CheckPage(t, wrong)
		if len(wrong.All("#f-decide-"+field+"-error")) != 1 {
			t.Errorf("%v: nothing is wrong beside %s", bad, field)
		}
	}
	office.Post(path(c, "decide"), form(c, "decision", "partly", "ground", "privacy", "fee", "12.5", "waived", "2 元")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	a, err := w.Store.Application(t.Context(), c.ID)
	if err != nil || c.Decision != workflow.DecidePartly || a.Fee != 1250 || a.Waived != 200 || a.Ground != "privacy" {
		t.Fatalf("decided %q, %+v, %v", c.Decision, a, err)
	}
	office.Get(path(c, "")).Wants(200, "部分公开", "涉及个人隐私", "12.50 元", "待部门负责人审查")
	office.Post(path(c, "answer"), form(c)).Wants(409, "保密审查")
	office.Post(path(c, "secrecy"), form(c, "checked", "yes")).Wants(409)
	head.Post(path(c, "secrecy"), form(c)).Wants(422, "请确认已作保密审查")
	head.Post(path(c, "secrecy"), form(c, "checked", "yes")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	office.Post(path(c, "answer"), form(c)).LeadsTo(path(c, ""))
	if c = w.now(t, c.ID); c.State != workflow.Answered {
		t.Errorf("state %s", c.State)
	}
}

// TestMatters marks disputes and campaigns from the case page, and takes both
// back; of others' rights nothing is offered.
func TestMatters(t *testing.T) {
	t.Parallel()
	w := open(t)
	k := workflow.Campaign{Name: "我为师生办实事", From: "2026-01-01", To: "2026-12-31"}
	if err := w.Store.SaveCampaign(t.Context(), &k); err != nil {
		t.Fatal(err)
	}
	c := w.inHand(t)
	office, head := w.as(t, w.Clerk), w.as(t, w.LogisticsHead)
	head.Post(path(c, "propose"), form(c, "campaign", "1")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	office.Get(path(c, "")).Wants(200, "部门建议计入", k.Name)
	office.Post(path(c, "campaign"), form(c, "campaign", "1")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	office.Post(path(c, "concern"), form(c, "concern", "complaint")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	webtest.CheckPage(t, office.Get(path(c, "")).Wants(200, "信息公开投诉", "计入活动").HTML())
	if c.Campaign != k.ID || c.Concern != "complaint" {
		t.Fatalf("campaign %d, concern %q", c.Campaign, c.Concern)
	}
	head.Post(path(c, "campaign"), form(c, "campaign", "0")).Wants(403)
	head.Post(path(c, "concern"), form(c, "concern", "")).Wants(403)
	office.Post(path(c, "classify"), form(c, "kind", "complaint", "category", "1", "concern", "report")).LeadsTo(path(c, ""))
	c = w.now(t, c.ID)
	office.Post(path(c, "campaign"), form(c, "campaign", "0")).LeadsTo(path(c, ""))
	if c = w.now(t, c.ID); c.Campaign != 0 || c.Concern != "report" {
		t.Errorf("campaign %d, concern %q", c.Campaign, c.Concern)
	}
}

// TestApplication_inTheBrowser decides and checks with the page's own buttons.
func TestApplication_inTheBrowser(t *testing.T) {
	w := open(t)
	c := w.applied(t)
	client := w.as(t, w.LogisticsHead)
	client.Post("/preferences", map[string][]string{"locale": {"zh-CN"}, "back": {"/desk"}})
	tab := webtest.Open(t, webtest.As(client), webtest.Width(360))
	tab.Go(w.site.URL + path(c, ""))
	tab.Do(run(`document.querySelector("#act-decide summary").click()`))
	tab.Do(run(`document.querySelector("#f-decide-decision").value = "public"`))
	tab.Do(run(`document.querySelector("#act-decide form .primary").click()`))
	until(t, tab, `document.querySelector("#act-secrecy") && document.readyState === "complete"`)
	tab.Do(run(`document.querySelector("#act-secrecy summary").click()`))
	tab.Do(chromedp.Click(chromedp.CSS("#f-secrecy-checked")))
	tab.Do(run(`document.querySelector("#act-secrecy form .primary").click()`))
	until(t, tab, `document.querySelector(".toast.good") && !document.querySelector("#act-secrecy") && document.readyState === "complete"`)
	until(t, tab, `document.documentElement.scrollWidth <= 360`)
	a, err := w.Store.Application(t.Context(), c.ID)
	if err != nil || a.CheckedBy != w.LogisticsHead.ID {
		t.Errorf("checked by %d, %v", a.CheckedBy, err)
	}
}
