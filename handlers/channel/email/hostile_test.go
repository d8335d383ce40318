package email_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"mailbox/handlers/channel/email"
)

// hostile holds messages made to exhaust or confuse a reader.
func hostile() map[string][]byte {
	nested := func() []byte {
		var b bytes.Buffer
		b.WriteString("From: a@b.cn\nSubject: nested\n")
		for i := range 1000 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		b.WriteString("Content-Type: text/plain\n\nthe text\n")
		return b.Bytes()
	}
	repeat := strings.Repeat
	return map[string][]byte{
		"nested 1000 deep":     nested(),
		"10,000 parts":         []byte("From: a@b.cn\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nthe text\n" + repeat("--x\nContent-Disposition: attachment; filename=a.bin\n\nx\n", 10_000) + "--x--\n"),
		"1 MB header":          []byte("From: a@b.cn\nX-Long: " + repeat("x", 1<<20) + "\n\nthe text"),
		"1 MB of folds":        []byte("From: a@b.cn\nX-Long: a\n" + repeat(" y\n", 350_000) + "\nthe text"),
		"1 MB of fields":       []byte("From: a@b.cn\n" + repeat("X-A: b\n", 150_000) + "\nthe text"),
		"100,000 recipients":   []byte("From: a@b.cn\nTo: " + repeat("Name <user@example.com>,\n ", 100_000) + "z@z.z\n\nthe text"),
		"brackets":             []byte("From: a@b.cn\nTo: " + repeat("<", 500_000) + "\nCc: " + repeat("(", 500_000) + "\nReply-To: " + repeat(`"a,`, 200_000) + "\n\nthe text"),
		"address backtracking": []byte("From: a@b.cn\nTo: " + repeat("a@a.", 200_000) + "\nCc: " + repeat("a,", 300_000) + "\n\nthe text"),
		"50 MB base64 line":    []byte("From: a@b.cn\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nthe text\n--x\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + repeat("QUJD", 50<<18)),
		"1 MB subject":         []byte("From: a@b.cn\nSubject: " + repeat("=?utf-8?B?5L2g?= ", 60_000) + "\n\nthe text"),
		"word openings":        []byte("From: a@b.cn\nSubject: " + repeat("=?a?Q?", 150_000) + "\n\nthe text"),
		"blockquotes":          []byte("From: a@b.cn\nContent-Type: text/html\n\nthe text" + repeat("<blockquote>x", 100_000)),
		"open tags":            []byte("From: a@b.cn\nContent-Type: text/html\n\nthe text" + repeat("<div", 400_000)),
		"attributes":           []byte("From: a@b.cn\nContent-Type: text/html\n\nthe text<div " + repeat("a=b ", 300_000) + ">"),
		"quoted lines":         []byte("From: a@b.cn\nIn-Reply-To: <a@b>\n\nthe text\n" + repeat("在 2023-11-15 10:00 写道：\n> x\ny\n", 60_000)),
		"parameters":           []byte("From: a@b.cn\nContent-Type: text/plain; " + repeat("a*0*=b;", 100_000) + "\n\nthe text"),
		"boundaries":           []byte("From: a@b.cn\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nthe text\n" + repeat("--"+repeat("y", 900)+"\n", 5000)),
		"boundary of dashes":   []byte("From: a@b.cn\nContent-Type: multipart/mixed; boundary=--\n\n----\n\nthe text\n------\n"),
		"lone returns":         []byte("From: a@b.cn\rSubject: x\r\rthe text"),
		"spaced lines":         []byte("From: a@b.cn\nX: y\n" + repeat(" \n", 300_000) + "\nthe text"),
	}
}

// processorTime is what this thread has used so far: unlike the time on the
// wall it does not grow with what else the machine does.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	const thisThread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thisThread, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestHostileMail(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // what is counted shall be in use
	for name, raw := range hostile() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := processorTime(t)
		m := email.Parse(raw)
		took := processorTime(t) - start
		runtime.ReadMemStats(&after)
		if took > slowness*2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > slowness*64<<20 {
			t.Errorf("%s: heap grew by %d MiB", name, grown>>20)
		}
		if !m.Readable || !strings.Contains(m.FullText, "the text") || m.From.Address != "a@b.cn" {
			t.Errorf("%s: from %q, text %.100q, faults %q", name, m.From.Address, m.FullText, m.Faults)
		}
		assertClean(t, name, m)
	}
}

