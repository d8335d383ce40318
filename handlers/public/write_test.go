package public_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

func TestLetterBecomesACase(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	number, code := receipt(t, c, s.sent(t, c))
	k := s.caseOf(t, number)
	if k.Channel != workflow.Web || k.Mode != workflow.Confidential || k.Category != s.Repair.ID || k.WriterStatus != "student" || k.Writer == "" {
		t.Errorf("case %+v", k)
	}
	if got := workflow.Code(strings.ReplaceAll(code, "-", "")); !s.Codes.Fits(got, k.CodeHash) {
		t.Error("the code of the receipt does not open the case")
	}
}

func TestSecondClickIsOneLetter(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c)
	first, second := c.Post("/write", form), c.Post("/write", form)
	if a, b := first.Header.Get("Location"), second.Header.Get("Location"); a != b || a == "" {
		t.Errorf("led to %q and %q", a, b)
	}
}

// A form gone back to and changed is another letter: it must not vanish behind
// the receipt of the first.
func TestChangedFormIsAnotherLetter(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c)
	first := c.Post("/write", form).Header.Get("Location")
	form.Set("body", "另一件事：教学楼电梯坏了。")
	if second := c.Post("/write", form).Header.Get("Location"); second == first || !strings.HasPrefix(second, "/receipt/") {
		t.Errorf("the second letter led to %q, the first to %q", second, first)
	}
}

func TestAnonymousLetterHoldsNobody(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.SignedIn(t, staff(s.Clerk))
	number, _ := receipt(t, c, s.sent(t, c, "identity", "anonymous"))
	k := s.caseOf(t, number)
	events, _ := s.Store.EventsOf(t.Context(), k.ID)
	if k.Writer != "" || k.Mode != workflow.Anonymous {
		t.Errorf("writer %q, mode %s", k.Writer, k.Mode)
	}
	for _, ev := range events {
		if ev.By.ID != 0 {
			t.Errorf("the letter is tied to account %d, who was signed in", ev.By.ID)
		}
	}
}

func TestMistakesKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	for name, tt := range map[string]struct {
		change []string
		fields []string
	}{
		"nothing chosen":      {[]string{"identity", "", "kind", "", "category", "", "subject", ""}, []string{"identity", "kind", "category", "subject"}},
		"signed without name": {[]string{"identity", "signed", "name", "", "phone", "", "email", ""}, []string{"name", "email"}},
		"broken address":      {[]string{"email", "lin@"}, []string{"email"}},
		"unknown category":    {[]string{"category", "none"}, []string{"category"}},
		"too long":            {[]string{"subject", strings.Repeat("热", 101)}, []string{"subject"}},
	} {
		form := s.typed(t, c, tt.change...)
		page := c.Post("/write", form).Wants(422).HTML()
		webtest.CheckPage(t, page)
		for _, f := range tt.fields {
			if len(page.All(`.problems [href=#f-`+f+`]`)) != 1 || len(page.All("#f-"+f)) != 1 {
				t.Errorf("%s: the summary does not lead to %s", name, f)
			}
		}
		if got, want := page.One(t, "#f-body").Value(), form.Get("body"); strings.TrimSpace(got) != want {
			t.Errorf("%s: body %q, want %q", name, got, want)
		}
		if got := page.One(t, "form.form [name=form_token]").Attr("value"); !strings.HasPrefix(form.Get("form_token"), got[:32]) {
			t.Errorf("%s: the form has become another", name)
		}
	}
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

func TestFilesAreKeptOverAMistake(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c, "subject", "")
	page := c.PostFiles("/write", form, webtest.Upload{Field: "files", Name: "热水.png", Content: png}, webtest.Upload{Field: "files", Name: "说明.txt", Content: "三号楼"}).Wants(422).HTML()
	kept := page.All("[name=kept]")
	if len(kept) != 2 {
		t.Fatalf("%d files kept, want 2", len(kept))
	}
	form.Set("subject", "热水")
	for _, k := range kept {
		form.Add("kept", k.Attr("value"))
	}
	to := c.PostFiles("/write", form).Header.Get("Location")
	number, _ := receipt(t, c, to)
	messages, err := s.Store.MessagesOf(t.Context(), s.caseOf(t, number).ID, false)
	if err != nil || len(messages) != 1 || len(messages[0].Files) != 2 || messages[0].Files[0].Name != "热水.png" {
		t.Errorf("messages %+v, %v", messages, err)
	}
}

