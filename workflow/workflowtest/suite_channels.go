package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var channelPromises = []promise{
	{"a channel is changed by whoever saw its last version", channelVersions},
	{"news add up to the health of a channel", channelNews},
	{"a call is stored once, and moved on by one at a time", callOnce},
	{"a person has one conversation, held by one at a time", conversationOnce},
	{"a case is bound to one conversation, the last", bindingLast},
	{"tries of a notice are kept in order", triesInOrder},
}

func newChannel(t *testing.T, s workflow.Store, c College) workflow.ChannelSettings {
	t.Helper()
	x := workflow.ChannelSettings{Channel: workflow.WeChat, Enabled: true, Config: map[string]string{"app_id": "wx1"}, Sealed: []byte{1, 2}, Changed: Morning}
	must(t, s.SaveChannel(t.Context(), &x, c.Admin.ID))
	return x
}

func theChannel(t *testing.T, s workflow.Store) workflow.ChannelSettings {
	t.Helper()
	all := ok(s.Channels(t.Context()))(t)
	same(t, "channels", len(all), 1)
	return all[0]
}

func channelVersions(t *testing.T, s workflow.Store, c College) {
	x := newChannel(t, s, c)
	same(t, "stored", theChannel(t, s), x)
	stale := x
	x.Enabled, x.Config = false, map[string]string{"app_id": "wx2"}
	must(t, s.SaveChannel(t.Context(), &x, c.Admin.ID))
	same(t, "changed", theChannel(t, s), x)
	wantKind(t, workflow.Conflict, s.SaveChannel(t.Context(), &stale, c.Admin.ID))
	again := workflow.ChannelSettings{Channel: workflow.WeChat, Changed: Morning}
	wantKind(t, workflow.Conflict, s.SaveChannel(t.Context(), &again, c.Admin.ID))
}

func channelNews(t *testing.T, s workflow.Store, c College) {
	newChannel(t, s, c)
	note := func(n workflow.ChannelNews) { must(t, s.NoteChannel(t.Context(), workflow.WeChat, n)) }
	must(t, s.NoteChannel(t.Context(), workflow.QQ, workflow.ChannelNews{At: Morning, Day: "2026-11-23", Alive: true})) // never set up
	note(workflow.ChannelNews{At: Morning, Day: "2026-11-23", Error: "ladder.token"})
	note(workflow.ChannelNews{At: Morning.Add(time.Minute), Day: "2026-11-23", Error: "ladder.unreachable"})
	h := theChannel(t, s).Health
	same(t, "errors", []int{h.ErrorsInARow, h.ErrorsToday}, []int{2, 2})
	same(t, "last error", h.LastError, "ladder.unreachable")
	note(workflow.ChannelNews{At: Morning.Add(time.Hour), Day: "2026-11-23", Alive: true, Out: true, TokenExpires: Morning.Add(2 * time.Hour)})
	h = theChannel(t, s).Health
	same(t, "well again", []int{h.ErrorsInARow, h.ErrorsToday}, []int{0, 2})
	same(t, "times", []bool{h.Alive.Equal(Morning.Add(time.Hour)), h.LastOut.Equal(h.Alive), h.TokenExpires.Equal(Morning.Add(2 * time.Hour))}, []bool{true, true, true})
	note(workflow.ChannelNews{At: Morning.Add(24 * time.Hour), Day: "2026-11-24", Error: "ladder.token"})
	same(t, "another day", theChannel(t, s).Health.ErrorsToday, 1)
	same(t, "announced first", ok(s.AnnounceChannel(t.Context(), workflow.WeChat, Morning))(t), true)
	same(t, "announced again", ok(s.AnnounceChannel(t.Context(), workflow.WeChat, Morning))(t), false)
	same(t, "well", ok(s.AnnounceChannel(t.Context(), workflow.WeChat, time.Time{}))(t), true)
}

func newCall(t *testing.T, s workflow.Store, name byte) workflow.Call {
	t.Helper()
	x := workflow.Call{Channel: workflow.WeChat, External: []byte{name}, Sealed: []byte{7}, Received: Morning.UTC(), State: workflow.CallNew, Next: Morning.UTC()}
	must(t, s.AddCall(t.Context(), &x))
	return x
}

