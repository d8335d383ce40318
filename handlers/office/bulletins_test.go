package office_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/document"
	"mailbox/workflow/workflowtest"
)

// nextMonth lets a month end and its bulletin be drafted.
func (k *college) nextMonth(t *testing.T) {
	t.Helper()
	k.busy(t, 16)
	k.Set(time.Date(2026, 12, 1, 10, 0, 0, 0, workflowtest.Zone))
	if made, err := k.monthly.Prepare(t.Context()); err != nil || !made {
		t.Fatalf("the bulletin was not drafted: %v", err)
	}
}

const november = "/office/bulletins/2026-11-01"

func TestBulletin_isWrittenApprovedAndRead(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.as(t, k.OfficeHead).Get("/office/bulletins").Wants(http.StatusOK, "还没有通报")
	k.nextMonth(t)
	head, department := k.as(t, k.OfficeHead), k.as(t, k.LogisticsHead)
	department.Get(november).Wants(http.StatusNotFound)
	page := head.Get(november).Wants(http.StatusOK, "关于2026年11月校长信箱办理情况的通报", "收到来信 16 件", "后勤处", "草稿").HTML()
	ask := form(t, page, november)
	ask["text"] = []string{"请按时签收。"}
	head.Post(november, ask).Wants(http.StatusSeeOther)
	k.as(t, k.Clerk).Post(november, ask).Wants(http.StatusConflict, "其他人刚刚保存了另一份文字", "请按时签收。")
	ask["text"] = []string{strings.Repeat("长", 4001)}
	ask["version"] = []string{"2"}
	head.Post(november, ask).Wants(http.StatusUnprocessableEntity, "4,000")
	approve := form(t, head.Get(november).Wants(http.StatusOK, "四、有关要求", "请按时签收。").HTML(), november+"/approve")
	head.Post(november+"/approve", approve).Wants(http.StatusSeeOther)
	head.Post(november+"/approve", approve).Wants(http.StatusSeeOther) // a double click
	department.Get(november).Wants(http.StatusOK, "已发出", "请按时签收。")
	department.Get("/office/bulletins").Wants(http.StatusOK, "2026年11月")
	k.as(t, k.LogisticsClerk).Get(november).Wants(http.StatusNotFound)
	notices, err := k.Store.PageNotices(t.Context(), k.LogisticsHead.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, n := range notices {
		if n.Kind == "bulletin" && n.Args["href"] == november {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the head of the department was told %d times", told)
	}
}

func TestBulletin_asADocumentTellsNothingOfLetters(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.nextMonth(t)
	clerk := k.as(t, k.Clerk)
	ask := form(t, clerk.Get(november).HTML(), november+"/export")
	ask.Set("format", "docx")
	answer := clerk.Post(november+"/export", ask).Wants(http.StatusOK)
	z, err := zip.NewReader(bytes.NewReader([]byte(answer.Body)), int64(len(answer.Body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"收到来信 16 件", "各部门", "后勤处"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the document does not say %q", want)
		}
	}
	for _, subject := range subjects {
		if bytes.Contains(text, []byte(subject)) || strings.Contains(clerk.Get(november).Body, subject) {
			t.Errorf("the bulletin quotes the letter %q", subject)
		}
	}
	if (document.Files{}).Kind("pdf") == "" {
		return // nothing offers it
	}
	ask.Set("format", "pdf")
	if pdf := clerk.Post(november+"/export", ask).Wants(http.StatusOK).Body; !strings.HasPrefix(pdf, "%PDF-") {
		t.Error("no PDF")
	}
	clerk.Post(november+"/export", url.Values{"format": {"docm"}, "token": ask["token"]}).Wants(http.StatusUnprocessableEntity)
}
