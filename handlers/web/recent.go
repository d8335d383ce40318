package web

import (
	"sync"
	"time"
)

// recentFor is how long what was read is good without asking again.
const recentFor = 5 * time.Second

// Recent remembers what seldom changes and is asked for with every request: the
// lists a letter chooses from. Its zero value is ready; many may use it at once.
type Recent[T any] struct {
	// Hold gives what was known last while the store is away, so that a letter
	// that cannot be stored just now can still be shown to its writer.
	Hold bool

	mu   sync.Mutex
	read time.Time
	kept T
}

// Load returns what ask read a moment ago, or reads it anew.
func (r *Recent[T]) Load(now time.Time, ask func() (T, error)) (T, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := !r.read.IsZero()
	if known && now.Sub(r.read) < recentFor && !now.Before(r.read) {
		return r.kept, nil
	}
	fresh, err := ask()
	switch {
	case err == nil:
		r.kept, r.read = fresh, now
	case known && r.Hold:
		r.read = now.Add(time.Second - recentFor) // ask again in a second
	default:
		var none T
		return none, err
	}
	return r.kept, nil
}
