package redisdb_test

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mailbox/repository/redisdb"
	"mailbox/repository/redisdb/redistest"
	"mailbox/workflow"
)

// holding names the key that holds or is called by secret.
func holding(t *testing.T, url, secret string) string {
	t.Helper()
	c, ctx := raw(t, url), t.Context()
	keys, err := c.Keys(ctx, "*").Result()
	must(t, err)
	for _, k := range keys {
		all := k
		switch kind := c.Type(ctx, k).Val(); kind {
		case "hash":
			all += fmt.Sprint(c.HGetAll(ctx, k).Val())
		case "set":
			all += fmt.Sprint(c.SMembers(ctx, k).Val())
		case "string":
			all += c.Get(ctx, k).Val()
		default:
			t.Errorf("key %s is a %s the search does not know", k, kind)
		}
		if strings.Contains(all, secret) {
			return k
		}
	}
	return ""
}

// calls is every port once.
func calls(db *redisdb.DB) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"ping":     db.Ping,
		"arm":      func(ctx context.Context) error { return db.Arm(ctx, workflow.Timer{Key: "x", At: in(1)}) },
		"disarm":   func(ctx context.Context) error { return db.Disarm(ctx, "x") },
		"claim":    func(ctx context.Context) error { _, err := db.Claim(ctx, in(9), 9, time.Minute); return err },
		"settle":   func(ctx context.Context) error { return db.Settle(ctx, "x") },
		"count":    func(ctx context.Context) error { _, err := db.Count(ctx); return err },
		"whole":    func(ctx context.Context) error { _, err := db.Whole(ctx); return err },
		"refill":   func(ctx context.Context) error { _, err := db.Refill(ctx); return err },
		"refilled": func(ctx context.Context) error { return db.Refilled(ctx, "token") },
		"allow": func(ctx context.Context) error {
			return db.Allow(ctx, workflow.Limit{Name: "x", Rate: 99, Burst: 99, Per: time.Second}, "k")
		},
		"first": func(ctx context.Context) error { _, err := db.First(ctx, "k", time.Minute); return err },
		"open": func(ctx context.Context) error {
			_, err := db.Sessions().Open(ctx, workflow.Session{AccountID: 7, Since: in(0)}, time.Minute, time.Hour)
			return err
		},
		"close":     func(ctx context.Context) error { return db.Sessions().Close(ctx, "token") },
		"close all": func(ctx context.Context) error { _, err := db.Sessions().CloseAll(ctx, 7); return err },
		"list":      func(ctx context.Context) error { _, err := db.Sessions().List(ctx, 7); return err },
	}
}

func allAway(t *testing.T, db *redisdb.DB) {
	t.Helper()
	var wg sync.WaitGroup
	for name, call := range calls(db) {
		wg.Go(func() {
			begin := time.Now()
			err := call(t.Context())
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("%s took %s", name, took)
			}
			wantKind(t, name, err, workflow.Unavailable)
		})
	}
	wg.Wait()
}

// answers waits until the server can be asked again.
func answers(t *testing.T, db *redisdb.DB) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for db.Ping(t.Context()) != nil && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
}

func allWell(t *testing.T, db *redisdb.DB) {
	t.Helper()
	answers(t, db)
	for name, call := range calls(db) {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s after the return: %v", name, err)
		}
	}
}

func TestRedisStopped(t *testing.T) {
	t.Parallel()
	dir := redistest.Dir(t)
	server := redistest.Start(t, dir)
	db := open(t, server.URL())
	must(t, db.Arm(t.Context(), workflow.Timer{Key: "kept", At: in(1)}))
	must(t, server.Stop())
	allAway(t, db)
	redistest.Start(t, dir)
	allWell(t, db)
	if err := db.Arm(t.Context(), workflow.Timer{Key: "x", At: in(1)}); err != nil {
		t.Error(err)
	}
}

func TestRedisKilled(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Dir(t))
	db := open(t, server.URL())
	must(t, db.Ping(t.Context()))
	must(t, syscall.Kill(server.PID(), syscall.SIGKILL))
	if err := db.Ping(t.Context()); err != nil { // it may be back already
		wantKind(t, "just killed", err, workflow.Unavailable)
	}
	allWell(t, db)
}

