package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"mailbox/handlers/admin"
	"mailbox/workflow"
)

// written is a mail as the program writes them: both forms of the text, and a
// file.
const written = "From: =?UTF-8?b?5qCh6ZW/5L+h566x?= <mailbox@college.example>\r\nTo: <lin@students.example>\r\n" +
	"Subject: =?UTF-8?q?=E6=9D=A5=E4=BF=A1=E5=B7=B2=E6=94=B6=E5=88=B0?=\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n" +
	"--inner\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"=E6=9F=A5=E8=AF=A2=E7=A0=81 7K3M-9QXR-2FTV-8WDN <script>\r\n" +
	"--inner\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n<b>not this</b>\r\n--inner--\r\n" +
	"--outer\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"receipt.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--outer--\r\n"

// queued is the mail that acknowledges a letter.
func queued(t *testing.T, s *site) workflow.Notice {
	t.Helper()
	s.world.Send(t)
	all, err := s.world.Store.Outgoing(t.Context(), 0, 10)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d mails, %v", len(all), err)
	}
	for _, n := range all {
		if n.Kind == workflow.NoticeReceived {
			return n
		}
	}
	t.Fatal("no acknowledgement")
	return workflow.Notice{}
}

func TestMailIsReadInTheDemonstration(t *testing.T) {
	s := open(t, nil)
	n := queued(t, s)
	c := s.as(t, s.world.Admin)
	c.Get("/admin/outgoing").Wants(http.StatusOK, "来信已收到", "等待发送", "演示环境")
	path := "/admin/outgoing/" + num(n.ID)
	c.Get(path).Wants(http.StatusOK, "没有这封邮件的文件")
	s.outbox[n.MessageID] = written
	page := c.Get(path).Wants(http.StatusOK, "7K3M-9QXR-2FTV-8WDN &lt;script&gt;", "校长信箱", "lin@students.example", "receipt.pdf")
	if strings.Contains(page.Body, "not this") {
		t.Error("the HTML of a mail is shown")
	}
	s.outbox[n.MessageID] = "no mail at all"
	c.Get(path).Wants(http.StatusOK, "没有这封邮件的文件")
	c.Get("/admin/outgoing/9999").Wants(http.StatusNotFound)
}

// TestRealMailStaysClosed: where mails go to people, an administrator learns
// whether they arrived and nothing of what they say or to whom.
func TestRealMailStaysClosed(t *testing.T) {
	s := open(t, func(d *admin.Deps) { d.Outbox = nil })
	n := queued(t, s)
	s.outbox[n.MessageID] = written
	c := s.as(t, s.world.Admin)
	for _, path := range []string{"/admin/outgoing", "/admin/outgoing/" + num(n.ID)} {
		page := c.Get(path).Wants(http.StatusOK, "来信人")
		for _, secret := range []string{"7K3M", "lin@students.example", "林同学", "XZ2026"} {
			if strings.Contains(page.Body, secret) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
	}
}