// A form that lay open for days is sent again.
func TestFilesKeptTooLong(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c, "subject", "")
	page := c.PostFiles("/write", form, webtest.Upload{Field: "files", Name: "热水.png", Content: png}).Wants(422).HTML()
	form.Set("subject", "热水")
	form.Add("kept", page.One(t, "[name=kept]").Attr("value"))
	s.Blobs.Sweep()
	again := c.PostFiles("/write", form).Wants(422, "“热水.png”放了两天以上").HTML()
	if got := again.One(t, "#f-body").Text(); !strings.Contains(got, form.Get("body")) || len(again.All("[name=kept]")) != 0 {
		t.Errorf("the form came back with %q", got)
	}
	form.Del("kept")
	receipt(t, c, c.PostFiles("/write", form).Header.Get("Location"))
}

// Whoever knows the hash of somebody's file must not get it by asking for it.
func TestKeptFilesCannotBeForged(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c, "subject", "")
	page := c.PostFiles("/write", form, webtest.Upload{Field: "files", Name: "a.txt", Content: "geheim"}).Wants(422).HTML()
	value := page.One(t, "[name=kept]").Attr("value")
	for name, forged := range map[string]string{
		"of another form": value, "changed": "x" + value, "unsigned": strings.Split(value, ".")[0], "empty": ".",
	} {
		other := s.typed(t, c, "subject", name)
		other.Set("kept", forged)
		number, _ := receipt(t, c, c.Post("/write", other).Header.Get("Location"))
		messages, _ := s.Store.MessagesOf(t.Context(), s.caseOf(t, number).ID, false)
		if len(messages) != 1 || len(messages[0].Files) != 0 {
			t.Errorf("%s: the letter has a file it never brought", name)
		}
	}
}

func TestTooManyFilesAreCountedTogether(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c)
	var some []webtest.Upload
	for _, n := range strings.Fields("1 2 3 4 5 6") {
		some = append(some, webtest.Upload{Field: "files", Name: n + ".txt", Content: n})
	}
	form.Set("subject", "")
	page := c.PostFiles("/write", form, some...).Wants(422).HTML()
	for _, k := range page.All("[name=kept]") {
		form.Add("kept", k.Attr("value"))
	}
	form.Set("subject", "热水")
	for i := range some {
		some[i].Content += "x"
	}
	c.PostFiles("/write", form, some...).Wants(422, "f-files")
}

func TestHelpIsShownOnceAndNeverHoldsALetterBack(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c, "body", "我 不想 活了", "identity", "anonymous")
	page := c.Post("/write", form).Wants(422, "027-5550-0110").HTML()
	help := page.One(t, ".help-now")
	if help.Has("hidden") || len(page.All(".problems")) != 0 {
		t.Error("help is hidden, or stands as a mistake")
	}
	form.Set("help_seen", page.One(t, "[name=help_seen]").Attr("value"))
	to := c.Post("/write", form).Header.Get("Location")
	number, _ := receipt(t, c, to)
	if !s.caseOf(t, number).Urgent {
		t.Error("the letter is not urgent")
	}
	if links := c.Get(to).Wants(200).HTML().All(".help-now a"); len(links) != 2 || links[1].Attr("href") != "tel:027-5550-0110" {
		t.Errorf("%d numbers to call on the receipt", len(links))
	}
	c.Get(to+"/text").Wants(200, "027-5550-0110")
}

func TestQuietLettersSeeNoHelp(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	page := s.Client(t).Get("/write").Wants(200).HTML()
	if !page.One(t, ".help-now").Has("hidden") {
		t.Error("help is shown before it is needed")
	}
	webtest.CheckPage(t, page)
}

func TestMachinesAreAskedAgain(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c, "website", "http://spam.example")
	page := c.Post("/write", form).Wants(422).HTML()
	if got := page.One(t, "[name=website]").Attr("value"); got != "" {
		t.Errorf("the trap comes back filled with %q: a person would fall into it again", got)
	}
	form.Del("website")
	if to := c.Post("/write", form).Header.Get("Location"); !strings.HasPrefix(to, "/receipt/") {
		t.Errorf("the second try led to %q", to)
	}
}

