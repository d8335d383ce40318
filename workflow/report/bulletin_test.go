package report_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/report"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// month is a college with a letter of November, two days before December.
func month(t *testing.T) (*worldtest.World, *report.Bulletins) {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	office := report.New(report.Deps{
		Store: w.Store, Now: w.Now, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour }, Chain: w.Desk.Keeper.Chain,
	})
	w.Answer(t, w.Send(t).CaseID, "已修好。")
	late := w.Send(t).CaseID
	w.Pass(time.Minute)
	w.Do(t, w.Clerk, late, acceptFor(w.Logistics.ID))
	project(t, w.Store)
	return w, report.NewBulletins(office, w.Desk)
}

func project(t *testing.T, s workflow.Store) {
	t.Helper()
	_, err := s.Project(t.Context(), 1000)
	must(t, err)
}

func at(text string) time.Time {
	when, err := time.ParseInLocation("2006-01-02 15:04", text, workflowtest.Zone)
	if err != nil {
		panic(err)
	}
	return when
}

// told counts what accounts are told of a bulletin, on pages and by mail.
func told(t *testing.T, w *worldtest.World, kind workflow.NoticeKind) map[int64]int {
	t.Helper()
	out := map[int64]int{}
	mails, err := w.Store.Outgoing(t.Context(), 0, 100)
	must(t, err)
	for _, n := range mails {
		if n.Kind == kind {
			out[n.Account] += 100
		}
	}
	accounts, err := w.Store.Accounts(t.Context())
	must(t, err)
	for _, a := range accounts {
		pages, err := w.Store.PageNotices(t.Context(), a.ID, 0, 100)
		must(t, err)
		for _, n := range pages {
			if n.Kind == kind {
				out[a.ID]++
			}
		}
	}
	return out
}

func TestBulletins_areDraftedOnTheFirstWorkingDayAtNine(t *testing.T) {
	w, b := month(t)
	for _, step := range []struct {
		at   string
		made bool
	}{
		{"2026-12-01 00:01", false},
		{"2026-12-01 08:59", false},
		{"2026-12-01 09:00", true},
		{"2026-12-01 09:10", false},
		{"2026-12-31 23:00", false},
		{"2027-01-01 10:00", true},
	} {
		w.Set(at(step.at))
		made, err := b.Prepare(t.Context())
		must(t, err)
		if made != step.made {
			t.Errorf("at %s made: %v", step.at, made)
		}
	}
	for id, n := range told(t, w, workflow.NoticeDrafted) {
		if n != 202 || id != w.Clerk.ID && id != w.OfficeHead.ID {
			t.Errorf("account %d was told %d of two drafts", id, n)
		}
	}
	all, err := b.List(t.Context(), w.Clerk.Actor(), "", 10)
	must(t, err)
	if len(all) != 2 || all[0].Month != "2026-12-01" || all[1].Month != "2026-11-01" {
		t.Errorf("bulletins %+v", all)
	}
}

// TestBulletins_waitForTheHolidays: 1 and 2 October are holidays, then comes a
// weekend.
func TestBulletins_waitForTheHolidays(t *testing.T) {
	w, b := month(t)
	w.Set(at("2026-09-20 10:00"))
	w.Send(t)
	project(t, w.Store)
	for when, want := range map[string]bool{"2026-10-01 09:30": false, "2026-10-04 12:00": false, "2026-10-05 08:59": false} {
		w.Set(at(when))
		if made, err := b.Prepare(t.Context()); err != nil || made != want {
			t.Errorf("at %s: %v, %v", when, made, err)
		}
	}
	w.Set(at("2026-10-05 09:00"))
	if made, err := b.Prepare(t.Context()); err != nil || !made {
		t.Errorf("on the first working day: %v, %v", made, err)
	}
}

