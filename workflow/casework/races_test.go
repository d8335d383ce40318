package casework_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/intake"
	"mailbox/workflow/worldtest"
)

func onPostgres(t *testing.T) *worldtest.World {
	t.Helper()
	store, err := postgres.Open(t.Context(), pgtest.Open(t), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return worldtest.New(t, store)
}

// together does everything at once and returns what each said.
func together(all ...func() error) []error {
	errs := make([]error, len(all))
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i, do := range all {
		wg.Go(func() {
			<-begin
			errs[i] = do()
		})
	}
	close(begin)
	wg.Wait()
	return errs
}

// one wants that one succeeded and the others were told of a conflict.
func one(t *testing.T, what string, errs []error) {
	t.Helper()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case workflow.KindOf(err) != workflow.Conflict:
			t.Errorf("%s: %v", what, err)
		}
	}
	if done != 1 {
		t.Errorf("%s: %d succeeded", what, done)
	}
}

func times(n int, do func() error) []func() error {
	out := make([]func() error, n)
	for i := range out {
		out[i] = do
	}
	return out
}

// Everything that two people can press at once happens once.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	w := onPostgres(t)
	l := w.Letter()
	var mu sync.Mutex
	receipts := map[string]intake.Receipt{}
	for _, err := range together(times(8, func() error {
		r, err := w.Intake.Submit(t.Context(), l)
		mu.Lock()
		defer mu.Unlock()
		receipts[r.Number+r.Code.Groups()+r.Proof] = r
		return err
	})...) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(receipts) != 1 {
		t.Fatalf("%d receipts of one letter", len(receipts))
	}
	var id int64
	for _, r := range receipts {
		id = r.CaseID
	}
	do := func(by workflow.Account, a casework.Act) func() error {
		return func() error {
			_, err := w.Cases.Do(t.Context(), by.Actor(), id, a)
			return err
		}
	}
	draft := func(by workflow.Account, text string) func() error {
		return func() error {
			_, err := w.Cases.SaveDraft(t.Context(), by.Actor(), id, text, 0)
			return err
		}
	}
	one(t, "accept", together(times(4, do(w.Clerk, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID}))...))
	one(t, "sign for", together(do(w.LogisticsClerk, casework.Act{Action: workflow.SignFor}), do(w.LogisticsHead, casework.Act{Action: workflow.SignFor})))
	one(t, "draft", together(draft(w.LogisticsClerk, "甲稿"), draft(w.LogisticsHead, "乙稿")))
	w.Do(t, w.LogisticsClerk, id, casework.Act{Action: workflow.HandIn})
	one(t, "two heads sign", together(times(4, do(w.LogisticsHead, casework.Act{Action: workflow.Approve}))...))
	one(t, "send", together(do(w.Clerk, casework.Act{Action: workflow.Answer}), do(w.OfficeHead, casework.Act{Action: workflow.Answer}), do(w.Clerk, casework.Act{Action: workflow.SendBack, Note: "再看看"})))
	if c, _ := w.Store.Case(t.Context(), id); c.State == workflow.InHand {
		return // sending it back was quicker
	}
	if n, m := len(told(t, w, id, workflow.AnswerMessage)), len(notices(t, w, id, workflow.NoticeAnswered)); n != 1 || m != 1 {
		t.Errorf("%d answers, %d notices", n, m)
	}
	again := func() error {
		_, err := w.Cases.Say(t.Context(), workflow.ByWriter(id), id, casework.Word{Action: workflow.AskAgain, Body: "三楼呢？", External: "form"})
		return err
	}
	for _, err := range together(times(6, again)...) {
		if err != nil {
			t.Errorf("a second click: %v", err)
		}
	}
	if n := len(told(t, w, id, workflow.AgainMessage)); n != 1 {
		t.Errorf("asked again %d times", n)
	}
}

// A letter that is joined while the answer leaves gets it, once; two that are
// joined to each other do not both vanish.
func TestMergeWhileAnswering(t *testing.T) {
	t.Parallel()
	w := onPostgres(t)
	for range 12 {
		main, twin := w.Send(t), w.Send(t)
		w.Do(t, w.Clerk, main.CaseID, casework.Act{Action: workflow.Accept, Department: w.Logistics.ID})
		w.Do(t, w.LogisticsClerk, main.CaseID, casework.Act{Action: workflow.SignFor})
		if _, err := w.Cases.SaveDraft(t.Context(), w.LogisticsClerk.Actor(), main.CaseID, "已经修好。", 0); err != nil {
			t.Fatal(err)
		}
		w.Do(t, w.LogisticsClerk, main.CaseID, casework.Act{Action: workflow.HandIn})
		w.Do(t, w.LogisticsHead, main.CaseID, casework.Act{Action: workflow.Approve})
		for _, err := range together(func() error {
			_, err := w.Cases.Do(t.Context(), w.OfficeHead.Actor(), main.CaseID, casework.Act{Action: workflow.Answer})
			return err
		}, func() error {
			_, err := w.Cases.Do(t.Context(), w.Clerk.Actor(), twin.CaseID, casework.Act{Action: workflow.Merge, Into: main.Number})
			return err
		}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := told(t, w, twin.CaseID, workflow.AnswerMessage); len(got) != 1 {
			t.Fatalf("the joined writer is answered %q", got)
		}
	}
}

func TestMergeEachIntoTheOther(t *testing.T) {
	t.Parallel()
	w := onPostgres(t)
	a, b := w.Send(t), w.Send(t)
	into := func(id int64, number string) func() error {
		return func() error {
			_, err := w.Cases.Do(t.Context(), w.Clerk.Actor(), id, casework.Act{Action: workflow.Merge, Into: number})
			return err
		}
	}
	done := 0
	for _, err := range together(into(a.CaseID, b.Number), into(b.CaseID, a.Number)) {
		switch {
		case err == nil:
			done++
		case err.Error() != "case.merge_ended" && workflow.KindOf(err) != workflow.Conflict:
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("%d merges succeeded", done)
	}
}

// A program whose line breaks sends the same act again, also while the first is
// still under way, and by another replica.
func TestSameKeyAtOnce(t *testing.T) {
	w := onPostgres(t)
	r := w.Send(t)
	c, err := w.Store.Case(t.Context(), r.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	call := casework.Call{Number: c.Number, Action: workflow.MarkNote, Key: "0123456789abcdef", Digest: []byte("a note"), Version: c.Version}
	var mu sync.Mutex
	answers := map[string]int{}
	errs := together(times(6, func() error {
		done, _, err := w.Cases.Once(t.Context(), w.Clerk.Actor(), call, func(inside *casework.Casework, k workflow.Case) error {
			return inside.Note(t.Context(), w.Clerk.Actor(), k.ID, "已联系", nil)
		})
		mu.Lock()
		defer mu.Unlock()
		answers[fmt.Sprint(done.State, done.Version, done.At.UTC())]++
		return err
	})...)
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	all, err := w.Store.MessagesOf(t.Context(), r.CaseID, true)
	if err != nil || len(all) != 2 || len(answers) != 1 {
		t.Errorf("%d messages, answers %v, %v", len(all), answers, err)
	}
}
