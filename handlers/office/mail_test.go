package office_test

import (
	"net/http"
	"strings"
	"testing"

	"mailbox/workflow"
)

func TestMail_findsItsCase(t *testing.T) {
	t.Parallel()
	k := open(t)
	number := k.strays(t)
	clerk := k.as(t, k.Clerk)
	nav := clerk.Get("/office/mail").Wants(http.StatusOK, "归属待定", "发件人不是该事项的来信人").HTML().One(t, ".sidenav a[href=/office/mail]")
	if !strings.HasSuffix(nav.Text(), "2") {
		t.Errorf("the navigation says %q, want both mails counted", nav.Text())
	}
	page := clerk.Get("/office/mail/1").Wants(http.StatusOK, "我是她的同学，也想补充。", "wang@elsewhere.example", "Message-ID:", number).HTML()
	clerk.Post("/office/mail/1/attach", form(t, page, "/office/mail/1/attach", "number", "XZ20200101-0001")).
		Wants(http.StatusUnprocessableEntity, "没有找到这个编号的事项", "XZ20200101-0001")
	clerk.Post("/office/mail/1/attach", form(t, page, "/office/mail/1/attach", "number", number)).LeadsTo("/office/mail")
	c, err := k.Store.CaseByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	messages, err := k.Store.MessagesOf(t.Context(), c.ID, false)
	if err != nil || len(messages) != 2 || !strings.Contains(messages[1].Body, "我是她的同学") {
		t.Errorf("the case has %d messages, %v", len(messages), err)
	}
	clerk.Post("/office/mail/1/dismiss", form(t, page, "/office/mail/1/dismiss")).Wants(http.StatusConflict)
}

func TestMail_thatCannotBeRead(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.strays(t)
	clerk := k.as(t, k.Clerk)
	clerk.Get("/office/mail?tray=unreadable").Wants(http.StatusOK, "（无主题）", "多次读取失败")
	raw := clerk.Get("/office/mail/2/raw").Wants(http.StatusOK)
	if raw.Body != "\x00\x01\x02" || !strings.HasPrefix(raw.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the original is %q, %s", raw.Body, raw.Header.Get("Content-Disposition"))
	}
	page := clerk.Get("/office/mail/2").Wants(http.StatusOK).HTML()
	clerk.Post("/office/mail/2/retry", form(t, page, "/office/mail/2/retry")).LeadsTo("/office/mail")
	m, err := k.Store.RawMail(t.Context(), 2)
	if err != nil || m.State != workflow.MailNew {
		t.Errorf("the mail is %s, %v", m.State, err)
	}
}

func TestMail_becomesALetter(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.strays(t)
	clerk := k.as(t, k.Clerk)
	page := clerk.Get("/office/mail/1").HTML()
	clerk.Post("/office/mail/1/letter", form(t, page, "/office/mail/1/letter")).LeadsTo("/office/mail")
	if n := listed(t, clerk, "/office/cases?state=all&channel=email"); n != "1" {
		t.Errorf("%s letters by mail, want 1", n)
	}
	page = clerk.Get("/office/mail/2").HTML()
	clerk.Post("/office/mail/2/dismiss", form(t, page, "/office/mail/2/dismiss")).LeadsTo("/office/mail")
	clerk.Get("/office/mail").Wants(http.StatusOK, "没有归属待定的邮件")
}

func TestMail_headsShowNoMarkup(t *testing.T) {
	t.Parallel()
	k := open(t)
	r := k.Send(t)
	k.arrive(t, "hostile", raw("<script>alert(1)</script> <x@elsewhere.example>", r.Number+" <img src=x onerror=alert(1)>", "<b>不是粗体</b>"), false)
	if _, err := k.mail.Sort(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	body := k.as(t, k.Clerk).Get("/office/mail/1").Wants(http.StatusOK, "&lt;b&gt;不是粗体").Body
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
		t.Error("the mail's markup is in the page")
	}
}

func TestMailboxes_compared(t *testing.T) {
	t.Parallel()
	k := open(t)
	for _, c := range []workflow.MailCursor{
		{Mailbox: "INBOX", UIDValidity: 1, LastUID: 12, ServerUIDs: 12, Seen: k.Now()},
	} {
		if err := k.Store.SaveCursor(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	k.arrive(t, "one", raw("a@b.example", "一封", "正文"), false)
	k.as(t, k.Clerk).Get("/office/mail").Wants(http.StatusOK, "INBOX", "相差", "请联系系统管理员")
}

func TestUndelivered(t *testing.T) {
	t.Parallel()
	k := open(t)
	r := k.Send(t)
	k.post.answer = workflow.SendResult{State: workflow.Failed, Reason: "550 5.1.1 <lin@students.example> user unknown"}
	if _, err := k.courier.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	clerk := k.as(t, k.Clerk)
	answer := clerk.Get("/office/undelivered").Wants(http.StatusOK, "来信已收到", r.Number, "550 5.1.1", "user unknown")
	if strings.Contains(answer.Body, "lin@students") {
		t.Error("the page gives the writer's address away")
	}
	page := answer.HTML()
	id := strings.TrimSuffix(strings.TrimPrefix(page.All(".tasks form")[0].Attr("action"), "/office/undelivered/"), "/again")
	settle := "/office/undelivered/" + id + "/settle"
	clerk.Post(settle, form(t, page, settle, "remark", " ")).Wants(http.StatusUnprocessableEntity, "请填写理由")
	k.post.answer = workflow.SendResult{State: workflow.Uncertain, Reason: "the line broke"}
	again := "/office/undelivered/" + id + "/again"
	clerk.Post(again, form(t, page, again)).LeadsTo("/office/undelivered")
	if _, err := k.courier.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	page = clerk.Get("/office/undelivered").Wants(http.StatusOK, "送达情况不明", "可能收到两封").HTML()
	clerk.Post(settle, form(t, page, settle, "remark", "已电话告知")).LeadsTo("/office/undelivered")
	clerk.Get("/office/undelivered").Wants(http.StatusOK, "消息都已送达", "已记录处理情况")
	clerk.Post(settle, form(t, page, settle, "remark", "已电话告知")).Wants(http.StatusConflict)
}

func TestUndelivered_allAgain(t *testing.T) {
	t.Parallel()
	k := open(t)
	k.Send(t)
	k.Send(t)
	k.post.answer = workflow.SendResult{State: workflow.Failed, Reason: "away"}
	if _, err := k.courier.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	clerk := k.as(t, k.Clerk)
	page := clerk.Get("/office/undelivered").HTML()
	clerk.Post("/office/undelivered", form(t, page, "/office/undelivered")).LeadsTo("/office/undelivered")
	clerk.Get("/office/undelivered").Wants(http.StatusOK, "2 条消息已排队重新发送", "消息都已送达")
}
