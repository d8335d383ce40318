package workflowtest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"mailbox/workflow"
)

// Timers is workflow.Timers in memory.
type Timers struct {
	mu      sync.Mutex
	armed   map[string]timer
	filling string // the token of the Refill under way
	whole   bool
}

type timer struct {
	at      time.Time
	lease   time.Time // hidden from claimers until then
	claimed bool      // since it was armed last
}

var _ workflow.Timers = (*Timers)(nil)

// NewTimers returns an empty set.
func NewTimers() *Timers { return &Timers{armed: map[string]timer{}} }

// Arm implements workflow.Timers.
func (t *Timers) Arm(ctx context.Context, timers ...workflow.Timer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range timers {
		t.armed[one.Key] = timer{at: one.At}
	}
	return ctx.Err()
}

// Disarm implements workflow.Timers.
func (t *Timers) Disarm(ctx context.Context, keys ...string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		delete(t.armed, key)
	}
	return ctx.Err()
}

// Claim implements workflow.Timers.
func (t *Timers) Claim(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]workflow.Timer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var due []workflow.Timer
	for key, one := range t.armed {
		if !one.at.After(now) && !one.lease.After(now) {
			due = append(due, workflow.Timer{Key: key, At: one.at})
		}
	}
	slices.SortFunc(due, func(a, b workflow.Timer) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key)) })
	due = first(due, limit)
	for _, one := range due {
		t.armed[one.Key] = timer{at: one.At, lease: now.Add(lease), claimed: true}
	}
	return due, ctx.Err()
}

// Settle implements workflow.Timers.
func (t *Timers) Settle(ctx context.Context, keys ...string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		if t.armed[key].claimed {
			delete(t.armed, key)
		}
	}
	return ctx.Err()
}

// Count implements workflow.Timers.
func (t *Timers) Count(ctx context.Context) (int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int64(len(t.armed)), ctx.Err()
}

// Whole implements workflow.Timers.
func (t *Timers) Whole(ctx context.Context) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.whole, ctx.Err()
}

// Refill implements workflow.Timers.
func (t *Timers) Refill(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.whole, t.filling = false, rand.Text()
	return t.filling, ctx.Err()
}

// Refilled implements workflow.Timers.
func (t *Timers) Refilled(ctx context.Context, token string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.whole = t.whole || t.filling == token
	return ctx.Err()
}

// Lose forgets all timers, as a server that was emptied does.
func (t *Timers) Lose() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.armed, t.filling, t.whole = map[string]timer{}, "", false
}

// Armed is when the timer rings; ok is false when there is none.
func (t *Timers) Armed(key string) (at time.Time, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one, ok := t.armed[key]
	return one.at, ok
}

// Limiter is workflow.Limiter in memory.
type Limiter struct {
	// Now is what time it is; the wall clock unless set.
	Now func() time.Time

	mu   sync.Mutex
	full map[string]time.Time // when the key will have its whole burst again
}

var _ workflow.Limiter = (*Limiter)(nil)

// NewLimiter returns a Limiter that has seen nothing.
func NewLimiter() *Limiter { return &Limiter{Now: time.Now, full: map[string]time.Time{}} }

// Allow implements workflow.Limiter.
func (l *Limiter) Allow(ctx context.Context, limit workflow.Limit, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, step := l.Now(), limit.Per/time.Duration(limit.Rate)
	key = limit.Name + "\x00" + key
	full := l.full[key]
	if full.Before(now) {
		full = now
	}
	full = full.Add(step)
	if wait := full.Sub(now) - step*time.Duration(max(limit.Burst, 1)); wait > 0 {
		err := workflow.Fail(workflow.Limited, "limited")
		err.RetryAfter = wait
		return err
	}
	l.full[key] = full
	return ctx.Err()
}

// Sessions is workflow.Sessions in memory.
type Sessions struct {
	mu   sync.Mutex
	open map[string]session // by token
	over map[string]bool    // tickets
}

type session struct {
	workflow.Session
	idle, absolute time.Duration
}

var _ workflow.Sessions = (*Sessions)(nil)

// NewSessions returns a Sessions nobody is signed in to.
func NewSessions() *Sessions { return &Sessions{open: map[string]session{}, over: map[string]bool{}} }

