package annual_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/workflow"
	bureau "mailbox/workflow/report/annual"
)

// TestRegistry keeps every figure of the report, with its definition in words, in a
// file that somebody reads.
func TestRegistry(t *testing.T) {
	set, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range bureau.Fields {
		fmt.Fprintf(&b, "%s\t%s %s %s opens %q\n", f.Key, f.Nature, f.Unit, f.Source, f.Opens)
		for _, locale := range templates.Locales {
			for _, key := range []string{f.Name(), f.Name() + ".formula", f.Name() + ".excludes"} {
				if words := set.Text(locale, key); words == key {
					t.Errorf("%s: no words for %s", locale, key)
				} else if locale == "zh-CN" {
					b.WriteString("\t" + words + "\n")
				}
			}
		}
	}
	file := filepath.Join("testdata", "fields.golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		webtest.WriteFile(t, file, b.String())
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("the figures of the report have changed; UPDATE_GOLDEN=1 writes them anew (%v)", err)
	}
}

// TestInABrowser writes a part of a report and freezes it as a person does, on a
// phone's width.
func TestInABrowser(t *testing.T) {
	s := open(t)
	clerk := s.as(t, s.world.Clerk)
	s.begin(t, clerk)
	tab := webtest.Open(t, webtest.As(clerk), webtest.Width(360))
	tab.Go(s.URL + "/office/reports/1/blocks/problems")
	tab.Do(
		chromedp.SetValue("#f-text", "# 四、问题\n已收到{{cases.received}}件来信。"),
		chromedp.Click(".annual-edit .button.primary"),
		chromedp.WaitVisible(".toast.good"),
	)
	if text := tab.Page().One(t, ".annual-edit .annual-paper").Text(); !strings.Contains(text, "已收到 0 件来信。") {
		t.Errorf("it reads %q", text)
	}
	tab.Go(s.URL + "/office/reports/1")
	tab.Do(
		chromedp.Click(".annual-acts .confirm > summary"),
		chromedp.WaitVisible(".annual-acts .confirm-ask"),
		chromedp.Click(".annual-acts .confirm-ask .danger.filled"),
		chromedp.WaitVisible(".toast.good"),
	)
	wide, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
	if err != nil || wide {
		t.Errorf("the page is wider than a phone: %v %v", wide, err)
	}
	tab.Page().One(t, ".page-head .badge.soon")
	if r, err := s.world.Store.Report(t.Context(), 1); err != nil || r.State != workflow.AnnualFrozen {
		t.Errorf("it is %s, %v", r.State, err)
	}
}
