// Package pgtest gives each test a PostgreSQL database of its own. Only test
// files import it.
package pgtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lib/pq" // also the driver named "postgres"

	"mailbox/migrations"
	"mailbox/repository/postgres"
)

// server is the PostgreSQL of this test process.
type server struct {
	base     string // address of any database on it
	admin    *sql.DB
	template string
	serial   atomic.Int64
}

// shared is opened by the first test that needs it.
var shared = sync.OnceValues(open)

// Open returns the address of a fresh, migrated database that is dropped when
// the test ends. It lies on the server of TEST_DATABASE_URL when that is set,
// whose user must be allowed to make databases, and else on a private one that
// ends with the test process.
func Open(tb testing.TB) string {
	tb.Helper()
	s, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return s.database(tb, s.template)
}

// Empty is like Open, but nobody has migrated the database.
func Empty(tb testing.TB) string {
	tb.Helper()
	s, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return s.database(tb, "template1")
}

func (s *server) database(tb testing.TB, template string) string {
	tb.Helper()
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), s.serial.Add(1))
	create := fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s STRATEGY WAL_LOG`, pq.QuoteIdentifier(name), pq.QuoteIdentifier(template))
	if _, err := s.admin.Exec(create); err != nil {
		tb.Fatalf("create test database: %v", err)
	}
	tb.Cleanup(func() {
		if _, err := s.admin.Exec(`DROP DATABASE IF EXISTS ` + pq.QuoteIdentifier(name) + ` WITH (FORCE)`); err != nil {
			tb.Errorf("drop test database: %v", err)
		}
	})
	return withName(s.base, name)
}

func open() (*server, error) {
	if base := os.Getenv("TEST_DATABASE_URL"); base != "" {
		return prepare(base)
	}
	return openOwn()
}

// prepare makes sure that the server at base has a template of today's schema.
func prepare(base string) (*server, error) {
	if _, err := url.Parse(base); err != nil {
		return nil, errors.New("TEST_DATABASE_URL must be of the form postgres://user:password@host/database")
	}
	admin, err := sql.Open("postgres", base)
	if err != nil {
		return nil, err
	}
	s := &server{base: base, admin: admin}
	if s.template, err = s.makeTemplate(context.Background(), migrations.FS); err != nil {
		return nil, errors.Join(fmt.Errorf("make template database: %w", err), admin.Close())
	}
	return s, nil
}

// makeTemplate returns the name of a database with the schema of files. It is
// migrated under another name first, so that a template is always whole, and
// it stays for the next test process.
func (s *server) makeTemplate(ctx context.Context, files fs.FS) (string, error) {
	sum, err := fingerprint(files)
	if err != nil {
		return "", err
	}
	name, half := "schema_"+sum, fmt.Sprintf("half_%d", os.Getpid())
	var there bool
	if err := s.admin.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		return name, err
	}
	if _, err := s.admin.ExecContext(ctx, `CREATE DATABASE `+half); err != nil {
		return "", err
	}
	if err := migrateAt(ctx, withName(s.base, half), files); err != nil {
		return "", err
	}
	_, err = s.admin.ExecContext(ctx, `ALTER DATABASE `+half+` RENAME TO `+name)
	if reason, ok := errors.AsType[*pq.Error](err); ok && reason.Code == "42P04" { // another process was faster
		_, err = s.admin.ExecContext(ctx, `DROP DATABASE `+half)
	}
	return name, err
}

func migrateAt(ctx context.Context, dsn string, files fs.FS) error {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	return errors.Join(postgres.Migrate(ctx, db, files), db.Close())
}

func fingerprint(files fs.FS) (string, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), nil
}

func withName(dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err) // it was parsed before
	}
	u.Path = "/" + name
	return u.String()
}
