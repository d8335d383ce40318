package rules_test

import (
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/rules"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func TestPeople(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	by := w.Admin.Actor()
	count := func(q rules.PeopleQuery) int {
		found, err := r.People(t.Context(), by, q)
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	for want, q := range map[int]rules.PeopleQuery{
		11: {}, 2: {Role: workflow.DeptHead, Search: "-HEAD"}, 1: {Role: workflow.DeptHead, Department: w.Academic.ID}, 0: {Disabled: true},
	} {
		if got := count(q); got != want {
			t.Errorf("%+v: %d people, want %d", q, got, want)
		}
	}
	w.Do(t, w.Clerk, w.Send(t).CaseID, route(w.Logistics.ID))
	p, err := r.Person(t.Context(), by, w.LogisticsClerk.ID)
	if err != nil || p.Open != 1 || p.Others != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := r.Person(t.Context(), by, w.Leader.ID); err != nil || p.Open != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestJournalIsFiltered(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	for i := range 30 {
		by := w.Admin.Actor()
		name := "学院" + strings.Repeat("一", i%7)
		if _, err := r.SaveSettings(t.Context(), by, rules.Values{rules.CollegeName: name}); err != nil {
			t.Fatal(err)
		}
		d := w.Logistics
		d.Phone = strings.Repeat("1", i+1)
		if _, err := r.SaveDepartment(t.Context(), by, d); err != nil {
			t.Fatal(err)
		}
	}
	seen := 0
	q := rules.JournalQuery{Action: "department", Limit: 12}
	for {
		page, err := r.Journal(t.Context(), w.Admin.Actor(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			if e.Action != "department" {
				t.Errorf("an entry about %s", e.Action)
			}
		}
		seen += len(page.Entries)
		if q.Before = page.Next; page.Next == 0 {
			break
		}
	}
	if seen != 30 {
		t.Errorf("saw %d entries, want 30", seen)
	}
	if page, err := r.Journal(t.Context(), w.Admin.Actor(), rules.JournalQuery{Account: w.Clerk.ID, Limit: 5}); err != nil || len(page.Entries) != 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestAttention(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	kinds := func() map[rules.ConcernKind]int {
		all, err := r.Attention(t.Context(), w.Admin.Actor())
		if err != nil {
			t.Fatal(err)
		}
		out := map[rules.ConcernKind]int{}
		for _, c := range all {
			out[c.Kind] = c.N
		}
		return out
	}
	first := kinds()
	for kind, n := range map[rules.ConcernKind]int{rules.NoDepartment: 1, rules.LonelyAdmin: 1, rules.NoCollegeName: 1, rules.NoHolidays: 0, rules.NoHead: 0} {
		if first[kind] != n {
			t.Errorf("%s: %d, want %d", kind, first[kind], n)
		}
	}
	w.Set(time.Date(2026, 12, 1, 9, 0, 0, 0, workflowtest.Zone))
	gone := w.AcademicHead
	gone.Disabled = w.Now()
	if err := w.Store.SaveAccount(t.Context(), &gone); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.SaveCursor(t.Context(), workflow.MailCursor{Mailbox: "INBOX", Fault: "login refused"}); err != nil {
		t.Fatal(err)
	}
	deadTodo(t, w)
	later := kinds()
	for _, kind := range []rules.ConcernKind{rules.NoHolidays, rules.NoHead, rules.MailboxFault, rules.DeadTodos} {
		if later[kind] != 1 {
			t.Errorf("%s: %d, want 1", kind, later[kind])
		}
	}
}

// deadTodo is one that nobody tries to tell of any more.
func deadTodo(t *testing.T, w *worldtest.World) {
	t.Helper()
	todo := workflow.Todo{CaseID: w.Send(t).CaseID, Account: w.Clerk.ID, Kind: workflow.TodoAccept, Opened: w.Now()}
	if err := w.Store.AddTodo(t.Context(), &todo); err != nil {
		t.Fatal(err)
	}
	taken, err := w.Store.TakeTodos(t.Context(), w.Now(), 1, time.Minute)
	if err != nil || len(taken) != 1 {
		t.Fatal(taken, err)
	}
	if err := w.Store.FinishTodo(t.Context(), taken[0], workflow.TodoTold{At: w.Now(), Reason: "ladder.platform_refused"}); err != nil {
		t.Fatal(err)
	}
}
