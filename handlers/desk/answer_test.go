package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
)

func TestTwoWriters(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t)
	first, second := w.as(t, w.LogisticsClerk), w.as(t, w.LogisticsHead)
	first.Post(path(c, "draft"), form(c, "draft_version", "0", "body", "热水周五恢复。")).LeadsTo(path(c, ""))
	page := second.Post(path(c, "draft"), form(c, "draft_version", "0", "body", "热水周四恢复。")).Wants(409, "热水周五恢复").HTML()
	webtest.CheckPage(t, page)
	if got := strings.TrimSpace(page.One(t, "#f-draft-body").Value()); got != "热水周四恢复。" {
		t.Errorf("mine is %q", got)
	}
	if got := page.One(t, ".conflict ins").Text() + page.One(t, ".conflict del").Text(); got != "四五" {
		t.Errorf("the difference is %q", got)
	}
	version := page.One(t, "[name=draft_version]").Attr("value")
	second.Post(path(c, "draft"), url.Values{"draft_version": {version}, "body": {"热水周四恢复。"}}).LeadsTo(path(c, ""))
	d, err := w.Cases.Open(t.Context(), w.LogisticsClerk.Actor(), c.Number)
	if err != nil || d.Draft.Body != "热水周四恢复。" || len(d.Versions) != 2 {
		t.Errorf("%q, %d versions, %v", d.Draft.Body, len(d.Versions), err)
	}
}

func TestTemplateFillsIn(t *testing.T) {
	t.Parallel()
	w := open(t)
	text := workflow.AnswerTemplate{Title: "一般答复", Purpose: "answer", Active: true, Body: "{来信人}：您好。{编号}由{部门}办理。{日期} {未知}"}
	if err := w.Store.SaveAnswerTemplate(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	c := w.inHand(t)
	client := w.as(t, w.LogisticsClerk)
	want := "同学：您好。" + c.Number + "由后勤处办理。2026年11月23日 {未知}"
	option := client.Get(path(c, "")).Wants(200).HTML().One(t, "#f-draft-template option")
	if option.Attr("data-text") != want {
		t.Errorf("offered %q", option.Attr("data-text"))
	}
	page := client.Post(path(c, "draft"), form(c, "draft_version", "0", "body", "开头", "template", option.Attr("value"), "use", "yes")).Wants(200).HTML()
	if got := strings.TrimSpace(page.One(t, "#f-draft-body").Value()); got != "开头\n\n"+want {
		t.Errorf("without script: %q", got)
	}
	if d, _ := w.Cases.Open(t.Context(), w.LogisticsClerk.Actor(), c.Number); d.Draft.ID != 0 {
		t.Error("choosing a template saved a draft")
	}
}

// png is the smallest picture there is.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

func TestFilesOfAnAnswer(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t)
	client := w.as(t, w.LogisticsClerk)
	fields := url.Values{"draft_version": {"0"}, "body": {"见附件。"}}
	client.PostFiles(path(c, "draft"), fields, webtest.Upload{Field: "files", Name: "照片.png", Content: png}, webtest.Upload{Field: "files", Name: "说明.txt", Content: "十一月二十六日恢复"}).LeadsTo(path(c, ""))
	page := client.Get(path(c, "")).Wants(200).HTML()
	webtest.CheckPage(t, page)
	links := page.All(".editor .files a")
	if len(links) != 2 {
		t.Fatalf("%d files", len(links))
	}
	shown := client.Get(links[0].Attr("href")).Wants(200)
	if shown.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(shown.Header.Get("Content-Disposition"), "inline") {
		t.Errorf("picture: %v", shown.Header)
	}
	saved := client.Get(links[1].Attr("href")).Wants(200, "十一月二十六日恢复")
	if !strings.HasPrefix(saved.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("file: %v", saved.Header)
	}
	w.as(t, w.AcademicClerk).Get(links[1].Attr("href")).Wants(404)

	version := page.One(t, "[name=draft_version]").Attr("value")
	remove := page.All("[name=remove]")[1].Attr("value")
	client.Post(path(c, "draft"), url.Values{"draft_version": {version}, "body": {"见附件，已改。"}, "remove": {remove}}).LeadsTo(path(c, ""))
	page = client.Get(path(c, "")).Wants(200, "见附件，已改。").HTML()
	if got := len(page.All(".editor .files a")); got != 1 {
		t.Errorf("%d files after taking one off", got)
	}

	wrong := client.PostFiles(path(c, "draft"), url.Values{"draft_version": {"99"}, "body": {"不要丢"}}, webtest.Upload{Field: "files", Name: "x.exe", Content: "MZ"}).Wants(422).HTML()
	if strings.TrimSpace(wrong.One(t, "#f-draft-body").Value()) != "不要丢" || wrong.One(t, "[name=draft_version]").Attr("value") != "99" {
		t.Error("a wrong file cost the text, or hid that the draft had changed")
	}
}

