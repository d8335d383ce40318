// Package oidctest is a strict OpenID provider for tests: codes are good once,
// for the client, the address and the verifier they were made for.
package oidctest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// Client is the one client that the provider knows.
const (
	Client = "mailbox"
	Secret = "hush"
)

// Provider is an OpenID provider. Its fields may be set between calls.
type Provider struct {
	*httptest.Server

	mu     sync.Mutex
	key    *rsa.PrivateKey
	keyID  string
	codes  map[string]grant
	people map[string]map[string]any // by access token
	calls  map[string]int
	change func(claims map[string]any) // of ID tokens
	info   map[string]any              // said when asked, beside sub
	status int                         // of every answer, when not 0
	issuer string
}

type grant struct {
	user, redirect, challenge, nonce, session string
	used                                      bool
}

// Start runs a provider until the test ends.
func Start(tb testing.TB) *Provider {
	tb.Helper()
	p := &Provider{codes: map[string]grant{}, people: map[string]map[string]any{}, calls: map[string]int{}}
	p.NewKey(tb)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.calls[r.URL.Path]++
		status := p.status
		p.mu.Unlock()
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	p.issuer = p.URL
	tb.Cleanup(p.Close)
	return p
}

// NewKey makes the provider sign with another key from now on.
func (p *Provider) NewKey(tb testing.TB) {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	p.set(func() { p.key, p.keyID = key, rand.Text() })
}

func (p *Provider) set(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// Changes changes the claims of ID tokens; nil ends it.
func (p *Provider) Changes(change func(claims map[string]any)) { p.set(func() { p.change = change }) }

// Says is what the provider says of people when it is asked.
func (p *Provider) Says(info map[string]any) { p.set(func() { p.info = info }) }

// Fails answers everything with a status; 0 ends it.
func (p *Provider) Fails(status int) { p.set(func() { p.status = status }) }

// Claims another issuer's name in what it says of itself.
func (p *Provider) Claims(issuer string) { p.set(func() { p.issuer = issuer }) }

// Calls counts the calls of a path.
func (p *Provider) Calls(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[path]
}

// SignIn is somebody who follows an address to the provider and signs in there:
// it returns where the browser is sent.
func (p *Provider) SignIn(tb testing.TB, login, user, session string) string {
	tb.Helper()
	u, err := url.Parse(login)
	if err != nil || !strings.HasPrefix(login, p.URL+"/authorize?") {
		tb.Fatalf("%q does not lead to the provider", login)
	}
	q := u.Query()
	for name, want := range map[string]string{"client_id": Client, "response_type": "code", "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			tb.Fatalf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if q.Get("state") == "" || q.Get("nonce") == "" || len(q.Get("code_challenge")) != 43 || !strings.Contains(q.Get("scope"), "openid") {
		tb.Fatalf("something is missing: %v", q)
	}
	code := rand.Text()
	p.set(func() {
		p.codes[code] = grant{user: user, redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), nonce: q.Get("nonce"), session: session}
	})
	return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	write(w, map[string]any{
		"issuer": p.issuer, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"userinfo_endpoint": p.URL + "/userinfo", "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	write(w, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": p.keyID, "n": encode(p.key.N.Bytes()), "e": encode(big.NewInt(int64(p.key.E)).Bytes()),
	}}})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		write(w, map[string]any{"error": code})
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != Client || secret != Secret {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g, known := p.codes[r.PostFormValue("code")]
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || g.used || g.redirect != r.PostFormValue("redirect_uri") || g.challenge != encode(sum[:]) {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	g.used = true
	p.codes[r.PostFormValue("code")] = g
	now := time.Now()
	claims := map[string]any{"iss": p.URL, "sub": g.user, "aud": Client, "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": g.nonce}
	if g.session != "" {
		claims["sid"] = g.session
	}
	if p.change != nil {
		p.change(claims)
	}
	access := rand.Text()
	p.people[access] = map[string]any{"sub": g.user}
	for name, v := range p.info {
		p.people[access][name] = v
	}
	write(w, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": p.sign(claims)})
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	person, ok := p.people[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	write(w, person)
}

// LogoutToken is the provider's word that something has ended.
func (p *Provider) LogoutToken(change map[string]any) string {
	now := time.Now()
	claims := map[string]any{
		"iss": p.URL, "aud": Client, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	for name, v := range change {
		claims[name] = v
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sign(claims)
}

// sign makes a token of claims; the lock is held.
func (p *Provider) sign(claims map[string]any) string {
	head, _ := json.Marshal(map[string]string{"alg": "RS256", "kid": p.keyID, "typ": "JWT"}) // never fails
	body, _ := json.Marshal(claims)                                                          // never fails
	text := encode(head) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err) // a key of 2048 bits signs anything
	}
	return text + "." + encode(sig)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a reader who left
}
