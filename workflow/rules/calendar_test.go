package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/rules"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

func route(department int64) casework.Act {
	return casework.Act{Action: workflow.Accept, Department: department}
}

func ofCase(t *testing.T, w *worldtest.World, id int64) workflow.Case {
	t.Helper()
	c, err := w.Store.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// clockOf is the last clock of a kind, due as the college reads it.
func clockOf(t *testing.T, w *worldtest.World, id int64, kind workflow.ClockKind) (workflow.Clock, string) {
	t.Helper()
	clocks, err := w.Store.ClocksOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out workflow.Clock
	for _, k := range clocks {
		if k.Kind == kind {
			out = k
		}
	}
	return out, out.Due.In(workflowtest.Zone).Format("01-02 15:04")
}

// sportsDay makes Thursday and Friday of the first week holidays.
func sportsDay(t *testing.T, w *worldtest.World, r *rules.Rules) workflow.CalendarVersion {
	t.Helper()
	v, err := r.Calendar(t.Context(), w.OfficeHead.Actor(), 0)
	if err != nil {
		t.Fatal(err)
	}
	v, err = rules.SetDays(v, "2026-11-26", "2026-11-27", rules.DayOff, "校运会")
	if err != nil {
		t.Fatal(err)
	}
	v.Name = "校运会"
	return v
}

// TestCalendarMovesWhatRuns is the promise of F43: the preview names the cases
// that move, applying moves just these in one transaction and notes it, and a
// verdict that was given stays.
func TestCalendarMovesWhatRuns(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	by := w.OfficeHead.Actor()
	late := w.Send(t).CaseID // its register clock breaks on Tuesday
	w.Set(workflowtest.Morning.AddDate(0, 0, 2))
	if _, err := w.Watch.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	broken, was := clockOf(t, w, late, workflow.Register)
	if broken.Breached.IsZero() {
		t.Fatal("nothing broke")
	}
	running := w.Send(t).CaseID
	w.Do(t, w.Clerk, running, route(w.Logistics.ID))
	w.Do(t, w.LogisticsClerk, running, casework.Act{Action: workflow.SignFor})
	draft := sportsDay(t, w, r)

	seen, err := r.Preview(t.Context(), by, draft)
	if err != nil {
		t.Fatal(err)
	}
	if _, due := clockOf(t, w, running, workflow.ToAnswer); due != "12-02 17:30" {
		t.Errorf("the preview changed the due time to %s", due)
	}
	done, err := r.Apply(t.Context(), by, draft)
	if err != nil {
		t.Fatal(err)
	}
	if seen.Moved == 0 || seen.Moved != done.Moved || !slices.Equal(seen.Shown, done.Shown) {
		t.Errorf("previewed %+v, did %+v", seen, done)
	}
	k, due := clockOf(t, w, running, workflow.ToAnswer)
	if due != "12-04 17:30" || k.FirstDue != k.Due {
		t.Errorf("the answer is due %s, want two working days later", due)
	}
	if c := ofCase(t, w, running); c.Due.IsZero() || k.Calendar == draft.ID {
		t.Errorf("case due %v, clock of calendar %d", c.Due, k.Calendar)
	}
	if after, due := clockOf(t, w, late, workflow.Register); due != was || !after.Breached.Equal(broken.Breached) {
		t.Errorf("a verdict moved from %s to %s", was, due)
	}
	if sound(t, w) != 1 || !noted(t, w, running) {
		t.Error("the history does not tell")
	}
	current, err := r.Calendar(t.Context(), by, 0)
	if err != nil || current.ID == draft.ID || current.Name != "校运会" {
		t.Errorf("in force: %+v, %v", current, err)
	}
	if _, due := clockOf(t, w, w.Send(t).CaseID, workflow.Overall); due != "12-11 17:30" {
		t.Errorf("a new letter is to be answered by %s", due)
	}
	if _, err := r.Apply(t.Context(), by, draft); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("a draft of an old calendar: %v, want a conflict", err)
	}
}

func noted(t *testing.T, w *worldtest.World, id int64) bool {
	t.Helper()
	events, err := w.Store.EventsOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(events, func(e workflow.Event) bool {
		return e.Action == workflow.MarkReplan && e.Note == "校运会" && e.Detail["old"] != e.Detail["new"]
	})
}

