package workflowtest

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"mailbox/workflow"
)

var ledgerPromises = []promise{
	{"columns come in the order of the tree, as they are on a day", columnTree},
	{"an item comes back, its digest is that of its content, and two changes do not overwrite", itemPromise},
	{"nothing is public without a passed review of exactly this content of this item", itemGate},
	{"items are listed, counted and paged as asked", itemLists},
	{"what was public as of a moment stays what it was", itemsAsOf},
	{"a serial is given once in its series, and the last one is known", itemSerials},
	{"what is known is not added again", itemsAdded},
	{"an import is confirmed by a second person, once, and taken back whole", importPromise},
	{"one file is imported once unless it was undone", importOnce},
	{"what was let out comes with the review that let it out", letOutPromise},
	{"the list of duties knows the latest item in its columns", dutyPromise},
}

// NewItem is a draft of the logistics department for the site, changed by opts
// and stored.
func NewItem(t testing.TB, s workflow.Store, c College, opts ...func(*workflow.Item)) workflow.Item {
	t.Helper()
	i := workflow.Item{
		Channel: workflow.OnSite, Title: "食堂招标公告", URL: "https://college.example/1.html", Day: "2026-11-20", Made: "2026-11-18",
		Department: c.Logistics.ID, Author: "后勤处", AuthorID: c.LogisticsClerk.ID, State: workflow.ItemDraft,
		CreatedBy: c.LogisticsClerk.ID, Created: Morning.UTC(), Updated: Morning.UTC(),
	}
	for _, opt := range opts {
		opt(&i)
	}
	must(t, s.AddItem(t.Context(), &i))
	return i
}

// PublishItem has a stored item reviewed and publishes it at a moment.
func PublishItem(t testing.TB, s workflow.Store, c College, i *workflow.Item, at time.Time) {
	t.Helper()
	i.Review, i.Passed = passedReview(t, s, c, *i), true
	i.State, i.Published = workflow.ItemPublished, at.UTC()
	must(t, s.SaveItem(t.Context(), i))
}

func passedReview(t testing.TB, s workflow.Store, c College, i workflow.Item) int64 {
	t.Helper()
	r := workflow.Review{
		Subject: workflow.ReviewItem, SubjectID: i.ID, Title: i.Title, ContentHash: i.ContentHash, Department: i.Department,
		AskedBy: c.LogisticsClerk.ID, Asked: Morning.UTC(),
	}
	must(t, s.AddReview(t.Context(), &r))
	r.Reviewer, r.Decided, r.Result, r.Basis = c.Reviewer.ID, Morning.UTC(), workflow.ReviewPublic, "《高等学校信息公开办法》"
	must(t, s.DecideReview(t.Context(), &r))
	return r.ID
}

func newColumn(t testing.TB, s workflow.Store, x workflow.Column) workflow.Column {
	t.Helper()
	if x.Opened == "" {
		x.Opened = "2023-01-01"
	}
	must(t, s.SaveColumn(t.Context(), &x))
	return x
}

func columnTree(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	news := newColumn(t, s, workflow.Column{Name: "新闻动态", Sort: 2, Department: c.Office.ID, URL: "https://college.example/news"})
	about := newColumn(t, s, workflow.Column{Name: "学校概况", Sort: 1})
	leaders := newColumn(t, s, workflow.Column{Name: "现任领导", Parent: about.ID, Sort: 2})
	charter := newColumn(t, s, workflow.Column{Name: "学校章程", Parent: about.ID, Sort: 1, Opened: "2023-06-01"})
	same(t, "all", ok(s.Columns(ctx, ""))(t), []workflow.Column{about, charter, leaders, news})
	same(t, "before one opened", ok(s.Columns(ctx, "2023-05-31"))(t), []workflow.Column{about, leaders, news})
	wantKind(t, workflow.Conflict, s.SaveColumn(ctx, &workflow.Column{Name: "新闻动态", Opened: "2023-01-01"}))
	stale := leaders
	leaders.Closed, leaders.Name = "2024-01-01", "领导"
	must(t, s.SaveColumn(ctx, &leaders))
	wantKind(t, workflow.Conflict, s.SaveColumn(ctx, &stale))
	same(t, "on its last day", ok(s.Columns(ctx, "2023-12-31"))(t), []workflow.Column{about, charter, leaders, news})
	same(t, "once closed", ok(s.Columns(ctx, "2024-01-01"))(t), []workflow.Column{about, charter, news})
	absent(t, "unknown", s.SaveColumn(ctx, &workflow.Column{ID: nowhere, Name: "x", Opened: "2023-01-01", Version: 1}))
	absent(t, "below nothing", s.SaveColumn(ctx, &workflow.Column{Name: "x", Parent: nowhere, Opened: "2023-01-01"}))
}

