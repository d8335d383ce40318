package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// hears waits for a ring; the time is only there for the test to end.
func hears(t *testing.T, wake <-chan struct{}, what string) {
	t.Helper()
	select {
	case _, open := <-wake:
		if !open {
			t.Fatalf("%s: it stopped listening", what)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: nothing was heard", what)
	}
}

// listening waits until a listener is connected.
func listening(t *testing.T, dsn string) {
	t.Helper()
	db := connect(t, dsn)
	for range 2000 {
		if count(t, db, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'`) > 0 {
			return
		}
		if _, err := db.ExecContext(t.Context(), `SELECT pg_sleep(0.01)`); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("nobody listens")
}

func TestListen(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	college := workflowtest.Seed(t, s)
	ctx, stop := context.WithCancel(t.Context())
	wake := postgres.Listen(ctx, dsn)
	listening(t, dsn)

	addNotices(t, s, college.Clerk.ID, 1)
	hears(t, wake, "a notice")

	failed := errors.New("not kept")
	notice := workflow.Notice{
		Dedup: "later", Kind: workflow.NoticeReminder, Account: college.Clerk.ID, Channel: workflow.ByEmail, Locale: "en",
		MessageID: "later@test", State: workflow.Queued, Next: workflowtest.Morning, Queued: workflowtest.Morning,
	}
	add := func(end error) error {
		return s.Atomic(t.Context(), func(tx workflow.Store) error {
			if err := tx.AddNotice(t.Context(), &notice); err != nil {
				return err
			}
			return end
		})
	}
	if err := add(failed); !errors.Is(err, failed) {
		t.Fatal(err)
	}
	select {
	case <-wake:
		t.Error("an act that was not kept was heard of")
	default:
	}
	if err := add(nil); err != nil {
		t.Fatal(err)
	}
	hears(t, wake, "a notice of an act")

	terminate(t, connect(t, dsn))
	hears(t, wake, "a line that was broken and is back")

	stop()
	for range wake { // until it is closed
	}
}
