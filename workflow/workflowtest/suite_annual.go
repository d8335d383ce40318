package workflowtest

import (
	"crypto/sha256"
	"testing"
	"time"

	"mailbox/workflow"
)

var annualPromises = []promise{
	{"a report comes back with its blocks, and two changes do not overwrite", annualReports},
	{"a further revision belongs to the family and says why", annualRevisions},
	{"a block keeps every text, and the second of two writers hears of the first", annualBlocks},
	{"comments stay and are settled once", annualComments},
	{"an override is set, changed and taken off", annualOverrides},
	{"a snapshot is kept once, and nothing of a frozen report changes", annualFreezing},
	{"a report is published after a review that passed of exactly its snapshot", annualPublishing},
	{"contacts are kept by year", annualContacts},
	{"the cases behind a figure are those whose facts add up", annualCases},
	{"writers are counted by their addresses, and nobody twice", annualWriters},
	{"Still sees one moment", annualStill},
}

// NewReport stores a draft of two blocks.
func NewReport(t testing.TB, s workflow.Store, c College, opts ...func(*workflow.AnnualReport)) workflow.AnnualReport {
	t.Helper()
	r := workflow.AnnualReport{
		Form: "hubei", Year: 2023, From: "2023-01-01", Last: "2023-11-17", Title: "学院2023年信息公开工作报告", Addressee: "湖北省教育厅办公室",
		Notice: "鄂教办函〔2023〕13号", Day: "2023-11-17", CreatedBy: c.Clerk.ID, Created: Morning,
	}
	for _, opt := range opts {
		opt(&r)
	}
	must(t, s.AddReport(t.Context(), &r, []workflow.AnnualBlock{
		{Key: "b", Place: 2, Name: "第二部分", Text: "二"}, {Key: "a", Place: 1, Name: "第一部分", Text: "一"},
	}))
	return r
}

func annualReports(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	if r.ID == 0 || r.Family != r.ID || r.Revision != 1 || r.Version != 1 || r.State != workflow.AnnualDraft {
		t.Fatalf("%+v", r)
	}
	stored := ok(s.Report(t.Context(), r.ID))(t)
	stored.Updated = r.Updated
	same(t, "as stored", stored, r)
	blocks := ok(s.Blocks(t.Context(), r.ID))(t)
	if len(blocks) != 2 || blocks[0].Key != "a" || blocks[1].Text != "二" || blocks[0].Version != 1 {
		t.Errorf("%+v", blocks)
	}
	changed, stale := r, r
	changed.Title, changed.AsOf, changed.Updated = "另一个题目", Morning, Morning
	must(t, s.SaveReport(t.Context(), &changed))
	same(t, "changed", ok(s.Report(t.Context(), r.ID))(t), changed)
	wantKind(t, workflow.Conflict, s.SaveReport(t.Context(), &stale))
	absent(t, "unknown", second(s.Report(t.Context(), nowhere)))
	other := NewReport(t, s, c)
	same(t, "newest first", ids(ok(s.ReportsBy(t.Context(), workflow.AnnualQuery{}))(t), reportID), []int64{other.ID, r.ID})
	same(t, "a page", ids(ok(s.ReportsBy(t.Context(), workflow.AnnualQuery{Before: other.ID, Limit: 1}))(t), reportID), []int64{r.ID})
}

func reportID(r workflow.AnnualReport) int64 { return r.ID }

func annualRevisions(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	again := NewReport(t, s, c, func(n *workflow.AnnualReport) { n.Family, n.Reason = r.ID, "更正一处数字" })
	if again.Revision != 2 || again.Family != r.ID {
		t.Errorf("%+v", again)
	}
	same(t, "the family", ids(ok(s.ReportsBy(t.Context(), workflow.AnnualQuery{Family: r.ID}))(t), reportID), []int64{again.ID, r.ID})
	bare := r
	bare.Family, bare.Reason = r.ID, ""
	if err := s.AddReport(t.Context(), &bare, nil); err == nil {
		t.Error("a revision without a reason was kept")
	}
}

