package demo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/calendar"
	"mailbox/workflow/workflowtest"
)

// told is one letter as the store has it after the filling.
type told struct {
	id      string
	c       workflow.Case
	events  []workflow.Event
	clocks  []workflow.Clock
	notices []workflow.Notice
	said    []workflow.Message
}

type story struct {
	cases []told
	cal   calendar.Working
}

// collect reads the whole story back.
func collect(tb testing.TB, store workflow.Store) story {
	tb.Helper()
	var out story
	ctx := tb.Context()
	v, err := store.CurrentCalendar(ctx)
	check(tb, err)
	out.cal, err = calendar.Of(v, workflowtest.Zone)
	check(tb, err)
	ids, err := store.CaseIDs(ctx, 0, 1000)
	check(tb, err)
	byID := map[int64]*told{}
	for _, id := range ids {
		one := &told{}
		one.c, err = store.Case(ctx, id)
		check(tb, err)
		one.events, err = store.EventsOf(ctx, id)
		check(tb, err)
		one.clocks, err = store.ClocksOf(ctx, id)
		check(tb, err)
		one.notices, err = store.NoticesOf(ctx, id)
		check(tb, err)
		one.said, err = store.MessagesOf(ctx, id, true)
		check(tb, err)
		byID[id] = one
	}
	for _, l := range load(tb).Letters {
		stored, err := store.LetterBy(ctx, workflow.Channel(l.Channel), workflow.ExternalHash(workflow.Channel(l.Channel), "demo:"+l.ID))
		if err != nil && l.Channel == "email" {
			continue // it came as a mail
		}
		check(tb, err)
		byID[stored.CaseID].id = l.ID
	}
	for _, id := range ids {
		out.cases = append(out.cases, *byID[id])
	}
	return out
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// tell is the story in words that two stores share: no ids, no hashes.
func (s story) tell() []string {
	var out []string
	for _, x := range s.cases {
		var line strings.Builder
		fmt.Fprint(&line, x.id, " ", x.c.State, x.c.Rating.Result, x.c.Refusals, x.c.Binding, x.c.Due.Unix())
		for _, e := range x.events {
			fmt.Fprint(&line, " ", e.Action, e.At.UnixMicro())
		}
		fmt.Fprint(&line, " ", len(x.clocks), len(x.notices), len(x.said))
		out = append(out, line.String())
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, got, want story) {
	t.Helper()
	a, b := got.tell(), want.tell()
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("the story differs:\n%s\n%s", a[i], b[i])
		}
	}
	if len(a) != len(b) {
		t.Errorf("%d cases, want %d", len(a), len(b))
	}
}

// complete: everything that can happen has happened, and often enough.
func (s story) complete(t *testing.T) {
	t.Helper()
	n := map[string]int{}
	for _, x := range s.cases {
		n["state "+string(x.c.State)]++
		n["outcome "+string(x.c.Outcome)]++
		n[fmt.Sprintf("refusals %d", x.c.Refusals)]++
		n[fmt.Sprintf("result %d", x.c.Rating.Result)]++
		s.countFlags(n, x)
		for _, e := range x.events {
			n["act "+string(e.Action)]++
		}
		for _, k := range x.clocks {
			if !k.Breached.IsZero() {
				n["breach "+string(k.Kind)]++
			}
			if !k.Warned.IsZero() {
				n["warning "+string(k.Kind)]++
			}
		}
	}
	for what, least := range expected() {
		if n[what] < least {
			t.Errorf("only %d of %s, want %d", n[what], what, least)
		}
	}
}

func (story) countFlags(n map[string]int, x told) {
	for what, is := range map[string]bool{
		"sealed": x.c.Sealed, "urgent": x.c.Urgent, "binding": x.c.Binding, "redone": x.c.Redone > 0, "asked again": x.c.AskedAgain > 0,
		"extended": x.c.Extensions > 0, "late": x.c.InTime != nil && !*x.c.InTime, "in time": x.c.InTime != nil && *x.c.InTime,
	} {
		if is {
			n[what]++
		}
	}
}

func expected() map[string]int {
	want := map[string]int{
		"sealed": 10, "urgent": 6, "binding": 4, "redone": 4, "asked again": 7, "extended": 6, "late": 9, "in time": 150,
		"refusals 1": 12, "refusals 2": 4, "result 1": 1, "result 2": 3, "result 3": 5, "result 4": 20, "result 5": 50,
		"outcome rated": 100, "outcome silence": 20, "outcome no_reply": 3, "act send_back": 8,
	}
	for _, s := range workflow.States {
		want["state "+string(s)] = 2
	}
	for _, a := range []workflow.Action{
		workflow.Accept, workflow.Decline, workflow.Merge, workflow.Ask, workflow.Supply, workflow.Route, workflow.SignFor, workflow.Refuse,
		workflow.HandIn, workflow.Approve, workflow.Answer, workflow.Rate, workflow.AskAgain, workflow.Redo, workflow.CloseCase,
		workflow.Withdraw, workflow.Archive, workflow.MarkNote, workflow.MarkSeal, workflow.MarkAdd, workflow.MarkDraft, workflow.MarkMoreTime,
		workflow.MarkGrant, workflow.MarkRemind, workflow.MarkInstruct, workflow.MarkAssist,
	} {
		want["act "+string(a)] = 1
	}
	for _, k := range workflow.ClockKinds {
		want["breach "+string(k)] = 1
	}
	for _, k := range workflow.ClockKinds {
		if k != workflow.ToRate {
			want["warning "+string(k)] = 1
		}
	}
	return want
}

// plausible: nothing happens before the letter or after now, staff work in
// office hours unless the matter is urgent, and nothing of the past is left to
// be sent.
func (s story) plausible(t *testing.T, now time.Time) {
	t.Helper()
	overdue, today := 0, 0
	for _, x := range s.cases {
		s.inOrder(t, x, now)
		for _, m := range x.said {
			if m.At.Before(x.c.Received) || m.At.After(now) {
				t.Errorf("%s: somebody says something at %v", x.id, m.At)
			}
		}
		for _, n := range x.notices {
			if n.State == workflow.Queued && !n.Next.After(now) || n.State == workflow.Sending || n.Sent.After(now) {
				t.Errorf("%s: notice %s is %s, sent %v", x.id, n.Kind, n.State, n.Sent)
			}
		}
		if x.c.Open() && x.c.Overdue(now) {
			overdue++
		}
		if x.c.Open() && s.cal.Date(x.c.Due) <= s.cal.Date(s.cal.NextOpen(now)) && !x.c.Overdue(now) {
			today++
		}
	}
	if overdue < 2 || today < 2 {
		t.Errorf("%d cases are overdue and %d due next: not much to do", overdue, today)
	}
}

func (s story) inOrder(t *testing.T, x told, now time.Time) {
	t.Helper()
	last := x.c.Received
	for _, e := range x.events {
		if e.At.Before(last) || e.At.After(now) {
			t.Errorf("%s: %s happens at %v, after %v", x.id, e.Action, e.At, last)
		}
		last = e.At
		byHand := e.Action == workflow.Receive
		if e.By.ID != 0 && !x.c.Urgent && !byHand && s.cal.Between(e.At.Add(-2*time.Second), e.At.Add(2*time.Second)) == 0 {
			t.Errorf("%s: %s at %v, when nobody works", x.id, e.Action, e.At)
		}
	}
}
