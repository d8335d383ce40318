package private

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// WarnMemory is the catalogue key of what an administrator must know when no
// Redis is installed: sessions and limits are forgotten at every restart.
const WarnMemory = "private.redis.memory"

const redisSocket = "redis.sock"

// Redis is a private Redis: a server of its own, or a stand-in in our memory
// where no server is installed.
type Redis struct {
	process *process // nil: another program's
	home    *home
	memory  *memory // instead of process and home
}

// StartRedis starts the Redis of o.Dir and returns when it answers. It is
// started again whenever it ends before Stop. Without redis-server on the
// machine a stand-in takes its place, and Warning says so.
func StartRedis(ctx context.Context, o Options) (*Redis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		o.log().WarnContext(ctx, "no private Redis, using memory instead", "err", errNoRedis)
		return StartMemory()
	}
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	h, err := openHome(ctx, o, redisSocket, "redis", "nobody")
	if errors.Is(err, errInUse) && o.Join {
		return joinRedis(ctx, o)
	}
	if err != nil {
		return nil, fmt.Errorf("private Redis: %w", err)
	}
	r, err := startServer(ctx, h, o, path)
	if err != nil && ctx.Err() == nil {
		r, err = startAnew(ctx, h, o, path, err)
	}
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	return r, nil
}

// joinRedis is the server that another program runs.
func joinRedis(ctx context.Context, o Options) (*Redis, error) {
	h, err := joinHome(o, redisSocket)
	if err != nil {
		return nil, fmt.Errorf("private Redis: %w", err)
	}
	if err := pingRedis(ctx, filepath.Join(h.sock, redisSocket)); err != nil {
		return nil, fmt.Errorf("private Redis of the program that runs already: %w", err)
	}
	return &Redis{home: h}, nil
}

// startAnew sets aside data that the server cannot read and starts without it:
// what Redis holds may be lost, and nothing else should stand still for it.
func startAnew(ctx context.Context, h *home, o Options, path string, why error) (*Redis, error) {
	aside := fmt.Sprintf("%s.unreadable-%s", h.data(), rand.Text()[:8])
	if err := os.Rename(h.data(), aside); err != nil {
		return nil, errors.Join(why, err)
	}
	o.log().WarnContext(ctx, "private Redis starts without its old data", "set_aside", aside, "err", why)
	return startServer(ctx, h, o, path)
}

func startServer(ctx context.Context, h *home, o Options, path string) (*Redis, error) {
	if err := h.makeDir(h.data()); err != nil {
		return nil, err
	}
	socket := filepath.Join(h.sock, redisSocket)
	r := &Redis{home: h, process: &process{
		name: "Redis", home: h, options: o,
		path: path, args: redisArgs(h, o, socket),
		polite: syscall.SIGTERM, firm: syscall.SIGKILL,
		ready: func(ctx context.Context) error { return pingRedis(ctx, socket) },
	}}
	if err := r.process.start(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

func redisArgs(h *home, o Options, socket string) []string {
	args := []string{
		"--port", "0", "--unixsocket", socket, "--unixsocketperm", "700",
		"--dir", h.data(), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
		"--daemonize", "no", "--logfile", "", "--maxmemory-policy", "noeviction",
	}
	for _, s := range o.Settings {
		name, value, _ := strings.Cut(s, " ")
		args = append(args, "--"+name, value)
	}
	return args
}

// pingRedis needs no client: +PONG when it serves, -LOADING while it reads its log.
func pingRedis(ctx context.Context, socket string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	if err != nil {
		return err
	}
	if got := string(answer[:n]); !strings.HasPrefix(got, "+PONG") {
		return fmt.Errorf("answered %q", strings.TrimSpace(got))
	}
	return nil
}

// URL is the server's address, with its password where it needs one.
func (r *Redis) URL() string {
	if r.memory != nil {
		return r.memory.url()
	}
	u := url.URL{Scheme: "unix", Path: filepath.Join(r.home.sock, redisSocket)}
	return u.String()
}

// Warning is the catalogue key of what an administrator must be told, or "".
func (r *Redis) Warning() string {
	if r.memory != nil {
		return WarnMemory
	}
	return ""
}

// PID is the server's process id, or 0 while it is down or in our own memory.
func (r *Redis) PID() int {
	if r.memory != nil {
		return 0
	}
	return r.process.pid()
}

// Done is closed when the server has been stopped for good.
func (r *Redis) Done() <-chan struct{} {
	if r.memory != nil {
		return r.memory.done
	}
	return r.process.ended()
}

// Stop shuts the server down and returns when it is gone.
func (r *Redis) Stop() error {
	if r.memory != nil {
		r.memory.stop()
		return nil
	}
	if r.process == nil {
		return nil
	}
	err := r.process.stop()
	_ = os.Remove(filepath.Join(r.home.sock, redisSocket)) // left behind when it had to be killed
	return errors.Join(err, r.home.close())
}
