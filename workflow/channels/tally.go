package channels

import (
	"context"
	"fmt"
	"sync"

	"mailbox/workflow"
)

// Tally counts what goes wrong with callbacks, in memory, so that thousands of
// forged ones a second cost the database nothing. Save writes it down.
type Tally struct {
	mu   sync.Mutex
	some map[tallied]int
}

type tallied struct {
	channel workflow.Channel
	kind    string
}

// NewTally returns an empty Tally.
func NewTally() *Tally { return &Tally{some: map[tallied]int{}} }

// kinds of what is counted of callbacks, by what came of them, as catalogue keys.
var kinds = map[string]string{"refused": "channel.fault.refused", "unavailable": "channel.fault.unavailable"}

// Count counts a callback by what came of it; only what went wrong is kept.
func (t *Tally) Count(channel workflow.Channel, outcome string) {
	kind, wrong := kinds[outcome]
	if !wrong {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.some[tallied{channel, kind}]++
}

// take empties the tally.
func (t *Tally) take() map[tallied]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.some
	t.some = map[tallied]int{}
	return out
}

// back puts back what could not be written down.
func (t *Tally) back(all map[tallied]int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for what, n := range all {
		t.some[what] += n
	}
}

// SaveTally writes down what was counted since it was last asked.
func (b *Board) SaveTally(ctx context.Context, t *Tally) error {
	all := t.take()
	if len(all) == 0 {
		return nil
	}
	now := b.desk.Now()
	var faults []workflow.ChannelFault
	for what, n := range all {
		faults = append(faults, workflow.ChannelFault{Channel: what.channel, Kind: what.kind, N: n, Last: now})
	}
	if err := b.desk.Store.AddFaults(ctx, b.desk.Keeper.Day(now), faults...); err != nil {
		t.back(all)
		return fmt.Errorf("save tally of callbacks: %w", err)
	}
	return nil
}
