package access

import (
	"context"
	"errors"
	"fmt"

	"mailbox/workflow"
)

// Find looks somebody up on the campus by staff number; NotFound is somebody who
// has left.
type Find func(ctx context.Context, name string) (Proven, error)

const (
	sweepPage = 200
	// fewLeavers may go at once; of more, at most half: a directory that is set up
	// wrongly would otherwise close the door to everybody.
	fewLeavers = 3
)

// Sweep looks up everybody who came in by a way that can be asked. Who has left is
// disabled and loses everything; of the others, roles follow. It returns how many
// have left. While the campus cannot be asked nothing happens to anybody.
func (c *Campus) Sweep(ctx context.Context, way workflow.Way, find Find) (int, error) {
	w, err := c.ways.Way(ctx, way)
	if err != nil || !w.Enabled {
		return 0, err
	}
	here, gone, err := c.lookUp(ctx, way, find)
	if err != nil {
		return 0, err
	}
	if len(gone) > fewLeavers && len(gone) > len(here) {
		return 0, fmt.Errorf("ask the campus: %d of %d people are said to have left; nobody is disabled", len(gone), len(gone)+len(here))
	}
	var errs []error
	for account, p := range here {
		if _, err := c.renew(ctx, w, p, account); err != nil && workflow.KindOf(err) != workflow.Unauthenticated {
			errs = append(errs, err)
		}
	}
	for _, account := range gone {
		errs = append(errs, c.door.leave(ctx, account, way))
	}
	return len(gone), errors.Join(errs...)
}

// lookUp asks for everybody whose account is not disabled.
func (c *Campus) lookUp(ctx context.Context, way workflow.Way, find Find) (here map[int64]Proven, gone []int64, err error) {
	here = map[int64]Proven{}
	for after := int64(0); ; {
		part, err := c.door.store.CampusNames(ctx, way, after, sweepPage)
		if err != nil {
			return nil, nil, err
		}
		for _, n := range part {
			after = n.Account
			a, err := c.door.store.Account(ctx, n.Account)
			if err != nil {
				return nil, nil, err
			}
			if !a.Disabled.IsZero() {
				continue
			}
			p, err := find(ctx, n.Name)
			switch {
			case err == nil:
				here[n.Account] = p
			case workflow.KindOf(err) == workflow.NotFound:
				gone = append(gone, n.Account)
			default:
				return nil, nil, err
			}
		}
		if len(part) < sweepPage {
			return here, gone, nil
		}
	}
}
