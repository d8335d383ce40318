package web

import (
	"context"
	"io"
	"net/http"
	"time"
)

const (
	defaultMaxBody = 1 << 20
	// handlerTime is for the work itself, once everything has arrived.
	handlerTime = 15 * time.Second
	// slowest is the rate below which a body counts as stuck, in bytes per
	// second: a phone at the edge of a cell is faster.
	slowest = 8 << 10
	// maxDrain is how much of a body that is too large is still taken in, so
	// that the browser listens to the answer.
	maxDrain = 64 << 20
)

// apiKey marks the request for the recovery of panics.
const apiKey = "api"

// limitTimeAndBody holds the request to the limits of its route. The returned
// function must run when the request is done.
func (c *Context) limitTimeAndBody() (release func()) {
	c.gin.Set(apiKey, c.route.API)
	if c.route.MaxBody == 0 {
		c.route.MaxBody = defaultMaxBody
	}
	c.body = &limitedBody{src: c.Request.Body, left: c.route.MaxBody}
	control := http.NewResponseController(c.Writer)
	if c.route.Stream {
		c.Request.Body = c.body
		_ = control.SetWriteDeadline(time.Time{}) // a recorder in a test has none
		return func() {}
	}
	arrival := c.server.patience + c.arrivalTime()
	ctx, cancel := context.WithTimeout(c.Request.Context(), arrival+handlerTime)
	c.Request = c.Request.WithContext(ctx)
	c.Request.Body = c.body
	// A deadline in the past ends the read that is waiting.
	late := time.AfterFunc(arrival, func() {
		c.late.Store(true)
		_ = control.SetReadDeadline(time.Unix(1, 0))
	})
	return func() {
		c.body.drain()
		late.Stop()
		cancel()
	}
}

// arrivalTime is what the body's size allows on top of the server's patience.
func (c *Context) arrivalTime() time.Duration {
	size := c.Request.ContentLength
	if size < 0 || size > c.route.MaxBody {
		size = c.route.MaxBody
	}
	return time.Duration(size/slowest) * time.Second
}

// limitedBody gives at most left bytes and then fails with 413.
type limitedBody struct {
	src  io.ReadCloser
	left int64
	over bool
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.over {
		return 0, errTooLarge()
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.src.Read(p)
	if int64(n) > b.left {
		b.over = true
		n = int(b.left)
		b.left = 0
		return n, errTooLarge()
	}
	b.left -= int64(n)
	return n, err
}

func (b *limitedBody) Close() error { return b.src.Close() }

// drain takes in the rest of a body that was cut off.
func (b *limitedBody) drain() {
	if b.over {
		_, _ = io.CopyN(io.Discard, b.src, maxDrain)
	}
}

func errTooLarge() error {
	return &statusError{status: http.StatusRequestEntityTooLarge, key: "request.too_large"}
}
