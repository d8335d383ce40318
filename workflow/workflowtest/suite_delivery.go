package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var deliveryPromises = []promise{
	{"what was not delivered waits for somebody until it is dealt with", undelivered},
	{"outgoing mail is listed newest first, page by page", outgoing},
	{"page notices belong to their account and are read up to a point", pageNotices},
	{"a bounce turns a sent notice failed", bounced},
	{"mails to the writers of an address are counted from a moment on", countAnswered},
}

func undelivered(t *testing.T, s workflow.Store, c College) {
	var trouble []int64
	for _, state := range []workflow.NoticeState{workflow.Failed, workflow.Sent, workflow.Uncertain} {
		n := taken(t, s, c)
		r := workflow.SendResult{State: state}
		if state != workflow.Sent {
			r.Reason = "x"
			trouble = append(trouble, n.ID)
		}
		must(t, finish(t, s, n, r))
	}
	failed, uncertain := trouble[0], trouble[1]
	same(t, "waiting", ids(ok(s.Undelivered(t.Context(), 0, 10))(t), noticeID), []int64{uncertain, failed})
	same(t, "below an id", ids(ok(s.Undelivered(t.Context(), uncertain, 10))(t), noticeID), []int64{failed})
	same(t, "one of them", ids(ok(s.Undelivered(t.Context(), 0, 1))(t), noticeID), []int64{uncertain})

	must(t, s.SettleNotice(t.Context(), failed, c.Clerk.ID, false, Morning.Add(time.Hour)))
	settled := ok(s.Notice(t.Context(), failed))(t)
	if settled.SettledBy != c.Clerk.ID || !settled.Settled.Equal(Morning.Add(time.Hour)) || settled.State != workflow.Failed {
		t.Errorf("settled: %+v", settled)
	}
	same(t, "after one is settled", ids(ok(s.Undelivered(t.Context(), 0, 10))(t), noticeID), []int64{uncertain})

	must(t, s.SettleNotice(t.Context(), uncertain, c.Clerk.ID, true, Morning.Add(time.Hour)))
	same(t, "while it is tried again", ok(s.Undelivered(t.Context(), 0, 10))(t), nil)
	again := ok(s.TakeNotices(t.Context(), Morning.Add(time.Hour), 10, time.Minute))(t)
	same(t, "queued once more", ids(again, noticeID), []int64{uncertain})
	must(t, finish(t, s, again[0], workflow.SendResult{State: workflow.Failed, Reason: "y"}))
	same(t, "failed once more", ids(ok(s.Undelivered(t.Context(), 0, 10))(t), noticeID), []int64{uncertain})
}

func outgoing(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	var want []int64
	for range 5 {
		want = append([]int64{addNotice(t, s, x, c).ID}, want...)
		addNotice(t, s, x, c, func(n *workflow.Notice) { n.Channel = workflow.ByPage })
	}
	first := ok(s.Outgoing(t.Context(), 0, 3))(t)
	rest := ok(s.Outgoing(t.Context(), first[2].ID, 3))(t)
	same(t, "outgoing", ids(append(first, rest...), noticeID), want)
}

func pageNotices(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	var mine []int64 // newest first
	for range 4 {
		page := func(n *workflow.Notice) { n.Channel = workflow.ByPage }
		mine = append([]int64{addNotice(t, s, x, c, page).ID}, mine...)
		addNotice(t, s, x, c, page, func(n *workflow.Notice) { n.Account = c.OfficeHead.ID })
		addNotice(t, s, x, c)
	}
	me := c.Clerk.ID
	first := ok(s.PageNotices(t.Context(), me, 0, 3))(t)
	rest := ok(s.PageNotices(t.Context(), me, first[2].ID, 3))(t)
	same(t, "mine", ids(append(first, rest...), noticeID), mine)
	same(t, "unseen", ok(s.CountUnseen(t.Context(), me))(t), 4)
	must(t, s.SeePageNotices(t.Context(), me, mine[1], Morning.Add(time.Minute)))
	same(t, "unseen after reading three", ok(s.CountUnseen(t.Context(), me))(t), 1)
	must(t, s.SeePageNotices(t.Context(), me, mine[0], Morning.Add(time.Hour)))
	same(t, "unseen after all", ok(s.CountUnseen(t.Context(), me))(t), 0)
	if got := ok(s.Notice(t.Context(), mine[1]))(t); !got.Seen.Equal(Morning.Add(time.Minute)) {
		t.Errorf("first seen %v, want the first time it was read", got.Seen)
	}
	same(t, "unseen by the other", ok(s.CountUnseen(t.Context(), c.OfficeHead.ID))(t), 4)
}

func bounced(t *testing.T, s workflow.Store, c College) {
	n := taken(t, s, c)
	must(t, finish(t, s, n, sent))
	got := ok(s.FailNoticeByMessageID(t.Context(), n.MessageID, "no.such.address"))(t)
	same(t, "returned", got, ok(s.Notice(t.Context(), n.ID))(t))
	if got.ID != n.ID || got.State != workflow.Failed || got.Reason != "no.such.address" || !got.Sent.IsZero() {
		t.Errorf("after the bounce: %+v", got)
	}
	same(t, "somebody's to-do", ids(ok(s.Undelivered(t.Context(), 0, 10))(t), noticeID), []int64{n.ID})
}

func countAnswered(t *testing.T, s workflow.Store, c College) {
	index := random(32)
	writer := func(index []byte) func(*workflow.Notice) {
		w := workflow.SealedWriter{ID: newUUID(), Sealed: random(8), KeyID: "k1", MailIndex: index, Created: Morning}
		must(t, s.AddWriter(t.Context(), w))
		return func(n *workflow.Notice) { n.Account, n.Writer = 0, w.ID }
	}
	for _, who := range []func(*workflow.Notice){writer(index), writer(index), writer(random(32)), writer(nil), func(*workflow.Notice) {}} {
		must(t, finish(t, s, taken(t, s, c, who), sent))
	}
	same(t, "to both records", ok(s.CountAnswered(t.Context(), index, Morning.Add(-time.Hour)))(t), 2)
	same(t, "since later", ok(s.CountAnswered(t.Context(), index, Morning.Add(time.Hour)))(t), 0)
	same(t, "to a stranger", ok(s.CountAnswered(t.Context(), random(32), Morning.Add(-time.Hour)))(t), 0)
}
