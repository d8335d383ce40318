package public_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web"
	"mailbox/handlers/web/webtest"
)

// titles stands for the list of what public answers are about.
func titles(asked chan<- string) web.Route {
	return web.Route{Method: http.MethodGet, Path: "/answers/titles.json", Who: web.Anyone, Handler: func(c *web.Context) error {
		asked <- c.Request.URL.RawQuery
		type title struct {
			Href    string `json:"href"`
			Subject string `json:"subject"`
			Text    string `json:"text"`
		}
		return c.JSON(http.StatusOK, []title{
			{"/answers/hot", "三号楼热水时断时续", "晚上八点以后没有热水。"},
			{"/answers/net", "校园网晚上很慢", "图书馆的无线网连不上。"},
			{"/answers/bus", "周末班车能否增加", "希望周六也有班车。"},
			{"/answers/cat", "<b>食堂</b>的菜价", "食堂二楼涨价了。"},
		})
	}}
}

// noTitles stands for it where nothing is public.
var noTitles = web.Route{Method: http.MethodGet, Path: "/answers/titles.json", Who: web.Anyone, Handler: func(c *web.Context) error {
	return c.JSON(http.StatusOK, []string{})
}}

// TestSimilarAnswersAreOffered: while the subject is typed, published answers
// like it are offered below it, asked for once and without a word of the letter;
// whoever follows one loses nothing.
func TestSimilarAnswersAreOffered(t *testing.T) {
	asked := make(chan string, 8)
	s := newSchool(t, titles(asked))
	tab := webtest.Open(t, webtest.Width(360))
	tab.Go(s.URL + "/write")
	shown(t, tab, "nothing is offered before anything is typed", `document.querySelector("[data-similar]").hidden`)
	tab.Do(chromedp.SendKeys(chromedp.CSS("#f-subject"), "宿舍热水又没有了"), chromedp.WaitVisible(chromedp.CSS("[data-similar] a")))
	shown(t, tab, "the one that is like it", `[...document.querySelectorAll("[data-similar] a")].map((a) => a.textContent).join() === "三号楼热水时断时续"`)
	shown(t, tab, "it opens elsewhere", `document.querySelector("[data-similar] a").target === "_blank"`)
	shown(t, tab, "it is said", `document.querySelector("[data-similar-said]").textContent.startsWith("1 ")`)
	fits(t, tab)
	shown(t, tab, "it is empty again", `(document.querySelector("#f-subject").value = "") === ""`)
	tab.Do(
		chromedp.SendKeys(chromedp.CSS("#f-subject"), "二楼食堂涨价"),
		chromedp.WaitVisible(chromedp.CSS(`[data-similar] a[href="/answers/cat"]`)),
	)
	shown(t, tab, "its title is text", `document.querySelector("[data-similar] a").textContent === "<b>食堂</b>的菜价"`)
	shown(t, tab, "it is empty again", `(document.querySelector("#f-subject").value = "") === ""`)
	tab.Do(
		chromedp.SendKeys(chromedp.CSS("#f-subject"), "无关"),
		chromedp.WaitNotVisible(chromedp.CSS("[data-similar]")),
		chromedp.SendKeys(chromedp.CSS("#f-body"), "图书馆的无线网一直连不上\t"),
		chromedp.WaitVisible(chromedp.CSS(`[data-similar] a[href="/answers/net"]`)),
	)
	if n := len(asked); n != 1 || <-asked != "" {
		t.Errorf("it was asked for %d times, or with words of the letter", n)
	}
}

// TestSimilarAnswersWithoutScript: there is a link to look for oneself.
func TestSimilarAnswersWithoutScript(t *testing.T) {
	s := newSchool(t)
	page := s.Client(t).Get("/write").Wants(http.StatusOK).HTML()
	if a := page.One(t, ".similar-look a"); a.Attr("href") != "/answers" || a.Attr("target") != "_blank" {
		t.Errorf("the link leads to %s", a.Attr("href"))
	}
	if page.All("[data-similar][hidden]") == nil {
		t.Error("an empty box is shown")
	}
}
