package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// API calls a platform. It follows no redirects, waits no longer than Within,
// and takes no more than MaxBody.
type API struct {
	Base   string // https://api.weixin.qq.com; never from a request
	Client *http.Client
}

// Within is how long a platform may take for one call.
const Within = 10 * time.Second

// NewAPI returns an API at a base address.
func NewAPI(base string) *API {
	return &API{Base: base, Client: &http.Client{
		Timeout:       Within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ErrUnsure is a call that was handed over whole and whose answer never came.
var ErrUnsure = errors.New("the platform took the call and did not answer")

// Call posts v as JSON, or gets when v is nil, and reads the answer into out.
// Tokens stand in the query, so that an error never quotes the address.
func (a *API) Call(ctx context.Context, path string, query url.Values, header http.Header, v, out any) error {
	resp, err := a.send(ctx, path, query, header, v)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody))
	switch {
	case err != nil && v != nil:
		return ErrUnsure
	case err != nil:
		return fmt.Errorf("read %s: the line broke", path)
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("call %s: status %d", path, resp.StatusCode)
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("call %s: status %d and no JSON", path, resp.StatusCode)
	}
	return nil
}

func (a *API) send(ctx context.Context, path string, query url.Values, header http.Header, v any) (*http.Response, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if v != nil {
		b, err := encode(v)
		if err != nil {
			return nil, err
		}
		method, body = http.MethodPost, bytes.NewReader(b)
	}
	address := a.Base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, fmt.Errorf("call %s: bad address", path)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if v != nil {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	sent := &sentBody{Reader: body}
	if v != nil {
		r.Body, r.GetBody = io.NopCloser(sent), nil
	}
	resp, err := a.Client.Do(r)
	if err != nil && v != nil && sent.whole {
		return nil, ErrUnsure
	}
	if err != nil {
		return nil, fmt.Errorf("call %s: cannot be reached", path)
	}
	return resp, nil
}

// encode writes JSON as platforms want it: < and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode call: %w", err)
	}
	return b.Bytes(), nil
}

// sentBody knows whether all of it was taken.
type sentBody struct {
	io.Reader
	whole bool
}

func (s *sentBody) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.whole = s.whole || errors.Is(err, io.EOF)
	return n, err
}