func annualBlocks(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	mine := workflow.AnnualBlock{Report: r.ID, Key: "a", Text: "甲写的", By: c.Clerk.ID, At: Morning, Version: 1}
	theirs := workflow.AnnualBlock{Report: r.ID, Key: "a", Text: "乙写的", By: c.OfficeHead.ID, At: Morning, Version: 1}
	must(t, s.SaveBlock(t.Context(), &mine))
	wantKind(t, workflow.Conflict, s.SaveBlock(t.Context(), &theirs))
	theirs.Version = mine.Version
	must(t, s.SaveBlock(t.Context(), &theirs))
	texts := ok(s.BlockTexts(t.Context(), r.ID, "a"))(t)
	if len(texts) != 3 || texts[0].Text != "一" || texts[1].Text != "甲写的" || texts[2].ByName != c.OfficeHead.Name || texts[2].Version != 3 {
		t.Errorf("%+v", texts)
	}
	b := ok(s.Blocks(t.Context(), r.ID))(t)[0]
	if b.Text != "乙写的" || b.ByName != c.OfficeHead.Name || b.Version != 3 || b.Name != "第一部分" {
		t.Errorf("%+v", b)
	}
	lost := workflow.AnnualBlock{Report: nowhere, Key: "a", Text: "x", By: c.Clerk.ID, At: Morning, Version: 1}
	absent(t, "a block of no report", s.SaveBlock(t.Context(), &lost))
}

func annualComments(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	k := workflow.AnnualComment{Report: r.ID, Block: "a", By: c.Leader.ID, At: Morning, Text: "此处请再核实"}
	must(t, s.AddComment(t.Context(), &k))
	must(t, s.SettleComment(t.Context(), r.ID, k.ID, c.Clerk.ID, Morning))
	must(t, s.SettleComment(t.Context(), r.ID, k.ID, c.OfficeHead.ID, Morning.Add(time.Hour)))
	all := ok(s.Comments(t.Context(), r.ID))(t)
	if len(all) != 1 || all[0].ByName != c.Leader.Name || all[0].SettledBy != c.Clerk.ID || !all[0].Settled.Equal(Morning) {
		t.Errorf("%+v", all)
	}
	absent(t, "another report's", s.SettleComment(t.Context(), nowhere, k.ID, c.Clerk.ID, Morning))
}

func annualOverrides(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	o := workflow.AnnualOverride{Report: r.ID, Field: "site.items", Value: "401", Reason: "官网后台的数", By: c.Clerk.ID, ByName: c.Clerk.Name, At: Morning}
	must(t, s.SaveOverride(t.Context(), o))
	o.Value = "402"
	must(t, s.SaveOverride(t.Context(), o))
	same(t, "changed", ok(s.Overrides(t.Context(), r.ID))(t), []workflow.AnnualOverride{o})
	o.Value = ""
	must(t, s.SaveOverride(t.Context(), o))
	same(t, "taken off", ok(s.Overrides(t.Context(), r.ID))(t), nil)
}

// freeze gives a draft a snapshot of these bytes.
func freeze(t *testing.T, s workflow.Store, c College, r *workflow.AnnualReport, body string) {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	must(t, s.Atomic(t.Context(), func(tx workflow.Store) error {
		if _, err := tx.LockReport(t.Context(), r.ID); err != nil {
			return err
		}
		if err := tx.AddSnapshot(t.Context(), workflow.AnnualSnapshot{Report: r.ID, Body: []byte(body), Hash: sum[:], At: Morning}); err != nil {
			return err
		}
		r.State, r.Hash, r.Frozen, r.FrozenBy = workflow.AnnualFrozen, sum[:], Morning, c.Clerk.ID
		return tx.SaveReport(t.Context(), r)
	}))
}

