package redisdb_test

import (
	"strconv"
	"testing"
	"time"

	"mailbox/repository/redisdb"
	"mailbox/repository/redisdb/redistest"
	"mailbox/workflow"
)

// A rebuild after a lost Redis arms everything: 100,000 timers each time, half
// the benchmark with some of them claimed.
func BenchmarkArm(b *testing.B) {
	timers := make([]workflow.Timer, 100_000)
	for i := range timers {
		timers[i] = workflow.Timer{Key: strconv.Itoa(i) + ":breach", At: in(i)}
	}
	for _, claims := range []int{0, 100} {
		b.Run(strconv.Itoa(claims)+" claimed", func(b *testing.B) {
			db, err := redisdb.Open(redistest.Open(b))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := db.Arm(b.Context(), timers...); err != nil {
					b.Fatal(err)
				}
				if _, err := db.Claim(b.Context(), in(claims), claims, time.Hour); claims > 0 && err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
