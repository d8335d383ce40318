package annual_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mailbox/workflow"
	"mailbox/workflow/casework"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// bureau is a small college that reports on itself.
type bureau struct {
	*worldtest.World
	*annual.Bureau
}

func open(t *testing.T) *bureau {
	t.Helper()
	return openOn(t, workflowtest.NewMemory())
}

func openOn(t *testing.T, store workflow.Store) *bureau {
	t.Helper()
	w := worldtest.New(t, store)
	must(t, store.SaveSetting(t.Context(), "college.name", "孝感示例职业学院", w.Admin.ID, w.Now()))
	forms := map[string][]byte{}
	for _, name := range []string{"hubei", "ministry"} {
		text, err := os.ReadFile("../../../templates/report/" + name + ".txt")
		must(t, err)
		forms[name] = text
	}
	b, err := annual.New(annual.Deps{
		Desk: w.Desk, Forms: forms,
		Figures: report.Deps{Now: w.Now, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour }, Chain: w.Desk.Keeper.Chain},
		Text:    func(key string, args ...any) string { return strings.TrimSpace(key + " " + fmt.Sprintln(args...)) },
	})
	must(t, err)
	return &bureau{w, b}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// order asks for the report of the world's year.
func order() annual.Order {
	return annual.Order{Form: "hubei", Year: 2026, From: "2026-01-01", Last: "2026-12-31", Notice: "鄂教办函〔2026〕13号", Day: "2026-11-23"}
}

func (b *bureau) draft(t *testing.T) workflow.AnnualReport {
	t.Helper()
	r, err := b.Draft(t.Context(), b.Clerk.Actor(), order())
	must(t, err)
	return r
}

// publish puts an item into the ledger that everybody may read.
func (b *bureau) publish(t *testing.T, i workflow.Item) workflow.Item {
	t.Helper()
	i.State, i.CreatedBy, i.Created, i.Updated = workflow.ItemDraft, b.Clerk.ID, b.Now(), b.Now()
	if i.Title == "" {
		i.Title = "一条信息"
	}
	must(t, b.Store.AddItem(t.Context(), &i))
	v := workflow.Review{Subject: workflow.ReviewItem, SubjectID: i.ID, Title: i.Title, ContentHash: i.Digest(), AskedBy: b.Clerk.ID, Asked: b.Now()}
	must(t, b.Store.AddReview(t.Context(), &v))
	v.Reviewer, v.Decided, v.Result, v.Basis = b.Reviewer.ID, b.Now(), workflow.ReviewPublic, "依据"
	must(t, b.Store.DecideReview(t.Context(), &v))
	i.State, i.Review, i.Passed, i.Published = workflow.ItemPublished, v.ID, true, b.Now()
	must(t, b.Store.SaveItem(t.Context(), &i))
	return i
}

// live lets the year have something to report on.
func (b *bureau) live(t *testing.T) {
	t.Helper()
	top := workflow.Column{Name: "学校概况", Opened: "2025-01-01"}
	must(t, b.Store.SaveColumn(t.Context(), &top))
	must(t, b.Store.SaveColumn(t.Context(), &workflow.Column{Name: "学校简介", Parent: top.ID, Opened: "2025-01-01"}))
	must(t, b.Store.SaveColumn(t.Context(), &workflow.Column{Name: "明年才有", Opened: "2027-01-01"}))
	for day := 1; day <= 3; day++ {
		b.publish(t, workflow.Item{Channel: workflow.OnSite, Day: fmt.Sprintf("2026-03-%02d", day), Title: fmt.Sprint("官网", day)})
	}
	b.publish(t, workflow.Item{Channel: workflow.OnSite, Day: "2025-12-31", Title: "去年的"})
	b.publish(t, workflow.Item{Channel: workflow.OnAccount, Day: "2026-12-31", Title: "公众号"})
	b.publish(t, workflow.Item{Channel: workflow.InDocument, Day: "2026-02-01", Title: "通知", Series: "校办发〔2026〕", Serial: 88})
	b.publish(t, workflow.Item{Channel: workflow.InDocument, Day: "2026-05-01", Title: "决定", Series: "校办发〔2026〕", Serial: 89})
	b.publish(t, workflow.Item{Channel: workflow.InMinutes, Day: "2026-05-01", Title: "纪要", Meeting: "president"})
	answered := b.Send(t)
	b.Answer(t, answered.CaseID, "已修好。")
	b.Do(t, b.Clerk, b.Send(t).CaseID, casework.Act{Action: workflow.Decline, Ground: "outside_authority", Note: "不属于本校"})
	b.Send(t)
}

