package workflow

import (
	"context"
	"time"
)

// Unsent is how long a file that belongs to nothing is kept: a form that comes
// back with a mistake is sent again within this time, or its files are asked
// for again.
const Unsent = 48 * time.Hour

// Attachments knows which contents of Blobs belong to something.
type Attachments interface {
	// FilesInUse returns those of the hashes that a letter, an answer, a draft, a
	// mail, an import or an appraisal names, in no order. All others may be forgotten.
	FilesInUse(ctx context.Context, sha256 []string) ([]string, error)
}
