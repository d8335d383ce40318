package redisdb_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"mailbox/repository/redisdb"
	"mailbox/repository/redisdb/redistest"
	"mailbox/workflow"
)

var start = time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC)

// onBoth runs a test on a real server and on the stand-in.
func onBoth(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("server", func(t *testing.T) { t.Parallel(); test(t, redistest.Open(t)) })
	t.Run("memory", func(t *testing.T) { t.Parallel(); test(t, redistest.Memory(t)) })
}

func open(t *testing.T, url string) *redisdb.DB {
	t.Helper()
	db, err := redisdb.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, what string, err error, kind workflow.Kind) {
	t.Helper()
	if err == nil || workflow.KindOf(err) != kind {
		t.Errorf("%s: error %v, want kind %d", what, err, kind)
	}
}

// claimed is what a claim at the given time gives, as "key@seconds …".
func claimed(t *testing.T, timers workflow.Timers, at time.Time, limit int) string {
	t.Helper()
	got, err := timers.Claim(t.Context(), at, limit, time.Minute)
	must(t, err)
	var out strings.Builder
	for _, x := range got {
		fmt.Fprintf(&out, "%s@%d ", x.Key, x.At.Sub(start)/time.Second)
	}
	return out.String()
}

func wantClaim(t *testing.T, timers workflow.Timers, at time.Time, want string) {
	t.Helper()
	if got := claimed(t, timers, at, 10); got != want {
		t.Errorf("claim at +%s gives %q, want %q", at.Sub(start), got, want)
	}
}

func wantCount(t *testing.T, timers workflow.Timers, want int64) {
	t.Helper()
	got, err := timers.Count(t.Context())
	must(t, err)
	if got != want {
		t.Errorf("%d timers, want %d", got, want)
	}
}

func in(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func TestTimers(t *testing.T) { onBoth(t, testTimers) }

func testTimers(t *testing.T, url string) {
	db, ctx := open(t, url), t.Context()
	wantClaim(t, db, in(0), "")
	must(t, db.Arm(ctx))
	must(t, db.Arm(ctx, workflow.Timer{Key: "b", At: in(20)}, workflow.Timer{Key: "a", At: in(10)}, workflow.Timer{Key: "c", At: in(30)}, workflow.Timer{Key: "校:breach", At: in(40)}))
	wantCount(t, db, 4)
	wantClaim(t, db, in(10).Add(-time.Microsecond), "")
	wantClaim(t, db, in(20), "a@10 b@20 ")
	wantClaim(t, db, in(20), "")
	wantCount(t, db, 4)
	must(t, db.Settle(ctx, "a", "b", "never heard of"))
	wantCount(t, db, 2)

	must(t, db.Arm(ctx, workflow.Timer{Key: "c", At: in(50)})) // moved
	wantClaim(t, db, in(40), "校:breach@40 ")
	must(t, db.Disarm(ctx, "校:breach", "c", "never heard of"))
	wantClaim(t, db, in(1000), "")
	wantCount(t, db, 0)
}

func TestTimerLimitAndOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db := open(t, url)
		must(t, db.Arm(t.Context(), workflow.Timer{Key: "late", At: in(3)}, workflow.Timer{Key: "early", At: in(1)}, workflow.Timer{Key: "middle", At: in(2)}))
		if got := claimed(t, db, in(9), 2); got != "early@1 middle@2 " {
			t.Errorf("two of three: %s", got)
		}
	})
}

func TestTimerLease(t *testing.T) { onBoth(t, testTimerLease) }

func testTimerLease(t *testing.T, url string) {
	db, ctx := open(t, url), t.Context()
	must(t, db.Arm(ctx, workflow.Timer{Key: "x", At: in(10)}))
	wantClaim(t, db, in(10), "x@10 ")
	wantClaim(t, db, in(69), "") // leased for a minute
	wantClaim(t, db, in(70), "x@10 ")
	must(t, db.Settle(ctx, "x"))
	wantClaim(t, db, in(1000), "")

	must(t, db.Arm(ctx, workflow.Timer{Key: "y", At: in(10)}))
	wantClaim(t, db, in(10), "y@10 ")
	must(t, db.Arm(ctx, workflow.Timer{Key: "y", At: in(15)}))
	wantCount(t, db, 1)
	wantClaim(t, db, in(20), "") // somebody is at it
	must(t, db.Settle(ctx, "y"))
	wantClaim(t, db, in(20), "y@15 ") // armed anew stays armed
	must(t, db.Arm(ctx, workflow.Timer{Key: "y", At: in(16)}))
	wantClaim(t, db, in(80), "y@16 ") // its claimer died
	must(t, db.Disarm(ctx, "y"))
	wantCount(t, db, 0)
}

