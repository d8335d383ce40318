// Package dovecottest starts private Dovecot servers for tests.
package dovecottest

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// User and Password open every server's one account.
const (
	User     = "xzxx"
	Password = "secret"
)

const nobody = 65534

// Server is a running Dovecot.
type Server struct {
	Addr   string
	Secure string         // address that wants TLS from the first byte
	Roots  *x509.CertPool // trust its certificate
	Home   string         // where the account's Maildir is
}

// URL is the address of the account's INBOX, on addr when that is not "".
func (s *Server) URL(addr string) string {
	if addr == "" {
		addr = s.Addr
	}
	return "imap://" + User + ":" + Password + "@" + addr + "/INBOX"
}

// Start runs a server until the test ends.
func Start(t *testing.T) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "dovecot") //nolint:usetesting // the test's own folder is closed to Dovecot's users and its name too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{Addr: freeAddr(t), Secure: freeAddr(t), Home: filepath.Join(dir, "home")}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.Home, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(s.Home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	s.certify(t, dir)
	config := filepath.Join(dir, "dovecot.conf")
	if err := os.WriteFile(config, []byte(s.config(dir)), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run(t, config, filepath.Join(dir, "log"))
	return s
}

// certify writes the certificate that the standard library's tests use.
func (s *Server) certify(t *testing.T, dir string) {
	t.Helper()
	lender := httptest.NewTLSServer(nil)
	defer lender.Close()
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(lender.Certificate())
	pair := lender.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *Server) config(dir string) string {
	_, port, _ := net.SplitHostPort(s.Addr)
	_, secure, _ := net.SplitHostPort(s.Secure)
	return fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
service imap-login {
  chroot =
  inet_listener imap {
    port = %[2]s
  }
  inet_listener imaps {
    port = %[5]s
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
passdb {
  driver = static
  args = password=%[3]s
}
userdb {
  driver = static
  args = uid=%[4]d gid=%[4]d home=%[1]s/home
}
`, dir, port, Password, nobody, secure)
}

func (s *Server) run(t *testing.T, config, log string) {
	t.Helper()
	cmd := exec.Command("/usr/sbin/dovecot", "-F", "-c", config)
	out := &logFile{t: t, path: log}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start dovecot: %v", err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		if c, err := net.Dial("tcp", s.Addr); err == nil {
			c.Close()
			return
		}
		select {
		case <-done:
			t.Fatalf("dovecot ended: %s", out.read())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("dovecot does not answer: %s", out.read())
		}
	}
}

type logFile struct {
	t    *testing.T
	path string
}

func (l *logFile) read() string {
	b, err := os.ReadFile(l.path)
	if err != nil {
		return err.Error()
	}
	return string(b)
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
