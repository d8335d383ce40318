package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// junkers is over how many connections junk comes.
const junkers = 32

// junk sends callbacks that are none, as fast as is promised to be borne, while
// people write letters.
func (r *run) junk(ctx context.Context, p *program, far []*farEnd) error {
	rubbish, err := forged(far)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var refused atomic.Int64
	sent := make(chan error, 1)
	go func() {
		l, err := together(ctx, junkers, r.lasts(), func(i int) (func(context.Context) error, error) {
			return junker(ctx, p.Web, rubbish, i, &refused)
		})
		r.say("    %d junk callbacks in %s", len(l.took), l.lasted.Round(time.Millisecond))
		sent <- err
	}()
	early := make(chan float64, 1)
	go func() {
		select {
		case <-ctx.Done():
		case <-time.After(r.lasts() / 4):
		}
		mib, _ := p.rss() // 0 when it has ended, which the letters will say
		early <- mib
	}()
	begun := time.Now()
	writing := newPost(p.Web)
	l, err := together(ctx, 4, r.lasts(), writing.client)
	if err != nil {
		return err
	}
	lasted := time.Since(begun)
	late, err := p.rss()
	if err != nil {
		return err
	}
	if err := <-sent; err != nil {
		return err
	}
	r.add("channels", "junk callbacks refused", float64(refused.Load())/lasted.Seconds(), "/s", atLeast(junkRate*.95), "asked for 5,000 a second")
	r.add("channels", "  POST /write meanwhile, p95", l.took.at(.95), "ms", atMost(writeWithin), number(l.perSecond())+" letters/s by 4 people")
	r.add("channels", "  memory, end over first quarter", late/<-early, "", atMost(flat), number(late)+" MiB at the end")
	return nil
}

// forged are callbacks with everything that can be wrong with one that nobody
// who has the secrets has made: as bytes, ready to be sent.
func forged(far []*farEnd) ([][]byte, error) {
	var out [][]byte
	for _, f := range far {
		for i, spoil := range []func(*http.Request) *http.Request{
			func(r *http.Request) *http.Request { return change(r, "signature") },
			func(r *http.Request) *http.Request { return change(r, "timestamp") },
			func(r *http.Request) *http.Request { return change(r, "msg_signature") },
			func(r *http.Request) *http.Request { return body(r, strings.Repeat("A", 4000)) },
			func(r *http.Request) *http.Request { return body(r, `<!DOCTYPE xml [<!ENTITY a "b">]><xml>&a;</xml>`) },
		} {
			r := spoil(f.Text(fmt.Sprint("junk-", i), "bench-forger", "不是平台发来的"))
			b, err := onTheWire(r)
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		}
	}
	return out, nil
}

// change spoils words of the query, or what a platform that signs in its head
// has there; where a platform has nothing of the name, the body.
func change(r *http.Request, name string) *http.Request {
	q, spoilt := r.URL.Query(), false
	for word := range q {
		if strings.Contains(word, name) {
			q.Set(word, strings.Repeat("0", len(q.Get(word))))
			spoilt = true
		}
	}
	r.URL.RawQuery = q.Encode()
	for h := range r.Header {
		if strings.HasPrefix(h, "X-") && strings.Contains(strings.ToLower(h), name) {
			r.Header.Set(h, strings.Repeat("0", len(r.Header.Get(h))))
			spoilt = true
		}
	}
	if !spoilt {
		return body(r, strings.Repeat("A", 4000))
	}
	return r
}

func body(r *http.Request, text string) *http.Request {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	return r
}

func onTheWire(r *http.Request) ([]byte, error) {
	r.Host = "mailbox"
	var b bytes.Buffer
	err := r.Write(&b)
	return b.Bytes(), err
}

// junker sends junk over one connection at its share of the rate.
func junker(ctx context.Context, address string, rubbish [][]byte, i int, refused *atomic.Int64) (func(context.Context) error, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	next, apart := time.Now(), time.Second*junkers/junkRate
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(next)):
		}
		next = next.Add(apart)
		i++
		if _, err := conn.Write(rubbish[i%len(rubbish)]); err != nil {
			return err
		}
		status, err := answered(in)
		if err == nil && status != http.StatusForbidden {
			err = fmt.Errorf("junk was answered with status %d", status)
		}
		refused.Add(1)
		return err
	}, nil
}

func answered(in *bufio.Reader) (status int, err error) {
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
