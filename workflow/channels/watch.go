package channels

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mailbox/workflow"
)

// State is how a channel does, in one word.
type State string

// The states.
const (
	Off   State = "off"
	Well  State = "well"
	Ill   State = "ill"  // something failed since it last went well
	Dead  State = "dead" // nothing has gone well for long
	Fresh State = "fresh"
)

const (
	// silence is how long nothing may go well before a channel is dead, and
	// failures how many times in a row it may fail.
	silence  = 20 * time.Minute
	failures = 5
	// asked is how often a platform is asked whether it is there.
	asked = 8 * time.Minute
)

func (b *Board) stateOf(s workflow.ChannelSettings) State {
	h := s.Health
	since := h.Alive
	if s.Changed.After(since) {
		since = s.Changed
	}
	switch {
	case !s.Enabled:
		return Off
	case h.ErrorsInARow >= failures, b.desk.Now().Sub(since) > silence:
		return Dead
	case h.ErrorsInARow > 0:
		return Ill
	case h.Alive.IsZero():
		return Fresh
	}
	return Well
}

// Probe asks a platform whether it is there; it notes the news itself.
type Probe func(ctx context.Context, channel workflow.Channel) error

// Watch asks platforms that have not been heard of for a while, and tells the
// office and the administrators once of each that is dead.
func (b *Board) Watch(ctx context.Context, probes map[workflow.Channel]Probe) error {
	all, err := b.desk.Store.Channels(ctx)
	if err != nil {
		return fmt.Errorf("read channels: %w", err)
	}
	var errs []error
	for _, s := range all {
		probe, ok := probes[s.Channel]
		if s.Enabled && ok && b.desk.Now().Sub(s.Health.Alive) > asked {
			if probe(ctx, s.Channel) != nil { // noted; a platform that is away is no fault of ours
				errs = append(errs, b.judge(ctx, s.Channel))
				continue
			}
		}
		errs = append(errs, b.judge(ctx, s.Channel))
	}
	return errors.Join(errs...)
}

// judge tells of a channel that is dead, and remembers that one is well again.
func (b *Board) judge(ctx context.Context, channel workflow.Channel) error {
	s, err := b.stored(ctx, channel)
	if err != nil {
		return err
	}
	dead := b.stateOf(s) == Dead
	if dead == !s.Health.Announced.IsZero() {
		return nil
	}
	at := time.Time{}
	if dead {
		at = b.desk.Now()
	}
	return b.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		first, err := tx.AnnounceChannel(ctx, channel, at)
		if err != nil || !first || !dead {
			return err
		}
		return b.announce(ctx, tx, channel, at)
	})
}

// announce tells by page and mail, never by a platform.
func (b *Board) announce(ctx context.Context, tx workflow.Store, channel workflow.Channel, at time.Time) error {
	accounts, err := tx.AccountsFor(ctx, 0, workflow.Clerk, workflow.OfficeHead, workflow.Admin)
	if err != nil {
		return err
	}
	t := workflow.Telling{
		Name: fmt.Sprintf("channel:%s:dead:%d", channel, at.Unix()), Kind: workflow.NoticeChannel, At: at,
		Args: map[string]string{"channel": string(channel), "title": Names[channel], "href": "/admin/channels/" + string(channel)},
	}
	for _, a := range accounts {
		for _, n := range b.desk.Keeper.ForAccount(a, t) {
			if err := tx.AddNotice(ctx, &n); err != nil {
				return err
			}
		}
	}
	return nil
}

// Names are what the platforms are called everywhere.
var Names = map[workflow.Channel]string{workflow.WeChat: "微信公众号", workflow.WeCom: "企业微信", workflow.QQ: "QQ 机器人", workflow.OA: "OA"}

// Check reports which channels are dead, for doctor and /healthz.
func (b *Board) Check(ctx context.Context) error {
	all, err := b.desk.Store.Channels(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range all {
		if b.stateOf(s) == Dead {
			errs = append(errs, fmt.Errorf("channel %s is dead since %s: %s", s.Channel, s.Health.Alive.Format(time.RFC3339), s.Health.LastError))
		}
		if e := s.Health.TokenExpires; s.Enabled && !e.IsZero() && e.Before(b.desk.Now()) {
			errs = append(errs, fmt.Errorf("the token of channel %s has expired", s.Channel))
		}
	}
	return errors.Join(errs...)
}
