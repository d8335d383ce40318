package publication_test

import (
	"bytes"
	"context"
	"maps"
	"testing"

	"mailbox/workflow"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// shelf is a subject of reviews that shows one text and remembers decisions.
type shelf struct {
	gone    bool
	decided []workflow.Review
}

func (s *shelf) Exhibit(_ context.Context, _ workflow.Store, r workflow.Review) (workflow.Exhibit, error) {
	if s.gone {
		return workflow.Exhibit{}, workflow.Fail(workflow.Conflict, "review.changed")
	}
	return workflow.Exhibit{Parts: []workflow.ExhibitPart{{Key: "answer", Text: r.Title}}}, nil
}

func (s *shelf) Decided(_ context.Context, _ workflow.Store, r workflow.Review) error {
	s.decided = append(s.decided, r)
	return nil
}

type office struct {
	*worldtest.World
	shelf   *shelf
	reviews *publication.Reviews
}

func open(t *testing.T) office {
	t.Helper()
	o := office{World: worldtest.New(t, workflowtest.NewMemory()), shelf: &shelf{}}
	o.reviews = publication.NewReviews(o.Desk, map[workflow.ReviewSubject]workflow.Reviewed{
		workflow.ReviewAnswer: o.shelf, workflow.ReviewItem: o.shelf,
	})
	return o
}

func (o office) ask(t *testing.T, by workflow.Account, subject workflow.ReviewSubject, change ...func(*workflow.Review)) workflow.Review {
	t.Helper()
	r := workflow.Review{Subject: subject, SubjectID: 5, Title: "三号楼热水", ContentHash: bytes.Repeat([]byte{7}, 32)}
	for _, c := range change {
		c(&r)
	}
	err := o.Store.Atomic(t.Context(), func(tx workflow.Store) error { return o.Desk.AskReview(t.Context(), tx, by.Actor(), &r) })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func clean() publication.Decision {
	d := publication.Decision{Version: 1, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "《高等学校信息公开办法》"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	return d
}

func TestDecide(t *testing.T) {
	o := open(t)
	r := o.ask(t, o.Clerk, workflow.ReviewAnswer)
	got, err := o.reviews.Decide(t.Context(), o.Reviewer.Actor(), r.ID, clean())
	if err != nil || !got.Passed() || got.Reviewer != o.Reviewer.ID || got.Decided.IsZero() {
		t.Fatalf("%+v, %v", got, err)
	}
	if len(o.shelf.decided) != 1 || !o.shelf.decided[0].Passed() {
		t.Errorf("the subject was told %+v", o.shelf.decided)
	}
	_, err = o.reviews.Decide(t.Context(), o.Reviewer.Actor(), r.ID, clean())
	if workflow.KindOf(err) != workflow.Conflict || len(o.shelf.decided) != 1 {
		t.Errorf("a second click: %v, %d decisions", err, len(o.shelf.decided))
	}
	entries, err := o.Store.Journal(t.Context(), 0, 10)
	if err != nil || len(entries) != 2 || entries[0].Action != "review.decide" || entries[1].Action != "review.ask" {
		t.Errorf("journal %+v, %v", entries, err)
	}
}

func TestReviewIsTold(t *testing.T) {
	o := open(t)
	told := func(a workflow.Account) []workflow.Notice {
		notices, err := o.Store.PageNotices(t.Context(), a.ID, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return notices
	}
	r := o.ask(t, o.Clerk, workflow.ReviewAnswer)
	got := told(o.Reviewer)
	if len(got) != 1 || got[0].Args["href"] != "/office/reviews/1" || got[0].Args["title"] != r.Title || got[0].CaseID != 0 {
		t.Fatalf("the reviewer is told %+v", got)
	}
	if _, err := o.reviews.Decide(t.Context(), o.Reviewer.Actor(), r.ID, clean()); err != nil {
		t.Fatal(err)
	}
	if got := told(o.Clerk); len(got) != 1 || got[0].Args["result"] != "public" {
		t.Errorf("the asker is told %+v", got)
	}
	ordinary := func(r *workflow.Review) { r.Department = o.Logistics.ID }
	o.ask(t, o.LogisticsClerk, workflow.ReviewItem, ordinary)
	if got := told(o.LogisticsHead); len(got) != 1 {
		t.Errorf("the head is told %+v", got)
	}
	o.ask(t, o.LogisticsHead, workflow.ReviewItem, ordinary) // her own: the reviewer decides
	if len(told(o.LogisticsHead)) != 1 || len(told(o.Reviewer)) != 2 {
		t.Errorf("%d and %d are told", len(told(o.LogisticsHead)), len(told(o.Reviewer)))
	}
}

func TestWhoDecides(t *testing.T) {
	o := open(t)
	ours := func(r *workflow.Review) { r.Department = o.Logistics.ID }
	doubtful := func(r *workflow.Review) { r.Department, r.Doubtful = o.Logistics.ID, true }
	for _, k := range []struct {
		what    string
		by      workflow.Account
		subject workflow.ReviewSubject
		change  func(*workflow.Review)
		want    workflow.Kind
	}{
		{"the reviewer an answer", o.Reviewer, workflow.ReviewAnswer, ours, -1},
		{"the reviewer a doubtful item", o.Reviewer, workflow.ReviewItem, doubtful, -1},
		{"the head an ordinary item", o.LogisticsHead, workflow.ReviewItem, ours, -1},
		{"the head a doubtful item", o.LogisticsHead, workflow.ReviewItem, doubtful, workflow.Forbidden},
		{"the head an answer", o.LogisticsHead, workflow.ReviewAnswer, ours, workflow.Forbidden},
		{"another head", o.AcademicHead, workflow.ReviewItem, ours, workflow.NotFound},
		{"the asker", o.OfficeHead, workflow.ReviewAnswer, ours, workflow.Forbidden},
		{"the clerk", o.Clerk, workflow.ReviewAnswer, ours, workflow.Forbidden},
		{"the administrator", o.Admin, workflow.ReviewAnswer, ours, workflow.NotFound},
		{"the leader", o.Leader, workflow.ReviewAnswer, ours, workflow.NotFound},
	} {
		r := o.ask(t, o.OfficeHead, k.subject, k.change)
		_, err := o.reviews.Decide(t.Context(), k.by.Actor(), r.ID, clean())
		if k.want < 0 && err != nil || k.want >= 0 && workflow.KindOf(err) != k.want {
			t.Errorf("%s: %v", k.what, err)
		}
		sheet, err := o.reviews.Open(t.Context(), k.by.Actor(), r.ID)
		if (k.want == workflow.NotFound) != (workflow.KindOf(err) == workflow.NotFound) || sheet.MayDecide {
			t.Errorf("%s opens %+v, %v", k.what, sheet, err)
		}
	}
}

func TestDecisionsNeedReasons(t *testing.T) {
	o := open(t)
	r := o.ask(t, o.Clerk, workflow.ReviewAnswer)
	for what, k := range map[string]struct {
		change func(*publication.Decision)
		field  string
	}{
		"a question unanswered":     {func(d *publication.Decision) { delete(d.Checklist, "private") }, "check_private"},
		"no basis":                  {func(d *publication.Decision) { d.Basis = " " }, "basis"},
		"doubts and yet public":     {func(d *publication.Decision) { d.Checklist["undecided"] = true }, "result"},
		"refused without a ground":  {func(d *publication.Decision) { d.Result = workflow.ReviewRefused }, "ground"},
		"partly without a ground":   {func(d *publication.Decision) { d.Result = workflow.ReviewPartly }, "ground"},
		"a ground nobody knows":     {func(d *publication.Decision) { d.Result, d.Ground = workflow.ReviewRefused, "mood" }, "ground"},
		"a result nobody knows":     {func(d *publication.Decision) { d.Result = "perhaps" }, "result"},
		"a question of its own":     {func(d *publication.Decision) { d.Checklist["mine"] = false }, "result"},
		"a text that does not fit":  {func(d *publication.Decision) { d.Basis = string(bytes.Repeat([]byte("长"), 2001)) }, "basis"},
		"a remark that has no end":  {func(d *publication.Decision) { d.Remark = string(bytes.Repeat([]byte("长"), 2001)) }, "remark"},
		"no result at all was said": {func(d *publication.Decision) { d.Result = "" }, "result"},
	} {
		d := clean()
		d.Checklist = maps.Clone(d.Checklist)
		k.change(&d)
		_, err := o.reviews.Decide(t.Context(), o.Reviewer.Actor(), r.ID, d)
		e, ok := err.(*workflow.Error) //nolint:errorlint // the use case returns it bare
		if !ok || e.Field != k.field {
			t.Errorf("%s: %v", what, err)
		}
	}
	o.shelf.gone = true
	if _, err := o.reviews.Decide(t.Context(), o.Reviewer.Actor(), r.ID, clean()); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("what is not there any more was decided: %v", err)
	}
	sheet, err := o.reviews.Open(t.Context(), o.Reviewer.Actor(), r.ID)
	if err != nil || !sheet.Gone || sheet.MayDecide {
		t.Errorf("%+v, %v", sheet, err)
	}
}

// TestListsAgree: what a list holds is what MaySeeReview and MayReview say of
// each review.
func TestListsAgree(t *testing.T) {
	o := open(t)
	everybody := []workflow.Account{o.Clerk, o.OfficeHead, o.Leader, o.Reviewer, o.Admin, o.LogisticsClerk, o.LogisticsHead, o.AcademicHead}
	var all []workflow.Review
	for i, by := range everybody {
		for _, subject := range []workflow.ReviewSubject{workflow.ReviewAnswer, workflow.ReviewItem} {
			all = append(all, o.ask(t, by, subject, func(r *workflow.Review) {
				r.Doubtful = i%2 == 0
				r.Department = []int64{0, o.Logistics.ID, o.Academic.ID}[i%3]
			}))
		}
	}
	for _, a := range everybody {
		for _, wanted := range []publication.Wanted{publication.Waiting, publication.Asked} {
			want := 0
			for _, r := range all {
				if wanted == publication.Waiting && workflow.MayReview(a.Actor(), r) || wanted == publication.Asked && workflow.MaySeeReview(a.Actor(), r) {
					want++
				}
			}
			f := publication.Filter{Wanted: wanted, Limit: 100}
			rows, err := o.reviews.List(t.Context(), a.Actor(), f)
			n, err2 := o.reviews.Count(t.Context(), a.Actor(), f)
			if err != nil || err2 != nil || len(rows) != want || n != want {
				t.Errorf("%s, %s: %d listed, %d counted, want %d (%v, %v)", a.Username, wanted, len(rows), n, want, err, err2)
			}
		}
	}
}
