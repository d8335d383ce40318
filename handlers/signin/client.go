package signin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// within is how long a server of the campus may take for one answer.
const within = 8 * time.Second

// clients are the ways to call servers of the campus, one for each set of
// certificates, so that connections are used again.
type clients struct {
	mu  sync.Mutex
	all map[string]*http.Client
}

// trusting calls servers that show a certificate of the given authorities, or of
// the system's when there are none. It follows no redirects.
func (c *clients) trusting(ca string) *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if client, ok := c.all[ca]; ok {
		return client
	}
	transport := &http.Transport{TLSClientConfig: tlsOf(ca), TLSHandshakeTimeout: within, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}
	client := &http.Client{
		Timeout: within, Transport: careful{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.all == nil || len(c.all) > 8 { // what was set up before is not needed again
		c.all = map[string]*http.Client{}
	}
	c.all[ca] = client
	return client
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// careful speaks plainly to this machine alone, and reads no answer without end.
type careful struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t careful) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !loopback(r.URL.Hostname()) {
		return nil, errors.New("a server of the campus is called by https alone")
	}
	resp, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = short{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// short is the beginning of a body.
type short struct {
	io.Reader
	io.Closer
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func tlsOf(ca string) *tls.Config {
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		out.RootCAs = x509.NewCertPool()
		out.RootCAs.AppendCertsFromPEM([]byte(ca))
	}
	return out
}