func value(t *testing.T, f annual.Frozen, key string) annual.Value {
	t.Helper()
	field, ok := f.Field(key)
	if !ok {
		t.Fatalf("no field %s", key)
	}
	return field.Counted
}

// TestDraftAndFrozenSayTheSame: what a draft shows is what is frozen, and what is
// frozen is the count of what lies behind it.
func TestDraftAndFrozenSayTheSame(t *testing.T) {
	b := open(t)
	b.live(t)
	r := b.draft(t)
	if _, err := b.Store.Project(t.Context(), 10000); err != nil {
		t.Fatal(err)
	}
	before, err := b.View(t.Context(), b.Leader.Actor(), r.ID)
	must(t, err)
	_, err = b.Freeze(t.Context(), b.Clerk.Actor(), r.ID)
	must(t, err)
	after, err := b.View(t.Context(), b.Leader.Actor(), r.ID)
	must(t, err)
	for _, f := range after.Frozen.Fields {
		draft := value(t, before.Frozen, f.Key)
		if draft.Text != f.Value.Text || draft.N != f.Value.N {
			t.Errorf("%s: the draft says %s, the snapshot %s", f.Key, draft.Text, f.Value.Text)
		}
	}
	for key, want := range map[string]string{
		"site.top_columns": "1", "site.top_names": "学校概况", "site.columns": "2", "site.items": "3", "account.items": "1", "minutes.count": "1",
		"documents.last_serial": "89", "documents.count": "2", "disclosed.total": "7", "cases.received": "3", "cases.declined": "1",
		"cases.in_hand": "2", "about.total": "0", "campaign.closed": "0", "year": "2026", "last": "2026年12月31日",
	} {
		if got := value(t, after.Frozen, key); got.Text != want {
			t.Errorf("%s is %q, want %q", key, got.Text, want)
		}
	}
	if got := value(t, after.Frozen, "documents.last_serial").IDs; len(got) != 1 {
		t.Errorf("behind the serial are %v", got)
	}
	faults := 0
	n, err := annual.Verify(t.Context(), b.Store, func(f annual.Fault) { faults++; t.Error(f) })
	if err != nil || n != 1 || faults != 0 {
		t.Errorf("%d reports, %v", n, err)
	}
}

// TestFrozenStays: what happens later moves the live figure and not the report,
// and is listed as a change.
func TestFrozenStays(t *testing.T) {
	b := open(t)
	b.live(t)
	r := b.draft(t)
	frozen, err := b.Freeze(t.Context(), b.Clerk.Actor(), r.ID)
	must(t, err)
	none, err := b.Changes(t.Context(), b.Clerk.Actor(), r.ID)
	must(t, err)
	if len(none) != 0 {
		t.Errorf("changed at once: %+v", none)
	}
	b.Pass(time.Hour)
	i := b.publish(t, workflow.Item{Channel: workflow.OnSite, Day: "2026-04-01", Title: "又一条"})
	changes, err := b.Changes(t.Context(), b.Clerk.Actor(), r.ID)
	must(t, err)
	seen := map[string]bool{}
	for _, c := range changes {
		seen[c.Field.Key] = true
		if c.Field.Key == "site.items" && (c.Then.Text != "3" || c.Now.Text != "4" || c.Came.Total != 1 || c.Came.First[0].ID != i.ID || c.Came.First[0].Name != "又一条" || c.Gone.Total != 0) {
			t.Errorf("%+v", c)
		}
	}
	if len(changes) != 2 || !seen["site.items"] || !seen["disclosed.total"] {
		t.Errorf("%v", seen)
	}
	v, err := b.View(t.Context(), b.Clerk.Actor(), r.ID)
	must(t, err)
	if got := value(t, v.Frozen, "site.items").Text; got != "3" {
		t.Errorf("the frozen report says %s", got)
	}
	again, err := b.Store.Snapshot(t.Context(), r.ID)
	must(t, err)
	if string(again.Hash) != string(frozen.Hash) {
		t.Error("its hash changed")
	}
	if err := b.SaveText(t.Context(), b.Clerk.Actor(), r.ID, "preamble", "改一下", 1); workflow.KindOf(err) != workflow.Conflict {
		t.Errorf("its text was changed: %v", err)
	}
}

