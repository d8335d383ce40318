package office_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
	"mailbox/workflow"
)

// entered is a letter by phone as the form sends it.
func (k *college) entered(t *testing.T, c *webtest.Client, fields ...string) url.Values {
	t.Helper()
	return form(t, c.Get("/office/new").HTML(), "/office/new", append([]string{
		"channel", "phone", "identity", "signed", "status", "student", "name", "林同学", "phone", "13800001234", "email", "",
		"kind", "help", "category", strconv.FormatInt(k.Repair.ID, 10), "about", "", "subject", "三号楼没有热水", "body", "来电说三号楼晚上没有热水。",
	}, fields...)...)
}

func TestEntry(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	sent := k.entered(t, clerk)
	clerk.PostFiles("/office/new", sent, webtest.Upload{Field: "files", Name: "记录.txt", Content: "电话记录"}).LeadsTo("/office/new/slip")
	slip := clerk.Get("/office/new/slip").Wants(http.StatusOK, "来信回执").HTML()
	number := slip.One(t, ".receipt-number").Text()[:len("XZ20261123-0001")]
	c, err := k.Store.CaseByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if c.Channel != workflow.Phone || c.Mode != workflow.Signed || c.Writer == "" {
		t.Errorf("the case is %+v", c)
	}
	events, err := k.Store.EventsOf(t.Context(), c.ID)
	if err != nil || events[0].By.ID != k.Clerk.ID {
		t.Errorf("entered by %+v, %v", events[0].By, err)
	}
	messages, err := k.Store.MessagesOf(t.Context(), c.ID, false)
	if err != nil || len(messages) != 1 || len(messages[0].Files) != 1 {
		t.Errorf("messages %+v, %v", messages, err)
	}
	code := strings.ReplaceAll(slip.One(t, ".receipt-code").Text(), " ", "")
	if _, err := k.Cases.Track(t.Context(), number, code[:16], "here"); err != nil {
		t.Errorf("the code of the slip opens nothing: %v", err)
	}
	if len(slip.All("svg.qr path")) != 2 {
		t.Error("the slip has no QR code")
	}
	clerk.Post("/office/new", sent).LeadsTo("/office/new/slip") // a second press
	if again := clerk.Get("/office/new/slip").HTML().One(t, ".receipt-number").Text(); !strings.HasPrefix(again, number) {
		t.Errorf("the second press made %s", again)
	}
}

func TestEntry_theSlipIsSoonGone(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	clerk.Get("/office/new/slip").LeadsTo("/office/new")
	clerk.Post("/office/new", k.entered(t, clerk)).LeadsTo("/office/new/slip")
	k.Pass(16 * time.Minute)
	clerk.Get("/office/new/slip").LeadsTo("/office/new")
	clerk.Get("/office/new").Wants(http.StatusOK, "回执只能在登记后 15 分钟内打印")
}

func TestEntry_keepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	sent := k.entered(t, clerk, "name", "", "category", "", "subject", "", "body", "三号楼的事")
	answer := clerk.PostFiles("/office/new", sent, webtest.Upload{Field: "files", Name: "记录.txt", Content: "电话记录"})
	page := answer.Wants(http.StatusUnprocessableEntity, "有 3 处需要修改", "姓名：请填写此项。", "类别：请选择一项。", "主题：请填写此项。").HTML()
	if got := page.One(t, "#f-body").Value(); strings.TrimSpace(got) != "三号楼的事" {
		t.Errorf("the text has become %q", got)
	}
	kept := page.One(t, "input[name=kept]").Attr("value")
	again := form(t, page, "/office/new")
	for name, values := range k.entered(t, clerk) {
		if name != "form_token" {
			again[name] = values
		}
	}
	again.Set("kept", kept)
	clerk.Post("/office/new", again).LeadsTo("/office/new/slip")
	list, err := k.Store.List(t.Context(), workflow.Query{Scope: workflow.Scope{Everything: true}})
	if err != nil || len(list.Rows) != 1 {
		t.Fatal(list.Rows, err)
	}
	messages, err := k.Store.MessagesOf(t.Context(), list.Rows[0].ID, false)
	if err != nil || len(messages[0].Files) != 1 || messages[0].Files[0].Name != "记录.txt" {
		t.Errorf("the letter has %+v, %v", messages[0].Files, err)
	}
	other := k.entered(t, clerk)
	other.Set("kept", kept) // of another form
	clerk.Post("/office/new", other).LeadsTo("/office/new/slip")
	list, err = k.Store.List(t.Context(), workflow.Query{Scope: workflow.Scope{Everything: true}})
	if err != nil {
		t.Fatal(err)
	}
	messages, err = k.Store.MessagesOf(t.Context(), list.Rows[0].ID, false)
	if err != nil || len(messages[0].Files) != 0 {
		t.Errorf("a file of another form was taken: %+v, %v", messages[0].Files, err)
	}
}

func TestEntry_refusesOtherChannels(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	for _, channel := range []string{"web", "email", "", "pigeon"} {
		clerk.Post("/office/new", k.entered(t, clerk, "channel", channel)).Wants(http.StatusUnprocessableEntity, "请选择一项")
	}
}

func TestEntry_anonymousKeepsNothing(t *testing.T) {
	t.Parallel()
	k := open(t)
	clerk := k.as(t, k.Clerk)
	clerk.Post("/office/new", k.entered(t, clerk, "identity", "anonymous")).LeadsTo("/office/new/slip")
	list, err := k.Store.List(t.Context(), workflow.Query{Scope: workflow.Scope{Everything: true}})
	if err != nil || len(list.Rows) != 1 || list.Rows[0].Writer != "" {
		t.Errorf("the letter has writer %+v, %v", list.Rows, err)
	}
}
