// Package castest is a strict CAS server for tests: tickets are good once, for
// exactly the service they were made for, and for a short time.
package castest

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Server is a CAS server. Its fields may be changed between calls.
type Server struct {
	*httptest.Server

	mu      sync.Mutex
	tickets map[string]ticket
	asked   []string        // paths with their queries
	fail    func() string   // an error code instead of an answer
	raw     func() string   // an answer in the place of its own
	gate    <-chan struct{} // answers wait for it
	attrs   map[string][]string
}

type ticket struct {
	user, service string
	used          bool
}

// Start runs a server until the test ends.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{tickets: map[string]ticket{}, attrs: map[string][]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cas/serviceValidate", s.validate)
	mux.HandleFunc("GET /cas/p3/serviceValidate", s.validate)
	s.Server = httptest.NewServer(mux)
	tb.Cleanup(s.Close)
	return s
}

// Base is the address that is set up.
func (s *Server) Base() string { return s.URL + "/cas" }

// Says gives people an attribute.
func (s *Server) Says(name string, values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attrs[name] = values
}

// Fails answers with a code, "" ends it.
func (s *Server) Fails(code string) { s.set(func() { s.fail = func() string { return code } }) }

// Answers answers with a text, "" ends it.
func (s *Server) Answers(text string) { s.set(func() { s.raw = func() string { return text } }) }

// Waits lets answers wait.
func (s *Server) Waits(gate <-chan struct{}) { s.set(func() { s.gate = gate }) }

func (s *Server) set(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// Asked lists what was asked, in order.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// SignIn is somebody who follows an address to the login page and signs in there:
// it returns where the browser is sent.
func (s *Server) SignIn(tb testing.TB, login, user string) string {
	tb.Helper()
	u, err := url.Parse(login)
	if err != nil || !strings.HasPrefix(login, s.Base()+"/login?") {
		tb.Fatalf("%q does not lead to the CAS server", login)
	}
	service := u.Query().Get("service")
	return joined(service, s.Ticket(user, service))
}

func joined(service, ticket string) string {
	sep := "?"
	if strings.Contains(service, "?") {
		sep = "&"
	}
	return service + sep + "ticket=" + url.QueryEscape(ticket)
}

// Ticket makes a ticket for somebody and a service.
func (s *Server) Ticket(user, service string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := "ST-1-" + rand.Text()
	s.tickets[t] = ticket{user: user, service: service}
	return t
}

// LogoutRequest is what the server posts when the session of a ticket ends.
func LogoutRequest(ticket string) string {
	return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-1" Version="2.0" IssueInstant="2026-11-23T04:00:00Z">` +
		`<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID><samlp:SessionIndex>` +
		html.EscapeString(ticket) + `</samlp:SessionIndex></samlp:LogoutRequest>`
}

func (s *Server) validate(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.RequestURI())
	gate := s.gate
	s.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-r.Context().Done():
			return
		}
	}
	w.Header().Set("Content-Type", "application/xml;charset=UTF-8")
	fmt.Fprint(w, s.answer(r))
}

func (s *Server) answer(r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.raw != nil {
		if text := s.raw(); text != "" {
			return text
		}
	}
	if s.fail != nil {
		if code := s.fail(); code != "" {
			return failure(code)
		}
	}
	q := r.URL.Query()
	name, service := q.Get("ticket"), q.Get("service")
	t, ok := s.tickets[name]
	switch {
	case name == "" || service == "":
		return failure("INVALID_REQUEST")
	case !strings.HasPrefix(name, "ST-"):
		return failure("INVALID_TICKET_SPEC")
	case !ok || t.used:
		return failure("INVALID_TICKET")
	}
	t.used = true // whatever comes of it, it was used
	s.tickets[name] = t
	if t.service != service {
		return failure("INVALID_SERVICE")
	}
	attributes := ""
	if strings.HasPrefix(r.URL.Path, "/cas/p3/") {
		attributes = s.attributes()
	}
	return `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>` + escaped(t.user) +
		`</cas:user>` + attributes + `</cas:authenticationSuccess></cas:serviceResponse>`
}

func (s *Server) attributes() string {
	var out strings.Builder
	for name, values := range s.attrs {
		for _, v := range values {
			fmt.Fprintf(&out, "<cas:%[1]s>%[2]s</cas:%[1]s>", name, escaped(v))
		}
	}
	return "<cas:attributes>" + out.String() + "</cas:attributes>"
}

func failure(code string) string {
	return `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationFailure code="` + code +
		`">no</cas:authenticationFailure></cas:serviceResponse>`
}

func escaped(v string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(v)) // a builder takes everything
	return b.String()
}
