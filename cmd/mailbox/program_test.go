package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// beProgram makes the test binary be the program, so that it can be killed.
	beProgram = "MAILBOX_TEST_BE_PROGRAM"
	// aheadBy sets the program's clock ahead.
	aheadBy = "MAILBOX_TEST_AHEAD_BY"
	// readyWithin is how long a start may take before a test gives up.
	readyWithin = 30 * time.Second
)

func TestMain(m *testing.M) {
	switch os.Getenv(beProgram) {
	case "":
		os.Exit(m.Run())
	case "plain":
		main()
		return
	}
	if err := asProgram(); err != nil {
		_, _ = io.WriteString(os.Stderr, err.Error()+"\n")
		os.Exit(1)
	}
}

// asProgram is main, but that it tells its addresses on a pipe of the test's
// and ends with the test, however that ends.
func asProgram() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // nothing is ever written to it
		os.Exit(3)
	}()
	ahead, err := time.ParseDuration(os.Getenv(aheadBy))
	if err != nil {
		return err
	}
	tell := os.NewFile(3, "addresses")
	return run(ctx, os.Args[1:], world{
		Getenv: os.Getenv, In: strings.NewReader(""), Out: os.Stdout, Err: os.Stderr,
		Now: func() time.Time { return time.Now().Add(ahead) },
		Listening: func(where addresses) {
			_ = json.NewEncoder(tell).Encode(where)
			_ = tell.Close()
		},
	})
}

// program is the program as a process of its own.
type program struct {
	env   []string
	log   string // file of everything it writes
	cmd   *exec.Cmd
	stdin io.Closer
	where addresses
	dead  chan struct{} // closed when the process has ended
	err   error         // how it ended
}

// newProgram prepares a program with its data in dir; env are further settings.
func newProgram(tb testing.TB, dir string, env ...string) *program {
	tb.Helper()
	p := &program{env: append(settings(dir), env...), log: filepath.Join(dir, "program.log")}
	tb.Cleanup(func() {
		p.kill()
		if tb.Failed() {
			tb.Logf("the end of the program's log:\n%s", p.lastWords())
		}
	})
	return p
}

// settings are those of every program under test.
func settings(dir string) []string {
	return []string{
		"MAILBOX_DATA=" + dir, "MAILBOX_LISTEN=127.0.0.1:0", "MAILBOX_OPS_LISTEN=127.0.0.1:0", "MAILBOX_SMTP_LISTEN=127.0.0.1:0",
		"MAILBOX_PUBLIC_URL=http://xz.example.edu.cn", "MAILBOX_MAIL_FROM=校长信箱 <mailbox@xz.example.edu.cn>",
		"MAILBOX_TRUSTED_PROXIES=127.0.0.1", "MAILBOX_SECOND_FACTOR=nobody",
	}
}

// begin starts the process and does not wait for it to answer.
func (p *program) begin(ahead time.Duration) (ready <-chan addresses, err error) {
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	hear, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer tell.Close()
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = append(slices.Clone(p.env), beProgram+"=1", aheadBy+"="+ahead.String(), "PATH="+os.Getenv("PATH"), "TZ=UTC")
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = out, out, []*os.File{tell}
	if p.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, errors.Join(err, hear.Close())
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, hear.Close())
	}
	p.cmd, p.dead = cmd, make(chan struct{})
	go p.await()
	return listen(hear), nil
}

func (p *program) await() {
	p.err = p.cmd.Wait()
	close(p.dead)
}

// listen waits for the addresses; the channel is closed when none come.
func listen(hear *os.File) <-chan addresses {
	ready := make(chan addresses, 1)
	go func() {
		defer close(ready)
		defer hear.Close()
		var where addresses
		if json.NewDecoder(hear).Decode(&where) == nil {
			ready <- where
		}
	}()
	return ready
}

// start starts the process and returns when it serves.
func (p *program) start(tb testing.TB, ahead time.Duration) {
	tb.Helper()
	ready, err := p.begin(ahead)
	if err != nil {
		tb.Fatal(err)
	}
	select {
	case where, ok := <-ready:
		if !ok {
			<-p.dead
			tb.Fatalf("the program ended at its start: %v\n%s", p.err, p.lastWords())
		}
		p.where = where
	case <-time.After(readyWithin):
		tb.Fatalf("the program does not serve\n%s", p.dump())
	}
}

// dump ends a program that hangs and returns what it was doing.
func (p *program) dump() string {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT) // the runtime prints every goroutine
	<-p.dead
	b, _ := os.ReadFile(p.log)
	return string(b[max(0, len(b)-16<<10):])
}

// kill is kill -9; it returns when the process is gone.
func (p *program) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.dead
	_ = p.stdin.Close()
}

// stop asks the process to end and fails the test when it does not end well.
func (p *program) stop(tb testing.TB) {
	tb.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	select {
	case <-p.dead:
	case <-time.After(readyWithin):
		tb.Fatal("the program does not stop")
	}
	if p.err != nil {
		tb.Errorf("the program ended badly: %v", p.err)
	}
}

func (p *program) lastWords() string {
	b, _ := os.ReadFile(p.log)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}

// clock is a time that a test moves on.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// set moves the time to at; it runs on from there.
func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = time.Until(at)
}

// here is the program inside the test process, with a clock of the test's.
type here struct {
	*clock
	where addresses
	log   *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serveHere runs the program until the test ends.
func serveHere(tb testing.TB, dir string, env []string, args ...string) *here {
	tb.Helper()
	return serveWithin(tb, readyWithin, dir, env, args...)
}

// serveWithin is serveHere for a start that may take so long.
func serveWithin(tb testing.TB, limit time.Duration, dir string, env []string, args ...string) *here {
	tb.Helper()
	h := &here{clock: &clock{}, log: &lockedBuffer{}}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan addresses, 1), make(chan error, 1)
	w := worldOf(append(settings(dir), env...), h.now)
	w.Out, w.Err, w.Listening = h.log, h.log, func(where addresses) { ready <- where }
	go func() { ended <- run(ctx, append([]string{"serve"}, args...), w) }()
	select {
	case h.where = <-ready:
	case err := <-ended:
		stop()
		tb.Fatalf("the program ended at its start: %v\n%s", err, h.log)
	case <-time.After(limit):
		stop()
		tb.Fatalf("the program does not serve\n%s", h.log)
	}
	tb.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			tb.Errorf("the program ended badly: %v", err)
		}
		if tb.Failed() {
			tb.Logf("the program's log:\n%s", h.log)
		}
	})
	return h
}

// worldOf is a world whose environment is env and nothing else.
func worldOf(env []string, now func() time.Time) world {
	return world{
		Getenv: func(name string) string {
			for _, pair := range slices.Backward(env) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value
				}
			}
			return ""
		},
		In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Now: now,
	}
}

// command runs one command of the program to its end, with line on its
// standard input, and returns what it printed.
func command(tb testing.TB, dir string, env []string, line string, args ...string) (string, error) {
	tb.Helper()
	var out bytes.Buffer
	w := worldOf(append(settings(dir), env...), time.Now)
	w.In, w.Out = strings.NewReader(line+"\n"), &out
	ctx, cancel := context.WithTimeout(tb.Context(), readyWithin)
	defer cancel()
	err := run(ctx, args, w)
	return out.String(), err
}

// freshDir is a data directory short enough for a socket and open to the user
// that a private server runs as, which tb.TempDir is not.
func freshDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("/tmp", "mailbox-test-") //nolint:usetesting // see above
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		tb.Fatal(err)
	}
	return dir
}
