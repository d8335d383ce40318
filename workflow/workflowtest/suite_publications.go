package workflowtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
)

var publicationPromises = []promise{
	{"a publication comes back as it was stored, with what is edited", publicationComesBack},
	{"a case has one publication at a time", onePublication},
	{"two people's changes of a publication never overwrite each other", publicationConflict},
	{"nothing becomes public without consent, answer and a passed review of exactly this content", publicationGate},
	{"what was published does not change and does not come back", publishedStays},
	{"consent is not taken back, nor a case sealed, while its answer is public", consentHolds},
	{"everybody reads what is published, visible and not withdrawn, and nothing else", publicLists},
	{"what is public is found by any two signs that stand together", publicSearch},
	{"pages of what is public are complete and without doubles", publicPages},
	{"what became public is proved by day", proofDays},
}

// answeredCase is a case that may be public.
func answeredCase(t *testing.T, s workflow.Store, opts ...func(*workflow.Case)) workflow.Case {
	t.Helper()
	return NewCase(t, s, append([]func(*workflow.Case){func(x *workflow.Case) {
		x.State, x.PublishWish, x.Answered = workflow.Answered, true, Morning
	}}, opts...)...)
}

// draftOf stores a publication of the case that nobody has reviewed.
func draftOf(t *testing.T, s workflow.Store, c College, x workflow.Case, subject string) workflow.Publication {
	t.Helper()
	a := workflow.PublicAnswer{
		Slug: fmt.Sprintf("slug%06d", x.ID), Kind: x.Kind, Category: "repair", Received: "2026-11-20", Answered: "2026-11-23",
		Subject: subject, Question: "没有热水。", Answer: "已修好。",
	}
	p := workflow.Publication{
		CaseID: x.ID, Slug: a.Slug, State: workflow.PublicationDraft, Kind: x.Kind, Category: c.Repair.ID, Department: c.Logistics.ID,
		Subject: subject, Content: a.Bytes(), CreatedBy: c.Clerk.ID, Created: Morning, Updated: Morning,
	}
	p.ContentHash = workflow.HashOf(p.Content)
	must(t, s.AddPublication(t.Context(), &p, workflow.Redaction{Subject: subject, Question: "[[林某]]：没有热水。", Answer: "已修好。"}))
	return p
}

// passed gives p a review that passed.
func passed(t *testing.T, s workflow.Store, c College, p *workflow.Publication) {
	t.Helper()
	r := newReview(t, s, c, func(r *workflow.Review) { r.SubjectID, r.ContentHash = p.ID, p.ContentHash })
	decide(&r, c.Reviewer.ID, workflow.ReviewPublic)
	must(t, s.DecideReview(t.Context(), &r))
	p.State, p.Review, p.Passed = workflow.PublicationReviewed, r.ID, true
	must(t, s.SavePublication(t.Context(), p))
}

// publish makes p public from a moment on.
func publish(c College, p *workflow.Publication, visible time.Time) {
	p.State, p.Published, p.PublishedBy, p.Visible = workflow.PublicationPublished, Morning, c.OfficeHead.ID, visible
	p.Words = workflow.SearchWords(p.Subject + "\n" + "没有热水。\n已修好。")
}

func withdraw(p *workflow.Publication, at time.Time) {
	p.State, p.Withdrawn, p.Words, p.Reason = workflow.PublicationWithdrawn, at, "", "来信人撤回"
}

// published stores a case whose answer is public from a moment on.
func published(t *testing.T, s workflow.Store, c College, subject string, visible time.Time) workflow.Publication {
	t.Helper()
	p := draftOf(t, s, c, answeredCase(t, s), subject)
	passed(t, s, c, &p)
	publish(c, &p, visible)
	must(t, s.SavePublication(t.Context(), &p))
	p.Words = ""
	return p
}

func publicationComesBack(t *testing.T, s workflow.Store, c College) {
	p := draftOf(t, s, c, answeredCase(t, s), "宿舍热水")
	same(t, "draft", ok(s.Publication(t.Context(), p.ID))(t), p)
	same(t, "edited", ok(s.Redaction(t.Context(), p.ID))(t).Question, "[[林某]]：没有热水。")
	must(t, s.SaveRedaction(t.Context(), p.ID, workflow.Redaction{Question: "改过"}))
	same(t, "edited again", ok(s.Redaction(t.Context(), p.ID))(t), workflow.Redaction{Question: "改过"})
	passed(t, s, c, &p)
	publish(c, &p, Morning.Add(time.Hour))
	must(t, s.SavePublication(t.Context(), &p))
	must(t, s.DropRedaction(t.Context(), p.ID))
	absent(t, "edited, once published", second(s.Redaction(t.Context(), p.ID)))
	p.Words = ""
	same(t, "published", ok(s.PublicationOf(t.Context(), p.CaseID))(t), p)
	withdraw(&p, Morning.Add(2*time.Hour))
	p.WithdrawnBy = c.Clerk.ID
	must(t, s.SavePublication(t.Context(), &p))
	same(t, "withdrawn", ok(s.Publication(t.Context(), p.ID))(t), p)
	absent(t, "unknown", second(s.Publication(t.Context(), nowhere)))
	absent(t, "of no case", second(s.PublicationOf(t.Context(), nowhere)))
}

