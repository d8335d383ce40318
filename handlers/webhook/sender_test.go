package webhook_test

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/handlers/webhook"
	"mailbox/workflow/webhooks"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("", 8*3600))

// receiver is a far end that takes nothing that is not exactly as described.
type receiver struct {
	*httptest.Server
	secrets map[string]string

	mu     sync.Mutex
	nonces map[string]bool
	got    []map[string]any
	faults []string
	answer func(http.ResponseWriter, *http.Request)
}

func receive(t *testing.T, serve func(http.Handler) *httptest.Server, secrets map[string]string) *receiver {
	t.Helper()
	r := &receiver{secrets: secrets, nonces: map[string]bool{}}
	r.Server = serve(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if fault := r.fault(q, body); fault != "" || err != nil {
		r.faults = append(r.faults, fmt.Sprint(fault, err))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var m map[string]any
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&m); err != nil {
		r.faults = append(r.faults, err.Error())
	}
	r.got = append(r.got, m)
	if r.answer != nil {
		r.answer(w, q)
	}
}

func (r *receiver) fault(q *http.Request, body []byte) string {
	stamp, err := strconv.ParseInt(q.Header.Get("X-Timestamp"), 10, 64)
	nonce := q.Header.Get("X-Nonce")
	switch {
	case q.Method != http.MethodPost || q.Header.Get("Content-Type") != "application/json":
		return "no POST of JSON"
	case err != nil || now.Unix()-stamp > 300 || stamp-now.Unix() > 300:
		return "timestamp"
	case len(nonce) < 16 || r.nonces[nonce]:
		return "nonce"
	case q.Header.Get("Idempotency-Key") == "":
		return "no name"
	}
	r.nonces[nonce] = true
	names, signs := strings.Split(q.Header.Get("X-Key"), ","), strings.Split(q.Header.Get("X-Signature"), ",")
	if len(names) != len(signs) {
		return "as many keys as signatures"
	}
	for i, name := range names {
		if secret, ok := r.secrets[name]; ok && signs[i] == webhook.Sign(secret, q.Header.Get("X-Timestamp"), nonce, q.Method, q.URL.RequestURI(), body) {
			return ""
		}
	}
	return "signature"
}

func sender(change ...func(*webhook.Config)) *webhook.Sender {
	c := webhook.Config{
		Allowed:   []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		PublicURL: "https://mailbox.example", Now: func() time.Time { return now },
	}
	for _, f := range change {
		f(&c)
	}
	return webhook.NewSender(c)
}

func message(url string, keys ...webhooks.Key) webhooks.Message {
	if keys == nil {
		keys = []webhooks.Key{{ID: "k1", Secret: "whs_one"}}
	}
	return webhooks.Message{URL: url, Keys: keys, Webhook: 3, ID: 17, Kind: "case.answered", Number: "XZ20261123-0042", At: now}
}

// TestSign is the published example of the developers' page.
func TestSign(t *testing.T) {
	got := webhook.Sign("whs_example", "1795395600", "4F2A9C", "POST", "/hook?from=mailbox", []byte(`{"id":17}`))
	if got != "82ed69f0da37b3e41c7c2e64f6c14782a52a15d928ba3a617f47e778379f82c6" { // openssl dgst -sha256 -hmac
		t.Errorf("signature %s", got)
	}
	for i, other := range []string{
		webhook.Sign("whs_examplE", "1795395600", "4F2A9C", "POST", "/hook?from=mailbox", []byte(`{"id":17}`)),
		webhook.Sign("whs_example", "1795395601", "4F2A9C", "POST", "/hook?from=mailbox", []byte(`{"id":17}`)),
		webhook.Sign("whs_example", "1795395600", "4F2A9D", "POST", "/hook?from=mailbox", []byte(`{"id":17}`)),
		webhook.Sign("whs_example", "1795395600", "4F2A9C", "PUT", "/hook?from=mailbox", []byte(`{"id":17}`)),
		webhook.Sign("whs_example", "1795395600", "4F2A9C", "POST", "/hook", []byte(`{"id":17}`)),
		webhook.Sign("whs_example", "1795395600", "4F2A9C", "POST", "/hook?from=mailbox", []byte(`{"id":18}`)),
	} {
		if other == got {
			t.Errorf("%d: something is not signed", i)
		}
	}
}

func TestSend_saysNoMoreThanItShould(t *testing.T) {
	r := receive(t, httptest.NewServer, map[string]string{"k1": "whs_one"})
	out := sender().Send(t.Context(), message(r.URL+"/hook?from=mailbox"))
	if out != (webhooks.Outcome{Status: 200}) || len(r.faults) != 0 {
		t.Fatalf("%+v, %v", out, r.faults)
	}
	want := map[string]any{
		"id": 17.0, "event": "case.answered", "at": "2026-11-23T09:00:00+08:00", "case": "XZ20261123-0042",
		"link": "https://mailbox.example/desk/cases/XZ20261123-0042",
	}
	if fmt.Sprint(r.got[0]) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", r.got[0], want)
	}
}

