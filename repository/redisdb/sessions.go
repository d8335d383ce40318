package redisdb

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"mailbox/workflow"
)

// A session is a hash under the digest of its token, listed in a set of its
// account. The braces put all sessions on one node of a cluster, so that a
// script can end every session of an account at one stroke. Times are
// microseconds; the ends are checked here and Redis' own expiry only tidies up.
const (
	sessionTag    = "{mailbox:sessions}:"
	accountPrefix = sessionTag + "of:"
)

func sessionKey(token string) string { return sessionTag + digest(token) }

func accountKey(id int64) string { return accountPrefix + strconv.FormatInt(id, 10) }

// Sessions implements workflow.Sessions.
type Sessions struct{ client redis.UniversalClient }

var _ workflow.Sessions = (*Sessions)(nil)

// Sessions is the part of d that remembers who is signed in.
func (d *DB) Sessions() *Sessions { return &Sessions{client: d.client} }

func ticketKey(ticket string) string { return sessionTag + "ticket:" + digest(ticket) }

// ticketOver is what stands under a ticket that was closed, for as long as a
// session may still be opened with it.
const (
	ticketOver      = "over"
	ticketOverStays = 15 * time.Minute
)

// KEYS: session, account, ticket. ARGV: id, account, since, seen, client, idle, end, milliseconds to live, of the ticket ("": none)
var openScript = redis.NewScript(`
if ARGV[9] ~= '' then
	if redis.call('GET', KEYS[3]) == 'over' then return 0 end
	redis.call('SET', KEYS[3], KEYS[1], 'PX', ARGV[9])
end
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'account', ARGV[2], 'since', ARGV[3], 'seen', ARGV[4],
	'client', ARGV[5], 'idle', ARGV[6], 'end', ARGV[7])
redis.call('PEXPIRE', KEYS[1], ARGV[8])
redis.call('SADD', KEYS[2], KEYS[1])
return 1`)

// KEYS: session. ARGV: now, prefix of account keys
var findScript = redis.NewScript(`
local s = redis.call('HMGET', KEYS[1], 'id', 'account', 'since', 'seen', 'client', 'idle', 'end')
if not s[1] then return false end
local now, seen, idle, finish = tonumber(ARGV[1]), tonumber(s[4]), tonumber(s[6]), tonumber(s[7])
if now >= finish or now >= seen + idle then
	redis.call('DEL', KEYS[1])
	redis.call('SREM', ARGV[2] .. s[2], KEYS[1])
	return false
end
if now > seen then
	redis.call('HSET', KEYS[1], 'seen', ARGV[1])
	redis.call('PEXPIRE', KEYS[1], math.ceil(math.min(idle, finish - now) / 1000))
	s[4] = ARGV[1]
end
return s`)

// KEYS: session. ARGV: prefix of account keys
var closeScript = redis.NewScript(`
local account = redis.call('HGET', KEYS[1], 'account')
if not account then return 0 end
redis.call('SREM', ARGV[1] .. account, KEYS[1])
return redis.call('DEL', KEYS[1])`)

// KEYS: ticket. ARGV: prefix of account keys, "over", milliseconds that stays
var closeTicketScript = redis.NewScript(`
local session = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
if not session or session == ARGV[2] then return 0 end
local account = redis.call('HGET', session, 'account')
if not account then return 0 end
redis.call('SREM', ARGV[1] .. account, session)
return redis.call('DEL', session)`)

// KEYS: account
var closeAllScript = redis.NewScript(`
local n = 0
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do n = n + redis.call('DEL', key) end
redis.call('DEL', KEYS[1])
return n`)

// KEYS: account
var listScript = redis.NewScript(`
local out = {}
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
	local s = redis.call('HMGET', key, 'id', 'account', 'since', 'seen', 'client')
	if s[1] then out[#out+1] = s else redis.call('SREM', KEYS[1], key) end
end
return out`)

