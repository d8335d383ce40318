package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver named "postgres"
)

// passphrase is every account's.
const passphrase = "correct-horse-battery-2026"

// person is an account of the tests.
type person struct{ username, role, department string }

// staff is a small office and the department that gets the letters.
var staff = []person{
	{"clerk", "clerk", "office"},
	{"officehead", "office_head", "office"},
	{"office-dept", "dept_clerk", "office"},
	{"office-dept-head", "dept_head", "office"},
}

// hire makes the accounts with the program's own command.
func hire(tb testing.TB, dir string, env []string, people ...person) {
	tb.Helper()
	for _, p := range people {
		args := []string{"user", "add", p.username, "--name", "员工" + p.username, "--role", p.role, "--department", p.department, "--email", p.username + "@office.example.edu.cn"}
		if out, err := command(tb, dir, env, passphrase, args...); err != nil {
			tb.Fatalf("add %s: %v\n%s", p.username, err, out)
		}
	}
}

// seeded makes what happens by chance happen again: the seed is printed, and
// MAILBOX_TEST_SEED sets it.
func seeded(tb testing.TB) *rand.Rand {
	tb.Helper()
	seed := rand.Uint64()
	if s := os.Getenv("MAILBOX_TEST_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			tb.Fatal(err)
		}
	}
	tb.Logf("MAILBOX_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

func openSQL(tb testing.TB, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

// count is the one number that a query asks for.
func count(tb testing.TB, db *sql.DB, query string, args ...any) int {
	tb.Helper()
	var n int
	if err := db.QueryRowContext(tb.Context(), query, args...).Scan(&n); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return n
}

// texts are the rows of a query of one column.
func texts(tb testing.TB, db *sql.DB, query string, args ...any) []string {
	tb.Helper()
	rows, err := db.QueryContext(tb.Context(), query, args...)
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return out
}

// within asks until the answer is yes, and fails the test when it never is.
// Where the program gives no sign, asking is the only way to wait.
func within(tb testing.TB, limit time.Duration, what string, yes func() bool) time.Duration {
	tb.Helper()
	begun := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		if time.Since(begun) > limit {
			tb.Fatalf("not within %s: %s", limit, what)
		}
		<-tick.C
	}
	return time.Since(begun)
}

// sendMail hands one mail to the program's own receiver. A reply of the
// receiver's is a *textproto.Error.
func sendMail(address, from, to string, raw []byte) (err error) {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return err
	}
	if err := conn.SetDeadline(time.Now().Add(40 * time.Second)); err != nil {
		return errors.Join(err, conn.Close())
	}
	c, err := smtp.NewClient(conn, "localhost")
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	defer c.Close()
	if err := c.Mail(from); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// replyCode is the code that the receiver answered with, or 0.
func replyCode(err error) int {
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return e.Code
	}
	return 0
}

// plainMail is a mail in UTF-8.
func plainMail(id, from, subject, body string) []byte {
	return []byte("From: " + from + "\r\nTo: mailbox@xz.example.edu.cn\r\nMessage-ID: <" + id + ">\r\nDate: Mon, 23 Nov 2026 09:00:00 +0800\r\nSubject: " +
		mime.BEncoding.Encode("utf-8", subject) + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body + "\r\n")
}

// outgoing is a mail that the program wrote.
type outgoing struct {
	header  mail.Header
	subject string
	text    string // its first readable part
}

// outgoingIn reads the mails the program wrote into the folder.
func outgoingIn(tb testing.TB, dir string) []outgoing {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "outgoing", "*.eml"))
	if err != nil {
		tb.Fatal(err)
	}
	var out []outgoing
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, readOutgoing(tb, raw))
	}
	return out
}

func readOutgoing(tb testing.TB, raw []byte) outgoing {
	tb.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		tb.Fatal(err)
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		tb.Fatal(err)
	}
	// The parts are quoted-printable or plain, and what is looked for stands in
	// one of them whole.
	text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	if err != nil {
		text = body
	}
	return outgoing{m.Header, subject, string(text)}
}

// to is whom the mail is for.
func (o outgoing) to() string {
	a, err := mail.ParseAddress(o.header.Get("To"))
	if err != nil {
		return o.header.Get("To")
	}
	return strings.ToLower(a.Address)
}
