package webhook

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"mailbox/workflow"
)

// errInside is a connection that was not made because it would have led into a
// network that nobody listed.
var errInside = errors.New("the address is inside a private network")

// special are networks that are no place of the public internet and that
// netip.Addr does not know as private.
var special = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10",
)

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(all))
	for _, s := range all {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// ParseAllowed reads networks and addresses separated by spaces or commas.
func ParseAllowed(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' }) {
		if ip, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is no network: %w", s, err)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// permits reports whether a webhook may lead to an address: one of the public
// internet, or one that was listed.
func (s *Sender) permits(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if inside(s.allowed, ip) {
		return true
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !inside(special, ip)
}

func inside(all []netip.Prefix, ip netip.Addr) bool {
	for _, p := range all {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// control looks at the address a connection is about to be made to, after all
// names were resolved: what a name meant when it was entered does not count.
func (s *Sender) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !s.permits(to.Addr()) {
		return errInside
	}
	return nil
}

// Check implements webhooks.Sender: https to anywhere public, plain http to this
// machine alone and only when it is listed.
func (s *Sender) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return workflow.Wrong("url", "webhook.url_wrong")
	}
	ip, named := netip.ParseAddr(u.Hostname())
	here := strings.EqualFold(u.Hostname(), "localhost") || named == nil && ip.Unmap().IsLoopback()
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return workflow.Wrong("url", "webhook.url_wrong")
	case u.Scheme == "http" && !here:
		return workflow.Wrong("url", "webhook.url_plain")
	case named == nil && !s.permits(ip), here && !s.permits(loopback) && !s.permits(netip.IPv6Loopback()):
		return workflow.Wrong("url", "webhook.url_inside")
	}
	return nil
}

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})
