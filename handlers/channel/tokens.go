package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"mailbox/workflow"
)

// Tokens keeps access tokens of platforms for all replicas, in Redis, sealed.
// One of them refreshes, before the token expires; the others wait for it.
// Without Redis each has its own: the platforms give the same token to all.
type Tokens struct {
	store workflow.Kept
	seal  func([]byte) []byte
	open  func([]byte) ([]byte, error)
	now   func() time.Time

	mu  sync.Mutex
	own map[string]token // what this process was given last
}

type token struct {
	Value   string
	Expires time.Time
}

// NewTokens returns Tokens.
func NewTokens(store workflow.Kept, seal func([]byte) []byte, open func([]byte) ([]byte, error), now func() time.Time) *Tokens {
	return &Tokens{store: store, seal: seal, open: open, now: now, own: map[string]token{}}
}

// early is how long before its end a token is not used any more.
const early = 5 * time.Minute

// Fresh asks the platform for a token; it lasts for a while.
type Fresh func(ctx context.Context) (value string, lasts time.Duration, err error)

// Get is the token of an account. stale is one that the platform has just
// refused: it is not given again.
func (t *Tokens) Get(ctx context.Context, account, stale string, fresh Fresh) (string, time.Time, error) {
	if k, ok := t.have(ctx, account, stale); ok {
		return k.Value, k.Expires, nil
	}
	release, err := t.store.Hold(ctx, "token:"+account, 2*Within)
	if err == nil {
		defer release()
		if k, ok := t.have(ctx, account, stale); ok { // somebody was quicker
			return k.Value, k.Expires, nil
		}
	}
	value, lasts, err := fresh(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	k := token{value, t.now().Add(lasts)}
	t.keep(ctx, account, k, lasts)
	return k.Value, k.Expires, nil
}

func (t *Tokens) have(ctx context.Context, account, stale string) (token, bool) {
	good := func(k token) bool { return k.Value != "" && k.Value != stale && k.Expires.Sub(t.now()) > early }
	sealed, err := t.store.Recall(ctx, "token:"+account)
	if err != nil {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.own[account], workflow.KindOf(err) == workflow.Unavailable && good(t.own[account])
	}
	var k token
	plain, err := t.open(sealed)
	if err != nil || json.Unmarshal(plain, &k) != nil {
		return token{}, false
	}
	return k, good(k)
}

func (t *Tokens) keep(ctx context.Context, account string, k token, lasts time.Duration) {
	t.mu.Lock()
	t.own[account] = k
	t.mu.Unlock()
	if plain, err := json.Marshal(k); err == nil {
		_ = t.store.Keep(ctx, "token:"+account, t.seal(plain), lasts) // without Redis each has its own
	}
}

// Use calls with the token of an account, and once more with a new one when the
// platform has refused it. Whatever keeps a token from being had is ErrToken.
func (t *Tokens) Use(ctx context.Context, account string, fresh Fresh, call func(token string, expires time.Time) (refused bool, err error)) error {
	stale := ""
	for {
		token, expires, err := t.Get(ctx, account, stale, fresh)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrToken, err)
		}
		refused, err := call(token, expires)
		if err != nil || !refused || stale != "" {
			return err
		}
		stale = token
	}
}