func itemPromise(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	i := NewItem(t, s, c, func(i *workflow.Item) {
		i.Channel, i.Series, i.Serial, i.Summary, i.External = workflow.InDocument, "校办发〔2026〕", 12, "关于“招标”\n的：公告", "guid:1"
	})
	same(t, "as stored", ok(s.Item(ctx, i.ID))(t), i)
	same(t, "its digest", ok(s.Item(ctx, i.ID))(t).ContentHash, i.Digest())
	stale := i
	i.Title, i.Day, i.Author = "食堂招标公告（更正）", "1999-12-31", ""
	must(t, s.SaveItem(ctx, &i))
	same(t, "as changed", ok(s.Item(ctx, i.ID))(t), i)
	same(t, "the digest of the change", i.ContentHash, i.Digest())
	wantKind(t, workflow.Conflict, s.SaveItem(ctx, &stale))
	wantKind(t, workflow.Conflict, s.AddItem(ctx, &workflow.Item{
		Channel: workflow.InDocument, Series: "x", Serial: 1, Title: "y", Day: "2026-01-01", External: "guid:1", State: workflow.ItemDraft, CreatedBy: c.Clerk.ID,
	}))
	sent := NewItem(t, s, c, func(i *workflow.Item) { i.External = "api 7 k" })
	wantKind(t, workflow.Conflict, s.AddItem(ctx, &workflow.Item{
		Channel: workflow.OnBoard, Title: "y", Day: "2026-01-01", External: sent.External, State: workflow.ItemDraft, CreatedBy: c.Clerk.ID,
	}))
	absent(t, "unknown", second(s.Item(ctx, nowhere)))
	i.ID = nowhere
	absent(t, "saving unknown", s.SaveItem(ctx, &i))
}

func itemGate(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	i, twin := NewItem(t, s, c), NewItem(t, s, c)
	publish := func(what string, change func(*workflow.Item)) {
		t.Helper()
		x := ok(s.Item(ctx, i.ID))(t)
		x.State, x.Published = workflow.ItemPublished, Morning.UTC()
		change(&x)
		if err := s.SaveItem(ctx, &x); workflow.KindOf(err) != workflow.Invalid {
			t.Errorf("%s: got %v, want Invalid", what, err)
		}
	}
	publish("without a review", func(*workflow.Item) {})
	publish("with the review of the same text of another item", func(x *workflow.Item) { x.Review, x.Passed = passedReview(t, s, c, twin), true })
	open := workflow.Review{Subject: workflow.ReviewItem, SubjectID: i.ID, Title: "x", ContentHash: i.ContentHash, AskedBy: c.LogisticsClerk.ID, Asked: Morning.UTC()}
	must(t, s.AddReview(ctx, &open))
	publish("before the decision", func(x *workflow.Item) { x.Review, x.Passed = open.ID, true })
	publish("with a review that did not pass, said plainly", func(x *workflow.Item) { x.Review, x.Passed = open.ID, false })
	own := passedReview(t, s, c, i)
	publish("another title than the one reviewed", func(x *workflow.Item) { x.Review, x.Passed, x.Title = own, true, "别的标题" })
	publish("another day than the one reviewed", func(x *workflow.Item) { x.Review, x.Passed, x.Day = own, true, "2026-11-21" })
	other := workflow.Review{Subject: workflow.ReviewAnswer, SubjectID: i.ID, Title: "x", ContentHash: i.ContentHash, AskedBy: c.LogisticsClerk.ID, Asked: Morning.UTC()}
	must(t, s.AddReview(ctx, &other))
	other.Reviewer, other.Decided, other.Result, other.Basis = c.Reviewer.ID, Morning.UTC(), workflow.ReviewPublic, "办法"
	must(t, s.DecideReview(ctx, &other))
	publish("with the review of another subject", func(x *workflow.Item) { x.Review, x.Passed = other.ID, true })
	i.Review, i.Passed, i.State, i.Published = own, true, workflow.ItemPublished, Morning.UTC()
	must(t, s.SaveItem(ctx, &i))
	publish("edited once public", func(x *workflow.Item) { x.Summary = "补充" })
	i.State = workflow.ItemWithdrawn
	wantKind(t, workflow.Invalid, s.SaveItem(ctx, &i))
	i.Withdrawn = Morning.UTC()
	must(t, s.SaveItem(ctx, &i))
}

