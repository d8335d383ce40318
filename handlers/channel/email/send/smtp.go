package send

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP sends by a mail server, one connection per mail.
type SMTP struct {
	host    string
	port    int
	ssl     bool
	timeout time.Duration
	options []gomail.Option
	tls     *tls.Config
	now     func() time.Time
}

// NewSMTP reads a URL like smtps://user:password@host:465. With smtp:// the
// connection must change to TLS, unless the server is on this machine or the
// URL ends in ?tls=none; with ?tls=optional it changes when the server can.
// hello is the name we give ourselves; roots, when set, decides which
// certificates count.
func NewSMTP(address, hello string, timeout time.Duration, roots *tls.Config, now func() time.Time) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("the mail server is not an address like smtp://host:port") // the URL holds a password: do not repeat it
	}
	s := &SMTP{host: u.Hostname(), ssl: u.Scheme == "smtps", timeout: timeout, tls: &tls.Config{MinVersion: tls.VersionTLS12}, now: now}
	if roots != nil {
		s.tls = roots.Clone()
	}
	s.tls.ServerName = s.host
	if s.port, err = port(u, s.ssl); err != nil {
		return nil, err
	}
	policy := s.policy(u)
	s.options = []gomail.Option{gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(s.tls), gomail.WithPort(s.port), gomail.WithoutNoop()}
	if s.ssl {
		s.options = append(s.options, gomail.WithSSL())
	}
	if hello != "" {
		s.options = append(s.options, gomail.WithHELO(hello))
	}
	s.authenticate(u, s.ssl || policy == gomail.TLSMandatory)
	return s, nil
}

func port(u *url.URL, ssl bool) (int, error) {
	if u.Port() == "" {
		if ssl {
			return 465, nil
		}
		return 25, nil
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil || n < 1 || n > 65535 {
		return 0, errors.New("the mail server's port is not valid")
	}
	return n, nil
}

func (s *SMTP) policy(u *url.URL) gomail.TLSPolicy {
	switch mode := u.Query().Get("tls"); {
	case s.ssl, mode == "none":
		return gomail.NoTLS
	case mode == "optional":
		return gomail.TLSOpportunistic
	case mode == "" && loopback(s.host):
		return gomail.NoTLS
	}
	return gomail.TLSMandatory
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// authenticate prefers mechanisms that do not show the password where the
// connection is open to readers.
func (s *SMTP) authenticate(u *url.URL, encrypted bool) {
	if u.User == nil {
		return
	}
	password, _ := u.User.Password()
	mechanisms := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5}
	if !encrypted {
		mechanisms = []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc}
	}
	s.options = append(s.options, gomail.WithUsername(u.User.Username()), gomail.WithPassword(password), gomail.WithOpportunisticSMTPAuth(mechanisms...))
}

// Send implements Sender.
func (s *SMTP) Send(ctx context.Context, m Outgoing) (Outcome, error) {
	msg, err := message(m, s.now())
	if err != nil {
		return failed(err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	l := &line{}
	defer l.close()
	// go-mail looks at the context only while it dials. The line is cut when
	// the time is over, whatever go-mail is waiting for.
	defer context.AfterFunc(ctx, l.close)()
	client, err := gomail.NewClient(s.host, append(s.options[:len(s.options):len(s.options)], gomail.WithTimeout(s.timeout), gomail.WithDialContextFunc(s.dialer(l)))...)
	if err != nil {
		return failed(err)
	}
	return deliver(ctx, client, msg, l)
}

// line is the connection of one delivery, closed once it is of no more use.
type line struct {
	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

func (l *line) hold(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = c
	if l.closed {
		_ = c.Close()
	}
}

func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

func (s *SMTP) dialer(l *line) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		l.hold(conn)
		if !s.ssl {
			return conn, nil
		}
		secure := tls.Client(conn, s.tls)
		return secure, secure.HandshakeContext(ctx)
	}
}

func deliver(ctx context.Context, client *gomail.Client, msg *gomail.Msg, l *line) (Outcome, error) {
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return classify(msg, err)
	}
	outcome, err := classify(msg, client.SendWithSMTPClient(session, msg))
	if outcome.State == Uncertain {
		l.close() // QUIT would end the text that broke off, and the server would take it
		return outcome, err
	}
	_ = client.CloseWithSMTPClient(session) // the mail's fate does not hang on QUIT
	return outcome, err
}

// classify decides by what is known of the mail, never by the error alone:
// go-mail reports an error too when only what follows the delivery failed.
func classify(msg *gomail.Msg, err error) (Outcome, error) {
	if msg.IsDelivered() {
		return Outcome{State: Sent, Reason: oneLine(msg.ServerResponse(), 300), Code: 250}, nil
	}
	if err == nil {
		err = errors.New("the mail was not delivered and no reason given")
	}
	outcome := Outcome{State: Retry, Reason: oneLine(err.Error(), 300)}
	var refused *gomail.SendError
	if !errors.As(err, &refused) {
		return outcome, fmt.Errorf("connect to mail server: %w", err) // nothing was given away
	}
	outcome.Code = refused.ErrorCode()
	switch {
	case outcome.Code == 0 && given(refused.Reason):
		outcome.State = Uncertain
	case outcome.Code >= 500:
		outcome.State = Failed
	case outcome.Code == 0 && ours(refused.Reason):
		outcome.State = Failed
	}
	return outcome, fmt.Errorf("send mail: %w", err)
}

// given tells the steps after which the server has the text.
func given(r gomail.SendErrReason) bool {
	return r == gomail.ErrSMTPDataClose || r == gomail.ErrWriteContent || r == gomail.ErrAmbiguous
}

// ours tells the steps that fail by the mail itself.
func ours(r gomail.SendErrReason) bool {
	return r == gomail.ErrGetSender || r == gomail.ErrGetRcpts || r == gomail.ErrNoUnencoded
}
