package receive_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"mailbox/handlers/channel/email/receive"
	"mailbox/workflow"
)

type running struct {
	addr string
	stop context.CancelFunc
	done chan error
}

func serve(t *testing.T, cfg receive.SMTPConfig, intake receive.Intake) *running {
	t.Helper()
	if cfg.Domains == nil {
		cfg.Domains = []string{"college.example"}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &running{addr: l.Addr().String(), stop: stop, done: make(chan error, 1)}
	server := receive.NewSMTP(cfg, intake, time.Now, logger(t))
	finished := make(chan struct{})
	go func() { defer close(finished); r.done <- server.Serve(ctx, l) }()
	t.Cleanup(func() { stop(); <-finished })
	return r
}

func (r *running) send(t *testing.T, raw []byte, to ...string) error {
	t.Helper()
	c, err := smtp.Dial(r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SendMail("sender@b.example", to, bytes.NewReader(raw)); err != nil {
		return err
	}
	return c.Quit()
}

func code(err error) int {
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return e.Code
	}
	return 0
}

func TestMailIsTakenWhole(t *testing.T) {
	t.Parallel()
	s := newShelf(nil)
	r := serve(t, receive.SMTPConfig{}, s)
	if err := r.send(t, letter(1), "xzxx@college.example", "XZXX@college.example", "reply+abcdefgh@college.example"); err != nil {
		t.Fatal(err)
	}
	got := s.list()
	if len(got) != 1 || !bytes.Equal(got[0].Raw, letter(1)) {
		t.Fatalf("got %+v", got)
	}
	m := got[0]
	if m.Mailbox != "xzxx@college.example" || m.Source != "smtp" || !strings.HasPrefix(m.ExternalID, "smtp:") || m.EnvelopeFrom != "sender@b.example" || m.ReceivedAt.IsZero() {
		t.Errorf("got %+v", m)
	}
	if !slices.Equal(m.EnvelopeTo, []string{"xzxx@college.example", "reply+abcdefgh@college.example"}) {
		t.Errorf("recipients %q", m.EnvelopeTo)
	}
}

func TestAnswersToTheSender(t *testing.T) {
	t.Parallel()
	always := func(err error) func(receive.Arrival, int) error {
		return func(receive.Arrival, int) error { return err }
	}
	tests := []struct {
		name string
		fail func(receive.Arrival, int) error
		raw  []byte
		to   string
		want int
	}{
		{"store away", always(unavailable()), letter(1), "x@college.example", 451},
		{"any other failure", always(errors.New("boom")), letter(1), "x@college.example", 451},
		{"too many", always(workflow.Fail(workflow.Limited, "x")), letter(1), "x@college.example", 451},
		{"too large", nil, bytes.Repeat([]byte("0123456789\r\n"), 10_000), "x@college.example", 552},
		{"line too long", nil, bytes.Repeat([]byte("x"), 10_100), "x@college.example", 554},
		{"not ours", nil, letter(1), "x@elsewhere.example", 550},
		{"no domain", nil, letter(1), "x", 501},
		{"our mailbox elsewhere", nil, letter(1), "box@mail.example", 0},
		{"its reply address", nil, letter(1), "reply+abcdefgh@mail.example", 0},
		{"a neighbour of it", nil, letter(1), "other@mail.example", 550},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newShelf(test.fail)
			r := serve(t, receive.SMTPConfig{MaxBytes: 100_000, MaxLine: 10_000, Mailboxes: []string{"box@mail.example"}}, s)
			err := r.send(t, test.raw, test.to)
			if code(err) != test.want || (err == nil) != (test.want == 0) {
				t.Errorf("got %v, want %d", err, test.want)
			}
			if stored := s.count() == 1; stored != (test.want == 0) {
				t.Errorf("stored: %v", stored)
			}
		})
	}
}

func TestMailCutOffIsNotTaken(t *testing.T) {
	t.Parallel()
	s := newShelf(nil)
	r := serve(t, receive.SMTPConfig{}, s)
	c := dial(t, r.addr)
	c.say("EHLO x", "250")
	c.say("MAIL FROM:<a@b>", "250")
	c.say("RCPT TO:<x@college.example>", "250")
	c.say("DATA", "354")
	fmt.Fprintf(c, "Subject: half\r\n\r\nhalf a te")
	c.Close()
	r.stop()
	if err := <-r.done; err != nil {
		t.Fatal(err)
	}
	if s.count() != 0 {
		t.Errorf("got %+v", s.list())
	}
}

// client speaks SMTP by hand.
type client struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

func dial(t *testing.T, addr string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &client{conn, t, bufio.NewReader(conn)}
	c.hear("220")
	return c
}

func (c *client) say(line, want string) {
	c.t.Helper()
	fmt.Fprintf(c, "%s\r\n", line)
	c.hear(want)
}

func (c *client) hear(want string) {
	c.t.Helper()
	for {
		line, err := c.r.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			c.t.Fatalf("heard %q, %v; want %s", line, err, want)
		}
		if len(line) > 3 && line[3] != '-' {
			return
		}
	}
}

func TestLMTPAnswersEachRecipient(t *testing.T) {
	t.Parallel()
	s := newShelf(func(_ receive.Arrival, call int) error { return nil })
	r := serve(t, receive.SMTPConfig{LMTP: true}, s)
	c := dial(t, r.addr)
	c.say("LHLO x", "250")
	c.say("MAIL FROM:<>", "250")
	c.say("RCPT TO:<x@college.example>", "250")
	c.say("RCPT TO:<other@elsewhere.example>", "550")
	c.say("RCPT TO:<y@college.example>", "250")
	c.say("DATA", "354")
	c.say("Subject: x\r\n\r\ntext\r\n.", "250")
	c.hear("250")
	if got := s.list(); len(got) != 1 || !slices.Equal(got[0].EnvelopeTo, []string{"x@college.example", "y@college.example"}) || got[0].EnvelopeFrom != "" {
		t.Errorf("got %+v", got)
	}
}

// TestStopFinishesWhatItTook stops the server between the text and the answer.
func TestStopFinishesWhatItTook(t *testing.T) {
	t.Parallel()
	storing, proceed := make(chan struct{}), make(chan struct{})
	s := newShelf(func(receive.Arrival, int) error { close(storing); <-proceed; return nil })
	r := serve(t, receive.SMTPConfig{}, s)
	idle := dial(t, r.addr)
	c := dial(t, r.addr)
	c.say("EHLO x", "250")
	c.say("MAIL FROM:<a@b>", "250")
	c.say("RCPT TO:<x@college.example>", "250")
	c.say("DATA", "354")
	fmt.Fprintf(c, "Subject: x\r\n\r\ntext\r\n.\r\n")
	<-storing
	r.stop()
	if _, err := idle.r.ReadByte(); err == nil {
		t.Error("an idle client was kept")
	}
	close(proceed)
	c.hear("250")
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	if s.count() != 1 {
		t.Errorf("%d mails", s.count())
	}
}

func TestTooManyGuests(t *testing.T) {
	t.Parallel()
	r := serve(t, receive.SMTPConfig{MaxConns: 2}, newShelf(nil))
	first, _ := dial(t, r.addr), dial(t, r.addr)
	third, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer third.Close()
	if line, _ := bufio.NewReader(third).ReadString('\n'); !strings.HasPrefix(line, "421") {
		t.Errorf("heard %q", line)
	}
	first.say("QUIT", "221")
	if _, err := first.r.ReadByte(); err == nil {
		t.Error("the line is open after QUIT")
	}
	dial(t, r.addr) // there is room again
}
