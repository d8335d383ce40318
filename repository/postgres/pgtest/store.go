package pgtest

import (
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/workflow"
)

// Store opens a store over a migrated database of its own; it is closed when the
// test ends.
func Store(tb testing.TB) workflow.Store {
	tb.Helper()
	s, err := postgres.Open(tb.Context(), Open(tb), func() time.Time { return time.Now().UTC() })
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}
