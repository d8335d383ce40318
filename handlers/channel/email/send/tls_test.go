package send_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"mailbox/handlers/channel/email/send"
)

// certificate is one that a test's server shows, and what trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates, MinVersion: tls.VersionTLS12}, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// guarded is a mail server that takes mail only over TLS and from one account,
// as those of the big providers do.
type guarded struct {
	sink
	mechanism string
}

type guardedSession struct {
	sinkSession
	g    *guarded
	user string
}

var errSignInFirst = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}

func (s *guardedSession) AuthMechanisms() []string { return []string{s.g.mechanism} }

func (s *guardedSession) Auth(string) (sasl.Server, error) {
	check := func(user, password string) error {
		if _, secure := s.conn.TLSConnectionState(); !secure || user != "xzxx@college.example" || password != "授权码/+ 1" {
			return errors.New("wrong password")
		}
		s.user = user
		return nil
	}
	if s.g.mechanism == sasl.Login {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

func (s *guardedSession) Mail(from string, o *smtp.MailOptions) error {
	if s.user == "" {
		return errSignInFirst
	}
	return s.sinkSession.Mail(from, o)
}

// loginServer asks for name and password one after the other.
type loginServer struct {
	check func(user, password string) error
	said  []string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.said = append(l.said, string(response))
	}
	switch len(l.said) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.said[0], l.said[1])
}

func (g *guarded) start(t *testing.T, config *tls.Config, always bool) *guarded {
	t.Helper()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &guardedSession{sinkSession: sinkSession{&g.sink, c}, g: g}, nil
	}))
	server.Domain, server.ErrorLog, server.TLSConfig = "guarded.example", quiet{}, config
	l := listen(t, &g.sink)
	if always {
		l = tls.NewListener(l, config)
	}
	serve(t, server, l)
	return g
}

// TestSignsInOverTLS sends by servers that want TLS, from the first byte or by
// STARTTLS, and a password, by either of the usual ways.
func TestSignsInOverTLS(t *testing.T) {
	t.Parallel()
	server, client := certificate(t)
	for _, mechanism := range []string{sasl.Plain, sasl.Login} {
		for scheme, always := range map[string]bool{"smtp": false, "smtps": true} {
			t.Run(mechanism+" "+scheme, func(t *testing.T) {
				t.Parallel()
				g := (&guarded{mechanism: mechanism}).start(t, server, always)
				with := func(password string) (send.Outcome, error) {
					s := guardedSender(t, scheme+"://xzxx%40college.example:"+password+"@"+g.addr+"?tls=required", client)
					return s.Send(t.Context(), letter())
				}
				if got, err := with("%E6%8E%88%E6%9D%83%E7%A0%81%2F+%201"); got.State != send.Sent || len(g.mails()) != 1 {
					t.Errorf("%v, %d mails, %v", got, len(g.mails()), err)
				}
				got, err := with("guess")
				if got.State != send.Retry || len(g.mails()) != 1 || err == nil || strings.Contains(err.Error()+got.Reason, "guess") {
					t.Errorf("with a wrong password: %v, %d mails, %v", got, len(g.mails()), err)
				}
			})
		}
	}
}

// TestWrongCertificate gives neither mail nor password to whoever stands in
// between.
func TestWrongCertificate(t *testing.T) {
	t.Parallel()
	server, _ := certificate(t)
	for scheme, always := range map[string]bool{"smtp": false, "smtps": true} {
		g := (&guarded{mechanism: sasl.Plain}).start(t, server, always)
		s := guardedSender(t, scheme+"://xzxx%40college.example:secret@"+g.addr+"?tls=required", nil)
		got, err := s.Send(t.Context(), letter())
		if got.State != send.Retry || len(g.mails()) != 0 || err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v, %d mails, %v", scheme, got, len(g.mails()), err)
		}
	}
}

func guardedSender(t *testing.T, url string, client *tls.Config) *send.SMTP {
	t.Helper()
	s, err := send.NewSMTP(url, "college.example", 5*time.Second, client, at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
