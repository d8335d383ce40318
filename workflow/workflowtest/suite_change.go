package workflowtest

import (
	"testing"
	"time"

	"mailbox/workflow"
)

var changePromises = []promise{
	{"changes of several cases are kept whole", changesWhole},
	{"of changes with a stale case nothing is kept", changesStale},
	{"a change without a case keeps what goes with it", changesBare},
	{"locking free cases passes over what is held", lockingFree},
}

// draftChange is a change with every part there is.
func draftChange(t *testing.T, s workflow.Store, c College, name string) workflow.Change {
	t.Helper()
	before := fullCase(t, s, c)
	must(t, AddCase(t.Context(), s, &before, "2026-11-23"))
	k := clockOf(before.ID, c, workflow.Overall)
	must(t, s.AddClock(t.Context(), &k))
	keeper := workflow.Keeper{Chain: workflow.NewChain(random(32)), Zone: Zone, Domain: "example.edu.cn"}
	after := before
	after.Rating.Result, after.Subject = 5, "“热水”\\ 与 <门禁>\n"
	mark := workflow.Mark(after, workflow.MarkNote, c.Clerk.Actor(), workflow.Clerk, "一\n二", map[string]string{"甲": `"乙"`, "": ""}, Morning)
	k.Breached, k.PausedMinutes, k.Urgent = Morning.Add(time.Second).UTC(), 7, true
	told := workflow.Telling{Name: name, Kind: workflow.NoticeBreach, Case: after, Args: map[string]string{"due": `"x"`}, Secret: random(9), At: Morning}
	change := workflow.Change{Clocks: []workflow.Clock{k}, Notices: keeper.ForAccount(c.Clerk, told)}
	return keeper.Change(change, before, after, mark)
}

func changesWhole(t *testing.T, s workflow.Store, c College) {
	one, two := draftChange(t, s, c, "one"), draftChange(t, s, c, "two")
	waiting := ok(s.WaitingFacts(t.Context()))(t)
	version := one.Case.Version
	must(t, s.SaveChanges(t.Context(), &one, &two))
	same(t, "version", one.Case.Version, version+1)
	for _, change := range []workflow.Change{one, two} {
		id := change.Case.ID
		same(t, "case", ok(s.Case(t.Context(), id))(t), change.Case)
		same(t, "clocks", ok(s.ClocksOf(t.Context(), id))(t), change.Clocks)
		events := ok(s.EventsOf(t.Context(), id))(t)
		same(t, "events", len(events), 1)
		same(t, "event", []any{events[0].Hash, events[0].Detail, events[0].Note}, []any{change.Events[0].Hash, change.Events[0].Detail, "一\n二"})
		notices := ok(s.NoticesOf(t.Context(), id))(t)
		same(t, "notices", len(notices), len(change.Notices))
		same(t, "notice", []any{notices[0].Args, notices[0].Secret, notices[0].MessageID}, []any{change.Notices[0].Args, change.Notices[0].Secret, change.Notices[0].MessageID})
	}
	same(t, "facts", ok(s.WaitingFacts(t.Context()))(t)-waiting, len(one.Facts)+len(two.Facts))
	same(t, "clocks of both", len(ok(s.ClocksOf(t.Context(), one.Case.ID, two.Case.ID))(t)), 2)
	same(t, "clocks by id", ok(s.ClocksAt(t.Context(), []int64{two.Clocks[0].ID, nowhere}))(t), two.Clocks)
}

func changesStale(t *testing.T, s workflow.Store, c College) {
	one, two := draftChange(t, s, c, "one"), draftChange(t, s, c, "two")
	two.Case.Version++
	wantKind(t, workflow.Conflict, s.SaveChanges(t.Context(), &one, &two))
	same(t, "events", len(ok(s.EventsOf(t.Context(), one.Case.ID))(t)), 0)
	same(t, "notices", len(ok(s.NoticesOf(t.Context(), one.Case.ID))(t)), 0)
	same(t, "breached", ok(s.Clock(t.Context(), one.Clocks[0].ID))(t).Breached.IsZero(), true)
	one.Clocks[0].ID = nowhere
	wantKind(t, workflow.NotFound, s.SaveChanges(t.Context(), &one))
}

func changesBare(t *testing.T, s workflow.Store, c College) {
	one := draftChange(t, s, c, "one")
	bare := workflow.Change{Clocks: one.Clocks, Notices: one.Notices}
	must(t, s.SaveChanges(t.Context(), &bare))
	must(t, s.SaveChanges(t.Context(), &bare)) // told already
	same(t, "clock", ok(s.Clock(t.Context(), one.Clocks[0].ID))(t), one.Clocks[0])
	same(t, "notices", len(ok(s.NoticesOf(t.Context(), one.Case.ID))(t)), len(one.Notices))
	same(t, "version", ok(s.Case(t.Context(), one.Case.ID))(t).Version, one.Case.Version)
}

func lockingFree(t *testing.T, s workflow.Store, _ College) {
	one, two := NewCase(t, s), NewCase(t, s)
	must(t, s.Atomic(t.Context(), func(tx workflow.Store) error {
		free, err := tx.LockFreeCases(t.Context(), []int64{two.ID, nowhere, one.ID})
		must(t, err)
		same(t, "free", []int64{free[0].ID, free[1].ID}, []int64{one.ID, two.ID})
		same(t, "how many", len(free), 2)
		return nil
	}))
}
