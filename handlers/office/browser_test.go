package office_test

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// reads waits until a letter is open.
func reads(tab *webtest.Tab, number string) {
	sees(tab, `.letter-head a[href="/desk/cases/`+number+`"]`)
}

func sees(tab *webtest.Tab, selector string) { tab.Do(chromedp.WaitVisible(chromedp.CSS(selector))) }

func TestTrayInABrowser_isEmptiedByKeys(t *testing.T) {
	k := open(t)
	var numbers []string
	for _, subject := range subjects[:3] {
		numbers = append(numbers, k.Send(t, func(l *workflow.Letter) { l.Subject = subject }).Number)
		k.Pass(time.Hour)
	}
	clerk := k.as(t, k.Clerk)
	clerk.Post("/preferences", url.Values{"locale": {"zh-CN"}, "back": {"/"}})
	tab := webtest.Open(t, webtest.As(clerk))
	tab.Go(k.site.URL + "/office")
	tab.Do(chromedp.KeyEvent("j"))
	reads(tab, numbers[1])
	tab.Do(chromedp.KeyEvent("k"))
	reads(tab, numbers[0])
	tab.Do(chromedp.KeyEvent("e"))
	reads(tab, numbers[1])
	tab.Do(chromedp.KeyEvent("t"))
	sees(tab, "#act-department:focus")
	tab.Do(chromedp.SetValue(chromedp.CSS("#act-department"), strconv.FormatInt(k.Academic.ID, 10)), chromedp.Submit(chromedp.CSS("#act-department")))
	reads(tab, numbers[2])
	tab.Do(chromedp.KeyEvent("d"))
	sees(tab, "#act-ground:focus")
	tab.Do(chromedp.KeyEvent("\x1b"), chromedp.WaitNotPresent(chromedp.CSS("details.act[open]")))
	tab.Do(chromedp.KeyEvent("e"))
	sees(tab, ".tray-empty")
	for i, want := range []int64{k.Logistics.ID, k.Academic.ID, k.Logistics.ID} {
		c, err := k.Store.CaseByNumber(t.Context(), numbers[i])
		if err != nil || c.State != workflow.Routed || c.Department != want {
			t.Errorf("%s is %s with %d, %v; want it with %d", numbers[i], c.State, c.Department, err, want)
		}
	}
}

// The same way without a script: links and forms.
func TestTrayInABrowser_withoutScript(t *testing.T) {
	k := open(t)
	r := k.Send(t)
	clerk := k.as(t, k.Clerk)
	tab := webtest.Open(t, webtest.As(clerk), webtest.NoScript, webtest.Width(360))
	tab.Go(k.site.URL + "/office")
	tab.Do(chromedp.Click(chromedp.CSS(".items li:first-child a")), chromedp.WaitVisible(chromedp.CSS(".tray-letter .act-suggest button")))
	tab.Do(chromedp.Click(chromedp.CSS(".act-suggest button")), chromedp.WaitVisible(chromedp.CSS(".tray-empty")))
	c, err := k.Store.Case(t.Context(), r.CaseID)
	if err != nil || c.Department != k.Logistics.ID {
		t.Errorf("the letter is with %d, %v", c.Department, err)
	}
}

func TestEntryInABrowser(t *testing.T) {
	k := open(t)
	tab := webtest.Open(t, webtest.As(k.as(t, k.OfficeHead)))
	tab.Go(k.site.URL + "/office/new")
	tab.Do(
		chromedp.SetValue(chromedp.CSS("#f-name"), "林同学"),
		chromedp.SetValue(chromedp.CSS("#f-category"), strconv.FormatInt(k.Repair.ID, 10)),
		chromedp.SetValue(chromedp.CSS("#f-subject"), "三号楼没有热水"),
		chromedp.SetValue(chromedp.CSS("#f-body"), "来电说三号楼晚上没有热水。"),
		chromedp.Click(chromedp.CSS(".entry .button.primary")),
		chromedp.WaitVisible(chromedp.CSS(".receipt .qr")),
	)
	if n := listed(t, k.as(t, k.Clerk), "/office/cases?channel=phone"); n != "1" {
		t.Errorf("%s letters by phone, want 1", n)
	}
}

// TestPhones wants no page wider than a small phone.
func TestPhones(t *testing.T) {
	k := open(t)
	k.busy(t, 24)
	k.strays(t)
	k.post.answer = workflow.SendResult{State: workflow.Failed, Reason: "550 mailbox unavailable"}
	if _, err := k.courier.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	clerk := k.as(t, k.Clerk)
	for _, lang := range []string{"zh-CN", "en"} {
		clerk.Post("/preferences", url.Values{"locale": {lang}, "back": {"/"}})
		tab := webtest.Open(t, webtest.As(clerk), webtest.Width(360))
		for _, path := range append(pagesOf, "/office/mail/1", "/office/mail/2") {
			tab.Go(k.site.URL + path)
			wide, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
			if err != nil {
				t.Fatal(err)
			}
			if wide > 360 {
				t.Errorf("%s in %s is %d px wide", path, lang, wide)
			}
		}
	}
}

// TestTabsShowTheCurrentOne: a strip too long for a phone opens where the
// reader is, with and without script.
func TestTabsShowTheCurrentOne(t *testing.T) {
	k := open(t)
	head := k.as(t, k.OfficeHead)
	head.Post("/preferences", url.Values{"locale": {"en"}, "back": {"/"}})
	for name, options := range map[string][]webtest.TabOption{"script": nil, "none": {webtest.NoScript}} {
		tab := webtest.Open(t, append(options, webtest.As(head), webtest.Width(360))...)
		tab.Go(k.site.URL + "/office/figures?by=mode")
		seen, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[bool](`(() => {
			const strip = [...document.querySelectorAll(".tabs")].find((s) => s.querySelector("[aria-current]"));
			const at = strip.querySelector("[aria-current]").getBoundingClientRect(), frame = strip.getBoundingClientRect();
			return strip.scrollWidth > strip.clientWidth && at.left >= frame.left - 1 && at.right <= frame.right + 1;
		})()`))
		if err != nil || !seen {
			t.Errorf("%s: the current tab is out of sight, or the strip too short for the test (%v)", name, err)
		}
	}
}