// TestCalendarKeepsPausesAndExtensions moves a clock that has paused and was
// given more time, and one that is pausing.
func TestCalendarKeepsPausesAndExtensions(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	extended := w.Send(t).CaseID
	w.Do(t, w.Clerk, extended, route(w.Logistics.ID))
	w.Do(t, w.LogisticsClerk, extended, casework.Act{Action: workflow.SignFor})
	if err := w.Cases.AskMoreTime(t.Context(), w.LogisticsHead.Actor(), extended, 3, "等配件"); err != nil {
		t.Fatal(err)
	}
	if err := w.Cases.DecideMoreTime(t.Context(), w.OfficeHead.Actor(), extended, true, ""); err != nil {
		t.Fatal(err)
	}
	waiting := w.Send(t).CaseID
	w.Do(t, w.Clerk, waiting, casework.Act{Action: workflow.Ask, Note: "请说明楼号"})
	_, before := clockOf(t, w, extended, workflow.ToAnswer)
	paused, pausedBefore := clockOf(t, w, waiting, workflow.Overall)
	if before != "12-03 17:30" || paused.Paused.IsZero() {
		t.Fatalf("due %s, paused %v", before, paused.Paused)
	}
	if _, err := r.Apply(t.Context(), w.OfficeHead.Actor(), sportsDay(t, w, r)); err != nil {
		t.Fatal(err)
	}
	k, due := clockOf(t, w, extended, workflow.ToAnswer)
	if due != "12-07 17:30" || k.ExtendedBy != 3 || k.Due.Sub(k.FirstDue) <= 0 {
		t.Errorf("the extended clock is due %s (%+v)", due, k)
	}
	paused, pausedAfter := clockOf(t, w, waiting, workflow.Overall)
	if paused.Paused.IsZero() || pausedAfter == pausedBefore {
		t.Errorf("the pausing clock was due %s and is due %s", pausedBefore, pausedAfter)
	}
}

// TestCalendarLeavesHastenedClocks: an urgent case is held to hours on the
// wall, which no calendar moves.
func TestCalendarLeavesHastenedClocks(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	id := w.Send(t).CaseID
	if _, err := w.Cases.Urgent(t.Context(), w.Clerk.Actor(), id, "停水"); err != nil {
		t.Fatal(err)
	}
	_, before := clockOf(t, w, id, workflow.Overall)
	effect, err := r.Apply(t.Context(), w.OfficeHead.Actor(), sportsDay(t, w, r))
	if err != nil || effect.Moved != 0 {
		t.Errorf("%+v, %v", effect, err)
	}
	if _, after := clockOf(t, w, id, workflow.Overall); after != before {
		t.Errorf("hastened clock moved from %s to %s", before, after)
	}
}

// TestReplan finds what another replica promised by the old calendar.
func TestReplan(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	id := w.Send(t).CaseID
	v := sportsDay(t, w, r)
	v.CreatedBy = w.Admin.ID
	if err := w.Store.AddCalendar(t.Context(), &v); err != nil {
		t.Fatal(err)
	}
	n, err := r.Replan(t.Context())
	if err != nil || n == 0 {
		t.Fatalf("%d moved, %v", n, err)
	}
	if k, _ := clockOf(t, w, id, workflow.Overall); k.Calendar != v.ID {
		t.Errorf("clock of calendar %d", k.Calendar)
	}
	if n, err := r.Replan(t.Context()); n != 0 || err != nil {
		t.Errorf("%d moved again, %v", n, err)
	}
}

func table(year int, days ...string) []byte {
	return fmt.Appendf(nil, `{"year":%d,"papers":["a notice"],"days":[%s]}`, year, strings.Join(days, ","))
}

const newYear = `{"name":"元旦","date":"2027-01-01","isOffDay":true}`