func callOnce(t *testing.T, s workflow.Store, c College) {
	newChannel(t, s, c)
	x := newCall(t, s, 1)
	same(t, "found", ok(s.CallBy(t.Context(), x.Channel, x.External))(t), x)
	absent(t, "unknown", second(s.CallBy(t.Context(), workflow.QQ, x.External)))
	once(t, together(4, func(int) error {
		y := workflow.Call{Channel: workflow.WeChat, External: []byte{2}, Received: Morning, State: workflow.CallNew, Next: Morning}
		return s.AddCall(t.Context(), &y)
	}))
	id := func(k workflow.Call) int64 { return k.ID }
	same(t, "not yet", len(ok(s.NewCalls(t.Context(), Morning.Add(-time.Second), 10))(t)), 0)
	same(t, "new", len(ok(s.NewCalls(t.Context(), Morning, 10))(t)), 2)
	once(t, together(4, func(int) error {
		y := x
		y.Attempts, y.State, y.Reason, y.Handled = 1, workflow.CallFailed, "chat.reason.tries", Morning
		return s.SaveCall(t.Context(), x, y)
	}))
	same(t, "failed", ids(ok(s.FailedCalls(t.Context(), 0, 10))(t), id), []int64{x.ID})
	same(t, "failed below", len(ok(s.FailedCalls(t.Context(), x.ID, 10))(t)), 0)
	h := theChannel(t, s).Health
	same(t, "counted", []any{h.Failed, h.LastIn.Equal(Morning)}, []any{1, true})
}

func met(t *testing.T, s workflow.Store, person byte) workflow.Conversation {
	t.Helper()
	v := workflow.Conversation{Channel: workflow.WeChat, Account: "wx1", Person: []byte{person}, Sealed: []byte{9}, Locale: "zh-CN"}
	must(t, s.Atomic(t.Context(), func(tx workflow.Store) error { return tx.LockConversation(t.Context(), &v) }))
	return v
}

func conversationOnce(t *testing.T, s workflow.Store, c College) {
	v := met(t, s, 1)
	const n = 8
	for _, err := range together(n, func(int) error {
		return s.Atomic(t.Context(), func(tx workflow.Store) error {
			mine := workflow.Conversation{Channel: workflow.WeChat, Account: "wx1", Person: []byte{1}, Sealed: []byte{8}, Locale: "en"}
			if err := tx.LockConversation(t.Context(), &mine); err != nil {
				return err
			}
			mine.Used++
			return tx.SaveConversation(t.Context(), mine)
		})
	}) {
		must(t, err)
	}
	got := met(t, s, 1)
	v.Used = n
	same(t, "conversation", got, v)
	got.HeardBy, got.Heard, got.Grants, got.Gone, got.Anew, got.Room, got.ReplyTo = workflow.ByMessage, Morning.UTC(), 2, Morning.UTC(), true, "r", "m"
	must(t, s.Atomic(t.Context(), func(tx workflow.Store) error { return tx.SaveConversation(t.Context(), got) }))
	same(t, "saved", met(t, s, 1), got)
	absent(t, "unknown", s.SaveConversation(t.Context(), workflow.Conversation{ID: nowhere, Locale: "en"}))
}

func bindingLast(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	a, b := met(t, s, 1), met(t, s, 2)
	absent(t, "unbound", second(s.ConversationOf(t.Context(), x.ID)))
	must(t, s.Bind(t.Context(), x.ID, a.ID, Morning))
	must(t, s.Bind(t.Context(), x.ID, b.ID, Morning.Add(time.Minute)))
	same(t, "bound", ok(s.ConversationOf(t.Context(), x.ID))(t).ID, b.ID)
	absent(t, "no such case", s.Bind(t.Context(), nowhere, a.ID, Morning))
}

func triesInOrder(t *testing.T, s workflow.Store, c College) {
	x := NewCase(t, s)
	n := addNotice(t, s, x, c)
	first := []workflow.NoticeTry{{Step: workflow.StepChat, Outcome: workflow.TryRefused, Reason: "ladder.used_up", At: Morning.UTC()}}
	then := []workflow.NoticeTry{
		{Step: workflow.StepTemplate, Outcome: workflow.TrySent, External: "77", At: Morning.UTC()},
		{Step: workflow.StepPage, Outcome: workflow.TrySent, At: Morning.UTC()},
	}
	must(t, s.AddTries(t.Context(), n.ID, first))
	must(t, s.AddTries(t.Context(), n.ID, then))
	var want []workflow.NoticeTry
	for i, one := range append(first, then...) {
		one.Notice, one.Seq = n.ID, i+1
		want = append(want, one)
	}
	same(t, "tries", ok(s.TriesOf(t.Context(), n.ID))(t), want)
	same(t, "notice of try", ok(s.NoticeOfTry(t.Context(), "77"))(t).ID, n.ID)
	absent(t, "unknown", second(s.NoticeOfTry(t.Context(), "78")))
	absent(t, "nameless", second(s.NoticeOfTry(t.Context(), "")))
}
