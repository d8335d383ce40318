package admin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// until waits for what the page is to become, however many pages come in
// between: a question asked of a page that goes away is asked of the next.
func until(t *testing.T, tab *webtest.Tab, js string) {
	t.Helper()
	var err error
	for range 5 {
		poll := chromedp.Poll[bool]("Boolean("+js+")", chromedp.WithPollingTimeout(20*time.Second))
		if _, err = chromedp.Run(tab.Ctx, poll); err == nil {
			return
		}
		if strings.Contains(err.Error(), "timeout") {
			break
		}
	}
	t.Fatalf("%s: %v", js, err)
}

func run(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }

// chinese signs an account in, in a browser that would rather read English.
func (s *site) chinese(t *testing.T, a workflow.Account) webtest.TabOption {
	t.Helper()
	c := s.as(t, a)
	c.Post("/preferences", url.Values{"locale": {"zh-CN"}, "back": {"/"}})
	return webtest.As(c)
}

// TestFitsAPhone wants no page of administration wider than a small phone.
func TestFitsAPhone(t *testing.T) {
	s := open(t, nil)
	tab := webtest.Open(t, s.chinese(t, s.world.Admin), webtest.Width(360))
	for _, path := range everyPage(s) {
		tab.Go(s.URL + path)
		width, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
		if err != nil || width > 360 {
			t.Errorf("%s is %d wide, %v", path, width, err)
		}
	}
}

// TestCalendarInTheBrowser changes the calendar as a person does: fill in,
// look at what would move, put it in force.
func TestCalendarInTheBrowser(t *testing.T) {
	s := open(t, nil)
	s.world.Send(t)
	tab := webtest.Open(t, s.chinese(t, s.world.OfficeHead))
	tab.Go(s.URL + "/admin/calendar/edit")
	tab.Do(run(`
		document.getElementById("f-day_first").value = "2026-11-26";
		document.getElementById("f-day_name").value = "校运会";
		document.querySelector("#day .button").click();`))
	until(t, tab, `location.pathname === "/admin/calendar/preview" && document.querySelector("#f-reason")?.value === "校运会" && document.readyState === "complete"`)
	until(t, tab, `document.body.textContent.includes("12月8日 17:30")`)
	tab.Do(run(`document.querySelector("main form .primary").click()`))
	until(t, tab, `location.pathname === "/admin/calendar" && document.querySelector(".toast.good") && document.querySelectorAll("td.off").length === 3`)
}

// TestTemplatePreviewFollows sees the preview change while a text is typed, with
// what is typed shown as text.
func TestTemplatePreviewFollows(t *testing.T) {
	s := open(t, nil)
	tab := webtest.Open(t, s.chinese(t, s.world.OfficeHead))
	tab.Go(s.URL + "/admin/templates/new")
	tab.Do(chromedp.SendKeys(chromedp.CSS("#f-body"), "{来信人}：<b>{部门}</b>"))
	until(t, tab, `document.getElementById("filled").textContent.trim() === "林同学：<b>后勤管理处</b>"`)
	tab.Do(chromedp.SendKeys(chromedp.CSS("#f-title"), "一般答复"), run(`document.querySelector("main form .primary").click()`))
	until(t, tab, `location.pathname === "/admin/templates" && document.body.textContent.includes("一般答复")`)
}

// TestDisablingAsksOnce finds the question in the button's place.
func TestDisablingAsksOnce(t *testing.T) {
	s := open(t, nil)
	path := "/admin/people/" + num(s.world.Reviewer.ID)
	tab := webtest.Open(t, s.chinese(t, s.world.Admin))
	tab.Go(s.URL + path)
	tab.Do(run(`document.querySelector("details.confirm summary.danger").click()`))
	until(t, tab, `document.querySelector("details.confirm[open] .danger.filled").offsetParent !== null`)
	tab.Do(run(`document.querySelector("details.confirm[open] .danger.filled").click()`))
	until(t, tab, `document.querySelector(".toast.good") && document.querySelector(".page-head .badge")`)
	if acc, err := s.world.Store.Account(t.Context(), s.world.Reviewer.ID); err != nil || acc.Disabled.IsZero() {
		t.Errorf("%+v, %v", acc, err)
	}
}