// assertClean checks that no text holds what a database refuses or a terminal
// obeys.
func assertClean(t *testing.T, name string, m email.Mail) {
	t.Helper()
	fields := []string{m.MessageID, m.Subject, m.Text, m.Quoted, m.FullText, m.HTML, m.From.Name, m.From.Address, m.Sender.Name, m.Sender.Address, m.Bounce.MessageID, m.Machine.Reason}
	for _, list := range [][]email.Address{m.To, m.Cc, m.ReplyTo} {
		for _, a := range list {
			fields = append(fields, a.Name, a.Address)
		}
	}
	for _, a := range m.Attachments {
		fields = append(fields, a.Name, a.Type, a.ContentID)
		if a.Name == "" || strings.ContainsAny(a.Name, "/\\\n\t") {
			t.Errorf("%s: attachment name %q", name, a.Name)
		}
	}
	for _, r := range m.Bounce.Recipients {
		fields = append(fields, r.Address, r.Action, r.Diagnostic, r.Status)
	}
	fields = append(append(append(fields, m.InReplyTo...), m.References...), m.DeliveredTo...)
	for _, f := range fields {
		if !utf8.ValidString(f) || strings.ContainsFunc(f, forbidden) {
			t.Fatalf("%s: %.200q holds what no text may", name, f)
		}
	}
	for _, f := range []string{m.Subject, m.From.Name, m.From.Address, m.MessageID} {
		if strings.ContainsAny(f, "\n\t") {
			t.Errorf("%s: %.200q is more than one line", name, f)
		}
	}
}

func forbidden(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029
}

// TestSafeHTML shows pages that a browser must not act on.
func TestSafeHTML(t *testing.T) {
	t.Parallel()
	page := `<html><head><style>body{background:url(http://evil/a)}</style><link rel=prefetch href="http://evil/b"><base href="http://evil/"></head>
<body background="http://evil/c" onload="x()"><script>evil()</script><p style="position:fixed;background:url(http://evil/d)">您好</p>
<img src="http://evil/e.gif" alt="表格"><img srcset="http://evil/f 2x"><img src=cid:pic1 alt=照片><picture><source srcset="http://evil/g"></picture>
<iframe src="http://evil/h"></iframe><form action="http://evil/i"><input name=a><button>x</button></form><svg><image href="http://evil/j"/></svg>
<video src="http://evil/k" poster="http://evil/l"></video><a href="javascript:alert(1)">甲</a><a href="https://good.example/">乙</a><object data="http://evil/m"></object>
<table background="http://evil/n"><tr><td>丙</td></tr></table><meta http-equiv=refresh content="0;url=http://evil/o"><img src="data:image/png;base64,iVBORw==" alt=图></body></html>`
	m := email.Parse([]byte("From: a@b.cn\nContent-Type: text/html; charset=utf-8\n\n" + page))
	for _, bad := range []string{"evil", "script", "style", "<img", "<form", "<input", "<iframe", "<svg", "onload", "javascript", "srcset", "url(", "<meta", "<link"} {
		if strings.Contains(strings.ToLower(m.HTML), bad) {
			t.Errorf("%q is left in %s", bad, m.HTML)
		}
	}
	for _, good := range []string{"您好", `href="https://good.example/"`, "noreferrer", "丙", `<span class="mail-image-remote">表格</span>`, `<span class="mail-image" data-cid="pic1">照片</span>`} {
		if !strings.Contains(m.HTML, good) {
			t.Errorf("%q is missing in %s", good, m.HTML)
		}
	}
	if len(m.Attachments) != 1 || !m.Attachments[0].Inline || m.Attachments[0].Type != "image/png" {
		t.Errorf("the picture in the page gave %+v", m.Attachments)
	}
}

// TestMutatedMail reads ten thousand broken copies of real mails.
func TestMutatedMail(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) == 0 {
		t.Fatal("no mails", err)
	}
	dice := rand.New(rand.NewPCG(20261123, 0))
	var seeds [][]byte
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, raw)
	}
	for n := range 10_000 {
		raw := mutate(dice, seeds[n%len(seeds)], seeds[dice.IntN(len(seeds))])
		m := email.Parse(raw, ourMailbox)
		assertClean(t, names[n%len(seeds)], m)
		assertWhole(t, names[n%len(seeds)], m)
		if slices.Contains(m.Faults, "the message could not be taken apart") {
			t.Fatalf("the reader panicked at copy %d of %s", n, names[n%len(seeds)])
		}
	}
}

// mutate flips, cuts, doubles and mixes.
func mutate(dice *rand.Rand, raw, other []byte) []byte {
	out := slices.Clone(raw)
	for range 1 + dice.IntN(8) {
		i, j := dice.IntN(len(out)), dice.IntN(len(out))
		i, j = min(i, j), max(i, j)
		switch dice.IntN(5) {
		case 0:
			out[i] = byte(dice.IntN(256))
		case 1:
			out = slices.Delete(out, i, min(j, i+40))
		case 2:
			out = slices.Insert(out, i, out[i:min(j, i+200)]...)
		case 3:
			out = slices.Insert(out, i, other[min(i, len(other)):min(j, len(other))]...)
		case 4:
			out = slices.Insert(out, i, []byte("\r\n\r\n--b\r\n=?gb2312?B?\x00\xff(\"<")[:dice.IntN(25)]...)
		}
		if len(out) == 0 {
			return other
		}
	}
	return out
}