func onePublication(t *testing.T, s workflow.Store, c College) {
	x := answeredCase(t, s)
	p := draftOf(t, s, c, x, "宿舍热水")
	again := p
	again.Slug = "another0001"
	wantKind(t, workflow.Conflict, s.AddPublication(t.Context(), &again, workflow.Redaction{}))
	withdraw(&p, Morning)
	must(t, s.SavePublication(t.Context(), &p))
	must(t, s.AddPublication(t.Context(), &again, workflow.Redaction{}))
	same(t, "the last", ok(s.PublicationOf(t.Context(), x.ID))(t).ID, again.ID)
	q := workflow.PublicationQuery{State: workflow.PublicationDraft}
	same(t, "drafts", ok(s.CountPublications(t.Context(), q))(t), 1)
	all := ok(s.Publications(t.Context(), workflow.PublicationQuery{}))(t)
	same(t, "newest first", []int64{all[0].ID, all[1].ID}, []int64{again.ID, p.ID})
	same(t, "a page", len(ok(s.Publications(t.Context(), workflow.PublicationQuery{Before: again.ID, Limit: 5}))(t)), 1)
}

func publicationConflict(t *testing.T, s workflow.Store, c College) {
	p := draftOf(t, s, c, answeredCase(t, s), "宿舍热水")
	once(t, together(4, func(int) error {
		mine := p
		return s.SavePublication(t.Context(), &mine)
	}))
	unknown := p
	unknown.ID = nowhere
	absent(t, "unknown", s.SavePublication(t.Context(), &unknown))
}

func publicationGate(t *testing.T, s workflow.Store, c College) {
	for what, change := range map[string]func(x *workflow.Case){
		"without consent": func(x *workflow.Case) { x.PublishWish = false },
		"sealed":          func(x *workflow.Case) { x.Sealed = true },
		"a report":        func(x *workflow.Case) { x.Kind = workflow.Report },
		"not answered":    func(x *workflow.Case) { x.State = workflow.InHand },
	} {
		p := draftOf(t, s, c, answeredCase(t, s, change), "宿舍热水")
		passed(t, s, c, &p)
		publish(c, &p, Morning)
		gate(t, s, what, p)
	}
	fresh := func() workflow.Publication { return draftOf(t, s, c, answeredCase(t, s), "宿舍热水") }
	none := fresh()
	publish(c, &none, Morning)
	gate(t, s, "without a review", none)
	other := fresh()
	passed(t, s, c, &other)
	lent := fresh()
	publish(c, &lent, Morning)
	lent.Review, lent.Passed = other.Review, true
	gate(t, s, "with another's review", lent)
	changed := fresh()
	passed(t, s, c, &changed)
	publish(c, &changed, Morning)
	changed.Content = []byte(strings.Replace(string(changed.Content), "热水", "食堂", 1))
	changed.ContentHash = workflow.HashOf(changed.Content)
	gate(t, s, "changed after the review", changed)
	lied := fresh()
	lied.Content = append(lied.Content, '\n')
	gate(t, s, "with a hash of something else", lied)
	refused := fresh()
	r := newReview(t, s, c, func(r *workflow.Review) { r.SubjectID, r.ContentHash = refused.ID, refused.ContentHash })
	decide(&r, c.Reviewer.ID, workflow.ReviewRefused)
	must(t, s.DecideReview(t.Context(), &r))
	publish(c, &refused, Morning)
	refused.Review, refused.Passed = r.ID, true
	gate(t, s, "with a review that did not pass", refused)
	entry := fresh()
	item := newReview(t, s, c, func(r *workflow.Review) { r.Subject, r.ContentHash = workflow.ReviewItem, entry.ContentHash })
	decide(&item, c.Reviewer.ID, workflow.ReviewPublic)
	must(t, s.DecideReview(t.Context(), &item))
	publish(c, &entry, Morning)
	entry.Review, entry.Passed = item.ID, true
	gate(t, s, "with the review of a ledger entry", entry)
	early := fresh()
	passed(t, s, c, &early)
	publish(c, &early, Morning.Add(-time.Hour))
	gate(t, s, "visible before it was published", early)
}

