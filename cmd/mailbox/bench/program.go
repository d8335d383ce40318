package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program is a running copy of the program.
type program struct {
	Web, Ops, SMTP string // where it listens
	ready          time.Duration
	pages          bool // it serves them
	cmd            *exec.Cmd
	ended          chan error
	log            string // path of what it says
}

// readyWithin is how long a program may take to start; the first start makes a
// database.
const readyWithin = 2 * time.Minute

// serve starts the program on a college's servers, or on its own in dir when
// there is none, and returns when it is ready.
func (r *run) serve(ctx context.Context, dir string, c *College, only ...string) (*program, error) {
	p := &program{pages: len(only) == 0 || slices.Contains(only, "web"), ended: make(chan error, 1), log: filepath.Join(r.Dir, "log")}
	for _, a := range []*string{&p.Web, &p.Ops, &p.SMTP} {
		var err error
		if *a, err = freeAddress(ctx); err != nil {
			return nil, err
		}
	}
	args := []string{"serve"}
	if len(only) > 0 {
		args = append(args, "--only", strings.Join(only, ","))
	}
	p.cmd = exec.CommandContext(ctx, r.Program, args...) //nolint:gosec // ourselves
	p.cmd.Env = append(p.environment(dir, c), r.Env...)
	log, err := os.Create(p.log)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", r.Program, err)
	}
	defer func() { _ = log.Close() }() // the program has its own handle
	p.cmd.Stderr = log
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = time.Minute
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	begun := time.Now()
	if err := p.begin(); err != nil {
		return nil, fmt.Errorf("start %s: %w", r.Program, err)
	}
	if err := p.await(ctx, begun); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *program) environment(dir string, c *College) []string {
	env := []string{
		"MAILBOX_SECOND_FACTOR=nobody",
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"),
		"MAILBOX_LISTEN=" + p.Web, "MAILBOX_OPS_LISTEN=" + p.Ops, "MAILBOX_SMTP_LISTEN=" + p.SMTP,
		"MAILBOX_MAIL_DOMAINS=*", "MAILBOX_TRUSTED_PROXIES=127.0.0.1/32", "MAILBOX_DATA=" + dir,
	}
	if c == nil {
		return env
	}
	return append(env, "DATABASE_URL="+c.DSN, "REDIS_URL="+c.RedisURL, "MAILBOX_KEY_FILE="+filepath.Join(c.Dir, "keys"))
}

// begin starts the process from a thread that lives as long as it does: the
// kernel ends the child with the thread that started it.
func (p *program) begin() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.ended <- p.cmd.Wait()
		}
	}()
	return <-started
}

func (p *program) await(ctx context.Context, begun time.Time) error {
	deadline := time.After(readyWithin)
	for {
		if p.says(ctx, "/readyz") {
			p.ready = time.Since(begun)
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-p.ended:
			p.ended <- err
			return fmt.Errorf("it ended: %w", err)
		case <-deadline:
			return errors.New("it did not become ready")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (p *program) says(ctx context.Context, path string) bool {
	address := p.Ops
	if p.pages {
		address = p.Web
	}
	status, _, err := get(ctx, http.DefaultClient, "http://"+address+path)
	return err == nil && status == http.StatusOK
}

func get(ctx context.Context, client *http.Client, url string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, err
}

// rss is the memory the program holds, in MiB.
func (p *program) rss() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if kib, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.Fields(kib)[0], 64)
			return n / 1024, err
		}
	}
	return 0, errors.New("read memory: no VmRSS")
}

// stop lets the program finish.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	if err := <-p.ended; err != nil {
		return fmt.Errorf("the program ended badly: %w: %s", err, p.lastWords())
	}
	return nil
}

func freeAddress(ctx context.Context) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return ln.Addr().String(), ln.Close()
}

func (p *program) lastWords() string {
	b, _ := os.ReadFile(p.log) // without it there are no words
	return string(b[max(0, len(b)-2000):])
}
