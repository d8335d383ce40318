package workflow

import (
	"context"
	"time"
)

// Token lets a program speak for a member of staff. What the program shows is
// stored nowhere; Hash is a keyed hash of it.
type Token struct {
	ID      int64
	Account int64
	Name    string
	Hash    []byte
	// Roles are those of the account that it may use, as far as the account still
	// has them.
	Roles     []Role
	Write     bool // may change things; otherwise it only reads
	Created   time.Time
	Expires   time.Time
	Used      string // the college's day of its last use; "" for never
	Revoked   time.Time
	RevokedBy int64
}

// Alive reports whether the token opens anything at a moment.
func (t Token) Alive(at time.Time) bool { return t.Revoked.IsZero() && at.Before(t.Expires) }

// Tokens keeps the tokens of staff.
type Tokens interface {
	// AddToken stores *t and sets its ID. It is a Conflict when the account has a
	// token of that name that is not revoked, or the hash is known.
	AddToken(ctx context.Context, t *Token) error
	// TokenBy finds a token by its hash, whatever became of it.
	TokenBy(ctx context.Context, hash []byte) (Token, error)
	// TokensOf lists the tokens of an account that are not revoked, newest first.
	TokensOf(ctx context.Context, account int64) ([]Token, error)
	// RevokeToken ends a token of the account and returns it; one that is not
	// there, or revoked already, is NotFound.
	RevokeToken(ctx context.Context, account, id, by int64, at time.Time) (Token, error)
	// RevokeTokens ends all tokens of an account.
	RevokeTokens(ctx context.Context, account, by int64, at time.Time) error
	// UseToken notes the day of the last use.
	UseToken(ctx context.Context, id int64, day string) error
}
