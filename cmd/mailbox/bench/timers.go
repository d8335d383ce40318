package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"mailbox/workflow"
)

// What the timers are held to.
const (
	breachesPerSecond = 1000
	mostLag           = 1000 // milliseconds, of 99 in 100
	mostRebuild       = 30   // seconds, for a million clocks
	comparesAMinute   = 4    // unless --reconcile-every says otherwise
	mostCompare       = 1    // seconds in each minute
	armAtOnce         = 5000
)

// timers measures clocks: arming, rebuilding, ringing.
func timers(ctx context.Context, r *run) error {
	return r.with(ctx, "timers", func(c *College) error {
		if err := r.arming(ctx, c); err != nil {
			return err
		}
		db, err := sql.Open("postgres", c.DSN)
		if err != nil {
			return err
		}
		defer db.Close()
		r.say("  starting %d clocks", r.Cases)
		if err := settle(ctx, db, sqlDepartments, sqlPeople, sqlRunningCases(r.Cases, "now() + interval '2 days' + i * interval '1 second'"), "VACUUM ANALYZE"); err != nil {
			return err
		}
		if err := r.rebuilding(ctx, c); err != nil {
			return err
		}
		return r.ringing(ctx, c, db)
	})
}

// settle runs statements that fill the college.
func settle(ctx context.Context, db *sql.DB, statements ...string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, s := range append([]string{sqlQuickly}, statements...) {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%.80s: %w", s, err)
		}
	}
	return nil
}

// arming sets as many timers as there may be clocks, and removes them.
func (r *run) arming(ctx context.Context, c *College) error {
	begun := time.Now()
	err := inParts(r.Cases, func(from, to int) error { return c.Redis.Arm(ctx, alarms(from, to)...) })
	if err != nil {
		return err
	}
	took := time.Since(begun)
	r.add("timers", "arm "+number(float64(r.Cases))+" timers", took.Seconds(), "s", nil, number(float64(r.Cases)/took.Seconds())+"/s, "+strconv.Itoa(armAtOnce)+" at once")
	return inParts(r.Cases, func(from, to int) error {
		var keys []string
		for _, t := range alarms(from, to) {
			keys = append(keys, t.Key)
		}
		return c.Redis.Disarm(ctx, keys...)
	})
}

func inParts(n int, do func(from, to int) error) error {
	for from := 0; from < n; from += armAtOnce {
		if err := do(from, min(from+armAtOnce, n)); err != nil {
			return err
		}
	}
	return nil
}

func alarms(from, to int) []workflow.Timer {
	out := make([]workflow.Timer, 0, to-from)
	later := time.Now().Add(24 * time.Hour)
	for i := from; i < to; i++ {
		out = append(out, workflow.Timer{Key: "bench-" + strconv.Itoa(i), At: later})
	}
	return out
}

// rebuilding lets an empty Redis learn all running clocks.
func (r *run) rebuilding(ctx context.Context, c *College) error {
	begun := time.Now()
	found, err := c.Watch.Reconcile(ctx)
	if err != nil {
		return err
	}
	took := time.Since(begun)
	limit := atMost(mostRebuild)
	if r.Cases < 1_000_000 {
		limit = nil
	}
	r.add("timers", "rebuild timers of "+number(float64(r.Cases))+" clocks", took.Seconds(), "s", limit, fmt.Sprintf("%d timers", found.Armed))
	return r.comparing(ctx, c)
}

// comparing makes sure of timers that are whole, as the program does all day.
func (r *run) comparing(ctx context.Context, c *College) error {
	begun := time.Now()
	for range comparesAMinute {
		if _, err := c.Watch.Reconcile(ctx); err != nil {
			return err
		}
	}
	r.add("timers", "compare whole timers for a minute", time.Since(begun).Seconds(), "s", atMost(mostCompare), fmt.Sprintf("%d times", comparesAMinute))
	return nil
}

// ringing lets clocks fall due and looks when each breach can be read.
func (r *run) ringing(ctx context.Context, c *College, db *sql.DB) error {
	p, err := r.serve(ctx, c.Dir+"/program", c, "timers")
	if err != nil {
		return err
	}
	return errors.Join(r.ring(ctx, c, db), p.stop())
}

func (r *run) ring(ctx context.Context, c *College, db *sql.DB) error {
	n := breachesPerSecond * min(r.Seconds*3/2, 30)
	if r.Cases < n {
		n = r.Cases
	}
	var last int64
	if err := db.QueryRowContext(ctx, `SELECT max(id) FROM clocks`).Scan(&last); err != nil {
		return err
	}
	first := time.Now().Add(2*time.Second + time.Duration(n)*time.Second/3000) // by then all are armed
	due := fmt.Sprintf("'%s'::timestamptz + i * interval '%d microseconds'", first.Format(time.RFC3339Nano), 1_000_000/breachesPerSecond)
	if err := settle(ctx, db, sqlRunningCases(n, due)); err != nil {
		return err
	}
	for after := last; ; {
		clocks, err := c.Store.Ringing(ctx, after, armAtOnce)
		if err != nil || len(clocks) == 0 {
			if err != nil {
				return err
			}
			break
		}
		after = clocks[len(clocks)-1].ID
		if err := c.Watch.Arm(ctx, clocks...); err != nil {
			return err
		}
	}
	lags, err := watchBreaches(ctx, db, last, n, first)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("breach lag, %s due each second", number(breachesPerSecond))
	r.add("timers", name+", p50", lags.at(.5), "ms", nil, fmt.Sprintf("%s clocks among %s running", number(float64(n)), number(float64(r.Cases))))
	r.add("timers", name+", p99", lags.at(.99), "ms", atMost(mostLag), "slowest "+number(lags.at(1))+" ms")
	return nil
}

// ringsWithin is how long after the last of them was due breaches are waited for.
const ringsWithin = 3 * time.Minute

// watchBreaches looks again and again which of the clocks above an id are noted
// as broken, and how late that is. It asks for those it has not seen yet only.
func watchBreaches(ctx context.Context, db *sql.DB, above int64, n int, first time.Time) (sample, error) {
	var lags sample
	seen := make(map[int64]bool, n)
	deadline := time.Now().Add(ringsWithin + time.Until(first) + time.Duration(n)*time.Second/breachesPerSecond)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for low := above; len(lags) < n; {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		now := time.Now()
		if now.After(deadline) {
			return nil, fmt.Errorf("of %d clocks %d rang", n, len(lags))
		}
		broken, err := breaches(ctx, db, low, now)
		if err != nil {
			return nil, err
		}
		now = time.Now()
		for id, due := range broken {
			if !seen[id] {
				seen[id] = true
				lags = append(lags, now.Sub(due))
			}
		}
		for seen[low+1] {
			low++
		}
	}
	return lags, nil
}

// breaches are the clocks above low that are noted as broken. Ids are in the
// order in which the clocks fall due.
func breaches(ctx context.Context, db *sql.DB, low int64, now time.Time) (map[int64]time.Time, error) {
	rows, err := db.QueryContext(ctx, `SELECT id, due_at FROM clocks WHERE id > $1 AND id <= $1 + 20000 AND due_at <= $2 AND breached_at IS NOT NULL`, low, now)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[int64]time.Time{}
	for rows.Next() {
		var id int64
		var due time.Time
		if err := rows.Scan(&id, &due); err != nil {
			return nil, err
		}
		out[id] = due
	}
	return out, rows.Err()
}
