package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// until waits for a page on which the condition holds, however many pages come
// in between: a question asked of a page that goes away is asked of the next.
func until(t *testing.T, tab *webtest.Tab, js string) {
	t.Helper()
	var err error
	for range 5 {
		poll := chromedp.Poll[bool]("Boolean("+js+")", chromedp.WithPollingTimeout(10*time.Second))
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

// TestByKeyboard works a case from the list to its being handed in without a
// mouse.
func TestByKeyboard(t *testing.T) {
	w := open(t)
	text := workflow.AnswerTemplate{Title: "一般答复", Purpose: "answer", Active: true, Body: "{来信人}：您好。"}
	if err := w.Store.SaveAnswerTemplate(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	c := w.routed(t)
	client := w.as(t, w.LogisticsClerk)
	client.Post("/preferences", map[string][]string{"locale": {"zh-CN"}, "back": {"/desk"}})
	tab := webtest.Open(t, webtest.As(client))
	tab.Go(w.site.URL + "/desk")
	tab.Do(chromedp.KeyEvent("j"))
	until(t, tab, `document.activeElement.matches(".items a")`)
	tab.Do(chromedp.KeyEvent("\r"))
	until(t, tab, `location.pathname === "`+path(c, "")+`" && document.readyState === "complete"`)
	tab.Do(chromedp.KeyEvent("e"))
	until(t, tab, `document.querySelector(".editor") && document.readyState === "complete"`)

	tab.Do(chromedp.KeyEvent("q"))
	until(t, tab, `document.querySelector("#act-ask").open && document.activeElement.name === "note"`)
	tab.Do(run(`document.querySelector("#act-ask [data-close]").click()`))
	until(t, tab, `!document.querySelector("#act-ask").open`)

	body := chromedp.CSS("#f-draft-body")
	tab.Do(run(`document.querySelector("[data-insert]").click()`))
	until(t, tab, `document.querySelector("#f-draft-body").value === "同学：您好。"`)
	tab.Do(chromedp.SendKeys(body, "热水今晚恢复。"))
	until(t, tab, `Object.keys(localStorage).some((k) => k.startsWith("draft:answer:"))`)
	tab.Do(chromedp.Navigate("about:blank"), chromedp.Navigate(w.site.URL+path(c, "")))
	until(t, tab, `document.querySelector("#f-draft-body").value.includes("热水今晚恢复")`)
	tab.Do(run(`document.querySelector(".editor .primary").click()`))
	until(t, tab, `!document.querySelector(".editor") && document.querySelector(".toast.good")`)
	if got := w.now(t, c.ID); got.State != workflow.Drafted {
		t.Errorf("state %s", got.State)
	}
	until(t, tab, `!Object.keys(localStorage).some((k) => k.startsWith("draft:answer:"))`)
}

// TestFitsAPhone wants no page of the desk wider than a small phone, nor one
// zone hiding the other.
func TestFitsAPhone(t *testing.T) {
	w := open(t)
	c := w.inHand(t)
	received := w.now(t, w.Send(t).CaseID)
	for _, test := range []struct {
		who  workflow.Account
		path string
	}{
		{w.LogisticsClerk, "/desk"}, {w.LogisticsClerk, path(c, "")}, {w.LogisticsClerk, "/desk/notices"}, {w.Clerk, path(received, "split")}, {w.Clerk, path(received, "print")},
	} {
		tab := webtest.Open(t, webtest.As(w.as(t, test.who)), webtest.Width(360))
		tab.Go(w.site.URL + test.path)
		width, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth`))
		if err != nil || width > 360 {
			t.Errorf("%s is %d wide, %v", test.path, width, err)
		}
	}
}

// TestWithoutScript signs for a case in a browser whose script is off.
func TestWithoutScript(t *testing.T) {
	w := open(t)
	c := w.routed(t)
	tab := webtest.Open(t, webtest.As(w.as(t, w.LogisticsClerk)), webtest.NoScript)
	tab.Go(w.site.URL + path(c, ""))
	tab.Do(chromedp.Click(chromedp.CSS(".act-now .primary")))
	until(t, tab, `document.querySelector(".editor")`)
	if got := w.now(t, c.ID); got.State != workflow.InHand {
		t.Errorf("state %s", got.State)
	}
}
