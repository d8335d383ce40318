package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mailbox/handlers/admin"
	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/rules"
)

// everyPage lists the pages that a fresh college has.
func everyPage(s *site) []string {
	w := s.world
	id := func(base string, n int64) string { return base + "/" + num(n) }
	return []string{
		"/admin", "/admin/people", "/admin/people/new", id("/admin/people", w.LogisticsHead.ID), "/admin/people?q=zzz", "/admin/people?role=dept_head",
		"/admin/departments", "/admin/departments/new", id("/admin/departments", w.Logistics.ID),
		"/admin/categories", "/admin/categories/new", id("/admin/categories", w.Repair.ID),
		"/admin/policies", "/admin/policies/new", id("/admin/policies", w.Ordinary.ID),
		"/admin/calendar", "/admin/calendar?year=2027", "/admin/calendar/edit", "/admin/calendar/edit?vacation=2026-07-11",
		"/admin/templates", "/admin/templates/new", "/admin/outgoing", "/admin/settings", "/admin/journal", "/admin/journal?check=yes", "/admin/styleguide",
	}
}

// TestEveryPage opens every page in both languages and holds it to what makes
// pages usable.
func TestEveryPage(t *testing.T) {
	s := open(t, nil)
	for _, lang := range []string{"zh-CN", "en"} {
		c := s.as(t, s.world.Admin)
		c.Header.Set("Accept-Language", lang)
		for _, path := range everyPage(s) {
			page := c.Get(path).Wants(http.StatusOK)
			if strings.Contains(page.HTML().Text(), "admin.") {
				i := strings.Index(page.HTML().Text(), "admin.")
				t.Errorf("%s %s shows a key: %.60q", lang, path, page.HTML().Text()[i:])
			}
			if !strings.Contains(path, "styleguide") { // its forms are samples and post nowhere
				webtest.CheckPage(t, page.HTML())
			}
		}
	}
}

// TestOthersFindNothing: to everybody else these pages do not exist.
func TestOthersFindNothing(t *testing.T) {
	s := open(t, nil)
	w := s.world
	for _, acc := range []workflow.Account{w.Clerk, w.Leader, w.Discipline, w.LogisticsHead, w.Reviewer} {
		c := s.as(t, acc)
		for _, path := range everyPage(s) {
			c.Get(path).Wants(http.StatusNotFound)
		}
	}
	head := s.as(t, w.OfficeHead)
	for path, want := range map[string]int{
		"/admin": 404, "/admin/people": 404, "/admin/settings": 404, "/admin/journal": 404, "/admin/outgoing": 404, "/admin/departments": 404,
		"/admin/categories": 200, "/admin/policies": 200, "/admin/calendar": 200, "/admin/calendar/edit": 200, "/admin/templates": 200,
	} {
		head.Get(path).Wants(want)
	}
	s.Client(t).Get("/admin").LeadsTo("/login?next=%2Fadmin")
}

func TestOverview(t *testing.T) {
	s := open(t, func(d *admin.Deps) { d.Forgetful = func() bool { return true } })
	c := s.as(t, s.world.Admin)
	page := c.Get("/admin").Wants(http.StatusOK, "REDIS_URL", "其他", "smtp")
	if n := len(page.HTML().All(".concerns li")); n < 3 {
		t.Errorf("%d concerns", n)
	}
	if strings.Contains(page.Body, "connection refused") {
		t.Error("a cause is shown to the reader")
	}
	if n := len(page.HTML().All(".health .badge.late")); n != 1 {
		t.Errorf("%d checks fail, want 1", n)
	}
}

func TestAddPerson(t *testing.T) {
	s := open(t, nil)
	c := s.as(t, s.world.Admin)
	form := url.Values{"username": {"library-clerk"}, "name": {"图书馆员"}, "roles": {"dept_clerk"}, "locale": {"zh-CN"}}
	page := c.Post("/admin/people", form).Wants(http.StatusUnprocessableEntity, "图书馆员").HTML()
	page.One(t, ".problems a[href=#f-department]")
	form.Set("department", num(s.world.Logistics.ID))
	shown := c.Post("/admin/people", form).Wants(http.StatusOK, "library-clerk").HTML()
	password := shown.One(t, ".slip-code code").Text()
	acc, err := s.world.Store.AccountByName(t.Context(), "library-clerk")
	if err != nil || acc.PasswordHash != "plain:"+password || len(password) != 19 {
		t.Fatalf("%+v with %d characters, %v", acc, len(password), err)
	}
	if strings.Contains(c.Get("/admin/people/"+num(acc.ID)).Wants(http.StatusOK).Body, password) {
		t.Error("the password is shown a second time")
	}
	if strings.Contains(c.Get("/admin/journal").Wants(http.StatusOK, "library-clerk").Body, password) {
		t.Error("the password stands in the journal")
	}
}

