package intake

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"mailbox/workflow"
)

// Sort takes up to limit mails that nobody has sorted and brings each to exactly
// one end. It returns how many. Several may run at once, and again after a
// crash: cases and additions are known by the mail's identity. A mail that fails
// keeps none behind it waiting.
func (r *Mailroom) Sort(ctx context.Context, limit int) (int, error) {
	mails, err := r.desk.Store.NewMails(ctx, limit)
	if err != nil {
		return 0, fmt.Errorf("list new mails: %w", err)
	}
	return r.sortAll(ctx, bySender(mails))
}

// sorters is how many mails are sorted at the same time: most of the time each
// of them waits for the disk.
const sorters = 8

// bySender puts mails of one sender together, so that they are sorted one after
// the other, as they came.
func bySender(mails []workflow.RawMail) [][]workflow.RawMail {
	var out [][]workflow.RawMail
	place := map[string]int{}
	for _, m := range mails {
		i, known := place[m.EnvelopeFrom]
		if !known {
			i = len(out)
			place[m.EnvelopeFrom] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], m)
	}
	return out
}

// sortAll sorts piles of mails, several at a time, and counts those that are
// done.
func (r *Mailroom) sortAll(ctx context.Context, piles [][]workflow.RawMail) (int, error) {
	work := make(chan []workflow.RawMail)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	done := 0
	for range min(sorters, len(piles)) {
		wg.Go(func() {
			for pile := range work {
				n, err := r.sortPile(ctx, pile)
				mu.Lock()
				done, errs = done+n, append(errs, err)
				mu.Unlock()
			}
		})
	}
	for _, pile := range piles {
		work <- pile
	}
	close(work)
	wg.Wait()
	return done, errors.Join(errs...)
}

// sortPile sorts the mails of one sender in their order. A mail that fails
// keeps none behind it waiting, unless nothing can be done now.
func (r *Mailroom) sortPile(ctx context.Context, pile []workflow.RawMail) (n int, err error) {
	var errs []error
	for _, m := range pile {
		done, err := r.sortOne(ctx, m)
		if done {
			n++
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("sort mail %d: %w", m.ID, err))
		}
		if outage(ctx, err) {
			break
		}
	}
	return n, errors.Join(errs...)
}
