package redisdb_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbox/repository/redisdb/redistest"
	"mailbox/workflow"
)

func TestKept(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		a, b, ctx := open(t, url), open(t, url), t.Context()
		_, err := a.Recall(ctx, "token:wechat")
		wantKind(t, "never kept", err, workflow.NotFound)
		must(t, a.Keep(ctx, "token:wechat", []byte("one"), time.Hour))
		must(t, a.Keep(ctx, "token:wechat", []byte("two\x00\xff"), time.Hour))
		must(t, a.Keep(ctx, "token:wecom", []byte("other"), time.Hour))
		got, err := b.Recall(ctx, "token:wechat")
		must(t, err)
		if string(got) != "two\x00\xff" {
			t.Errorf("another process recalls %q", got)
		}
		if where := holding(t, url, "token:wechat"); where != "" {
			t.Errorf("the key stands in Redis at %s", where)
		}
	})
}

// What is kept is forgotten when its time is over, and no sooner.
func TestKeptEnds(t *testing.T) {
	db, ctx := open(t, redistest.Open(t)), t.Context()
	must(t, db.Keep(ctx, "short", []byte("x"), 30*time.Millisecond))
	must(t, db.Keep(ctx, "long", []byte("y"), time.Hour))
	for i := 0; ; i++ {
		if _, err := db.Recall(ctx, "short"); workflow.KindOf(err) == workflow.NotFound && err != nil {
			break
		}
		if i == 200 {
			t.Fatal("it is never forgotten")
		}
		time.Sleep(35 * time.Millisecond) // only time itself can end it
	}
	if _, err := db.Recall(ctx, "long"); err != nil {
		t.Error(err)
	}
}

// One at a time holds a key, whichever process asks; others wait their turn.
func TestHold(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		a, b := open(t, url), open(t, url)
		var inside, most, held atomic.Int64
		var wg sync.WaitGroup
		for i := range 6 {
			db := a
			if i%2 == 1 {
				db = b
			}
			wg.Go(func() {
				release, err := db.Hold(context.WithoutCancel(t.Context()), "token", 20*time.Second)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), inside.Add(1)))
				held.Add(1)
				inside.Add(-1)
				release()
			})
		}
		wg.Wait()
		if held.Load() != 6 || most.Load() != 1 {
			t.Errorf("held %d times, %d at once", held.Load(), most.Load())
		}
		other, err := a.Hold(t.Context(), "another", time.Minute)
		must(t, err)
		mine, err := b.Hold(t.Context(), "token", time.Minute) // another key is free
		must(t, err)
		mine()
		other()
	})
}

// Whoever died holds nothing for ever, and who comes back late lets go of
// nobody else's hold.
func TestHoldEnds(t *testing.T) {
	db, ctx := open(t, redistest.Open(t)), t.Context()
	dead, err := db.Hold(ctx, "token", 50*time.Millisecond)
	must(t, err)
	next, err := db.Hold(ctx, "token", time.Minute)
	must(t, err)
	dead()
	if _, err := db.Hold(ctx, "token", 100*time.Millisecond); workflow.KindOf(err) != workflow.Unavailable {
		t.Errorf("held by two: %v", err)
	}
	next()
	again, err := db.Hold(ctx, "token", time.Minute)
	must(t, err)
	again()
}