// gate wants the store to refuse p.
func gate(t *testing.T, s workflow.Store, what string, p workflow.Publication) {
	t.Helper()
	if err := s.SavePublication(t.Context(), &p); workflow.KindOf(err) != workflow.Invalid || err == nil {
		t.Errorf("%s: %v", what, err)
	}
	if got := ok(s.Publication(t.Context(), p.ID))(t); got.State == workflow.PublicationPublished {
		t.Errorf("%s: became public", what)
	}
}

func publishedStays(t *testing.T, s workflow.Store, c College) {
	p := published(t, s, c, "宿舍热水", Morning)
	back := p
	back.State = workflow.PublicationDraft
	gate2(t, s, "back to a draft", back)
	later := p
	later.Visible = Morning.Add(time.Hour)
	gate2(t, s, "made visible later", later)
	withdraw(&p, Morning.Add(time.Hour))
	must(t, s.SavePublication(t.Context(), &p))
	again := p
	publish(c, &again, Morning)
	again.Withdrawn = time.Time{}
	gate2(t, s, "published again", again)
}

func gate2(t *testing.T, s workflow.Store, what string, p workflow.Publication) {
	t.Helper()
	if err := s.SavePublication(t.Context(), &p); err == nil || workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("%s: %v", what, err)
	}
}

func consentHolds(t *testing.T, s workflow.Store, c College) {
	p := published(t, s, c, "宿舍热水", Morning)
	for what, change := range map[string]func(*workflow.Case){
		"consent":  func(x *workflow.Case) { x.PublishWish = false },
		"sealed":   func(x *workflow.Case) { x.Sealed = true },
		"a report": func(x *workflow.Case) { x.Kind = workflow.Report },
	} {
		x := ok(s.Case(t.Context(), p.CaseID))(t)
		change(&x)
		if err := s.SaveCase(t.Context(), &x); err == nil {
			t.Errorf("%s: was changed under a public answer", what)
		}
	}
	withdraw(&p, Morning.Add(time.Hour))
	must(t, s.SavePublication(t.Context(), &p))
	x := ok(s.Case(t.Context(), p.CaseID))(t)
	x.PublishWish = false
	must(t, s.SaveCase(t.Context(), &x))
}

func publicLists(t *testing.T, s workflow.Store, c College) {
	p := published(t, s, c, "宿舍热水", Morning)
	late := published(t, s, c, "图书馆座位", Morning.Add(24*time.Hour))
	gone := published(t, s, c, "食堂价格", Morning)
	withdraw(&gone, Morning.Add(time.Minute))
	must(t, s.SavePublication(t.Context(), &gone))
	draftOf(t, s, c, answeredCase(t, s), "草稿")
	now := Morning.Add(time.Hour)
	for _, k := range []struct {
		what string
		q    workflow.PublicQuery
		want []int64
	}{
		{"now", workflow.PublicQuery{At: now}, []int64{p.ID}},
		{"before", workflow.PublicQuery{At: Morning.Add(-time.Second)}, nil},
		{"after the embargo", workflow.PublicQuery{At: Morning.Add(25 * time.Hour)}, []int64{late.ID, p.ID}},
		{"of the category", workflow.PublicQuery{At: now, Category: c.Repair.ID, Department: c.Logistics.ID, Kind: workflow.Complaint}, []int64{p.ID}},
		{"of one of two categories", workflow.PublicQuery{At: now, Categories: []int64{c.Teaching.ID, c.Repair.ID}}, []int64{p.ID}},
		{"of none of them", workflow.PublicQuery{At: now, Categories: []int64{c.Teaching.ID}}, nil},
		{"of letters from then on", workflow.PublicQuery{At: now, From: letterCame(t, s, p)}, []int64{p.ID}},
		{"of letters before", workflow.PublicQuery{At: now, To: letterCame(t, s, p)}, nil},
		{"of letters after", workflow.PublicQuery{At: now, From: letterCame(t, s, p).Add(time.Second)}, nil},
		{"of another category", workflow.PublicQuery{At: now, Category: c.Teaching.ID}, nil},
		{"of another department", workflow.PublicQuery{At: now, Department: c.Academic.ID}, nil},
		{"of another kind", workflow.PublicQuery{At: now, Kind: workflow.Praise}, nil},
	} {
		same(t, k.what, publicIDs(ok(s.Public(t.Context(), k.q))(t)), k.want)
		same(t, k.what+", counted", ok(s.CountPublic(t.Context(), k.q))(t), len(k.want))
	}
	same(t, "by slug", ok(s.PublicBySlug(t.Context(), p.Slug, now))(t), p)
	for what, slug := range map[string]string{"embargoed": late.Slug, "withdrawn": gone.Slug, "unknown": "nosuchslug"} {
		absent(t, what, second(s.PublicBySlug(t.Context(), slug, now)))
	}
	waits := workflow.PublicationQuery{State: workflow.PublicationPublished, Embargo: now}
	same(t, "under embargo", ok(s.CountPublications(t.Context(), waits))(t), 1)
	about := workflow.PublicationQuery{NotAbout: c.Logistics.ID}
	same(t, "about nobody", ok(s.CountPublications(t.Context(), about))(t), 4)
}

