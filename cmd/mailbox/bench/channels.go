package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"mailbox/handlers/channel/simulator"
	"mailbox/workflow/channels"
)

// ends are the platforms whose callbacks are measured, as their far ends make
// them.
var ends = []func(now func() time.Time) simulator.End{
	func(now func() time.Time) simulator.End { return simulator.NewWeChat(now) },
	func(now func() time.Time) simulator.End { return simulator.NewWeCom(now) },
	func(now func() time.Time) simulator.End { return simulator.NewQQ(now) },
}

// What is promised of callbacks.
const (
	ackWithin   = 200 // ms, 99 of 100
	ackRate     = 100 // a second
	junkRate    = 5000
	writeWithin = 1000 // ms, 95 of 100, while junk comes
	flat        = 1.25 // memory at the end of the junk over that of its first quarter
)

// chats measures every platform: callbacks to committed cases, how soon they are
// acknowledged, and what callbacks that are none cost everybody else.
func chats(ctx context.Context, r *run) error {
	return r.with(ctx, "channels", func(c *College) error {
		var far []*farEnd
		for _, make := range ends {
			f := &farEnd{End: make(time.Now), sent: new(atomic.Int64), http: &http.Client{
				Transport: &http.Transport{MaxIdleConnsPerHost: 2 * clients, DisableCompression: true}, Timeout: 30 * time.Second,
			}}
			config, secrets := f.Settings()
			if err := c.Connect(ctx, f.Channel(), config, secrets); err != nil {
				return err
			}
			far = append(far, f)
		}
		p, err := r.serve(ctx, c.Dir+"/program", c, "web")
		if err != nil {
			return err
		}
		for _, f := range far {
			f.base = p.Web
			err = errors.Join(err, r.callbacks(ctx, c, f), r.acknowledged(ctx, f))
		}
		return errors.Join(err, r.junk(ctx, p, far), p.stop())
	})
}

// farEnd is a platform that calls us.
type farEnd struct {
	simulator.End
	base string
	http *http.Client
	sent *atomic.Int64
}

func (f *farEnd) name() string { return "callbacks of " + channels.Names[f.Channel()] }

// client sends a letter of somebody else with every call.
func (f *farEnd) client(int) (func(context.Context) error, error) { return f.say, nil }

func (f *farEnd) say(ctx context.Context) error {
	n := f.sent.Add(1)
	id := strconv.FormatInt(n, 10)
	return f.call(f.Text(id, "bench-person-"+id, letterNumber(n).body).WithContext(ctx))
}

func (f *farEnd) call(r *http.Request) error {
	r.URL.Host, r.Host = f.base, ""
	resp, err := f.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("callback: status %d: %.200s: %w", resp.StatusCode, b, errors.Join(err))
	}
	return nil
}

// callbacks puts letters that come through a platform beside the rows they leave.
func (r *run) callbacks(ctx context.Context, c *College, f *farEnd) error {
	if err := f.say(ctx); err != nil {
		return err
	}
	rows, err := record(ctx, c.DSN)
	if err != nil {
		return err
	}
	half := r.lasts() / 2
	before, err := rows.commit(ctx, c.DSN, half)
	if err != nil {
		return err
	}
	was, err := countCases(ctx, c.DSN)
	if err != nil {
		return err
	}
	l, err := together(ctx, clients, r.lasts(), f.client)
	if err != nil {
		return err
	}
	is, err := countCases(ctx, c.DSN)
	if err != nil {
		return err
	}
	after, err := rows.commit(ctx, c.DSN, half)
	if err != nil {
		return err
	}
	rate, bare := float64(is-was)/l.lasted.Seconds(), (before.perSecond()+after.perSecond())/2
	r.add("channels", f.name()+" to cases", rate, "/s", nil, fmt.Sprintf("acknowledged: p50 %s ms, p99 %s ms", number(l.took.at(.5)), number(l.took.at(.99))))
	r.add("channels", "  the same rows, bare", bare, "/s", nil, fmt.Sprintf("%d rows in one transaction", len(rows)))
	r.add("channels", "  ratio", rate/bare, "", atLeast(leastRatio), "the call is a commit of its own, before that of the case")
	return nil
}

func countCases(ctx context.Context, dsn string) (n int64, err error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM cases`).Scan(&n)
	return n, err
}

// acknowledged sends so many a second, each at its own moment.
func (r *run) acknowledged(ctx context.Context, f *farEnd) error {
	took, err := paced(ctx, ackRate, r.lasts(), f.say)
	if err != nil {
		return err
	}
	r.add("channels", f.name()+", p99 at 100/s", took.at(.99), "ms", atMost(ackWithin), "from sending to the acknowledgement; p50 "+number(took.at(.5))+" ms")
	return nil
}

// paced does something so many times a second, without waiting for those before.
func paced(ctx context.Context, rate int, lasts time.Duration, do func(context.Context) error) (took sample, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for until := time.Now().Add(lasts); time.Now().Before(until) && ctx.Err() == nil; {
		<-tick.C
		wg.Go(func() {
			begun := time.Now()
			e := do(ctx)
			mu.Lock()
			defer mu.Unlock()
			took, err = append(took, time.Since(begun)), errors.Join(err, e)
		})
	}
	wg.Wait()
	return took, errors.Join(err, ctx.Err())
}
