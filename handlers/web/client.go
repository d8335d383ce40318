package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientKey names the client for rate limits, and for nothing else: a keyed
// hash of the address that changes every day. The address itself is never
// stored, logged or handed on.
func (c *Context) ClientKey() string {
	day := c.Now.Format("2006-01-02")
	return c.server.mac("client", day, c.server.clientAddress(c.Request))
}

// free reports whether the request may come as often as it likes: from a
// program on this very machine, past no proxy, to a page for anyone. Guessing
// codes and passwords is limited all the same, by those who know what is
// guessed.
func (c *Context) free() bool {
	if !c.server.LocalFree || !c.route.Who.anyone || c.route.SignsIn || c.Request.Header.Get("X-Forwarded-For") != "" {
		return false
	}
	addr := hostAddr(c.Request.RemoteAddr)
	return !addr.IsValid() || addr.IsLoopback()
}

// clientAddress is the address of who is asking. An IPv6 client has a whole
// /64 to choose from, so the network counts.
func (s *Server) clientAddress(r *http.Request) string {
	addr := s.peer(r)
	if !addr.IsValid() {
		return "local" // a unix socket
	}
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// peer walks X-Forwarded-For from the right for as long as our own proxies
// wrote it. What stands further left was written by the client.
func (s *Server) peer(r *http.Request) netip.Addr {
	addr := hostAddr(r.RemoteAddr)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.trusted(addr) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	return addr
}

func hostAddr(hostport string) netip.Addr {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}

func (s *Server) trusted(addr netip.Addr) bool {
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func parseProxies(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, item := range list {
		if !strings.Contains(item, "/") {
			addr, err := netip.ParseAddr(item)
			if err != nil {
				return nil, fmt.Errorf("trusted proxy %q: %w", item, err)
			}
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q: %w", item, err)
		}
		out = append(out, p)
	}
	return out, nil
}
