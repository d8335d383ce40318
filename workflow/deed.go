package workflow

import (
	"context"
	"time"
)

// Deed is what a program did to a case under a name of its own, and what it was
// answered: whoever sends it again is answered the same.
type Deed struct {
	Account int64
	Key     []byte // hash of the program's name for it
	Digest  []byte // of what was sent
	CaseID  int64
	Number  string
	Action  Action
	State   State // of the case afterwards
	Version int64 // of the case afterwards
	At      time.Time
}

// DeedsKept is how long a deed is known by its name.
const DeedsKept = 30 * 24 * time.Hour

// Deeds keeps what programs did.
type Deeds interface {
	// AddDeed stores d; Conflict when the account has one of that key.
	AddDeed(ctx context.Context, d Deed) error
	// DeedBy finds a deed of the account by its key, or NotFound.
	DeedBy(ctx context.Context, account int64, key []byte) (Deed, error)
	// ForgetDeeds drops what was done before a moment.
	ForgetDeeds(ctx context.Context, before time.Time) error
}
