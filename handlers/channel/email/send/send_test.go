package send_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"mailbox/handlers/channel/email"
	"mailbox/handlers/channel/email/send"
	"mailbox/workflow"
)

func at() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }

// sink is a mail server that fails where it is told to.
type sink struct {
	mail, rcpt, data error
	dropBefore       bool // cut the line before the text is taken
	dropAfter        bool // take the text, then cut the line
	stallAfter       chan struct{}
	addr             string
	mu               sync.Mutex
	got              []string
}

func (s *sink) start(t *testing.T) *sink {
	t.Helper()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &sinkSession{s, c}, nil }))
	server.Domain = "sink.example"
	server.ErrorLog = quiet{}
	serve(t, server, listen(t, s))
	return s
}

// listen opens a port for the sink.
func listen(t *testing.T, s *sink) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	return l
}

func serve(t *testing.T, server *smtp.Server, l net.Listener) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type sinkSession struct {
	*sink
	conn *smtp.Conn
}

func (s *sinkSession) Mail(string, *smtp.MailOptions) error { return s.mail }
func (s *sinkSession) Rcpt(string, *smtp.RcptOptions) error { return s.rcpt }
func (s *sinkSession) Reset()                               {}
func (s *sinkSession) Logout() error                        { return nil }

func (s *sinkSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.dropBefore {
		s.conn.Conn().Close()
		return errors.New("dropped")
	}
	if s.data != nil {
		return s.data
	}
	s.mu.Lock()
	s.got = append(s.got, string(b))
	s.mu.Unlock()
	if s.stallAfter != nil {
		<-s.stallAfter
	}
	if s.dropAfter {
		s.conn.Conn().Close()
	}
	return nil
}

func (s *sink) mails() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

func letter() send.Outgoing {
	return send.Outgoing{
		MessageID: "out-1@college.example",
		From:      send.Mailbox{Name: "校长信箱", Address: "xzxx@college.example"},
		To:        send.Mailbox{Name: "张三", Address: "zhang@b.example"},
		ReplyTo:   send.Mailbox{Address: "reply+token1234@college.example"},
		Subject:   "关于您来信 XZ20261123-0042 的答复",
		Text:      "您好，\n热水器已经修好。\n.\n校长信箱",
		InReplyTo: "in-1@b.example", References: []string{"a@b", "in-1@b.example"},
		Attachments: []send.File{{Name: "维修记录.pdf", Type: "application/pdf", Content: []byte("%PDF\x00\xff")}},
	}
}