func TestDisablePerson(t *testing.T) {
	s := open(t, nil)
	w := s.world
	c := s.as(t, w.Admin)
	path := "/admin/people/" + num(w.LogisticsHead.ID)
	c.Get(path).Wants(http.StatusOK, "名下没有在办事项")
	c.Post(path+"/disable", url.Values{}).LeadsTo(path)
	c.Get(path).Wants(http.StatusOK, "2026年11月23日 停用")
	acc, err := w.Store.Account(t.Context(), w.LogisticsHead.ID)
	if err != nil || acc.Disabled.IsZero() {
		t.Errorf("%+v, %v", acc, err)
	}
	c.Get("/admin/people?disabled=yes").Wants(http.StatusOK, "后勤处长")
	c.Post(path+"/enable", url.Values{}).LeadsTo(path)
	mine := "/admin/people/" + num(w.Admin.ID)
	c.Post(mine+"/disable", url.Values{}).Wants(http.StatusUnprocessableEntity, "至少要保留一位")
	stale := url.Values{"username": {"logistics-head"}, "name": {"新名字"}, "roles": {"dept_head"}, "department": {num(w.Logistics.ID)}, "version": {"1"}}
	c.Post(path, stale).Wants(http.StatusConflict, "新名字").HTML().One(t, ".problems")
}

func TestFreshPassword(t *testing.T) {
	s := open(t, nil)
	w := s.world
	c := s.as(t, w.Admin)
	page := c.Post("/admin/people/"+num(w.Clerk.ID)+"/password", url.Values{}).Wants(http.StatusOK)
	acc, err := w.Store.Account(t.Context(), w.Clerk.ID)
	if err != nil || acc.PasswordHash != "plain:"+page.HTML().One(t, ".slip-code code").Text() {
		t.Errorf("%q, %v", acc.PasswordHash, err)
	}
}

func TestDepartments(t *testing.T) {
	s := open(t, nil)
	c := s.as(t, s.world.Admin)
	path := "/admin/departments/" + num(s.world.Logistics.ID)
	off := url.Values{"name_zh": {"后勤管理处"}, "name_en": {"Logistics"}, "sort": {"2"}}
	c.Post(path, off).Wants(http.StatusUnprocessableEntity, "后勤维修", "后勤管理处").HTML().One(t, ".problems a[href=#f-active]")
	off.Set("active", "yes")
	c.Post(path, off).LeadsTo("/admin/departments")
	c.Get("/admin/departments").Wants(http.StatusOK, "后勤管理处", "已保存")
	c.Post("/admin/departments", url.Values{"code": {"logistics"}, "name_zh": {"一"}, "name_en": {"b"}, "sort": {"x"}}).
		Wants(http.StatusUnprocessableEntity, "请填写数字").HTML().One(t, ".problems a[href=#f-sort]")
	c.Post("/admin/departments", url.Values{"code": {"logistics"}, "name_zh": {"一"}, "name_en": {"b"}}).Wants(http.StatusUnprocessableEntity, "已经在用")
	c.Get("/admin/departments/99").Wants(http.StatusNotFound)
}

func TestCategories(t *testing.T) {
	s := open(t, nil)
	w := s.world
	c := s.as(t, w.OfficeHead)
	path := "/admin/categories/" + num(w.Repair.ID)
	form := url.Values{
		"version": {num(w.Repair.Version)}, "name_zh": {"水电维修"}, "name_en": {"Repairs"}, "hint_zh": {"写明楼号"},
		"department": {num(w.Logistics.ID)}, "policy": {num(w.Ordinary.ID)}, "active": {"yes"}, "sort": {"1"},
	}
	c.Post(path, form).LeadsTo("/admin/categories")
	page := c.Get(path).Wants(http.StatusOK, "水电维修", "写明楼号", "历次版本")
	if n := len(page.HTML().All(".below tbody tr")); n != 2 {
		t.Errorf("%d versions are shown, want 2", n)
	}
	c.Post(path, form).Wants(http.StatusConflict, "刚刚有人修改过")
	form.Del("policy")
	form.Set("version", "2")
	c.Post(path, form).Wants(http.StatusUnprocessableEntity).HTML().One(t, ".problems a[href=#f-policy]")
}