func letterCame(t *testing.T, s workflow.Store, p workflow.Publication) time.Time {
	t.Helper()
	return ok(s.Case(t.Context(), p.CaseID))(t).Received
}

func publicIDs(l workflow.PublicListing) []int64 {
	return ids(l.Publications, func(p workflow.Publication) int64 { return p.ID })
}

func publicSearch(t *testing.T, s workflow.Store, c College) {
	p := published(t, s, c, "三号宿舍楼热水时断时续", Morning)
	gone := published(t, s, c, "三号宿舍楼停电", Morning)
	withdraw(&gone, Morning.Add(time.Minute))
	must(t, s.SavePublication(t.Context(), &gone))
	for typed, found := range map[string]bool{
		"热水": true, "宿舍楼热": true, "时断 修好": true, "停电": false, "林某": false, "热宿": false, "。": false, "  ": true,
	} {
		q := workflow.PublicQuery{At: Morning.Add(time.Hour), Search: typed}
		got := publicIDs(ok(s.Public(t.Context(), q))(t))
		if (len(got) == 1 && got[0] == p.ID) != found {
			t.Errorf("%q finds %v", typed, got)
		}
	}
}

func publicPages(t *testing.T, s workflow.Store, c College) {
	var want []int64
	for i := range 7 {
		p := published(t, s, c, fmt.Sprintf("第%d件", i), Morning.Add(time.Duration(i/3)*time.Minute)) // some at the same moment
		want = append([]int64{p.ID}, want...)
	}
	var got []int64
	q := workflow.PublicQuery{At: Morning.Add(time.Hour), Limit: 2}
	for {
		l := ok(s.Public(t.Context(), q))(t)
		got = append(got, publicIDs(l)...)
		if l.Next == "" {
			break
		}
		q.After = l.Next
	}
	same(t, "all pages", got, want)
	q.After = "nonsense"
	wantKind(t, workflow.Invalid, second(s.Public(t.Context(), q)))
}

func proofDays(t *testing.T, s workflow.Store, c College) {
	zero := ok(s.FirstVisible(t.Context(), time.Time{}))(t)
	same(t, "nothing was visible", zero.IsZero(), true)
	p := published(t, s, c, "宿舍热水", Morning)
	gone := published(t, s, c, "食堂价格", Morning.Add(time.Hour))
	withdraw(&gone, Morning.Add(2*time.Hour))
	must(t, s.SavePublication(t.Context(), &gone))
	never := published(t, s, c, "图书馆座位", Morning.Add(3*time.Hour))
	withdraw(&never, Morning.Add(2*time.Hour)) // before anybody could read it
	must(t, s.SavePublication(t.Context(), &never))
	same(t, "first", ok(s.FirstVisible(t.Context(), time.Time{}))(t).Equal(Morning), true)
	leaves := ok(s.BecamePublic(t.Context(), Morning, Morning.Add(24*time.Hour)))(t)
	same(t, "leaves", len(leaves), 2)
	same(t, "in order", string(leaves[0]) < string(leaves[1]), true)
	same(t, "a later span", len(ok(s.BecamePublic(t.Context(), Morning.Add(time.Second), Morning.Add(24*time.Hour)))(t)), 1)
	d := workflow.ProofDay{Day: "2026-11-23", Leaves: leaves}
	d.Root = d.RootOf()
	must(t, s.AddProofDay(t.Context(), d))
	wantKind(t, workflow.Conflict, s.AddProofDay(t.Context(), d))
	next := workflow.ProofDay{Day: "2026-11-24", Prev: d.Root, Leaves: [][]byte{p.ContentHash}}
	next.Root = next.RootOf()
	must(t, s.AddProofDay(t.Context(), next))
	days := ok(s.ProofDays(t.Context(), "", 10))(t)
	same(t, "days", days, []workflow.ProofDay{next, d})
	same(t, "before", ok(s.ProofDays(t.Context(), "2026-11-24", 10))(t), []workflow.ProofDay{d})
	ever := ok(s.EverPublic(t.Context(), 0, 10))(t)
	same(t, "ever public", len(ever), 3)
	same(t, "from there on", len(ok(s.EverPublic(t.Context(), ever[0].ID, 1))(t)), 1)
}