func newSMTP(t *testing.T, addr string) *send.SMTP {
	t.Helper()
	s, err := send.NewSMTP("smtp://"+addr, "college.example", 5*time.Second, nil, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	code := func(n int) error { return &smtp.SMTPError{Code: n, Message: "said so"} }
	tests := []struct {
		name  string
		sink  *sink
		want  send.State
		mails int
	}{
		{"taken", &sink{}, send.Sent, 1},
		{"421 at MAIL", &sink{mail: code(421)}, send.Retry, 0},
		{"451 at RCPT", &sink{rcpt: code(451)}, send.Retry, 0},
		{"550 at RCPT", &sink{rcpt: code(550)}, send.Failed, 0},
		{"452 after DATA", &sink{data: code(452)}, send.Retry, 0},
		{"552 after DATA", &sink{data: code(552)}, send.Failed, 0},
		{"554 after DATA", &sink{data: code(554)}, send.Failed, 0},
		{"cut before it was taken", &sink{dropBefore: true}, send.Uncertain, 0},
		{"answer lost", &sink{dropAfter: true}, send.Uncertain, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := test.sink.start(t)
			got, err := newSMTP(t, s.addr).Send(t.Context(), letter())
			if got.State != test.want || (err == nil) != (test.want == send.Sent) {
				t.Errorf("got %v (%s), %v; want %v", got.State, got.Reason, err, test.want)
			}
			if n := len(s.mails()); n != test.mails {
				t.Errorf("%d mails arrived, want %d", n, test.mails)
			}
			if strings.ContainsAny(got.Reason, "\r\n") {
				t.Errorf("the reason has several lines: %q", got.Reason)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	if got, err := newSMTP(t, addr).Send(t.Context(), letter()); got.State != send.Retry || err == nil {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestTarpit wants the deadline kept at every step, and the right doubt.
func TestTarpit(t *testing.T) {
	t.Parallel()
	t.Run("before the greeting", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		start := time.Now()
		got, err := newSMTP(t, l.Addr().String()).Send(ctx, letter())
		if got.State != send.Retry || err == nil || time.Since(start) > 3*time.Second {
			t.Errorf("got %v, %v after %v", got, err, time.Since(start))
		}
	})
	t.Run("after the text", func(t *testing.T) {
		t.Parallel()
		s := (&sink{stallAfter: make(chan struct{})}).start(t)
		defer close(s.stallAfter)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		got, err := newSMTP(t, s.addr).Send(ctx, letter())
		if got.State != send.Uncertain || err == nil || time.Since(start) > 3*time.Second {
			t.Errorf("got %v, %v after %v", got, err, time.Since(start))
		}
	})
}

// TestWhatIsSentCanBeRead sends through a socket and reads with our own reader.
func TestWhatIsSentCanBeRead(t *testing.T) {
	t.Parallel()
	s := (&sink{}).start(t)
	l := letter()
	l.HTML, l.AutoSubmitted = "<p>您好</p>", true
	if got, err := newSMTP(t, s.addr).Send(t.Context(), l); got.State != send.Sent {
		t.Fatal(got, err)
	}
	m := email.Parse([]byte(s.mails()[0]))
	if m.From.Name != l.From.Name || m.To[0].Address != l.To.Address || m.Subject != l.Subject || m.Text != l.Text || m.MessageID != l.MessageID {
		t.Errorf("got %+v", m)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Name != "维修记录.pdf" || !bytes.Equal(m.Attachments[0].Content, l.Attachments[0].Content) {
		t.Errorf("attachments %+v", m.Attachments)
	}
	if token, ok := (email.Mail{To: m.ReplyTo}).ReplyToken("college.example"); !ok || token != "token1234" {
		t.Errorf("reply token %q", token)
	}
	if m.Machine.Sort != email.AutoReply || len(m.References) != 2 {
		t.Errorf("machine %+v, references %q", m.Machine, m.References)
	}
	for _, want := range []string{"Auto-Submitted: auto-replied\r\n", "X-Auto-Response-Suppress: All\r\n", "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"} {
		if !strings.Contains(s.mails()[0], want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(s.mails()[0], "User-Agent") {
		t.Error("the program names itself")
	}
}

func TestNoFieldAddsAHeader(t *testing.T) {
	t.Parallel()
	evil := []string{"a\r\nBcc: evil@x", "a\nBcc: evil@x", "a\rBcc: evil@x", "a\u2028Bcc: evil@x", "a\u0085Bcc: evil@x", "=?utf-8?Q?a=0D=0ABcc:_evil@x?=", "a\x00\r\n\r\nbody", "\"; filename=x.exe; a=\"", strings.Repeat("a", 2000) + "\r\nBcc: evil@x"}
	f, err := send.NewFolder(t.TempDir(), at)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range evil {
		l := letter()
		l.MessageID = fmt.Sprintf("evil-%d@college.example", i)
		l.From.Name, l.To.Name, l.ReplyTo.Name, l.Subject = e, e, e, e
		l.InReplyTo, l.References = e, []string{e}
		l.Attachments = []send.File{{Name: e, Type: "text/plain" + e, Content: []byte("x")}}
		if got, err := f.Send(t.Context(), l); got.State != send.Sent {
			t.Fatal(got, err)
		}
	}
	for _, e := range evil {
		for _, change := range []func(*send.Outgoing){func(l *send.Outgoing) { l.To.Address = e }, func(l *send.Outgoing) { l.From.Address = "x@y.z" + e }, func(l *send.Outgoing) { l.ReplyTo.Address = e + "@x" }, func(l *send.Outgoing) { l.MessageID = e }} {
			l := letter()
			change(&l)
			if got, err := f.Send(t.Context(), l); got.State != send.Failed || err == nil {
				t.Errorf("%q as an address gave %v", e, got)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(f.Dir(), "*.eml"))
	if err != nil || len(files) != len(evil) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		assertOneOfEach(t, name)
	}
}

func assertOneOfEach(t *testing.T, name string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for key, values := range m.Header {
		if key == "Bcc" || len(values) > 1 || strings.ContainsAny(values[0], "\r\n\x00") {
			t.Errorf("%s: header %s: %q", name, key, values)
		}
	}
	read := email.Parse(raw)
	if len(read.Attachments) != 1 || strings.HasSuffix(read.Attachments[0].Name, ".exe") || read.From.Address != "xzxx@college.example" || len(read.To) != 1 {
		t.Errorf("%s: read as %+v", name, read)
	}
	for _, l := range strings.Split(string(raw), "\r\n") {
		if len(l) > 998 {
			t.Errorf("%s: a line of %d bytes", name, len(l))
		}
	}
}

func TestFolderKeepsOneFilePerMail(t *testing.T) {
	t.Parallel()
	f, err := send.NewFolder(filepath.Join(t.TempDir(), "outgoing"), at)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got, err := f.Send(t.Context(), letter()); got.State != send.Sent || err != nil {
			t.Fatal(got, err)
		}
	}
	entries, err := os.ReadDir(f.Dir())
	if err != nil || len(entries) != 1 || entries[0].Name() != "out-1@college.example.eml" {
		t.Fatalf("entries %v, %v", entries, err)
	}
	raw, err := f.Read("out-1@college.example")
	if m := email.Parse(raw); err != nil || m.Subject != letter().Subject {
		t.Errorf("read %+v, %v", m, err)
	}
	for _, id := range []string{"out-2@college.example", "../../etc/passwd", ""} {
		if _, err := f.Read(id); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestServerAddress(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "http://x", "smtp://", "smtp://h:99999", "smtp://u:secret@:25"} {
		if _, err := send.NewSMTP(bad, "", time.Second, nil, at); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// A distant server without TLS must not get our letters.
	s := (&sink{}).start(t)
	demanding, err := send.NewSMTP("smtp://"+s.addr+"?tls=required", "", 2*time.Second, nil, at)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := demanding.Send(t.Context(), letter()); got.State != send.Retry || len(s.mails()) != 0 {
		t.Errorf("got %v", got)
	}
}
