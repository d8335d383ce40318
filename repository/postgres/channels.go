package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type channelRow struct {
	Channel      string  `db:"channel"`
	Enabled      bool    `db:"enabled"`
	Config       pairs   `db:"config"`
	Secrets      octets  `db:"secrets"`
	Version      int64   `db:"version"`
	Changed      instant `db:"changed_at"`
	Alive        instant `db:"alive_at"`
	LastIn       instant `db:"last_in"`
	LastOut      instant `db:"last_out"`
	LastError    string  `db:"last_error"`
	LastErrorAt  instant `db:"last_error_at"`
	ErrorsRow    int     `db:"errors_row"`
	ErrorsToday  int     `db:"errors_today"`
	TokenExpires instant `db:"token_expires"`
	Announced    instant `db:"announced_at"`
	Failed       int     `db:"failed"`
}

func (r channelRow) toSettings() workflow.ChannelSettings {
	return workflow.ChannelSettings{
		Channel: workflow.Channel(r.Channel), Enabled: r.Enabled, Config: r.Config, Sealed: r.Secrets, Version: r.Version,
		Changed: time.Time(r.Changed),
		Health: workflow.ChannelHealth{
			LastIn: time.Time(r.LastIn), LastOut: time.Time(r.LastOut), Alive: time.Time(r.Alive), LastError: r.LastError,
			LastErrorAt: time.Time(r.LastErrorAt), ErrorsInARow: r.ErrorsRow, ErrorsToday: r.ErrorsToday,
			TokenExpires: time.Time(r.TokenExpires), Announced: time.Time(r.Announced), Failed: r.Failed,
		},
	}
}

const sqlChannels = `
	SELECT c.channel, c.enabled, c.config, c.secrets, c.version, c.changed_at, c.alive_at, c.last_out, c.last_error, c.last_error_at,
		c.errors_row, c.errors_today, c.token_expires, c.announced_at,
		(SELECT received_at FROM calls WHERE channel = c.channel ORDER BY received_at DESC LIMIT 1) AS last_in,
		(SELECT count(*) FROM calls WHERE channel = c.channel AND state = 'failed') AS failed
	FROM channels c ORDER BY c.channel`

// Channels implements workflow.ChannelRows.
func (s *Store) Channels(ctx context.Context) ([]workflow.ChannelSettings, error) {
	return many(ctx, s, "list channels", channelRow.toSettings, sqlChannels)
}

const sqlAddChannel = `
	INSERT INTO channels (channel, enabled, config, secrets, changed_at, changed_by)
	VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (channel) DO NOTHING`

const sqlSaveChannel = `
	UPDATE channels SET enabled = $2, config = $3, secrets = $4, changed_at = $5, changed_by = $6, version = version + 1
	WHERE channel = $1 AND version = $7`

// SaveChannel implements workflow.ChannelRows.
func (s *Store) SaveChannel(ctx context.Context, c *workflow.ChannelSettings, by int64) error {
	args := []any{c.Channel, c.Enabled, pairs(c.Config), octets(c.Sealed), instant(c.Changed).or(s.now()), ref(by)}
	statement := sqlAddChannel
	if c.Version > 0 {
		statement, args = sqlSaveChannel, append(args, c.Version)
	}
	n, err := s.exec(ctx, "save channel", statement, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale("save channel")
	}
	c.Version++
	return nil
}

const sqlNoteChannel = `
	UPDATE channels SET
		last_out = CASE WHEN $3 THEN $2 ELSE last_out END,
		alive_at = CASE WHEN $4 THEN $2 ELSE alive_at END,
		errors_row = CASE WHEN $5 <> '' THEN errors_row + 1 WHEN $4 THEN 0 ELSE errors_row END,
		errors_today = CASE WHEN $5 = '' THEN errors_today WHEN errors_day = $6::date THEN errors_today + 1 ELSE 1 END,
		errors_day = CASE WHEN $5 = '' THEN errors_day ELSE $6::date END,
		last_error = CASE WHEN $5 = '' THEN last_error ELSE $5 END,
		last_error_at = CASE WHEN $5 = '' THEN last_error_at ELSE $2 END,
		token_expires = coalesce($7, token_expires)
	WHERE channel = $1`

// NoteChannel implements workflow.ChannelRows.
func (s *Store) NoteChannel(ctx context.Context, channel workflow.Channel, n workflow.ChannelNews) error {
	_, err := s.exec(ctx, "note channel", sqlNoteChannel, channel, instant(n.At).or(s.now()), n.Out, n.Alive, n.Error, date(n.Day), instant(n.TokenExpires))
	return err
}