func annualFreezing(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	bad := workflow.AnnualSnapshot{Report: r.ID, Body: []byte("一"), Hash: make([]byte, 32), At: Morning}
	if err := s.AddSnapshot(t.Context(), bad); err == nil {
		t.Error("a snapshot with another's hash was kept")
	}
	freeze(t, s, c, &r, "所见即所存")
	got := ok(s.Snapshot(t.Context(), r.ID))(t)
	if string(got.Body) != "所见即所存" || string(got.Hash) != string(r.Hash) {
		t.Errorf("%+v", got)
	}
	again := sha256.Sum256([]byte("另一份"))
	wantKind(t, workflow.Conflict, s.AddSnapshot(t.Context(), workflow.AnnualSnapshot{Report: r.ID, Body: []byte("另一份"), Hash: again[:], At: Morning}))
	b := workflow.AnnualBlock{Report: r.ID, Key: "a", Text: "改", By: c.Clerk.ID, At: Morning, Version: 1}
	o := workflow.AnnualOverride{Report: r.ID, Field: "site.items", Value: "1", Reason: "x", By: c.Clerk.ID, At: Morning}
	title, period, back := r, r, r
	title.Title, period.Last, back.State = "别的题目", "2023-12-31", workflow.AnnualDraft
	for what, err := range map[string]error{
		"its text": s.SaveBlock(t.Context(), &b), "an override": s.SaveOverride(t.Context(), o),
		"its title": s.SaveReport(t.Context(), &title), "its period": s.SaveReport(t.Context(), &period), "back to draft": s.SaveReport(t.Context(), &back),
	} {
		if err == nil {
			t.Errorf("%s was changed after freezing", what)
		}
	}
}

func annualPublishing(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	freeze(t, s, c, &r, "报告")
	r.CheckedBy, r.Checked, r.SignedBy, r.Signed, r.State = c.OfficeHead.ID, Morning, c.Leader.ID, Morning, workflow.AnnualSigned
	must(t, s.SaveReport(t.Context(), &r))
	v := workflow.Review{Subject: workflow.ReviewReport, SubjectID: r.ID, Title: r.Title, ContentHash: make([]byte, 32), AskedBy: c.Clerk.ID, Asked: Morning}
	must(t, s.AddReview(t.Context(), &v))
	pass := func(v *workflow.Review) {
		t.Helper()
		v.Reviewer, v.Decided, v.Result, v.Basis = c.Reviewer.ID, Morning, workflow.ReviewPublic, "依据"
		must(t, s.DecideReview(t.Context(), v))
	}
	publish := func(review int64) error {
		p := r
		p.State, p.Review, p.Passed, p.PublishedBy, p.Published = workflow.AnnualPublished, review, true, c.Clerk.ID, Morning
		err := s.SaveReport(t.Context(), &p)
		if err == nil {
			r = p
		}
		return err
	}
	pass(&v)
	if publish(v.ID) == nil || publish(0) == nil {
		t.Error("published without a review of this content")
	}
	right := v
	right.ContentHash, right.Result, right.Decided, right.Reviewer, right.Basis = r.Hash, "", time.Time{}, 0, ""
	must(t, s.AddReview(t.Context(), &right))
	if publish(right.ID) == nil {
		t.Error("published before the review was decided")
	}
	pass(&right)
	must(t, publish(right.ID))
	same(t, "published", ok(s.Report(t.Context(), r.ID))(t).State, workflow.AnnualPublished)
	gone := r
	gone.State = workflow.AnnualSigned
	if s.SaveReport(t.Context(), &gone) == nil {
		t.Error("a published report became something else")
	}
}

