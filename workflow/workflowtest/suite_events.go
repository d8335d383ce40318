package workflowtest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"mailbox/workflow"
)

var eventPromises = []promise{
	{"a history comes back in order, with names, and its chain holds", history},
	{"an event has its place alone", eventPlace},
	{"the journal is chained, newest first and oldest first", journalLists},
	{"journal is gapless under concurrency", racingJournal},
}

func history(t *testing.T, s workflow.Store, c College) {
	chain := workflow.NewChain(random(32))
	keeper := workflow.Keeper{Chain: chain, Zone: Zone}
	x := draftCase(t, s)
	x.ID, x.Number = named(s.NameCase(t.Context(), "2026-11-23"))(t)
	first := workflow.Event{Action: workflow.Receive, To: workflow.Received, By: workflow.BySystem(), Role: workflow.System, At: Morning.Add(789)}
	born := keeper.Begin(x, first)
	must(t, s.AddBirth(t.Context(), &born))
	x = born.Case
	before := x
	accepted, err := x.Do(workflow.Move{Action: workflow.Accept, By: c.Clerk.Actor(), At: Morning.Add(time.Minute + 999)})
	must(t, err)
	accepted.Detail = map[string]string{"甲": "一", "乙": "“二” <三>", "": ""}
	note := workflow.Mark(x, workflow.MarkNote, c.LogisticsHead.Actor(), workflow.DeptHead, "第一行\n第二行", nil, Morning.Add(time.Hour))
	change := keeper.Change(workflow.Change{}, before, x, accepted, note)
	must(t, s.SaveChanges(t.Context(), &change))
	x = change.Case

	got := ok(s.EventsOf(t.Context(), x.ID))(t)
	same(t, "events", len(got), 3)
	var prev []byte
	for i, ev := range got {
		same(t, "place", ev.Seq, i+1)
		if !bytes.Equal(chain.Link(prev, ev), ev.Hash) {
			t.Errorf("event %d came back changed: %+v", ev.Seq, ev)
		}
		prev = ev.Hash
	}
	same(t, "end of the chain", ok(s.Case(t.Context(), x.ID))(t).ChainHash, prev)
	same(t, "who accepted", got[1].By.Name, c.Clerk.Name)
	same(t, "in which department", got[1].By.Department, c.Office.ID)
	same(t, "who noted", got[2].By.Name, c.LogisticsHead.Name)
	same(t, "detail", got[1].Detail, accepted.Detail)
	same(t, "history of another", ok(s.EventsOf(t.Context(), NewCase(t, s).ID))(t), nil)
}

func eventPlace(t *testing.T, s workflow.Store, _ College) {
	x := NewCase(t, s)
	once(t, together(4, func(int) error {
		return s.AddEvent(t.Context(), workflow.Event{CaseID: x.ID, Seq: 1, Action: workflow.MarkNote, Role: workflow.System, At: Morning, Hash: random(32)})
	}))
	same(t, "events", len(ok(s.EventsOf(t.Context(), x.ID))(t)), 1)
}

// linkJournal covers every field that a store may not lose.
func linkJournal(prev []byte, e workflow.JournalEntry) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %d %s %d %s %s %v", prev, e.Seq, e.At.UTC().Format(time.RFC3339Nano), e.Account, e.Action, e.Subject, e.Detail))
	return sum[:]
}

func wantChained(t *testing.T, entries []workflow.JournalEntry, want int) {
	t.Helper()
	var prev []byte
	for i, e := range entries {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has place %d", i+1, e.Seq)
		}
		if !bytes.Equal(linkJournal(prev, e), e.Hash) {
			t.Errorf("entry %d does not follow from the one before: %+v", e.Seq, e)
		}
		prev = e.Hash
	}
	same(t, "entries", len(entries), want)
}

func journalLists(t *testing.T, s workflow.Store, c College) {
	for i := range 7 {
		e := workflow.JournalEntry{
			At: Morning.Add(time.Duration(i)*time.Minute + 123), Account: c.Admin.ID, Action: "sign_in", Subject: fmt.Sprintf("account:%d", i),
			Detail: map[string]string{"如何": "密码"},
		}
		if i == 3 {
			e.Account = 0
		}
		must(t, s.AddJournal(t.Context(), e, linkJournal))
	}
	wantChained(t, ok(s.JournalFrom(t.Context(), 0, 100))(t), 7)
	part := ok(s.JournalFrom(t.Context(), 5, 1))(t)
	same(t, "from a place on", ids(part, func(e workflow.JournalEntry) int64 { return e.Seq }), []int64{6})
	var got []int64
	for before := int64(0); ; {
		page := ok(s.Journal(t.Context(), before, 3))(t)
		if len(page) == 0 {
			break
		}
		got = append(got, ids(page, func(e workflow.JournalEntry) int64 { return e.Seq })...)
		before = page[len(page)-1].ID
	}
	same(t, "newest first", got, []int64{7, 6, 5, 4, 3, 2, 1})
}

func racingJournal(t *testing.T, s workflow.Store, c College) {
	const writers, each = 6, 5
	allWell(t, together(writers, func(i int) error {
		for j := range each {
			e := workflow.JournalEntry{At: Morning, Account: c.Admin.ID, Action: "export", Subject: fmt.Sprintf("%d/%d", i, j)}
			err := s.Atomic(t.Context(), func(tx workflow.Store) error {
				if err := tx.AddJournal(t.Context(), e, linkJournal); err != nil {
					return err
				}
				if j == 0 {
					return errOnPurpose // what is dropped leaves no gap
				}
				return nil
			})
			if err != nil && j != 0 {
				return err
			}
		}
		return nil
	}))
	wantChained(t, ok(s.JournalFrom(t.Context(), 0, 1000))(t), writers*(each-1))
}