// TestAsOf: a report as of a moment does not know what came later.
func TestAsOf(t *testing.T) {
	b := open(t)
	b.live(t)
	moment := b.Now()
	b.Pass(time.Hour)
	b.publish(t, workflow.Item{Channel: workflow.OnSite, Day: "2026-04-01", Title: "又一条"})
	b.Send(t)
	o := order()
	o.AsOf = moment
	f, err := b.Make(t.Context(), b.Clerk.Actor(), o)
	must(t, err)
	for key, want := range map[string]string{"site.items": "3", "cases.received": "3"} {
		if got := value(t, f, key); got.Text != want || len(got.IDs) != 3 {
			t.Errorf("%s is %q with %v, want %q", key, got.Text, got.IDs, want)
		}
	}
}

// TestSigning walks a report through its signatures, its review, and out.
func TestSigning(t *testing.T) {
	b := open(t)
	r := b.draft(t)
	ctx := t.Context()
	act := func(f func(context.Context, workflow.Actor, int64) (workflow.AnnualReport, error), by workflow.Account) error {
		_, err := f(ctx, by.Actor(), r.ID)
		return err
	}
	kinds := func(want workflow.Kind, errs ...error) {
		t.Helper()
		for _, err := range errs {
			if workflow.KindOf(err) != want || err == nil {
				t.Errorf("%v, want kind %d", err, want)
			}
		}
	}
	kinds(workflow.NotFound, act(b.Freeze, b.LogisticsHead), act(b.Check, b.LogisticsHead), act(b.Sign, b.Reviewer), act(b.Publish, b.Admin))
	kinds(workflow.Forbidden, act(b.Freeze, b.Leader))
	kinds(workflow.Conflict, act(b.Check, b.OfficeHead), act(b.Sign, b.Leader), act(b.Publish, b.Clerk))
	must(t, act(b.Freeze, b.Clerk))
	kinds(workflow.Forbidden, act(b.Check, b.Clerk), act(b.Sign, b.OfficeHead))
	kinds(workflow.Conflict, act(b.Freeze, b.Clerk), act(b.Sign, b.Leader))
	must(t, act(b.Check, b.OfficeHead))
	must(t, act(b.Sign, b.Leader))
	kinds(workflow.Conflict, act(b.Publish, b.Clerk))
	reviews, err := b.Store.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewReport, SubjectID: r.ID})
	must(t, err)
	v := reviews[0]
	if !workflow.MayReview(b.Reviewer.Actor(), v) {
		t.Fatal("the reviewer may not decide")
	}
	shown, err := annual.Reviewed{Bureau: b.Bureau}.Exhibit(ctx, b.Store, v)
	must(t, err)
	if text := shown.Parts[0].Text; !strings.Contains(text, "未收到因信息公开产生的举报、投诉等") || strings.Contains(text, "{{") {
		t.Errorf("the review is shown %q", text)
	}
	v.Reviewer, v.Decided, v.Result, v.Basis = b.Reviewer.ID, b.Now(), workflow.ReviewPublic, "依据"
	must(t, b.Store.Atomic(ctx, func(tx workflow.Store) error {
		return errors.Join(tx.DecideReview(ctx, &v), annual.Reviewed{Bureau: b.Bureau}.Decided(ctx, tx, v))
	}))
	for _, who := range []int64{b.OfficeHead.ID, b.Leader.ID, b.Clerk.ID} {
		told, err := b.Store.PageNotices(ctx, who, 0, 10)
		must(t, err)
		told = slices.DeleteFunc(told, func(n workflow.Notice) bool { return n.Kind != workflow.NoticeReport })
		if len(told) != 1 {
			t.Errorf("account %d was told %d times of its turn", who, len(told))
		}
	}
	must(t, act(b.Publish, b.Clerk))
	kinds(workflow.Conflict, act(b.Publish, b.Clerk))
	next, err := b.Revise(ctx, b.Clerk.Actor(), r.ID, "更正数字")
	must(t, err)
	if next.Revision != 2 || next.State != workflow.AnnualDraft {
		t.Errorf("%+v", next)
	}
	_, err = b.Revise(ctx, b.Clerk.Actor(), r.ID, "再来一次")
	kinds(workflow.Conflict, err)
}

