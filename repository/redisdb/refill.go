package redisdb

import (
	"context"
	"crypto/rand"

	"github.com/redis/go-redis/v9"
)

// wholeKey says in which life of the server all timers were armed. Emptied, the
// server has lost it with the timers; started again, or followed by another, it
// leads a new life and may lack the last it was told. While timers are being
// armed the key holds the token of whoever does it.
const wholeKey = "{mailbox:timers}:whole"

// life names the life of the server. One that does not say has a single life.
const life = `
local function life()
	local info = redis.pcall('INFO', 'server')
	return type(info) == 'string' and string.match(info, 'run_id:(%w+)') or ''
end
`

var wholeScript = redis.NewScript(life + `
return redis.call('GET', KEYS[1]) == 'whole ' .. life() and 1 or 0`)

// ARGV: token
var refilledScript = redis.NewScript(life + `
if redis.call('GET', KEYS[1]) == ARGV[1] then
	redis.call('SET', KEYS[1], 'whole ' .. life())
end
return 0`)

// Whole implements workflow.Timers.
func (d *DB) Whole(ctx context.Context) (bool, error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	whole, err := wholeScript.Run(ctx, d.client, []string{wholeKey}).Bool()
	return whole, translate("ask for timers", err)
}

// Refill implements workflow.Timers.
func (d *DB) Refill(ctx context.Context) (token string, err error) {
	ctx, cancel := limited(ctx)
	defer cancel()
	token = "filling " + rand.Text()
	return token, translate("begin to arm timers", d.client.Set(ctx, wholeKey, token, 0).Err())
}

// Refilled implements workflow.Timers.
func (d *DB) Refilled(ctx context.Context, token string) error {
	ctx, cancel := limited(ctx)
	defer cancel()
	return translate("end arming timers", refilledScript.Run(ctx, d.client, []string{wholeKey}, token).Err())
}
