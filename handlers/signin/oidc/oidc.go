// Package oidc asks an OpenID provider who somebody is: the authorization code
// flow with PKCE, and the provider's word that a session has ended.
package oidc

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"mailbox/workflow"
)

// Client is us, as a provider knows us.
type Client struct {
	Issuer, ID, Secret string
	Scopes             string // separated by blanks
	Redirect           string // where the browser comes back to
	HTTP               *http.Client
	Now                time.Time
}

func (c Client) config(p *oidc.Provider) oauth2.Config {
	return oauth2.Config{ClientID: c.ID, ClientSecret: c.Secret, Endpoint: p.Endpoint(), RedirectURL: c.Redirect, Scopes: strings.Fields(c.Scopes)}
}

func (c Client) verifier(p *oidc.Provider) *oidc.IDTokenVerifier {
	return p.Verifier(&oidc.Config{ClientID: c.ID, Now: func() time.Time { return c.Now }})
}

func away(err error) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "way.away", Err: err}
}

func refused(err error) error {
	return &workflow.Error{Kind: workflow.Unauthenticated, Key: "way.refused", Err: err}
}

func setup(err error) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "way.setup", Err: err}
}

// Providers remembers what providers said of themselves.
type Providers struct {
	mu    sync.Mutex
	known map[string]discovered
}

type discovered struct {
	provider *oidc.Provider
	client   *http.Client
	at       time.Time
}

// discoveryStays is how long a provider's word about itself is taken. Its keys
// are fetched anew whenever it signs with one that is not known.
const discoveryStays = time.Hour

// find discovers a provider, or remembers it. Another set of certificates makes
// it another one.
func (p *Providers) find(ctx context.Context, c Client) (*oidc.Provider, error) {
	p.mu.Lock()
	d, ok := p.known[c.Issuer]
	p.mu.Unlock()
	if ok && d.client == c.HTTP && c.Now.Sub(d.at) < discoveryStays {
		return d.provider, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, c.HTTP), c.Issuer)
	if _, other := errors.AsType[*oidc.IssuerMismatchError](err); other {
		return nil, setup(errors.New("oidc: it is another issuer"))
	}
	if err != nil {
		return nil, away(errors.New("oidc: the provider says nothing of itself"))
	}
	if e := found.Endpoint(); !address(e.AuthURL) || !address(e.TokenURL) {
		return nil, setup(errors.New("oidc: the provider has no addresses"))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]discovered{}
	}
	p.known[c.Issuer] = discovered{found, c.HTTP, c.Now}
	return found, nil
}

func address(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// Verifier is a new secret of PKCE.
func Verifier() string { return oauth2.GenerateVerifier() }

// AuthURL is where somebody signs in who is to come back with a code.
func (p *Providers) AuthURL(ctx context.Context, c Client, state, nonce, verifier string) (string, error) {
	provider, err := p.find(ctx, c)
	if err != nil {
		return "", err
	}
	config := c.config(provider)
	return config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Probe asks whether the provider is there and is the one it should be.
func (p *Providers) Probe(ctx context.Context, c Client) error {
	p.mu.Lock()
	delete(p.known, c.Issuer)
	p.mu.Unlock()
	_, err := p.find(ctx, c)
	return err
}

// Person is who somebody is.
type Person struct {
	Subject string
	Session string // what the provider calls the session; "" when it does not
	Claims  map[string][]string
}

// String hides who it is.
func (Person) String() string { return "•••" }

// Exchange asks who brought the code.
func (p *Providers) Exchange(ctx context.Context, c Client, code, nonce, verifier string) (Person, error) {
	provider, err := p.find(ctx, c)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, c.HTTP)
	config := c.config(provider)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return Person{}, exchangeFailed(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Person{}, setup(errors.New("oidc: no ID token"))
	}
	id, err := c.verifier(provider).Verify(ctx, raw)
	if err != nil {
		return Person{}, refused(errors.New("oidc: the ID token is not good")) // its own words quote it
	}
	if nonce == "" || id.Nonce != nonce {
		return Person{}, refused(errors.New("oidc: another nonce"))
	}
	return c.person(ctx, provider, id, token)
}

// exchangeFailed tells a code that is no good from a provider that will not talk
// to us and one that cannot.
func exchangeFailed(err error) error {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		return away(errors.New("oidc: the code cannot be exchanged"))
	case answer.ErrorCode == "invalid_grant":
		return refused(errors.New("oidc: the code is not good"))
	case answer.Response != nil && answer.Response.StatusCode >= http.StatusInternalServerError:
		return away(errors.New("oidc: the provider failed"))
	}
	return setup(errors.New("oidc: the provider refuses us"))
}

// person puts what the provider says of somebody together: the ID token, and
// what it says when it is asked. What was signed counts first.
func (c Client) person(ctx context.Context, provider *oidc.Provider, id *oidc.IDToken, token *oauth2.Token) (Person, error) {
	claims := map[string]any{}
	if provider.UserInfoEndpoint() != "" {
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return Person{}, away(errors.New("oidc: the provider says nothing of the person"))
		}
		if info.Subject != id.Subject {
			return Person{}, refused(errors.New("oidc: of somebody else"))
		}
		if err := info.Claims(&claims); err != nil {
			return Person{}, setup(errors.New("oidc: the person cannot be read"))
		}
	}
	if err := id.Claims(&claims); err != nil {
		return Person{}, setup(errors.New("oidc: the ID token cannot be read"))
	}
	out := Person{Subject: id.Subject, Claims: words(claims)}
	if s, ok := claims["sid"].(string); ok {
		out.Session = s
	}
	return out, nil
}

// words are the claims that are words, or lists of them.
func words(claims map[string]any) map[string][]string {
	out := map[string][]string{}
	for name, v := range claims {
		switch v := v.(type) {
		case string:
			out[name] = []string{v}
		case []any:
			for _, one := range v {
				if s, ok := one.(string); ok {
					out[name] = append(out[name], s)
				}
			}
		}
	}
	return out
}

// Logout is the provider's word that a session has ended, or all of somebody's.
type Logout struct{ Subject, Session string }

// Ended reads a logout token.
func (p *Providers) Ended(ctx context.Context, c Client, raw string) (Logout, error) {
	provider, err := p.find(ctx, c)
	if err != nil {
		return Logout{}, err
	}
	token, err := c.verifier(provider).VerifyLogout(oidc.ClientContext(ctx, c.HTTP), raw)
	if err != nil {
		return Logout{}, workflow.Wrong("logout_token", "way.refused")
	}
	return Logout{Subject: token.Subject, Session: token.SessionID}, nil
}
