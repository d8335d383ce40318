package private

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/lib/pq"
)

// superuser owns everything in a private cluster. Nobody else can reach the
// socket, so it needs no password.
const superuser = "mailbox"

// postgresSocket is the longest name beside the socket.
const postgresSocket = ".s.PGSQL.5432.lock"

// Postgres is a private PostgreSQL.
type Postgres struct {
	process *process // nil: another program's
	home    *home
}

// StartPostgres starts the PostgreSQL of o.Dir, making its data directory when
// there is none, and returns when it answers. It is started again whenever it
// ends before Stop.
func StartPostgres(ctx context.Context, o Options) (*Postgres, error) {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	h, err := openHome(ctx, o, postgresSocket, "postgres", "nobody")
	if errors.Is(err, errInUse) && o.Join {
		return joinPostgres(ctx, o)
	}
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	bin, err := prepareCluster(h, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("private PostgreSQL: %w", err), h.close())
	}
	p := &Postgres{home: h}
	p.process = &process{
		name: "PostgreSQL", home: h, options: o,
		path: filepath.Join(bin, "postgres"), args: postgresArgs(h, o),
		polite: syscall.SIGINT, firm: syscall.SIGQUIT, // fast, then immediate: both keep every commit
		ready: p.pinger(o),
	}
	if err := p.process.start(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return p, nil
}

// joinPostgres is the server that another program runs.
func joinPostgres(ctx context.Context, o Options) (*Postgres, error) {
	h, err := joinHome(o, postgresSocket)
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	p := &Postgres{home: h}
	if err := p.pinger(o)(ctx); err != nil {
		return nil, fmt.Errorf("private PostgreSQL of the program that runs already: %w", err)
	}
	return p, nil
}

// prepareCluster returns the programs that fit the data, which it makes first
// when it is missing.
func prepareCluster(h *home, o Options) (bin string, err error) {
	version, err := os.ReadFile(filepath.Join(h.data(), "PG_VERSION"))
	if err == nil {
		return findPostgres(searchPath(), strings.TrimSpace(string(version)))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if _, err := os.Lstat(h.data()); err == nil {
		return "", fmt.Errorf("%s exists but holds no PostgreSQL data; it is left as it is", h.data())
	}
	if bin, err = findPostgres(searchPath(), ""); err != nil {
		return "", err
	}
	o.progress(StepCreate)
	return bin, createCluster(h, bin, slices.Contains(o.Settings, "fsync=off"))
}

// createCluster makes the data directory under another name and renames it
// when it is whole, so that a crash half-way leaves nothing that looks like data.
func createCluster(h *home, bin string, careless bool) error {
	half := h.data() + ".new"
	if err := os.RemoveAll(half); err != nil { // what a crash in this function left
		return err
	}
	args := []string{"-D", half, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"}
	if careless {
		args = append(args, "--no-sync")
	}
	if out, err := h.runTool(filepath.Join(bin, "initdb"), args...); err != nil {
		if strings.Contains(out, "could not look up effective user ID") {
			return errors.New("initdb needs the current user to have a name in /etc/passwd")
		}
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(out))
	}
	if err := os.Rename(half, h.data()); err != nil {
		return err
	}
	return syncDir(h.dir)
}

func syncDir(path string) error {
	d, err := os.Open(path) //nolint:gosec // a name we made
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func postgresArgs(h *home, o Options) []string {
	args := []string{"-D", h.data(), "-k", h.sock}
	settings := []string{
		"listen_addresses=", "unix_socket_permissions=0700", "port=5432",
		"shared_buffers=128MB", "max_connections=100", "synchronous_commit=on",
		"timezone=UTC", "log_timezone=UTC",
	}
	for _, s := range append(settings, o.Settings...) {
		args = append(args, "-c", s)
	}
	return args
}

// patience is how often a server may say that it is still starting before we
// say that it is recovering.
const patience = 30

// pinger reports whether the server answers; 57P03 means that it is there but
// still starting, which after a crash can take a while.
func (p *Postgres) pinger(o Options) func(context.Context) error {
	starting := 0
	return func(ctx context.Context) error {
		db, err := sql.Open("postgres", p.URL("postgres"))
		if err != nil {
			return err
		}
		defer db.Close()
		err = db.PingContext(ctx)
		if reason, ok := errors.AsType[*pq.Error](err); ok && reason.Code == "57P03" {
			if starting++; starting == patience {
				o.progress(StepRecover)
			}
		}
		return err
	}
}

// URL is the address of the named database, which may not exist; see Database.
func (p *Postgres) URL(database string) string {
	q := url.Values{"host": {p.home.sock}, "sslmode": {"disable"}, "connect_timeout": {"5"}}
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

// Database returns the address of the named database, making it first when
// there is none.
func (p *Postgres) Database(ctx context.Context, name string) (string, error) {
	db, err := sql.Open("postgres", p.URL("postgres"))
	if err != nil {
		return "", err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(name))
	if reason, ok := errors.AsType[*pq.Error](err); ok && reason.Code == "42P04" { // it exists
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("create database %s: %w", name, err)
	}
	return p.URL(name), nil
}

// PID is the server's process id, or 0 while it is down or another program's.
func (p *Postgres) PID() int { return p.process.pid() }

// Done is closed when the server has been stopped for good; it is nil of
// another program's.
func (p *Postgres) Done() <-chan struct{} { return p.process.ended() }

// Stop shuts the server down and returns when it is gone. Everything committed
// is kept. Another program's server goes on.
func (p *Postgres) Stop() error {
	if p.process == nil {
		return nil
	}
	return errors.Join(p.process.stop(), p.home.close())
}
