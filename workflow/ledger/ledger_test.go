package ledger_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/ledger"
	"mailbox/workflow/publication"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// college is a small college with two columns of the site.
type college struct {
	*worldtest.World
	ledger  *ledger.Ledger
	reviews *publication.Reviews
	news    workflow.Column // the office's
	notices workflow.Column // of logistics, below news
}

func open(t *testing.T) *college {
	t.Helper()
	w := worldtest.New(t, workflowtest.NewMemory())
	k := &college{World: w, ledger: ledger.New(w.Desk)}
	k.reviews = publication.NewReviews(w.Desk, map[workflow.ReviewSubject]workflow.Reviewed{workflow.ReviewItem: k.ledger.Reviewed()})
	k.news = k.column(t, workflow.Column{Name: "新闻动态", Department: w.Office.ID})
	k.notices = k.column(t, workflow.Column{Name: "通知公告", Parent: k.news.ID, Department: w.Logistics.ID})
	return k
}

func (k *college) column(t *testing.T, c workflow.Column) workflow.Column {
	t.Helper()
	c.Opened = "2023-01-01"
	saved, err := k.ledger.SaveColumn(t.Context(), k.Clerk.Actor(), c)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

func (k *college) draft(t *testing.T, by workflow.Account) workflow.Item {
	t.Helper()
	i, err := k.ledger.Save(t.Context(), by.Actor(), workflow.Item{
		Channel: workflow.OnSite, Column: k.notices.ID, Title: "食堂招标公告", Day: "2026-11-23", Summary: "招标。",
	})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (k *college) item(t *testing.T, id int64) workflow.Item {
	t.Helper()
	i, err := k.Store.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// handIn hands a draft in and returns the review that was asked for.
func (k *college) handIn(t *testing.T, by workflow.Account, id int64, doubtful bool) workflow.Review {
	t.Helper()
	if err := k.ledger.HandIn(t.Context(), by.Actor(), id, k.item(t, id).Version, doubtful); err != nil {
		t.Fatal(err)
	}
	all, err := k.Store.ReviewsBy(t.Context(), workflow.ReviewQuery{Subject: workflow.ReviewItem, SubjectID: id})
	if err != nil || len(all) == 0 {
		t.Fatal("no review was asked for", err)
	}
	return all[0]
}

func (k *college) decide(t *testing.T, by workflow.Account, r workflow.Review, result workflow.ReviewResult) {
	t.Helper()
	d := publication.Decision{Version: r.Version, Checklist: map[string]bool{}, Result: result, Basis: "《高等学校信息公开办法》"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	if result == workflow.ReviewRefused {
		d.Ground = "privacy"
	}
	if _, err := k.reviews.Decide(t.Context(), by.Actor(), r.ID, d); err != nil {
		t.Fatal(err)
	}
}

func (k *college) publish(t *testing.T, by workflow.Account, id int64) {
	t.Helper()
	if err := k.ledger.Publish(t.Context(), by.Actor(), id, k.item(t, id).Version); err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, want workflow.Kind, err error) {
	t.Helper()
	if err == nil || workflow.KindOf(err) != want {
		t.Errorf("got %v, want kind %d", err, want)
	}
}

func TestLifeOfAnItem(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	i := k.draft(t, k.LogisticsClerk)
	if i.Department != k.Logistics.ID {
		t.Errorf("the item is of department %d", i.Department)
	}
	wantKind(t, workflow.Forbidden, k.ledger.Publish(ctx, k.LogisticsClerk.Actor(), i.ID, i.Version))
	wantKind(t, workflow.Conflict, k.ledger.Publish(ctx, k.LogisticsHead.Actor(), i.ID, i.Version))
	first := k.handIn(t, k.LogisticsClerk, i.ID, false)
	wantKind(t, workflow.Conflict, k.ledger.HandIn(ctx, k.LogisticsClerk.Actor(), i.ID, k.item(t, i.ID).Version, false))
	k.decide(t, k.LogisticsHead, first, workflow.ReviewRefused)
	if s := k.item(t, i.ID).State; s != workflow.ItemDraft {
		t.Errorf("refused, it is %s", s)
	}
	k.decide(t, k.Reviewer, k.handIn(t, k.LogisticsClerk, i.ID, true), workflow.ReviewPublic)
	k.publish(t, k.LogisticsHead, i.ID)
	if got := k.item(t, i.ID); !got.Public() || !got.Published.Equal(k.Now()) {
		t.Errorf("published, it is %+v", got)
	}
	wantKind(t, workflow.Invalid, k.ledger.Withdraw(ctx, k.LogisticsHead.Actor(), i.ID, k.item(t, i.ID).Version, " "))
	if err := k.ledger.Withdraw(ctx, k.LogisticsHead.Actor(), i.ID, k.item(t, i.ID).Version, "内容有误"); err != nil {
		t.Fatal(err)
	}
	seen, err := k.ledger.Open(ctx, k.AcademicHead.Actor(), i.ID)
	if err != nil || seen.State != workflow.ItemWithdrawn {
		t.Errorf("withdrawn, another department sees %v, %v", seen.State, err)
	}
	var actions []string
	for _, e := range seen.History {
		actions = append(actions, e.Action)
	}
	if got, want := strings.Join(actions, " "), "ledger.withdraw ledger.publish review.decide review.ask review.decide review.ask ledger.add"; got != want {
		t.Errorf("its history is %s, want %s", got, want)
	}
}

// An edit takes an item back from review, and the review is of no use any more.
func TestEditTakesBackFromReview(t *testing.T) {
	k := open(t)
	i := k.draft(t, k.LogisticsClerk)
	r := k.handIn(t, k.LogisticsClerk, i.ID, false)
	edited := k.item(t, i.ID)
	edited.Title = "食堂招标公告（更正）"
	edited, err := k.ledger.Save(t.Context(), k.LogisticsClerk.Actor(), edited)
	if err != nil || edited.State != workflow.ItemDraft {
		t.Fatalf("edited, it is %s, %v", edited.State, err)
	}
	d := publication.Decision{Version: r.Version, Checklist: map[string]bool{}, Result: workflow.ReviewPublic, Basis: "x"}
	for _, q := range workflow.ReviewQuestions {
		d.Checklist[q] = false
	}
	_, err = k.reviews.Decide(t.Context(), k.LogisticsHead.Actor(), r.ID, d)
	wantKind(t, workflow.Conflict, err)
	old := k.item(t, i.ID)
	old.Version--
	_, err = k.ledger.Save(t.Context(), k.LogisticsClerk.Actor(), old)
	wantKind(t, workflow.Conflict, err)
}

// What is public stays what it was until a change of it was reviewed and
// published; from that moment on the change is public and the original is not.
func TestChangeOfAPublicItem(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	i := k.draft(t, k.LogisticsClerk)
	k.decide(t, k.LogisticsHead, k.handIn(t, k.LogisticsClerk, i.ID, false), workflow.ReviewPublic)
	k.publish(t, k.LogisticsHead, i.ID)
	public := k.item(t, i.ID)
	changed := public
	changed.Title = "食堂招标公告（更正）"
	changed, err := k.ledger.Save(ctx, k.LogisticsClerk.Actor(), changed)
	if err != nil || changed.ID == i.ID || changed.Replaces != i.ID || changed.State != workflow.ItemDraft {
		t.Fatalf("the change is %+v, %v", changed, err)
	}
	if got := k.item(t, i.ID); got.Title != public.Title || !got.Public() {
		t.Errorf("meanwhile public is %+v", got)
	}
	_, err = k.ledger.Save(ctx, k.LogisticsClerk.Actor(), public)
	wantKind(t, workflow.Conflict, err)
	count := func() int {
		n, err := k.Store.CountItems(ctx, workflow.ItemQuery{AsOf: k.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	k.decide(t, k.LogisticsHead, k.handIn(t, k.LogisticsClerk, changed.ID, false), workflow.ReviewPublic)
	if count() != 1 {
		t.Errorf("%d are public before", count())
	}
	k.publish(t, k.LogisticsHead, changed.ID)
	if got := k.item(t, i.ID); got.State != workflow.ItemWithdrawn || count() != 1 {
		t.Errorf("the original is %s and %d are public", got.State, count())
	}
}

func TestDepartmentsKeepToTheirColumns(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	_, err := k.ledger.Save(ctx, k.AcademicClerk.Actor(), workflow.Item{Channel: workflow.OnSite, Column: k.notices.ID, Title: "x", Day: "2026-11-23"})
	wantKind(t, workflow.Invalid, err)
	i := k.draft(t, k.LogisticsClerk)
	for _, a := range []workflow.Account{k.AcademicClerk, k.AcademicHead, k.Reviewer, k.Discipline, k.Admin} {
		_, err := k.ledger.Open(ctx, a.Actor(), i.ID)
		wantKind(t, workflow.NotFound, err)
		wantKind(t, workflow.NotFound, k.ledger.Discard(ctx, a.Actor(), i.ID, i.Version))
	}
	mine, err := k.ledger.Items(ctx, k.AcademicClerk.Actor(), workflow.ItemQuery{})
	if err != nil || mine.Count != 0 {
		t.Errorf("another department lists %d drafts, %v", mine.Count, err)
	}
	ours, err := k.ledger.Items(ctx, k.LogisticsHead.Actor(), workflow.ItemQuery{Department: k.Logistics.ID})
	if err != nil || ours.Count != 1 {
		t.Errorf("the department lists %d of its drafts, %v", ours.Count, err)
	}
	_, err = k.ledger.Items(ctx, k.Admin.Actor(), workflow.ItemQuery{})
	wantKind(t, workflow.NotFound, err)
}

func TestSerials(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	document := workflow.Item{Channel: workflow.InDocument, Title: "关于放假的通知", Day: "2026-11-23", Series: "校发〔2026〕", Serial: 88}
	if _, err := k.ledger.Save(ctx, k.Clerk.Actor(), document); err != nil {
		t.Fatal(err)
	}
	if n, err := k.ledger.NextSerial(ctx, k.Clerk.Actor(), "校发〔2026〕"); n != 89 || err != nil {
		t.Errorf("the next is %d, %v", n, err)
	}
	others := []workflow.Item{
		{Channel: workflow.InDocument, Title: "关于印发制度的通知", Day: "2026-03-01", Series: "校办发〔2026〕", Serial: 4},
		{Channel: workflow.InDocument, Title: "去年的", Day: "2025-12-30", Series: "校发〔2025〕", Serial: 140},
	}
	for _, i := range others {
		if _, err := k.ledger.Save(ctx, k.Clerk.Actor(), i); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := k.ledger.NextSerials(ctx, k.Clerk.Actor()); err != nil || !slices.Equal(all, []ledger.Serial{{Series: "校发〔2026〕", Next: 89}, {Series: "校办发〔2026〕", Next: 5}}) {
		t.Errorf("this year's are %v, %v", all, err)
	}
	document.Serial = 0
	_, err := k.ledger.Save(ctx, k.Clerk.Actor(), document)
	wantKind(t, workflow.Invalid, err)
}

func TestLateDutiesAreToldOnce(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	all, err := k.ledger.Duties(ctx, k.OfficeHead.Actor())
	if err != nil {
		t.Fatal(err)
	}
	d := all[5].Duty
	d.Department, d.Changed, d.Columns = k.Logistics.ID, "2026-10-26", []int64{k.news.ID}
	if _, err := k.ledger.SaveDuty(ctx, k.OfficeHead.Actor(), d); err != nil {
		t.Fatal(err)
	}
	at := func(day string) ledger.Duty {
		t.Helper()
		when, err := time.ParseInLocation(time.DateOnly, day, workflowtest.Zone)
		if err != nil {
			t.Fatal(err)
		}
		k.Set(when.Add(9 * time.Hour))
		got, err := k.ledger.Duty(ctx, k.LogisticsHead.Actor(), d.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := at("2026-11-23"); got.Due != "2026-11-23" || got.Late {
		t.Errorf("on its last day it is due %s, late %v", got.Due, got.Late)
	}
	if n, err := k.ledger.TellLate(ctx); n != 0 || err != nil {
		t.Errorf("told %d before, %v", n, err)
	}
	if !at("2026-11-24").Late {
		t.Error("on the day after it is not late")
	}
	for _, want := range []int{1, 0} {
		if n, err := k.ledger.TellLate(ctx); n != want || err != nil {
			t.Errorf("told %d, %v; want %d", n, err, want)
		}
	}
	for _, a := range []workflow.Account{k.LogisticsHead, k.Clerk, k.OfficeHead} {
		if n, err := k.Store.CountUnseen(ctx, a.ID); n != 1 || err != nil {
			t.Errorf("%s was told %d times, %v", a.Name, n, err)
		}
	}
	i := k.draft(t, k.LogisticsClerk)
	k.decide(t, k.LogisticsHead, k.handIn(t, k.LogisticsClerk, i.ID, false), workflow.ReviewPublic)
	k.publish(t, k.LogisticsHead, i.ID)
	if got := at("2026-11-24"); got.Late || got.Due != "" || got.Latest != "2026-11-23" {
		t.Errorf("brought up to date it is %+v", got)
	}
}

func TestDepartmentsUpdateTheirDutiesOnly(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	all, err := k.ledger.Duties(ctx, k.Clerk.Actor())
	if err != nil {
		t.Fatal(err)
	}
	d := all[0].Duty
	d.Department = k.Logistics.ID
	if d, err = k.ledger.SaveDuty(ctx, k.Clerk.Actor(), d); err != nil {
		t.Fatal(err)
	}
	mine := d
	mine.Updated, mine.Title, mine.Applies, mine.Department = "2026-11-20", "别的", false, k.Academic.ID
	got, err := k.ledger.SaveDuty(ctx, k.LogisticsClerk.Actor(), mine)
	if err != nil || got.Updated != "2026-11-20" || got.Title != d.Title || !got.Applies || got.Department != k.Logistics.ID {
		t.Errorf("the department made it %+v, %v", got, err)
	}
	_, err = k.ledger.SaveDuty(ctx, k.AcademicClerk.Actor(), got)
	wantKind(t, workflow.Forbidden, err)
	_, err = k.ledger.SaveDuty(ctx, k.LogisticsHead.Actor(), workflow.Duty{No: 60, Class: 1, Title: "x", Applies: true})
	wantKind(t, workflow.NotFound, err)
}

func TestColumns(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	below := k.news
	below.Parent = k.notices.ID
	_, err := k.ledger.SaveColumn(ctx, k.Clerk.Actor(), below)
	wantKind(t, workflow.Invalid, err)
	closed := k.news
	closed.Closed = "2026-11-01"
	_, err = k.ledger.SaveColumn(ctx, k.Clerk.Actor(), closed)
	wantKind(t, workflow.Invalid, err)
	_, err = k.ledger.SaveColumn(ctx, k.LogisticsHead.Actor(), k.notices)
	wantKind(t, workflow.NotFound, err)
	i := k.draft(t, k.LogisticsClerk)
	k.decide(t, k.LogisticsHead, k.handIn(t, k.LogisticsClerk, i.ID, false), workflow.ReviewPublic)
	k.publish(t, k.LogisticsHead, i.ID)
	tree, err := k.ledger.Columns(ctx, k.Leader.Actor())
	if err != nil || len(tree) != 2 || tree[0].Items != 0 || tree[0].Total != 1 || tree[1].Depth != 1 || tree[1].Items != 1 {
		t.Errorf("the tree is %+v, %v", tree, err)
	}
}

// site publishes one thing.
type site struct{}

func (site) Read(context.Context, string) (ledger.Reading, error) {
	return ledger.Reading{Source: "feed", Entries: []ledger.Entry{{Name: "1", URL: "https://college.example/1", Title: "新闻"}}}, nil
}

// TestWhoFollowsTheSite: the clock reads the site in the name of an account
// nobody signs in with, so that whoever may confirm can confirm what it brings.
func TestWhoFollowsTheSite(t *testing.T) {
	k := open(t)
	ctx := t.Context()
	if err := k.Store.SaveSetting(ctx, ledger.FeedSetting, "https://college.example/feed.xml", k.Admin.ID, k.Now()); err != nil {
		t.Fatal(err)
	}
	feeds := ledger.NewFeeds(k.ledger, site{})
	for _, want := range []int{1, 0} {
		if n, err := feeds.Follow(ctx); n != want || err != nil {
			t.Fatalf("a run brought %d, %v; want %d", n, err, want)
		}
	}
	m, err := k.Store.Import(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := k.Store.Account(ctx, m.By)
	if err != nil || reader.Disabled.IsZero() || len(reader.Roles) != 0 || reader.PasswordHash != "" {
		t.Errorf("it was brought by %+v, %v", reader, err)
	}
	if n, err := ledger.NewImports(k.ledger, nil, nil, k.Blobs).Confirm(ctx, k.OfficeHead.Actor(), m.ID, "当时已审查"); n != 1 || err != nil {
		t.Errorf("the head of the office confirms %d, %v", n, err)
	}
}

// TestRights keeps who may do what with whose items where people read it.
func TestRights(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-14s %-8s %-7s %-7s %-7s %-7s %-7s %-7s %-7s\n", "role", "items", "look", "drafts", "edit", "publish", "arrange", "confirm", "update")
	for _, role := range workflow.Roles {
		for _, whose := range []string{"own", "other"} {
			a := workflow.Actor{ID: 1, Roles: []workflow.Role{role}, Department: 1}
			department := int64(1)
			if whose == "other" {
				department = 2
			}
			yes := func(b bool) string {
				if b {
					return "yes"
				}
				return "-"
			}
			m := workflow.Import{State: workflow.ImportAdded, By: 9}
			fmt.Fprintf(&b, "%-14s %-8s %-7s %-7s %-7s %-7s %-7s %-7s %-7s\n", role, whose, yes(ledger.MaySee(a)), yes(ledger.Sees(a, workflow.Item{Department: department})),
				yes(ledger.MayEdit(a, department)), yes(ledger.MayPublish(a, department)), yes(ledger.MayArrange(a)), yes(ledger.MayConfirm(a, m)),
				yes(ledger.MayUpdate(a, workflow.Duty{Department: department})))
		}
	}
	const file = "testdata/rights.golden"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("the rights have changed (%v):\n%s", err, b.String())
	}
	if ledger.MayConfirm(workflow.Actor{ID: 9, Roles: []workflow.Role{workflow.OfficeHead}}, workflow.Import{State: workflow.ImportAdded, By: 9}) {
		t.Error("an importer confirms her own import")
	}
}