// Eight claimers race for 500 timers: each is claimed once.
func TestTimerRace(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db := open(t, url)
		var timers []workflow.Timer
		for i := range 500 {
			timers = append(timers, workflow.Timer{Key: strconv.Itoa(i), At: in(i % 7)})
		}
		must(t, db.Arm(t.Context(), timers...))
		var seen sync.Map
		var total atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { race(t, db, &seen, &total) })
		}
		wg.Wait()
		if total.Load() != 500 {
			t.Errorf("%d claims of 500 timers", total.Load())
		}
	})
}

func race(t *testing.T, timers workflow.Timers, seen *sync.Map, total *atomic.Int64) {
	for {
		got, err := timers.Claim(context.WithoutCancel(t.Context()), in(10), 7, time.Minute)
		if err != nil || len(got) == 0 {
			if err != nil {
				t.Error(err)
			}
			return
		}
		for _, x := range got {
			if _, twice := seen.LoadOrStore(x.Key, true); twice {
				t.Errorf("%s claimed twice", x.Key)
			}
			total.Add(1)
		}
	}
}

// Many timers are armed in few journeys, also while some are claimed.
func TestTimersInBulk(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		many := make([]workflow.Timer, 5001)
		keys := make([]string, len(many))
		for i := range many {
			keys[i] = fmt.Sprintf("%d:breach", i)
			many[i] = workflow.Timer{Key: keys[i], At: in(i)}
		}
		must(t, db.Arm(ctx, many...))
		wantCount(t, db, 5001)
		if got := claimed(t, db, in(0), 9); got != "0:breach@0 " {
			t.Errorf("claimed %s", got)
		}
		must(t, db.Arm(ctx, many...))
		wantCount(t, db, 5001)
		must(t, db.Settle(ctx, keys...))
		wantCount(t, db, 5001) // the claimed one was armed anew
		must(t, db.Disarm(ctx, keys...))
		wantCount(t, db, 0)
	})
}

// A set is whole when all timers were armed since it was emptied.
func TestTimersWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		want := func(what string, want bool) {
			t.Helper()
			whole, err := db.Whole(ctx)
			must(t, err)
			if whole != want {
				t.Errorf("%s: whole is %v", what, whole)
			}
		}
		refill := func() string {
			t.Helper()
			token, err := db.Refill(ctx)
			must(t, err)
			return token
		}
		want("new", false)
		mine := refill()
		want("while it is filled", false)
		must(t, db.Refilled(ctx, mine))
		want("filled", true)
		must(t, raw(t, url).FlushAll(ctx).Err())
		want("emptied", false)
		mine = refill()
		must(t, raw(t, url).FlushAll(ctx).Err())
		must(t, db.Refilled(ctx, mine))
		want("emptied while it was filled", false)
		mine, theirs := refill(), refill()
		must(t, db.Refilled(ctx, mine))
		want("while another fills it", false)
		must(t, db.Refilled(ctx, theirs))
		want("filled by another", true)
		wantCount(t, db, 0)
	})
}

func TestLimiter(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		limit := workflow.Limit{Name: "login", Rate: 1, Burst: 3, Per: time.Hour}
		for i := range 3 {
			if err := db.Allow(ctx, limit, "alice"); err != nil {
				t.Errorf("use %d: %v", i+1, err)
			}
		}
		err := db.Allow(ctx, limit, "alice")
		wantKind(t, "fourth use", err, workflow.Limited)
		if e, ok := errors.AsType[*workflow.Error](err); !ok || e.RetryAfter < 50*time.Minute || e.RetryAfter > time.Hour {
			t.Errorf("come back: %+v", e)
		}
		must(t, db.Allow(ctx, limit, "bob"))
		other := limit
		other.Name = "track"
		must(t, db.Allow(ctx, other, "alice"))
		wantKind(t, "limit without numbers", db.Allow(ctx, workflow.Limit{Name: "x"}, "k"), workflow.Internal)
	})
}

func TestOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		first := func(key string, ttl time.Duration) bool {
			t.Helper()
			ok, err := db.First(ctx, key, ttl)
			must(t, err)
			return ok
		}
		if !first("nonce", time.Hour) || first("nonce", time.Hour) || !first("other", 30*time.Millisecond) {
			t.Error("a key is new once")
		}
		for i := 0; !first("other", 30*time.Millisecond); i++ {
			if i == 200 {
				t.Fatal("a key is never forgotten")
			}
			time.Sleep(35 * time.Millisecond) // only time itself can end it
		}
	})
}

func TestOnceRace(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db := open(t, url)
		var firsts atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				ok, err := db.First(context.WithoutCancel(t.Context()), "callback", time.Hour)
				if err != nil {
					t.Error(err)
				}
				if ok {
					firsts.Add(1)
				}
			})
		}
		wg.Wait()
		if firsts.Load() != 1 {
			t.Errorf("%d of 20 were first", firsts.Load())
		}
	})
}

func TestSessions(t *testing.T) { onBoth(t, testSessions) }

