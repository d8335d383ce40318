package annual_test

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/annual"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
	"mailbox/workflow/report"
	bureau "mailbox/workflow/report/annual"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// site is a college that writes its annual report.
type site struct {
	*webtest.Site
	world  *worldtest.World
	bureau *bureau.Bureau
}

// plainFiles writes what it is given as words.
type plainFiles struct{}

func (plainFiles) Kind(format string) string {
	return map[string]string{"docx": "application/docx", "xlsx": "application/xlsx", "csv": "text/csv", "json": "application/json"}[format]
}

func (plainFiles) Write(w io.Writer, _ string, s report.Sheet) error {
	_, err := io.WriteString(w, s.Title)
	return err
}

func (plainFiles) WriteWorkbook(w io.Writer, sheets []report.Sheet) error {
	_, err := io.WriteString(w, strconv.Itoa(len(sheets))+" sheets")
	return err
}

func (plainFiles) WriteDocument(w io.Writer, _ string, d workflow.Document) error {
	for _, b := range d.Blocks {
		if _, err := io.WriteString(w, b.Text+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func open(t *testing.T) *site {
	t.Helper()
	deps, ws := webtest.Prepare(t)
	set, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{Site: ws, world: worldtest.New(t, workflowtest.NewMemory())}
	w := s.world
	w.Set(webtest.Noon)
	if err := w.Store.SaveSetting(t.Context(), "college.name", "孝感示例职业学院", w.Admin.ID, w.Now()); err != nil {
		t.Fatal(err)
	}
	s.bureau, err = bureau.New(bureau.Deps{
		Desk: w.Desk, Forms: templates.ReportForms(),
		Figures: report.Deps{Now: w.Now, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour }, Chain: w.Desk.Keeper.Chain},
		Text:    func(key string, args ...any) string { return set.Text("zh-CN", key, args...) },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.StartWith(t, deps, annual.New(annual.Deps{Bureau: s.bureau, Files: plainFiles{}}).Routes()...)
	return s
}

func (s *site) as(t *testing.T, a workflow.Account) *webtest.Client {
	t.Helper()
	u := web.User{AccountID: a.ID, Name: a.Name, Username: a.Username, Department: a.Department}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, string(r))
	}
	return s.SignedIn(t, u)
}

var wanted = url.Values{
	"form": {"hubei"}, "year": {"2026"}, "from": {"2026-01-01"}, "last": {"2026-11-20"}, "day": {"2026-11-23"}, "notice": {"鄂教办函〔2026〕13号"}, "begin": {"form"},
}

// begin makes a draft in the browser.
func (s *site) begin(t *testing.T, c *webtest.Client) {
	t.Helper()
	c.Post("/office/reports", wanted).LeadsTo("/office/reports/1")
}

func TestPagesFitTheirData(t *testing.T) {
	for name, view := range annual.Views {
		templatestest.Check(t, name, view)
	}
}

// TestRouteTable keeps who may do what in a file that somebody reads.
func TestRouteTable(t *testing.T) {
	got := webtest.RouteTable(annual.New(annual.Deps{}).Routes())
	file := filepath.Join("testdata", "routes.golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		webtest.WriteFile(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("the routes have changed; UPDATE_GOLDEN=1 writes them anew (%v)\n%s", err, got)
	}
}

// TestEveryPage opens every page in both languages, as a draft and frozen.
func TestEveryPage(t *testing.T) {
	s := open(t)
	c := s.as(t, s.world.Clerk)
	c.Get("/office/reports").Wants(http.StatusOK, "还没有年度报告")
	s.begin(t, c)
	pages := []string{
		"/office/reports", "/office/reports/new", "/office/reports/contacts", "/office/reports/1", "/office/reports/1/print",
		"/office/reports/1/blocks/preamble", "/office/reports/1/blocks/problems", "/office/reports/1/fields",
		"/office/reports/1/fields/site.items", "/office/reports/1/fields/cases.received", "/office/reports/1/fields/duties.listed",
	}
	look := func(pages []string) {
		for _, lang := range []string{"zh-CN", "en"} {
			c.Header.Set("Accept-Language", lang)
			for _, path := range pages {
				page := c.Get(path).Wants(http.StatusOK)
				if text := page.HTML().Text(); strings.Contains(text, "annual.") || strings.Contains(text, "%!") {
					t.Errorf("%s %s shows a key", lang, path)
				}
				webtest.CheckPage(t, page.HTML())
			}
		}
	}
	look(append(pages, "/office/reports/1/edit"))
	c.Post("/office/reports/1/freeze", url.Values{}).LeadsTo("/office/reports/1")
	look(append(pages, "/office/reports/1/changes"))
	c.Get("/office/reports/1/edit").Wants(http.StatusNotFound)
}

// TestOthersFindNothing: to everybody else the reports do not exist, and who may
// only read finds nothing to change.
func TestOthersFindNothing(t *testing.T) {
	s := open(t)
	s.begin(t, s.as(t, s.world.Clerk))
	for _, acc := range []workflow.Account{s.world.LogisticsHead, s.world.Reviewer, s.world.Discipline, s.world.Admin} {
		c := s.as(t, acc)
		for _, path := range []string{"/office/reports", "/office/reports/1", "/office/reports/1/fields/site.items", "/office/reports/contacts", "/office/reports/1/print"} {
			c.Get(path).Wants(http.StatusNotFound)
		}
		c.Post("/office/reports/1/export", url.Values{"format": {"docx"}}).Wants(http.StatusNotFound)
	}
	leader := s.as(t, s.world.Leader)
	if page := leader.Get("/office/reports/1").Wants(http.StatusOK).HTML(); len(page.All("form[action=/office/reports/1/freeze]")) > 0 {
		t.Error("the leader is offered to freeze")
	}
	leader.Post("/office/reports/1/freeze", url.Values{}).Wants(http.StatusNotFound)
	leader.Get("/office/reports/7").Wants(http.StatusNotFound)
}

// TestMistakesStandBesideTheirFields: what was typed is kept.
func TestMistakesStandBesideTheirFields(t *testing.T) {
	s := open(t)
	c := s.as(t, s.world.Clerk)
	bad := url.Values{"form": {"hubei"}, "year": {"abc"}, "from": {"2026-01-01"}, "last": {"2025-01-01"}, "day": {"2026-11-23"}, "notice": {"某号"}}
	page := c.Post("/office/reports", bad).Wants(http.StatusUnprocessableEntity, "某号").HTML()
	page.One(t, ".problems a[href=#f-year]")
	s.begin(t, c)
	page = c.Post("/office/reports/1/blocks/problems", url.Values{"text": {"还有{{nothing}}"}, "version": {"1"}}).
		Wants(http.StatusUnprocessableEntity, "还有{{nothing}}", "不是已有的数字").HTML()
	page.One(t, ".problems a[href=#f-text]")
	c.Post("/office/reports/1/fields/site.items", url.Values{"value": {"401"}}).Wants(http.StatusUnprocessableEntity, "401").HTML().One(t, ".problems a[href=#f-reason]")
	c.Post("/office/reports/1/blocks/problems/comments", url.Values{"comment": {" "}}).Wants(http.StatusUnprocessableEntity).HTML().One(t, ".problems a[href=#f-comment]")
	c.Post("/office/reports/contacts", url.Values{"year": {"2026"}, "leader_duty": {"校长助理"}}).Wants(http.StatusUnprocessableEntity, "校长助理").HTML().One(t, ".problems a[href=#f-leader_name]")
	c.Get("/office/reports/1/blocks/nowhere").Wants(http.StatusNotFound)
	c.Get("/office/reports/1/fields/nothing").Wants(http.StatusNotFound)
}

// TestTwoWriters: the second sees both texts, and saving again keeps hers.
func TestTwoWriters(t *testing.T) {
	s := open(t)
	clerk, head := s.as(t, s.world.Clerk), s.as(t, s.world.OfficeHead)
	s.begin(t, clerk)
	const path = "/office/reports/1/blocks/problems"
	clerk.Post(path, url.Values{"text": {"甲写的一段"}, "version": {"1"}}).LeadsTo(path)
	page := head.Post(path, url.Values{"text": {"乙写的一段"}, "version": {"1"}}).Wants(http.StatusUnprocessableEntity, "保存了另一个版本", "甲写的一段").HTML()
	if got := page.One(t, "#f-text").Value(); got != "乙写的一段" {
		t.Errorf("hers is %q", got)
	}
	version := page.One(t, "input[name=version]").Attr("value")
	head.Post(path, url.Values{"text": {"甲乙合写的一段"}, "version": {version}}).LeadsTo(path)
	head.Get(path).Wants(http.StatusOK, "第 3 稿", "第 2 稿")
	clerk.Get("/office/reports/1").Wants(http.StatusOK, "甲乙合写的一段")
	stale := url.Values{}
	for k, v := range wanted {
		stale[k] = v
	}
	stale.Set("title", "甲的题目")
	stale.Set("version", "1")
	clerk.Post("/office/reports/1/edit", stale).LeadsTo("/office/reports/1")
	stale.Set("title", "乙的题目")
	head.Post("/office/reports/1/edit", stale).Wants(http.StatusUnprocessableEntity, "乙的题目", "再次保存")
}

// TestTheWayOfAReport: comments, an override, freezing, signatures, sending back, a
// revision, and files that are noted.
func TestTheWayOfAReport(t *testing.T) {
	s := open(t)
	w := s.world
	clerk, head, leader := s.as(t, w.Clerk), s.as(t, w.OfficeHead), s.as(t, w.Leader)
	s.begin(t, clerk)
	leader.Post("/office/reports/1/blocks/problems/comments", url.Values{"comment": {"请再具体些"}}).LeadsTo("/office/reports/1/blocks/problems")
	clerk.Get("/office/reports/1").Wants(http.StatusOK, "还有 1 条批注没有处理")
	clerk.Post("/office/reports/1/blocks/problems/settle", url.Values{"comment": {"1"}}).LeadsTo("/office/reports/1/blocks/problems")
	clerk.Post("/office/reports/1/fields/site.items", url.Values{"value": {"401"}, "reason": {"官网后台统计"}}).LeadsTo("/office/reports/1/fields/site.items")
	clerk.Get("/office/reports/1").Wants(http.StatusOK, ">401<", "经人工改动").HTML().One(t, "a.figure-chip.marked")
	clerk.Post("/office/reports/1/freeze", url.Values{}).LeadsTo("/office/reports/1")
	clerk.Post("/office/reports/1/freeze", url.Values{}).Wants(http.StatusUnprocessableEntity, "状态已经变化")
	head.Post("/office/reports/1/return", url.Values{"note": {""}}).Wants(http.StatusUnprocessableEntity).HTML().One(t, ".problems a[href=#f-note]")
	head.Post("/office/reports/1/check", url.Values{}).LeadsTo("/office/reports/1")
	leader.Post("/office/reports/1/return", url.Values{"note": {"请核实栏目数"}}).LeadsTo("/office/reports/1")
	clerk.Get("/office/reports/1").Wants(http.StatusOK, "请核实栏目数", "已退回")
	clerk.Post("/office/reports/1/revise", url.Values{"reason": {"请核实栏目数"}}).LeadsTo("/office/reports/2")
	clerk.Get("/office/reports/2").Wants(http.StatusOK, ">401<", "第 1 版")
	for format, want := range map[string]string{"docx": "发布信息401条", "xlsx": "11 sheets", "csv": "报告数据项", "json": `"addressee":"湖北省教育厅办公室"`} {
		clerk.Post("/office/reports/1/export", url.Values{"format": {format}}).Wants(http.StatusOK, want)
	}
	clerk.Post("/office/reports/1/export", url.Values{"format": {"exe"}}).Wants(http.StatusUnprocessableEntity)
	entries, err := w.Store.Journal(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	exports := 0
	for _, e := range entries {
		if e.Action == "annual.export" {
			exports++
		}
	}
	if exports != 4 {
		t.Errorf("%d exports in the journal", exports)
	}
}

// TestContacts: the annex is kept by year and stands in the report.
func TestContacts(t *testing.T) {
	s := open(t)
	c := s.as(t, s.world.Clerk)
	s.begin(t, c)
	form := url.Values{"year": {"2026"}}
	for _, post := range workflow.AnnualPosts {
		form.Set(post+"_name", "某某"+post)
		form.Set(post+"_phone", "0712-0000000")
	}
	c.Post("/office/reports/contacts", form).LeadsTo("/office/reports/contacts?year=2026")
	c.Get("/office/reports/contacts?year=2025").Wants(http.StatusOK)
	c.Get("/office/reports/1/print").Wants(http.StatusOK, "附件 1", "某某head", "0712-0000000")
	c.Get("/office/reports/1").Wants(http.StatusOK, "附件：1. 孝感示例职业学院信息公开工作联系方式")
}
