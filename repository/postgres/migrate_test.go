package postgres_test

import (
	"database/sql"
	"io/fs"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	_ "github.com/lib/pq" // the driver named "postgres"

	"mailbox/migrations"
	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
)

func connect(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// schema is a set of steps.
func schema(steps ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 0; i < len(steps); i += 2 {
		files[steps[i]] = &fstest.MapFile{Data: []byte(steps[i+1])}
	}
	return files
}

func count(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMigrateOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Empty(t)
	files := schema("0001_a.sql", `CREATE TABLE a (x int); INSERT INTO a VALUES (1)`, "0002_b.sql", `INSERT INTO a VALUES (2)`)
	var wg sync.WaitGroup
	for range 4 {
		db := connect(t, dsn)
		wg.Go(func() {
			if err := postgres.Migrate(t.Context(), db, files); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	db := connect(t, dsn)
	if n := count(t, db, `SELECT count(*) FROM a`); n != 2 {
		t.Errorf("four migrators left %d rows, want 2", n)
	}
	more := maps.Clone(files)
	more["0003_c.sql"] = &fstest.MapFile{Data: []byte(`INSERT INTO a VALUES (3)`)}
	if err := postgres.Migrate(t.Context(), db, more); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `SELECT count(*) FROM a`); n != 3 {
		t.Errorf("the new step left %d rows, want 3", n)
	}
}

func TestMigrateRefuses(t *testing.T) {
	t.Parallel()
	ran := schema("0001_a.sql", `CREATE TABLE a (x int)`, "0003_c.sql", `INSERT INTO a VALUES (3)`)
	tests := []struct {
		name, want string
		files      fs.FS
	}{
		{"changed", "0001_a.sql was changed", schema("0001_a.sql", `CREATE TABLE a (x bigint)`, "0003_c.sql", `INSERT INTO a VALUES (3)`, "0004_d.sql", `INSERT INTO a VALUES (4)`)},
		{"newer release was here", "0003_c.sql, which this release does not know", schema("0001_a.sql", `CREATE TABLE a (x int)`, "0004_d.sql", `INSERT INTO a VALUES (4)`)},
		{"inserted", "0002_b.sql comes before 0003_c.sql", schema("0001_a.sql", `CREATE TABLE a (x int)`, "0002_b.sql", `INSERT INTO a VALUES (2)`, "0003_c.sql", `INSERT INTO a VALUES (3)`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db := connect(t, pgtest.Empty(t))
			if err := postgres.Migrate(t.Context(), db, ran); err != nil {
				t.Fatal(err)
			}
			if err := postgres.Migrate(t.Context(), db, test.files); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if n := count(t, db, `SELECT count(*) FROM a`); n != 1 {
				t.Errorf("the refusal changed the data: %d rows", n)
			}
		})
	}
}

// A step that fails half-way leaves no trace, and runs when it is mended.
func TestMigrateFails(t *testing.T) {
	t.Parallel()
	db := connect(t, pgtest.Empty(t))
	bad := schema("0001_a.sql", `CREATE TABLE a (x int)`, "0002_b.sql", `INSERT INTO a VALUES (2); SELECT nonsense`)
	if err := postgres.Migrate(t.Context(), db, bad); err == nil || !strings.Contains(err.Error(), "migration 0002_b.sql") {
		t.Fatalf("error %v does not name the step", err)
	}
	if n := count(t, db, `SELECT count(*) FROM a`); n != 0 {
		t.Errorf("%d rows of a failed step", n)
	}
	bad["0002_b.sql"] = &fstest.MapFile{Data: []byte(`INSERT INTO a VALUES (2)`)}
	if err := postgres.Migrate(t.Context(), db, bad); err != nil {
		t.Error(err)
	}
}

func TestTestDatabases(t *testing.T) {
	t.Parallel()
	one, two := connect(t, pgtest.Open(t)), connect(t, pgtest.Open(t))
	if err := postgres.Migrate(t.Context(), one, migrations.FS); err != nil {
		t.Errorf("a test database is not migrated already: %v", err)
	}
	if _, err := one.ExecContext(t.Context(), `CREATE TABLE only_here (x int)`); err != nil {
		t.Fatal(err)
	}
	if n := count(t, two, `SELECT count(*) FROM pg_class WHERE relname = 'only_here'`); n != 0 {
		t.Error("two tests share a database")
	}
}
