package channels_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/channels"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// away is a store that takes no faults while it is away.
type away struct {
	workflow.Store
	off bool
}

func (a *away) AddFaults(ctx context.Context, day string, faults ...workflow.ChannelFault) error {
	if a.off {
		return errors.New("away")
	}
	return a.Store.AddFaults(ctx, day, faults...)
}

// TestTally: forged callbacks are counted without the database, and none of them
// is counted twice or lost when it cannot be written down.
func TestTally(t *testing.T) {
	store := &away{Store: workflowtest.NewMemory()}
	w := worldtest.New(t, store)
	board, tally := channels.New(w.Desk, w.Vault), channels.NewTally()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				tally.Count(workflow.WeChat, "refused")
				tally.Count(workflow.WeChat, "taken")
			}
			tally.Count(workflow.QQ, "unavailable")
		})
	}
	all.Wait()
	store.off = true
	if board.SaveTally(t.Context(), tally) == nil {
		t.Error("saved although the database was away")
	}
	store.off = false
	for range 2 {
		if err := board.SaveTally(t.Context(), tally); err != nil {
			t.Fatal(err)
		}
	}
	for channel, want := range map[workflow.Channel]workflow.ChannelFault{
		workflow.WeChat: {Kind: "channel.fault.refused", N: 800}, workflow.QQ: {Kind: "channel.fault.unavailable", N: 8},
	} {
		got, err := board.Watched(t.Context(), w.Admin.Actor(), channel, channels.Window{})
		if err != nil || len(got.Faults) != 1 || got.Faults[0].Kind != want.Kind || got.Faults[0].N != want.N {
			t.Errorf("%s: %+v %v, want %+v", channel, got.Faults, err, want)
		}
	}
	if _, err := board.Watched(t.Context(), w.LogisticsClerk.Actor(), workflow.WeChat, channels.Window{}); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a department sees how channels do: %v", err)
	}
}
