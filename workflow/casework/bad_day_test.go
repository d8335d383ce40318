package casework_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/worldtest"
)

func say(t *testing.T, w *worldtest.World, caseID int64, word casework.Word) workflow.Case {
	t.Helper()
	c, err := w.Cases.Say(t.Context(), workflow.ByWriter(caseID), caseID, word)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// finish answers a case that is in hand at Logistics.
func finish(t *testing.T, w *worldtest.World, caseID int64, text string) workflow.Case {
	t.Helper()
	if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), caseID, text, 0); err != nil {
		t.Fatal(err)
	}
	w.Do(t, w.LogisticsClerk, caseID, casework.Act{Action: workflow.HandIn})
	w.Do(t, w.LogisticsHead, caseID, casework.Act{Action: workflow.Approve})
	return w.Do(t, w.OfficeHead, caseID, casework.Act{Action: workflow.Answer})
}

func timer(k workflow.Clock) string { return strconv.FormatInt(k.ID, 10) + ":breach" }

func eventCount(t *testing.T, w *worldtest.World, caseID int64) int {
	t.Helper()
	events, err := w.Store.EventsOf(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	return len(events)
}

// A second click on a word without text is the same word.
func TestWordlessSecondClick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	withdrawn, settled := w.Send(t), w.Send(t)
	w.Answer(t, settled.CaseID, "已经修好。")
	for action, id := range map[workflow.Action]int64{workflow.Withdraw: withdrawn.CaseID, workflow.Settle: settled.CaseID} {
		say(t, w, id, casework.Word{Action: action, External: "form"})
		n := eventCount(t, w, id)
		say(t, w, id, casework.Word{Action: action, External: "form"})
		if now := eventCount(t, w, id); now != n {
			t.Errorf("%s twice: %d events, then %d", action, n, now)
		}
	}
}

// What a writer cannot do to a case that has ended, or twice, is said.
func TestWordsTooLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answered, merged, closed := w.Send(t), w.Send(t), w.Send(t)
	w.Answer(t, answered.CaseID, "已经修好。")
	join(t, w, merged.CaseID, answered.Number)
	w.Answer(t, closed.CaseID, "已经修好。")
	say(t, w, closed.CaseID, casework.Word{Action: workflow.Settle})
	for name, test := range map[string]struct {
		id   int64
		word casework.Word
		key  string
	}{
		"add to merged":     {merged.CaseID, casework.Word{Action: workflow.MarkAdd, Body: "又坏了"}, "case.write_anew"},
		"add to closed":     {closed.CaseID, casework.Word{Action: workflow.MarkAdd, Body: "又坏了"}, "case.write_anew"},
		"withdraw answered": {answered.CaseID, casework.Word{Action: workflow.Withdraw}, "case.not_now"},
		"redo closed":       {closed.CaseID, casework.Word{Action: workflow.Redo, Body: "没有解决"}, "case.not_now"},
		"no such word":      {answered.CaseID, casework.Word{Action: workflow.Archive, Body: "x"}, "not_found"},
	} {
		if _, err := w.Cases.Say(t.Context(), workflow.ByWriter(test.id), test.id, test.word); err == nil || err.Error() != test.key {
			t.Errorf("%s: %v, want %s", name, err, test.key)
		}
	}
	say(t, w, answered.CaseID, casework.Word{Action: workflow.AskAgain, Body: "几楼修好了？", External: "1"})
	finish(t, w, answered.CaseID, "五楼。")
	if _, err := w.Cases.Say(t.Context(), workflow.ByWriter(answered.CaseID), answered.CaseID, casework.Word{Action: workflow.AskAgain, Body: "三楼呢？"}); err == nil || err.Error() != "case.asked_again_already" {
		t.Errorf("asked again twice: %v", err)
	}
}

