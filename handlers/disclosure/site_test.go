package disclosure_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mailbox/handlers/channel/email"
	"mailbox/handlers/disclosure"
	"mailbox/handlers/document"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/ledger"
	"mailbox/workflow/publication"
	"mailbox/workflow/rules"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	for name, view := range disclosure.Views {
		templatestest.Check(t, name, view)
	}
}

// site is the pages of the ledger of a small college with two columns.
type site struct {
	*webtest.Site
	*worldtest.World
	ledger  *ledger.Ledger
	imports *ledger.Imports
	reviews *publication.Reviews
	notices workflow.Column
	silent  bool // the site of the college cannot be reached
}

func open(t *testing.T) *site {
	t.Helper()
	deps, ws := webtest.Prepare(t)
	s := &site{Site: ws, World: worldtest.New(t, workflowtest.NewMemory())}
	s.ledger = ledger.New(s.Desk)
	s.imports = ledger.NewImports(s.ledger, document.Files{}, email.Archive{}, s.Blobs)
	s.reviews = publication.NewReviews(s.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewItem: s.ledger.Reviewed()})
	pages := disclosure.New(disclosure.Deps{Ledger: s.ledger, Imports: s.imports, Feeds: ledger.NewFeeds(s.ledger, s), Blobs: s.Blobs, College: s.Store, People: s.Store})
	s.StartWith(t, deps, pages.Routes()...)
	golden(t, pages.Routes())
	return s
}

// Read stands for the site of the college.
func (s *site) Read(context.Context, string) (ledger.Reading, error) {
	if s.silent {
		return ledger.Reading{}, workflow.Fail(workflow.Unavailable, "ledger.feed.away")
	}
	return ledger.Reading{Source: "feed", Entries: []ledger.Entry{
		{Name: "guid:1", Title: "招生简章", URL: "https://college.example/zs/1.html", At: workflowtest.Morning}, {Name: "guid:1", Title: "又一次"},
	}}, nil
}

func golden(t *testing.T, routes []web.Route) {
	t.Helper()
	file, got := filepath.Join("testdata", "routes.golden"), webtest.RouteTable(routes)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || got != string(want) {
		t.Errorf("the routes have changed (%v):\n%s", err, got)
	}
}

