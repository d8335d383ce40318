package redisdb

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"mailbox/workflow"
)

var _ workflow.Kept = (*DB)(nil)

func keptKey(key string) string { return "mailbox:kept:" + digest(key) }

// Keep implements workflow.Kept. The key itself is not stored.
func (d *DB) Keep(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return translate("keep", d.client.Set(ctx, keptKey(key), value, ttl).Err())
}

// Recall implements workflow.Kept.
func (d *DB) Recall(ctx context.Context, key string) ([]byte, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	value, err := d.client.Get(ctx, keptKey(key)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, workflow.Absent()
	}
	return value, translate("recall", err)
}

// holdWait is how often who waits for a hold asks again.
const holdWait = 50 * time.Millisecond

// A hold is let go only by who has it.
var releaseScript = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

// Hold implements workflow.Kept.
func (d *DB) Hold(ctx context.Context, key string, ttl time.Duration) (release func(), err error) {
	waiting, cancel := context.WithTimeout(ctx, ttl)
	defer cancel()
	mark, name := rand.Text(), "mailbox:hold:"+digest(key)
	for {
		ok, err := d.client.SetNX(waiting, name, mark, ttl).Result()
		if err != nil {
			return nil, translate("hold", err)
		}
		if ok {
			return func() {
				ctx, cancel := limited(context.WithoutCancel(ctx))
				defer cancel()
				_ = releaseScript.Run(ctx, d.client, []string{name}, mark).Err() // it ends by itself
			}, nil
		}
		select {
		case <-waiting.Done():
			return nil, translate("hold", waiting.Err())
		case <-time.After(holdWait):
		}
	}
}
