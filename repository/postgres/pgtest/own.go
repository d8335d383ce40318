package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/lib/pq"

	"mailbox/repository/private"
)

// maxProcesses is how many test processes of one user find a cluster each.
const maxProcesses = 64

// openOwn starts a private cluster that nobody else uses now. Clusters stay in
// the temporary directory and are used again, so that only the very first test
// process waits for one to be made. The server ends with this process, however
// that ends.
func openOwn() (*server, error) {
	top, err := clusters()
	if err != nil {
		return nil, err
	}
	for i := range maxProcesses {
		dir := filepath.Join(top, strconv.Itoa(i))
		s, err := openAt(dir)
		if err == nil || !inUse(err) {
			return s, err
		}
	}
	return nil, fmt.Errorf("all %d test clusters in %s are in use", maxProcesses, top)
}

func inUse(err error) bool { return errors.Is(err, syscall.EWOULDBLOCK) }

// openAt starts the cluster in dir. One that does not work, after a crash
// without fsync or a change of version, is thrown away and made anew: it holds
// nothing but what tests wrote.
func openAt(dir string) (*server, error) {
	s, err := startAt(dir)
	if err == nil || inUse(err) {
		return s, err
	}
	if e := os.RemoveAll(dir); e != nil {
		return nil, errors.Join(err, e)
	}
	s, again := startAt(dir)
	if again != nil {
		return nil, errors.Join(err, again)
	}
	return s, nil
}

func startAt(dir string) (*server, error) {
	ctx := context.Background()
	pg, err := private.StartPostgres(ctx, private.Options{Dir: dir, Settings: []string{
		"fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=64MB", "max_connections=200",
	}})
	if err != nil {
		return nil, err
	}
	s, err := prepareOwn(ctx, pg)
	if err != nil {
		return nil, errors.Join(err, pg.Stop())
	}
	return s, nil
}

func prepareOwn(ctx context.Context, pg *private.Postgres) (*server, error) {
	base, err := pg.Database(ctx, "tests")
	if err != nil {
		return nil, err
	}
	s, err := prepare(base)
	if err != nil {
		return nil, err
	}
	return s, s.dropOld(ctx)
}

// dropOld removes what killed test processes left: we are alone here.
func (s *server) dropOld(ctx context.Context) error {
	rows, err := s.admin.QueryContext(ctx, `SELECT datname FROM pg_database WHERE NOT datistemplate`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var old []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if name != s.template && (strings.HasPrefix(name, "test_") || strings.HasPrefix(name, "half_") || strings.HasPrefix(name, "schema_")) {
			old = append(old, name)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range old {
		if _, err := s.admin.ExecContext(ctx, `DROP DATABASE `+pq.QuoteIdentifier(name)+` WITH (FORCE)`); err != nil {
			return err
		}
	}
	return nil
}

// clusters is a directory of our own that another user's server may pass
// through, which the homes of users and the directories of tests are not.
func clusters() (string, error) {
	top := filepath.Join(os.TempDir(), fmt.Sprintf("mailbox-pgtest-%d", os.Geteuid()))
	if err := os.Mkdir(top, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(top)
	if err != nil {
		return "", err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(st.Uid) != os.Geteuid() {
		return "", fmt.Errorf("%s is in the way: it belongs to somebody else", top)
	}
	return top, nil
}
