// Package channels is how the platforms people write through are set up and
// watched: settings with secrets that can be written and never read, what each
// platform last did for us, and the word to the office when one is dead.
package channels

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"mailbox/workflow"
)

// Vault seals the secrets of channels; access.Vault implements it.
type Vault interface {
	SealFor(purpose string, plain []byte) []byte
	OpenFor(purpose string, sealed []byte) ([]byte, error)
}

// Board is the switchboard of all channels.
type Board struct {
	desk  *workflow.Desk
	vault Vault

	mu    sync.Mutex
	read  time.Time
	lines map[workflow.Channel]Line
}

// New returns a Board.
func New(desk *workflow.Desk, vault Vault) *Board { return &Board{desk: desk, vault: vault} }

// Line is how a channel is set up, for the machine that uses it.
type Line struct {
	workflow.ChannelSettings
	Secrets Secrets
}

// Secrets are words by name that are never shown.
type Secrets map[string]string

// String hides the secrets.
func (Secrets) String() string { return "•••" }

// GoString hides the secrets from %#v.
func (Secrets) GoString() string { return "•••" }

// kept is how long a change may take to be heard by every process.
const kept = 5 * time.Second

// Line is the channel as it is set up; one that never was is not enabled. It is
// read again every few seconds. While it cannot be read, the last one stands, so
// that a callback can be verified and kept although the database is away.
func (b *Board) Line(ctx context.Context, channel workflow.Channel) (Line, error) {
	lines, due := b.known()
	if due {
		fresh, err := b.renew(ctx)
		switch {
		case err == nil:
			lines = fresh
		case lines == nil:
			return Line{}, err
		}
	}
	if l, ok := lines[channel]; ok {
		return l, nil
	}
	return Line{ChannelSettings: workflow.ChannelSettings{Channel: channel}}, nil
}

// known is what was read last, and whether it is time to read anew. Of many that
// ask at that moment one is told so; the others go on with what there is, so
// that nobody waits for a database that is away.
func (b *Board) known() (lines map[workflow.Channel]Line, due bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.desk.Now()
	if due = b.lines == nil || now.Sub(b.read) > kept; due {
		b.read = now
	}
	return b.lines, due
}

// Forget lets the settings be read anew.
func (b *Board) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read = time.Time{}
}

func (b *Board) renew(ctx context.Context) (map[workflow.Channel]Line, error) {
	all, err := b.desk.Store.Channels(ctx)
	if err != nil {
		return nil, fmt.Errorf("read channels: %w", err)
	}
	lines := map[workflow.Channel]Line{}
	for _, s := range all {
		secrets, err := b.open(s)
		if err != nil {
			return nil, err
		}
		lines[s.Channel] = Line{s, secrets}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = lines
	return lines, nil
}

// Settings is Line without secrets: what a ladder asks.
func (b *Board) Settings(ctx context.Context, channel workflow.Channel) (workflow.ChannelSettings, error) {
	l, err := b.Line(ctx, channel)
	return l.ChannelSettings, err
}

func (b *Board) open(s workflow.ChannelSettings) (Secrets, error) {
	if s.Sealed == nil {
		return Secrets{}, nil
	}
	plain, err := b.vault.OpenFor("channels/"+string(s.Channel), s.Sealed)
	if err != nil {
		return nil, err
	}
	var out Secrets
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, fmt.Errorf("read secrets of %s: %w", s.Channel, err)
	}
	return out, nil
}

// Change is what an administrator sets. Of Secrets only those that are given are
// changed; a setting that is not given goes.
type Change struct {
	Enabled bool
	Config  map[string]string
	Secrets map[string]string
	Version int64 // the one that was shown
}

// Save changes a channel, for an administrator. What stands in the journal are
// the names of what was changed.
func (b *Board) Save(ctx context.Context, by workflow.Actor, channel workflow.Channel, ch Change) error {
	if !by.Is(workflow.Admin) || !channel.Chat() {
		return workflow.Absent()
	}
	s, err := b.stored(ctx, channel)
	if err != nil {
		return err
	}
	secrets, err := b.open(s)
	if err != nil {
		return err
	}
	for name, v := range ch.Secrets {
		if v != "" {
			secrets[name] = v
		}
	}
	if err := check(channel, ch, secrets); err != nil {
		return err
	}
	plain, err := json.Marshal(map[string]string(secrets))
	if err != nil {
		return fmt.Errorf("seal secrets: %w", err)
	}
	detail := map[string]string{"enabled": strconv.FormatBool(ch.Enabled), "changed": changed(s, ch)}
	s.Enabled, s.Config, s.Sealed = ch.Enabled, ch.Config, b.vault.SealFor("channels/"+string(channel), plain)
	s.Version, s.Changed = ch.Version, b.desk.Now()
	err = b.desk.Store.Atomic(ctx, func(tx workflow.Store) error {
		saved := s
		if err := tx.SaveChannel(ctx, &saved, by.ID); err != nil {
			return err
		}
		return b.note(ctx, tx, by, "channel", channel, detail)
	})
	b.Forget()
	return err
}

