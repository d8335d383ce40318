package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type faultRow struct {
	Channel string  `db:"channel"`
	Kind    string  `db:"kind"`
	N       int     `db:"n"`
	Last    instant `db:"last_at"`
}

func (r faultRow) toFault() workflow.ChannelFault {
	return workflow.ChannelFault{Channel: workflow.Channel(r.Channel), Kind: r.Kind, N: r.N, Last: time.Time(r.Last)}
}

const sqlAddFault = `
	INSERT INTO channel_faults AS f (channel, day, kind, n, last_at) VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (channel, day, kind) DO UPDATE SET n = f.n + excluded.n, last_at = greatest(f.last_at, excluded.last_at)`

// AddFaults implements workflow.ChannelFaults.
func (s *Store) AddFaults(ctx context.Context, day string, faults ...workflow.ChannelFault) error {
	return s.together(ctx, func(s *Store) error {
		for _, f := range faults {
			if f.N < 1 {
				continue
			}
			if _, err := s.exec(ctx, "add fault", sqlAddFault, f.Channel, date(day), f.Kind, f.N, instant(f.Last).or(s.now())); err != nil {
				return err
			}
		}
		return nil
	})
}

const sqlFaultsOf = `
	SELECT channel, kind, n, last_at FROM channel_faults WHERE channel = $1 AND day = $2 ORDER BY n DESC, kind`

// FaultsOf implements workflow.ChannelFaults.
func (s *Store) FaultsOf(ctx context.Context, channel workflow.Channel, day string) ([]workflow.ChannelFault, error) {
	return many(ctx, s, "list faults", faultRow.toFault, sqlFaultsOf, channel, date(day))
}

const sqlFailedKinds = `
	SELECT channel, reason AS kind, count(*) AS n, max(handled_at) AS last_at
	FROM calls WHERE channel = $1 AND state = 'failed' GROUP BY channel, reason ORDER BY n DESC, reason`

// FailedKinds implements workflow.ChannelFaults.
func (s *Store) FailedKinds(ctx context.Context, channel workflow.Channel) ([]workflow.ChannelFault, error) {
	return many(ctx, s, "list kinds of failed calls", faultRow.toFault, sqlFailedKinds, channel)
}

type windowsRow struct {
	Open  int     `db:"open"`
	Heard instant `db:"heard_at"`
}

func (r windowsRow) toWindows() workflow.ReplyWindows {
	return workflow.ReplyWindows{Open: r.Open, Heard: time.Time(r.Heard)}
}

const sqlWindowsOf = `
	SELECT count(*) AS open, min(heard_at) AS heard_at FROM conversations
	WHERE channel = $1 AND heard_at > $2 AND used < $3 AND heard_by = 'message' AND room = '' AND gone_at IS NULL`

// WindowsOf implements workflow.ChannelFaults.
func (s *Store) WindowsOf(ctx context.Context, channel workflow.Channel, after time.Time, most int) (workflow.ReplyWindows, error) {
	r, err := one[windowsRow](ctx, s, "count open windows", sqlWindowsOf, channel, instant(after), most)
	return r.toWindows(), err
}

const sqlLettersSince = `
	SELECT count(*) FROM bindings b JOIN conversations v ON v.id = b.conversation_id JOIN cases c ON c.id = b.case_id
	WHERE b.conversation_id = $1 AND b.at > $2 AND c.received_at > $2 AND c.channel = v.channel`

// LettersSince implements workflow.ChannelFaults.
func (s *Store) LettersSince(ctx context.Context, conversation int64, after time.Time) (int, error) {
	return one[int](ctx, s, "count letters of a conversation", sqlLettersSince, conversation, instant(after))
}

const sqlWordsSince = `SELECT count(*) FROM calls WHERE case_id = $1 AND state = 'added' AND received_at > $2`

// WordsSince implements workflow.ChannelFaults.
func (s *Store) WordsSince(ctx context.Context, caseID int64, after time.Time) (int, error) {
	return one[int](ctx, s, "count words added to a case", sqlWordsSince, caseID, instant(after))
}
