package main

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"mailbox/handlers/schedule"
	"mailbox/repository/postgres/pgtest"
	"mailbox/repository/private"
	"mailbox/repository/redisdb/redistest"
)

// reconcileOften is how often timers are compared in tests, where a minute is
// long. TestReconcileInterval holds the program itself to its promise.
const reconcileOften = 300 * time.Millisecond

// TestForgetfulRedis empties Redis, kills it and leaves it away for a while,
// each while clocks fall due. Every promise that runs out is warned of and
// noted once; people go on writing.
func TestForgetfulRedis(t *testing.T) {
	whole, dir, redisDir := t, freshDir(t), redistest.Dir(t)
	redis := redistest.Start(t, redisDir)
	dsn := pgtest.Open(t)
	env := []string{"DATABASE_URL=" + dsn, "REDIS_URL=" + redis.URL()}
	r := seeded(t)
	h := serveHere(t, dir, env, "--reconcile-every", reconcileOften.String())
	hire(t, dir, env, staff...)
	db, v := openSQL(t, dsn), newVisitor(at(h.where.Web))
	writeMany(t, v, 40)
	armed := timers(t, redis)
	if want := count(t, db, `SELECT 2 * count(*) FROM clocks`); armed != want {
		t.Fatalf("%d timers for %d clocks, want %d", armed, want/2, want)
	}

	t.Run("emptied", func(t *testing.T) {
		flush(t, redis)
		took := within(t, 10*time.Second, "all timers are back", func() bool { return timers(t, redis) == armed })
		t.Logf("%d timers back after %s", armed, took.Round(time.Millisecond))
		flush(t, redis)
		h.set(moment(t, db, `SELECT max(warn_at) + interval '1 second' FROM clocks WHERE kind = 'register'`))
		within(t, 20*time.Second, "everybody is warned", none(t, db, `SELECT count(*) FROM clocks WHERE kind = 'register' AND warned_at IS NULL`))
	})
	t.Run("away", func(t *testing.T) {
		if err := redis.Stop(); err != nil {
			t.Fatal(err)
		}
		h.set(moment(t, db, `SELECT max(due_at) + interval '1 second' FROM clocks WHERE kind = 'register'`))
		withoutRedis(t, h)
		within(t, 20*time.Second, "every breach is noted", none(t, db, `SELECT count(*) FROM clocks WHERE kind = 'register' AND breached_at IS NULL AND due_at < $1`, h.now()))
		redis = redistest.Start(whole, redisDir)
		begun := time.Now()
		within(t, 10*time.Second, "staff get in again", func() bool { return signsIn(t, h) })
		t.Logf("staff got in %s after Redis", time.Since(begun).Round(time.Millisecond))
		running := func() bool { return timers(t, redis) == count(t, db, sqlTimersNeeded) }
		within(t, 20*time.Second, "the timers of what came meanwhile are armed", running)
	})
	t.Run("killed", func(t *testing.T) {
		for range 6 {
			writeMany(t, v, 8)
			next := moment(t, db, `SELECT min(rings_at) + interval '1 second' FROM clocks WHERE breached_at IS NULL AND met_at IS NULL AND rings_at > $1`, h.now())
			switch r.IntN(3) {
			case 0:
				flush(t, redis)
			case 1:
				killRedis(t, redis)
			}
			h.set(next)
			if r.IntN(2) == 0 {
				killRedis(t, redis)
			}
			within(t, 30*time.Second, "every clock that is due has rung", none(t, db, sqlUnrung, h.now()))
		}
	})
	checkRings(t, db, h.now())
}

// sqlTimersNeeded is how many timers the clocks need: a breach each, and a
// warning where none was given.
const sqlTimersNeeded = `SELECT count(*) + count(*) FILTER (WHERE warned_at IS NULL) FROM clocks
	WHERE met_at IS NULL AND cancelled_at IS NULL AND paused_at IS NULL AND breached_at IS NULL`

const sqlUnrung = `SELECT count(*) FROM clocks WHERE met_at IS NULL AND cancelled_at IS NULL AND paused_at IS NULL AND breached_at IS NULL AND rings_at <= $1`

// withoutRedis wants letters to be taken, and staff, whose sessions lie there,
// to be asked to come back soon: plainly, quickly and without a fault.
// signsIn reports whether the clerk gets in now.
func signsIn(t *testing.T, h *here) bool {
	t.Helper()
	clerk := newVisitor(at(h.where.Web))
	defer clerk.http.CloseIdleConnections()
	a := clerk.press(t, clerk.get(t, "/login"), "/login", url.Values{"username": {"clerk"}, "password": {passphrase}})
	return a.status == http.StatusSeeOther && clerk.get(t, "/office").status == http.StatusOK
}

func withoutRedis(t *testing.T, h *here) {
	t.Helper()
	writer := newVisitor(at(h.where.Web))
	form := letter(token(writer.get(t, "/write")), "没有Redis时的来信", "来信照样收下。")
	begun := time.Now()
	number := writer.hand(t, form)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("a letter took %s", took)
	}
	writer.follow(t, number, writer.receipt(t, number))
	clerk := newVisitor(at(h.where.Web))
	a := clerk.press(t, clerk.get(t, "/login"), "/login", url.Values{"username": {"clerk"}, "password": {passphrase}})
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("signing in without Redis: status %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
	if !strings.Contains(a.body, "写信、查询进度和公开页面照常") {
		t.Error("staff are not told what goes on without Redis")
	}
}

