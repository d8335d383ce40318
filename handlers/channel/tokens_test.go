package channel_test

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbox/handlers/channel"
	"mailbox/repository/redisdb"
	"mailbox/repository/redisdb/redistest"
	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// flip stands in for the vault: what it seals cannot be read as it is.
func flip(b []byte) []byte {
	out := bytes.Clone(b)
	for i := range out {
		out[i] ^= 0x5a
	}
	return out
}

func replica(k workflow.Kept, now func() time.Time) *channel.Tokens {
	return channel.NewTokens(k, flip, func(b []byte) ([]byte, error) { return flip(b), nil }, now)
}

// issuer is a platform that gives another token each time it is asked.
type issuer struct {
	asked atomic.Int64
	down  atomic.Bool
}

func (i *issuer) fresh(context.Context) (string, time.Duration, error) {
	if i.down.Load() {
		return "", 0, errors.New("the platform is away")
	}
	time.Sleep(20 * time.Millisecond) // so that the others come while it is being asked
	return "token-" + strconv.FormatInt(i.asked.Add(1), 10), 2 * time.Hour, nil
}

// clock is a time that can be moved.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return workflowtest.Morning.Add(time.Duration(c.at.Load())) }

// together asks several replicas at the same moment, and wants one answer.
func together(t *testing.T, stale string, from *issuer, replicas ...*channel.Tokens) string {
	t.Helper()
	var wg sync.WaitGroup
	got := make([]string, 4*len(replicas))
	for i := range got {
		wg.Go(func() {
			value, _, err := replicas[i%len(replicas)].Get(context.WithoutCancel(t.Context()), "wechat:wx1", stale, from.fresh)
			if err != nil {
				t.Error(err)
			}
			got[i] = value
		})
	}
	wg.Wait()
	for _, one := range got {
		if one != got[0] {
			t.Fatalf("replicas have %q and %q", got[0], one)
		}
	}
	return got[0]
}

// TestTokens_replicas: of many that need a token at once, in two processes on
// one Redis, one asks the platform; the others have what it was given.
func TestTokens_replicas(t *testing.T) {
	t.Parallel()
	url := redistest.Open(t)
	var dbs []*redisdb.DB
	for range 2 {
		db, err := redisdb.Open(url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		dbs = append(dbs, db)
	}
	var from issuer
	var at clock
	one, two := replica(dbs[0], at.now), replica(dbs[1], at.now)
	first := together(t, "", &from, one, two)
	if n := from.asked.Load(); n != 1 {
		t.Fatalf("the platform was asked %d times", n)
	}
	second := together(t, first, &from, one, two) // the platform says that the first is none
	if n := from.asked.Load(); n != 2 || second == first {
		t.Errorf("asked %d times for another, and have %q", n, second)
	}
	if again := together(t, first, &from, one, two); again != second || from.asked.Load() != 2 {
		t.Errorf("who comes late with the old one gets %q after asking %d times", again, from.asked.Load())
	}
	at.at.Store(int64(2*time.Hour - 4*time.Minute)) // it ends soon
	if third := together(t, "", &from, one, two); third == second || from.asked.Load() != 3 {
		t.Errorf("%q is still used shortly before its end; asked %d times", third, from.asked.Load())
	}
}

// TestTokens_redisAway: each process then keeps its own, and asks once.
func TestTokens_redisAway(t *testing.T) {
	t.Parallel()
	kept := workflowtest.NewKept()
	kept.Away = &workflow.Error{Kind: workflow.Unavailable, Key: "request.unavailable"}
	var from issuer
	var at clock
	tokens := replica(kept, at.now)
	get := func(stale string) string {
		t.Helper()
		value, _, err := tokens.Get(t.Context(), "wechat:wx1", stale, from.fresh)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	first := get("")
	if get("") != first || from.asked.Load() != 1 {
		t.Errorf("asked %d times", from.asked.Load())
	}
	if get(first) == first {
		t.Error("a token that the platform refused is used again")
	}
	from.down.Store(true)
	if _, _, err := tokens.Get(t.Context(), "wechat:another", "", from.fresh); err == nil {
		t.Error("a token without a platform")
	}
}

// TestTokens_sealed: whoever reads Redis has no token.
func TestTokens_sealed(t *testing.T) {
	t.Parallel()
	kept := workflowtest.NewKept()
	var from issuer
	var at clock
	value, _, err := replica(kept, at.now).Get(t.Context(), "wechat:wx1", "", from.fresh)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := kept.Recall(t.Context(), "token:wechat:wx1")
	if err != nil || bytes.Contains(stored, []byte(value)) {
		t.Errorf("Redis holds %q (%v)", stored, err)
	}
	if err := kept.Keep(t.Context(), "token:wechat:wx1", []byte("rubbish"), time.Hour); err != nil {
		t.Fatal(err)
	}
	if again, _, err := replica(kept, at.now).Get(t.Context(), "wechat:wx1", "", from.fresh); err != nil || again == value {
		t.Errorf("what cannot be read is asked for anew: %q %v", again, err)
	}
}