// TestSentBack: whoever is to sign may send it back, and so does the review.
func TestSentBack(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	r := b.draft(t)
	must(t, b.SaveText(ctx, b.Clerk.Actor(), r.ID, "problems", "# 四、问题\n改过的文字", 1))
	must(t, b.Override(ctx, b.Clerk.Actor(), r.ID, "site.items", "401", "官网后台统计"))
	_, err := b.Freeze(ctx, b.Clerk.Actor(), r.ID)
	must(t, err)
	if _, err := b.Return(ctx, b.OfficeHead.Actor(), r.ID, " "); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("sent back without a word: %v", err)
	}
	_, err = b.Return(ctx, b.OfficeHead.Actor(), r.ID, "请核实栏目数")
	must(t, err)
	next, err := b.Revise(ctx, b.Clerk.Actor(), r.ID, "请核实栏目数")
	must(t, err)
	v, err := b.View(ctx, b.Clerk.Actor(), next.ID)
	must(t, err)
	field, _ := v.Frozen.Field("site.items")
	if field.Value.Text != "401" || field.Counted.Text != "0" || field.Override == nil || field.Override.Reason != "官网后台统计" {
		t.Errorf("%+v", field)
	}
	if last := v.Blocks[len(v.Blocks)-1]; last.Text != "# 四、问题\n改过的文字" {
		t.Errorf("%+v", last)
	}
	_, err = b.Freeze(ctx, b.Clerk.Actor(), next.ID)
	must(t, err)
	_, err = b.Check(ctx, b.OfficeHead.Actor(), next.ID)
	must(t, err)
	_, err = b.Sign(ctx, b.Principal.Actor(), next.ID)
	must(t, err)
	reviews, err := b.Store.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewReport, SubjectID: next.ID})
	must(t, err)
	refused := reviews[0]
	refused.Reviewer, refused.Decided, refused.Result, refused.Ground, refused.Basis, refused.Remark = b.Reviewer.ID, b.Now(), workflow.ReviewRefused, "undecided", "依据", "第二部分尚未定稿"
	must(t, annual.Reviewed{Bureau: b.Bureau}.Decided(ctx, b.Store, refused))
	back, err := b.Store.Report(ctx, next.ID)
	must(t, err)
	if back.State != workflow.AnnualReturned || back.ReturnNote != "第二部分尚未定稿" {
		t.Errorf("%+v", back)
	}
}

// TestTwoWriters: the second hears of the first, and no text is lost.
func TestTwoWriters(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	r := b.draft(t)
	must(t, b.SaveText(ctx, b.Clerk.Actor(), r.ID, "problems", "甲", 1))
	if err := b.SaveText(ctx, b.OfficeHead.Actor(), r.ID, "problems", "乙", 1); workflow.KindOf(err) != workflow.Conflict {
		t.Fatalf("%v, want a Conflict", err)
	}
	must(t, b.SaveText(ctx, b.OfficeHead.Actor(), r.ID, "problems", "甲乙", 2))
	texts, err := b.Texts(ctx, b.Leader.Actor(), r.ID, "problems")
	must(t, err)
	if len(texts) != 3 || texts[1].Text != "甲" || texts[2].Text != "甲乙" {
		t.Errorf("%+v", texts)
	}
	if err := b.SaveText(ctx, b.Clerk.Actor(), r.ID, "problems", "{{nothing}}", 3); workflow.KindOf(err) != workflow.Invalid {
		t.Errorf("a text with an unknown place: %v", err)
	}
	if err := b.SaveText(ctx, b.Clerk.Actor(), r.ID, "nowhere", "字", 1); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a block that is not there: %v", err)
	}
	must(t, b.Comment(ctx, b.Leader.Actor(), r.ID, "problems", "请再具体些"))
	v, err := b.View(ctx, b.Clerk.Actor(), r.ID)
	must(t, err)
	must(t, b.Settle(ctx, b.Clerk.Actor(), r.ID, v.Comments[0].ID))
}

