package templates_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a promise of script may take on a busy machine.
const patience = 10 * time.Second

// script is one thing that script promises: after the steps the condition
// becomes true.
type script struct {
	name  string
	steps []chromedp.Action[chromedp.Void]
	until string
}

func steps(all ...chromedp.Action[chromedp.Void]) []chromedp.Action[chromedp.Void] { return all }

func run(js string) chromedp.Action[chromedp.Void] { return chromedp.Evaluate[chromedp.Void](js) }

// TestScripts walks through what script adds to the style guide, in order:
// each step finds the page as the one before left it.
func TestScripts(t *testing.T) {
	server := serve(t)
	ctx, console := browse(t)
	page := server.URL + "/zh-CN/1"
	subject := chromedp.CSS("#f-subject")
	err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 740), chromedp.Navigate(page))
	if err != nil {
		t.Fatal(err)
	}
	all := []script{
		{"what is typed is kept", steps(chromedp.SendKeys(subject, "shower")), `localStorage.getItem("draft:styleguide")?.includes("shower") && !document.querySelector("[data-draft-word]").hidden`},
		{"and comes back", steps(chromedp.Navigate("about:blank"), chromedp.Navigate(page)), `document.querySelector("#f-subject").value === "shower" && !document.querySelector("[data-draft-restored]").hidden`},
		{"a shared computer forgets it", steps(chromedp.Click(chromedp.CSS("#f-shared"))), `localStorage.getItem("draft:styleguide") === null`},
		{"and keeps nothing more", steps(chromedp.SendKeys(subject, "s"), run(`window.dispatchEvent(new Event("pagehide"))`)), `localStorage.getItem("draft:styleguide") === null`},
		{"starting afresh empties the form", steps(run(`document.querySelector("[data-draft-discard]").click()`)), `document.querySelector("#f-subject").value === "" && !document.querySelector("#f-shared").checked`},
		{"the counter counts characters", steps(run(`{ const b = document.querySelector("#f-body"); b.value = "😀".repeat(2001); b.dispatchEvent(new Event("input", { bubbles: true })); }`)), `document.querySelector("#f-body-count").textContent.startsWith("超出 1 字")`},
		{"keys do nothing while typing", steps(chromedp.Focus(subject), chromedp.KeyEvent("?")), `!document.querySelector("#keys").open && document.querySelector("#f-subject").value === "?"`},
		{"escape leaves the field", steps(chromedp.KeyEvent(kb.Escape)), `document.activeElement === document.body`},
		{"? shows the keys", steps(chromedp.KeyEvent("?")), `document.querySelector("#keys").open`},
		{"escape closes them", steps(chromedp.KeyEvent(kb.Escape)), `!document.querySelector("#keys").open`},
		{"k goes up from the row that is open", steps(chromedp.KeyEvent("k")), `document.activeElement === document.querySelectorAll(".items a")[1]`},
		{"k goes on into the table", steps(chromedp.KeyEvent("k"), chromedp.KeyEvent("k")), `document.activeElement === document.querySelectorAll(".row-link")[2]`},
		{"j goes down", steps(chromedp.KeyEvent("j")), `document.activeElement === document.querySelectorAll(".items a")[0]`},
		{"/ searches", steps(chromedp.KeyEvent("/")), `document.activeElement.id === "q"`},
		{"ctrl k opens the palette", steps(chromedp.KeyEvent("k", chromedp.KeyModifiers(2))), `document.querySelector("#palette").open && document.querySelectorAll("#palette li").length > 4`},
		{"which finds what is typed", steps(chromedp.SendKeys(chromedp.CSS("#palette-input"), "转办")), `document.querySelectorAll("#palette li").length === 2`},
		{"and closes", steps(chromedp.KeyEvent(kb.Escape)), `!document.querySelector("#palette").open`},
		{"a question is asked in place", steps(run(`document.querySelector("[data-confirm] summary").click()`)), `document.querySelector("[data-confirm]").open && document.activeElement.name === "typed"`},
		{"and taken back", steps(chromedp.KeyEvent(kb.Escape)), `!document.querySelector("[data-confirm]").open`},
		{"a link opens its dialog", steps(run(`document.querySelector("[data-dialog=guide-dialog]").click()`)), `document.querySelector("#guide-dialog").open`},
		{"whose button closes it", steps(run(`document.querySelector("#guide-dialog [data-close]").click()`)), `!document.querySelector("#guide-dialog").open`},
		{"a form is sent once", steps(run(`{ const f = document.querySelector("form[data-draft]"); window.sent = 0; f.addEventListener("submit", (e) => { if (!e.defaultPrevented) window.sent++; e.preventDefault(); }); f.requestSubmit(f.querySelector(".primary")); f.requestSubmit(); }`)), `window.sent === 1 && document.querySelector("form[data-draft] .primary").getAttribute("aria-busy") === "true"`},
		{"and again after coming back", steps(run(`window.dispatchEvent(new Event("pageshow"))`)), `!document.querySelector("form[data-draft] .primary").hasAttribute("aria-busy")`},
		{"chosen files are listed", steps(run(`{ const i = document.querySelector("#f-files"); const d = new DataTransfer(); d.items.add(new File(["abc"], "a.txt", { type: "text/plain" })); d.items.add(new File(["abcd"], "b.txt")); i.files = d.files; i.dispatchEvent(new Event("change")); }`)), `document.querySelectorAll("[data-files] li").length === 2`},
		{"and taken back one by one", steps(run(`document.querySelector("[data-files] li button").click()`)), `document.querySelector("#f-files").files.length === 1 && document.querySelectorAll("[data-files] li").length === 1`},
	}
	for _, s := range all {
		becomes(ctx, t, s)
	}
	for _, line := range console() {
		t.Error(line)
	}
}

func becomes(ctx context.Context, t *testing.T, s script) {
	t.Helper()
	if err := chromedp.Do(ctx, s.steps...); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool]("Boolean("+s.until+")", chromedp.WithPollingTimeout(patience))); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
}