func itemLists(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	top := newColumn(t, s, workflow.Column{Name: "新闻动态"})
	below := newColumn(t, s, workflow.Column{Name: "通知公告", Parent: top.ID})
	var ids []int64
	for n := range 7 {
		i := NewItem(t, s, c, func(i *workflow.Item) {
			i.Title, i.Day, i.Column = fmt.Sprintf("第 %d 号 100%%", n), "2026-10-0"+strconv.Itoa(1+n/2), below.ID
			if n == 6 {
				i.Channel, i.Meeting, i.Column, i.Department = workflow.InMinutes, "affairs", top.ID, c.Academic.ID
			}
		})
		ids = append([]int64{i.ID}, ids...)
	}
	checks := map[string]struct {
		q workflow.ItemQuery
		n int
	}{
		"all":             {workflow.ItemQuery{}, 7},
		"channel":         {workflow.ItemQuery{Channel: workflow.InMinutes}, 1},
		"meeting":         {workflow.ItemQuery{Meeting: "affairs"}, 1},
		"column":          {workflow.ItemQuery{Column: below.ID}, 6},
		"column and down": {workflow.ItemQuery{Column: top.ID}, 7},
		"department":      {workflow.ItemQuery{Department: c.Academic.ID}, 1},
		"state":           {workflow.ItemQuery{State: workflow.ItemPublished}, 0},
		"from, to":        {workflow.ItemQuery{From: "2026-10-02", To: "2026-10-04"}, 4},
		"search":          {workflow.ItemQuery{Search: "第 3 号"}, 1},
		"search for %":    {workflow.ItemQuery{Search: "0%"}, 7},
		"search for _":    {workflow.ItemQuery{Search: "_"}, 0},
	}
	for what, check := range checks {
		same(t, what+" counted", ok(s.CountItems(ctx, check.q))(t), check.n)
		same(t, what+" listed", len(ok(s.Items(ctx, check.q))(t).Items), check.n)
	}
	var paged []int64
	for q := (workflow.ItemQuery{Limit: 3}); ; {
		page := ok(s.Items(ctx, q))(t)
		for _, i := range page.Items {
			paged = append(paged, i.ID)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	same(t, "the pages together", paged, ids)
	wantKind(t, workflow.Invalid, second(s.Items(ctx, workflow.ItemQuery{After: "rubbish"})))
}

func itemsAsOf(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	column := newColumn(t, s, workflow.Column{Name: "通知公告"})
	i := NewItem(t, s, c, func(i *workflow.Item) { i.Column = column.ID })
	NewItem(t, s, c)
	out, back := Morning.Add(time.Hour), Morning.Add(2*time.Hour)
	PublishItem(t, s, c, &i, out)
	i.State, i.Withdrawn = workflow.ItemWithdrawn, back.UTC()
	must(t, s.SaveItem(ctx, &i))
	for at, want := range map[time.Time]int{Morning: 0, out: 1, back.Add(-1000): 1, back: 0} {
		same(t, "public at "+at.String(), ok(s.CountItems(ctx, workflow.ItemQuery{AsOf: at}))(t), want)
		same(t, "in the column at "+at.String(), ok(s.CountByColumn(ctx, at))(t)[column.ID], want)
	}
}

func itemSerials(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	document := func(series string, serial int) func(*workflow.Item) {
		return func(i *workflow.Item) { i.Channel, i.Series, i.Serial = workflow.InDocument, series, serial }
	}
	eight := NewItem(t, s, c, document("校发〔2026〕", 8))
	NewItem(t, s, c, document("校发〔2026〕", 7))
	NewItem(t, s, c, document("校办发〔2026〕", 8))
	same(t, "the last", ok(s.LastSerial(ctx, workflow.ItemQuery{Channel: workflow.InDocument, Series: "校发〔2026〕"}))(t), 8)
	same(t, "of no series", ok(s.LastSerial(ctx, workflow.ItemQuery{Series: "无"}))(t), 0)
	again := eight
	wantKind(t, workflow.Conflict, s.AddItem(ctx, &again))
	PublishItem(t, s, c, &eight, Morning)
	stand := NewItem(t, s, c, document("校发〔2026〕", 8), func(i *workflow.Item) { i.Replaces = eight.ID })
	another := stand
	another.Title = "又一份"
	wantKind(t, workflow.Conflict, s.AddItem(ctx, &another))
	same(t, "what stands in", ok(s.CountItems(ctx, workflow.ItemQuery{Replaces: eight.ID}))(t), 1)
	eight.State, eight.Withdrawn = workflow.ItemWithdrawn, Morning.UTC()
	must(t, s.SaveItem(ctx, &eight))
	PublishItem(t, s, c, &stand, Morning)
	again.ID, again.Review, again.Passed = 0, 0, false
	wantKind(t, workflow.Conflict, s.AddItem(ctx, &again))
}

func itemsAdded(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	old := NewItem(t, s, c)
	m := workflow.Import{Source: "sheet", Name: "2023.xlsx", State: workflow.ImportQueued, By: c.Clerk.ID, At: Morning.UTC()}
	must(t, s.AddImport(ctx, &m))
	item := func(title string) workflow.Item {
		return workflow.Item{
			Channel: workflow.OnSite, Title: title, Day: "2023-03-01", External: "x:" + title, Import: m.ID, State: workflow.ItemDraft,
			CreatedBy: c.Clerk.ID, Created: Morning.UTC(),
		}
	}
	known := item(old.Title)
	known.Day, known.URL = old.Day, old.URL
	batch := []workflow.Item{item("一"), known, item("二")}
	same(t, "known before", ok(s.KnownItems(ctx, batch))(t), []bool{false, true, false})
	same(t, "added", ok(s.AddItems(ctx, batch))(t), 2)
	same(t, "known after", ok(s.KnownItems(ctx, batch))(t), []bool{true, true, true})
	same(t, "added again", ok(s.AddItems(ctx, batch))(t), 0)
	same(t, "of the import", ok(s.CountItems(ctx, workflow.ItemQuery{Import: m.ID, State: workflow.ItemDraft}))(t), 2)
	got := ok(s.Items(ctx, workflow.ItemQuery{Search: "二"}))(t).Items[0]
	want := batch[2]
	want.ID, want.Version, want.ContentHash, want.Updated = got.ID, 1, got.Digest(), Morning.UTC()
	same(t, "as added", got, want)
}

func importPromise(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	m := workflow.Import{
		Source: "sheet", Name: "2023.xlsx", SHA256: "ab", State: workflow.ImportQueued, Mapping: map[string]string{"0": "title"},
		Basis: "当时已按规定审查", ReviewedBy: "某某", Rows: 2, By: c.Clerk.ID, At: Morning.UTC(),
	}
	must(t, s.AddImport(ctx, &m))
	same(t, "as stored", ok(s.Import(ctx, m.ID))(t), m)
	must(t, s.Atomic(ctx, func(tx workflow.Store) error {
		taken, err := tx.TakeImport(ctx)
		must(t, err)
		same(t, "taken", taken.ID, m.ID)
		must(t, tx.Progress(ctx, m.ID, 1))
		_, err = tx.AddItems(ctx, []workflow.Item{
			{Channel: workflow.OnSite, Title: "甲", Day: "2023-01-02", External: "1", Import: m.ID, CreatedBy: c.Clerk.ID, Created: Morning.UTC()},
			{Channel: workflow.OnSite, Title: "乙", Day: "2023-01-03", External: "2", Import: m.ID, CreatedBy: c.Clerk.ID, Created: Morning.UTC()},
		})
		return err
	}))
	same(t, "its progress", ok(s.Import(ctx, m.ID))(t).Done, 1)
	m.State, m.Done, m.Added = workflow.ImportAdded, 2, 2
	must(t, s.SaveImport(ctx, m))
	absent(t, "nothing waits", second(s.TakeImport(ctx)))
	later := Morning.Add(time.Hour).UTC()
	n := ok(s.ConfirmImport(ctx, m.ID, workflow.Review{
		AskedBy: c.Clerk.ID, Asked: m.At, Basis: m.Basis, Reviewer: c.OfficeHead.ID, Decided: later, Result: workflow.ReviewPublic, Remark: m.ReviewedBy,
	}))(t)
	same(t, "confirmed", n, 2)
	same(t, "public", ok(s.CountItems(ctx, workflow.ItemQuery{Import: m.ID, AsOf: later}))(t), 2)
	reviews := ok(s.ReviewsBy(ctx, workflow.ReviewQuery{Subject: workflow.ReviewItem}))(t)
	if len(reviews) != 2 || reviews[0].SubjectID == reviews[1].SubjectID || reviews[0].Reviewer != c.OfficeHead.ID || !reviews[0].Passed() {
		t.Errorf("the reviews of an import of two are %+v", reviews)
	}
	m.State, m.Confirmer, m.Confirmed = workflow.ImportConfirmed, c.OfficeHead.ID, later
	must(t, s.SaveImport(ctx, m))
	same(t, "undone", ok(s.UndoImport(ctx, m.ID, later.Add(time.Hour)))(t), 2)
	same(t, "public before it was undone", ok(s.CountItems(ctx, workflow.ItemQuery{AsOf: later}))(t), 2)
	same(t, "public after", ok(s.CountItems(ctx, workflow.ItemQuery{AsOf: later.Add(time.Hour)}))(t), 0)
	m.State, m.Undoer, m.Undone = workflow.ImportUndone, c.Clerk.ID, later.Add(time.Hour)
	must(t, s.SaveImport(ctx, m))
	same(t, "listed", ok(s.ImportsBefore(ctx, 0, 10))(t), []workflow.Import{m})
}

func importOnce(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	m := workflow.Import{Source: "sheet", Name: "a.csv", SHA256: "cd", State: workflow.ImportBegun, By: c.Clerk.ID, At: Morning.UTC()}
	twin := m
	must(t, s.AddImport(ctx, &m))
	must(t, s.AddImport(ctx, &twin))
	m.State, twin.State = workflow.ImportQueued, workflow.ImportQueued
	must(t, s.SaveImport(ctx, m))
	wantKind(t, workflow.Conflict, s.SaveImport(ctx, twin))
	m.State, m.Undoer, m.Undone = workflow.ImportUndone, c.Clerk.ID, Morning.UTC()
	must(t, s.SaveImport(ctx, m))
	must(t, s.SaveImport(ctx, twin))
	absent(t, "unknown", s.SaveImport(ctx, workflow.Import{ID: nowhere, State: workflow.ImportQueued}))
}

func dutyPromise(t *testing.T, s workflow.Store, c College) {
	ctx := t.Context()
	all := ok(s.Duties(ctx))(t)
	if len(all) != 50 || all[49].No != 50 || all[49].Class != 10 {
		t.Fatalf("the list has %d items", len(all))
	}
	top := newColumn(t, s, workflow.Column{Name: "信息公开"})
	below := newColumn(t, s, workflow.Column{Name: "年度报告", Parent: top.ID})
	d := all[5]
	d.Columns, d.Department, d.Changed, d.URL = []int64{top.ID}, c.Office.ID, "2026-11-01", "https://college.example/gk"
	must(t, s.SaveDuty(ctx, &d))
	i := NewItem(t, s, c, func(i *workflow.Item) { i.Column, i.Day = below.ID, "2026-11-05" })
	same(t, "with a draft alone", ok(s.Duties(ctx))(t)[5], d)
	PublishItem(t, s, c, &i, Morning)
	d.Latest = "2026-11-05"
	same(t, "once public", ok(s.Duties(ctx))(t)[5], d)
	stale := all[5]
	wantKind(t, workflow.Conflict, s.SaveDuty(ctx, &stale))
	d.Applies, d.WhyNot, d.Columns = false, "不招收研究生", nil
	must(t, s.SaveDuty(ctx, &d))
	d.Latest = ""
	same(t, "without columns", ok(s.Duties(ctx))(t)[5], d)
	must(t, s.SaveDuty(ctx, &workflow.Duty{No: 51, Class: 10, Title: "本校另定", Applies: true}))
	same(t, "with one of its own", len(ok(s.Duties(ctx))(t)), 51)
}