func annualContacts(t *testing.T, s workflow.Store, c College) {
	all := []workflow.AnnualContact{
		{Post: "leader", Name: "甲", Duty: "校长助理", Phone: "0712-1", Mobile: "1", Mail: "a@college.example"},
		{Post: "head", Name: "乙", Duty: "学校办公室副主任"},
		{Post: "clerk", Name: "丙", Duty: "学校办公室科员"},
	}
	must(t, s.SaveAnnualContacts(t.Context(), 2023, all, c.Clerk.ID, Morning))
	same(t, "2023", ok(s.AnnualContacts(t.Context(), 2023))(t), all)
	same(t, "2022", ok(s.AnnualContacts(t.Context(), 2022))(t), nil)
	all[1].Name = "丁"
	must(t, s.SaveAnnualContacts(t.Context(), 2023, all, c.OfficeHead.ID, Morning))
	same(t, "changed", ok(s.AnnualContacts(t.Context(), 2023))(t), all)
}

func annualCases(t *testing.T, s workflow.Store, c College) {
	one, two, three := NewCase(t, s), NewCase(t, s), NewCase(t, s)
	f := workflow.Fact{
		Measure: workflow.CountClosed, Day: "2026-11-23", Department: c.Logistics.ID, Category: c.Repair.ID,
		Kind: workflow.Complaint, Channel: workflow.Web, Mode: workflow.Signed,
	}
	late := f
	late.Day = "2026-11-24"
	must(t, s.AddFacts(t.Context(), two.ID, []workflow.FactChange{{Fact: f, N: 1}}))
	must(t, s.AddFacts(t.Context(), one.ID, []workflow.FactChange{{Fact: f, N: 1}, {Fact: late, N: 1}}))
	must(t, s.AddFacts(t.Context(), three.ID, []workflow.FactChange{{Fact: f, N: 1}, {Fact: f, N: -1}, {Fact: late, N: 1}}))
	q := workflow.FactQuery{Measure: workflow.CountClosed, From: "2026-11-23", To: "2026-11-24"}
	same(t, "of the day", ok(s.CasesBehind(t.Context(), q))(t), []int64{one.ID, two.ID})
	q.To = "2026-11-25"
	same(t, "of two days", ok(s.CasesBehind(t.Context(), q))(t), []int64{one.ID, two.ID, three.ID})
	q.Department = c.Academic.ID
	same(t, "of another department", ok(s.CasesBehind(t.Context(), q))(t), nil)
}

// annualWriters: an address is one person, however often it wrote.
func annualWriters(t *testing.T, s workflow.Store, _ College) {
	one, two := random(32), random(32)
	wrote := func(index []byte, opts ...func(*workflow.Case)) {
		w := workflow.SealedWriter{ID: newUUID(), Sealed: random(8), KeyID: "k1", MailIndex: index, Created: Morning}
		must(t, s.AddWriter(t.Context(), w))
		NewCase(t, s, append(opts, func(x *workflow.Case) { x.Writer = w.ID })...)
	}
	for _, index := range [][]byte{one, one, two, nil, nil} {
		wrote(index)
	}
	wrote(random(32), func(x *workflow.Case) { x.Sealed = true })
	wrote(random(32), func(x *workflow.Case) { x.Received = Morning.AddDate(0, 0, 2) })
	NewCase(t, s) // nobody knows whose
	day := Morning.AddDate(0, 0, 1)
	same(t, "of a day", ok(s.CountWriters(t.Context(), Morning, day, day))(t), 2)
	same(t, "before they wrote", ok(s.CountWriters(t.Context(), Morning, day, Morning.Add(-time.Second)))(t), 0)
	same(t, "of a week", ok(s.CountWriters(t.Context(), Morning, Morning.AddDate(0, 0, 7), day))(t), 3)
}

func annualStill(t *testing.T, s workflow.Store, c College) {
	r := NewReport(t, s, c)
	must(t, s.Still(t.Context(), func(tx workflow.Store) error {
		before := ok(tx.Report(t.Context(), r.ID))(t)
		changed := r
		changed.Title = "别人改了题目"
		must(t, s.SaveReport(t.Context(), &changed))
		same(t, "meanwhile", ok(tx.Report(t.Context(), r.ID))(t), before)
		return nil
	}))
	same(t, "afterwards", ok(s.Report(t.Context(), r.ID))(t).Title, "别人改了题目")
}
