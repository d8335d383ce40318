package receive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"mailbox/workflow"
)

// tries is how often a mail may fail before it is handed over unread.
const tries = 3

// takeNew takes in what has not arrived yet, in order. again says that some
// mail failed and should be tried soon; the others did not wait for it.
func (f *Follower) takeNew(ctx context.Context, c *connection) (again bool, err error) {
	validity, last, err := f.cursors.Cursor(ctx, f.status.Mailbox)
	if err != nil {
		return false, fmt.Errorf("read cursor: %w", err)
	}
	if validity != c.validity {
		last = 0 // the server numbers anew: walk through everything
	}
	uids, err := c.uids(ctx)
	if err != nil {
		return false, err
	}
	for _, uid := range f.pending(uids, last) {
		failed, err := f.take(ctx, c, uid)
		if err != nil {
			return false, err
		}
		if failed {
			again = again || f.failures[uid] <= tries
			continue
		}
		if last, err = f.advance(ctx, uids, last); err != nil {
			return false, err
		}
	}
	f.count(uids, last)
	return again, nil
}

// pending lists the uids that are above the cursor and not done, lowest first.
// Those that break the line come after all others, and not every time.
func (f *Follower) pending(uids []uint32, last uint32) []uint32 {
	var out []uint32
	for _, uid := range uids {
		if uid > last && !f.done[uid] {
			out = append(out, uid)
		}
	}
	if len(f.stuck) > 0 && f.now().Sub(f.retried) >= f.cfg.RetryMost {
		f.retried = f.now()
		for _, uid := range uids {
			if uid > last && f.stuck[uid] {
				out = append(out, uid)
			}
		}
	}
	return out
}

// take takes one mail in. failed says that it must be tried again; an error
// that the connection or the store is not there.
func (f *Follower) take(ctx context.Context, c *connection, uid uint32) (failed bool, err error) {
	m, found, err := c.fetch(ctx, uid)
	if err != nil {
		f.passOver(ctx, uid)
		if refused(err) || errors.Is(err, errNoBody) {
			return true, nil // the line is whole
		}
		return true, err
	}
	if !found { // deleted meanwhile
		f.settle(uid)
		return false, nil
	}
	m.Mailbox, m.Source = f.status.Mailbox, FromIMAP
	m.ExternalID = "imap:" + f.status.Mailbox + ":" + strconv.FormatUint(uint64(c.validity), 10) + ":" + strconv.FormatUint(uint64(uid), 10)
	m.Unreadable = f.failures[uid] >= tries
	if err := f.arrive(ctx, m); err != nil {
		if workflow.KindOf(err) == workflow.Unavailable || ctx.Err() != nil {
			return true, fmt.Errorf("store mail: %w", err)
		}
		f.failures[uid]++
		f.log.ErrorContext(ctx, "a mail was not taken in", slog.String("mailbox", f.status.Mailbox), slog.Uint64("uid", uint64(uid)), slog.Any("error", err))
		return true, nil
	}
	f.settle(uid)
	f.report(func(s *Status) { s.LastMail = f.now() })
	return false, nil
}

func (f *Follower) settle(uid uint32) {
	delete(f.failures, uid)
	delete(f.stuck, uid)
	f.done[uid] = true
}

// passOver counts a mail that could not be fetched. One that breaks the line
// each time must not keep the others from coming: the walk passes it in the
// end. The cursor stays below it.
func (f *Follower) passOver(ctx context.Context, uid uint32) {
	if ctx.Err() != nil {
		return
	}
	if f.failures[uid]++; f.failures[uid] > tries && !f.stuck[uid] {
		f.log.ErrorContext(ctx, "a mail cannot be fetched", slog.String("mailbox", f.status.Mailbox), slog.Uint64("uid", uint64(uid)))
		f.done[uid], f.stuck[uid], f.retried = true, true, f.now()
	}
}

func (f *Follower) arrive(ctx context.Context, m Arrival) error {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Store)
	defer cancel()
	return f.intake.Arrive(ctx, m)
}

// advance moves the cursor up to the last mail below which none is open.
func (f *Follower) advance(ctx context.Context, uids []uint32, last uint32) (uint32, error) {
	to := last
	for _, uid := range uids {
		if uid <= to {
			continue
		}
		if !f.done[uid] || f.stuck[uid] {
			break
		}
		to = uid
	}
	if to == last {
		return last, nil
	}
	if err := f.cursors.Advance(ctx, f.status.Mailbox, f.validity, to); err != nil {
		return last, fmt.Errorf("advance cursor: %w", err)
	}
	for uid := range f.done {
		if uid <= to {
			delete(f.done, uid)
		}
	}
	return to, nil
}

// count makes the two numbers of the status.
func (f *Follower) count(uids []uint32, last uint32) {
	open := 0
	for _, uid := range uids {
		if uid > last && (!f.done[uid] || f.stuck[uid]) {
			open++
		}
	}
	f.report(func(s *Status) {
		s.Server, s.Arrived, s.Stuck, s.LastCheck = len(uids), len(uids)-open, open, f.now()
	})
}

// compare asks the ledger, once a day, whether all that the server has did
// arrive, and fetches what did not.
func (f *Follower) compare(ctx context.Context, c *connection) error {
	if f.ledger == nil || !f.compared.IsZero() && f.now().Sub(f.compared) < f.cfg.Compare {
		return nil
	}
	uids, err := c.uids(ctx)
	if err != nil {
		return err
	}
	missing, err := f.ledger.Missing(ctx, f.status.Mailbox, c.validity, uids)
	if err != nil {
		return fmt.Errorf("compare with ledger: %w", err)
	}
	slices.Sort(missing)
	left := 0
	for _, uid := range missing {
		failed, err := f.take(ctx, c, uid)
		if err != nil {
			return err
		}
		if failed {
			left++
		}
	}
	f.compared = f.now()
	f.report(func(s *Status) {
		s.Server, s.Arrived, s.LastCheck = len(uids), len(uids)-left, f.now()
	})
	return nil
}

// fetchTime is how long a mail of that size may take on a slow line.
func fetchTime(least time.Duration, size int64) time.Duration {
	const perSecond = 32 << 10
	return 3*least + time.Duration(size/perSecond)*time.Second
}
