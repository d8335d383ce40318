package receive_test

import (
	"context"
	"crypto/tls"
	"log/slog"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/channel/email/receive"
	"mailbox/handlers/channel/email/receive/dovecottest"
)

// TestFollowsOverTLS signs in over TLS, from the first byte as the big
// providers want it and by STARTTLS, and is pushed what comes later.
func TestFollowsOverTLS(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	put(t, server.Addr, letters(1, 2)...)
	trust := &tls.Config{RootCAs: server.Roots, MinVersion: tls.VersionTLS12}
	followers := map[string]*marks{}
	for name, url := range map[string]string{
		"imaps":    strings.Replace(server.URL(server.Secure), "imap:", "imaps:", 1),
		"starttls": server.URL("") + "?tls=starttls",
	} {
		cfg := quick(server.Addr)
		cfg.URL, cfg.TLS = url, trust
		m := newMarks()
		follow(t, cfg, newShelf(nil), m, nil)
		m.wait(t, 2)
		followers[name] = m
	}
	put(t, server.Addr, letter(3))
	for _, m := range followers {
		m.wait(t, 3)
	}
}

// TestWrongCertificate: whoever stands in between gets no password, and the
// page about the mailbox says why nothing comes.
func TestWrongCertificate(t *testing.T) {
	t.Parallel()
	server := dovecottest.Start(t)
	put(t, server.Addr, letter(1))
	for _, url := range []string{strings.Replace(server.URL(server.Secure), "imap:", "imaps:", 1), server.URL("") + "?tls=starttls"} {
		cfg := quick(server.Addr)
		cfg.URL = url
		heard := make(warnings, 1)
		s := newShelf(nil)
		f, err := receive.NewFollower(cfg, s, newMarks(), nil, time.Now, slog.New(slog.NewTextHandler(heard, nil)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); f.Run(ctx) }()
		select {
		case line := <-heard:
			if !strings.Contains(line, "certificate") || strings.Contains(line, password) || !strings.Contains(f.Status().Error, "certificate") || s.count() != 0 {
				t.Errorf("%s\nstatus %+v, %d mails", line, f.Status(), s.count())
			}
		case <-time.After(20 * time.Second):
			t.Error("no word about a wrong certificate")
		}
		stop()
		<-done
	}
}

// warnings hands over what is logged, as long as somebody listens.
type warnings chan string

func (w warnings) Write(b []byte) (int, error) {
	select {
	case w <- string(b):
	default:
	}
	return len(b), nil
}