func TestStoreAwayKeepsTheLetter(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c)
	s.store.away = true
	a := c.PostFiles("/write", form, webtest.Upload{Field: "files", Name: "a.txt", Content: "a"})
	page := a.Wants(503, form.Get("subject"), form.Get("body"), "13800001234").HTML()
	if a.Header.Get("Retry-After") == "" || len(page.All("[name=kept]")) != 1 || len(page.All("#f-category option")) != 5 {
		t.Error("no Retry-After, no file or no categories")
	}
	webtest.CheckPage(t, page)
	s.store.away = false
	form.Set("kept", page.One(t, "[name=kept]").Attr("value"))
	if to := c.Post("/write", form).Header.Get("Location"); !strings.HasPrefix(to, "/receipt/") {
		t.Errorf("the letter sent again led to %q", to)
	}
}

func TestTooManyLettersKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	form := s.typed(t, c)
	a := c.Post("/write", form).Wants(303)
	for n := 1; a.Status == 303 && n < 1000; n++ {
		form.Set("body", fmt.Sprintf("上周三起晚上八点以后没有热水，这是第 %d 次。", n))
		a = c.Post("/write", form)
	}
	page := a.Wants(429, form.Get("body")).HTML()
	webtest.CheckPage(t, page)
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.Site.Limiter.SetAway(true)
	c.Post("/write", form).Wants(303)
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	path := s.sent(t, c)
	page := c.Get(path).Wants(200).HTML()
	webtest.CheckPage(t, page)
	number, code := receipt(t, c, path)
	if len(page.All(".receipt-qr svg")) != 1 || len(page.All(".seal")) != 1 || len(page.All("[data-draft-sent=write]")) != 1 {
		t.Error("no QR code, no seal, or the draft is not forgotten")
	}
	if !s.Proof.Verify(page.One(t, ".proof code").Text()) {
		t.Error("the proof on the receipt does not hold")
	}
	text := c.Get(path+"/text").Wants(200, number, code)
	if !strings.HasPrefix(text.Header.Get("Content-Disposition"), "attachment") {
		t.Error("the text is shown instead of saved")
	}
	other := strings.Replace(path, "0001", "0002", 1)
	c.Get(other).Wants(410)
	s.Client(t).Get(path).Wants(410)
	s.Pass(15 * time.Minute)
	gone := c.Get(path).Wants(410)
	if strings.Contains(gone.Body, code[:4]) {
		t.Error("the code is still shown")
	}
	c.Get(path + "/text").LeadsTo(path)
}

// The code stands on the receipt and nowhere else.
func TestCodeStaysSecret(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	path := s.sent(t, c)
	_, code := receipt(t, c, path)
	plain := strings.ReplaceAll(code, "-", "")
	for what, text := range map[string]string{"log": s.Log.String(), "address": path, "cookie": c.Cookie("mailbox-receipt")} {
		if strings.Contains(text, code) || strings.Contains(text, plain) {
			t.Errorf("the %s holds the code", what)
		}
	}
}

func TestCategoriesGoByCodeOrNumber(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	number, _ := receipt(t, c, s.sent(t, c, "category", "teaching", "about", "academic"))
	if k := s.caseOf(t, number); k.Category != s.Teaching.ID || k.About != s.Academic.ID {
		t.Errorf("category %d, about %d", k.Category, k.About)
	}
}

// Who goes back gets a new form, in which the browser puts the old words.
func TestGoingBackSendsNothingTwice(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.Client(t)
	first := s.sent(t, c)
	if again := s.sent(t, c); again != first {
		t.Errorf("the same letter became %s and %s", first, again)
	}
	c.Get(first).Wants(200, "没有重复登记")
	changed := s.sent(t, c, "body", "上周三起八点以后没有热水，七点也没有了。")
	if changed == first || s.sent(t, s.Client(t)) == first {
		t.Error("another letter, or another person's, vanished behind the receipt of the first")
	}
}

func TestFormsOfScriptsWork(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	form := url.Values{"identity": {"anonymous"}, "kind": {"praise"}, "category": {"other"}, "subject": {"谢谢"}, "body": {"食堂阿姨真好。"}}
	page := s.Client(t).Post("/write", form).Wants(422, "谢谢").HTML()
	form.Set("form_token", page.One(t, "form.form [name=form_token]").Attr("value"))
	if to := s.Client(t).Post("/write", form).Header.Get("Location"); !strings.HasPrefix(to, "/receipt/") {
		t.Errorf("led to %q", to)
	}
}
