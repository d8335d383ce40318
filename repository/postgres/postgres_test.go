package postgres_test

import (
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

func open(tb testing.TB) workflow.Store {
	tb.Helper()
	s, _ := openAt(tb)
	return s
}

// openAt returns a Store on a database of its own, and the address of that.
func openAt(tb testing.TB) (*postgres.Store, string) {
	tb.Helper()
	dsn := pgtest.Open(tb)
	s, err := postgres.Open(tb.Context(), dsn, time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s, dsn
}

func TestStore(t *testing.T) { workflowtest.TestStore(t, open) }
