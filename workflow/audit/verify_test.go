package audit_test

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/audit"
	"mailbox/workflow/workflowtest"
)

var chain = workflow.NewChain(bytes.Repeat([]byte{7}, 32))

// history is a store with three cases of several events and a journal.
func history(t *testing.T) (*workflowtest.Memory, []workflow.Case) {
	t.Helper()
	store := workflowtest.NewMemory()
	college := workflowtest.Seed(t, store)
	keeper := workflow.Keeper{Chain: chain, Zone: workflowtest.Zone, Domain: "college.example"}
	keep := func(before workflow.Case, c *workflow.Case, ev workflow.Event) {
		change := keeper.Change(workflow.Change{}, before, *c, ev)
		must(t, store.SaveChanges(t.Context(), &change))
		*c = change.Case
	}
	var cases []workflow.Case
	for range 3 {
		c := workflowtest.NewCase(t, store)
		at := workflowtest.Morning
		keep(workflow.Case{}, &c, workflow.Event{Action: workflow.Receive, To: workflow.Received, Role: workflow.Writer, At: at})
		for _, action := range []workflow.Action{workflow.Accept, workflow.Route} {
			before := c
			at = at.Add(90*time.Minute + 123*time.Nanosecond) // more exact than a database keeps
			ev, err := c.Do(workflow.Move{Action: action, By: college.Clerk.Actor(), Note: "转办", At: at})
			must(t, err)
			ev.Detail = map[string]string{"department": "logistics", "a": "b"}
			keep(before, &c, ev)
		}
		before := c
		keep(before, &c, workflow.Mark(c, workflow.MarkNote, college.Clerk.Actor(), workflow.Clerk, "记一笔", nil, at))
		cases = append(cases, c)
	}
	for i := range 5 {
		e := workflow.JournalEntry{At: workflowtest.Morning, Account: college.Admin.ID, Action: "rule", Subject: "policy:" + strconv.Itoa(i), Detail: map[string]string{"from": "1"}}
		must(t, store.AddJournal(t.Context(), e, chain.LinkJournal))
	}
	return store, cases
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func faults(t *testing.T, store workflow.Store) ([]audit.Fault, audit.Extent) {
	t.Helper()
	var out []audit.Fault
	extent, err := audit.Verify(t.Context(), store, chain, func(f audit.Fault) { out = append(out, f) })
	must(t, err)
	return out, extent
}

func TestVerify_whatNobodyTouched(t *testing.T) {
	store, _ := history(t)
	got, extent := faults(t, store)
	if len(got) != 0 {
		t.Errorf("faults = %v, want none", got)
	}
	if extent.Cases != 3 || extent.Events != 12 || extent.Entries != 5 || len(extent.Head) == 0 {
		t.Errorf("extent = %+v", extent)
	}
	if _, err := audit.Verify(t.Context(), store, workflow.NewChain(bytes.Repeat([]byte{8}, 32)), func(f audit.Fault) { got = append(got, f) }); err != nil || len(got) == 0 {
		t.Errorf("another key finds %d faults (%v), want some", len(got), err)
	}
}

// growing is a Store in which something happens to every case between the
// reading of the case and that of its history, unless it is locked.
type growing struct{ workflow.Store }

func (g growing) CasesFrom(ctx context.Context, after int64, limit int) ([]workflow.Case, error) {
	cases, err := g.Store.CasesFrom(ctx, after, limit)
	for i := range cases {
		cases[i].ChainSeq, cases[i].ChainHash = cases[i].ChainSeq-1, nil // as it was before
	}
	return cases, err
}

func TestVerify_whileWorkGoesOn(t *testing.T) {
	store, _ := history(t)
	done, total := 0, 0
	extent, err := audit.Verify(t.Context(), growing{store}, chain, func(f audit.Fault) { t.Error(f) }, func(d, n int) { done, total = d, n })
	must(t, err)
	if extent.Cases != 3 || extent.Events != 12 || done != 3 || total != 3 {
		t.Errorf("extent = %+v after %d of %d", extent, done, total)
	}
}

func TestCheckCase_findsEveryForgery(t *testing.T) {
	store, cases := history(t)
	c := cases[1]
	for _, test := range []struct {
		name  string
		forge func(c *workflow.Case, events []workflow.Event) []workflow.Event
		want  audit.Flaw
	}{
		{"a note rewritten", func(_ *workflow.Case, e []workflow.Event) []workflow.Event { e[1].Note = "另一句"; return e }, audit.Changed},
		{"a detail rewritten", func(_ *workflow.Case, e []workflow.Event) []workflow.Event {
			e[2].Detail = map[string]string{"department": "academic", "a": "b"}
			return e
		}, audit.Changed},
		{"a time moved", func(_ *workflow.Case, e []workflow.Event) []workflow.Event {
			e[1].At = e[1].At.Add(time.Microsecond)
			return e
		}, audit.Changed},
		{"another actor", func(_ *workflow.Case, e []workflow.Event) []workflow.Event { e[1].By.ID++; return e }, audit.Changed},
		{"an event removed", func(_ *workflow.Case, e []workflow.Event) []workflow.Event { return slices.Delete(e, 1, 2) }, audit.Gap},
		{"two events exchanged", func(_ *workflow.Case, e []workflow.Event) []workflow.Event { e[1], e[2] = e[2], e[1]; return e }, audit.Gap},
		{"and numbered anew", func(_ *workflow.Case, e []workflow.Event) []workflow.Event {
			e[1], e[2] = e[2], e[1]
			e[1].Seq, e[2].Seq = 2, 3
			return e
		}, audit.Changed},
		{"the end cut off", func(_ *workflow.Case, e []workflow.Event) []workflow.Event { return e[:3] }, audit.CutOff},
		{"everything gone", func(*workflow.Case, []workflow.Event) []workflow.Event { return nil }, audit.CutOff},
		{"an event of another case", func(_ *workflow.Case, e []workflow.Event) []workflow.Event { e[1].CaseID++; return e }, audit.Gap},
		{"a state no event led to", func(c *workflow.Case, e []workflow.Event) []workflow.Event { c.State = workflow.Closed; return e }, audit.Incorrect},
		{"another end in the case", func(c *workflow.Case, e []workflow.Event) []workflow.Event { c.ChainHash = e[1].Hash; return e }, audit.CutOff},
	} {
		t.Run(test.name, func(t *testing.T) {
			events, err := store.EventsOf(t.Context(), c.ID)
			must(t, err)
			forged := c
			got := audit.CheckCase(chain, forged, events)
			if len(got) != 0 {
				t.Fatalf("faults = %v before anything was forged", got)
			}
			events = test.forge(&forged, events)
			got = audit.CheckCase(chain, forged, events)
			if len(got) == 0 || !slices.ContainsFunc(got, func(f audit.Fault) bool { return f.What == test.want && f.Number == c.Number }) {
				t.Errorf("faults = %v, want %s", got, test.want)
			}
		})
	}
}

// forgedJournal is a Store whose journal was changed.
type forgedJournal struct {
	workflow.Store
	forge func([]workflow.JournalEntry) []workflow.JournalEntry
}

func (f forgedJournal) JournalFrom(ctx context.Context, after int64, limit int) ([]workflow.JournalEntry, error) {
	all, err := f.Store.JournalFrom(ctx, 0, limit)
	return slices.DeleteFunc(f.forge(all), func(e workflow.JournalEntry) bool { return e.Seq <= after }), err
}

func TestVerify_journal(t *testing.T) {
	store, _ := history(t)
	for _, test := range []struct {
		name  string
		forge func([]workflow.JournalEntry) []workflow.JournalEntry
		want  audit.Fault
	}{
		{"an entry rewritten", func(e []workflow.JournalEntry) []workflow.JournalEntry { e[2].Subject = "policy:9"; return e }, audit.Fault{Seq: 3, What: audit.Changed}},
		{"an entry removed", func(e []workflow.JournalEntry) []workflow.JournalEntry { return slices.Delete(e, 2, 3) }, audit.Fault{Seq: 4, What: audit.Gap}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, _ := faults(t, forgedJournal{store, test.forge})
			if len(got) != 1 || got[0] != test.want {
				t.Errorf("faults = %v, want %v", got, test.want)
			}
		})
	}
}

func TestFault_names(t *testing.T) {
	for fault, want := range map[audit.Fault]string{
		{Case: 3, Number: "XZ20261123-0003", Seq: 2, What: audit.Changed}: "case XZ20261123-0003 event 2: changed",
		{Seq: 7, What: audit.Gap}: "journal entry 7: gap",
	} {
		if got := fault.String(); got != want {
			t.Errorf("fault = %q, want %q", got, want)
		}
	}
}
