package main

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailbox/repository/private"
	"mailbox/repository/redisdb/redistest"
)

// What is promised while the database is away, and when it is back.
const (
	refusedWithin = 2 * time.Second
	backWithin    = 5 * time.Second
)

// TestDatabaseAway stops the database at once, as a power failure would, and
// keeps it away: letters are refused plainly and quickly with everything that
// was typed, mail is told to come again, and all is well again as soon as the
// database is, without a restart of the program.
func TestDatabaseAway(t *testing.T) {
	dir := freshDir(t)
	pg := startDatabase(t, dir)
	h, dsn, _ := serveOn(t, dir, pg)
	v := newVisitor(at(h.where.Web))
	form := letter(token(v.get(t, "/write")), "数据库停了", "这封信写了很久，不能丢。")

	crash(t, pg)
	if err := pg.Stop(); err != nil {
		t.Fatal(err)
	}
	refusal(t, "a letter", func() answer { return v.post(t, "/write", form) }, "这封信写了很久，不能丢。", "数据库停了")
	refusal(t, "looking a case up", func() answer {
		return v.post(t, "/track", url.Values{"number": {"XZ20261123-0001"}, "code": {"7K3M-9QXR-2FTV-8WDN"}})
	})
	refusal(t, "signing in", func() answer {
		return v.press(t, v.get(t, "/login"), "/login", url.Values{"username": {"clerk"}, "password": {passphrase}})
	})
	mail := plainMail("away@example.com", "Li <li@example.com>", "数据库停了", "邮件也不能丢。")
	send := func() error { return sendMail(h.where.SMTP, "li@example.com", "mailbox@xz.example.edu.cn", mail) }
	if err := send(); replyCode(err) != 451 {
		t.Errorf("the mail was answered with %v, want 451", err)
	}

	startDatabase(t, dir)
	number := ""
	took := within(t, backWithin, "the letter is taken", func() bool {
		number = numberIn(v.post(t, "/write", form))
		return number != ""
	})
	within(t, backWithin, "the mail is taken", func() bool { return send() == nil })
	t.Logf("the letter was taken %s after the database was back", took.Round(time.Millisecond))
	v.follow(t, number, v.receipt(t, number))
	db := openSQL(t, dsn)
	within(t, 20*time.Second, "both are cases", func() bool { return count(t, db, `SELECT count(*) FROM cases`) == 2 })
}

// refusal wants a page of status 503 that says when to come back, soon, and
// holds what was typed.
func refusal(t *testing.T, what string, do func() answer, typed ...string) {
	t.Helper()
	begun := time.Now()
	a := do()
	if took := time.Since(begun); took > refusedWithin {
		t.Errorf("%s: refused after %s, want %s", what, took, refusedWithin)
	}
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%s: status %d, Retry-After %q, want 503 and a time", what, a.status, a.header.Get("Retry-After"))
	}
	for _, words := range typed {
		if !strings.Contains(a.body, words) {
			t.Errorf("%s: %q is lost", what, words)
		}
	}
	for _, secret := range []string{"pq:", "connect:", "SQL", ".sock", "/tmp/", "goroutine"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("%s: the page speaks of %q", what, secret)
		}
	}
}

// TestDatabaseCrashes stops the database at once again and again while letters
// come. Each is exactly one case in the end, and the program serves again
// within seconds of the database.
func TestDatabaseCrashes(t *testing.T) {
	const letters, crashes = 240, 4
	dir := freshDir(t)
	pg := startDatabase(t, dir)
	h, dsn, env := serveOn(t, dir, pg)
	hire(t, dir, env, staff...)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	d := newDriver(seeded(t), letters)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		d.run(ctx, fixed(h.where))
	}()
	db := openSQL(t, dsn)
	probe := newVisitor(at(h.where.Web))
	for i := range crashes {
		within(t, time.Minute, "letters are taken", func() bool { return d.done.Load() >= int64(letters*i/crashes+10) })
		crash(t, pg)
		within(t, time.Minute, "the database is back", func() bool { return db.PingContext(ctx) == nil })
		took := within(t, backWithin, "a letter is looked up", func() bool {
			a, err := probe.send(ctx, http.MethodGet, "/figures", "", nil)
			return err == nil && a.status == http.StatusOK
		})
		t.Logf("served %s after the database was back", took.Round(time.Millisecond))
	}
	<-sent
	if len(d.faults) > 0 {
		t.Fatalf("%d letters had no definite end, the first: %v", len(d.faults), d.faults[0])
	}
	h.set(h.now().Add(10 * time.Minute)) // what was being sent counts as uncertain then
	settled := func(query string) func() bool { return func() bool { return count(t, db, query) == 0 } }
	within(t, time.Minute, "every mail is sorted", settled(`SELECT count(*) FROM raw_mails WHERE state = 'new'`))
	within(t, time.Minute, "every notice is sent", settled(`SELECT count(*) FROM notices WHERE state IN ('queued', 'sending')`))
	within(t, time.Minute, "every fact is counted", settled(`SELECT count(*) FROM facts WHERE NOT projected`))
	checkLedger(t, dir, db, d.ledger)
	if out, err := command(t, dir, env, "", "verify"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// startDatabase starts a database that keeps its promises on the disk. It is
// started again when it crashes, and may be started again after it was stopped.
func startDatabase(t *testing.T, dir string) *private.Postgres {
	t.Helper()
	pg, err := private.StartPostgres(t.Context(), private.Options{Dir: filepath.Join(dir, "pg")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	})
	return pg
}

func serveOn(t *testing.T, dir string, pg *private.Postgres) (h *here, dsn string, env []string) {
	t.Helper()
	dsn, err := pg.Database(t.Context(), "mailbox")
	if err != nil {
		t.Fatal(err)
	}
	env = []string{"DATABASE_URL=" + dsn, "REDIS_URL=" + redistest.Open(t)}
	return serveHere(t, dir, env), dsn, env
}

// crash is pg_ctl stop -m immediate: no process of the server lives on, and
// nothing is written down that was not.
func crash(t *testing.T, pg *private.Postgres) {
	t.Helper()
	pid := pg.PID()
	if pid == 0 {
		t.Fatal("the database is not running")
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the database is gone", func() bool { return pg.PID() != pid })
}
