package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"mailbox/workflow"
)

const sqlEverPublic = `SELECT` + publicationColumns + ` FROM publications p WHERE p.published_at IS NOT NULL AND p.id > $1 ORDER BY p.id LIMIT $2`

// EverPublic implements workflow.Publications.
func (s *Store) EverPublic(ctx context.Context, after int64, limit int) ([]workflow.Publication, error) {
	return many(ctx, s, "list what was published", publicationRow.toPublication, sqlEverPublic, after, limit)
}

// Who withdrew before an embargo ended never made anything public.
const sqlBecamePublic = `
	SELECT p.content_hash FROM publications p
	WHERE p.published_at IS NOT NULL AND p.visible_at >= $1 AND p.visible_at < $2 AND (p.withdrawn_at IS NULL OR p.withdrawn_at > p.visible_at)
	ORDER BY p.content_hash`

// BecamePublic implements workflow.Publications.
func (s *Store) BecamePublic(ctx context.Context, from, to time.Time) ([][]byte, error) {
	return many(ctx, s, "list what became public", same[[]byte], sqlBecamePublic, instant(from), instant(to))
}

const sqlFirstVisible = `
	SELECT min(p.visible_at) AS at FROM publications p
	WHERE p.published_at IS NOT NULL AND p.visible_at >= $1 AND (p.withdrawn_at IS NULL OR p.withdrawn_at > p.visible_at)`

// FirstVisible implements workflow.Publications.
func (s *Store) FirstVisible(ctx context.Context, from time.Time) (time.Time, error) {
	if from.IsZero() {
		from = time.Unix(0, 0)
	}
	at, err := one[instant](ctx, s, "find first visible", sqlFirstVisible, instant(from))
	return time.Time(at), err
}

type proofRow struct {
	Day    date          `db:"day"`
	Prev   octets        `db:"prev"`
	Leaves pq.ByteaArray `db:"leaves"`
	Root   octets        `db:"root"`
}

func (r proofRow) toDay() workflow.ProofDay {
	return workflow.ProofDay{Day: string(r.Day), Prev: r.Prev, Leaves: r.Leaves, Root: r.Root}
}

const sqlAddProofDay = `INSERT INTO proof_days (day, prev, leaves, root) VALUES ($1, $2, $3, $4)`

// AddProofDay implements workflow.Publications.
func (s *Store) AddProofDay(ctx context.Context, d workflow.ProofDay) error {
	_, err := s.exec(ctx, "add proof of a day", sqlAddProofDay, date(d.Day), solid(d.Prev), pq.ByteaArray(d.Leaves), octets(d.Root))
	return err
}

const sqlProofDays = `
	SELECT day, prev, leaves, root FROM proof_days WHERE $1::date IS NULL OR day < $1::date ORDER BY day DESC LIMIT $2`

// ProofDays implements workflow.Publications.
func (s *Store) ProofDays(ctx context.Context, before string, limit int) ([]workflow.ProofDay, error) {
	return many(ctx, s, "list proofs of days", proofRow.toDay, sqlProofDays, date(before), limit)
}
