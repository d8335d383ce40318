package private

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// ageEvery is how often keys of the stand-in grow older.
const ageEvery = 250 * time.Millisecond

// memory stands in for Redis inside our own process. It keeps nothing over a
// restart and serves one process only.
type memory struct {
	mini     *miniredis.Miniredis
	password string
	stopping chan struct{}
	once     sync.Once
	done     chan struct{}
}

// StartMemory starts the stand-in on a loopback port of its own, closed to
// other users of the machine by a random password.
func StartMemory() (*Redis, error) {
	m := &memory{mini: miniredis.NewMiniRedis(), password: rand.Text(), stopping: make(chan struct{}), done: make(chan struct{})}
	m.mini.RequireAuth(m.password)
	if err := m.mini.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("redis in memory: %w", err)
	}
	go m.age()
	return &Redis{memory: m}, nil
}

// age lets time pass for keys that expire: miniredis does not do it by itself.
func (m *memory) age() {
	defer close(m.done)
	tick := time.NewTicker(ageEvery)
	defer tick.Stop()
	last := <-tick.C
	for {
		select {
		case <-m.stopping:
			m.mini.Close()
			return
		case now := <-tick.C:
			m.mini.FastForward(now.Sub(last))
			last = now
		}
	}
}

func (m *memory) url() string {
	u := url.URL{Scheme: "redis", User: url.UserPassword("", m.password), Host: m.mini.Addr()}
	return u.String()
}

func (m *memory) stop() {
	m.once.Do(func() { close(m.stopping) })
	<-m.done
}
