package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const noticeColumns = `
		n.id, n.dedup, n.kind, n.case_id, n.message_ref, n.account_id, n.writer_id, n.channel, n.locale, n.args, n.secret,
		n.message_id, n.state, n.attempt, n.next_at, n.lease_until, n.reason, n.queued_at, n.sent_at, n.seen_at,
		n.settled_by, n.settled_at`

type noticeRow struct {
	ID        int64   `db:"id"`
	Dedup     string  `db:"dedup"`
	Kind      string  `db:"kind"`
	CaseID    ref     `db:"case_id"`
	Message   ref     `db:"message_ref"`
	Account   ref     `db:"account_id"`
	Writer    uid     `db:"writer_id"`
	Channel   string  `db:"channel"`
	Locale    string  `db:"locale"`
	Args      pairs   `db:"args"`
	Secret    octets  `db:"secret"`
	MessageID string  `db:"message_id"`
	State     string  `db:"state"`
	Attempt   int     `db:"attempt"`
	Next      instant `db:"next_at"`
	Lease     instant `db:"lease_until"`
	Reason    string  `db:"reason"`
	Queued    instant `db:"queued_at"`
	Sent      instant `db:"sent_at"`
	Seen      instant `db:"seen_at"`
	SettledBy ref     `db:"settled_by"`
	Settled   instant `db:"settled_at"`
}

func (r noticeRow) toNotice() workflow.Notice {
	return workflow.Notice{
		ID: r.ID, Dedup: r.Dedup, Kind: workflow.NoticeKind(r.Kind), CaseID: int64(r.CaseID), Message: int64(r.Message),
		Writer: string(r.Writer), Account: int64(r.Account), Channel: r.Channel, Locale: r.Locale, Args: r.Args, Secret: r.Secret,
		MessageID: r.MessageID, State: workflow.NoticeState(r.State), Attempt: r.Attempt, Next: time.Time(r.Next),
		Lease: time.Time(r.Lease), Reason: r.Reason, Queued: time.Time(r.Queued), Sent: time.Time(r.Sent),
		Seen: time.Time(r.Seen), SettledBy: int64(r.SettledBy), Settled: time.Time(r.Settled),
	}
}

const sqlNotice = `SELECT` + noticeColumns + ` FROM notices n WHERE n.id = $1`

// Notice implements workflow.Outbox.
func (s *Store) Notice(ctx context.Context, id int64) (workflow.Notice, error) {
	r, err := one[noticeRow](ctx, s, "read notice", sqlNotice, id)
	return r.toNotice(), err
}

const sqlNoticeByMessageID = `SELECT` + noticeColumns + ` FROM notices n WHERE n.message_id = $1`

// NoticeByMessageID implements workflow.Outbox.
func (s *Store) NoticeByMessageID(ctx context.Context, messageID string) (workflow.Notice, error) {
	r, err := one[noticeRow](ctx, s, "find notice by mail", sqlNoticeByMessageID, messageID)
	return r.toNotice(), err
}

const sqlNoticesOf = `SELECT` + noticeColumns + ` FROM notices n WHERE n.case_id = $1 ORDER BY n.id`

// NoticesOf implements workflow.Outbox.
func (s *Store) NoticesOf(ctx context.Context, caseID int64) ([]workflow.Notice, error) {
	return many(ctx, s, "list notices of case", noticeRow.toNotice, sqlNoticesOf, caseID)
}

const sqlUndelivered = `SELECT` + noticeColumns + `
	FROM notices n
	WHERE n.state IN ('failed', 'uncertain') AND n.settled_at IS NULL AND ($1::bigint = 0 OR n.id < $1)
	ORDER BY n.id DESC
	LIMIT $2`

// Undelivered implements workflow.Outbox.
func (s *Store) Undelivered(ctx context.Context, before int64, limit int) ([]workflow.Notice, error) {
	return many(ctx, s, "list undelivered notices", noticeRow.toNotice, sqlUndelivered, before, ref(limit))
}

const sqlOutgoing = `SELECT` + noticeColumns + `
	FROM notices n
	WHERE n.channel = 'email' AND ($1::bigint = 0 OR n.id < $1)
	ORDER BY n.id DESC
	LIMIT $2`

// Outgoing implements workflow.Outbox.
func (s *Store) Outgoing(ctx context.Context, before int64, limit int) ([]workflow.Notice, error) {
	return many(ctx, s, "list outgoing notices", noticeRow.toNotice, sqlOutgoing, before, ref(limit))
}

const sqlPageNotices = `SELECT` + noticeColumns + `
	FROM notices n
	WHERE n.channel = 'page' AND n.account_id = $1 AND ($2::bigint = 0 OR n.id < $2)
	ORDER BY n.id DESC
	LIMIT $3`

// PageNotices implements workflow.Outbox.
func (s *Store) PageNotices(ctx context.Context, account, before int64, limit int) ([]workflow.Notice, error) {
	return many(ctx, s, "list page notices", noticeRow.toNotice, sqlPageNotices, account, before, ref(limit))
}

const sqlSeePageNotices = `
	UPDATE notices SET seen_at = $3
	WHERE channel = 'page' AND account_id = $1 AND id <= $2 AND seen_at IS NULL`

// SeePageNotices implements workflow.Outbox.
func (s *Store) SeePageNotices(ctx context.Context, account, upTo int64, at time.Time) error {
	_, err := s.exec(ctx, "see page notices", sqlSeePageNotices, account, upTo, instant(at))
	return err
}

const sqlCountUnseen = `SELECT count(*) FROM notices WHERE channel = 'page' AND account_id = $1 AND seen_at IS NULL`

// CountUnseen implements workflow.Outbox.
func (s *Store) CountUnseen(ctx context.Context, account int64) (int, error) {
	return one[int](ctx, s, "count unseen notices", sqlCountUnseen, account)
}