func TestBulletins_areDraftedOnceByManyProcesses(t *testing.T) {
	w, b := month(t)
	w.Set(at("2026-12-01 09:00"))
	var all sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 6 {
		all.Go(func() {
			did, err := b.Prepare(t.Context())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if did {
				made++
			}
		})
	}
	all.Wait()
	if made != 1 || told(t, w, workflow.NoticeDrafted)[w.Clerk.ID] != 101 {
		t.Errorf("made %d times, the clerk was told %d", made, told(t, w, workflow.NoticeDrafted)[w.Clerk.ID])
	}
}

func TestBulletins_approvedAreFrozenAndToldOnce(t *testing.T) {
	w, b := month(t)
	w.Set(at("2026-12-08 10:00")) // the second letter is late by now
	_, err := b.Prepare(t.Context())
	must(t, err)
	if _, err := b.Open(t.Context(), w.LogisticsHead.Actor(), "2026-11-01"); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a department opens a draft: %v", err)
	}
	must(t, b.Save(t.Context(), w.Clerk.Actor(), "2026-11-01", "请后勤处抓紧。", 1))
	if err := b.Approve(t.Context(), w.Clerk.Actor(), "2026-11-01", 2); workflow.KindOf(err) != workflow.Forbidden {
		t.Errorf("a clerk approves: %v", err)
	}
	for range 2 {
		must(t, b.Approve(t.Context(), w.OfficeHead.Actor(), "2026-11-01", 2))
	}
	sent, err := b.Open(t.Context(), w.LogisticsHead.Actor(), "2026-11-01")
	must(t, err)
	if got := report.BulletinValue(sent.Values.Total, "received"); got.N != 2 || sent.Values.Total.Overdue != 1 || sent.Text != "请后勤处抓紧。" {
		t.Errorf("sent %+v", sent)
	}
	if len(sent.Values.Lines) != 1 || sent.Values.Lines[0].Overdue != 1 || !report.BulletinValue(sent.Values.Lines[0], "on_time").Few {
		t.Errorf("departments %+v", sent.Values.Lines)
	}
	want := map[int64]int{w.LogisticsHead.ID: 101, w.AcademicHead.ID: 101, w.Leader.ID: 101, w.Principal.ID: 101, w.OfficeHead.ID: 101}
	got := told(t, w, workflow.NoticeBulletin)
	if len(got) != len(want) {
		t.Errorf("told %v, want %v", got, want)
	}
	for id, n := range want {
		if got[id] != n {
			t.Errorf("account %d was told %d, want a page and a mail", id, got[id])
		}
	}
	w.Set(at("2026-11-30 10:00"))
	w.Send(t)
	project(t, w.Store)
	again, err := b.Open(t.Context(), w.LogisticsHead.Actor(), "2026-11-01")
	must(t, err)
	if n := report.BulletinValue(again.Values.Total, "received").N; n != 2 {
		t.Errorf("what was sent says %d letters now", n)
	}
	if err := b.Save(t.Context(), w.Clerk.Actor(), "2026-11-01", "改", 3); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("what was sent is changed: %v", err)
	}
}

func TestBulletins_ofTwoWhoWriteTheSecondSeesTheFirst(t *testing.T) {
	w, b := month(t)
	w.Set(at("2026-12-01 09:00"))
	_, err := b.Prepare(t.Context())
	must(t, err)
	must(t, b.Save(t.Context(), w.Clerk.Actor(), "2026-11-01", "甲的话", 1))
	err = b.Save(t.Context(), w.OfficeHead.Actor(), "2026-11-01", "乙的话", 1)
	var conflict *report.BulletinConflict
	if !errors.As(err, &conflict) || conflict.Theirs.Text != "甲的话" || conflict.Theirs.Version != 2 {
		t.Errorf("the second gets %v", err)
	}
	if err := b.Save(t.Context(), w.LogisticsHead.Actor(), "2026-11-01", "丙", 2); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a department writes: %v", err)
	}
}

// acceptFor accepts a letter and routes it to a department.
func acceptFor(department int64) casework.Act {
	return casework.Act{Action: workflow.Accept, Department: department}
}
