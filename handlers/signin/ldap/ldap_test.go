package ldap_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"strings"
	"testing"

	"mailbox/handlers/signin/ldap"
	"mailbox/handlers/signin/ldap/slapdtest"
	"mailbox/workflow"
)

func directory(s *slapdtest.Server) ldap.Directory {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(s.CA))
	return ldap.Directory{
		Server: s.Secure, Base: slapdtest.Base, BindDN: slapdtest.BindDN, Password: slapdtest.Password, Filter: "(uid={name})",
		Number: "employeeNumber", Asked: []string{"uid", "cn", "mail", "employeeNumber"}, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	far := slapdtest.Start(t)
	t.Run("proves", func(t *testing.T) { proves(t, far) })
	t.Run("refuses", func(t *testing.T) { refuses(t, far) })
	t.Run("is set up wrongly", func(t *testing.T) { setUpWrongly(t, far) })
	t.Run("finds", func(t *testing.T) { finds(t, far) })
	t.Run("is away", func(t *testing.T) { isAway(t, far) })
}

func proves(t *testing.T, far *slapdtest.Server) {
	for _, server := range []string{far.Secure, far.Plain, far.Socket} {
		d := directory(far)
		d.Server = server
		p, err := d.Prove(t.Context(), " lin ", "lin-secret")
		if err != nil || p.Attributes["cn"][0] != "林主任" || p.Attributes["employeeNumber"][0] != "20010017" {
			t.Errorf("%s: %v %v", server, p.Attributes, err)
		}
		if len(p.Attributes["userPassword"]) != 0 {
			t.Error("the password was read")
		}
		if err := d.Probe(t.Context()); err != nil {
			t.Errorf("probe %s: %v", server, err)
		}
	}
}

func refuses(t *testing.T, far *slapdtest.Server) {
	d := directory(far)
	for name, entry := range map[string][2]string{
		"no password":        {"lin", ""},
		"no name":            {"", "lin-secret"},
		"a wrong password":   {"lin", "wang-secret"},
		"an unknown name":    {"nobody", "lin-secret"},
		"everybody":          {"*", "lin-secret"},
		"a filter":           {"lin)(uid=*", "lin-secret"},
		"another filter":     {"*)(|(uid=lin", "lin-secret"},
		"a null byte":        {"lin\x00", "lin-secret"},
		"a name too long":    {strings.Repeat("l", 101), "x"},
		"a password without": {"lin", strings.Repeat("x", 257)},
	} {
		if _, err := d.Prove(t.Context(), entry[0], entry[1]); workflow.KindOf(err) != workflow.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.Filter = "(cn={name})"
	if _, err := d.Prove(t.Context(), "twin", "twin-secret"); workflow.KindOf(err) != workflow.Unauthenticated {
		t.Errorf("one of two: %v", err)
	}
	if _, err := d.Prove(t.Context(), "王(后勤)*", "wang-secret"); err != nil {
		t.Errorf("a name with the signs of a filter: %v", err)
	}
}

func setUpWrongly(t *testing.T, far *slapdtest.Server) {
	for name, change := range map[string]func(*ldap.Directory){
		"our password":       func(d *ldap.Directory) { d.Password = "wrong" },
		"no password of us":  func(d *ldap.Directory) { d.Password = "" },
		"the base":           func(d *ldap.Directory) { d.Base = "ou=nowhere,dc=college,dc=example" },
		"the filter":         func(d *ldap.Directory) { d.Filter = "(uid={name}" },
		"nobody's authority": func(d *ldap.Directory) { d.TLS = &tls.Config{MinVersion: tls.VersionTLS12}; d.Server = far.Plain },
		"another host's":     func(d *ldap.Directory) { d.Server = strings.Replace(far.Plain, "127.0.0.1", "localhost", 1) },
	} {
		d := directory(far)
		change(&d)
		if err := d.Probe(t.Context()); workflow.KindOf(err) != workflow.Unavailable {
			t.Errorf("%s: probe: %v", name, err)
		}
		if _, err := d.Prove(t.Context(), "lin", "lin-secret"); workflow.KindOf(err) != workflow.Unavailable || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func finds(t *testing.T, far *slapdtest.Server) {
	d := directory(far)
	d.Filter = "(&(uid={name})(employeeType=校办))"
	c, err := d.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if p, err := c.Find("20010017"); err != nil || p.Attributes["uid"][0] != "lin" {
		t.Errorf("%v %v", p.Attributes, err)
	}
	for _, number := range []string{"20010018", "2", "*", "20010017)(uid=*"} {
		if _, err := c.Find(number); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("%s: %v", number, err)
		}
	}
	d.Filter = "(uid={name})"
	twins, err := d.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer twins.Close()
	if _, err := twins.Find("20010020"); workflow.KindOf(err) != workflow.Unavailable {
		t.Errorf("two with one number: %v", err)
	}
}

// isAway: a directory that does not answer, or answers something else, lets
// nobody in, and nobody wait for ever.
func isAway(t *testing.T, far *slapdtest.Server) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")) // to whoever asks for a directory
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	for _, server := range []string{"ldaps://" + l.Addr().String(), "ldap://" + l.Addr().String(), "ldap://127.0.0.1:1", "ldapi:///nowhere/sock"} {
		d := directory(far)
		d.Server = server
		if _, err := d.Prove(t.Context(), "lin", "lin-secret"); workflow.KindOf(err) != workflow.Unavailable {
			t.Errorf("%s: %v", server, err)
		}
	}
}
