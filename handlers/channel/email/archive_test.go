package email_test

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel/email"
	"mailbox/workflow/ledger"
)

// read gives what is in an archive, a line each.
func read(t *testing.T, name string, r io.Reader) []string {
	t.Helper()
	var out []string
	err := email.Archive{}.Mails(name, r, func(line int, m ledger.ArchivedMail) error {
		day := ""
		if !m.At.IsZero() {
			day = m.At.UTC().Format(time.DateOnly)
		}
		out = append(out, strings.Join([]string{strconv.Itoa(line), m.Name, m.Subject, m.From, day, m.URL, m.Fault}, "|"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("read\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const archive = `From hq@college.example Fri Nov 17 08:00:00 2023
From: =?UTF-8?B?5ZCO5Yuk5aSE?= <hq@college.example>
Subject: =?UTF-8?B?6aOf5aCC5oub5qCH5YWs5ZGK?=
Date: Fri, 17 Nov 2023 16:00:00 +0800
Message-ID: <1@college.example>
Content-Type: text/plain; charset=utf-8

已公开：https://college.example/zb/1.html。另见 http://college.example/2

>From now on, mails are kept.
From here a sentence begins, at 8:00 in 2023.

From jw@college.example Sat Nov 18 08:00:00 2023
From: jw@college.example
Subject: Second
Date: Sat, 18 Nov 2023 08:00:00 +0800
Message-ID: <2@college.example>

No address.

From ??? Sun Nov 19 08:00:00 2023
` + "\x01\x02 not a mail at all" + `

From x@college.example Mon Nov 20 08:00:00 2023
From: X <x@college.example>
Subject: Without a day
Message-ID: <4@college.example>

<p>`

// Mails are told apart, whatever stands in them.
func TestMbox(t *testing.T) {
	t.Parallel()
	want := []string{
		"1|1@college.example|食堂招标公告|后勤处|2023-11-17|https://college.example/zb/1.html|",
		"13|2@college.example|Second||2023-11-18||",
		"21||||||ledger.mail.nothing",
		"24|4@college.example|Without a day|X|||",
	}
	same(t, read(t, "2023.mbox", strings.NewReader(archive)), want)
	same(t, read(t, "2023.mbox", strings.NewReader(strings.ReplaceAll(archive, "\n", "\r\n"))), want)
	same(t, read(t, "2023.mbox", strings.NewReader("")), nil)
	cut := read(t, "2023.mbox", strings.NewReader(archive[:400]))
	if len(cut) != 1 || !strings.HasPrefix(cut[0], "1|1@college.example|食堂招标公告") {
		t.Errorf("of a broken archive is left %q", cut)
	}
}

// A single mail is one, though a line of it looks like the beginning of another.
func TestSingleMailOfAnArchive(t *testing.T) {
	t.Parallel()
	_, mail, _ := strings.Cut(archive, "\n")
	got := read(t, "one.EML", strings.NewReader(mail))
	same(t, got, []string{"1|1@college.example|食堂招标公告|后勤处|2023-11-17|https://college.example/zb/1.html|"})
	bounce := "From: MAILER-DAEMON@college.example\nAuto-Submitted: auto-replied\nSubject: Re: x\nDate: Sat, 18 Nov 2023 08:00:00 +0800\n\nAway.\n"
	same(t, read(t, "one.eml", strings.NewReader(bounce)), []string{"1||Re: x||2023-11-18||ledger.mail.machine"})
}

func TestArchivesAreTold(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name, begin string
		want        bool
	}{
		{"2023.mbox", "anything", true},
		{"one.eml", "Subject: x\n", true},
		{"Inbox", archive[:300], true},
		{"2023.csv", "标题,日期\n", false},
		{"2023.csv", "From me at 8:00 in 2023,日期\n", false},
		{"2023.mbox", "PK\x03\x04\x00", false},
	} {
		if got := (email.Archive{}).Holds(k.name, []byte(k.begin)); got != k.want {
			t.Errorf("%s with %.20q: %t", k.name, k.begin, got)
		}
	}
}

// endless is a mail that goes on, in one line.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= n
	return n, nil
}

// A mail of any size is one line of what is wrong, and what follows is read.
func TestHugeMailOfAnArchive(t *testing.T) {
	t.Parallel()
	huge := io.MultiReader(strings.NewReader("From a@b Fri Nov 17 08:00:00 2023\nSubject: x\n\n"), &endless{40 << 20}, strings.NewReader("\n\n"+archive))
	got := read(t, "2023.mbox", huge)
	if len(got) != 5 || got[0] != "1||||||ledger.mail.large" || !strings.HasPrefix(got[1], "6|1@college.example") {
		t.Errorf("read %.200q", got)
	}
}

// Whoever reads may stop.
func TestArchiveStops(t *testing.T) {
	t.Parallel()
	enough, n := errors.New("enough"), 0
	err := email.Archive{}.Mails("a.mbox", strings.NewReader(archive), func(int, ledger.ArchivedMail) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("%d mails, %v", n, err)
	}
}
