// Package delivery takes what people are to be told out of the outbox and sends
// it: never twice by itself, never for ever, and never silently in vain.
package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"mailbox/workflow"
)

// SendWithin is how long a Sender may take for one mail.
const SendWithin = 5 * time.Minute

const (
	// lease is how long a notice that is being sent belongs to its courier;
	// afterwards it counts as uncertain.
	lease = SendWithin + 2*time.Minute
	// hands is how many mails leave at the same time.
	hands = 8
	// recording is how long the outcome of an attempt may take to be written
	// down, also while the program is told to stop.
	recording = 15 * time.Second
)

// waits is how long to wait after each attempt that may be repeated; after the
// last of them the next failure is final.
var waits = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// Reasons why a notice was not sent, as catalogue keys.
const (
	NoAddress   = "deliver.no_address"
	DeadAddress = "deliver.dead_address"
	NotAllowed  = "deliver.not_allowed" // the account may not know of the case any more
	NoAnswer    = "deliver.no_answer"   // the program stopped while it was sending
	OurFault    = "deliver.our_fault"   // it could not be made ready
)

// Deps is what a Courier works with. All of it is required.
type Deps struct {
	Desk   *workflow.Desk
	Sender Sender
	// Address opens the identity of a writer for the machine.
	Address func(ctx context.Context, writerID string) (workflow.Identity, error)
	// Words opens the sealed words of a notice.
	Words func(sealed []byte) (string, error)
	// ReplyTo is the address at which a reply finds the case.
	ReplyTo func(c workflow.Case) string

	// Voices speak through the channels that are platforms, and Lines tell how
	// those are set up. Without them every ladder goes on to the next step.
	Voices map[workflow.Channel]Voice
	Lines  func(ctx context.Context, c workflow.Channel) (workflow.ChannelSettings, error)
	// Boards show cards to staff.
	Boards map[workflow.Channel]Board
	// Person opens who somebody is on a platform, for the machine.
	Person func(v workflow.Conversation) (workflow.PlatformID, error)
}

// Courier sends notices.
type Courier struct{ Deps }

// New returns a Courier.
func New(d Deps) *Courier { return &Courier{d} }

// Deliver sends everything whose time has come and returns how many notices it
// has dealt with. Each hand takes one notice at a time, so that no lease runs
// out while a notice waits for a slow server.
func (c *Courier) Deliver(ctx context.Context) (int, error) {
	err := c.reap(ctx)
	first, e := c.take(ctx, hands)
	err = errors.Join(err, e)
	var n atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, notice := range first {
		wg.Go(func() {
			e := c.deliver(ctx, notice, &n)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, e)
		})
	}
	wg.Wait()
	return int(n.Load()), err
}

// deliver sends one notice after the other until none waits.
func (c *Courier) deliver(ctx context.Context, first workflow.Notice, n *atomic.Int64) error {
	var errs []error
	for taken := []workflow.Notice{first}; len(taken) > 0; {
		if err := c.send(ctx, taken[0]); err != nil {
			errs = append(errs, fmt.Errorf("deliver notice %d: %w", taken[0].ID, err))
		}
		n.Add(1)
		if ctx.Err() != nil {
			break
		}
		var err error
		if taken, err = c.take(ctx, 1); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c *Courier) take(ctx context.Context, limit int) ([]workflow.Notice, error) {
	taken, err := c.Desk.Store.TakeNotices(ctx, c.Desk.Now(), limit, lease)
	if err != nil {
		return nil, fmt.Errorf("take notices: %w", err)
	}
	return taken, nil
}

// send makes one attempt and writes down what became of it.
func (c *Courier) send(ctx context.Context, n workflow.Notice) error {
	if n.Channel == workflow.ByPage { // it is where it is read
		return c.finish(ctx, n, workflow.SendResult{State: workflow.Sent}, nil)
	}
	if workflow.Channel(n.Channel).Chat() && n.Account != 0 {
		r, tries, err := c.card(ctx, n)
		return errors.Join(err, c.finish(ctx, n, r, tries))
	}
	if workflow.Channel(n.Channel).Chat() {
		r, tries, err := c.climb(ctx, n)
		return errors.Join(err, c.finish(ctx, n, r, tries))
	}
	m, stop, err := c.prepare(ctx, n)
	r := workflow.SendResult{State: workflow.Queued, Reason: OurFault}
	switch {
	case err != nil:
	case stop != "":
		r = workflow.SendResult{State: workflow.Failed, Reason: stop}
	default:
		r = c.hand(ctx, m)
	}
	return errors.Join(err, c.finish(ctx, n, r, nil))
}

// hand gives the mail to the sender. An outcome that is none is uncertain: the
// mail may have left.
func (c *Courier) hand(ctx context.Context, m Mail) workflow.SendResult {
	ctx, cancel := context.WithTimeout(ctx, SendWithin)
	defer cancel()
	r := c.Sender.Send(ctx, m)
	switch r.State {
	case workflow.Sent, workflow.Queued, workflow.Failed, workflow.Uncertain:
		return r
	case workflow.Sending:
	}
	return workflow.SendResult{State: workflow.Uncertain, Reason: r.Reason}
}

// finish writes down the outcome, also when the program is being stopped. When
// somebody else has taken the notice over in the meantime, theirs counts.
func (c *Courier) finish(ctx context.Context, n workflow.Notice, r workflow.SendResult, tries []workflow.NoticeTry) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	now := c.Desk.Now()
	next := now
	if r.State == workflow.Queued {
		if n.Attempt > len(waits) {
			r.State = workflow.Failed
		} else {
			next = now.Add(waits[max(n.Attempt, 1)-1])
		}
	}
	err := c.record(ctx, n, r, tries, next, now)
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// errTaken is told apart from a conflict over the case.
var errTaken = errors.New("another courier has the notice")

func (c *Courier) record(ctx context.Context, n workflow.Notice, r workflow.SendResult, tries []workflow.NoticeTry, next, now time.Time) error {
	finish := func(tx workflow.Store) error {
		err := tx.FinishNotice(ctx, n, r, next, now)
		if workflow.KindOf(err) == workflow.Conflict {
			return errTaken
		}
		if err != nil || len(tries) == 0 {
			return err
		}
		return tx.AddTries(ctx, n.ID, tries)
	}
	switch {
	case !trouble(n, r.State) && len(tries) == 0:
		return finish(c.Desk.Store)
	case !trouble(n, r.State):
		return c.Desk.Store.Atomic(ctx, finish)
	}
	end := n
	end.State, end.Reason = r.State, r.Reason
	_, err := c.Desk.Step(ctx, n.CaseID, func(s *workflow.Step) error {
		if err := finish(s.Tx); err != nil {
			return err
		}
		return c.report(ctx, s, end)
	})
	return err
}
