// Package cuttest puts a bad line between a client and a server: one that
// breaks after some bytes, or falls silent.
package cuttest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Proxy passes connections on to a server.
type Proxy struct {
	Addr string

	target string
	mu     sync.Mutex
	after  int64 // bytes from the server until the line breaks; 0 never
	cuts   int
	silent bool
	open   map[net.Conn]bool
	wg     sync.WaitGroup
}

// Start runs a proxy before target until the test ends.
func Start(t *testing.T, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Addr: l.Addr().String(), target: target, open: map[net.Conn]bool{}}
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.Break()
		p.wg.Wait()
	})
	return p
}

// CutAfter breaks each connection made from now on after n bytes from the
// server; 0 never.
func (p *Proxy) CutAfter(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = n
}

// Silence makes connections made from now on swallow what the server says.
func (p *Proxy) Silence(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = on
}

// Break breaks all connections now.
func (p *Proxy) Break() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.Close()
	}
}

// Cuts is how many lines CutAfter broke.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.open[client], p.open[server] = true, true
	after, silent := p.after, p.silent
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, client)
		delete(p.open, server)
	}()
	p.wg.Go(func() {
		_, _ = io.Copy(server, client)
		server.Close()
	})
	switch {
	case silent:
		_, _ = io.Copy(io.Discard, server)
	case after > 0:
		if n, _ := io.CopyN(client, server, after); n == after {
			p.mu.Lock()
			p.cuts++
			p.mu.Unlock()
		}
	default:
		_, _ = io.Copy(client, server)
	}
}