// A rating may be changed for a day; after the case was reopened and answered
// anew the writer rates anew.
func TestRatingAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	me := workflow.ByWriter(r.CaseID)
	rate := func(result int) (workflow.Case, error) {
		return w.Cases.Rate(t.Context(), me, r.CaseID, workflow.Rating{Speed: 3, Attitude: 3, Result: result}, "")
	}
	w.Answer(t, r.CaseID, "已经修好。")
	c, err := rate(1)
	if err != nil {
		t.Fatal(err)
	}
	first := c.Rating.At
	w.Pass(23 * time.Hour)
	if c, err = rate(2); err != nil || c.Rating.Result != 2 || !c.Rating.At.Equal(first) {
		t.Fatalf("changed within a day: %+v, %v", c.Rating, err)
	}
	w.Pass(2 * time.Hour)
	if _, err = rate(5); err == nil || err.Error() != "case.rated_already" {
		t.Fatalf("changed after a day: %v", err)
	}
	w.Do(t, w.OfficeHead, r.CaseID, casework.Act{Action: workflow.Reopen, Note: "来信人来电，热水又停了"})
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Route, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.SignFor})
	finish(t, w, r.CaseID, "再次修好。")
	again := w.Now()
	if c, err = rate(4); err != nil || !c.Rating.At.Equal(again) {
		t.Fatalf("the new answer was rated %v, want %v, %v", c.Rating.At, again, err)
	}
	if _, err = rate(5); err != nil {
		t.Errorf("no change of mind about the new answer: %v", err)
	}
}

// More time is neither granted for an answer that was given nor decided twice;
// a wish that came to nothing can still be put aside.
func TestMoreTimeTooLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.SignFor})
	if err := w.Cases.AskMoreTime(t.Context(), w.LogisticsClerk.Actor(), r.CaseID, 3, "配件需从外地采购"); err != nil {
		t.Fatal(err)
	}
	finish(t, w, r.CaseID, "已经修好。")
	decide := func(grant bool) error {
		return w.Cases.DecideMoreTime(t.Context(), w.OfficeHead.Actor(), r.CaseID, grant, "")
	}
	if err := decide(true); err == nil || err.Error() != "time.no_clock" {
		t.Errorf("granted after the answer: %v", err)
	}
	if n := notices(t, w, r.CaseID, workflow.NoticeExtended); len(n) != 0 {
		t.Error("the writer has the answer and is told that it will take longer")
	}
	if err := decide(false); err != nil {
		t.Errorf("denied: %v", err)
	}
	if err := decide(false); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("decided twice: %v", err)
	}
	if c, _ := w.Store.Case(t.Context(), r.CaseID); c.Extensions != 0 {
		t.Errorf("%d extensions counted", c.Extensions)
	}
}

// Marking urgent hastens clocks that wait too: when the writer answers, the
// shorter promise runs. At night it is told at once.
func TestUrgentWhileWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.SignFor})
	w.Do(t, w.LogisticsClerk, r.CaseID, casework.Act{Action: workflow.Ask, Note: "几号楼？"})
	w.Pass(14 * time.Hour) // eleven at night
	if _, err := w.Cases.Urgent(t.Context(), w.Clerk.Actor(), r.CaseID, "涉及人身安全"); err != nil {
		t.Fatal(err)
	}
	for _, n := range notices(t, w, r.CaseID, workflow.NoticeUrgent) {
		if n.Channel == workflow.ByEmail && n.Next.After(w.Now()) {
			t.Errorf("mailed at %v, now is %v", n.Next, w.Now())
		}
	}
	w.Pass(time.Hour)
	say(t, w, r.CaseID, casework.Word{Action: workflow.MarkAdd, Body: "三号楼"})
	k := clockOf(t, w, r.CaseID, workflow.ToAnswer)
	if want := w.Now().Add(24 * time.Hour); !k.Urgent || !k.Due.Equal(want) || !k.Running() {
		t.Errorf("the answer is due %v, want %v; urgent %v", k.Due, want, k.Urgent)
	}
}

