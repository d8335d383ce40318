package email_test

import (
	"strings"
	"testing"

	"mailbox/handlers/channel/email"
)

// reply is a mail that answers another, with the given text.
func reply(text string) email.Mail {
	return email.Parse([]byte("From: a@b.cn\nIn-Reply-To: <1@x>\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n" + text))
}

func replyHTML(page string) email.Mail {
	return email.Parse([]byte("From: a@b.cn\nIn-Reply-To: <1@x>\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n" + page))
}

func TestQuotedHistory(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"our line", "谢谢，已经修好了。\n\n在 2023年11月15日，10:00，校长信箱 <a@b> 写道：\n\n> ——请在此线以上回复——\n> 您好", "谢谢，已经修好了。"},
		{"our line, bare", "好的\n\n——请在此线以上回复——\n您的来信已收到", "好的"},
		{"apple in Chinese", "收到\n发自我的iPhone\n\n> 在 2023年11月15日，10:00，张三 <a@b.cn> 写道：\n> \n> 您好", "收到\n发自我的iPhone"},
		{"netease", "补充两点\n\n\n\n在 2023-11-15 10:00:00，\"校长信箱\" <a@b.cn> 写道：\n>您好\n>请补充", "补充两点"},
		{"netease without marks", "补充\n\n在 2023-11-15 10:00:00，\"校长信箱\" <a@b.cn> 写道：\n\n您好\n请补充", "补充"},
		{"netease 于", "补充\n\n张三 <a@b.cn> 于2023年11月15日周三 10:00写道：\n\n> 您好", "补充"},
		{"QQ", "我的宿舍是6栋\n\n\n------------------ 原始邮件 ------------------\n发件人: \"校长信箱\" <a@b.cn>;\n发送时间: 2023年11月15日(星期三) 上午10:00\n收件人: \"x\"<x@qq.com>;\n主题: 回复\n\n您好", "我的宿舍是6栋"},
		{"QQ with nbsp", "好\n\n------------------\u00a0原始邮件\u00a0------------------\n发件人: x", "好"},
		{"netease mobile", "好的\n\n---- 回复的原邮件 ----\n| 发件人 | 校长信箱 |\n| 发送日期 | 2023年11月15日 |", "好的"},
		{"Outlook in Chinese", "好的，谢谢\n\n________________________________\n发件人: 校长信箱 <a@b.cn>\n发送时间: 2023年11月15日 10:00\n收件人: x@y.cn\n主题: 答复", "好的，谢谢"},
		{"Outlook old", "好的\n\n-----邮件原件-----\n发件人: 校长信箱 [mailto:a@b.cn]\n发送时间: 2023年11月15日 10:00\n收件人: x@y.cn\n主题: 答复\n\n旧文", "好的\n\n-----邮件原件-----"},
		{"Outlook 原始邮件", "好的\n-----原始邮件-----\n发件人: a", "好的"},
		{"Foxmail", "好的\n\n\nzhang@b.cn\n \n发件人： 校长信箱\n发送时间： 2023-11-15 10:00\n收件人： x\n主题： y\n旧文", "好的\n\n\nzhang@b.cn"},
		{"Gmail", "Thanks, fixed.\n\nOn Wed, Nov 15, 2023 at 10:00 AM Office <a@b.cn> wrote:\n> Hello\n> there", "Thanks, fixed."},
		{"Gmail wrapped", "Thanks\n\nOn Wed, Nov 15, 2023 at 10:00 AM Office of the\nPrincipal <a@b.cn>\nwrote:\n\n> Hello", "Thanks"},
		{"Outlook in English", "Thanks\n\nFrom: Office <a@b.cn>\nSent: Wednesday, November 15, 2023\nTo: x@y.cn\nSubject: hi\n\nold", "Thanks"},
		{"original message", "Thanks\n\n-----Original Message-----\nFrom: a", "Thanks"},
		{"answers between the lines", "On 2023-11-15 10:00, a@b.cn wrote:\n> 几号楼？\n6栋\n> 几楼？\n三楼", "6栋\n三楼"},
		{"answer below", "On 2023-11-15 10:00, a@b.cn wrote:\n> 几号楼？\n\n6栋三楼", "6栋三楼"},
		{"marks alone", "6栋\n> 几号楼？", "6栋"},
		{"a person's 写道", "学校在通知里写道：\n凡缴费者均可住宿。\n可是我没有宿舍。", "学校在通知里写道：\n凡缴费者均可住宿。\n可是我没有宿舍。"},
		{"a person's 写道 with a date", "在2023年11月15日的通知中学校写道：\n凡缴费者均可住宿。", "在2023年11月15日的通知中学校写道：\n凡缴费者均可住宿。"},
		{"a person's dashes", "第一点\n----------\n第二点", "第一点\n----------\n第二点"},
		{"a person's 发件人", "发件人：我\n我要说的是食堂", "发件人：我\n我要说的是食堂"},
		{"only history", "-----原始邮件-----\n发件人: a\n内容", "-----原始邮件-----\n发件人: a\n内容"},
		{"passed on", "请看下面的邮件\n\n---------- Forwarded message ---------\n发件人: 商家 <a@b.cn>\n日期: 2023年11月15日\n主题: 欠款\n收件人: x\n\n内容", "请看下面的邮件\n\n---------- Forwarded message ---------\n发件人: 商家 <a@b.cn>\n日期: 2023年11月15日\n主题: 欠款\n收件人: x\n\n内容"},
		{"signature", "好\n-- \n张三\n6栋", "好\n--\n张三\n6栋"},
	}
	for _, test := range tests {
		m := reply(test.text)
		if m.Text != test.want {
			t.Errorf("%s: got %q, want %q", test.name, m.Text, test.want)
		}
		assertWhole(t, test.name, m)
	}
}

