package public_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// fill types a letter into the open form as a person would.
func fill(tab *webtest.Tab, mode, body string) {
	tab.Do(
		chromedp.Click(chromedp.CSS("[name=identity][value="+mode+"]")),
		chromedp.Click(chromedp.CSS("[name=kind][value=help]")),
		chromedp.SetValue(chromedp.CSS("#f-category"), "repair"),
		chromedp.SendKeys(chromedp.CSS("#f-subject"), "三号楼没有热水"),
		chromedp.SendKeys(chromedp.CSS("#f-body"), body),
	)
}

// shown asks the page something and fails the test when it is not so.
func shown(t *testing.T, tab *webtest.Tab, what, question string) {
	t.Helper()
	got, err := chromedp.Run(tab.Ctx, chromedp.Evaluate[bool]("Boolean("+question+")"))
	if err != nil || !got {
		t.Errorf("%s: %v, %v", what, got, err)
	}
}

func fits(t *testing.T, tab *webtest.Tab) {
	t.Helper()
	shown(t, tab, "the page fits the window", "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
}

// TestLetterInTheBrowser walks from the empty form to the case: the hint of
// the category, help when the words call for it, a file with progress, the
// receipt, and the code of its QR, which the address forgets at once.
func TestLetterInTheBrowser(t *testing.T) {
	s := newSchool(t, noTitles)
	hint := s.Repair
	hint.HintZH, hint.From = "请写明楼号和楼层。", s.Now()
	if err := s.Store.SaveCategory(t.Context(), &hint, s.Admin.ID); err != nil {
		t.Fatal(err)
	}
	picture := filepath.Join(t.TempDir(), "浴室.png")
	webtest.WriteFile(t, picture, png)

	tab := webtest.Open(t, webtest.Width(360))
	tab.Go(s.URL + "/write")
	fill(tab, "anonymous", "宿舍八点以后没有热水。")
	shown(t, tab, "the hint of the category", `document.querySelector("[data-hint-now]").textContent === "请写明楼号和楼层。"`)
	shown(t, tab, "no help without need", `document.querySelector("[data-help]").hidden`)
	shown(t, tab, "nobody asks an anonymous writer's name", `!document.querySelector("#f-name").checkVisibility()`)
	shown(t, tab, "the rail has three parts done", `document.querySelectorAll(".rail .done").length === 3`)
	tab.Do(chromedp.SendKeys(chromedp.CSS("#f-body"), "我真的不想活了"))
	shown(t, tab, "help", `!document.querySelector("[data-help]").hidden`)
	fits(t, tab)
	tab.Do(chromedp.SetUploadFiles(chromedp.CSS("#f-files"), []string{picture}))
	shown(t, tab, "the file is listed", `document.querySelector(".drop .file-name").textContent === "浴室.png"`)
	tab.Do(chromedp.Click(chromedp.CSS(".buttons .primary")), chromedp.WaitVisible(chromedp.CSS(".receipt")))
	fits(t, tab)
	shown(t, tab, "the draft is forgotten", `Object.keys(localStorage).length === 0`)
	page := tab.Page()
	number, _, _ := strings.Cut(page.One(t, ".receipt-number").Text(), " ")
	code := page.One(t, ".receipt-code [data-copy]").Attr("data-copy")
	if k := s.caseOf(t, number); k.Writer != "" || !k.Urgent {
		t.Errorf("writer %q, urgent %v", k.Writer, k.Urgent)
	}

	tab.Go(s.URL + "/track#" + number + "." + strings.ReplaceAll(code, "-", ""))
	tab.Do(chromedp.WaitVisible(chromedp.CSS("#f-code")))
	shown(t, tab, "the code is in the form", `document.querySelector("#f-code").value === "`+code+`"`)
	shown(t, tab, "the address has forgotten it", `!location.href.includes("#")`)
	tab.Do(chromedp.Click(chromedp.CSS("[data-code-form] .primary")), chromedp.WaitVisible(chromedp.CSS(".case")))
	shown(t, tab, "the file is there", `document.querySelector(".files .file-name").textContent === "浴室.png"`)
	fits(t, tab)
}

// TestMistakeInTheBrowser sends a file with a mistake: the form comes back in
// place, keeps both, and its scripts live.
func TestMistakeInTheBrowser(t *testing.T) {
	s := newSchool(t, noTitles)
	note := filepath.Join(t.TempDir(), "说明.txt")
	webtest.WriteFile(t, note, "三号楼二层")
	tab := webtest.Open(t)
	tab.Go(s.URL + "/write")
	fill(tab, "signed", "没有热水。")
	tab.Do(
		chromedp.SetUploadFiles(chromedp.CSS("#f-files"), []string{note}),
		chromedp.Click(chromedp.CSS(".buttons .primary")), chromedp.WaitVisible(chromedp.CSS(".problems")),
	)
	tab.Forgive("422")
	shown(t, tab, "the text is kept", `document.querySelector("#f-body").value.trim() === "没有热水。"`)
	tab.Do(
		chromedp.WaitVisible(chromedp.CSS(".rail .done")), // a script of the page ran again
		chromedp.SendKeys(chromedp.CSS("#f-name"), "林同学"), chromedp.SendKeys(chromedp.CSS("#f-phone"), "13800001234"),
		chromedp.Click(chromedp.CSS(".buttons .primary")), chromedp.WaitVisible(chromedp.CSS(".receipt")),
	)
	number, _, _ := strings.Cut(tab.Page().One(t, ".receipt-number").Text(), " ")
	messages, err := s.Store.MessagesOf(t.Context(), s.caseOf(t, number).ID, false)
	if err != nil || len(messages) != 1 || len(messages[0].Files) != 1 || messages[0].Files[0].Name != "说明.txt" {
		t.Errorf("messages %+v, %v", messages, err)
	}
}

// TestWithoutScript does the whole job in the browser of WeChat at the width of
// a small phone, with JavaScript off: write, look, be answered, rate.
func TestWithoutScript(t *testing.T) {
	s := newSchool(t, noTitles)
	tab := webtest.Open(t, webtest.Width(360), webtest.NoScript,
		webtest.Agent("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.50"))
	tab.Go(s.URL + "/write")
	fill(tab, "anonymous", "没有热水。")
	tab.Do(chromedp.Click(chromedp.CSS(".buttons .primary")), chromedp.WaitVisible(chromedp.CSS(".receipt")))
	page := tab.Page()
	number := strings.Fields(page.One(t, ".receipt-number").Text())[0]
	code := page.One(t, ".receipt-code [data-copy]").Attr("data-copy")
	s.Answer(t, s.caseOf(t, number).ID, "已修好。")

	tab.Go(s.URL + "/track")
	tab.Do(
		chromedp.SendKeys(chromedp.CSS("#f-number"), number), chromedp.SendKeys(chromedp.CSS("#f-code"), strings.ToLower(code)),
		chromedp.Click(chromedp.CSS("[data-code-form] .primary")), chromedp.WaitVisible(chromedp.CSS(".case")),
		chromedp.Click(chromedp.CSS("[name=speed][value='5']")), chromedp.Click(chromedp.CSS("[name=attitude][value='4']")),
		chromedp.Click(chromedp.CSS("[name=result][value='3']")), chromedp.Click(chromedp.CSS("[name=solved][value=yes]")),
		chromedp.Click(chromedp.CSS(".rate .primary")), chromedp.WaitVisible(chromedp.CSS(".toast.good")),
	)
	if k := s.caseOf(t, number); k.State != workflow.Closed || k.Rating.Result != 3 {
		t.Errorf("the case is %s, rated %+v", k.State, k.Rating)
	}
}

// TestDraftOfASharedComputer keeps what is typed until it is sent, and nothing
// of it on a computer that is not one's own.
func TestDraftOfASharedComputer(t *testing.T) {
	s := newSchool(t, noTitles)
	tab := webtest.Open(t)
	tab.Go(s.URL + "/write")
	fill(tab, "anonymous", "没有热水。")
	tab.Go(s.URL + "/")
	tab.Go(s.URL + "/write")
	shown(t, tab, "the draft is back", `document.querySelector("#f-body").value === "没有热水。" && document.querySelector("[value=anonymous]").checked`)
	tab.Do(chromedp.Click(chromedp.CSS("[data-draft-shared]")))
	tab.Go(s.URL + "/")
	tab.Go(s.URL + "/write")
	shown(t, tab, "nothing is kept", `document.querySelector("#f-body").value === ""`)
}
