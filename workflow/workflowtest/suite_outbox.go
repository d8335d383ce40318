package workflowtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
)

var outboxPromises = []promise{
	{"a notice comes back as it was queued", noticeComesBack},
	{"a notice under the same name is queued once", sameNotice},
	{"a notice is taken when its time has come, with a lease and one more attempt", takeNotices},
	{"two takers never take the same notice", racingNotices},
	{"a finished attempt cannot finish again", finishTwice},
	{"an attempt of the past cannot finish", finishLate},
	{"each result of an attempt is kept, and a secret is wiped once sent", results},
	{"a lease that ran out makes a notice uncertain", reaped},
}

var noticeCount struct {
	sync.Mutex
	n int
}

// mailTo is a mail to the clerk about x.
func mailTo(x workflow.Case, c College, change ...func(*workflow.Notice)) workflow.Notice {
	noticeCount.Lock()
	defer noticeCount.Unlock()
	noticeCount.n++
	n := workflow.Notice{
		Dedup: fmt.Sprintf("test:%d", noticeCount.n), Kind: workflow.NoticeRouted, CaseID: x.ID, Account: c.Clerk.ID, Channel: workflow.ByEmail,
		Locale: "zh-CN", MessageID: fmt.Sprintf("%d@college.example", noticeCount.n), State: workflow.Queued, Next: Morning, Queued: Morning,
	}
	for _, f := range change {
		f(&n)
	}
	return n
}

func addNotice(t *testing.T, s workflow.Store, x workflow.Case, c College, change ...func(*workflow.Notice)) workflow.Notice {
	t.Helper()
	n := mailTo(x, c, change...)
	must(t, s.AddNotice(t.Context(), &n))
	if n.ID == 0 {
		t.Fatal("a new notice got no id")
	}
	return n
}

func noticeID(n workflow.Notice) int64 { return n.ID }

func noticeComesBack(t *testing.T, s workflow.Store, c College) {
	w := workflow.SealedWriter{ID: newUUID(), Sealed: random(8), KeyID: "k1", Created: Morning}
	must(t, s.AddWriter(t.Context(), w))
	x := NewCase(t, s)
	m := workflow.Message{CaseID: x.ID, Kind: workflow.AnswerMessage, Author: c.Clerk.ID, Body: "…", Channel: workflow.Web, At: Morning}
	must(t, s.AddMessage(t.Context(), &m, nil))
	n := addNotice(t, s, x, c, func(n *workflow.Notice) {
		n.Account, n.Writer, n.Message, n.Secret = 0, w.ID, m.ID, random(48)
		n.Args, n.Locale = map[string]string{"number": x.Number, "why": "“无热水”"}, "en"
	})
	same(t, "for a writer", ok(s.Notice(t.Context(), n.ID))(t), n)
	plain := addNotice(t, s, x, c)
	same(t, "for an account", ok(s.Notice(t.Context(), plain.ID))(t), plain)
	same(t, "of the case", ok(s.NoticesOf(t.Context(), x.ID))(t), []workflow.Notice{n, plain})
	alone := addNotice(t, s, workflow.Case{}, c)
	same(t, "of no case", ok(s.Notice(t.Context(), alone.ID))(t), alone)
}

func sameNotice(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	named := func(n *workflow.Notice) { n.Dedup = "clock:17:breach" }
	first := addNotice(t, s, x, c, named)
	must(t, s.Atomic(t.Context(), func(tx workflow.Store) error { // and the transaction goes on
		again := mailTo(x, c, named)
		if err := tx.AddNotice(t.Context(), &again); err != nil || again.ID != 0 {
			t.Errorf("the same name again: id %d, %v", again.ID, err)
		}
		return tx.Index(t.Context(), x.ID, "")
	}))
	same(t, "queued", ids(ok(s.NoticesOf(t.Context(), x.ID))(t), noticeID), []int64{first.ID})
	y := NewCase(t, s)
	allWell(t, together(6, func(int) error {
		n := mailTo(y, c, func(n *workflow.Notice) { n.Dedup = "clock:18:breach" })
		return s.AddNotice(t.Context(), &n)
	}))
	same(t, "queued by six at once", len(ok(s.NoticesOf(t.Context(), y.ID))(t)), 1)
}

func takeNotices(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	late := addNotice(t, s, x, c, func(n *workflow.Notice) { n.Next = Morning.Add(time.Hour) })
	var due []int64
	for range 3 {
		due = append(due, addNotice(t, s, x, c).ID)
	}
	first := ok(s.TakeNotices(t.Context(), Morning, 2, time.Minute))(t)
	rest := ok(s.TakeNotices(t.Context(), Morning, 10, time.Minute))(t)
	same(t, "taken", ids(append(first, rest...), noticeID), due)
	same(t, "limit", len(first), 2)
	for _, n := range first {
		same(t, "as taken", n, ok(s.Notice(t.Context(), n.ID))(t))
		if n.State != workflow.Sending || n.Attempt != 1 || !n.Lease.Equal(Morning.Add(time.Minute)) {
			t.Errorf("taken: %s, attempt %d, lease %v", n.State, n.Attempt, n.Lease)
		}
	}
	same(t, "nothing is left", ok(s.TakeNotices(t.Context(), Morning, 10, time.Minute))(t), nil)
	same(t, "an hour later", ids(ok(s.TakeNotices(t.Context(), late.Next, 10, time.Minute))(t), noticeID), []int64{late.ID})
}

