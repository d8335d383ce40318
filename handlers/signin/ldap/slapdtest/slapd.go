// Package slapdtest starts private OpenLDAP servers for tests.
package slapdtest

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What every server has.
const (
	Base     = "ou=people,dc=college,dc=example"
	BindDN   = "cn=mailbox,dc=college,dc=example"
	Password = "our secret" // of BindDN
	RootDN   = "cn=root,dc=college,dc=example"
	RootPass = "root secret"
)

// Server is a running slapd.
type Server struct {
	Plain  string // ldap://, where TLS is begun
	Secure string // ldaps://
	Socket string // ldapi://
	CA     string // its certificate, as PEM

	dir  string
	cmd  *exec.Cmd
	done chan struct{}
}

// people are the entries of every server, each with a password that is its name
// and "-secret".
const people = `dn: dc=college,dc=example
objectClass: dcObject
objectClass: organization
o: College
dc: college

dn: cn=mailbox,dc=college,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: mailbox
userPassword: our secret

dn: ou=people,dc=college,dc=example
objectClass: organizationalUnit
ou: people

dn: uid=lin,ou=people,dc=college,dc=example
objectClass: inetOrgPerson
uid: lin
employeeNumber: 20010017
cn: 林主任
sn: 林
mail: lin@college.example
departmentNumber: logistics
employeeType: 校办
userPassword: lin-secret

dn: uid=wang,ou=people,dc=college,dc=example
objectClass: inetOrgPerson
uid: wang
employeeNumber: 20010018
cn: 王(后勤)*
sn: 王
employeeType: 后勤
userPassword: wang-secret

dn: uid=twin1,ou=people,dc=college,dc=example
objectClass: inetOrgPerson
uid: twin1
employeeNumber: 20010020
cn: twin
sn: twin
userPassword: twin-secret

dn: uid=twin2,ou=people,dc=college,dc=example
objectClass: inetOrgPerson
uid: twin2
employeeNumber: 20010020
cn: twin
sn: twin
userPassword: twin-secret
`

// Start runs a server until the test ends.
func Start(t *testing.T) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "slapd") //nolint:usetesting // the test's own folder has too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	plain, secure := freeAddr(t), freeAddr(t)
	s := &Server{
		Plain: "ldap://" + plain, Secure: "ldaps://" + secure, Socket: "ldapi://" + filepath.Join(dir, "sock"), dir: dir,
	}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.certify(t)
	s.write(t, "slapd.conf", config(dir))
	s.write(t, "people.ldif", people)
	if out, err := exec.Command("/usr/sbin/slapadd", "-f", filepath.Join(dir, "slapd.conf"), "-l", filepath.Join(dir, "people.ldif")).CombinedOutput(); err != nil {
		t.Fatalf("fill slapd: %v\n%s", err, out)
	}
	s.run(t, plain)
	return s
}

func (s *Server) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func config(dir string) string {
	return fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile %[1]s/pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
database mdb
maxsize 10485760
suffix "dc=college,dc=example"
directory %[1]s/db
rootdn "%[2]s"
rootpw "%[3]s"
index uid,employeeNumber eq
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="%[4]s" read by * none
`, dir, RootDN, RootPass, BindDN)
}

// certify writes the certificate that the standard library's tests use.
func (s *Server) certify(t *testing.T) {
	t.Helper()
	lender := httptest.NewTLSServer(nil)
	defer lender.Close()
	pair := lender.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	s.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}))
	s.write(t, "cert.pem", s.CA)
	s.write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
}

func (s *Server) run(t *testing.T, plain string) {
	t.Helper()
	urls := s.Plain + "/ " + s.Secure + "/ ldapi://" + strings.ReplaceAll(filepath.Join(s.dir, "sock"), "/", "%2F") + "/"
	s.cmd = exec.Command("/usr/sbin/slapd", "-d", "0", "-f", filepath.Join(s.dir, "slapd.conf"), "-h", urls)
	var said bytes.Buffer
	s.cmd.Stderr = &said
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("start slapd: %v", err)
	}
	s.done = make(chan struct{})
	go func() { _ = s.cmd.Wait(); close(s.done) }()
	t.Cleanup(s.Stop)
	for deadline := time.Now().Add(20 * time.Second); ; {
		if c, err := net.Dial("tcp", plain); err == nil {
			c.Close()
			return
		}
		select {
		case <-s.done:
			t.Fatalf("slapd ended: %s", &said)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("slapd does not answer")
		}
	}
}

// Stop ends the server before the test does.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

// Change runs ldapmodify as the directory's own administrator.
func (s *Server) Change(t *testing.T, ldif string) {
	t.Helper()
	cmd := exec.Command("ldapmodify", "-x", "-H", s.Plain, "-D", RootDN, "-w", RootPass)
	cmd.Stdin = bytes.NewReader([]byte(ldif))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("change the directory: %v\n%s", err, out)
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "127.0.0.1:" + strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
