package casework_test

import (
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/worldtest"
)

func join(t *testing.T, w *worldtest.World, twin int64, into string) {
	t.Helper()
	w.Do(t, w.Clerk, twin, casework.Act{Action: workflow.Merge, Into: into})
}

// told is what the writer of the case reads of one kind.
func told(t *testing.T, w *worldtest.World, caseID int64, kind workflow.MessageKind) []string {
	t.Helper()
	p, err := w.Cases.Follow(t.Context(), workflow.ByWriter(caseID), caseID)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range p.Messages {
		if m.Kind == kind {
			out = append(out, m.Body)
		}
	}
	return out
}

func notices(t *testing.T, w *worldtest.World, caseID int64, kind workflow.NoticeKind) []workflow.Notice {
	t.Helper()
	all, err := w.Store.NoticesOf(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	var out []workflow.Notice
	for _, n := range all {
		if n.Kind == kind {
			out = append(out, n)
		}
	}
	return out
}

// A letter joined to one that is joined to a third is answered with the third.
func TestMergeChainIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.Send(t), w.Send(t), w.Send(t)
	join(t, w, a.CaseID, b.Number)
	join(t, w, b.CaseID, c.Number)
	w.Answer(t, c.CaseID, "已经修好。")
	for name, id := range map[string]int64{"first": a.CaseID, "second": b.CaseID, "third": c.CaseID} {
		if got := told(t, w, id, workflow.AnswerMessage); len(got) != 1 || got[0] != "已经修好。" {
			t.Errorf("the writer of the %s letter is answered %q", name, got)
		}
		if n := notices(t, w, id, workflow.NoticeAnswered); len(n) != 1 {
			t.Errorf("the writer of the %s letter is told %d times", name, len(n))
		}
	}
	p, err := w.Cases.Follow(t.Context(), workflow.ByWriter(a.CaseID), a.CaseID)
	if err != nil || p.Into.State != workflow.Answered {
		t.Errorf("the first writer sees that it is %s, %v", p.Into.State, err)
	}
}

// A letter joined to a case that is answered already brings its writer, and
// those of the letters joined to it, the answer at once.
func TestMergeIntoAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, twin, third := w.Send(t), w.Send(t), w.Send(t)
	w.Answer(t, main.CaseID, "已经修好。")
	w.Pass(time.Hour)
	join(t, w, third.CaseID, twin.Number)
	join(t, w, twin.CaseID, main.Number)
	for _, id := range []int64{twin.CaseID, third.CaseID} {
		if got := told(t, w, id, workflow.AnswerMessage); len(got) != 1 {
			t.Errorf("case %d is answered %q", id, got)
		}
		said, err := w.Store.MessagesOf(t.Context(), id, false)
		if err != nil || !said[len(said)-1].At.Equal(w.Now()) {
			t.Errorf("case %d was answered at another time than it was joined, %v", id, err)
		}
	}
	events, _ := w.Store.EventsOf(t.Context(), main.CaseID)
	if last := events[len(events)-1]; last.Action != workflow.MarkJoin || last.By.ID != w.Clerk.ID {
		t.Errorf("the case that took a letter in remembers %s", last.Action)
	}
}

// Nothing is joined to a case that ended without an answer, or to one nobody
// may name: its writer would wait for ever.
func TestMergeIntoNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	twin, joined, declined, withdrawn, sealed := w.Send(t), w.Send(t), w.Send(t), w.Send(t), w.Send(t)
	join(t, w, joined.CaseID, w.Send(t).Number)
	w.Do(t, w.Clerk, declined.CaseID, casework.Act{Action: workflow.Decline, Ground: "unclear"})
	say(t, w, withdrawn.CaseID, casework.Word{Action: workflow.Withdraw})
	if err := w.Cases.Seal(t.Context(), w.Clerk.Actor(), sealed.CaseID, "涉及违纪"); err != nil {
		t.Fatal(err)
	}
	for into, want := range map[string]string{
		joined.Number: "case.merge_ended", declined.Number: "case.merge_ended", withdrawn.Number: "case.merge_ended", silent(t, w): "case.merge_ended",
		sealed.Number: "case.merge_unknown", "XZ20991231-0001": "case.merge_unknown", twin.Number: "case.merge_self",
	} {
		_, err := w.Cases.Do(t.Context(), w.Clerk.Actor(), twin.CaseID, casework.Act{Action: workflow.Merge, Into: into})
		if err == nil || err.Error() != want {
			t.Errorf("into %s: %v, want %s", into, err, want)
		}
	}
	if c, err := w.Store.Case(t.Context(), twin.CaseID); err != nil || c.State != workflow.Received {
		t.Errorf("after all the refusals it is %s, %v", c.State, err)
	}
}

// silent is the number of a case that was closed because its writer said nothing.
func silent(t *testing.T, w *worldtest.World) string {
	t.Helper()
	r := w.Send(t)
	w.Do(t, w.Clerk, r.CaseID, casework.Act{Action: workflow.Ask, Note: "请说明楼层"})
	now := w.Now()
	w.Set(clockOf(t, w, r.CaseID, workflow.ToSupply).Due)
	if _, err := w.Watch.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Set(now)
	return r.Number
}

