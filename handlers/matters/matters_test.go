package matters_test

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	handlers "mailbox/handlers/matters"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/matters"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	for name, view := range handlers.Views {
		templatestest.Check(t, name, view)
	}
}

// college is a college whose pages of matters are open.
type college struct {
	*worldtest.World
	site    *webtest.Site
	pages   *handlers.Pages
	matters *matters.Matters
}

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	k := &college{World: w, matters: matters.New(w.Desk)}
	k.pages = handlers.New(handlers.Deps{Matters: k.matters, Cases: w.Cases, Blobs: w.Blobs})
	d, site := webtest.Prepare(t)
	d.Now = func() time.Time { return w.Now().In(workflowtest.Zone) }
	k.site = site.StartWith(t, d, k.pages.Routes()...)
	return k
}

func (k *college) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	k.site.Clock.Advance(k.Now().Sub(k.site.Clock.Now()))
	client := k.site.SignedIn(t, u)
	client.Header.Set("Accept-Language", "zh-CN")
	return client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// form is what the form of a page would send.
func form(t *testing.T, page *webtest.Node, action string, fields ...string) url.Values {
	t.Helper()
	for _, f := range page.All("form") {
		if f.Attr("action") != action {
			continue
		}
		out := url.Values{}
		for _, in := range f.All("input[type=hidden]") {
			out.Set(in.Attr("name"), in.Attr("value"))
		}
		for i := 0; i < len(fields); i += 2 {
			out.Set(fields[i], fields[i+1])
		}
		return out
	}
	t.Fatalf("no form to %s", action)
	return nil
}

// TestRoutes keeps who may do what in a file.
func TestRoutes(t *testing.T) {
	t.Parallel()
	const golden = "testdata/routes.golden"
	got := webtest.RouteTable(open(t).pages.Routes())
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != string(want) {
		t.Errorf("the routes have changed (%v); see testdata/routes.golden:\n%s", err, got)
	}
}

// busy gives the college an application, a dispute, and a case that counts.
func (k *college) busy(t *testing.T) (campaign workflow.Campaign, proposed string) {
	t.Helper()
	k.Send(t, func(l *workflow.Letter) { l.Kind = workflow.Disclosure })
	about := k.Send(t)
	_, err := k.Cases.Concern(t.Context(), k.Clerk.Actor(), about.CaseID, "complaint", 0)
	must(t, err)
	campaign, err = k.matters.SaveCampaign(t.Context(), k.Clerk.Actor(), workflow.Campaign{Name: "办实事", From: "2026-01-01", To: "2026-12-31"})
	must(t, err)
	for i, text := range []string{"热水恢复。", "灯已换好。"} {
		r := k.Send(t)
		k.Answer(t, r.CaseID, text)
		_, err = k.Cases.Rate(t.Context(), workflow.ByWriter(r.CaseID), r.CaseID, workflow.Rating{Speed: 5, Attitude: 5, Result: 5, Solved: true}, "")
		must(t, err)
		if i == 0 {
			_, err = k.Cases.Tag(t.Context(), k.Clerk.Actor(), r.CaseID, campaign.ID, 0)
		} else {
			_, err = k.Cases.Propose(t.Context(), k.LogisticsHead.Actor(), r.CaseID, campaign.ID, 0)
			proposed = r.Number
		}
		must(t, err)
	}
	_, err = k.Store.Project(t.Context(), 1000)
	must(t, err)
	return campaign, proposed
}

func TestOverview(t *testing.T) {
	t.Parallel()
	k := open(t)
	empty := k.as(t, k.Leader).Get("/disclosure/matters").Wants(http.StatusOK, "本期间没有标注任何", "concern=any")
	webtest.CheckPage(t, empty.HTML())
	k.busy(t)
	c := k.as(t, k.Clerk)
	page := c.Get("/disclosure/matters").Wants(http.StatusOK, "信息公开投诉", "fact=concern.complaint", "fact=applied.partly")
	webtest.CheckPage(t, page.HTML())
	if strings.Contains(page.Body, "本期间没有标注任何") {
		t.Error("a complaint is there, and the page says that there is none")
	}
	c.Get("/disclosure/matters?from=2025-01-01&to=2025-12-31").Wants(http.StatusOK, "本期间没有标注任何")
	c.Get("/disclosure/matters?from=soon&to=2025-12-31").Wants(http.StatusUnprocessableEntity)
	c.Get("/disclosure/matters?from=2026-01-01&to=2025-12-31").Wants(http.StatusUnprocessableEntity)
	for _, a := range []workflow.Account{k.LogisticsHead, k.Admin, k.Reviewer, k.Discipline} {
		for _, path := range []string{"/disclosure/matters", "/disclosure/appraisals", "/office/campaigns"} {
			k.as(t, a).Get(path).Wants(http.StatusNotFound)
		}
	}
}