func racingNotices(t *testing.T, s workflow.Store, c College) {
	const n = 24
	x := NewCase(t, s)
	for range n {
		addNotice(t, s, x, c)
	}
	var mu sync.Mutex
	times := map[int64]int{}
	round := func() (int, error) {
		taken, err := s.TakeNotices(t.Context(), Morning, 3, time.Hour)
		mu.Lock()
		defer mu.Unlock()
		for _, n := range taken {
			times[n.ID]++
		}
		return len(taken), err
	}
	allWell(t, together(4, func(int) error { return untilEmpty(round) }))
	must(t, untilEmpty(round))
	same(t, "notices taken", len(times), n)
	for id, count := range times {
		if count != 1 {
			t.Errorf("notice %d was taken %d times", id, count)
		}
	}
}

// taken queues a notice and takes it.
func taken(t *testing.T, s workflow.Store, c College, change ...func(*workflow.Notice)) workflow.Notice {
	t.Helper()
	n := addNotice(t, s, NewCase(t, s), c, change...)
	got := ok(s.TakeNotices(t.Context(), Morning, 1, time.Minute))(t)
	same(t, "taken", ids(got, noticeID), []int64{n.ID})
	return got[0]
}

var sent = workflow.SendResult{State: workflow.Sent}

func finish(t *testing.T, s workflow.Store, n workflow.Notice, r workflow.SendResult) error {
	return s.FinishNotice(t.Context(), n, r, Morning.Add(5*time.Minute), Morning.Add(time.Second))
}

func finishTwice(t *testing.T, s workflow.Store, c College) {
	n := taken(t, s, c)
	once(t, together(4, func(int) error { return finish(t, s, n, sent) }))
	wantKind(t, workflow.Conflict, finish(t, s, n, workflow.SendResult{State: workflow.Failed, Reason: "x"}))
	same(t, "state", ok(s.Notice(t.Context(), n.ID))(t).State, workflow.Sent)
}

func finishLate(t *testing.T, s workflow.Store, c College) {
	queued := addNotice(t, s, NewCase(t, s), c)
	wantKind(t, workflow.Conflict, finish(t, s, queued, sent)) // never taken
	old := ok(s.TakeNotices(t.Context(), Morning, 1, time.Minute))(t)[0]
	must(t, finish(t, s, old, workflow.SendResult{State: workflow.Queued, Reason: "later"}))
	current := ok(s.TakeNotices(t.Context(), Morning.Add(time.Hour), 1, time.Minute))(t)[0]
	same(t, "attempt", current.Attempt, 2)
	wantKind(t, workflow.Conflict, finish(t, s, old, sent))
	must(t, finish(t, s, current, sent))
}

func results(t *testing.T, s workflow.Store, c College) {
	secret := func(n *workflow.Notice) { n.Secret = []byte("sealed words") }
	for _, r := range []workflow.SendResult{
		sent, {State: workflow.Queued, Reason: "try.later"}, {State: workflow.Failed, Reason: "no.such.address"}, {State: workflow.Uncertain, Reason: "line.broke"},
	} {
		want := taken(t, s, c, secret)
		must(t, finish(t, s, want, r))
		want.State, want.Reason, want.Lease = r.State, r.Reason, time.Time{}
		switch r.State {
		case workflow.Sent:
			want.Sent, want.Secret = Morning.Add(time.Second), nil
		case workflow.Queued:
			want.Next = Morning.Add(5 * time.Minute)
		case workflow.Sending, workflow.Failed, workflow.Uncertain:
		}
		same(t, string(r.State), ok(s.Notice(t.Context(), want.ID))(t), want)
		same(t, "at once again", ok(s.TakeNotices(t.Context(), Morning.Add(time.Minute), 10, time.Minute))(t), nil)
	}
}

func reaped(t *testing.T, s workflow.Store, c College) {
	n := taken(t, s, c)
	fresh := addNotice(t, s, NewCase(t, s), c)
	same(t, "within the lease", ok(s.ReapNotices(t.Context(), n.Lease.Add(-time.Second)))(t), nil)
	got := ok(s.ReapNotices(t.Context(), n.Lease.Add(time.Second)))(t)
	same(t, "reaped", ids(got, noticeID), []int64{n.ID})
	same(t, "as returned", got[0].State, workflow.Uncertain)
	same(t, "stored", ok(s.Notice(t.Context(), n.ID))(t).State, workflow.Uncertain)
	same(t, "again", ok(s.ReapNotices(t.Context(), n.Lease.Add(time.Hour)))(t), nil)
	wantKind(t, workflow.Conflict, finish(t, s, n, sent))
	same(t, "never sent twice by itself", ids(ok(s.TakeNotices(t.Context(), Morning.Add(24*time.Hour), 10, time.Minute))(t), noticeID), []int64{fresh.ID})
}
