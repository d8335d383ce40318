package web_test

import (
	"net/http"
	"testing"
	"time"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/calendar"
)

// working is an ordinary calendar: Monday to Friday.
func working(t *testing.T) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(calendar.Spec{Location: webtest.Noon.Location(), KnownUntil: calendar.NewDate(2027, 12, 31)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// spoken asks a page for words.
func spoken(t *testing.T, lang string, words func(c *web.Context) string) string {
	t.Helper()
	site := start(t, nil, get("/", web.Anyone, func(c *web.Context) error { return c.PlainText(200, words(c)) }))
	client := site.Client(t)
	client.Header.Set("Accept-Language", lang)
	return client.Get("/").Wants(200).Body
}

func TestDueWords(t *testing.T) {
	work := working(t)
	noon := webtest.Noon // a Monday
	for _, test := range []struct {
		due    time.Duration
		zh, en string
	}{
		{30 * time.Minute, "一小时内到期", "Due within the hour"},
		{5 * time.Hour, "今天到期", "Due today"},
		{53 * time.Hour, "还剩 2 个工作日", "2 working days left"},
		{-25 * time.Minute, "逾期 1 小时", "1 hour late"},
		{-3 * 24 * time.Hour, "逾期 1 个工作日", "1 working day late"},
		{7 * 24 * time.Hour, "还剩 5 个工作日", "5 working days left"},
	} {
		for lang, want := range map[string]string{"zh-CN": test.zh, "en": test.en} {
			got := spoken(t, lang, func(c *web.Context) string { return web.DueWords(c, work, noon.Add(test.due), noon) })
			if got != want {
				t.Errorf("%s %v: %q, want %q", lang, test.due, got, want)
			}
		}
	}
}

func TestDueOf(t *testing.T) {
	work := working(t)
	noon := webtest.Noon
	for _, test := range []struct {
		clock workflow.ClockKind
		due   time.Duration
		tone  string
	}{
		{workflow.Overall, -time.Hour, "late"},
		{workflow.Overall, time.Hour, "soon"},
		{workflow.Overall, 72 * time.Hour, ""},
		{workflow.ToSupply, -time.Hour, "info"},
	} {
		spoken(t, "zh-CN", func(c *web.Context) string {
			d := web.DueOf(c, work, workflow.Case{Received: noon.Add(-24 * time.Hour), Due: noon.Add(test.due), DueClock: test.clock, Updated: noon})
			if d == nil || d.Tone != test.tone || d.Spent < 0 || d.Spent > 1 {
				t.Errorf("%s %v: %+v, want tone %q", test.clock, test.due, d, test.tone)
			}
			if web.DueOf(c, work, workflow.Case{}) != nil {
				t.Error("a case without a clock is due")
			}
			return ""
		})
	}
}

// TestNavigation wants each role its own entries, one of them current, and
// what the pages' frame adds counted once.
func TestNavigation(t *testing.T) {
	for role, want := range map[string]struct{ home, first, none string }{
		"clerk":      {"/office", "/office", "/admin/people"},
		"dept_clerk": {"/desk", "/desk", "/office"},
		"leader":     {"/office/board", "/office/board", "/office/new"},
		"admin":      {"/admin", "/desk/notices", "/desk"},
		"reviewer":   {"/office/reviews", "/desk/notices", "/office/cases"},
	} {
		var page templates.Page
		show := func(c *web.Context) error { page = c.Page("nav.notices"); return c.PlainText(200, "") }
		count := func(*web.Context) (map[string]web.NavCount, error) {
			return map[string]web.NavCount{"/desk/notices": {N: 4, Late: true}}, nil
		}
		site := start(t, func(d *web.Deps) { d.Counts = append(d.Counts, count) }, get("/desk/notices", web.Staff, show))
		user := web.User{AccountID: 1, Name: "某某", Roles: []string{role}}
		site.SignedIn(t, user).Get("/desk/notices").Wants(http.StatusOK)
		if user.HomePath() != want.home || page.Nav[0].Href != want.first || page.Token == "" {
			t.Errorf("%s: home %s, first %s, token %q", role, user.HomePath(), page.Nav[0].Href, page.Token)
		}
		for _, item := range page.Nav {
			if item.Href == want.none {
				t.Errorf("%s is shown %s", role, item.Href)
			}
			if here := item.Href == "/desk/notices"; item.Current != here || (item.Count == 4) != here {
				t.Errorf("%s: %+v", role, item)
			}
		}
	}
}