func TestPolicies(t *testing.T) {
	s := open(t, nil)
	w := s.world
	c := s.as(t, w.OfficeHead)
	path := "/admin/policies/" + num(w.Ordinary.ID)
	form := url.Values{"version": {num(w.Ordinary.Version)}, "name_zh": {"一般事项"}, "name_en": {"Ordinary"}}
	for _, kind := range rules.Promised {
		p := w.Ordinary.Promises[kind]
		form.Set("amount_"+string(kind), num(int64(p.Amount)))
		form.Set("unit_"+string(kind), string(p.Unit))
	}
	form.Set("amount_overall", "5")
	form.Set("act", "preview")
	c.Post(path, form).Wants(http.StatusOK, "11月30日 17:30 前答复")
	if p, err := w.Store.PolicyAt(t.Context(), w.Ordinary.ID, w.Now()); err != nil || p.Version != w.Ordinary.Version {
		t.Errorf("a preview saved version %d, %v", p.Version, err)
	}
	form.Set("amount_answer", "many")
	c.Post(path, form).Wants(http.StatusUnprocessableEntity, `value="many"`).HTML().One(t, ".problems a[href=#f-amount_answer]")
	form.Set("amount_answer", "4")
	form.Set("act", "save")
	w.Pass(1)
	c.Post(path, form).LeadsTo("/admin/policies")
	c.Get("/admin/policies").Wants(http.StatusOK, "4 个工作日", "已保存")
}

func TestTemplates(t *testing.T) {
	s := open(t, nil)
	c := s.as(t, s.world.OfficeHead)
	form := url.Values{"title": {"一般答复"}, "purpose": {"answer"}, "body": {"{来信人}：\n<b>{部门}</b> {别的}"}, "active": {"yes"}, "review_on": {"2026-11-20"}, "act": {"preview"}}
	c.Post("/admin/templates", form).Wants(http.StatusOK, "林同学：", "&lt;b&gt;后勤管理处&lt;/b&gt;")
	form.Set("act", "save")
	c.Post("/admin/templates", form).Wants(http.StatusUnprocessableEntity, "{别的} 不是可用的变量")
	form.Set("body", "{来信人}：已办理。")
	c.Post("/admin/templates", form).LeadsTo("/admin/templates")
	c.Get("/admin/templates").Wants(http.StatusOK, "一般答复", "已到期")
	c.Get("/admin/templates?purpose=ask").Wants(http.StatusOK, "没有这一类模板")
}

func TestSettings(t *testing.T) {
	s := open(t, nil)
	c := s.as(t, s.world.Admin)
	c.Get("/admin/settings").Wants(http.StatusOK, "12356")
	c.Post("/admin/settings", url.Values{"college.name": {""}, "mail.address": {"x"}}).Wants(http.StatusUnprocessableEntity).
		HTML().One(t, ".problems a[href=#f-mail.address]")
	c.Post("/admin/settings", url.Values{"college.name": {"江城学院"}, "office.phone": {"027-1"}}).LeadsTo("/admin/settings")
	c.Get("/admin/settings").Wants(http.StatusOK, "江城学院", "已保存 2 项。")
	c.Get("/admin/journal?action=setting").Wants(http.StatusOK, `href="/admin/settings"`, "江城学院")
	c.Post("/admin/people/"+num(s.world.LogisticsHead.ID)+"/disable", url.Values{})
	about := c.Get("/admin/journal?action=account").Wants(http.StatusOK, "停用 是").HTML().All("tbody td a")[0]
	if about.Text() != s.world.LogisticsHead.Name || about.Attr("href") != "/admin/people/"+num(s.world.LogisticsHead.ID) {
		t.Errorf("the journal says %q and leads to %q", about.Text(), about.Attr("href"))
	}
	c.Get("/admin/journal?action=policy").Wants(http.StatusOK, "没有符合条件的记录")
	c.Get("/admin/journal?check=yes").Wants(http.StatusOK, "没有缺失或改动")
}

func TestPeopleInPages(t *testing.T) {
	s := open(t, nil)
	for i := range 60 {
		a := workflow.Account{Username: "more-" + string(rune('a'+i/26)) + string(rune('a'+i%26)), Name: "某某", Roles: []workflow.Role{workflow.Reviewer}, Locale: "zh-CN"}
		if err := s.world.Store.SaveAccount(t.Context(), &a); err != nil {
			t.Fatal(err)
		}
	}
	c := s.as(t, s.world.Admin)
	first := c.Get("/admin/people?role=reviewer").Wants(http.StatusOK, "第 1–50 项，共 61 项").HTML()
	second := c.Get(first.One(t, ".pagination a[rel=next]").Attr("href")).Wants(http.StatusOK, "第 51–61 项").HTML()
	if a, b := len(first.All("tr[data-row]")), len(second.All("tr[data-row]")); a != 50 || b != 11 {
		t.Errorf("%d and %d rows", a, b)
	}
}
