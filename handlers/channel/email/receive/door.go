package receive

import (
	"net"
	"sync"
)

// door is a listener that limits its guests and can show the idle ones out.
type door struct {
	net.Listener
	most, perHost int

	mu      sync.Mutex
	guests  map[net.Conn]*guest
	hosts   map[string]int
	closing bool
}

// guest is one connection. It works while a mail's text is taken and until the
// answer to it was written.
type guest struct {
	net.Conn
	door    *door
	host    string
	working bool
	gone    bool
}

func newDoor(l net.Listener, most, perHost int) *door {
	return &door{Listener: l, most: most, perHost: perHost, guests: map[net.Conn]*guest{}, hosts: map[string]int{}}
}

// Accept implements net.Listener. Guests over the limit are told to come later.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if g := d.admit(c); g != nil {
			return g, nil
		}
		go func() {
			_, _ = c.Write([]byte("421 4.3.2 Too many connections, try again later\r\n"))
			_ = c.Close()
		}()
	}
}

func (d *door) admit(c net.Conn) *guest {
	host, limit := hostOf(c), d.perHost
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		limit = d.most // the mail server of this machine
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing || len(d.guests) >= d.most || d.hosts[host] >= limit {
		return nil
	}
	g := &guest{Conn: c, door: d, host: host}
	d.guests[c] = g
	d.hosts[host]++
	return g
}

func hostOf(c net.Conn) string {
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	if err != nil {
		return c.RemoteAddr().String()
	}
	return host
}

// guest finds the guest behind a connection, also behind TLS.
func (d *door) guest(c net.Conn) *guest {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	if g, ok := c.(*guest); ok {
		return g
	}
	return &guest{Conn: c, door: d}
}

// close admits no more and shows out who is not working.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closing = true
	for _, g := range d.guests {
		if !g.working {
			_ = g.Conn.Close()
		}
	}
}

// cut ends every connection.
func (d *door) cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range d.guests {
		_ = g.Conn.Close()
	}
}

func (g *guest) work() {
	g.door.mu.Lock()
	defer g.door.mu.Unlock()
	g.working = true
}

func (g *guest) rest() {
	g.door.mu.Lock()
	defer g.door.mu.Unlock()
	if g.working && g.door.closing {
		_ = g.Conn.Close()
	}
	g.working = false
}

// Close implements net.Conn.
func (g *guest) Close() error {
	g.door.mu.Lock()
	defer g.door.mu.Unlock()
	if !g.gone {
		g.gone = true
		delete(g.door.guests, g.Conn)
		if g.door.hosts[g.host]--; g.door.hosts[g.host] <= 0 {
			delete(g.door.hosts, g.host)
		}
	}
	return g.Conn.Close()
}