func TestCampaigns(t *testing.T) {
	t.Parallel()
	k := open(t)
	c := k.as(t, k.Clerk)
	webtest.CheckPage(t, c.Get("/office/campaigns").Wants(http.StatusOK, "还没有活动").HTML())
	page := c.Get("/office/campaigns/new").Wants(http.StatusOK)
	webtest.CheckPage(t, page.HTML())
	wrong := c.Post("/office/campaigns", form(t, page.HTML(), "/office/campaigns", "name", "", "from", "2026-05-01", "to", "2026-01-01", "rule", "记得的规则"))
	webtest.CheckPage(t, wrong.Wants(http.StatusUnprocessableEntity, "记得的规则").HTML())
	good := form(t, page.HTML(), "/office/campaigns", "name", "为民办事", "from", "2026-01-01", "to", "2026-12-31")
	c.Post("/office/campaigns", good).LeadsTo("/office/campaigns/1")
	c.Post("/office/campaigns", good).Wants(http.StatusUnprocessableEntity, "已有同名") // a second click adds none
	edit := c.Get("/office/campaigns/1").Wants(http.StatusOK, "没有待确认的建议")
	webtest.CheckPage(t, edit.HTML())
	change := form(t, edit.HTML(), "/office/campaigns/1", "name", "为民办事二", "from", "2026-01-01", "to", "2026-12-31")
	c.Post("/office/campaigns/1", change).LeadsTo("/office/campaigns/1")
	change.Set("name", "别的名字")
	c.Post("/office/campaigns/1", change).Wants(http.StatusUnprocessableEntity, "刚刚修改")
	k.as(t, k.Leader).Get("/office/campaigns/new").Wants(http.StatusNotFound)
	k.as(t, k.Leader).Get("/office/campaigns/1").Wants(http.StatusOK, "为民办事二")
	c.Get("/office/campaigns/4711").Wants(http.StatusNotFound)
}

// The office answers what a department proposes; a second click changes nothing.
func TestCampaign_proposals(t *testing.T) {
	t.Parallel()
	k := open(t)
	campaign, number := k.busy(t)
	c, path := k.as(t, k.OfficeHead), "/office/campaigns/1"
	page := c.Get(path).Wants(http.StatusOK, number, "fact=campaign")
	webtest.CheckPage(t, page.HTML())
	yes := form(t, page.HTML(), path+"/cases", "count", "yes")
	for range 2 {
		c.Post(path+"/cases", yes).LeadsTo(path)
	}
	found, err := k.Store.CaseByNumber(t.Context(), number)
	if err != nil || found.Campaign != campaign.ID || found.Proposed != 0 {
		t.Fatalf("counted for %d, proposed for %d, %v", found.Campaign, found.Proposed, err)
	}
	_, err = k.Store.Project(t.Context(), 1000)
	must(t, err)
	tally, err := k.matters.Tally(t.Context(), k.Clerk.Actor(), campaign)
	if err != nil || tally.Closed.N != 2 || tally.Proposed.N != 0 {
		t.Errorf("tally %+v, %v", tally, err)
	}
	_, err = k.Cases.Tag(t.Context(), k.Clerk.Actor(), found.ID, 0, 0)
	must(t, err)
	_, err = k.Cases.Propose(t.Context(), k.LogisticsHead.Actor(), found.ID, campaign.ID, 0)
	must(t, err)
	c.Post(path+"/cases", form(t, c.Get(path).HTML(), path+"/cases", "count", "no")).LeadsTo(path)
	if found, err = k.Store.CaseByNumber(t.Context(), number); err != nil || found.Campaign != 0 || found.Proposed != 0 {
		t.Errorf("left out, it counts for %d and is proposed for %d, %v", found.Campaign, found.Proposed, err)
	}
}

func TestAppraisals(t *testing.T) {
	t.Parallel()
	k := open(t)
	c, base := k.as(t, k.Clerk), "/disclosure/appraisals"
	webtest.CheckPage(t, c.Get(base).Wants(http.StatusOK, "还没有评议记录").HTML())
	page := c.Get(base + "/new").Wants(http.StatusOK)
	webtest.CheckPage(t, page.HTML())
	fields := form(t, page.HTML(), base, "title", "师生问卷", "day", "2026-11-20", "kind", "survey", "participants", "10", "satisfied", "六", "basically", "2")
	file := webtest.Upload{Field: "file", Name: "汇总.txt", Content: "满意七人"}
	wrong := c.PostFiles(base, fields, file)
	wrong.Wants(http.StatusUnprocessableEntity, "师生问卷", "汇总.txt")
	webtest.CheckPage(t, wrong.HTML())
	again := form(t, wrong.HTML(), base, "title", "师生问卷", "day", "2026-11-20", "kind", "survey", "participants", "10", "satisfied", "6", "basically", "2", "dissatisfied", "1")
	for range 2 { // a second click adds none
		c.Post(base, again).LeadsTo(base)
	}
	list := c.Get(base).Wants(http.StatusOK, "共 1 次", "88.9%（9 人作答）")
	webtest.CheckPage(t, list.HTML())
	c.Get(base+"?kind=meeting").Wants(http.StatusOK, "还没有评议记录")
	if got := c.Get(base + "/1/file").Wants(http.StatusOK).Body; got != "满意七人" {
		t.Errorf("the file says %q", got)
	}
	one := c.Get(base+"/1").Wants(http.StatusOK, "汇总.txt")
	webtest.CheckPage(t, one.HTML())
	change := form(t, one.HTML(), base+"/1", "title", "师生问卷（改）", "day", "2026-11-20", "kind", "meeting", "participants", "10")
	c.Post(base+"/1", change).LeadsTo(base)
	c.Post(base+"/1", change).Wants(http.StatusUnprocessableEntity, "刚刚修改")
	reader := k.as(t, k.Principal).Get(base+"/1").Wants(http.StatusOK, "师生问卷（改）", "座谈会")
	if strings.Contains(reader.Body, "appraisals/1/remove") {
		t.Error("a reader is offered to remove it")
	}
	webtest.CheckPage(t, reader.HTML())
	remove := form(t, c.Get(base+"/1").HTML(), base+"/1/remove")
	k.as(t, k.Principal).Post(base+"/1/remove", remove).Wants(http.StatusNotFound)
	for range 2 {
		c.Post(base+"/1/remove", remove).LeadsTo(base)
	}
	c.Get(base + "/1").Wants(http.StatusNotFound)
	c.Get(base).Wants(http.StatusOK, "还没有评议记录")
}
