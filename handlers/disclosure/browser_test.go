package disclosure_test

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// A correspondent writes an item and hands it in, in a browser.
func TestItemInABrowser(t *testing.T) {
	s := open(t)
	s.fill(t)
	clerk := s.as(t, s.LogisticsClerk)
	clerk.Post("/preferences", url.Values{"locale": {"zh-CN"}, "back": {"/"}})
	tab := webtest.Open(t, webtest.As(clerk))
	tab.Go(s.URL + "/disclosure/items/new")
	tab.Do(
		chromedp.SetValue(chromedp.CSS("#f-title"), "食堂食材采购中标公示"),
		chromedp.SetValue(chromedp.CSS("#f-column"), strconv.FormatInt(s.notices.ID, 10)),
		chromedp.Submit(chromedp.CSS("#f-title")),
	)
	tab.Do(chromedp.WaitVisible(chromedp.CSS(`form[action="/disclosure/items/1/hand-in"]`)))
	tab.Do(chromedp.Click(chromedp.CSS(`form[action="/disclosure/items/1/hand-in"] button`)))
	tab.Do(chromedp.WaitNotPresent(chromedp.CSS(`form[action="/disclosure/items/1/hand-in"]`))) // the page before has a toast as well
	i, err := s.Store.Item(t.Context(), 1)
	if err != nil || i.State != workflow.ItemInReview || i.Department != s.Logistics.ID {
		t.Errorf("it is %+v, %v", i, err)
	}
}
