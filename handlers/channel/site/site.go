// Package site reads what the college's own web site has published: RSS, Atom
// and sitemaps. It asks the one address that an administrator has written down,
// and no other host whatever that one says.
package site

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/ledger"
)

// Limits of one reading.
const (
	maxPage  = 8 << 20
	maxTime  = 20 * time.Second
	maxTurns = 5  // redirects on the same host
	maxMaps  = 20 // sitemaps that one index leads to
)

// Reader implements ledger.Site.
type Reader struct{ transport http.RoundTripper }

var _ ledger.Site = (*Reader)(nil)

// New returns a Reader that goes to sites directly, past no proxy.
func New() *Reader {
	return &Reader{&http.Transport{ResponseHeaderTimeout: maxTime, TLSHandshakeTimeout: maxTime, DisableKeepAlives: true}}
}

// Read implements ledger.Site.
func (r *Reader) Read(ctx context.Context, address string) (ledger.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*maxTime)
	defer cancel()
	home, err := url.Parse(address)
	if err != nil || home.Host == "" || home.Scheme != "https" && home.Scheme != "http" {
		return ledger.Reading{}, away(fmt.Errorf("not a web address: %q", address))
	}
	page, err := r.get(ctx, home, address)
	if err != nil {
		return ledger.Reading{}, away(err)
	}
	found, err := parse(page)
	if err != nil {
		return ledger.Reading{}, &workflow.Error{Kind: workflow.Invalid, Key: "ledger.feed.unreadable", Err: err}
	}
	for _, next := range found.maps[:min(len(found.maps), maxMaps)] {
		page, err := r.get(ctx, home, next)
		if err != nil {
			return ledger.Reading{}, away(err)
		}
		part, err := parse(page)
		if err != nil {
			return ledger.Reading{}, &workflow.Error{Kind: workflow.Invalid, Key: "ledger.feed.unreadable", Err: err}
		}
		found.Entries = append(found.Entries, part.Entries...)
	}
	return found.Reading, nil
}

func away(err error) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "ledger.feed.away", Err: err}
}

var errElsewhere = errors.New("it leads to another host")

// get fetches a page of the configured host.
func (r *Reader) get(ctx context.Context, home *url.URL, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(req.URL.Host, home.Host) || req.URL.Scheme != "https" && req.URL.Scheme != "http" {
		return nil, errElsewhere
	}
	client := http.Client{Transport: r.transport, Timeout: maxTime, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if !strings.EqualFold(next.URL.Host, home.Host) || len(via) > maxTurns {
			return errElsewhere
		}
		return nil
	}}
	answer, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s", answer.Status)
	}
	page, err := io.ReadAll(io.LimitReader(answer.Body, maxPage+1))
	if err == nil && len(page) > maxPage {
		err = errors.New("it is too large")
	}
	return page, err
}