func testSessions(t *testing.T, url string) {
	s, ctx := open(t, url).Sessions(), t.Context()
	begin := func(account int64, at int) string {
		t.Helper()
		token, err := s.Open(ctx, workflow.Session{AccountID: account, Since: in(at), Client: "Firefox 手机"}, time.Minute, 3*time.Minute)
		must(t, err)
		return token
	}
	one, two, other := begin(7, 0), begin(7, 5), begin(8, 0)
	if len(one) != 43 || one == two {
		t.Errorf("tokens %q and %q are not 256 bits each", one, two)
	}
	got, err := s.Find(ctx, one, in(30))
	must(t, err)
	want := workflow.Session{ID: got.ID, AccountID: 7, Since: in(0), Seen: in(30), Client: "Firefox 手机"}
	if got != want || got.ID == "" || got.ID == one {
		t.Errorf("found %+v, want %+v", got, want)
	}
	list, err := s.List(ctx, 7)
	must(t, err)
	if len(list) != 2 || list[0] != got || list[1].Seen != in(5) {
		t.Errorf("list %+v: last seen first", list)
	}
	_, err = s.Find(ctx, "no such token", in(30))
	wantKind(t, "unknown token", err, workflow.Unauthenticated)

	must(t, s.Close(ctx, two))
	must(t, s.Close(ctx, two))
	_, err = s.Find(ctx, two, in(31))
	wantKind(t, "closed", err, workflow.Unauthenticated)
	begin(7, 30)
	if n, err := s.CloseAll(ctx, 7); n != 2 || err != nil {
		t.Errorf("closed %d, %v, want 2", n, err)
	}
	_, err = s.Find(ctx, one, in(31))
	wantKind(t, "all closed", err, workflow.Unauthenticated)
	if _, err := s.Find(ctx, other, in(31)); err != nil {
		t.Errorf("another account was signed out: %v", err)
	}
	if list, err := s.List(ctx, 7); err != nil || len(list) != 0 {
		t.Errorf("list after the end: %v, %v", list, err)
	}
}

// Sessions end by the clock the program is given, whatever Redis does with its keys.
func TestSessionEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		s, ctx := open(t, url).Sessions(), t.Context()
		begin := func() string {
			t.Helper()
			token, err := s.Open(ctx, workflow.Session{ID: "mine", AccountID: 7, Since: in(0)}, time.Minute, 3*time.Minute)
			must(t, err)
			return token
		}
		idle, busy := begin(), begin()
		_, err := s.Find(ctx, idle, in(60))
		wantKind(t, "idle for a minute", err, workflow.Unauthenticated)
		for at := 50; at < 180; at += 50 {
			if _, err := s.Find(ctx, busy, in(at)); err != nil {
				t.Fatalf("in use at +%ds: %v", at, err)
			}
		}
		_, err = s.Find(ctx, busy, in(180))
		wantKind(t, "open for three minutes", err, workflow.Unauthenticated)
		_, err = s.Find(ctx, busy, in(100))
		wantKind(t, "once ended", err, workflow.Unauthenticated)
		if _, err := s.Open(ctx, workflow.Session{AccountID: 7}, time.Minute, time.Hour); err == nil {
			t.Error("a session without a beginning was opened")
		}
	})
}

// Whoever reads Redis finds no token that signs him in, and no name in a key.
func TestNothingToSteal(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		token, err := db.Sessions().Open(ctx, workflow.Session{AccountID: 7, Since: in(0)}, time.Minute, time.Hour)
		must(t, err)
		must(t, db.Allow(ctx, workflow.Limit{Name: "track", Rate: 1, Burst: 9, Per: time.Hour}, "203.0.113.9"))
		_, err = db.First(ctx, "张三", time.Hour)
		must(t, err)
		for _, secret := range []string{token, "203.0.113.9", "张三"} {
			if where := holding(t, url, secret); where != "" {
				t.Errorf("%q is in Redis at %s", secret, where)
			}
		}
		if holding(t, url, "account") == "" {
			t.Error("the search finds nothing at all")
		}
	})
}

// A lost set of timers and sessions is no error, only empty.
func TestFlush(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		must(t, db.Arm(ctx, workflow.Timer{Key: "x", At: in(1)}, workflow.Timer{Key: "y", At: in(1)}))
		if got := claimed(t, db, in(1), 1); got != "x@1 " {
			t.Fatal(got)
		}
		token, err := db.Sessions().Open(ctx, workflow.Session{AccountID: 7, Since: in(0)}, time.Minute, time.Hour)
		must(t, err)
		must(t, raw(t, url).FlushAll(ctx).Err())
		must(t, db.Settle(ctx, "x"))
		wantCount(t, db, 0)
		_, err = db.Sessions().Find(ctx, token, in(1))
		wantKind(t, "forgotten", err, workflow.Unauthenticated)
		must(t, db.Arm(ctx, workflow.Timer{Key: "x", At: in(1)}))
		wantClaim(t, db, in(1), "x@1 ")
	})
}

func raw(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	must(t, err)
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}
