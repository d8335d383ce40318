package redisdb

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"mailbox/workflow"
)

// A timer waits in due, scored by its time in microseconds. Claimed, it moves
// to leased, scored by the end of the lease, with its time in at; armed again
// meanwhile, the new time goes to again, and settling brings it back to due.
// The braces put all of them on one node of a cluster.
var timerKeys = []string{"{mailbox:timers}:due", "{mailbox:timers}:leased", "{mailbox:timers}:at", "{mailbox:timers}:again"}

const (
	// armChunk timers go into one command: less makes many journeys, more
	// overflows the stack of a script and keeps others waiting.
	armChunk = 2000
	// lapsedChunk lapsed leases are returned by one claim.
	lapsedChunk = 1000
)

// ARGV: time, key, time, key, …
var armScript = redis.NewScript(`
if redis.call('ZCARD', KEYS[2]) == 0 then
	return redis.call('ZADD', KEYS[1], unpack(ARGV))
end
for i = 1, #ARGV, 2 do
	if redis.call('ZSCORE', KEYS[2], ARGV[i+1]) then
		redis.call('HSET', KEYS[4], ARGV[i+1], ARGV[i])
	else
		redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i+1])
	end
end
return 0`)

// ARGV: now, end of the lease, limit, lapsed leases to look at
var claimScript = redis.NewScript(`
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[4])) do
	local at = redis.call('HGET', KEYS[4], key) or redis.call('HGET', KEYS[3], key)
	redis.call('ZREM', KEYS[2], key)
	redis.call('HDEL', KEYS[3], key)
	redis.call('HDEL', KEYS[4], key)
	if at then redis.call('ZADD', KEYS[1], at, key) end
end
local got = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for i = 1, #got, 2 do
	redis.call('ZREM', KEYS[1], got[i])
	redis.call('ZADD', KEYS[2], ARGV[2], got[i])
	redis.call('HSET', KEYS[3], got[i], got[i+1])
end
return got`)

// ARGV: key, key, …
var settleScript = redis.NewScript(`
for _, key in ipairs(ARGV) do
	if redis.call('ZREM', KEYS[2], key) == 1 then
		local at = redis.call('HGET', KEYS[4], key)
		if at then redis.call('ZADD', KEYS[1], at, key) end
		redis.call('HDEL', KEYS[3], key)
		redis.call('HDEL', KEYS[4], key)
	end
end
return 0`)

// ARGV: key, key, …
var disarmScript = redis.NewScript(`
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('ZREM', KEYS[2], unpack(ARGV))
redis.call('HDEL', KEYS[3], unpack(ARGV))
redis.call('HDEL', KEYS[4], unpack(ARGV))
return 0`)

// Arm implements workflow.Timers.
func (d *DB) Arm(ctx context.Context, timers ...workflow.Timer) error {
	args := make([]any, 0, 2*min(len(timers), armChunk))
	for len(timers) > 0 {
		n := min(len(timers), armChunk)
		args = args[:0]
		for _, t := range timers[:n] {
			args = append(args, t.At.UnixMicro(), t.Key)
		}
		if err := d.timerScript(ctx, "arm timers", armScript, args); err != nil {
			return err
		}
		timers = timers[n:]
	}
	return nil
}

// Disarm implements workflow.Timers.
func (d *DB) Disarm(ctx context.Context, keys ...string) error {
	return d.eachChunk(ctx, "disarm timers", disarmScript, keys)
}

// Settle implements workflow.Timers.
func (d *DB) Settle(ctx context.Context, keys ...string) error {
	return d.eachChunk(ctx, "settle timers", settleScript, keys)
}

func (d *DB) eachChunk(ctx context.Context, op string, s *redis.Script, keys []string) error {
	for len(keys) > 0 {
		n := min(len(keys), armChunk)
		args := make([]any, n)
		for i, k := range keys[:n] {
			args[i] = k
		}
		if err := d.timerScript(ctx, op, s, args); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// timerScript runs one chunk; each has the time of one call.
func (d *DB) timerScript(ctx context.Context, op string, s *redis.Script, args []any) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return translate(op, s.Run(ctx, d.client, timerKeys, args...).Err())
}

// Claim implements workflow.Timers.
func (d *DB) Claim(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]workflow.Timer, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	got, err := claimScript.Run(ctx, d.client, timerKeys, now.UnixMicro(), now.Add(lease).UnixMicro(), limit, lapsedChunk).StringSlice()
	if err != nil {
		return nil, translate("claim timers", err)
	}
	timers := make([]workflow.Timer, 0, len(got)/2)
	for i := 0; i+1 < len(got); i += 2 {
		at, err := strconv.ParseFloat(got[i+1], 64)
		if err != nil {
			return nil, translate("read timer", err)
		}
		timers = append(timers, workflow.Timer{Key: got[i], At: time.UnixMicro(int64(at)).UTC()})
	}
	return timers, nil
}

// Count implements workflow.Timers.
func (d *DB) Count(ctx context.Context) (int64, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	var due, leased *redis.IntCmd
	_, err := d.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		due, leased = p.ZCard(ctx, timerKeys[0]), p.ZCard(ctx, timerKeys[1])
		return nil
	})
	if err != nil {
		return 0, translate("count timers", err)
	}
	return due.Val() + leased.Val(), nil
}
