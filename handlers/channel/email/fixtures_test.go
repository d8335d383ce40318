package email_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailbox/handlers/channel/email"
)

const ourMailbox = "xzxx@college.example"

func fixture(t *testing.T, name string) email.Mail {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	m := email.Parse(raw, ourMailbox)
	assertClean(t, name, m)
	return m
}

func TestMachinesAreKnown(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		sort   email.Sort
		silent bool
	}{
		{"bounce-postfix", email.Bounced, true},
		{"bounce-delayed", email.Bounced, true},
		{"bounce-exchange", email.Bounced, true},
		{"bounce-qq", email.Bounced, true},
		{"bounce-netease", email.Bounced, true},
		{"bounce-qmail", email.Bounced, true},
		{"auto-rfc3834", email.AutoReply, true},
		{"auto-qq", email.AutoReply, true},
		{"auto-outlook", email.AutoReply, true},
		{"auto-subject-only", email.AutoReply, true},
		{"read-receipt", email.AutoReply, true},
		{"list", email.Bulk, true},
		{"noreply", email.Bulk, true},
		{"own-address", email.Loop, true},
		{"person-about-bounce", email.Person, false},
		{"person-answers-auto", email.Person, false},
		{"raw-gbk-everything", email.Person, false},
	}
	for _, test := range tests {
		m := fixture(t, test.name)
		if m.Machine.Sort != test.sort || m.Machine.Silent != test.silent {
			t.Errorf("%s: %v (%s), silent %v; want %v, %v", test.name, m.Machine.Sort, m.Machine.Reason, m.Machine.Silent, test.sort, test.silent)
		}
		if (m.Machine.Reason == "") != (test.sort == email.Person) {
			t.Errorf("%s: reason %q", test.name, m.Machine.Reason)
		}
	}
}

func TestBouncesNameTheirRecipient(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, address, id string
		hard              bool
	}{
		{"bounce-postfix", "nobody@student.example", "out-42@college.example", true},
		{"bounce-delayed", "slow@student.example", "out-43@college.example", false},
		{"bounce-exchange", "left@corp.example", "out-44@college.example", true},
		{"bounce-qq", "123456@qq.com", "", true},
		{"bounce-netease", "gone@163.com", "out-45@college.example", true},
		{"bounce-qmail", "lost@old.example", "out-46@college.example", true},
	}
	for _, test := range tests {
		b := fixture(t, test.name).Bounce
		if len(b.Recipients) != 1 || b.Recipients[0].Address != test.address || b.Recipients[0].Hard() != test.hard || b.MessageID != test.id {
			t.Errorf("%s: got %+v", test.name, b)
		}
	}
}