// The notice of joining names no other letter.
func TestMergedWriterLearnsOfNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, twin := w.Send(t), w.Send(t)
	join(t, w, twin.CaseID, main.Number)
	for _, n := range notices(t, w, twin.CaseID, workflow.NoticeMerged) {
		for k, v := range n.Args {
			if v == main.Number {
				t.Errorf("the notice says %s=%s", k, v)
			}
		}
	}
}

// A declined case tells the writers of joined letters why, each once.
func TestDeclineReachesJoined(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, twin := w.Send(t), w.Send(t)
	join(t, w, twin.CaseID, main.Number)
	w.Do(t, w.Clerk, main.CaseID, casework.Act{Action: workflow.Decline, Ground: "statutory_channel", Note: "请向人社部门反映。"})
	if got := told(t, w, twin.CaseID, workflow.DeclineMessage); len(got) != 1 {
		t.Errorf("the joined writer reads %q", got)
	}
	n := notices(t, w, twin.CaseID, workflow.NoticeDeclined)
	if len(n) != 1 || n[0].Args["ground"] != "statutory_channel" || n[0].Message == 0 {
		t.Errorf("the joined writer is told %+v", n)
	}
}

// One writer's word or silence does not end the matter of the others.
func TestJoinedLettersGoOn(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*testing.T, *worldtest.World, int64){
		"withdrawn": func(t *testing.T, w *worldtest.World, id int64) {
			say(t, w, id, casework.Word{Action: workflow.Withdraw})
		},
		"silent": func(t *testing.T, w *worldtest.World, id int64) {
			w.Do(t, w.Clerk, id, casework.Act{Action: workflow.Ask, Note: "请说明楼层"})
			w.Set(clockOf(t, w, id, workflow.ToSupply).Due)
			if _, err := w.Watch.Tick(t.Context(), w.Now()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			main, twin, third := w.Send(t), w.Send(t), w.Send(t)
			join(t, w, third.CaseID, twin.Number)
			join(t, w, twin.CaseID, main.Number)
			end(t, w, main.CaseID)
			c, err := w.Store.Case(t.Context(), twin.CaseID)
			if err != nil || c.State != workflow.Accepted || c.MergedInto != 0 || c.Due.IsZero() {
				t.Fatalf("the joined letter is %s, due %s, %v", c.State, c.Due, err)
			}
			if _, armed := w.Timers.Armed(timer(clockOf(t, w, twin.CaseID, workflow.Overall))); !armed {
				t.Error("nobody is reminded of it")
			}
			w.Do(t, w.Clerk, twin.CaseID, casework.Act{Action: workflow.Route, Department: w.Logistics.ID})
			w.Do(t, w.LogisticsClerk, twin.CaseID, casework.Act{Action: workflow.SignFor})
			finish(t, w, twin.CaseID, "已经修好。")
			for _, id := range []int64{twin.CaseID, third.CaseID} {
				if got := told(t, w, id, workflow.AnswerMessage); len(got) != 1 {
					t.Errorf("case %d is answered %q", id, got)
				}
			}
		})
	}
}

// What was joined by mistake can be taken out again.
func TestMergedByMistake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, twin := w.Send(t), w.Send(t)
	join(t, w, twin.CaseID, main.Number)
	if c := w.Do(t, w.Clerk, twin.CaseID, casework.Act{Action: workflow.Reopen}); c.State != workflow.Accepted || c.MergedInto != 0 {
		t.Errorf("%s, merged into %d", c.State, c.MergedInto)
	}
	w.Answer(t, main.CaseID, "已经修好。")
	if got := told(t, w, twin.CaseID, workflow.AnswerMessage); len(got) != 0 {
		t.Errorf("answered with another's answer: %q", got)
	}
}

// A department is not shown a joined letter that complains about it, nor one
// that went into the discipline lane.
func TestJoinedAboutTheDepartment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, plain := w.Send(t), w.Send(t)
	about := w.Send(t, func(l *workflow.Letter) { l.About = w.Logistics.ID })
	join(t, w, about.CaseID, main.Number)
	join(t, w, plain.CaseID, main.Number)
	w.Do(t, w.Clerk, main.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
	d, err := w.Cases.Open(t.Context(), w.LogisticsHead.Actor(), main.Number)
	if err != nil || len(d.Parts) != 1 || d.Parts[0].ID != plain.CaseID {
		t.Errorf("the department sees %d joined letters, %v", len(d.Parts), err)
	}
	if d, _ := w.Cases.Open(t.Context(), w.Clerk.Actor(), main.Number); len(d.Parts) != 2 {
		t.Errorf("the office sees %d joined letters", len(d.Parts))
	}
}

// The letters joined to a case go into the discipline lane with it: the answer
// is copied to them.
func TestSealingTakesJoinedAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	main, twin, third := w.Send(t), w.Send(t), w.Send(t)
	join(t, w, third.CaseID, twin.Number)
	join(t, w, twin.CaseID, main.Number)
	if err := w.Cases.Seal(t.Context(), w.Clerk.Actor(), main.CaseID, "涉及违纪"); err != nil {
		t.Fatal(err)
	}
	for _, r := range []string{main.Number, twin.Number, third.Number} {
		if _, err := w.Cases.Open(t.Context(), w.OfficeHead.Actor(), r); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("the office opens %s: %v", r, err)
		}
		if _, err := w.Cases.Open(t.Context(), w.Discipline.Actor(), r); err != nil {
			t.Errorf("the discipline officer cannot open %s: %v", r, err)
		}
	}
}
