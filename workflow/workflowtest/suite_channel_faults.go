package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var channelFaultPromises = []promise{
	{"faults of a channel add up by day and kind", faultsAddUp},
	{"failed calls are counted by their reason", failedByReason},
	{"open windows are those of people who wrote themselves", openWindows},
	{"letters and words of a person are counted since a moment", lettersSince},
}

func faultsAddUp(t *testing.T, s workflow.Store, _ College) {
	const today = "2026-11-23"
	add := func(day string, f ...workflow.ChannelFault) { must(t, s.AddFaults(t.Context(), day, f...)) }
	later := Morning.Add(time.Minute).UTC()
	add(today, workflow.ChannelFault{Channel: workflow.WeChat, Kind: "a", N: 2, Last: later}, workflow.ChannelFault{Channel: workflow.WeChat, Kind: "b", N: 3, Last: Morning.UTC()})
	add(today, workflow.ChannelFault{Channel: workflow.WeChat, Kind: "a", N: 5, Last: Morning.UTC()}, workflow.ChannelFault{Channel: workflow.QQ, Kind: "a", N: 1, Last: Morning.UTC()})
	add(today, workflow.ChannelFault{Channel: workflow.WeChat, Kind: "none", Last: Morning.UTC()})
	add("2026-11-22", workflow.ChannelFault{Channel: workflow.WeChat, Kind: "a", N: 9, Last: Morning.UTC()})
	same(t, "today", ok(s.FaultsOf(t.Context(), workflow.WeChat, today))(t), []workflow.ChannelFault{
		{Channel: workflow.WeChat, Kind: "a", N: 7, Last: later}, {Channel: workflow.WeChat, Kind: "b", N: 3, Last: Morning.UTC()},
	})
	same(t, "another channel", len(ok(s.FaultsOf(t.Context(), workflow.OA, today))(t)), 0)
}

func failedByReason(t *testing.T, s workflow.Store, _ College) {
	for i, reason := range []string{"chat.reason.tries", "chat.reason.limited", "chat.reason.limited"} {
		was := newCall(t, s, byte(i))
		failed := was
		failed.State, failed.Reason, failed.Handled = workflow.CallFailed, reason, Morning.Add(time.Duration(i)*time.Minute).UTC()
		must(t, s.SaveCall(t.Context(), was, failed))
	}
	newCall(t, s, 9)
	same(t, "kinds", ok(s.FailedKinds(t.Context(), workflow.WeChat))(t), []workflow.ChannelFault{
		{Channel: workflow.WeChat, Kind: "chat.reason.limited", N: 2, Last: Morning.Add(2 * time.Minute).UTC()},
		{Channel: workflow.WeChat, Kind: "chat.reason.tries", N: 1, Last: Morning.UTC()},
	})
}

func openWindows(t *testing.T, s workflow.Store, _ College) {
	said := func(person byte, change func(*workflow.Conversation)) {
		v := met(t, s, person)
		v.Heard, v.HeardBy = Morning.UTC(), workflow.ByMessage
		change(&v)
		must(t, s.SaveConversation(t.Context(), v))
	}
	said(1, func(v *workflow.Conversation) { v.Heard = Morning.Add(time.Hour).UTC() })
	said(2, func(v *workflow.Conversation) { v.Used = 4 })
	said(3, func(v *workflow.Conversation) { v.Used = 5 })
	said(4, func(v *workflow.Conversation) { v.HeardBy = workflow.ByEvent })
	said(5, func(v *workflow.Conversation) { v.Room = "group" })
	said(6, func(v *workflow.Conversation) { v.Gone = Morning.UTC() })
	said(7, func(v *workflow.Conversation) { v.Heard = Morning.Add(-time.Hour).UTC() })
	got := ok(s.WindowsOf(t.Context(), workflow.WeChat, Morning.Add(-time.Minute), 5))(t)
	same(t, "windows", got, workflow.ReplyWindows{Open: 2, Heard: Morning.UTC()})
	same(t, "none", ok(s.WindowsOf(t.Context(), workflow.QQ, Morning.Add(-time.Minute), 5))(t), workflow.ReplyWindows{})
}

func lettersSince(t *testing.T, s workflow.Store, _ College) {
	v, other := met(t, s, 1), met(t, s, 2)
	mine := NewCase(t, s, func(c *workflow.Case) { c.Channel = workflow.WeChat })
	theirs := NewCase(t, s, func(c *workflow.Case) { c.Channel = workflow.WeChat })
	web := NewCase(t, s)
	for caseID, of := range map[int64]int64{mine.ID: v.ID, theirs.ID: other.ID, web.ID: v.ID} {
		must(t, s.Bind(t.Context(), caseID, of, mine.Received))
	}
	same(t, "letters", ok(s.LettersSince(t.Context(), v.ID, mine.Received.Add(-time.Second)))(t), 1)
	same(t, "letters before", ok(s.LettersSince(t.Context(), v.ID, mine.Received))(t), 0)
	was := newCall(t, s, 1)
	added := was
	added.State, added.CaseID = workflow.CallAdded, mine.ID
	must(t, s.SaveCall(t.Context(), was, added))
	same(t, "words", ok(s.WordsSince(t.Context(), mine.ID, Morning.Add(-time.Second)))(t), 1)
	same(t, "words before", ok(s.WordsSince(t.Context(), mine.ID, Morning))(t), 0)
	same(t, "words of another", ok(s.WordsSince(t.Context(), theirs.ID, Morning.Add(-time.Second)))(t), 0)
}
