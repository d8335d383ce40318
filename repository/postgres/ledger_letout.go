package postgres

import (
	"context"
	"time"

	"mailbox/workflow"
)

type letOutRow struct {
	itemRow
	Subject   string  `db:"r_subject"`
	SubjectID int64   `db:"r_subject_id"`
	Reviewed  octets  `db:"r_hash"`
	Passes    bool    `db:"r_passes"`
	Reviewer  ref     `db:"r_reviewer"`
	Decided   instant `db:"r_decided"`
}

func (r letOutRow) toLetOut() workflow.LetOut {
	return workflow.LetOut{
		Item: r.toItem(), Subject: workflow.ReviewSubject(r.Subject), SubjectID: r.SubjectID, Reviewed: r.Reviewed,
		Passes: r.Passes, Reviewer: int64(r.Reviewer), Decided: time.Time(r.Decided),
	}
}

// What the item says of its review is not believed: the row of the review is
// read, and its result.
const letOutColumns = itemColumns + `,
		coalesce(r.subject, '') AS r_subject, coalesce(r.subject_id, 0) AS r_subject_id, r.content_hash AS r_hash,
		coalesce(r.result IN ('public', 'partly'), false) AS r_passes, r.reviewer_id AS r_reviewer, r.decided_at AS r_decided`

const letOutFrom = ` FROM items i LEFT JOIN reviews r ON r.id = i.review_id WHERE (i.published_at IS NOT NULL OR i.state IN ('published', 'withdrawn'))`

const sqlItemsLetOut = `SELECT` + letOutColumns + letOutFrom + ` AND i.id > $1 ORDER BY i.id LIMIT $2`

const sqlImportLetOut = `SELECT` + letOutColumns + letOutFrom + ` AND i.id > $1 AND i.import_id = $2 ORDER BY i.id LIMIT $3`

// ItemsLetOut implements workflow.LetOuts.
func (s *Store) ItemsLetOut(ctx context.Context, after, imported int64, limit int) ([]workflow.LetOut, error) {
	if imported != 0 {
		return many(ctx, s, "list items of an import let out", letOutRow.toLetOut, sqlImportLetOut, after, imported, ref(limit))
	}
	return many(ctx, s, "list items let out", letOutRow.toLetOut, sqlItemsLetOut, after, ref(limit))
}
