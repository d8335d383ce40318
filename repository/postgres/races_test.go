package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/workflowtest"
)

// Many letters over a midnight: numbers have gaps, perhaps, but no twins.
func TestNumbersOverMidnight(t *testing.T) {
	t.Parallel()
	s := open(t)
	workflowtest.Seed(t, s)
	draft := workflowtest.NewCase(t, s)
	const clients, each = 16, 200
	var mu sync.Mutex
	numbers, perDay := map[string]bool{draft.Number: true}, map[string]int{}
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for i := range each {
				day := fmt.Sprintf("2027-01-%02d", 1+i/(each/2))
				c := draft
				if err := workflowtest.AddCase(t.Context(), s, &c, day); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if numbers[c.Number] || !strings.HasPrefix(c.Number, "XZ"+strings.ReplaceAll(day, "-", "")+"-") {
					t.Errorf("number %s on %s", c.Number, day)
				}
				numbers[c.Number] = true
				perDay[day]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(numbers) != 1+clients*each || len(perDay) != 2 {
		t.Errorf("%d numbers on %v", len(numbers), perDay)
	}
}

// On a day with more than 9,999 letters numbers become longer, not the same.
func TestLongNumbers(t *testing.T) {
	t.Parallel()
	s, dsn := openAt(t)
	workflowtest.Seed(t, s)
	c := workflowtest.NewCase(t, s)
	if n := count(t, connect(t, dsn), `SELECT setval('case_serial', (SELECT max(base) FROM case_days) + 9998)`); n < 9998 {
		t.Fatalf("the serial stands at %d", n)
	}
	for _, want := range []string{"XZ20261123-9999", "XZ20261123-10000"} {
		if err := workflowtest.AddCase(t.Context(), s, &c, "2026-11-23"); err != nil || c.Number != want {
			t.Errorf("got %s (%v), want %s", c.Number, err, want)
		}
	}
}

// A day that begins while every connection is in use does not wait for one.
func TestDayBeginsInFullPool(t *testing.T) {
	t.Parallel()
	s := open(t)
	workflowtest.Seed(t, s)
	draft := workflowtest.NewCase(t, s)
	var inside, all sync.WaitGroup
	inside.Add(20)
	for range 20 {
		all.Go(func() {
			err := s.Atomic(t.Context(), func(tx workflow.Store) error {
				inside.Done()
				inside.Wait()
				c := draft
				return workflowtest.AddCase(t.Context(), tx, &c, "2027-02-01")
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// takers calls take in several acts at once until there is nothing left, and
// counts how often each id was taken.
func takers(t *testing.T, s workflow.Store, take func(ctx context.Context, tx workflow.Store) ([]int64, error)) map[int64]int {
	t.Helper()
	var mu sync.Mutex
	taken := map[int64]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				var ids []int64
				err := s.Atomic(t.Context(), func(tx workflow.Store) (err error) {
					ids, err = take(t.Context(), tx)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if err != nil || len(ids) == 0 {
					return
				}
				mu.Lock()
				for _, id := range ids {
					taken[id]++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return taken
}

func wantEachOnce(t *testing.T, what string, taken map[int64]int, want int) {
	t.Helper()
	for id, n := range taken {
		if n != 1 {
			t.Errorf("%s %d was taken %d times", what, id, n)
		}
	}
	if len(taken) != want {
		t.Errorf("%d %s taken, want %d", len(taken), what, want)
	}
}

func TestDueClocksAreTakenOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	college := workflowtest.Seed(t, s)
	now, n := workflowtest.Morning, 300
	c := workflowtest.NewCase(t, s)
	for i := range n {
		k := workflow.Clock{
			CaseID: c.ID, Kind: workflow.Overall, Occurrence: i + 1, Promise: workflow.Promise{Amount: 1, Unit: workflow.Days},
			Calendar: college.Calendar.ID, Started: now, Due: now.Add(time.Duration(i) * time.Second), FirstDue: now, Warn: now,
		}
		if err := s.AddClock(t.Context(), &k); err != nil {
			t.Fatal(err)
		}
	}
	taken := takers(t, s, func(ctx context.Context, tx workflow.Store) (ids []int64, err error) {
		due, err := tx.TakeDue(ctx, now.Add(time.Hour), 7)
		for _, k := range due {
			ids = append(ids, k.ID)
			k.Breached = now
			if err := tx.SaveClock(ctx, k); err != nil {
				return nil, err
			}
		}
		return ids, err
	})
	wantEachOnce(t, "clocks", taken, n)
}

func addNotices(t *testing.T, s workflow.Store, account int64, n int) {
	t.Helper()
	for i := range n {
		notice := workflow.Notice{
			Dedup: fmt.Sprint("test:", i), Kind: workflow.NoticeReminder, Account: account, Channel: workflow.ByEmail, Locale: "en",
			MessageID: fmt.Sprintf("%d@test", i), State: workflow.Queued, Next: workflowtest.Morning, Queued: workflowtest.Morning,
		}
		if err := s.AddNotice(t.Context(), &notice); err != nil {
			t.Fatal(err)
		}
	}
}

// Deliverers at once, some of which are too late: each attempt has one end.
func TestNoticesAreTakenOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	college := workflowtest.Seed(t, s)
	now, n := workflowtest.Morning, 300
	addNotices(t, s, college.Clerk.ID, n)
	var mu sync.Mutex
	taken := map[int64]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for {
				batch, err := s.TakeNotices(t.Context(), now, 7, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if len(batch) == 0 {
					return
				}
				mu.Lock()
				for _, notice := range batch {
					taken[notice.ID]++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	wantEachOnce(t, "notices", taken, n)
	for id := range taken {
		notice, err := s.Notice(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.FinishNotice(t.Context(), notice, workflow.SendResult{State: workflow.Sent}, now, now); err != nil {
			t.Fatal(err)
		}
		wantKind(t, "finished twice", s.FinishNotice(t.Context(), notice, workflow.SendResult{State: workflow.Failed}, now, now), workflow.Conflict)
	}
}

func TestNewMailsAreTakenOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	n := 200
	for i := range n {
		m := workflow.RawMail{
			Source: "smtp", External: fmt.Sprint("smtp:", i), SHA256: strings.Repeat("a", 64), IdentityHash: []byte{1},
			Received: workflowtest.Morning, State: workflow.MailNew,
		}
		if err := s.AddRawMail(t.Context(), &m); err != nil {
			t.Fatal(err)
		}
	}
	taken := takers(t, s, func(ctx context.Context, tx workflow.Store) (ids []int64, err error) {
		mails, err := tx.NewMails(ctx, 7)
		for _, m := range mails {
			ids = append(ids, m.ID)
			was := m
			m.State = workflow.MailDismissed
			if err := tx.SaveRawMail(ctx, was, m); err != nil {
				return nil, err
			}
		}
		return ids, err
	})
	wantEachOnce(t, "mails", taken, n)
}

// The journal is one chain whoever writes, and an act that fails leaves no gap.
func TestJournalIsOneChain(t *testing.T) {
	t.Parallel()
	s := open(t)
	college := workflowtest.Seed(t, s)
	chain := workflow.NewChain([]byte(strings.Repeat("k", 32)))
	const clients, each = 8, 10
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for j := range each {
				err := s.Atomic(t.Context(), func(tx workflow.Store) error {
					e := workflow.JournalEntry{At: workflowtest.Morning, Account: college.Admin.ID, Action: "try", Subject: fmt.Sprint(i, j)}
					if err := tx.AddJournal(t.Context(), e, chain.LinkJournal); err != nil {
						return err
					}
					if j%3 == 0 {
						return context.Canceled // any error: this act is not kept
					}
					return nil
				})
				if (err != nil) != (j%3 == 0) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	entries, err := s.JournalFrom(t.Context(), 0, 1000)
	if err != nil || len(entries) != clients*(each-4) {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	var prev []byte
	for i, e := range entries {
		if e.Seq != int64(i+1) || string(chain.LinkJournal(prev, e)) != string(e.Hash) {
			t.Errorf("entry %d has seq %d or a wrong hash", i+1, e.Seq)
		}
		prev = e.Hash
	}
}
