// Package templatestest holds sample pages and the checks that every page
// must pass, for the tests of templates and of the handlers that fill them.
package templatestest

import (
	"sync"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"mailbox/templates"
)

// Now is the time of every sample page: a Monday morning in the college's zone.
var Now = time.Date(2026, time.November, 23, 9, 30, 0, 0, time.FixedZone("CST", 8*60*60))

// parsed is a set nobody executes: executing rewrites a page, and then it can
// be checked no more.
var parsed = sync.OnceValues(templates.Parse)

// Check type-checks a page in every language against the struct it is given,
// so that a misspelt field or a wrong partial is a failing test.
func Check(t *testing.T, name string, view any) {
	t.Helper()
	set, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range templates.Locales {
		page := set.Lookup(locale, name)
		if page == nil {
			t.Fatalf("no page %s", name)
		}
		if err := templatecheck.CheckHTML(page, view); err != nil {
			t.Errorf("%s %s: %v", locale, name, err)
		}
	}
}

// Page is what a public page knows.
func Page(locale, path string) templates.Page {
	return templates.Page{Locale: locale, Path: path, Now: Now, College: pick(locale, "江城职业技术学院", "Jiangcheng College"), Demo: true}
}

// StaffPage is what a page knows when somebody has signed in.
func StaffPage(locale, path string) templates.Page {
	p := Page(locale, path)
	zh := func(zh, en string) string { return pick(locale, zh, en) }
	p.Search = "/desk"
	p.User = &templates.User{Name: zh("周敏", "Zhou Min"), Role: zh("学校办公室 · 信箱管理员", "College Office · mailbox clerk"), Unread: 3, Links: []templates.Crumb{{Label: zh("账号与会话", "Account and sessions"), Href: "/account"}}}
	p.Crumbs = []templates.Crumb{{Label: zh("管理", "Administration"), Href: "/admin"}}
	p.Nav = []templates.NavItem{
		{Label: zh("收信盘", "Tray"), Href: "/office", Icon: "inbox", Count: 7, Shortcut: "g i"},
		{Label: zh("看板", "Board"), Href: "/office/board", Icon: "chart", Count: 2, Late: true, Shortcut: "g b"},
		{Label: zh("全部事项", "All cases"), Href: "/office/cases", Icon: "mail"},
		{Label: zh("管理", "Administration")},
		{Label: zh("部门与人员", "Departments and people"), Href: "/admin/people", Icon: "people"},
		{Label: zh("样式手册", "Style guide"), Href: "/admin/styleguide", Icon: "eye", Current: true},
	}
	return p
}

// Home is the home page of a college with some history.
func Home(locale string) templates.Home {
	zh := func(zh, en string) string { return pick(locale, zh, en) }
	answer := func(title, department string, days int) templates.HomeAnswer {
		return templates.HomeAnswer{Title: title, Href: "/answers/1", Department: department, At: Now.AddDate(0, 0, -days)}
	}
	return templates.Home{
		Page: Page(locale, "/"), MedianDays: "3", OnTime: "96.2%", Days: 7,
		Answers: []templates.HomeAnswer{
			answer(zh("三号宿舍楼晚间停热水，何时恢复", "No hot water at night in Hall 3"), zh("后勤处", "Logistics"), 3),
			answer(zh("实习学分什么时候认定", "When are internship credits recognised"), zh("教务处", "Academic Affairs"), 5),
			answer(zh("图书馆周末能否延长到 22:00", "Could the library stay open until 22:00"), zh("图书馆", "Library"), 9),
		},
		Phones: []templates.Phone{
			{Name: zh("报警", "Police"), Number: "110"},
			{Name: zh("急救", "Ambulance"), Number: "120"},
			{Name: zh("校园值班", "Campus duty desk"), Number: "027-5550-0110"},
			{Name: zh("心理援助", "Crisis line"), Number: "12356"},
		},
		Channels: []templates.Channel{
			{Name: zh("邮箱", "E-mail"), Text: "mailbox@example.edu.cn", Href: "mailto:mailbox@example.edu.cn"},
			{Name: zh("微信", "WeChat"), Text: zh("公众号“江城职院”，菜单“校长信箱”", "Official account, menu “Principal's Mailbox”")},
			{Name: zh("来访", "In person"), Text: zh("行政楼 203，工作日 8:30–17:30", "Office 203, weekdays 8:30–17:30")},
		},
	}
}

// Error is the error page for a status, with the time to wait where one is known.
func Error(locale string, status int) templates.ErrorPage {
	e := templates.ErrorPage{Page: Page(locale, "/write"), Status: status, Reference: "7f3a-0c21"}
	if status == 429 || status == 503 {
		e.Retry = pick(locale, "30 秒", "30 seconds")
	}
	return e
}

// StaffWaits is the error page while only what staff do is closed.
func StaffWaits(locale string) templates.ErrorPage {
	e := Error(locale, 503)
	e.Staff, e.Action, e.Fields = true, "/desk/cases/XZ20261123-0042", []templates.Hidden{{Name: "body", Value: "已修好。"}}
	return e
}

// Styleguide is the style guide as an administrator sees it.
func Styleguide(set *templates.Set, locale string) templates.Styleguide {
	p := StaffPage(locale, "/admin/styleguide")
	p.Title = set.Text(locale, "styleguide.title")
	return set.Styleguide(p)
}

func pick(locale, zh, en string) string {
	if locale == "en" {
		return en
	}
	return zh
}
