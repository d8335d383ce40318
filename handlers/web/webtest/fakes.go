package webtest

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"

	"mailbox/handlers/web"
	"mailbox/workflow"
)

// ErrAway is what a fake answers while it is away.
var ErrAway = &workflow.Error{
	Kind: workflow.Unavailable, Key: "request.unavailable", RetryAfter: 7 * time.Second, Err: errors.New("connection refused"),
}

// Sessions is a workflow.Sessions in memory.
type Sessions struct {
	mu    sync.Mutex
	away  bool
	bytok map[string]*live
}

type live struct {
	workflow.Session
	idle, absolute time.Duration
}

// NewSessions returns no sessions.
func NewSessions() *Sessions { return &Sessions{bytok: map[string]*live{}} }

// SetAway makes every call fail, or work again.
func (s *Sessions) SetAway(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

// Open implements workflow.Sessions.
func (s *Sessions) Open(_ context.Context, sess workflow.Session, idle, absolute time.Duration) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return "", ErrAway
	}
	token := rand.Text()
	sess.ID = rand.Text()
	s.bytok[token] = &live{sess, idle, absolute}
	return token, nil
}

// Find implements workflow.Sessions.
func (s *Sessions) Find(_ context.Context, token string, now time.Time) (workflow.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return workflow.Session{}, ErrAway
	}
	l, ok := s.bytok[token]
	if !ok || now.Sub(l.Seen) >= l.idle || now.Sub(l.Since) >= l.absolute {
		delete(s.bytok, token)
		return workflow.Session{}, workflow.Fail(workflow.Unauthenticated, "request.unauthenticated")
	}
	l.Seen = now
	return l.Session, nil
}

// Close implements workflow.Sessions.
func (s *Sessions) Close(_ context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return ErrAway
	}
	delete(s.bytok, token)
	return nil
}

// CloseTicket implements workflow.Sessions.
func (s *Sessions) CloseTicket(_ context.Context, ticket string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return ErrAway
	}
	for token, l := range s.bytok {
		if l.Ticket == ticket {
			delete(s.bytok, token)
		}
	}
	return nil
}

// CloseAll implements workflow.Sessions.
func (s *Sessions) CloseAll(_ context.Context, accountID int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return 0, ErrAway
	}
	before := len(s.bytok)
	for token, l := range s.bytok {
		if l.AccountID == accountID {
			delete(s.bytok, token)
		}
	}
	return before - len(s.bytok), nil
}

// List implements workflow.Sessions.
func (s *Sessions) List(_ context.Context, accountID int64) ([]workflow.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return nil, ErrAway
	}
	var out []workflow.Session
	for _, l := range s.bytok {
		if l.AccountID == accountID {
			out = append(out, l.Session)
		}
	}
	slices.SortFunc(out, func(a, b workflow.Session) int { return b.Seen.Compare(a.Seen) })
	return out, nil
}

// Limiter is a workflow.Limiter that lets Burst uses of a key pass and never
// refills. It remembers the keys it was asked about.
type Limiter struct {
	mu   sync.Mutex
	away bool
	used map[string]int
	keys []string
}

// NewLimiter returns a limiter nobody has used.
func NewLimiter() *Limiter { return &Limiter{used: map[string]int{}} }

// SetAway makes every call fail, or work again.
func (l *Limiter) SetAway(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
}

// Keys lists the keys of all calls, in order.
func (l *Limiter) Keys() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.keys)
}

// Allow implements workflow.Limiter.
func (l *Limiter) Allow(_ context.Context, limit workflow.Limit, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return ErrAway
	}
	l.keys = append(l.keys, key)
	name := limit.Name + " " + key
	if l.used[name] >= limit.Burst {
		return &workflow.Error{Kind: workflow.Limited, Key: "request.unavailable", RetryAfter: 1500 * time.Millisecond}
	}
	l.used[name]++
	return nil
}

// Accounts is a web.Accounts in memory.
type Accounts struct {
	mu     sync.Mutex
	byID   map[int64]web.User
	bearer map[string]int64
}

// NewAccounts returns the given accounts.
func NewAccounts(users ...web.User) *Accounts {
	a := &Accounts{byID: map[int64]web.User{}, bearer: map[string]int64{}}
	for _, u := range users {
		a.Put(u)
	}
	return a
}

// Put adds an account or changes it.
func (a *Accounts) Put(u web.User) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byID[u.AccountID] = u
}

// PutBearer lets an API token speak for an account.
func (a *Accounts) PutBearer(token string, id int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bearer[token] = id
}

// Account implements web.Accounts.
func (a *Accounts) Account(_ context.Context, id int64) (web.User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, ok := a.byID[id]
	if !ok {
		return web.User{}, workflow.Fail(workflow.NotFound, "request.not_found")
	}
	return u, nil
}

// Bearer implements web.Accounts.
func (a *Accounts) Bearer(ctx context.Context, token string) (web.User, error) {
	a.mu.Lock()
	id, ok := a.bearer[token]
	a.mu.Unlock()
	if !ok {
		return web.User{}, workflow.Fail(workflow.Unauthenticated, "request.unauthenticated")
	}
	return a.Account(ctx, id)
}
