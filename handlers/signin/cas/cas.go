// Package cas asks a campus's CAS server who somebody is: protocol 2.0 and 3.0,
// with the names of attributes that its vendors use.
package cas

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"mailbox/workflow"
)

// Server is a CAS server.
type Server struct {
	URL     string // https://cas.example.edu.cn/cas
	Version string // "2", or "3" for attributes
	HTTP    *http.Client
}

// maxAnswer is how much of an answer is read, and maxTicket how long a ticket
// may be.
const (
	maxAnswer = 256 << 10
	maxTicket = 256
)

// Away, refused and setup are what may come of it, for pages.
func away(err error) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "way.away", Err: err}
}

func refused(err error) error {
	return &workflow.Error{Kind: workflow.Unauthenticated, Key: "way.refused", Err: err}
}

func setup(err error) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "way.setup", Err: err}
}

// LoginURL is where somebody signs in who is to come back to service.
func (s Server) LoginURL(service string) string {
	return s.at("/login", url.Values{"service": {service}})
}

func (s Server) at(path string, query url.Values) string {
	return strings.TrimRight(s.URL, "/") + path + "?" + query.Encode()
}

// Ticket reports whether it has the shape of a service ticket.
func Ticket(t string) bool {
	if !strings.HasPrefix(t, "ST-") || len(t) > maxTicket {
		return false
	}
	return strings.Trim(t, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == ""
}

// Validate asks who brought the ticket. service must be, byte for byte, where the
// ticket was brought to.
func (s Server) Validate(ctx context.Context, service, ticket string) (Answer, error) {
	if !Ticket(ticket) {
		return Answer{}, refused(errors.New("this is no service ticket"))
	}
	body, err := s.ask(ctx, service, ticket)
	if err != nil {
		return Answer{}, err
	}
	a, err := read(body)
	if err != nil {
		return Answer{}, setup(err)
	}
	switch a.Failure {
	case "":
		return a, nil
	case "INVALID_TICKET", "INVALID_TICKET_SPEC":
		return Answer{}, refused(errors.New("cas: " + a.Failure))
	case "INTERNAL_ERROR":
		return Answer{}, away(errors.New("cas: " + a.Failure))
	}
	return Answer{}, setup(errors.New("cas: it refuses us")) // INVALID_REQUEST, INVALID_SERVICE, UNAUTHORIZED_SERVICE
}

func (s Server) ask(ctx context.Context, service, ticket string) ([]byte, error) {
	path := "/p3/serviceValidate"
	if s.Version == "2" {
		path = "/serviceValidate"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at(path, url.Values{"service": {service}, "ticket": {ticket}}), nil)
	if err != nil {
		return nil, setup(errors.New("cas: bad address"))
	}
	resp, err := s.HTTP.Do(r)
	if err != nil {
		return nil, away(errors.New("cas: cannot be reached")) // its own words quote the ticket
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, away(errors.New("cas: the line broke"))
	case resp.StatusCode >= http.StatusInternalServerError:
		return nil, away(fmt.Errorf("cas: status %d", resp.StatusCode))
	case resp.StatusCode != http.StatusOK || len(body) > maxAnswer:
		return nil, setup(fmt.Errorf("cas: status %d, %d bytes", resp.StatusCode, len(body)))
	}
	return body, nil
}

// Probe asks the server about a ticket that nobody has: a server that says so is
// there and is one.
func (s Server) Probe(ctx context.Context, service string) error {
	_, err := s.Validate(ctx, service, "ST-0-probe")
	if workflow.KindOf(err) == workflow.Unauthenticated {
		return nil
	}
	if err == nil {
		return setup(errors.New("cas: it takes any ticket"))
	}
	return err
}
