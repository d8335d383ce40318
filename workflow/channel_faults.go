package workflow

import (
	"context"
	"time"
)

// ChannelFault is how often one thing went wrong with a channel.
type ChannelFault struct {
	Channel Channel
	Kind    string // catalogue key
	N       int
	Last    time.Time
}

// ReplyWindows are the people of a channel whom the platform lets us write to.
type ReplyWindows struct {
	Open  int
	Heard time.Time // when the one who was silent longest last wrote; zero: there is none
}

// ChannelFaults keeps what goes wrong with channels, and tells how much comes
// through them.
type ChannelFaults interface {
	// AddFaults adds to the counts of a day in the college's zone, by channel
	// and kind. Those of no number are left out.
	AddFaults(ctx context.Context, day string, faults ...ChannelFault) error
	// FaultsOf lists what went wrong with a channel on a day, the most frequent first.
	FaultsOf(ctx context.Context, channel Channel, day string) ([]ChannelFault, error)
	// FailedKinds counts the failed calls of a channel by their reason, the most
	// frequent first.
	FailedKinds(ctx context.Context, channel Channel) ([]ChannelFault, error)
	// WindowsOf tells of the people who wrote to the channel themselves after a
	// moment, not in a group, and were sent fewer than most messages since.
	WindowsOf(ctx context.Context, channel Channel, after time.Time, most int) (ReplyWindows, error)
	// LettersSince counts the cases that began in a conversation after a moment.
	LettersSince(ctx context.Context, conversation int64, after time.Time) (int, error)
	// WordsSince counts the calls after a moment that were added to a case.
	WordsSince(ctx context.Context, caseID int64, after time.Time) (int, error)
}
