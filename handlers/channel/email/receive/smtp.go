package receive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"mailbox/workflow"
)

// SMTPConfig says where and for whom mail is taken. Zero values of the limits
// mean the defaults given beside them.
type SMTPConfig struct {
	Listen    string // host:port
	LMTP      bool
	Hostname  string      // our name in the greeting
	Domains   []string    // every address of these is taken, reply+… included; "*" is every domain
	Mailboxes []string    // and these addresses
	TLS       *tls.Config // offers STARTTLS when set

	MaxBytes      int64         // 35 MB
	MaxRecipients int           // 100
	MaxLine       int           // 1 MiB
	MaxConns      int           // 100
	MaxPerHost    int           // 20; a loopback host may have them all
	Timeout       time.Duration // 3 min for one command or one mail's text
	StoreTimeout  time.Duration // 30 s for the Intake
}

func (c SMTPConfig) withDefaults() SMTPConfig {
	or := func(n *int, d int) {
		if *n == 0 {
			*n = d
		}
	}
	or(&c.MaxRecipients, 100)
	or(&c.MaxLine, 1<<20)
	or(&c.MaxConns, 100)
	or(&c.MaxPerHost, 20)
	if c.MaxBytes == 0 {
		c.MaxBytes = 35_000_000
	}
	if c.Timeout == 0 {
		c.Timeout = 3 * time.Minute
	}
	if c.StoreTimeout == 0 {
		c.StoreTimeout = 30 * time.Second
	}
	if c.Hostname == "" {
		c.Hostname = "localhost"
	}
	return c
}

// SMTP is a mail server that keeps what it accepts: it answers 250 after the
// Intake has stored the mail and not before.
type SMTP struct {
	cfg    SMTPConfig
	intake Intake
	now    func() time.Time
	log    *slog.Logger
	big    chan struct{} // slots for mails too long to hold many of
}

// NewSMTP returns a server that is not running yet.
func NewSMTP(cfg SMTPConfig, intake Intake, now func() time.Time, log *slog.Logger) *SMTP {
	const bigMails = 8
	return &SMTP{cfg: cfg.withDefaults(), intake: intake, now: now, log: log, big: make(chan struct{}, bigMails)}
}

// Run listens and serves until ctx ends.
func (s *SMTP) Run(ctx context.Context) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen for mail: %w", err)
	}
	return s.Serve(ctx, l)
}

// Serve takes mail on l until ctx ends. Mails whose text is being taken are
// finished; then it returns nil.
func (s *SMTP) Serve(ctx context.Context, l net.Listener) error {
	door := newDoor(l, s.cfg.MaxConns, s.cfg.MaxPerHost)
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, ctx: context.WithoutCancel(ctx), guest: door.guest(c.Conn())}, nil
	}))
	s.configure(server)
	done := make(chan error, 1)
	go func() { done <- server.Serve(door) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve mail: %w", err)
	case <-ctx.Done():
	}
	door.close()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.StoreTimeout)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, net.ErrClosed) {
		door.cut()
		return fmt.Errorf("stop taking mail: %w", err)
	}
	return nil
}

func (s *SMTP) configure(server *smtp.Server) {
	server.LMTP = s.cfg.LMTP
	server.Domain = s.cfg.Hostname
	server.TLSConfig = s.cfg.TLS
	server.MaxMessageBytes = s.cfg.MaxBytes
	server.MaxRecipients = s.cfg.MaxRecipients
	server.MaxLineLength = s.cfg.MaxLine
	server.ReadTimeout = s.cfg.Timeout
	server.WriteTimeout = s.cfg.Timeout
	server.EnableSMTPUTF8 = true
	server.ErrorLog = complaints{s.log}
}

// complaints passes on go-smtp's troubles with connections, without addresses.
type complaints struct{ log *slog.Logger }

func (c complaints) Printf(format string, v ...any) {
	if strings.HasPrefix(format, "panic") {
		c.log.Error("a mail session failed", slog.String("what", fmt.Sprint(v[1:]...)))
	}
}

