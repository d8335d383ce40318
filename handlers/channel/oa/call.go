package oa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	"mailbox/handlers/channel"
	"mailbox/workflow/channels"
)

// call is one call of ours to the office system.
type call struct {
	method, path string
	header       http.Header
	body         []byte
}

// answer is what it said.
type answer struct {
	status int
	body   []byte
}

// good reports whether the call was taken, as far as HTTP says.
func (a answer) good() bool { return a.status >= 200 && a.status < 300 }

// locked reports whether it would not let us in.
func (a answer) locked() bool {
	return a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
}

// again reports whether it is busy or broken and may take the call later.
func (a answer) again() bool {
	return a.status >= 500 || a.status == http.StatusTooManyRequests || a.status == http.StatusRequestTimeout
}

// caller follows no redirects: what is signed for one place is for no other.
var caller = &http.Client{
	Timeout:       channel.Within,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// post makes a call at the address that was set. An error never quotes it.
func (c *Client) post(ctx context.Context, line channels.Line, k call) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, channel.Within)
	defer cancel()
	whole := &drained{Reader: bytes.NewReader(k.body), size: int64(len(k.body))}
	r, err := http.NewRequestWithContext(ctx, k.method, base(line)+k.path, io.NopCloser(whole))
	if err != nil {
		return answer{}, errors.New("call office system: bad address")
	}
	r.ContentLength = int64(len(k.body))
	if len(k.body) == 0 {
		r.Body = http.NoBody
	}
	for name, values := range k.header {
		r.Header[name] = values
	}
	if len(k.body) > 0 && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	resp, err := caller.Do(r)
	if err != nil {
		return answer{}, whole.lost()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, channel.MaxBody))
	if err != nil {
		return answer{}, whole.lost()
	}
	return answer{resp.StatusCode, b}, nil
}

// drained knows whether all of a body was taken.
type drained struct {
	io.Reader
	size int64
	read atomic.Int64
}

func (d *drained) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	d.read.Add(int64(n))
	return n, err
}

// lost is the error of a line that broke.
func (d *drained) lost() error {
	if d.size > 0 && d.read.Load() == d.size {
		return channel.ErrUnsure
	}
	return errAway
}

// encode writes JSON with < and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode call: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