func TestImportYear(t *testing.T) {
	t.Parallel()
	w, _ := open(t)
	own, err := rules.SetDays(w.Calendar, "2027-05-20", "", rules.DayOff, "校庆")
	if err != nil {
		t.Fatal(err)
	}
	v, year, err := rules.ImportYear(own, table(2027, newYear, `{"name":"元旦","date":"2026-12-26","isOffDay":false}`))
	if err != nil || year != 2027 || v.KnownUntil != "2027-12-31" {
		t.Fatalf("%d until %s, %v", year, v.KnownUntil, err)
	}
	changes := rules.Changes(own, v)
	if len(changes) != 2 || changes[0] != (rules.DayChange{Day: "2026-12-26", Before: rules.DayAs, Now: rules.DayWork, Name: "元旦"}) {
		t.Errorf("changes %+v", changes)
	}
	if len(w.Calendar.Days) != 3 || len(own.Days) != 4 || len(v.Days) != 6 {
		t.Errorf("%d, %d, %d days: the college's own day is lost or a draft shares its days", len(w.Calendar.Days), len(own.Days), len(v.Days))
	}
	for name, test := range map[string]struct {
		table []byte
		key   string
	}{
		"no JSON": {[]byte("放假"), "calendar.table_unreadable"}, "unpublished": {table(2027), "calendar.table_empty"},
		"a gap": {table(2028, `{"name":"元旦","date":"2028-01-01","isOffDay":true}`), "calendar.table_gap"},
		"other": {table(2030, newYear), "calendar.table_unreadable"},
	} {
		_, _, err := rules.ImportYear(w.Calendar, test.table)
		wants(t, name, err, map[string]string{"table": test.key})
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	w, r := open(t)
	v := w.Calendar
	winter := workflow.Vacation{First: "2027-01-18", Last: "2027-02-21", Name: "寒假", Policy: "stretch"}
	with, err := rules.SetVacation(v, "", winter)
	if err != nil || len(with.Vacations) != 2 || len(v.Vacations) != 1 {
		t.Fatalf("%+v, %v", with.Vacations, err)
	}
	winter.First = "2027-01-20"
	if with, err = rules.SetVacation(with, "2027-01-18", winter); err != nil || len(with.Vacations) != 2 {
		t.Errorf("replaced: %+v, %v", with.Vacations, err)
	}
	if with, err = rules.DropVacation(with, "2027-01-20"); err != nil || len(with.Vacations) != 1 {
		t.Errorf("dropped: %+v, %v", with.Vacations, err)
	}
	if _, err = rules.DropVacation(with, "2027-01-20"); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("dropped twice: %v", err)
	}
	for name, test := range map[string]struct {
		do   func() (workflow.CalendarVersion, error)
		want map[string]string
	}{
		"overlap": {func() (workflow.CalendarVersion, error) {
			return rules.SetVacation(v, "", workflow.Vacation{First: "2026-08-01", Last: "2026-09-02", Name: "x", Policy: "run"})
		}, map[string]string{"first": "calendar.overlaps"}},
		"policy": {func() (workflow.CalendarVersion, error) {
			return rules.SetVacation(v, "", workflow.Vacation{First: "2027-08-01", Last: "2027-08-02", Name: "x", Policy: "sleep"})
		}, map[string]string{"policy": "invalid.choice"}},
		"backwards": {func() (workflow.CalendarVersion, error) {
			return rules.SetDays(v, "2026-12-02", "2026-12-01", "off", "x")
		}, map[string]string{"last": "invalid.period"}},
		"no day":  {func() (workflow.CalendarVersion, error) { return rules.SetDays(v, "", "", "off", "x") }, map[string]string{"first": "invalid.date"}},
		"no name": {func() (workflow.CalendarVersion, error) { return rules.SetDays(v, "2026-12-02", "", "off", "") }, map[string]string{"name": "invalid.required"}},
		"no kind": {func() (workflow.CalendarVersion, error) { return rules.SetDays(v, "2026-12-02", "", "", "x") }, map[string]string{"kind": "invalid.choice"}},
		"a year": {func() (workflow.CalendarVersion, error) {
			return rules.SetDays(v, "2026-01-01", "2026-12-31", "off", "x")
		}, map[string]string{"last": "calendar.too_long"}},
		"hours": {func() (workflow.CalendarVersion, error) { return rules.SetHours(v, [][2]string{{"8", "12:00"}}) }, map[string]string{"hours": "calendar.hours"}},
		"order": {func() (workflow.CalendarVersion, error) {
			return rules.SetHours(v, [][2]string{{"08:00", "12:00"}, {"11:00", "17:00"}})
		}, map[string]string{"hours": "calendar.hours_order"}},
		"no hours": {func() (workflow.CalendarVersion, error) { return rules.SetHours(v, nil) }, map[string]string{"hours": "invalid.required"}},
		"nothing": {func() (workflow.CalendarVersion, error) {
			_, err := r.Preview(t.Context(), w.Admin.Actor(), v)
			return v, err
		}, map[string]string{"": "calendar.same"}},
	} {
		_, err := test.do()
		wants(t, name, err, test.want)
	}
	off, err := rules.SetDays(v, "2026-10-01", "", rules.DayAs, "")
	if err != nil || len(off.Days) != 2 || rules.Changes(v, off)[0].Now != rules.DayAs {
		t.Errorf("%+v, %v", off.Days, err)
	}
	hours, err := rules.SetHours(v, [][2]string{{"08:00", "12:00"}, {"", ""}, {"14:30", "18:00"}})
	if err != nil || len(hours.Hours) != 2 {
		t.Errorf("%v, %v", hours.Hours, err)
	}
	if _, err := r.Preview(t.Context(), w.Admin.Actor(), hours); err != nil {
		t.Error(err)
	}
}
