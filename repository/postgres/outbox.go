package postgres

import (
	"context"
	"errors"
	"time"

	"mailbox/workflow"
)

const sqlAddNotice = `
	INSERT INTO notices (dedup, kind, case_id, message_ref, to_kind, account_id, writer_id, channel, locale, args, secret,
		message_id, state, attempt, next_at, lease_until, reason, queued_at, sent_at, seen_at, settled_by, settled_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
	ON CONFLICT (dedup) DO NOTHING
	RETURNING id`

// AddNotice implements workflow.Outbox. Deliverers hear of it once it is kept.
func (s *Store) AddNotice(ctx context.Context, n *workflow.Notice) error {
	ids, err := many(ctx, s, "add notice", same[int64], sqlAddNotice, noticeValues(n, s.now())...)
	if err != nil {
		return err
	}
	n.ID = 0
	if len(ids) == 0 {
		return nil // told already
	}
	n.ID = ids[0]
	if n.State == workflow.Queued {
		s.noticed()
	}
	return nil
}

// noticed rings the bell, at once or when the act is kept.
func (s *Store) noticed() {
	if s.act != nil {
		s.act.noticed = true
		return
	}
	s.bell.ring()
}

func noticeValues(n *workflow.Notice, now time.Time) []any {
	queued := instant(n.Queued).or(now)
	return []any{
		n.Dedup, n.Kind, ref(n.CaseID), ref(n.Message), recipient(*n), ref(n.Account), uid(n.Writer), n.Channel, n.Locale, pairs(n.Args),
		octets(n.Secret), n.MessageID, n.State, n.Attempt, instant(n.Next).or(time.Time(queued)), instant(n.Lease), n.Reason,
		queued, instant(n.Sent), instant(n.Seen), ref(n.SettledBy), instant(n.Settled),
	}
}

func recipient(n workflow.Notice) string {
	if n.Account != 0 {
		return "account"
	}
	return "writer"
}

const sqlTakeNotices = `
	WITH taken AS (
		UPDATE notices n SET state = 'sending', attempt = attempt + 1, lease_until = $3
		WHERE id IN (
			SELECT id FROM notices WHERE state = 'queued' AND next_at <= $1
			ORDER BY next_at, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
		)
		RETURNING` + noticeColumns + `
	)
	SELECT` + noticeColumns + ` FROM taken n ORDER BY n.next_at, n.id`

// TakeNotices implements workflow.Outbox.
func (s *Store) TakeNotices(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]workflow.Notice, error) {
	return many(ctx, s, "take notices", noticeRow.toNotice, sqlTakeNotices, instant(now), ref(limit), instant(now.Add(lease)))
}

// The number of the attempt fences: whoever lost its lease and comes late finds
// another attempt, or none, under way.
const sqlFinishNotice = `
	UPDATE notices n SET state = $3, lease_until = NULL, reason = $4,
		next_at = CASE WHEN $3 = 'queued' THEN $5 ELSE next_at END,
		sent_at = CASE WHEN $3 = 'sent' THEN $6::timestamptz END,
		secret = CASE WHEN $3 = 'sent' THEN NULL ELSE secret END
	WHERE id = $1 AND attempt = $2 AND state = 'sending'`

const sqlNoticeExists = `SELECT EXISTS (SELECT FROM notices WHERE id = $1)`

// FinishNotice implements workflow.Outbox.
func (s *Store) FinishNotice(ctx context.Context, n workflow.Notice, r workflow.SendResult, next, at time.Time) error {
	if r.State == workflow.Sending {
		return errors.New("finish notice: an attempt that is finished is not under way")
	}
	return s.save(ctx, "finish notice", sqlFinishNotice, sqlNoticeExists, n.ID,
		n.Attempt, r.State, r.Reason, instant(next).or(at), instant(at))
}

const sqlReapNotices = `
	WITH reaped AS (
		UPDATE notices n SET state = 'uncertain', lease_until = NULL
		WHERE id IN (SELECT id FROM notices WHERE state = 'sending' AND lease_until < $1 FOR NO KEY UPDATE SKIP LOCKED)
		RETURNING` + noticeColumns + `
	)
	SELECT` + noticeColumns + ` FROM reaped n ORDER BY n.id`

// ReapNotices implements workflow.Outbox.
func (s *Store) ReapNotices(ctx context.Context, now time.Time) ([]workflow.Notice, error) {
	return many(ctx, s, "reap notices", noticeRow.toNotice, sqlReapNotices, instant(now))
}

// Queued once more it is nobody's trouble any longer, but it still says who
// sent it on.
const sqlSettleNotice = `
	UPDATE notices n SET settled_by = $2,
		settled_at = CASE WHEN $3 THEN NULL ELSE $4::timestamptz END,
		state = CASE WHEN $3 THEN 'queued' ELSE state END,
		next_at = CASE WHEN $3 THEN $4::timestamptz ELSE next_at END
	WHERE id = $1 AND state IN ('failed', 'uncertain')`

// SettleNotice implements workflow.Outbox.
func (s *Store) SettleNotice(ctx context.Context, id, by int64, again bool, at time.Time) error {
	err := s.save(ctx, "settle notice", sqlSettleNotice, sqlNoticeExists, id, ref(by), again, instant(at))
	if err == nil && again {
		s.noticed()
	}
	return err
}

const sqlFailNotice = `
	WITH failed AS (
		UPDATE notices n SET state = 'failed', reason = $2, sent_at = NULL
		WHERE message_id = $1 AND state = 'sent'
		RETURNING` + noticeColumns + `
	)
	SELECT` + noticeColumns + ` FROM failed n`

// FailNoticeByMessageID implements workflow.Outbox.
func (s *Store) FailNoticeByMessageID(ctx context.Context, messageID, reason string) (workflow.Notice, error) {
	r, err := one[noticeRow](ctx, s, "fail notice", sqlFailNotice, messageID, reason)
	return r.toNotice(), err
}
