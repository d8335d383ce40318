package postgres_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

func wantKind(t *testing.T, what string, err error, kind workflow.Kind) {
	t.Helper()
	if err == nil || workflow.KindOf(err) != kind {
		t.Errorf("%s: got %v (kind %d), want kind %d", what, err, workflow.KindOf(err), kind)
	}
}

// terminate ends every connection to the database but db's own, and does not
// return before they are gone.
func terminate(t *testing.T, db *sql.DB) {
	t.Helper()
	const others = ` FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
	if _, err := db.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid, 5000)`+others); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseNotThere(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"no socket": "host=" + filepath.Join(t.TempDir(), "none") + " user=nobody dbname=none sslmode=disable",
		"no port":   "postgres://nobody@127.0.0.1:1/none?sslmode=disable",
	} {
		_, err := postgres.Open(t.Context(), dsn, time.Now)
		wantKind(t, name, err, workflow.Unavailable)
		if e, ok := err.(*workflow.Error); !ok || e.RetryAfter != 2*time.Second { //nolint:errorlint // the very error is meant
			t.Errorf("%s: %v says nothing of when to come back", name, err)
		}
	}
	if _, err := postgres.Open(t.Context(), "host='", time.Now); err == nil {
		t.Error("an address that is none was opened")
	}
}

// All connections are ended while the pool is full of them: whoever asks next
// notices nothing.
func TestTerminatedConnections(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	db := connect(t, dsn)
	workflowtest.Seed(t, s)
	for range 3 {
		fillPool(t, s)
		terminate(t, db)
		for range 30 {
			if _, err := s.Departments(t.Context()); err != nil {
				t.Error(err)
			}
		}
		fillPool(t, s)
		terminate(t, db)
		for range 5 {
			err := s.Atomic(t.Context(), func(tx workflow.Store) error {
				_, err := tx.Departments(t.Context())
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// fillPool makes the pool open all its connections.
func fillPool(t *testing.T, s workflow.Store) {
	t.Helper()
	var inside, all sync.WaitGroup
	inside.Add(postgres.DefaultLimits.Open)
	for range postgres.DefaultLimits.Open {
		all.Go(func() {
			err := s.Atomic(t.Context(), func(tx workflow.Store) error {
				inside.Done()
				inside.Wait()
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// A line that breaks in the middle of an act takes nothing with it: the act is
// done again.
func TestBrokenInsideAtomic(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	db := connect(t, dsn)
	workflowtest.Seed(t, s)
	calls := 0
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		calls++
		workflowtest.NewCase(t, tx)
		if calls == 1 {
			terminate(t, db)
		}
		return tx.SaveSetting(t.Context(), "college.name", "某学院", 0, time.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	ids, err := s.CaseIDs(t.Context(), 0, 10)
	if err != nil || len(ids) != 1 || calls != 2 {
		t.Errorf("%d cases after %d calls, %v", len(ids), calls, err)
	}
}

// When the line breaks during the commit nobody knows the outcome: it is said,
// and not tried again.
func TestBrokenCommit(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	db := connect(t, dsn)
	if _, err := db.ExecContext(t.Context(), `
		CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER die AFTER INSERT ON settings DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION die()`); err != nil {
		t.Fatal(err)
	}
	calls := 0
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		calls++
		return tx.SaveSetting(t.Context(), "college.name", "某学院", 0, time.Now())
	})
	wantKind(t, "broken commit", err, workflow.Unavailable)
	if calls != 1 {
		t.Errorf("done %d times", calls)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Two acts that wait for each other: the database gives one up, and it is done
// again.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	s := open(t)
	workflowtest.Seed(t, s)
	one, two := workflowtest.NewCase(t, s), workflowtest.NewCase(t, s)
	var calls atomic.Int64
	var met, all sync.WaitGroup
	met.Add(2)
	lockBoth := func(first, second int64) {
		waited := false
		err := s.Atomic(t.Context(), func(tx workflow.Store) error {
			calls.Add(1)
			if _, err := tx.LockCase(t.Context(), first); err != nil {
				return err
			}
			if !waited {
				waited = true
				met.Done()
				met.Wait()
			}
			c, err := tx.LockCase(t.Context(), second)
			if err != nil {
				return err
			}
			c.Refusals++
			return tx.SaveCase(t.Context(), &c)
		})
		if err != nil {
			t.Error(err)
		}
	}
	all.Go(func() { lockBoth(one.ID, two.ID) })
	all.Go(func() { lockBoth(two.ID, one.ID) })
	all.Wait()
	if n := calls.Load(); n < 3 { // a busy database may give both up, and then both are done again
		t.Errorf("done %d times, want an act done twice", n)
	}
	for _, id := range []int64{one.ID, two.ID} {
		if c, err := s.Case(t.Context(), id); err != nil || c.Refusals != 1 {
			t.Errorf("case %d: %d changes, %v", id, c.Refusals, err)
		}
	}
}

// A statement ends with its context, and its connection is good for others.
func TestStatementsEndInTime(t *testing.T) {
	t.Parallel()
	s := open(t)
	workflowtest.Seed(t, s)
	c := workflowtest.NewCase(t, s)
	err := s.Atomic(t.Context(), func(tx workflow.Store) error {
		if _, err := tx.LockCase(t.Context(), c.ID); err != nil {
			return err
		}
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := s.LockCase(short, c.ID)
		wantKind(t, "waiting for a lock", err, workflow.Unavailable)
		again, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err = s.Atomic(again, func(tx workflow.Store) error {
			_, err := tx.LockCase(again, c.ID)
			return err
		})
		wantKind(t, "waiting for a lock in an act", err, workflow.Unavailable)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.LockCase(t.Context(), c.ID); err != nil {
		t.Error(err)
	}
}

// With every connection in use, others are told to come back.
func TestPoolUsedUp(t *testing.T) {
	t.Parallel()
	s, _ := openAt(t)
	s.Limit(postgres.Limits{Open: 1, Idle: 1})
	err := s.Atomic(t.Context(), func(workflow.Store) error {
		short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		wantKind(t, "statement", s.Ping(short), workflow.Unavailable)
		wantKind(t, "act", s.Atomic(short, func(workflow.Store) error { return nil }), workflow.Unavailable)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestConflictsAreNamed(t *testing.T) {
	t.Parallel()
	s := open(t)
	college := workflowtest.Seed(t, s)
	twice := workflow.Department{Code: college.Logistics.Code, NameZH: "后勤", NameEN: "Logistics"}
	err := s.SaveDepartment(t.Context(), &twice)
	wantKind(t, "a code twice", err, workflow.Conflict)
	if e, ok := err.(*workflow.Error); !ok || e.Key != "conflict.departments_code_key" { //nolint:errorlint // the very error is meant
		t.Errorf("the conflict is called %v", err)
	}
	wrong := workflow.Department{Code: "Not A Code", NameZH: "后勤", NameEN: "Logistics"}
	wantKind(t, "a broken rule of ours", s.SaveDepartment(t.Context(), &wrong), workflow.Internal)
}