// TestLastYear: the texts of the report before are at hand, and can be begun from.
func TestLastYear(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	old, err := b.Draft(ctx, b.Clerk.Actor(), annual.Order{Form: "hubei", Year: 2025, From: "2025-01-01", Last: "2025-12-31", Day: "2025-12-31"})
	must(t, err)
	must(t, b.SaveText(ctx, b.Clerk.Actor(), old.ID, "problems", "去年写的", 1))
	o := order()
	o.Previous = true
	r, err := b.Draft(ctx, b.Clerk.Actor(), o)
	must(t, err)
	v, err := b.View(ctx, b.Clerk.Actor(), r.ID)
	must(t, err)
	if last := v.Blocks[len(v.Blocks)-1]; last.Text != "去年写的" {
		t.Errorf("%+v", last)
	}
	before, err := b.Before(ctx, b.Clerk.Actor(), b.draft(t))
	must(t, err)
	if len(before) == 0 || before[len(before)-1].Text != "去年写的" {
		t.Errorf("%+v", before)
	}
}

// TestBehind: every number opens what it counts, within the reader's rights.
func TestBehind(t *testing.T) {
	b := open(t)
	b.live(t)
	ctx := t.Context()
	about := b.Send(t, func(l *workflow.Letter) { l.About = b.Office.ID })
	r := b.draft(t)
	for _, by := range []workflow.Account{b.Leader, b.Clerk} {
		got, err := b.Behind(ctx, by.Actor(), r.ID, "cases.received", 0)
		must(t, err)
		hidden := 0
		for _, thing := range got.Things {
			if thing.Hidden {
				hidden++
			}
			if thing.Number == about.Number && by.ID == b.Clerk.ID {
				t.Error("the office sees a case that complains about it")
			}
		}
		if want := map[int64]int{b.Clerk.ID: 1}[by.ID]; got.Total != 4 || len(got.Things) != 4 || hidden != want {
			t.Errorf("%s: %d things, %d hidden, want %d", by.Username, got.Total, hidden, want)
		}
	}
	for key, want := range map[string]string{"site.items": "官网1", "site.columns": "学校概况", "duties.listed": "1 "} {
		got, err := b.Behind(ctx, b.Clerk.Actor(), r.ID, key, 0)
		if err != nil || len(got.Things) == 0 || !strings.HasPrefix(got.Things[0].Name, want) {
			t.Errorf("%s: %+v, %v", key, got.Things, err)
		}
	}
	if _, err := b.Behind(ctx, b.LogisticsHead.Actor(), r.ID, "site.items", 0); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("a department sees it: %v", err)
	}
}

// TestOrders: what is wrong with an order is said beside its field; both forms work.
func TestOrders(t *testing.T) {
	b := open(t)
	for what, change := range map[string]func(*annual.Order){
		"form": func(o *annual.Order) { o.Form = "other" }, "from": func(o *annual.Order) { o.From = "2026-13-01" },
		"last": func(o *annual.Order) { o.Last = "2025-01-01" }, "year": func(o *annual.Order) { o.Year = 26 },
		"title": func(o *annual.Order) { o.Title = strings.Repeat("长", annual.MaxTitle+1) },
	} {
		o := order()
		change(&o)
		_, err := b.Draft(t.Context(), b.Clerk.Actor(), o)
		var e *workflow.Error
		if !errors.As(err, &e) || e.Field != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	o := order()
	o.Form = "ministry"
	f, err := b.Make(t.Context(), b.OfficeHead.Actor(), o)
	must(t, err)
	d := b.Document(f, nil)
	if d.Title != "孝感示例职业学院2026年信息公开年度报告" || len(d.Blocks) < 20 || d.Signature != "孝感示例职业学院" {
		t.Errorf("%+v", d)
	}
}
