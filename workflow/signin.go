package workflow

import (
	"context"
	"slices"
	"time"
)

// Way is a way to sign in.
type Way string

// The ways. Local is a password of ours; it can never be switched off.
const (
	Local Way = "local"
	CAS   Way = "cas"
	OIDC  Way = "oidc"
	LDAP  Way = "ldap"
)

// CampusWays are the ways in which the campus says who somebody is, in the order
// pages show them.
var CampusWays = []Way{CAS, OIDC, LDAP}

// Campus reports whether w is one of CampusWays.
func (w Way) Campus() bool { return slices.Contains(CampusWays, w) }

// WaySettings is how a way is set up. Config may be shown; Sealed are the
// secrets, as the vault locked them.
type WaySettings struct {
	Way     Way
	Enabled bool
	Config  map[string]string
	Sealed  []byte
	Version int64 // 0: never set up
	Changed time.Time
}

// CampusName is what an account is called on the campus.
type CampusName struct {
	Account int64
	Name    string
	Way     Way       // it came in by last; "" for none
	Seen    time.Time // when that was
}

// SecondFactor is the second step of an account. Sealed is its secret.
type SecondFactor struct {
	Account   int64
	Sealed    []byte
	Created   time.Time
	Confirmed time.Time // zero: begun, and asked for by nobody
	LastStep  int64     // of the last code that was used
}

// SignIns keeps how people sign in.
type SignIns interface {
	// SecondFactor is the account's, or NotFound.
	SecondFactor(ctx context.Context, account int64) (SecondFactor, error)
	// BeginSecondFactor stores f in the place of one that was not confirmed; one
	// that was is a Conflict.
	BeginSecondFactor(ctx context.Context, f SecondFactor) error
	// ConfirmSecondFactor makes the one that was begun count, with the hashes of
	// its recovery codes; one confirmed already is a Conflict.
	ConfirmSecondFactor(ctx context.Context, account, step int64, at time.Time, codes [][]byte) error
	// DropSecondFactor forgets the account's, and its recovery codes; none is
	// NotFound.
	DropSecondFactor(ctx context.Context, account int64) error
	// UseStep reports whether a code of a later step than any before was used.
	UseStep(ctx context.Context, account, step int64) (bool, error)
	// UseRecoveryCode reports whether the code was there and unused.
	UseRecoveryCode(ctx context.Context, account int64, hash []byte, at time.Time) (bool, error)
	// CountRecoveryCodes counts those that are unused.
	CountRecoveryCodes(ctx context.Context, account int64) (int, error)

	// Ways lists the ways that were ever set up.
	Ways(ctx context.Context) ([]WaySettings, error)
	// SaveWay stores w if the stored version is still w.Version (0: there is none
	// yet), and counts it up; else Conflict.
	SaveWay(ctx context.Context, w *WaySettings, by int64) error

	// CampusName finds an account by what the campus calls it, or NotFound.
	CampusName(ctx context.Context, name string) (CampusName, error)
	// CampusNameOf is what the account is called, or NotFound.
	CampusNameOf(ctx context.Context, account int64) (CampusName, error)
	// CampusNames lists those who came in by the way last, accounts above after,
	// in order.
	CampusNames(ctx context.Context, way Way, after int64, limit int) ([]CampusName, error)
	// SaveCampusName stores n in the place of what the account was called; a name
	// somebody else has is a Conflict, and an empty one forgets it.
	SaveCampusName(ctx context.Context, n CampusName) error
}