// checkRings wants each step of each clock once in the history and told once,
// and none early.
func checkRings(t *testing.T, db *sql.DB, now time.Time) {
	t.Helper()
	for what, query := range map[string]string{
		"breached early": `SELECT id::text FROM clocks WHERE breached_at < due_at`,
		"warned early":   `SELECT id::text FROM clocks WHERE warned_at < warn_at`,
		"steps in the history another time than once": `SELECT c.id || ' ' || s.step FROM clocks c,
			LATERAL (VALUES ('breached', c.breached_at), ('warned', c.warned_at)) s (step, at)
			WHERE (s.at IS NOT NULL)::int <> (SELECT count(*) FROM events e WHERE e.case_id = c.case_id AND e.action = s.step
				AND e.detail->>'clock' = c.kind AND e.detail->>'occurrence' = c.occurrence::text)`,
		"steps that nobody, or somebody twice, was told of": `SELECT c.id || ' ' || a.username || ' ' || s.step FROM clocks c
			CROSS JOIN accounts a CROSS JOIN LATERAL (VALUES ('breach', 'breach', c.breached_at), ('warn', 'warning', c.warned_at)) s (step, kind, at)
			WHERE a.username IN ('clerk', 'officehead') AND s.at IS NOT NULL AND 1 <> (SELECT count(*) FROM notices n
				WHERE n.case_id = c.case_id AND n.account_id = a.id AND n.channel = 'page' AND n.kind = s.kind AND n.args->>'clock' = c.kind)`,
	} {
		if found := texts(t, db, query); len(found) > 0 {
			t.Errorf("%s: %d, for example %s", what, len(found), found[0])
		}
	}
	rung := count(t, db, `SELECT count(breached_at) + count(warned_at) FROM clocks`)
	if left := count(t, db, sqlUnrung, now); left > 0 || rung < 150 {
		t.Errorf("%d steps rang, %d are missing", rung, left)
	}
	t.Logf("%d steps rang, each once", rung)
}

// TestReconcileInterval holds the program to what it promises when nothing is
// set: timers that were lost are back within a minute.
func TestReconcileInterval(t *testing.T) {
	var c commands
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"serve"}); err != nil {
		t.Fatal(err)
	}
	jobs := c.Serve.jobs(t.Context(), &app{servers: &servers{}})
	i := slices.IndexFunc(jobs, func(j schedule.Job) bool { return j.Name == "reconcile timers" })
	if i < 0 || jobs[i].Every <= 0 || jobs[i].Every > time.Minute {
		t.Errorf("timers are compared every %s, want at most a minute", c.Serve.ReconcileEvery)
	}
}

func writeMany(t *testing.T, v *visitor, n int) {
	t.Helper()
	for i := range n {
		v.header.Set("X-Forwarded-For", fmt.Sprintf("10.1.%d.1", i))
		v.hand(t, letter(token(v.get(t, "/write")), fmt.Sprintf("第%d封", i), "食堂太贵了，请您过问。"))
	}
}

func none(t *testing.T, db *sql.DB, query string, args ...any) func() bool {
	return func() bool { return count(t, db, query, args...) == 0 }
}

func moment(t *testing.T, db *sql.DB, query string, args ...any) time.Time {
	t.Helper()
	var at sql.NullTime
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&at); err != nil || !at.Valid {
		t.Fatalf("%s: no time, %v", query, err)
	}
	return at.Time
}

// ask puts one question to Redis in its own words and returns the first line
// of what it says.
func ask(redis *private.Redis, question string) (string, error) {
	u, err := url.Parse(redis.URL())
	if err != nil {
		return "", err
	}
	conn, err := net.DialTimeout("unix", u.Path, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, question+"\r\n"); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line), err
}

// timers is how many timers wait or ring just now; -1 while Redis is away.
func timers(t *testing.T, redis *private.Redis) int {
	t.Helper()
	sum := 0
	for _, key := range []string{"due", "leased"} {
		said, err := ask(redis, "ZCARD {mailbox:timers}:"+key)
		n, bad := strconv.Atoi(strings.TrimPrefix(said, ":"))
		if err != nil || bad != nil {
			return -1
		}
		sum += n
	}
	return sum
}

// flush empties Redis; one that is just starting is waited for.
func flush(t *testing.T, redis *private.Redis) {
	t.Helper()
	within(t, 10*time.Second, "Redis is emptied", func() bool {
		said, err := ask(redis, "FLUSHALL")
		return err == nil && said == "+OK"
	})
}

// killRedis is kill -9 of the server, which its keeper starts again.
func killRedis(t *testing.T, redis *private.Redis) {
	t.Helper()
	pid := 0
	within(t, 10*time.Second, "Redis runs", func() bool { pid = redis.PID(); return pid != 0 && timers(t, redis) >= 0 })
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