// A server that was started again may lack the last it was told.
func TestRedisStartedAgain(t *testing.T) {
	t.Parallel()
	dir := redistest.Dir(t)
	server := redistest.Start(t, dir)
	db := open(t, server.URL())
	token, err := db.Refill(t.Context())
	must(t, err)
	must(t, db.Refilled(t.Context(), token))
	if whole, err := db.Whole(t.Context()); !whole || err != nil {
		t.Fatalf("whole: %v, %v", whole, err)
	}
	must(t, server.Stop())
	redistest.Start(t, dir)
	answers(t, db)
	must(t, db.Refilled(t.Context(), token))
	if whole, err := db.Whole(t.Context()); whole || err != nil {
		t.Errorf("whole after a restart: %v, %v", whole, err)
	}
}

// A server that hangs is worse than one that is gone: it must be given up.
func TestRedisHangs(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.Dir(t))
	db := open(t, server.URL())
	must(t, db.Ping(t.Context()))
	must(t, syscall.Kill(server.PID(), syscall.SIGSTOP))
	defer func() { _ = syscall.Kill(server.PID(), syscall.SIGCONT) }()
	allAway(t, db)
	must(t, syscall.Kill(server.PID(), syscall.SIGCONT))
	allWell(t, db)
}

func TestRedisFull(t *testing.T) {
	t.Parallel()
	db := open(t, redistest.Start(t, redistest.Dir(t), "maxmemory 1").URL())
	wantKind(t, "full", db.Arm(t.Context(), workflow.Timer{Key: "x", At: in(1)}), workflow.Unavailable)
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := l.Addr().String()
	must(t, l.Close())
	db := open(t, "redis://"+addr)
	wantKind(t, "refused", db.Ping(t.Context()), workflow.Unavailable)
}

// In a cluster every script finds its keys on one node.
func TestCluster(t *testing.T) {
	t.Parallel()
	port := startTCP(t, "cluster-enabled yes")
	c := raw(t, "redis://127.0.0.1:"+port)
	must(t, c.ClusterAddSlotsRange(t.Context(), 0, 16383).Err())
	deadline := time.Now().Add(10 * time.Second)
	for !strings.Contains(c.ClusterInfo(t.Context()).Val(), "cluster_state:ok") {
		if time.Now().After(deadline) {
			t.Fatal("the cluster does not come up")
		}
		time.Sleep(10 * time.Millisecond)
	}
	url := "redis+cluster://127.0.0.1:" + port
	allWell(t, open(t, url))
	db := open(t, url)
	must(t, db.Disarm(t.Context(), "x"))
	testSessionsOn(t, db)
}

func testSessionsOn(t *testing.T, db *redisdb.DB) {
	t.Helper()
	ctx := t.Context()
	token, err := db.Sessions().Open(ctx, workflow.Session{AccountID: 70, Since: in(0)}, time.Minute, time.Hour)
	must(t, err)
	if _, err := db.Sessions().Find(ctx, token, in(1)); err != nil {
		t.Error(err)
	}
	if n, err := db.Sessions().CloseAll(ctx, 70); n != 1 || err != nil {
		t.Errorf("closed %d, %v", n, err)
	}
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	port := startTCP(t)
	watch := startSentinel(t, port)
	allWell(t, open(t, "redis+sentinel://127.0.0.1:"+watch+"/mymaster"))
}

// startTCP starts a redis-server on a port of its own.
func startTCP(t *testing.T, settings ...string) (port string) {
	t.Helper()
	port = freePort(t)
	redistest.Start(t, redistest.Dir(t), append([]string{"port " + port, "bind 127.0.0.1"}, settings...)...)
	return port
}

// freePort stays below the ports a cluster adds 10000 to.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		addr, ok := l.Addr().(*net.TCPAddr)
		must(t, l.Close())
		if ok && addr.Port < 55000 {
			return strconv.Itoa(addr.Port)
		}
	}
	t.Fatal("no free port")
	return ""
}

func startSentinel(t *testing.T, master string) (port string) {
	t.Helper()
	port = freePort(t)
	conf := t.TempDir() + "/sentinel.conf"
	cmd := exec.Command("sh", "-c", `printf 'sentinel monitor mymaster 127.0.0.1 %s 1\n' "$1" > "$2"; exec redis-server "$2" --sentinel --port "$3" --bind 127.0.0.1`, "sh", master, conf, port)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	c := raw(t, "redis://127.0.0.1:"+port)
	deadline := time.Now().Add(10 * time.Second)
	for c.Ping(t.Context()).Err() != nil {
		if time.Now().After(deadline) {
			t.Fatal("the sentinel does not come up")
		}
		time.Sleep(10 * time.Millisecond)
	}
	return port
}