// fill makes the two columns.
func (s *site) fill(t *testing.T) {
	t.Helper()
	news, err := s.ledger.SaveColumn(t.Context(), s.Clerk.Actor(), workflow.Column{Name: "新闻动态", Department: s.Office.ID, Opened: "2023-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	s.notices, err = s.ledger.SaveColumn(t.Context(), s.Clerk.Actor(), workflow.Column{Name: "通知公告", Parent: news.ID, Department: s.Logistics.ID, Opened: "2023-01-01"})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return s.SignedIn(t, u)
}

// decide lets what waits become public.
func (s *site) decide(t *testing.T, by workflow.Account) {
	t.Helper()
	all, err := s.Store.ReviewsBy(t.Context(), workflow.ReviewQuery{Open: true})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d reviews wait, %v", len(all), err)
	}
	d := publication.Decision{Version: all[0].Version, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "《高等学校信息公开办法》"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	if _, err := s.reviews.Decide(context.Background(), by.Actor(), all[0].ID, d); err != nil {
		t.Fatal(err)
	}
}

func (s *site) form(title string) url.Values {
	return url.Values{
		"channel": {"site"}, "title": {title}, "column": {strconv.FormatInt(s.notices.ID, 10)}, "day": {"2026-11-23"}, "url": {"https://college.example/1"},
		"summary": {"经公开招标，确定三家供应商。"},
	}
}

func TestItemFromDraftToPublic(t *testing.T) {
	s := open(t)
	s.fill(t)
	clerk, head := s.as(t, s.LogisticsClerk), s.as(t, s.LogisticsHead)
	wrong := s.form("")
	wrong.Set("url", "javascript:alert(1)")
	page := clerk.Post("/disclosure/items", wrong).Wants(http.StatusUnprocessableEntity, "经公开招标").HTML()
	page.One(t, ".problems a[href=#f-title]")
	page.One(t, ".problems a[href=#f-url]")
	clerk.Post("/disclosure/items", s.form("食堂食材采购中标公示")).LeadsTo("/disclosure/items/1")
	clerk.Get("/disclosure/items/1").Wants(http.StatusOK, "草稿", "提交审查", "后勤处")
	clerk.Post("/disclosure/items/1/hand-in", url.Values{"version": {"1"}}).LeadsTo("/disclosure/items/1")
	clerk.Post("/disclosure/items/1/hand-in", url.Values{"version": {"1"}}).Wants(http.StatusConflict)
	clerk.Post("/disclosure/items/1/publish", url.Values{"version": {"2"}}).Wants(http.StatusForbidden)
	head.Post("/disclosure/items/1/publish", url.Values{"version": {"2"}}).Wants(http.StatusConflict, "保密审查通过后才能公开")
	s.decide(t, s.LogisticsHead)
	head.Get("/disclosure/items/1").Wants(http.StatusOK, "待公开", "记为公开")
	head.Post("/disclosure/items/1/publish", url.Values{"version": {"3"}}).LeadsTo("/disclosure/items/1")
	s.as(t, s.AcademicClerk).Get("/disclosure/items").Wants(http.StatusOK, "食堂食材采购中标公示", "共 1 条")
	clerk.Get("/disclosure/items/1/edit").Wants(http.StatusOK, "现有内容保持公开")
	changed := s.form("食堂食材采购中标公示（更正）")
	changed.Set("version", "4")
	clerk.Post("/disclosure/items/1", changed).LeadsTo("/disclosure/items/2")
	clerk.Get("/disclosure/items/1").Wants(http.StatusOK, "已公开", "修改稿正在审查或等待公开")
	clerk.Get("/disclosure/items/2").Wants(http.StatusOK, "取代原条目")
	head.Post("/disclosure/items/1/withdraw", url.Values{"version": {"4"}}).Wants(http.StatusUnprocessableEntity, "撤下的原因")
	head.Post("/disclosure/items/1/withdraw", url.Values{"version": {"4"}, "reason": {"内容有误"}}).LeadsTo("/disclosure/items/1")
	head.Get("/disclosure/items/1").Wants(http.StatusOK, "已撤下", "内容有误")
}

// A second click adds nothing.
func TestItemIsAddedOnce(t *testing.T) {
	s := open(t)
	s.fill(t)
	clerk := s.as(t, s.LogisticsClerk)
	f := s.form("只登记一次")
	f.Set("form_token", clerk.Get("/disclosure/items/new").HTML().One(t, "main input[name=form_token]").Attr("value"))
	clerk.Post("/disclosure/items", f).LeadsTo("/disclosure/items/1")
	clerk.Post("/disclosure/items", f).LeadsTo("/disclosure/items")
	clerk.Get("/disclosure/items?department="+strconv.FormatInt(s.Logistics.ID, 10)).Wants(http.StatusOK, "共 1 条")
}

func TestOthersSeeNothing(t *testing.T) {
	s := open(t)
	s.fill(t)
	s.as(t, s.LogisticsClerk).Post("/disclosure/items", s.form("草稿")).LeadsTo("/disclosure/items/1")
	for _, path := range []string{"/disclosure", "/disclosure/items", "/disclosure/columns", "/disclosure/duties", "/disclosure/imports", "/disclosure/items/1"} {
		for _, a := range []workflow.Account{s.Admin, s.Discipline} {
			s.as(t, a).Get(path).Wants(http.StatusNotFound)
		}
		s.Client(t).Get(path).LeadsTo("/login?next=" + url.QueryEscape(path))
	}
	for _, a := range []workflow.Account{s.AcademicHead, s.Reviewer} {
		s.as(t, a).Get("/disclosure/items/1").Wants(http.StatusNotFound)
	}
	s.as(t, s.AcademicHead).Get("/disclosure/columns/new").Wants(http.StatusNotFound)
	s.as(t, s.LogisticsHead).Get("/disclosure/imports").Wants(http.StatusNotFound)
}

func TestColumnsAndDuties(t *testing.T) {
	s := open(t)
	s.fill(t)
	clerk := s.as(t, s.Clerk)
	clerk.Get("/disclosure/columns").Wants(http.StatusOK, "一级栏目 1 个，栏目共 2 个")
	clerk.Post("/disclosure/columns", url.Values{"name": {"新闻动态"}, "opened": {"2023-01-01"}}).Wants(http.StatusUnprocessableEntity, "同一级已有这个名称")
	clerk.Post("/disclosure/columns/1", url.Values{"name": {"新闻"}, "opened": {"2023-01-01"}, "closed": {"2024-01-01"}, "version": {"1"}}).Wants(http.StatusUnprocessableEntity, "通知公告")
	clerk.Post("/disclosure/columns/2", url.Values{"name": {"公告"}, "parent": {"1"}, "opened": {"2023-01-01"}, "closed": {"2024-01-01"}, "version": {"1"}}).LeadsTo("/disclosure/columns")
	clerk.Get("/disclosure/columns").Wants(http.StatusOK, "已停用的栏目", "栏目共 1 个")
	clerk.Get("/disclosure/duties/6").Wants(http.StatusOK, "第 6 项")
	duty := url.Values{"no": {"6"}, "class": {"1"}, "title": {"信息公开年度报告"}, "changed": {"2026-09-01"}, "department": {strconv.FormatInt(s.Logistics.ID, 10)}, "columns": {"1"}, "version": {"1"}}
	clerk.Post("/disclosure/duties/6", duty).Wants(http.StatusUnprocessableEntity, "不适用的理由")
	duty.Set("applies", "yes")
	clerk.Post("/disclosure/duties/6", duty).LeadsTo("/disclosure/duties")
	clerk.Get("/disclosure/duties?show=late").Wants(http.StatusOK, "信息公开年度报告", "逾期")
	clerk.Get("/disclosure").Wants(http.StatusOK, "信息公开年度报告")
	s.as(t, s.LogisticsClerk).Post("/disclosure/duties/6", url.Values{"changed": {"2026-09-01"}, "updated": {"2026-11-20"}, "version": {"2"}}).LeadsTo("/disclosure/duties")
	clerk.Get("/disclosure/duties?show=late").Wants(http.StatusOK, "这里没有事项")
}

// upload sends a table.
func upload(t *testing.T, c *webtest.Client, name, content string) *webtest.Answer {
	t.Helper()
	return c.PostFiles("/disclosure/imports", nil, webtest.Upload{Field: "file", Name: name, Content: content})
}

const table = "标题,发布日期,栏目,链接\n一,2023-11-17,新闻动态/通知公告,https://college.example/1\n二,2023/11/18,通知公告,\n三,2023年11月19日,通知公告,\n四,20231120,通知公告,\n坏,哪天,通知公告,\n一,2023-11-17,新闻动态/通知公告,https://college.example/1\n"

func TestImportOfATable(t *testing.T) {
	s := open(t)
	s.fill(t)
	clerk, head := s.as(t, s.Clerk), s.as(t, s.OfficeHead)
	upload(t, clerk, "x.csv", " ").Wants(http.StatusUnprocessableEntity)
	upload(t, clerk, "2023.csv", table).LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/imports/1").Wants(http.StatusOK, "可以导入", "日期不能识别：哪天", "文件内重复")
	clerk.Post("/disclosure/imports/1/start", url.Values{"basis": {"当时已按规定审查"}}).Wants(http.StatusUnprocessableEntity, "当时已按规定审查")
	start := url.Values{"basis": {"当时已按规定审查"}, "reviewed_by": {"各部门负责人"}}
	clerk.Post("/disclosure/imports/1/start", start).LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/imports/1").Wants(http.StatusOK, "正在写入台账", `http-equiv="refresh"`)
	if some, err := s.imports.Run(t.Context()); !some || err != nil {
		t.Fatal(some, err)
	}
	clerk.Get("/disclosure/imports/1").Wants(http.StatusOK, "待第二人确认", "等待第二人")
	clerk.Get("/disclosure/items?state=published").Wants(http.StatusOK, "没有符合条件的条目")
	clerk.Post("/disclosure/imports/1/confirm", nil).Wants(http.StatusForbidden)
	head.Post("/disclosure/imports/1/confirm", nil).LeadsTo("/disclosure/imports/1")
	head.Get("/disclosure/items?state=published&from=2023-11-17&to=2023-11-19").Wants(http.StatusOK, "共 3 条", "2023年11月19日")
	upload(t, clerk, "2023 again.csv", table).LeadsTo("/disclosure/imports/2")
	clerk.Get("/disclosure/imports/2").Wants(http.StatusOK, "台账已有")
	clerk.Post("/disclosure/imports/2/start", start).Wants(http.StatusConflict, "这个文件已经导入过")
	clerk.Post("/disclosure/imports/1/undo", nil).LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/items?import=1").Wants(http.StatusOK, "已作废")
	clerk.Get("/disclosure/items?state=published").Wants(http.StatusOK, "没有符合条件的条目")
}

// Feeds are read when the administrator has named them; the same entry is one.
func TestFeedsOfTheSite(t *testing.T) {
	s := open(t)
	clerk := s.as(t, s.Clerk)
	clerk.Get("/disclosure/imports").Wants(http.StatusOK, "没有设置网站订阅")
	if rules.SiteFeeds != ledger.FeedSetting {
		t.Errorf("administrators set %q", rules.SiteFeeds)
	}
	if err := s.Store.SaveSetting(t.Context(), ledger.FeedSetting, "https://college.example/rss.xml", s.Admin.ID, s.Now()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		clerk.Post("/disclosure/feeds", nil).LeadsTo("/disclosure/imports")
	}
	clerk.Get("/disclosure/items").Wants(http.StatusOK, "招生简章", "共 1 条")
	head := s.as(t, s.OfficeHead)
	head.Post("/disclosure/imports/1/confirm", nil).Wants(http.StatusUnprocessableEntity, "当时的审查依据")
	head.Post("/disclosure/imports/1/confirm", url.Values{"remark": {"发布时已审查"}}).LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/items?state=published").Wants(http.StatusOK, "招生简章")
	s.silent = true
	clerk.Post("/disclosure/feeds", nil).Wants(http.StatusBadGateway, "网站没有回应")
}

// TestNextSerialIsProposed: the form offers the next serial of each series of
// this year, and begins with the one that is chosen.
func TestNextSerialIsProposed(t *testing.T) {
	s := open(t)
	_, err := s.ledger.Save(t.Context(), s.Clerk.Actor(), workflow.Item{Channel: workflow.InDocument, Title: "关于放假的通知", Day: "2026-03-01", Series: "校办发〔2026〕", Serial: 88})
	if err != nil {
		t.Fatal(err)
	}
	clerk := s.as(t, s.Clerk)
	link := clerk.Get("/disclosure/items/new").Wants(http.StatusOK, "校办发〔2026〕89号").HTML().One(t, ".ledger-serials a")
	page := clerk.Get(link.Attr("href")).Wants(http.StatusOK).HTML()
	if series, serial := page.One(t, "#f-series").Attr("value"), page.One(t, "#f-serial").Attr("value"); series != "校办发〔2026〕" || serial != "89" {
		t.Errorf("it begins with %s %s", series, serial)
	}
	if chosen := page.One(t, "#f-channel option[selected]").Attr("value"); chosen != "document" {
		t.Errorf("for a %s", chosen)
	}
}

func TestImportMapping(t *testing.T) {
	s := open(t)
	s.fill(t)
	clerk := s.as(t, s.Clerk)
	upload(t, clerk, "odd.csv", "甲,乙\n通知一,2023-05-01\n").LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/imports/1").Wants(http.StatusOK, "缺少必需的列", "标题", "公开日期")
	plan := url.Values{"field_0": {"title"}, "field_1": {"day"}, "channel": {"account"}}
	clerk.Post("/disclosure/imports/1/plan", plan).LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/imports/1").Wants(http.StatusOK, "通知一", "微信公众号", "开始导入")
}

func TestManyItemsArePaged(t *testing.T) {
	s := open(t)
	s.fill(t)
	for n := range 30 {
		_, err := s.ledger.Save(t.Context(), s.Clerk.Actor(), workflow.Item{Channel: workflow.OnBoard, Title: "公告 " + strconv.Itoa(n), Day: "2026-11-0" + strconv.Itoa(1+n%9)})
		if err != nil {
			t.Fatal(err)
		}
	}
	c := s.as(t, s.Leader)
	first := c.Get("/disclosure/items").Wants(http.StatusOK, "共 30 条").HTML()
	second := c.Get(first.One(t, ".pagination a[rel=next]").Attr("href")).Wants(http.StatusOK).HTML()
	if a, b := len(first.All("tr[data-row]")), len(second.All("tr[data-row]")); a != 25 || b != 5 {
		t.Errorf("%d and %d rows", a, b)
	}
	c.Get("/disclosure/items?after=nonsense").Wants(http.StatusUnprocessableEntity)
	c.Get("/disclosure/items?from=nonsense").Wants(http.StatusUnprocessableEntity)
}

// TestEveryPage opens the pages in both languages, empty and full, and holds
// them to what makes pages usable.
func TestEveryPage(t *testing.T) {
	empty, full := open(t), open(t)
	full.fill(t)
	c := full.as(t, full.LogisticsClerk)
	c.Post("/disclosure/items", full.form("公示")).LeadsTo("/disclosure/items/1")
	upload(t, full.as(t, full.Clerk), "2023.csv", table).LeadsTo("/disclosure/imports/1")
	lists := []string{"/disclosure", "/disclosure/items", "/disclosure/columns", "/disclosure/duties", "/disclosure/duties?show=late", "/disclosure/imports", "/disclosure/items/new", "/disclosure/columns/new", "/disclosure/duties/new"}
	ones := []string{"/disclosure/items/1", "/disclosure/items/1/edit", "/disclosure/columns/1", "/disclosure/duties/1", "/disclosure/imports/1"}
	for _, lang := range []string{"zh-CN", "en"} {
		a, b := empty.as(t, empty.Clerk), full.as(t, full.Clerk)
		a.Header.Set("Accept-Language", lang)
		b.Header.Set("Accept-Language", lang)
		for _, p := range lists {
			webtest.CheckPage(t, a.Get(p).Wants(http.StatusOK).HTML())
		}
		for _, p := range append(lists, ones...) {
			page := b.Get(p).Wants(http.StatusOK)
			webtest.CheckPage(t, page.HTML())
			for _, raw := range []string{"ledger.", "item.state", "item.channel"} {
				if text := page.HTML().One(t, "main").Text(); strings.Contains(text, raw) {
					t.Errorf("%s shows a key with %q: %s", p, raw, text[max(0, strings.Index(text, raw)-30):])
				}
			}
		}
	}
}

const mails = "From hq@college.example Fri Nov 17 08:00:00 2023\nFrom: Logistics <hq@college.example>\nSubject: Canteen tender\nDate: Fri, 17 Nov 2023 23:00:00 +0000\nMessage-ID: <1@college.example>\n\nSee https://college.example/zb/1.html\n\n" +
	"From hq@college.example Fri Nov 17 09:00:00 2023\nFrom: Logistics <hq@college.example>\nSubject: Canteen tender\nDate: Fri, 17 Nov 2023 23:00:00 +0000\nMessage-ID: <1@college.example>\n\nSent again.\n\n" +
	"From hq@college.example Sat Nov 18 08:00:00 2023\nFrom: hq@college.example\nSubject: No day\nMessage-ID: <2@college.example>\n\nx\n\n" +
	"From hq@college.example Sun Nov 19 08:00:00 2023\nFrom: hq@college.example\nSubject: Roof repaired\nDate: Sun, 19 Nov 2023 08:00:00 +0800\nMessage-ID: <3@college.example>\n\njavascript:alert(1)\n"

// Mails in which departments reported become items: by a preview, with what is
// wrong by its line, once, confirmed by a second person, and taken back whole.
func TestImportOfAMailArchive(t *testing.T) {
	s := open(t)
	s.fill(t)
	clerk, head := s.as(t, s.Clerk), s.as(t, s.OfficeHead)
	upload(t, clerk, "2023.mbox", mails).LeadsTo("/disclosure/imports/1")
	page := clerk.Get("/disclosure/imports/1").Wants(http.StatusOK, "邮件存档", "Canteen tender", "邮件没有日期", "这批邮件的渠道和栏目", "2023年11月18日")
	webtest.CheckPage(t, page.HTML())
	if row := page.HTML().One(t, "main").Text(); !strings.Contains(row, "17") {
		t.Error("the line of the mail without a day is not shown")
	}
	plan := url.Values{"channel": {"account"}, "column": {strconv.FormatInt(s.notices.ID, 10)}}
	clerk.Post("/disclosure/imports/1/plan", plan).LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/imports/1").Wants(http.StatusOK, "微信公众号", "通知公告")
	clerk.Post("/disclosure/imports/1/start", url.Values{"basis": {"当时已按规定审查"}, "reviewed_by": {"各部门负责人"}}).LeadsTo("/disclosure/imports/1")
	if some, err := s.imports.Run(t.Context()); !some || err != nil {
		t.Fatal(some, err)
	}
	head.Post("/disclosure/imports/1/confirm", nil).LeadsTo("/disclosure/imports/1")
	head.Get("/disclosure/items?state=published&channel=account").Wants(http.StatusOK, "共 2 条", "Roof repaired")
	i, err := s.Store.Item(t.Context(), 1)
	if err != nil || i.URL != "https://college.example/zb/1.html" || i.Author != "Logistics" || i.Day != "2023-11-18" || i.Department != s.Logistics.ID {
		t.Errorf("the first is %+v, %v", i, err)
	}
	upload(t, clerk, "more.mbox", mails+"\n").LeadsTo("/disclosure/imports/2")
	clerk.Post("/disclosure/imports/2/plan", plan).LeadsTo("/disclosure/imports/2")
	if p, err := s.imports.Preview(t.Context(), s.Clerk.Actor(), 2); err != nil || p.Rows != 4 || p.Known != 2 || p.Twice != 1 || p.Wrong != 1 || p.Good != 0 || p.Errors[0].Row != 17 {
		t.Errorf("the same mails in another file: %+v, %v", p, err)
	}
	clerk.Post("/disclosure/imports/1/undo", nil).LeadsTo("/disclosure/imports/1")
	clerk.Get("/disclosure/items?state=published").Wants(http.StatusOK, "没有符合条件的条目")
}