// TestSend_whileASecretChanges wants both sides of a rotation to be served.
func TestSend_whileASecretChanges(t *testing.T) {
	for name, secrets := range map[string]map[string]string{"old": {"k1": "whs_one"}, "new": {"k2": "whs_two"}, "both": {"k1": "whs_one", "k2": "whs_two"}} {
		r := receive(t, httptest.NewServer, secrets)
		keys := []webhooks.Key{{ID: "k2", Secret: "whs_two"}, {ID: "k1", Secret: "whs_one"}}
		if out := sender().Send(t.Context(), message(r.URL, keys...)); out.Error != "" {
			t.Errorf("who knows the %s secret: %+v %v", name, out, r.faults)
		}
	}
}

func TestSend_overTLS(t *testing.T) {
	r := receive(t, httptest.NewTLSServer, map[string]string{"k1": "whs_one"})
	pool := x509.NewCertPool()
	pool.AddCert(r.Certificate())
	if out := sender(func(c *webhook.Config) { c.Roots = pool }).Send(t.Context(), message(r.URL)); out.Error != "" {
		t.Errorf("%+v", out)
	}
	if out := sender().Send(t.Context(), message(r.URL)); out.Error != "webhook.error.tls" || len(r.got) != 1 {
		t.Errorf("an unknown certificate: %+v", out)
	}
}

func TestSend_whatTheOtherSideAnswers(t *testing.T) {
	r := receive(t, httptest.NewServer, map[string]string{"k1": "whs_one"})
	elsewhere := receive(t, httptest.NewServer, map[string]string{"k1": "whs_one"})
	for _, line := range []struct {
		status int
		header string
		want   webhooks.Outcome
	}{
		{204, "", webhooks.Outcome{Status: 204}},
		{302, "", webhooks.Outcome{Status: 302, Error: "webhook.error.redirect"}},
		{307, "", webhooks.Outcome{Status: 307, Error: "webhook.error.redirect"}},
		{422, "", webhooks.Outcome{Status: 422, Error: "webhook.error.status"}},
		{500, "", webhooks.Outcome{Status: 500, Error: "webhook.error.status"}},
		{503, "120", webhooks.Outcome{Status: 503, Error: "webhook.error.status", Wait: 2 * time.Minute}},
		{429, now.Add(time.Minute).UTC().Format(http.TimeFormat), webhooks.Outcome{Status: 429, Error: "webhook.error.status", Wait: time.Minute}},
		{503, "-5", webhooks.Outcome{Status: 503, Error: "webhook.error.status"}},
	} {
		r.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			if line.header != "" {
				w.Header().Set("Retry-After", line.header)
			}
			w.WriteHeader(line.status)
		}
		if out := sender().Send(t.Context(), message(r.URL)); out != line.want {
			t.Errorf("%d %s: %+v", line.status, line.header, out)
		}
	}
	if len(elsewhere.got)+len(elsewhere.faults) != 0 {
		t.Error("a redirect was followed")
	}
}