// What a letter is found to be can put it into the discipline lane, as a whole
// or in part; the officer is told, and nobody else sees it.
func TestClassifiedAsMisconduct(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	whole, split := w.Send(t), w.Send(t)
	ctx, clerk := t.Context(), w.Clerk.Actor()
	c, err := w.Cases.Classify(ctx, clerk, whole.CaseID, casework.Classes{Kind: workflow.Report, Category: w.Misconduct.ID})
	if err != nil {
		t.Fatal(err)
	}
	part, err := w.Cases.Split(ctx, clerk, split.CaseID, casework.Part{Subject: "收受礼金", Body: "宿管收受礼金。", Kind: workflow.Report, Category: w.Misconduct.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []workflow.Case{c, part} {
		if _, err := w.Cases.Open(ctx, clerk, k.Number); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("the office opens %s: %v", k.Number, err)
		}
		if _, err := w.Cases.Open(ctx, w.Discipline.Actor(), k.Number); err != nil {
			t.Errorf("the discipline officer cannot open %s: %v", k.Number, err)
		}
		if n := notices(t, w, k.ID, workflow.NoticeRouted); len(n) == 0 || n[0].Account != w.Discipline.ID {
			t.Errorf("nobody of the lane is told of %s", k.Number)
		}
	}
	if n := received(t, w, workflow.CountReceived); n != 1 {
		t.Errorf("%d cases outside the lane are counted, want the rest of the split letter", n)
	}
}

// A part that was split off rings like any case, opens with the letter's code,
// and is shown to the writer beside the rest.
func TestSplitOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	c, err := w.Cases.Split(t.Context(), w.Clerk.Actor(), r.CaseID, casework.Part{Subject: "选课", Body: "选课系统打不开。", Kind: workflow.Help, Category: w.Teaching.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []workflow.ClockKind{workflow.Register, workflow.Overall} {
		k := clockOf(t, w, c.ID, kind)
		if _, armed := w.Timers.Armed(timer(k)); !armed {
			t.Errorf("clock %s of the part is not armed", kind)
		}
		if !k.Started.Equal(w.Now()) {
			t.Errorf("clock %s began %v", kind, k.Started)
		}
	}
	if by, err := w.Cases.Track(t.Context(), c.Number, string(r.Code), "here"); err != nil || by.Case != c.ID {
		t.Errorf("the letter's code opens case %d, %v", by.Case, err)
	}
	p, err := w.Cases.Follow(t.Context(), workflow.ByWriter(r.CaseID), r.CaseID)
	if err != nil || len(p.Parts) != 1 || p.Parts[0].Number != c.Number {
		t.Errorf("the writer sees %d parts, %v", len(p.Parts), err)
	}
	if _, err := w.Cases.Follow(t.Context(), workflow.ByWriter(r.CaseID), c.ID); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("one case's writer opens another case without its number: %v", err)
	}
}

// A case that has ended stays what it was found to be: figures count it so.
func TestEndedStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	w.Answer(t, r.CaseID, "已经修好。")
	say(t, w, r.CaseID, casework.Word{Action: workflow.Settle})
	if _, err := w.Cases.Classify(t.Context(), w.Clerk.Actor(), r.CaseID, casework.Classes{Kind: workflow.Praise, Category: w.Teaching.ID}); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("classified: %v", err)
	}
	if err := w.Cases.Assist(t.Context(), w.Clerk.Actor(), r.CaseID, w.Academic.ID, true); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("assisted: %v", err)
	}
}

// A department that is found to be complained about loses sight of the case at
// once, also where it was helping, and of what it was told about it.
func TestComplainedAboutLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Send(t)
	ctx, clerk, by := t.Context(), w.Clerk.Actor(), w.LogisticsHead.Actor()
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	if err := w.Cases.Remind(ctx, clerk, r.CaseID, "请核实维修记录"); err != nil {
		t.Fatal(err)
	}
	about := casework.Classes{Kind: workflow.Complaint, Category: w.Repair.ID, About: w.Logistics.ID}
	if _, err := w.Cases.Classify(ctx, clerk, r.CaseID, about); workflow.KindOf(err) != workflow.Invalid {
		t.Fatalf("the case stays with those it complains about: %v", err)
	}
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Route, Department: w.Academic.ID, Note: "反映后勤处"})
	if err := w.Cases.Assist(ctx, clerk, r.CaseID, w.Logistics.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cases.Classify(ctx, clerk, r.CaseID, about); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cases.Open(ctx, by, r.Number); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("opened: %v", err)
	}
	if _, err := w.Cases.File(ctx, by, r.CaseID, 1); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a file: %v", err)
	}
	told, err := w.Cases.Notices(ctx, by, 0, 10)
	if err != nil || len(told) == 0 {
		t.Fatalf("%d notices, %v", len(told), err)
	}
	for _, n := range told {
		if n.Case.ID != 0 || n.CaseID != 0 || len(n.Args) != 0 {
			t.Errorf("the notice %s still says %d %v", n.Kind, n.CaseID, n.Args)
		}
	}
}

// Reasons have an end.
func TestLongReasons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Send(t).CaseID
	long := strings.Repeat("很", workflow.MaxNote+1)
	ctx, by := t.Context(), w.Clerk.Actor()
	_, urgent := w.Cases.Urgent(ctx, by, id, long)
	_, reveal := w.Vault.Reveal(ctx, by, id, long)
	for name, err := range map[string]error{
		"urgent": urgent, "reveal": reveal, "seal": w.Cases.Seal(ctx, by, id, long), "remind": w.Cases.Remind(ctx, by, id, long),
		"decide": w.Cases.DecideMoreTime(ctx, by, id, true, long),
	} {
		if workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
