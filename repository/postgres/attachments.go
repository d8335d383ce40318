package postgres

import (
	"context"

	"github.com/lib/pq"
)

const sqlFilesInUse = `
	SELECT sha256 FROM files WHERE sha256 = ANY ($1)
	UNION SELECT sha256 FROM raw_mails WHERE sha256 = ANY ($1)
	UNION SELECT sha256 FROM appraisals WHERE sha256 = ANY ($1)
	UNION SELECT sha256 FROM imports WHERE sha256 = ANY ($1)
	UNION SELECT f ->> 'sha256'
		FROM publications p, jsonb_array_elements(convert_from(p.content, 'UTF8')::jsonb -> 'files') f
		WHERE p.content LIKE '%"files":%' AND f ->> 'sha256' = ANY ($1)`

// FilesInUse implements workflow.Attachments.
func (s *Store) FilesInUse(ctx context.Context, sha256 []string) ([]string, error) {
	return many(ctx, s, "list files in use", same[string], sqlFilesInUse, pq.StringArray(sha256))
}