func TestSend_toWhoDoesNotAnswer(t *testing.T) {
	quick := sender(func(c *webhook.Config) { c.Timeout = 50 * time.Millisecond })
	stuck := make(chan struct{})
	r := receive(t, httptest.NewServer, map[string]string{"k1": "whs_one"})
	r.answer = func(http.ResponseWriter, *http.Request) { <-stuck }
	if out := quick.Send(t.Context(), message(r.URL)); out != (webhooks.Outcome{Error: "webhook.error.timeout"}) {
		t.Errorf("slow: %+v", out)
	}
	close(stuck)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if out := sender().Send(t.Context(), message(gone.URL)); out != (webhooks.Outcome{Error: "webhook.error.connect"}) {
		t.Errorf("down: %+v", out)
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		for q.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	if out := sender().Send(t.Context(), message(endless.URL)); out.Error != "" {
		t.Errorf("an answer without end: %+v", out)
	}
}

// TestAddress is where a webhook may lead.
func TestAddress(t *testing.T) {
	strict := sender(func(c *webhook.Config) { c.Allowed = []netip.Prefix{netip.MustParsePrefix("10.8.0.0/16")} })
	for address, want := range map[string]string{
		"https://hooks.example/in": "", "https://hooks.example:8443/in?a=b": "", "https://93.184.216.34/": "", "https://10.8.1.2/": "",
		"http://hooks.example/in": "webhook.url_plain", "http://10.8.1.2/": "webhook.url_plain",
		"ftp://hooks.example/": "webhook.url_wrong", "file:///etc/passwd": "webhook.url_wrong", "gopher://a/": "webhook.url_wrong", "//hooks.example/": "webhook.url_wrong",
		"https://user:pass@hooks.example/": "webhook.url_wrong", "https://hooks.example/#a": "webhook.url_wrong", "https:///in": "webhook.url_wrong", "nonsense": "webhook.url_wrong",
		"https://127.0.0.1/": "webhook.url_inside", "http://127.0.0.1:8081/": "webhook.url_inside", "https://localhost/": "webhook.url_inside", "http://[::1]/": "webhook.url_inside",
		"https://10.9.0.1/": "webhook.url_inside", "https://192.168.1.1/": "webhook.url_inside", "https://172.16.0.1/": "webhook.url_inside", "https://169.254.169.254/": "webhook.url_inside",
		"https://[::ffff:10.0.0.1]/": "webhook.url_inside", "https://[fe80::1]/": "webhook.url_inside", "https://[fd00::1]/": "webhook.url_inside", "https://0.0.0.0/": "webhook.url_inside",
		"https://[::]/": "webhook.url_inside", "https://100.64.0.1/": "webhook.url_inside", "https://[64:ff9b::7f00:1]/": "webhook.url_inside", "https://[2002:7f00:1::]/": "webhook.url_inside",
		"https://224.0.0.1/": "webhook.url_inside", "https://255.255.255.255/": "webhook.url_inside", "https://198.18.0.1/": "webhook.url_inside",
	} {
		err := strict.Check(address)
		if got := key(err); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func key(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestSend_looksAtWhereItConnects wants names that lead inside to be refused
// when they are dialled, whatever they are called.
func TestSend_looksAtWhereItConnects(t *testing.T) {
	r := receive(t, httptest.NewTLSServer, map[string]string{"k1": "whs_one"})
	_, port, err := net.SplitHostPort(r.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	strict := sender(func(c *webhook.Config) { c.Allowed = nil })
	for _, host := range []string{"localhost.localdomain", "ip6-localhost", "127.1", "0x7f.1", "2130706433", "127.0.0.1"} {
		out := strict.Send(t.Context(), message("https://"+host+":"+port+"/"))
		if out.Error != "webhook.error.inside" && out.Error != "webhook.error.name" && out.Error != "webhook.error.connect" {
			t.Errorf("%s: %+v", host, out)
		}
	}
	if len(r.got)+len(r.faults) != 0 {
		t.Error("something got there")
	}
}

func TestParseAllowed(t *testing.T) {
	got, err := webhook.ParseAllowed("10.8.0.0/16, 127.0.0.1 ::1")
	if err != nil || fmt.Sprint(got) != "[10.8.0.0/16 127.0.0.1/32 ::1/128]" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := webhook.ParseAllowed("everything"); err == nil {
		t.Error("a word is a network")
	}
}

func TestControl(t *testing.T) {
	strict := sender(func(c *webhook.Config) { c.Allowed = []netip.Prefix{netip.MustParsePrefix("10.8.0.0/16")} })
	for address, want := range map[string]bool{
		"93.184.216.34:443": true, "10.8.3.4:443": true, "[2606:2800:220:1::1]:443": true, "127.0.0.1:443": false, "[::1]:443": false, "10.9.0.1:443": false,
		"[::ffff:127.0.0.1]:443": false, "[::ffff:10.8.3.4]:443": true, "[fe80::1%lo]:443": false, "169.254.169.254:80": false, "0.0.0.0:80": false, "nonsense": false,
	} {
		if got := strict.Control(address) == nil; got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