func (b *Board) note(ctx context.Context, tx workflow.Store, by workflow.Actor, action string, channel workflow.Channel, detail map[string]string) error {
	e := workflow.JournalEntry{At: b.desk.Now(), Account: by.ID, Action: action, Subject: "channel:" + string(channel), Detail: detail}
	return tx.AddJournal(ctx, e, b.desk.Keeper.Chain.LinkJournal)
}

// changed lists the names of what is different.
func changed(s workflow.ChannelSettings, ch Change) string {
	var names []string
	for name, v := range ch.Config {
		if s.Config[name] != v {
			names = append(names, name)
		}
	}
	for name, v := range ch.Secrets {
		if v != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return fmt.Sprint(names)
}

func (b *Board) stored(ctx context.Context, channel workflow.Channel) (workflow.ChannelSettings, error) {
	all, err := b.desk.Store.Channels(ctx)
	if err != nil {
		return workflow.ChannelSettings{}, err
	}
	for _, s := range all {
		if s.Channel == channel {
			return s, nil
		}
	}
	return workflow.ChannelSettings{Channel: channel}, nil
}

// Shown is a channel as an administrator sees it: which secrets are set, and
// none of them.
type Shown struct {
	workflow.ChannelSettings
	Set   map[string]bool
	State State
}

// Watched is how a channel does, in detail.
type Watched struct {
	Faults  []workflow.ChannelFault // of today, the most frequent first
	Failed  []workflow.ChannelFault // calls that nobody could make sense of, by reason
	Windows workflow.ReplyWindows
	// Left is how long the one who was silent longest can still be written to.
	Left time.Duration
}

// Watched tells how a channel does, to whoever may see it at all.
func (b *Board) Watched(ctx context.Context, by workflow.Actor, channel workflow.Channel, w Window) (out Watched, err error) {
	if !by.Is(workflow.Admin) && !by.Office() || !channel.Chat() {
		return out, workflow.Absent()
	}
	now := b.desk.Now()
	if out.Faults, err = b.desk.Store.FaultsOf(ctx, channel, b.desk.Keeper.Day(now)); err != nil {
		return out, err
	}
	if out.Failed, err = b.desk.Store.FailedKinds(ctx, channel); err != nil || w.Lasts <= 0 {
		return out, err
	}
	out.Windows, err = b.desk.Store.WindowsOf(ctx, channel, now.Add(-w.Lasts), w.Most)
	if out.Windows.Open > 0 {
		out.Left = out.Windows.Heard.Add(w.Lasts).Sub(now)
	}
	return out, err
}

// Window is how long after a person's own message a platform lets us write, and
// how often. One that has none lets us always.
type Window struct {
	Lasts time.Duration
	Most  int
}

// List shows every channel, set up or not.
func (b *Board) List(ctx context.Context, by workflow.Actor) ([]Shown, error) {
	var out []Shown
	for _, channel := range workflow.Chats {
		s, err := b.Show(ctx, by, channel)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Show shows one channel.
func (b *Board) Show(ctx context.Context, by workflow.Actor, channel workflow.Channel) (Shown, error) {
	if !by.Is(workflow.Admin) && !by.Office() || !channel.Chat() {
		return Shown{}, workflow.Absent()
	}
	s, err := b.stored(ctx, channel)
	if err != nil {
		return Shown{}, err
	}
	secrets, err := b.open(s)
	if err != nil {
		return Shown{}, err
	}
	set := map[string]bool{}
	for name := range maps.Keys(secrets) {
		set[name] = secrets[name] != ""
	}
	s.Sealed = nil
	s.Config = maps.Clone(s.Config)
	return Shown{s, set, b.stateOf(s)}, nil
}

// News notes what a platform did for us, or did not.
func (b *Board) News(ctx context.Context, channel workflow.Channel, n workflow.ChannelNews) error {
	n.At = b.desk.Now()
	n.Day = b.desk.Keeper.Day(n.At)
	if n.Error != "" {
		fault := workflow.ChannelFault{Channel: channel, Kind: n.Error, N: 1, Last: n.At}
		if err := b.desk.Store.AddFaults(ctx, n.Day, fault); err != nil {
			return err
		}
	}
	return b.desk.Store.NoteChannel(ctx, channel, n)
}