func TestClientQuirks(t *testing.T) {
	t.Parallel()
	t.Run("bare GBK everywhere", func(t *testing.T) {
		m := fixture(t, "raw-gbk-everything")
		if m.From.Name != "张小明" || m.To[0].Name != "校长信箱" || m.Subject != "投诉：食堂" || m.Text != "校长您好，食堂涨价了。" || m.Attachments[0].Name != "照片 一.jpg" {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("names that nobody quoted", func(t *testing.T) {
		m := fixture(t, "unquoted-names")
		want := []email.Address{{Name: "Li, Si", Address: "li@b.example"}, {Name: "Wang: Wu", Address: "wang@b.example"}, {Name: "Zhao, Liu", Address: "zhao@b.example"}}
		if m.From != (email.Address{Name: "Zhang, Xiaoming: Office", Address: "zhang@b.example"}) || !slices.Equal(m.To, want) || m.ReplyTo[0].Address != "zhang2@b.example" {
			t.Errorf("got %+v, %+v, %+v", m.From, m.To, m.ReplyTo)
		}
	})
	t.Run("pictures without a name", func(t *testing.T) {
		m := fixture(t, "inline-images")
		if len(m.Attachments) != 2 || !m.Attachments[0].Inline || m.Attachments[0].ContentID != "one@x" || m.Attachments[1].Name != "image-2.jpg" || m.Attachments[1].Named {
			t.Errorf("got %+v", m.Attachments)
		}
	})
	t.Run("uuencode", func(t *testing.T) {
		m := fixture(t, "uuencode")
		if m.Text != "See the file.\nBye." || len(m.Attachments) != 1 || m.Attachments[0].Name != "notes.txt" || string(m.Attachments[0].Content) != "Cat" {
			t.Errorf("got %q, %+v", m.Text, m.Attachments)
		}
	})
	t.Run("winmail.dat without a last boundary", func(t *testing.T) {
		m := fixture(t, "winmail")
		if m.Text != "see attached" || m.Attachments[0].Note != "tnef" || m.Attachments[0].Name != "winmail.dat" || len(m.Faults) == 0 {
			t.Errorf("got %+v", m)
		}
	})
	t.Run("flowed", func(t *testing.T) {
		if m := fixture(t, "flowed"); m.Text != "第一段很长还没有完。\n第二段。" {
			t.Errorf("got %q", m.Text)
		}
	})
	t.Run("a plain text of question marks", func(t *testing.T) {
		if m := fixture(t, "question-marks"); m.Text != "食堂的饭菜太贵了" {
			t.Errorf("got %q", m.Text)
		}
	})
	t.Run("broken base64", func(t *testing.T) {
		m := fixture(t, "broken-base64")
		if m.Text != "hello world" || string(m.Attachments[0].Content) != "\x00\x01\x02\x03\x04" || !slices.Contains(m.Faults, "the last boundary is missing") {
			t.Errorf("got %q, %+v, %q", m.Text, m.Attachments, m.Faults)
		}
	})
	t.Run("an empty message", func(t *testing.T) {
		if m := email.Parse(nil); m.Readable || len(m.Faults) == 0 {
			t.Errorf("got %+v", m)
		}
	})
}

func TestThreadMarks(t *testing.T) {
	t.Parallel()
	m := fixture(t, "delivered-to")
	if token, ok := m.ReplyToken("COLLEGE.example"); !ok || token != "Tok3n.abcDEF_1" {
		t.Errorf("token %q, %v", token, ok)
	}
	if _, ok := m.ReplyToken("other.example"); ok {
		t.Error("a token of another domain was taken")
	}
	if token, ok := m.ReplyToken("mail.example", "<reply+envelope1@mail.example>"); !ok || token != "envelope1" {
		t.Errorf("envelope: token %q, %v", token, ok)
	}
	if got := m.Numbers(); !slices.Equal(got, []string{"XZ20261123-0042"}) {
		t.Errorf("numbers %q", got)
	}
	if !slices.Equal(m.References, []string{"a@x", "bc@x", "c@x"}) || !slices.Equal(m.InReplyTo, []string{"c@x"}) || m.MessageID != "own@b.example" {
		t.Errorf("ids %q %q %q", m.References, m.InReplyTo, m.MessageID)
	}
	if m.Date.Format("2006-01-02 15:04") != "2023-11-15 02:00" {
		t.Errorf("date %v", m.Date)
	}
}

func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := email.Parse(raw, ourMailbox)
		assertClean(t, "fuzz", m)
		assertWhole(t, "fuzz", m)
		if slices.Contains(m.Faults, "the message could not be taken apart") {
			t.Error("the reader panicked")
		}
	})
}

func FuzzHeader(f *testing.F) {
	for _, seed := range []string{"=?utf-8?B?5byg?= <a@b.c>", "张, 三 <a@b.c>; \"x\" (y) z@z.z", "=?gb2312?Q?=D6?=\r\n =?gb2312?Q?=D0?=", "a:b,c;<@x,@y:a@b>", "\xd6\xd0\xce\xc4 <a@b.c>", "=?x?Q?a b?= \"\\\" <", "\x1b$BF|K\\\x1b(B <a@b.c>"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		var raw []byte
		for _, name := range []string{"From: ", "To: ", "Subject: ", "Content-Type: ", "Content-Disposition: ", "Message-ID: ", "References: ", "Date: "} {
			raw = append(append(append(raw, name...), value...), '\n')
		}
		m := email.Parse(append(raw, "\ntext"...))
		assertClean(t, "fuzz", m)
		if a := m.From.Address; a != "" && (strings.Count(a, "@") < 1 || strings.ContainsAny(a, " \n<>")) {
			t.Errorf("address %q", a)
		}
	})
}

func FuzzQuoted(f *testing.F) {
	for _, seed := range []string{"a\n> b\nc", "好\n\n在 2023-11-15 10:00 写道：\n> x\ny", "a\n-----原始邮件-----\nb", "x\nFrom: a\nSent: b\nTo: c\n", email.Delimiter + "\nx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		assertWhole(t, "fuzz", reply(text))
	})
}