// Open implements workflow.Sessions. The session begins at s.Since; without an
// ID it gets one.
func (s *Sessions) Open(ctx context.Context, begun workflow.Session, idle, absolute time.Duration) (string, error) {
	if idle <= 0 || absolute <= 0 || begun.Since.IsZero() {
		return "", errors.New("open session: it needs a beginning and limits")
	}
	if begun.Seen.IsZero() {
		begun.Seen = begun.Since
	}
	if begun.ID == "" {
		begun.ID = rand.Text()
	}
	token := newToken()
	ctx, cancel := limited(ctx)
	defer cancel()
	ticketStays := ""
	if begun.Ticket != "" {
		ticketStays = strconv.FormatInt(max(absolute.Milliseconds(), 1), 10)
	}
	opened, err := openScript.Run(ctx, s.client, []string{sessionKey(token), accountKey(begun.AccountID), ticketKey(begun.Ticket)},
		begun.ID, begun.AccountID, begun.Since.UnixMicro(), begun.Seen.UnixMicro(), begun.Client,
		idle.Microseconds(), begun.Since.Add(absolute).UnixMicro(), max(min(idle, absolute).Milliseconds(), 1), ticketStays).Bool()
	if err != nil {
		return "", translate("open session", err)
	}
	if !opened {
		return "", workflow.Fail(workflow.Unauthenticated, "error.signed_out")
	}
	return token, nil
}

// newToken is 256 random bits.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// Find implements workflow.Sessions.
func (s *Sessions) Find(ctx context.Context, token string, now time.Time) (workflow.Session, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	fields, err := findScript.Run(ctx, s.client, []string{sessionKey(token)}, now.UnixMicro(), accountPrefix).StringSlice()
	if errors.Is(err, redis.Nil) {
		return workflow.Session{}, workflow.Fail(workflow.Unauthenticated, "error.signed_out")
	}
	if err != nil {
		return workflow.Session{}, translate("find session", err)
	}
	return toSession(fields)
}

// Close implements workflow.Sessions.
func (s *Sessions) Close(ctx context.Context, token string) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return translate("close session", closeScript.Run(ctx, s.client, []string{sessionKey(token)}, accountPrefix).Err())
}

// CloseTicket implements workflow.Sessions.
func (s *Sessions) CloseTicket(ctx context.Context, ticket string) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	err := closeTicketScript.Run(ctx, s.client, []string{ticketKey(ticket)}, accountPrefix, ticketOver, ticketOverStays.Milliseconds()).Err()
	return translate("close session by ticket", err)
}

// CloseAll implements workflow.Sessions.
func (s *Sessions) CloseAll(ctx context.Context, accountID int64) (int, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	n, err := closeAllScript.Run(ctx, s.client, []string{accountKey(accountID)}).Int()
	return n, translate("close sessions", err)
}

// List implements workflow.Sessions.
func (s *Sessions) List(ctx context.Context, accountID int64) ([]workflow.Session, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	rows, err := listScript.Run(ctx, s.client, []string{accountKey(accountID)}).Slice()
	if err != nil {
		return nil, translate("list sessions", err)
	}
	list := make([]workflow.Session, 0, len(rows))
	for _, row := range rows {
		one, err := toSession(words(row))
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b workflow.Session) int {
		return cmp.Or(b.Seen.Compare(a.Seen), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

func words(row any) []string {
	fields, _ := row.([]any)
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i], _ = f.(string)
	}
	return out
}

// toSession reads id, account, since, seen, client.
func toSession(f []string) (workflow.Session, error) {
	if len(f) < 5 {
		return workflow.Session{}, errors.New("read session: fields are missing")
	}
	account, errAccount := strconv.ParseInt(f[1], 10, 64)
	since, errSince := strconv.ParseInt(f[2], 10, 64)
	seen, errSeen := strconv.ParseInt(f[3], 10, 64)
	if err := errors.Join(errAccount, errSince, errSeen); err != nil {
		return workflow.Session{}, errors.Join(errors.New("read session"), err)
	}
	return workflow.Session{ID: f[0], AccountID: account, Since: time.UnixMicro(since).UTC(), Seen: time.UnixMicro(seen).UTC(), Client: f[4]}, nil
}
