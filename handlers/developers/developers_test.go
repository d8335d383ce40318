package developers_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/api"
	"mailbox/handlers/developers"
	"mailbox/handlers/open311"
	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
	"mailbox/templates/templatestest"
	"mailbox/workflow"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestPagesFitTheirData(t *testing.T) {
	t.Parallel()
	for name, view := range developers.Views {
		templatestest.Check(t, name, view)
	}
}

func open(t *testing.T, more ...web.Route) *webtest.Site {
	t.Helper()
	p, err := developers.New(api.Description(), open311.Description())
	if err != nil {
		t.Fatal(err)
	}
	return webtest.Start(t, append(p.Routes(), more...)...)
}

var operationID = regexp.MustCompile(`operationId: (\w+)`)

// TestPage_saysEverything wants every operation of both interfaces, every act
// and every event on the page, in words of both languages.
func TestPage_saysEverything(t *testing.T) {
	t.Parallel()
	site := open(t)
	for _, locale := range []string{"zh-CN", "en"} {
		c := site.Client(t)
		c.Header.Set("Accept-Language", locale)
		body := c.Get("/developers").Wants(200).Body
		ops := len(operationID.FindAll(api.Description(), -1)) + len(operationID.FindAll(open311.Description(), -1)) - 1 // the webhook is no question
		page := c.Get("/developers").HTML()
		if got := len(page.All(".developers-ops li")); got != ops {
			t.Errorf("%s: %d operations, want %d", locale, got, ops)
		}
		if strings.Contains(body, "developers.") && strings.Contains(body, "developers.op.") {
			t.Errorf("%s: an operation has no words", locale)
		}
		for _, e := range workflow.HookEvents {
			if !strings.Contains(body, "<code>"+string(e)+"</code>") {
				t.Errorf("%s: %s is not told of", locale, e)
			}
		}
		for _, want := range []string{"/api/v1/cases/{number}/{action}", "<code>more_time</code>", "days, reason", "curl -X POST", site.Server.URL("/api/v1/letters")} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s", locale, want)
			}
		}
	}
}

func TestNew_refusesWhatIsNoDescription(t *testing.T) {
	t.Parallel()
	if _, err := developers.New([]byte("paths: ["), open311.Description()); err == nil {
		t.Error("broken YAML is taken")
	}
}

// TestTry asks a question from the page, in a browser: the answer stands below
// it, and without script the link leads there.
func TestTry(t *testing.T) {
	t.Parallel()
	site := open(t, web.Route{Method: "GET", Path: "/api/v1/categories", Who: web.Anyone, API: true, Handler: func(c *web.Context) error {
		return c.JSON(200, map[string]any{"items": []string{"维修"}, "limit": c.Query("limit")})
	}})
	tab := webtest.Open(t)
	tab.Go(site.URL + "/developers")
	const link = `a[data-try][href="/api/v1/categories?limit=3"]`
	tab.Do(chromedp.Click(chromedp.CSS(link)), chromedp.WaitVisible(chromedp.CSS(".developers-out:not([hidden])")))
	var shown string
	for _, out := range tab.Page().All(".developers-out") {
		if !out.Has("hidden") {
			shown = out.Text()
		}
	}
	if !strings.Contains(shown, "HTTP 200") || !strings.Contains(shown, `"维修"`) || !strings.Contains(shown, `"limit": "3"`) {
		t.Errorf("shown: %s", shown)
	}
}
