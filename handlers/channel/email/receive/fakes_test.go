package receive_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"mailbox/handlers/channel/email/receive"
	"mailbox/workflow"
)

// shelf is an Intake that remembers, and fails when told to.
type shelf struct {
	mu      sync.Mutex
	mails   map[string]receive.Arrival
	order   []string
	calls   map[string]int
	fail    func(m receive.Arrival, call int) error
	changed chan struct{}
}

func newShelf(fail func(m receive.Arrival, call int) error) *shelf {
	return &shelf{mails: map[string]receive.Arrival{}, calls: map[string]int{}, fail: fail, changed: make(chan struct{}, 1)}
}

func (s *shelf) Arrive(_ context.Context, m receive.Arrival) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[m.ExternalID]++
	if s.fail != nil {
		if err := s.fail(m, s.calls[m.ExternalID]); err != nil {
			return err
		}
	}
	if _, known := s.mails[m.ExternalID]; !known {
		s.order = append(s.order, m.ExternalID)
	}
	s.mails[m.ExternalID] = m
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return nil
}

func (s *shelf) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

func (s *shelf) list() []receive.Arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []receive.Arrival
	for _, id := range s.order {
		out = append(out, s.mails[id])
	}
	return out
}

// wait returns when n mails are on the shelf.
func (s *shelf) wait(t *testing.T, n int) {
	t.Helper()
	limit := time.NewTimer(3 * time.Minute)
	defer limit.Stop()
	for s.count() < n {
		select {
		case <-s.changed:
		case <-limit.C:
			t.Fatalf("%d mails arrived, want %d", s.count(), n)
		}
	}
}

// marks are Cursors in memory.
type marks struct {
	mu       sync.Mutex
	validity uint32
	last     uint32
	changed  chan struct{}
}

func newMarks() *marks { return &marks{changed: make(chan struct{}, 1)} }

func (m *marks) Cursor(context.Context, string) (uidValidity, lastUID uint32, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.validity, m.last, nil
}

func (m *marks) Advance(_ context.Context, _ string, validity, uid uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.validity != validity || uid > m.last {
		m.validity, m.last = validity, uid
	}
	select {
	case m.changed <- struct{}{}:
	default:
	}
	return nil
}

// wait returns when the cursor is at uid.
func (m *marks) wait(t *testing.T, uid uint32) {
	t.Helper()
	limit := time.NewTimer(2 * time.Minute)
	defer limit.Stop()
	for {
		_, last, _ := m.Cursor(t.Context(), "")
		if last == uid {
			return
		}
		select {
		case <-m.changed:
		case <-limit.C:
			t.Fatalf("the cursor is at %d, want %d", last, uid)
		}
	}
}

// missing is a Ledger over a shelf.
type missing struct {
	*shelf
	asked chan []uint32
}

func (l missing) Missing(_ context.Context, mailbox string, validity uint32, uids []uint32) ([]uint32, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []uint32
	for _, uid := range uids {
		if _, ok := l.mails[fmt.Sprintf("imap:%s:%d:%d", mailbox, validity, uid)]; !ok {
			out = append(out, uid)
		}
	}
	select {
	case l.asked <- slices.Clone(out):
	default:
	}
	return out, nil
}

func unavailable() error { return workflow.Fail(workflow.Unavailable, "error.unavailable") }

// capricious fails at random, half of the time as if the store were away.
func capricious(seed uint64, share float64) func(receive.Arrival, int) error {
	dice := rand.New(rand.NewPCG(seed, 1))
	return func(_ receive.Arrival, call int) error {
		if call > 6 || dice.Float64() > share {
			return nil
		}
		if dice.IntN(2) == 0 {
			return unavailable()
		}
		return fmt.Errorf("call %d was unlucky", call)
	}
}

func logger(t *testing.T) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func letter(n int) []byte {
	return fmt.Appendf(nil, "From: a@b.example\r\nMessage-ID: <%d@b.example>\r\nSubject: letter %d\r\n\r\nText %d\r\n.\r\n..dots\r\n", n, n, n)
}
