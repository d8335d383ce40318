package redisdb

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"

	"mailbox/workflow"
)

// Allow implements workflow.Limiter. The key itself is not stored.
func (d *DB) Allow(ctx context.Context, limit workflow.Limit, key string) error {
	if limit.Rate < 1 || limit.Burst < 1 || limit.Per <= 0 {
		return fmt.Errorf("limit %s: rate, burst and period must be positive", limit.Name)
	}
	ctx, cancel := limited(ctx)
	defer cancel()
	rule := redis_rate.Limit{Rate: limit.Rate, Burst: limit.Burst, Period: limit.Per}
	res, err := d.limiter.Allow(ctx, "mailbox:"+limit.Name+":"+digest(key), rule)
	if err != nil {
		return translate("count use", err)
	}
	if res.Allowed > 0 {
		return nil
	}
	return &workflow.Error{Kind: workflow.Limited, Key: "error.limited", RetryAfter: res.RetryAfter}
}

// The mark tells a call repeated by the client, whose first answer was lost on
// the way, from a key that was seen before. ARGV: mark, milliseconds
var firstScript = redis.NewScript(`
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
return 0`)

// First implements workflow.Once. The key itself is not stored.
func (d *DB) First(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	keys := []string{"mailbox:once:" + digest(key)}
	first, err := firstScript.Run(ctx, d.client, keys, rand.Text(), max(ttl.Milliseconds(), 1)).Bool()
	return first, translate("remember key", err)
}
