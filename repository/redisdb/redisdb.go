// Package redisdb is what the program may forget: running timers, sessions,
// rate limits and keys seen once, in Redis. PostgreSQL holds the truth; after
// a FLUSHALL people sign in again and the timers are armed anew.
//
// Every call ends within two seconds. A Redis that cannot be asked gives
// workflow Unavailable errors, and the caller decides what to do without it.
package redisdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"mailbox/workflow"
)

const (
	callWithin = 1800 * time.Millisecond // connect, ask, answer and one retry
	dialWithin = 800 * time.Millisecond
	retryAfter = 5 * time.Second
)

// DB implements workflow.Timers, Limiter and Once; its Sessions implements
// workflow.Sessions.
type DB struct {
	client  redis.UniversalClient
	limiter *redis_rate.Limiter
}

var (
	_ workflow.Timers  = (*DB)(nil)
	_ workflow.Limiter = (*DB)(nil)
	_ workflow.Once    = (*DB)(nil)
)

// quiet keeps go-redis from writing to standard error: every failure is
// returned, and whoever gets it decides what to log.
var quiet sync.Once

// Open prepares the use of the Redis at url (see parse for the forms). It does
// not connect: the program starts without its Redis too, and Ping tells.
func Open(url string) (*DB, error) {
	o, err := parse(url)
	if err != nil {
		return nil, err
	}
	quiet.Do(logging.Disable)
	client := redis.NewUniversalClient(o)
	return &DB{client: client, limiter: redis_rate.NewLimiter(client)}, nil
}

// Close ends all connections.
func (d *DB) Close() error { return d.client.Close() }

// Ping reports whether Redis answers.
func (d *DB) Ping(ctx context.Context) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return translate("ping", d.client.Ping(ctx).Err())
}

func limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, callWithin)
}

// translate makes an Unavailable error of whatever keeps Redis from
// answering; a complaint about the question itself is our fault and stays Internal.
func translate(op string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s in redis: %w", op, err)
	if reply, ok := errors.AsType[redis.Error](err); ok && !passing(reply) {
		return err
	}
	return &workflow.Error{Kind: workflow.Unavailable, Key: "error.unavailable", RetryAfter: retryAfter, Err: err}
}

// passing tells the replies of a server that will be well again (loading, full,
// failing over) from those that say the command is wrong.
func passing(reply redis.Error) bool {
	for _, is := range []func(error) bool{
		redis.IsLoadingError, redis.IsReadOnlyError, redis.IsClusterDownError,
		redis.IsTryAgainError, redis.IsMasterDownError, redis.IsMaxClientsError, redis.IsOOMError, redis.IsNoReplicasError,
	} {
		if is(reply) {
			return true
		}
	}
	for _, word := range []string{"BUSY ", "MISCONF "} {
		if redis.HasErrorPrefix(reply, word) {
			return true
		}
	}
	return false
}

// digest hides what a key is made of: addresses and names stay out of Redis.
func digest(words ...string) string {
	h := sha256.New()
	for _, w := range words {
		_, _ = fmt.Fprintf(h, "%d:%s", len(w), w)
	}
	return hex.EncodeToString(h.Sum(nil))
}