const sqlAnnounceChannel = `
	UPDATE channels SET announced_at = $2
	WHERE channel = $1 AND (announced_at IS NULL) <> ($2::timestamptz IS NULL)`

// AnnounceChannel implements workflow.ChannelRows.
func (s *Store) AnnounceChannel(ctx context.Context, channel workflow.Channel, at time.Time) (bool, error) {
	n, err := s.exec(ctx, "announce channel", sqlAnnounceChannel, channel, instant(at))
	return n > 0, err
}

type callRow struct {
	ID       int64   `db:"id"`
	Channel  string  `db:"channel"`
	External []byte  `db:"external"`
	Sealed   octets  `db:"sealed"`
	Received instant `db:"received_at"`
	State    string  `db:"state"`
	Attempts int     `db:"attempts"`
	Next     instant `db:"next_at"`
	CaseID   ref     `db:"case_id"`
	Reason   string  `db:"reason"`
	Handled  instant `db:"handled_at"`
}

func (r callRow) toCall() workflow.Call {
	return workflow.Call{
		ID: r.ID, Channel: workflow.Channel(r.Channel), External: r.External, Sealed: r.Sealed, Received: time.Time(r.Received),
		State: workflow.CallState(r.State), Attempts: r.Attempts, Next: time.Time(r.Next), CaseID: int64(r.CaseID), Reason: r.Reason,
		Handled: time.Time(r.Handled),
	}
}

const callColumns = ` id, channel, external, sealed, received_at, state, attempts, next_at, case_id, reason, handled_at`

const sqlAddCall = `
	INSERT INTO calls (channel, external, sealed, received_at, state, attempts, next_at, case_id, reason, handled_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	RETURNING id`

// AddCall implements workflow.ChannelRows.
func (s *Store) AddCall(ctx context.Context, c *workflow.Call) error {
	at := instant(c.Received).or(s.now())
	id, err := one[int64](ctx, s, "add call", sqlAddCall, c.Channel, solid(c.External), octets(c.Sealed), at, c.State, c.Attempts,
		instant(c.Next).or(time.Time(at)), ref(c.CaseID), c.Reason, instant(c.Handled))
	if err == nil {
		c.ID = id
	}
	return err
}

const sqlCallBy = `SELECT` + callColumns + ` FROM calls WHERE channel = $1 AND external = $2`

// CallBy implements workflow.ChannelRows.
func (s *Store) CallBy(ctx context.Context, channel workflow.Channel, external []byte) (workflow.Call, error) {
	r, err := one[callRow](ctx, s, "find call", sqlCallBy, channel, solid(external))
	return r.toCall(), err
}

const sqlSaveCall = `
	UPDATE calls SET sealed = $2, state = $3, attempts = $4, next_at = $5, case_id = $6, reason = $7, handled_at = $8
	WHERE id = $1 AND state = $9 AND attempts = $10`

const sqlCallExists = `SELECT EXISTS (SELECT FROM calls WHERE id = $1)`

// SaveCall implements workflow.ChannelRows.
func (s *Store) SaveCall(ctx context.Context, was, c workflow.Call) error {
	return s.save(ctx, "save call", sqlSaveCall, sqlCallExists, c.ID, octets(c.Sealed), c.State, c.Attempts, instant(c.Next).or(s.now()),
		ref(c.CaseID), c.Reason, instant(c.Handled), was.State, was.Attempts)
}

const sqlNewCalls = `SELECT` + callColumns + ` FROM calls WHERE state = 'new' AND next_at <= $1 ORDER BY next_at, id LIMIT $2`

// NewCalls implements workflow.ChannelRows.
func (s *Store) NewCalls(ctx context.Context, now time.Time, limit int) ([]workflow.Call, error) {
	return many(ctx, s, "list new calls", callRow.toCall, sqlNewCalls, instant(now), ref(limit))
}

const sqlFailedCalls = `SELECT` + callColumns + `
	FROM calls WHERE state = 'failed' AND ($1::bigint = 0 OR id < $1) ORDER BY id DESC LIMIT $2`

// FailedCalls implements workflow.ChannelRows.
func (s *Store) FailedCalls(ctx context.Context, before int64, limit int) ([]workflow.Call, error) {
	return many(ctx, s, "list failed calls", callRow.toCall, sqlFailedCalls, before, ref(limit))
}