func TestEmptyAnswerIsNotHandedIn(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t)
	page := w.as(t, w.LogisticsClerk).Post(path(c, "draft"), form(c, "draft_version", "0", "body", " ", "then", "hand_in")).Wants(422).HTML()
	if !page.One(t, "#f-draft-body").Has("aria-invalid") {
		t.Error("no word beside the editor")
	}
}

func TestReveal(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t) // confidential
	const name = "林同学"
	department := w.as(t, w.LogisticsClerk)
	if page := department.Get(path(c, "")).Wants(200, "来信人"); strings.Contains(page.Body, name) || len(page.HTML().All(".reveal")) > 0 {
		t.Error("the department is offered who wrote a confidential letter")
	}
	department.Post(path(c, "reveal"), form(c, "reason", "想知道")).Wants(404)
	office := w.as(t, w.Clerk)
	office.Post(path(c, "reveal"), form(c, "reason", " ")).Wants(422, "请填写理由")
	shown := office.Post(path(c, "reveal"), form(c, "reason", "联系来信人核实")).Wants(200, name, "13800001234", "联系来信人核实")
	if shown.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page with the identity may be kept")
	}
	if again := office.Get(path(c, "")).Wants(200, "查看来信人身份"); strings.Contains(again.Body, name) {
		t.Error("the identity is still shown")
	}
}

// TestAnswered wants the whole chain on the page when an answer went out.
func TestAnswered(t *testing.T) {
	t.Parallel()
	w := open(t)
	id := w.Send(t).CaseID
	c := w.Answer(t, id, "热水已恢复，抱歉。")
	page := w.as(t, w.Clerk).Get(path(c, "")).Wants(200, "热水已恢复，抱歉。", "等待发送").HTML()
	webtest.CheckPage(t, page)
	if got := len(page.All(".steps .done")); got != 4 {
		t.Errorf("%d steps done", got)
	}
	w.as(t, w.LogisticsClerk).Get(path(c, "print")).Wants(200, "热水已恢复，抱歉。", "答复发出")
}

func TestInternalWordsAndMail(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.inHand(t, func(l *workflow.Letter) {
		l.Channel, l.Quoted, l.HTML = workflow.Email, "从前的话", "<p>热水<b>停了</b></p>"
	})
	if err := w.Cases.Note(t.Context(), w.LogisticsClerk.Actor(), c.ID, "内部看", nil); err != nil {
		t.Fatal(err)
	}
	client := w.as(t, w.LogisticsClerk)
	page := client.Get(path(c, "")).Wants(200).HTML()
	if got := page.One(t, ".message.note").Text(); !strings.Contains(got, "仅内部可见") || !strings.Contains(got, "内部看") {
		t.Errorf("note: %s", got)
	}
	if got := page.One(t, ".quoted").Text(); !strings.Contains(got, "从前的话") || page.One(t, ".quoted").Has("open") {
		t.Errorf("quoted: %s", got)
	}
	link := page.One(t, ".message.letter [target]").Attr("href")
	mail := client.Get(link).Wants(200, "<b>停了</b>")
	if !strings.HasPrefix(mail.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a mail runs under %q", mail.Header.Get("Content-Security-Policy"))
	}
	w.as(t, w.AcademicClerk).Get(link).Wants(404)
	client.Get(path(c, "messages/999")).Wants(404)
}

func TestNotices(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.routed(t)
	client := w.as(t, w.LogisticsClerk)
	page := client.Get("/desk/notices").Wants(200, "有新的转办事项", c.Number).HTML()
	webtest.CheckPage(t, page)
	if got := page.One(t, ".menu .count").Text(); !strings.HasPrefix(got, "1") {
		t.Errorf("unread: %s", got)
	}
	upTo := page.One(t, "[name=up_to]").Attr("value")
	client.Post("/desk/notices", url.Values{"up_to": {upTo}}).LeadsTo("/desk/notices")
	page = client.Get("/desk/notices").Wants(200).HTML()
	if len(page.All(".fresh")) != 0 || len(page.All(".menu .count")) != 0 {
		t.Error("still unread")
	}
	w.Do(t, w.LogisticsClerk, c.ID, casework.Act{Action: workflow.Refuse, Note: "不是我们"})
	if page := client.Get("/desk/notices").Wants(200, "不由此账号处理"); strings.Contains(page.Body, c.Subject) {
		t.Error("a case that is gone is still named")
	}
	client.Get("/desk/notices?after=x").Wants(422)
	webtest.CheckPage(t, w.as(t, w.Reviewer).Get("/desk/notices").Wants(200, "没有通知").HTML())
}

func TestWhyThisDate(t *testing.T) {
	t.Parallel()
	w := open(t)
	c := w.routed(t)
	page := w.as(t, w.LogisticsClerk).Get(path(c, "")).Wants(200).HTML()
	days := page.One(t, ".case-due .why").Text()
	for _, want := range []string{"签收：1 个工作日", "起算当天，不计", "第 1 天"} {
		if !strings.Contains(days, want) {
			t.Errorf("no %q in %s", want, days)
		}
	}
}
