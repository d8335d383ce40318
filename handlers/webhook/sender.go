// Package webhook tells programs of other systems what happened: it signs
// messages, brings them to addresses outside of our own networks, and has the
// pages on which administrators say who is told what.
package webhook

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/webhooks"
)

const (
	// within is how long the other side may take for everything.
	within = 10 * time.Second
	// maxAnswer is how many bytes of an answer are read; they are not looked at.
	maxAnswer = 64 << 10
)

// Sender implements webhooks.Sender.
type Sender struct {
	allowed []netip.Prefix
	client  *http.Client
	base    string // of links
	now     func() time.Time
}

var _ webhooks.Sender = (*Sender)(nil)

// Config is what a Sender needs to know.
type Config struct {
	Allowed   []netip.Prefix // private networks that may be told
	PublicURL string         // links begin with it
	Now       func() time.Time
	Roots     *x509.CertPool // nil: the system's
	Timeout   time.Duration  // 0: 10 seconds
}

// NewSender returns a Sender that goes to addresses directly, past no proxy, and
// follows no redirects: both would lead where nobody looked.
func NewSender(c Config) *Sender {
	s := &Sender{allowed: c.Allowed, base: strings.TrimRight(c.PublicURL, "/"), now: c.Now}
	timeout := c.Timeout
	if timeout == 0 {
		timeout = within
	}
	dialer := &net.Dialer{Timeout: timeout, Control: s.control}
	s.client = &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: timeout, MaxResponseHeaderBytes: maxAnswer,
			MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

// payload is all that another program is told: no name and no word of a letter.
type payload struct {
	ID    int64              `json:"id"`
	Event workflow.HookEvent `json:"event"`
	At    time.Time          `json:"at"`
	Case  string             `json:"case,omitempty"`
	Link  string             `json:"link,omitempty"`
}

// Send implements webhooks.Sender.
func (s *Sender) Send(ctx context.Context, m webhooks.Message) webhooks.Outcome {
	if err := s.Check(m.URL); err != nil { // what is listed may have changed since
		return webhooks.Outcome{Error: "webhook.error.inside"}
	}
	r, err := s.request(ctx, m)
	if err != nil {
		return webhooks.Outcome{Error: "webhook.error.connect"}
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return webhooks.Outcome{Error: why(err)}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // only to use the connection again
	return s.judge(resp)
}

func (s *Sender) request(ctx context.Context, m webhooks.Message) (*http.Request, error) {
	p := payload{ID: m.ID, Event: m.Kind, At: m.At.In(s.now().Location()).Truncate(time.Second), Case: m.Number}
	if m.Number != "" {
		p.Link = s.base + "/desk/cases/" + m.Number
	}
	body, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	timestamp, nonce := strconv.FormatInt(s.now().Unix(), 10), rand.Text()
	names, signs := signatures(m.Keys, timestamp, nonce, r.Method, r.URL.RequestURI(), body)
	for name, v := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "mailbox-webhook/1", "Idempotency-Key": fmt.Sprintf("%d-%d", m.Webhook, m.ID),
		"X-Key": names, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signs,
	} {
		r.Header.Set(name, v)
	}
	return r, nil
}

func (s *Sender) judge(resp *http.Response) webhooks.Outcome {
	out := webhooks.Outcome{Status: resp.StatusCode, Wait: s.wait(resp.Header.Get("Retry-After"))}
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		out.Wait = 0
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		out.Error = "webhook.error.redirect"
	default:
		out.Error = "webhook.error.status"
	}
	return out
}

// wait is how long the other side asks to be left alone.
func (s *Sender) wait(header string) time.Duration {
	if n, err := strconv.Atoi(header); err == nil && n > 0 && n < 1<<20 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(header); err == nil {
		return max(0, t.Sub(s.now()))
	}
	return 0
}

// why is what went wrong, in words of ours: the other side's are not shown.
func why(err error) string {
	if errors.Is(err, errInside) {
		return "webhook.error.inside"
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return "webhook.error.timeout"
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "webhook.error.name"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "webhook.error.tls"
	}
	return "webhook.error.connect"
}
