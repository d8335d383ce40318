package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

const cursorColumns = `
		b.name, b.uid_validity, b.last_uid, b.server_uids, b.seen_at, b.fault,
		(SELECT count(*) FROM raw_mails m WHERE m.mailbox = b.name) AS ingested`

type cursorRow struct {
	Mailbox     string  `db:"name"`
	UIDValidity uint32  `db:"uid_validity"`
	LastUID     uint32  `db:"last_uid"`
	ServerUIDs  int     `db:"server_uids"`
	Seen        instant `db:"seen_at"`
	Fault       string  `db:"fault"`
	Ingested    int     `db:"ingested"`
}

func (r cursorRow) toCursor() workflow.MailCursor {
	return workflow.MailCursor{
		Mailbox: r.Mailbox, UIDValidity: r.UIDValidity, LastUID: r.LastUID, ServerUIDs: r.ServerUIDs,
		Ingested: r.Ingested, Seen: time.Time(r.Seen), Fault: r.Fault,
	}
}

// A mailbox nobody has read yet has a row of zeros.
const sqlCursor = `SELECT` + cursorColumns + `
	FROM (
		SELECT name, uid_validity, last_uid, server_uids, seen_at, fault FROM mailboxes WHERE name = $1
		UNION ALL
		SELECT $1, 0, 0, 0, NULL, '' WHERE NOT EXISTS (SELECT FROM mailboxes WHERE name = $1)
	) b`

// Cursor implements workflow.Mailroom.
func (s *Store) Cursor(ctx context.Context, mailbox string) (workflow.MailCursor, error) {
	r, err := one[cursorRow](ctx, s, "read mailbox", sqlCursor, mailbox)
	return r.toCursor(), err
}

const sqlSaveCursor = `
	INSERT INTO mailboxes (name, uid_validity, last_uid, server_uids, seen_at, fault) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (name) DO UPDATE SET uid_validity = EXCLUDED.uid_validity, last_uid = EXCLUDED.last_uid,
		server_uids = EXCLUDED.server_uids, seen_at = EXCLUDED.seen_at, fault = EXCLUDED.fault`

// SaveCursor implements workflow.Mailroom.
func (s *Store) SaveCursor(ctx context.Context, c workflow.MailCursor) error {
	_, err := s.exec(ctx, "save mailbox", sqlSaveCursor,
		c.Mailbox, int64(c.UIDValidity), int64(c.LastUID), c.ServerUIDs, instant(c.Seen), c.Fault)
	return err
}

const sqlArrived = `SELECT external FROM raw_mails WHERE external = ANY ($1)`

// Arrived implements workflow.Mailroom.
func (s *Store) Arrived(ctx context.Context, externals []string) ([]string, error) {
	same := func(external string) string { return external }
	return many(ctx, s, "look mails up", same, sqlArrived, array(externals))
}

const sqlCursors = `SELECT` + cursorColumns + ` FROM mailboxes b ORDER BY b.name`

// Cursors implements workflow.Mailroom.
func (s *Store) Cursors(ctx context.Context) ([]workflow.MailCursor, error) {
	return many(ctx, s, "list mailboxes", cursorRow.toCursor, sqlCursors)
}

const sqlMarkDead = `
	INSERT INTO dead_addresses (mail_index, reason, at) VALUES ($1, $2, $3)
	ON CONFLICT (mail_index) DO UPDATE SET reason = EXCLUDED.reason, at = EXCLUDED.at`

// MarkDead implements workflow.Mailroom.
func (s *Store) MarkDead(ctx context.Context, mailIndex []byte, reason string, at time.Time) error {
	_, err := s.exec(ctx, "mark address dead", sqlMarkDead, solid(mailIndex), reason, instant(at))
	return err
}

const sqlIsDead = `SELECT EXISTS (SELECT FROM dead_addresses WHERE mail_index = $1)`

// IsDead implements workflow.Mailroom.
func (s *Store) IsDead(ctx context.Context, mailIndex []byte) (bool, error) {
	return one[bool](ctx, s, "look up address", sqlIsDead, solid(mailIndex))
}

// What waits to be sent counts: the brake must hold before the first mail leaves.
const sqlCountAnswered = `
	SELECT count(*) FROM notices n JOIN writers w ON w.id = n.writer_id
	WHERE w.mail_index = $1 AND n.channel = 'email' AND n.queued_at >= $2`

// CountAnswered implements workflow.Mailroom.
func (s *Store) CountAnswered(ctx context.Context, mailIndex []byte, since time.Time) (int, error) {
	return one[int](ctx, s, "count mails to writer", sqlCountAnswered, octets(mailIndex), since.UTC())
}
