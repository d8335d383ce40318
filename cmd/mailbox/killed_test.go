package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbox/repository/postgres/pgtest"
	"mailbox/repository/redisdb/redistest"
)

const (
	lettersUnderFire = 1000
	killsUnderFire   = 50
)

// TestKilled sends letters by the form and by mail while the program is killed
// again and again. Whoever got no answer asks again with the same form, or
// sends the same mail again, as people's browsers and mail servers do. In the
// end every letter is exactly one case with exactly what was sent, and nobody
// was told anything twice.
func TestKilled(t *testing.T) {
	dir := freshDir(t)
	dsn := pgtest.Open(t)
	env := []string{"DATABASE_URL=" + dsn, "REDIS_URL=" + redistest.Open(t)}
	p := newProgram(t, dir, env...)
	p.start(t, 0)
	hire(t, dir, env, staff...)

	r := seeded(t)
	d := newDriver(r, lettersUnderFire)
	k := newKiller(p, r, killsUnderFire, lettersUnderFire)
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- k.run(ctx, &d.done) }()
	d.run(ctx, k)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	t.Logf("%d letters under %d kills in %s, %d tries", d.done.Load(), k.kills, time.Since(begun).Round(time.Millisecond), d.tries.Load())
	if len(d.faults) > 0 {
		t.Fatalf("%d letters had no definite end, the first: %v", len(d.faults), d.faults[0])
	}
	if k.kills != killsUnderFire {
		t.Errorf("%d kills, want %d", k.kills, killsUnderFire)
	}
	settle(t, p, openSQL(t, dsn))
	checkLedger(t, dir, openSQL(t, dsn), d.ledger)
	if out, err := command(t, dir, env, "", "verify"); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// killer keeps the program running and kills it when so many letters are done.
type killer struct {
	*program
	rand  *rand.Rand
	after []int // how many letters are done at each kill
	kills int

	mu sync.Mutex
	up chan struct{} // closed while the program serves
	at addresses
}

func newKiller(p *program, r *rand.Rand, kills, letters int) *killer {
	k := &killer{program: p, rand: r, up: make(chan struct{}), at: p.where}
	for range kills {
		k.after = append(k.after, r.IntN(letters*9/10))
	}
	slices.Sort(k.after)
	close(k.up)
	return k
}

// goDown lets everybody wait who asks where the program is.
func (k *killer) goDown() {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.up:
		k.up = make(chan struct{})
	default: // it was down, and somebody waits already
	}
}

// awaitUp waits until the program serves and says where.
func (k *killer) awaitUp(ctx context.Context) (addresses, error) {
	for {
		k.mu.Lock()
		up, where := k.up, k.at
		k.mu.Unlock()
		select {
		case <-ctx.Done():
			return where, ctx.Err()
		case <-up:
			return where, nil
		}
	}
}

// run kills as planned. Where two kills fall together, the second comes while
// the program is still starting.
func (k *killer) run(ctx context.Context, done *atomic.Int64) error {
	for i, after := range k.after {
		early := i > 0 && after-k.after[i-1] < 3
		if early {
			pause(ctx, time.Duration(k.rand.IntN(300))*time.Millisecond)
		} else if err := k.serveUntil(ctx, done, int64(after)); err != nil {
			return err
		}
		k.goDown()
		k.kill()
		k.kills++
		ready, err := k.begin(0)
		if err != nil {
			return err
		}
		if i+1 < len(k.after) && k.after[i+1]-after < 3 {
			continue
		}
		if err := k.serve(ctx, ready); err != nil {
			return err
		}
	}
	return nil
}

// serveUntil lets the program live until so many letters are done, and then a
// moment longer, so that it dies in the middle of something.
func (k *killer) serveUntil(ctx context.Context, done *atomic.Int64, n int64) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for done.Load() < n {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d letters done: %w\n%s", done.Load(), n, ctx.Err(), k.dump())
		case <-tick.C:
		}
	}
	pause(ctx, time.Duration(k.rand.IntN(25))*time.Millisecond)
	return nil
}

func (k *killer) serve(ctx context.Context, ready <-chan addresses) error {
	select {
	case <-time.After(readyWithin):
		return fmt.Errorf("the program does not come back\n%s", k.dump())
	case where, ok := <-ready:
		if !ok {
			return fmt.Errorf("the program ended at its start\n%s", k.lastWords())
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.at, k.where = where, where
		close(k.up)
		return nil
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