// assertWhole checks that each line of the mail is in Text or in Quoted.
func assertWhole(t *testing.T, name string, m email.Mail) {
	t.Helper()
	both := "\n" + m.Text + "\n" + m.Quoted + "\n"
	for l := range strings.SplitSeq(m.FullText, "\n") {
		if strings.TrimSpace(l) != "" && !strings.Contains(both, "\n"+l+"\n") {
			t.Errorf("%s: the line %q is lost", name, l)
		}
	}
}

func TestQuotedHTML(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, page, want string }{
		{"Gmail", `<div dir="ltr">已经修好<br>谢谢</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">校长信箱 &lt;<a href="mailto:a@b.cn">a@b.cn</a>&gt; 于2023年11月15日周三 10:00写道：<br></div><blockquote class="gmail_quote"><div>旧文</div></blockquote></div>`, "已经修好\n谢谢"},
		{"netease", `<div>补充两点</div><br><div id="isReplyContent"><p>在 2023-11-15 10:00:00，"校长信箱" &lt;a@b.cn&gt; 写道：</p><blockquote id="isReplyContent"><div>旧文</div></blockquote></div>`, "补充两点"},
		{"QQ", `<div>6栋</div><div><br></div><div style="font-size:12px">------------------&nbsp;原始邮件&nbsp;------------------</div><div><b>发件人:</b>&nbsp;"信箱"&lt;a@b.cn&gt;;</div><div>旧文</div>`, "6栋"},
		{"Outlook", `<p class="MsoNormal">好的</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>发件人:</b> 信箱 &lt;a@b.cn&gt; <br><b>发送时间:</b> 2023年11月15日 10:00<br><b>收件人:</b> x<br><b>主题:</b> y</p></div><p>旧文</p>`, "好的"},
		{"Apple", `<html><body>好的<br><blockquote type="cite">在 2023年11月15日，10:00，信箱 &lt;a@b.cn&gt; 写道：<br></blockquote><blockquote type="cite"><div>旧文</div></blockquote></body></html>`, "好的"},
		{"netease mobile", `<div>好</div><div>---- 回复的原邮件 ----</div><table><tr><td>发件人</td><td>信箱</td></tr></table>旧文`, "好"},
		{"table", `<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table>`, "甲\t乙\n丙\t丁"},
	}
	for _, test := range tests {
		m := replyHTML(test.page)
		if m.Text != test.want {
			t.Errorf("%s: got %q, want %q", test.name, m.Text, test.want)
		}
		assertWhole(t, test.name, m)
	}
}
