// Package redistest gives each test a Redis of its own. Only test files import it.
package redistest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"mailbox/repository/private"
)

// Open returns the address of a fresh redis-server that ends with the test.
func Open(tb testing.TB) string {
	tb.Helper()
	return Start(tb, Dir(tb)).URL()
}

// Memory returns the address of the stand-in that serves where no redis-server
// is installed.
func Memory(tb testing.TB) string {
	tb.Helper()
	r, err := private.StartMemory()
	if err != nil {
		tb.Fatal(err)
	}
	stopAfter(tb, r)
	return r.URL()
}

// Start starts a redis-server on dir, for tests that hurt it: its PID can be
// signalled, it may be stopped, and started again on the same dir.
func Start(tb testing.TB, dir string, settings ...string) *private.Redis {
	tb.Helper()
	r, err := private.StartRedis(context.Background(), private.Options{Dir: dir, Settings: settings})
	if err != nil {
		tb.Fatal(err)
	}
	stopAfter(tb, r)
	if r.Warning() != "" {
		tb.Fatal("tests need redis-server: apt-get install redis-server")
	}
	return r
}

// Dir is a directory short enough for a socket and open to the user a server
// runs as, which tb.TempDir is not.
func Dir(tb testing.TB) string {
	tb.Helper()
	top, err := os.MkdirTemp("/tmp", "redistest") //nolint:usetesting // see above
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(top); err != nil {
			tb.Error(err)
		}
	})
	if err := os.Chmod(top, 0o711); err != nil {
		tb.Fatal(err)
	}
	return filepath.Join(top, "redis")
}

func stopAfter(tb testing.TB, r *private.Redis) {
	tb.Helper()
	tb.Cleanup(func() {
		if err := r.Stop(); err != nil {
			tb.Error(err)
		}
	})
}
