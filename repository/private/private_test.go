package private_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver named "postgres"

	"mailbox/repository/private"
)

// childDir, when set, makes this binary the program whose death is observed.
const childDir = "PRIVATE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

// child starts both servers, prints their process ids and waits to be killed.
func child(dir string) int {
	ctx := context.Background()
	pg, err := private.StartPostgres(ctx, private.Options{Dir: filepath.Join(dir, "postgres")})
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	rd, err := private.StartRedis(ctx, private.Options{Dir: filepath.Join(dir, "redis")})
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	if err := keep(ctx, pg); err != nil {
		fmt.Println("error:", err)
		return 1
	}
	fmt.Println(pg.PID(), rd.PID())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends, however it ends
	return 0
}

// keep writes one row.
func keep(ctx context.Context, pg *private.Postgres) error {
	dsn, err := pg.Database(ctx, "mailbox")
	if err != nil {
		return err
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS kept (what text); INSERT INTO kept VALUES ('校长信箱')`)
	return err
}

// kept counts the rows.
func kept(t *testing.T, pg *private.Postgres) (n int) {
	t.Helper()
	db, err := sql.Open("postgres", pg.URL("mailbox"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM kept WHERE what = '校长信箱'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// dir is short, for sockets, and open to the user the servers run as.
func dir(t *testing.T) string {
	t.Helper()
	d, err := os.MkdirTemp("/tmp", "private") //nolint:usetesting // t.TempDir is closed to other users and may be long
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(d, 0o711); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(d); err != nil {
			t.Error(err)
		}
	})
	return d
}

func startPostgres(t *testing.T, o private.Options) *private.Postgres {
	t.Helper()
	pg, err := private.StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, pg.Stop) })
	return pg
}

func stop(t *testing.T, f func() error) {
	t.Helper()
	if err := f(); err != nil {
		t.Error(err)
	}
}

func TestPostgresKeepsItsData(t *testing.T) {
	o := private.Options{Dir: filepath.Join(dir(t), "pg")}
	var steps []string
	o.Progress = func(s string) { steps = append(steps, s) }
	first := startPostgres(t, o)
	if err := keep(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-first.Done():
	default:
		t.Error("stopped, but Done is open")
	}
	if got := strings.Join(steps, " "); got != private.StepCreate+" "+private.StepStart {
		t.Errorf("steps of the first start: %s", got)
	}
	second := startPostgres(t, o)
	if got := kept(t, second); got != 1 {
		t.Errorf("second start finds %d rows, want 1", got)
	}
	if err := keep(t.Context(), second); err != nil {
		t.Errorf("database that exists: %v", err)
	}
}

// Chinese words need a locale that knows letters beyond ASCII.
func TestPostgresKnowsLetters(t *testing.T) {
	pg := startPostgres(t, private.Options{Dir: filepath.Join(dir(t), "pg"), Settings: []string{"fsync=off"}})
	db, err := sql.Open("postgres", pg.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var lower, encoding, fsync, listen string
	if err := db.QueryRowContext(t.Context(), `SELECT lower('É'), current_setting('server_encoding'), current_setting('fsync'), current_setting('listen_addresses')`).Scan(&lower, &encoding, &fsync, &listen); err != nil {
		t.Fatal(err)
	}
	if lower != "é" || encoding != "UTF8" || fsync != "off" || listen != "" {
		t.Errorf("lower %q, encoding %q, fsync %q, listens on %q", lower, encoding, fsync, listen)
	}
}

func TestSecondCopyIsRefused(t *testing.T) {
	d := dir(t)
	o := private.Options{Dir: filepath.Join(d, "pg")}
	first := startPostgres(t, o)
	if _, err := private.StartPostgres(t.Context(), o); err == nil || !strings.Contains(err.Error(), "in use by another copy") {
		t.Errorf("second PostgreSQL: %v", err)
	}
	r := private.Options{Dir: filepath.Join(d, "redis")}
	rd, err := private.StartRedis(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, rd.Stop)
	if _, err := private.StartRedis(t.Context(), r); err == nil || !strings.Contains(err.Error(), "in use by another copy") {
		t.Errorf("second Redis: %v", err)
	}
	if err := keep(t.Context(), first); err != nil {
		t.Errorf("the first copy is disturbed: %v", err)
	}
}

// A command beside a program that serves works on its servers and leaves them
// running.
func TestCommandJoins(t *testing.T) {
	d := dir(t)
	o := private.Options{Dir: filepath.Join(d, "pg"), Join: true}
	first := startPostgres(t, o)
	second, err := private.StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if second.URL("postgres") != first.URL("postgres") || second.PID() != 0 || second.Done() != nil {
		t.Errorf("joined at %s as %d", second.URL("postgres"), second.PID())
	}
	stop(t, second.Stop)
	r := private.Options{Dir: filepath.Join(d, "redis"), Join: true}
	rd, err := private.StartRedis(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, rd.Stop)
	joined, err := private.StartRedis(t.Context(), r)
	if err != nil || joined.URL() != rd.URL() {
		t.Fatalf("joined Redis: %v", err)
	}
	stop(t, joined.Stop)
	if again, err := private.StartRedis(t.Context(), r); err != nil || again.PID() != 0 {
		t.Errorf("leaving stopped the Redis of the first: %v", err)
	}
	if err := keep(t.Context(), first); err != nil {
		t.Errorf("leaving stopped the PostgreSQL of the first: %v", err)
	}
}

// An immediate stop is a crash: the cluster comes back by itself, with
// everything that was committed.
func TestPostgresComesBack(t *testing.T) {
	pg := startPostgres(t, private.Options{Dir: filepath.Join(dir(t), "pg")})
	if err := keep(t.Context(), pg); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		was := pg.PID()
		if err := syscall.Kill(was, syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		within(t, 10*time.Second, "serving again", func() bool { return pg.PID() != was && serves(t, pg) })
	}
	if got := kept(t, pg); got != 1 {
		t.Errorf("%d rows after three crashes, want 1", got)
	}
}

func serves(t *testing.T, pg *private.Postgres) bool {
	t.Helper()
	db, err := sql.Open("postgres", pg.URL("mailbox"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return db.PingContext(t.Context()) == nil
}

func within(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not %s within %s", what, limit)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestOtherVersionIsRefused(t *testing.T) {
	o := private.Options{Dir: filepath.Join(dir(t), "pg")}
	pg := startPostgres(t, o)
	if err := keep(t.Context(), pg); err != nil {
		t.Fatal(err)
	}
	stop(t, pg.Stop)
	version := filepath.Join(o.Dir, "data", "PG_VERSION")
	was, err := os.ReadFile(version)
	if err != nil {
		t.Fatal(err)
	}
	write(t, version, "9\n")
	before := listing(t, o.Dir)
	if _, err := private.StartPostgres(t.Context(), o); err == nil || !strings.Contains(err.Error(), "written by PostgreSQL 9,") {
		t.Errorf("other version: %v", err)
	}
	if after := listing(t, o.Dir); after != before {
		t.Errorf("the refusal changed the data:\n%s\nwas\n%s", after, before)
	}
	write(t, version, string(was))
	if got := kept(t, startPostgres(t, o)); got != 1 {
		t.Errorf("%d rows after the refusal, want 1", got)
	}
}

func TestForeignDirectoryIsLeftAlone(t *testing.T) {
	o := private.Options{Dir: filepath.Join(dir(t), "pg")}
	if err := os.MkdirAll(filepath.Join(o.Dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	precious := filepath.Join(o.Dir, "data", "thesis.txt")
	write(t, precious, "words")
	if os.Geteuid() == 0 {
		if err := os.Chown(filepath.Dir(precious), 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := private.StartPostgres(t.Context(), o); err == nil || !strings.Contains(err.Error(), "holds no PostgreSQL data") {
		t.Errorf("foreign directory: %v", err)
	}
	if b, err := os.ReadFile(precious); err != nil || string(b) != "words" {
		t.Errorf("the file is %q, %v", b, err)
	}
}

// A crash while the cluster is being made leaves half a directory under another name.
func TestHalfMadeClusterIsMadeAnew(t *testing.T) {
	o := private.Options{Dir: filepath.Join(dir(t), "pg")}
	if err := os.MkdirAll(filepath.Join(o.Dir, "data.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := keep(t.Context(), startPostgres(t, o)); err != nil {
		t.Error(err)
	}
}

func TestLongDirectory(t *testing.T) {
	d := filepath.Join(dir(t), strings.Repeat("校长信箱", 8))
	pg := startPostgres(t, private.Options{Dir: filepath.Join(d, "pg"), Settings: []string{"fsync=off"}})
	if err := keep(t.Context(), pg); err != nil {
		t.Error(err)
	}
	rd, err := private.StartRedis(t.Context(), private.Options{Dir: filepath.Join(d, "redis")})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, rd.Stop)
	if got := ping(t, rd); got != "+PONG" {
		t.Errorf("Redis answers %q", got)
	}
}

func TestRedisKeepsItsData(t *testing.T) {
	o := private.Options{Dir: filepath.Join(dir(t), "redis")}
	rd := startRedis(t, o)
	if rd.Warning() != "" {
		t.Errorf("a real server warns: %s", rd.Warning())
	}
	if got := ask(t, rd, "SET k v"); got != "+OK" {
		t.Fatal(got)
	}
	stop(t, rd.Stop)
	rd = startRedis(t, o)
	if got := ask(t, rd, "EXISTS k"); got != ":1" {
		t.Errorf("after a restart: %s", got)
	}
	was := rd.PID()
	if err := syscall.Kill(was, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "serving again", func() bool { return rd.PID() != was && ping(t, rd) == "+PONG" })
}

// Redis may lose what it holds, but a broken file must not keep the program
// from starting, and the file stays for whoever wants to look at it.
func TestRedisSetsBrokenDataAside(t *testing.T) {
	o := private.Options{Dir: filepath.Join(dir(t), "redis")}
	rd := startRedis(t, o)
	if got := ask(t, rd, "SET k v"); got != "+OK" {
		t.Fatal(got)
	}
	stop(t, rd.Stop)
	files, err := filepath.Glob(filepath.Join(o.Dir, "data", "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) != 1 {
		t.Fatalf("append-only files %v, %v", files, err)
	}
	write(t, files[0], "no Redis wrote this\n")
	rd = startRedis(t, o)
	if got := ask(t, rd, "EXISTS k"); got != ":0" {
		t.Errorf("broken data gives %s", got)
	}
	if aside, _ := filepath.Glob(filepath.Join(o.Dir, "data.unreadable-*", "appendonlydir", "*.incr.aof")); len(aside) != 1 {
		t.Errorf("the broken file is kept as %v", aside)
	}
}

func TestRedisInMemory(t *testing.T) {
	t.Setenv("PATH", dir(t)) // no redis-server here
	rd := startRedis(t, private.Options{Dir: filepath.Join(dir(t), "redis")})
	if rd.Warning() != private.WarnMemory || rd.PID() != 0 {
		t.Errorf("warning %q, pid %d", rd.Warning(), rd.PID())
	}
	if !strings.HasPrefix(rd.URL(), "redis://:") || !strings.Contains(rd.URL(), "@127.0.0.1:") {
		t.Errorf("address %s", rd.URL())
	}
}

func startRedis(t *testing.T, o private.Options) *private.Redis {
	t.Helper()
	rd, err := private.StartRedis(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, rd.Stop) })
	return rd
}

func ping(t *testing.T, rd *private.Redis) string { t.Helper(); return ask(t, rd, "PING") }

// ask sends one command and returns the first line of the answer.
func ask(t *testing.T, rd *private.Redis, command string) string {
	t.Helper()
	conn, err := net.DialTimeout("unix", strings.TrimPrefix(rd.URL(), "unix://"), time.Second)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, command+"\r\n"); err != nil {
		return err.Error()
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(line)
}

// kill -9 of the program leaves no server behind, and the next start finds
// everything: as the user the tests run as and, from root, as an ordinary one.
func TestKilledProgramLeavesNothing(t *testing.T) {
	t.Run("as myself", func(t *testing.T) { killed(t, nil) })
	if os.Geteuid() == 0 {
		t.Run("as an ordinary user", func(t *testing.T) { killed(t, &syscall.Credential{Uid: 65534, Gid: 65534}) })
	}
}

func killed(t *testing.T, as *syscall.Credential) {
	d := dir(t)
	program := copyOfMyself(t, d)
	data := filepath.Join(d, "data")
	if err := os.Mkdir(data, 0o711); err != nil {
		t.Fatal(err)
	}
	if as != nil {
		if err := os.Chown(data, int(as.Uid), int(as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second finds what the first left, at once
		cmd := exec.Command(program)
		cmd.Dir = d
		cmd.Env = append(os.Environ(), childDir+"="+data)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		pids := startChild(t, cmd)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		for _, pid := range pids {
			within(t, 10*time.Second, "gone: server "+strconv.Itoa(pid), func() bool { return gone(pid) })
		}
	}
	if as != nil {
		return // its data is not ours to open
	}
	if got := kept(t, startPostgres(t, private.Options{Dir: filepath.Join(data, "postgres")})); got != 2 {
		t.Errorf("%d rows after two kills, want 2", got)
	}
}

func startChild(t *testing.T, cmd *exec.Cmd) (pids []int) {
	t.Helper()
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range strings.Fields(line) {
		pid, err := strconv.Atoi(word)
		if err != nil || pid == 0 {
			t.Fatalf("the program says %q", line)
		}
		pids = append(pids, pid)
	}
	return pids
}

// gone also takes a zombie for gone: where nobody reaps orphans, the dead stay listed.
func gone(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return strings.HasPrefix(rest, "Z")
}

// copyOfMyself is this test binary where another user may run it.
func copyOfMyself(t *testing.T, d string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d, "program")
	if err := os.WriteFile(path, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func write(t *testing.T, path, words string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
}

// listing is every file below root with its size and time.
func listing(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(filepath.Join(root, "data"), func(p string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&b, p, info.Size(), info.ModTime())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
