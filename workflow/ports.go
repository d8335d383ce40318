package workflow

import (
	"context"
	"io"
	"time"
)

// Timer is an alarm for one step of one clock.
type Timer struct {
	// Key names the clock and the step, for example "42:breach". The same key
	// armed twice is one timer, at the later call's time.
	Key string
	At  time.Time
}

// Timers is a set of alarms that may be lost at any moment: PostgreSQL holds
// the clocks, and whoever acts on a claimed timer re-reads the clock first.
// Every method is safe for any number of processes at once.
type Timers interface {
	// Arm sets timers, moving those whose keys are armed already.
	Arm(ctx context.Context, timers ...Timer) error
	// Disarm removes timers; unknown keys are no error.
	Disarm(ctx context.Context, keys ...string) error
	// Claim takes up to limit timers due at or before now, earliest first, and
	// hides them from other claimers until the lease runs out. A timer that is
	// not settled within its lease can be claimed again.
	Claim(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]Timer, error)
	// Settle forgets claimed timers that have been acted upon. A timer that was
	// armed anew since it was claimed stays armed.
	Settle(ctx context.Context, keys ...string) error
	// Count is the number of timers armed or claimed.
	Count(ctx context.Context) (int64, error)
	// Whole reports whether nothing was lost since the last Refill that ended.
	Whole(ctx context.Context) (bool, error)
	// Refill says that all timers are about to be armed anew, and Refilled, with
	// the token it gave, that they are. What is lost between the two, or armed
	// anew by somebody else too, leaves the set as it was: not whole, or theirs
	// to end.
	Refill(ctx context.Context) (token string, err error)
	Refilled(ctx context.Context, token string) error
}

// Limit is how often something may be done: Burst at once, then Rate times in
// every Per.
type Limit struct {
	Name  string // a stable word, part of the key
	Rate  int
	Burst int
	Per   time.Duration
}

// Limiter refuses what is done too often.
type Limiter interface {
	// Allow counts one more use of limit by key. It returns nil, or a Limited
	// error whose RetryAfter says when to come back, or an Unavailable error
	// when it cannot tell.
	Allow(ctx context.Context, limit Limit, key string) error
}

// Session is one signed-in browser.
type Session struct {
	ID        string // public handle for lists and revoking; never the cookie's value
	AccountID int64
	Since     time.Time
	Seen      time.Time
	Client    string // short words about the browser, for the account's own list
	// Ticket is what the campus calls the session where somebody signed in there,
	// so that it can end it; "" otherwise. It is stored hashed and not read again.
	Ticket string
}

// Sessions remembers who is signed in. The token is 256 random bits; only its
// hash is stored.
type Sessions interface {
	// Open starts a session for the account and returns the cookie's token. One
	// whose ticket was closed already is Unauthenticated.
	Open(ctx context.Context, s Session, idle, absolute time.Duration) (token string, err error)
	// Find returns the session of token and renews its idle time, or an
	// Unauthenticated error.
	Find(ctx context.Context, token string, now time.Time) (Session, error)
	// Close ends the session of token.
	Close(ctx context.Context, token string) error
	// CloseTicket ends the session that was opened with a ticket, or that will be
	// within the next minutes; an unknown ticket is no error.
	CloseTicket(ctx context.Context, ticket string) error
	// CloseAll ends every session of the account; it returns how many.
	CloseAll(ctx context.Context, accountID int64) (int, error)
	// List returns the account's sessions, last seen first.
	List(ctx context.Context, accountID int64) ([]Session, error)
}

// Once remembers keys for a while: nonces of callbacks, tokens of forms.
type Once interface {
	// First reports whether key was not seen during the last ttl, and remembers it.
	First(ctx context.Context, key string, ttl time.Duration) (bool, error)
}

// Blobs keeps files under the SHA-256 of their content, in lower-case hex.
type Blobs interface {
	// Put stores everything r gives, durably, before it returns. Storing the
	// same bytes twice is one file. More than max bytes is an Invalid error
	// and leaves nothing behind.
	Put(ctx context.Context, r io.Reader, max int64) (sha256 string, size int64, err error)
	// Open returns the content, or NotFound. The reader reports an error at the
	// end when the bytes no longer match their name.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
	// Keep makes sure that content stored some time ago is there for the next
	// day, though nothing names it yet; content that is gone is NotFound.
	Keep(ctx context.Context, sha256 string) error
}

// Kept remembers words for a while, for all processes: tokens of platforms. What
// it holds may be lost at any moment.
type Kept interface {
	// Keep remembers value under key until ttl is over.
	Keep(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Recall returns what is remembered, or NotFound.
	Recall(ctx context.Context, key string) ([]byte, error)
	// Hold lets one process at a time do what key names; others wait, at most
	// ttl, after which the hold is over by itself.
	Hold(ctx context.Context, key string, ttl time.Duration) (release func(), err error)
}