// Open implements workflow.Sessions.
func (s *Sessions) Open(ctx context.Context, one workflow.Session, idle, absolute time.Duration) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one.Ticket != "" && s.over[one.Ticket] {
		return "", workflow.Fail(workflow.Unauthenticated, "session.over")
	}
	if one.ID == "" {
		one.ID = rand.Text()
	}
	if one.Seen.IsZero() {
		one.Seen = one.Since
	}
	token := rand.Text() + rand.Text()
	s.open[token] = session{one, idle, absolute}
	return token, ctx.Err()
}

// Find implements workflow.Sessions.
func (s *Sessions) Find(_ context.Context, token string, now time.Time) (workflow.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.open[token]
	if !ok || now.Sub(one.Seen) > one.idle || now.Sub(one.Since) > one.absolute {
		delete(s.open, token)
		return workflow.Session{}, workflow.Fail(workflow.Unauthenticated, "session.over")
	}
	one.Seen = now
	s.open[token] = one
	one.Ticket = ""
	return one.Session, nil
}

// Close implements workflow.Sessions.
func (s *Sessions) Close(ctx context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, token)
	return ctx.Err()
}

// CloseTicket implements workflow.Sessions.
func (s *Sessions) CloseTicket(ctx context.Context, ticket string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over[ticket] = true
	for token, one := range s.open {
		if one.Ticket == ticket {
			delete(s.open, token)
		}
	}
	return ctx.Err()
}

// CloseAll implements workflow.Sessions.
func (s *Sessions) CloseAll(ctx context.Context, accountID int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for token, one := range s.open {
		if one.AccountID == accountID {
			delete(s.open, token)
			n++
		}
	}
	return n, ctx.Err()
}

// List implements workflow.Sessions.
func (s *Sessions) List(ctx context.Context, accountID int64) ([]workflow.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []workflow.Session
	for _, one := range s.open {
		if one.AccountID == accountID {
			one.Ticket = ""
			out = append(out, one.Session)
		}
	}
	slices.SortFunc(out, func(a, b workflow.Session) int { return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.ID, b.ID)) })
	return out, ctx.Err()
}

// Once is workflow.Once in memory.
type Once struct {
	// Now is what time it is; the wall clock unless set.
	Now func() time.Time

	mu   sync.Mutex
	seen map[string]time.Time // until when
}

var _ workflow.Once = (*Once)(nil)

// NewOnce returns a Once that has seen nothing.
func NewOnce() *Once { return &Once{Now: time.Now, seen: map[string]time.Time{}} }

// First implements workflow.Once.
func (o *Once) First(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.Now()
	if o.seen[key].After(now) {
		return false, ctx.Err()
	}
	o.seen[key] = now.Add(ttl)
	return true, ctx.Err()
}

// Blobs is workflow.Blobs in memory.
type Blobs struct {
	mu    sync.Mutex
	files map[string][]byte
}

var _ workflow.Blobs = (*Blobs)(nil)

// NewBlobs returns an empty store of files.
func NewBlobs() *Blobs { return &Blobs{files: map[string][]byte{}} }

// Put implements workflow.Blobs.
func (b *Blobs) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err := errors.Join(err, ctx.Err()); err != nil {
		return "", 0, fmt.Errorf("put blob: %w", err)
	}
	if int64(len(content)) > limit {
		return "", 0, workflow.Wrong("files", "invalid.file_too_big")
	}
	sum := sha256.Sum256(content)
	name := hex.EncodeToString(sum[:])
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[name] = content
	return name, int64(len(content)), nil
}

// Open implements workflow.Blobs.
func (b *Blobs) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	content, ok := b.files[name]
	if !ok {
		return nil, workflow.Absent()
	}
	return io.NopCloser(bytes.NewReader(content)), ctx.Err()
}

// Keep implements workflow.Blobs.
func (b *Blobs) Keep(ctx context.Context, name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.files[name]; !ok {
		return workflow.Absent()
	}
	return ctx.Err()
}

// Sweep forgets every file, as the store's sweep does after two days.
func (b *Blobs) Sweep() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.files)
}

// Names lists the files, in order.
func (b *Blobs) Names() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for name := range b.files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
