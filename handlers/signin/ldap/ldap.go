// Package ldap asks a campus's directory who somebody is: it searches for the
// name and binds with the password. Every connection is under TLS, but for a
// socket of this machine.
package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"mailbox/workflow"
)

// Directory is a directory server, as it is set up.
type Directory struct {
	Server   string // ldaps://host, ldap://host (which begins TLS), ldapi:///path
	Base     string
	BindDN   string // "": anonymous
	Password string
	Filter   string // {name} stands for what was typed
	Number   string // attribute of the staff number
	Asked    []string
	TLS      *tls.Config
}

// within is how long each step may take.
const within = 8 * time.Second

func away(words string) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "way.away", Err: errors.New(words)}
}

func refused() error { return workflow.Fail(workflow.Unauthenticated, "way.wrong_password") }

func setup(words string) error {
	return &workflow.Error{Kind: workflow.Unavailable, Key: "way.setup", Err: errors.New(words)}
}

// Person is what the directory says of somebody.
type Person struct {
	dn         string
	Attributes map[string][]string
}

// String hides who it is.
func (Person) String() string { return "•••" }

// Conn is a connection, bound as ourselves.
type Conn struct {
	conn *ldap.Conn
	dir  Directory
	stop func() bool
}

// Close ends the connection.
func (c *Conn) Close() {
	c.stop()
	_ = c.conn.Close() // what was read is there
}

// Open connects and binds as ourselves.
func (d Directory) Open(ctx context.Context) (*Conn, error) {
	u, err := url.Parse(d.Server)
	if err != nil {
		return nil, setup("ldap: bad address")
	}
	conn, err := ldap.DialURL(d.Server, ldap.DialWithDialer(&net.Dialer{Timeout: within}), ldap.DialWithTLSConfig(d.tls(u.Hostname())))
	if err != nil {
		return nil, away("ldap: cannot be reached")
	}
	conn.SetTimeout(within)
	c := &Conn{conn: conn, dir: d, stop: context.AfterFunc(ctx, func() { _ = conn.Close() })} // whoever waits is told
	if u.Scheme == "ldap" {
		if err := conn.StartTLS(d.tls(u.Hostname())); err != nil {
			c.Close()
			return nil, setup("ldap: no TLS")
		}
	}
	if err := c.bindOurselves(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (d Directory) tls(host string) *tls.Config {
	out := d.TLS.Clone()
	out.ServerName = host
	return out
}

func (c *Conn) bindOurselves() error {
	if c.dir.BindDN == "" {
		return nil
	}
	err := c.conn.Bind(c.dir.BindDN, c.dir.Password) // an empty password is an error of its own
	switch {
	case err == nil:
		return nil
	case broken(err):
		return away("ldap: the line broke")
	}
	return setup("ldap: we may not bind")
}

// broken reports whether there was no answer at all.
func broken(err error) bool {
	return ldap.IsErrorAnyOf(err, ldap.ErrorNetwork, ldap.LDAPResultTimeout, ldap.LDAPResultBusy, ldap.LDAPResultUnavailable, ldap.LDAPResultServerDown, ldap.LDAPResultConnectError)
}

// Prove says who has shown a name and a password. An unknown name and a wrong
// password are one answer; without a password nobody is asked, because a
// directory takes that for somebody who did not want to say who it is.
func (d Directory) Prove(ctx context.Context, username, password string) (Person, error) {
	username = strings.TrimSpace(username)
	if username == "" || password == "" || len(username) > 100 || len(password) > 256 {
		return Person{}, refused()
	}
	c, err := d.Open(ctx)
	if err != nil {
		return Person{}, err
	}
	defer c.Close()
	found, err := c.search(strings.ReplaceAll(d.Filter, "{name}", ldap.EscapeFilter(username)))
	if err != nil {
		return Person{}, err
	}
	if len(found) != 1 {
		return Person{}, refused()
	}
	err = c.conn.Bind(found[0].dn, password)
	switch {
	case err == nil:
		return found[0], nil
	case broken(err):
		return Person{}, away("ldap: the line broke")
	}
	return Person{}, refused() // wrong, locked, expired: the directory knows
}

// Find looks somebody up by staff number; who is not there, or not any more what
// the filter wants, is NotFound.
func (c *Conn) Find(number string) (Person, error) {
	filter := "(&" + strings.ReplaceAll(c.dir.Filter, "{name}", "*") + "(" + ldap.EscapeFilter(c.dir.Number) + "=" + ldap.EscapeFilter(number) + "))"
	found, err := c.search(filter)
	switch {
	case err != nil:
		return Person{}, err
	case len(found) == 0:
		return Person{}, workflow.Absent()
	case len(found) > 1:
		return Person{}, setup("ldap: two people have one number")
	}
	return found[0], nil
}

func (c *Conn) search(filter string) ([]Person, error) {
	r, err := c.conn.Search(ldap.NewSearchRequest(c.dir.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 2, int(within/time.Second), false, filter, c.dir.Asked, nil))
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded):
		return make([]Person, 2), nil // more than one
	case err != nil && broken(err):
		return nil, away("ldap: the line broke")
	case err != nil:
		return nil, setup("ldap: the search is refused")
	}
	out := make([]Person, 0, len(r.Entries))
	for _, e := range r.Entries {
		p := Person{dn: e.DN, Attributes: map[string][]string{}}
		for _, a := range e.Attributes {
			p.Attributes[a.Name] = a.Values
		}
		out = append(out, p)
	}
	return out, nil
}

// Probe connects, binds and looks at the base.
func (d Directory) Probe(ctx context.Context) error {
	c, err := d.Open(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.conn.Search(ldap.NewSearchRequest(d.Base, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, int(within/time.Second), false, "(objectClass=*)", []string{"1.1"}, nil))
	if err != nil {
		return setup("ldap: the base is not there")
	}
	_, err = c.search(strings.ReplaceAll(d.Filter, "{name}", "probe"))
	return err
}