func (c complaints) Println(...any) {}

// takes tells whether rcpt is one of ours.
func (s *SMTP) takes(rcpt string) bool {
	same := func(a string) bool { return strings.EqualFold(a, rcpt) }
	if slices.ContainsFunc(s.cfg.Mailboxes, same) {
		return true
	}
	local, domain, ok := cutAddress(rcpt)
	if !ok {
		return false
	}
	if slices.ContainsFunc(s.cfg.Domains, func(d string) bool { return d == "*" || strings.EqualFold(d, domain) }) {
		return true
	}
	return strings.HasPrefix(strings.ToLower(local), "reply+") && slices.ContainsFunc(s.cfg.Mailboxes, func(m string) bool {
		_, d, ok := cutAddress(m)
		return ok && strings.EqualFold(d, domain)
	})
}

func cutAddress(a string) (local, domain string, ok bool) {
	i := strings.LastIndexByte(a, '@')
	if i < 1 || i == len(a)-1 {
		return "", "", false
	}
	return a[:i], a[i+1:], true
}

// session is one client's connection.
type session struct {
	server *SMTP
	ctx    context.Context //nolint:containedctx // go-smtp hands none down
	guest  *guest
	from   string
	to     []string
}

// Mail implements smtp.Session.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	c.from, c.to = from, nil
	return nil
}

// Rcpt implements smtp.Session.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !c.server.takes(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	}
	c.to = append(c.to, to)
	return nil
}

// Reset implements smtp.Session. go-smtp calls it after its answer to a mail is
// on its way.
func (c *session) Reset() {
	c.from, c.to = "", nil
	c.guest.rest()
}

// Logout implements smtp.Session.
func (c *session) Logout() error { return nil }

// Data implements smtp.Session.
func (c *session) Data(r io.Reader) error {
	c.guest.work()
	raw, err := c.server.read(r)
	if err != nil {
		return err
	}
	return c.store(raw)
}

// LMTPData implements smtp.LMTPSession. The mail is stored once for all its
// recipients, so all have the same fate; each is told its own.
func (c *session) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	to := slices.Clone(c.to)
	err := c.Data(r)
	for _, rcpt := range to {
		status.SetStatus(rcpt, err)
	}
	return err
}

func (c *session) store(raw []byte) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.server.cfg.StoreTimeout)
	defer cancel()
	to := uniqueFold(c.to)
	err := c.server.intake.Arrive(ctx, Arrival{
		Mailbox: to[0], Source: FromSMTP, ExternalID: "smtp:" + randomID(),
		EnvelopeFrom: c.from, EnvelopeTo: to, ReceivedAt: c.server.now(), Raw: raw,
	})
	if err == nil {
		return nil
	}
	c.server.log.Error("a mail was not stored; its sender will come again", slog.Any("error", err))
	answer := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Not stored, try again later"}
	if workflow.KindOf(err) == workflow.Limited {
		answer.EnhancedCode = smtp.EnhancedCode{4, 7, 1}
	}
	return answer
}

func uniqueFold(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, s) }) {
			out = append(out, s)
		}
	}
	return out
}

// read takes in a mail's text. Long ones wait for a slot, so that memory stays
// small however many come at once.
func (s *SMTP) read(r io.Reader) ([]byte, error) {
	const short = 512 << 10
	head, err := io.ReadAll(io.LimitReader(r, short))
	if err != nil {
		return nil, broken(err)
	}
	if len(head) < short {
		return head, nil
	}
	s.big <- struct{}{}
	defer func() { <-s.big }()
	rest, err := io.ReadAll(r)
	if err != nil {
		return nil, broken(err)
	}
	return append(head, rest...), nil
}

// broken is the answer to a text that did not come whole.
func broken(err error) error {
	if refused, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return refused // too large
	}
	if errors.Is(err, smtp.ErrTooLongLine) {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "A line is too long"}
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "The mail did not come whole"}
}
