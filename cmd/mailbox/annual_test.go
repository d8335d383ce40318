package main

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/migrations"
	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/templates"
	"mailbox/workflow"
	"mailbox/workflow/report"
	"mailbox/workflow/report/annual"
	"mailbox/workflow/workflowtest"
	"mailbox/workflow/worldtest"
)

// reporting is a college on a real database that makes its annual report.
type reporting struct {
	*worldtest.World
	bureau *annual.Bureau
	db     *sql.DB
}

func openReporting(t *testing.T, dsn string) *reporting {
	t.Helper()
	store, err := postgres.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := worldtest.New(t, store)
	if err := store.SaveSetting(t.Context(), "college.name", "孝感示例职业学院", w.Admin.ID, w.Now()); err != nil {
		t.Fatal(err)
	}
	words, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	bureau, err := annual.New(annual.Deps{
		Desk: w.Desk, Forms: templates.ReportForms(),
		Figures: report.Deps{Now: w.Now, Zone: workflowtest.Zone, DayLength: func() time.Duration { return 7 * time.Hour }, Chain: w.Desk.Keeper.Chain},
		Text:    func(key string, args ...any) string { return words.Text("zh-CN", key, args...) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &reporting{w, bureau, openSQL(t, dsn)}
}

// draft begins the report of 2023, up to the day it was written.
func (r *reporting) draft(t *testing.T) workflow.AnnualReport {
	t.Helper()
	d, err := r.bureau.Draft(t.Context(), r.Clerk.Actor(), annual.Order{
		Form: "hubei", Year: 2023, From: "2023-01-01", Last: "2023-11-17", Day: "2023-11-17", Notice: "鄂教办函〔2023〕13号",
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (r *reporting) freeze(t *testing.T, id int64) workflow.AnnualReport {
	t.Helper()
	out, err := r.bureau.Freeze(t.Context(), r.Clerk.Actor(), id)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// publish makes an item public after its review.
func (r *reporting) publish(t *testing.T, i workflow.Item) {
	t.Helper()
	err := r.Store.Atomic(t.Context(), func(tx workflow.Store) error {
		i := i
		i.State, i.CreatedBy, i.Created, i.Updated = workflow.ItemDraft, r.Clerk.ID, r.Now(), r.Now()
		if err := tx.AddItem(t.Context(), &i); err != nil {
			return err
		}
		v := workflow.Review{Subject: workflow.ReviewItem, SubjectID: i.ID, Title: i.Title, ContentHash: i.Digest(), AskedBy: r.Clerk.ID, Asked: r.Now()}
		if err := tx.AddReview(t.Context(), &v); err != nil {
			return err
		}
		v.Reviewer, v.Decided, v.Result, v.Basis = r.Reviewer.ID, r.Now(), workflow.ReviewPublic, "依据"
		if err := tx.DecideReview(t.Context(), &v); err != nil {
			return err
		}
		i.State, i.Review, i.Passed, i.Published = workflow.ItemPublished, v.ID, true, r.Now()
		return tx.SaveItem(t.Context(), &i)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFrozenReportIsOutOfReach: no statement changes what was frozen, whoever may
// write to the database.
func TestFrozenReportIsOutOfReach(t *testing.T) {
	r := openReporting(t, pgtest.Open(t))
	d := r.draft(t)
	if err := r.bureau.Override(t.Context(), r.Clerk.Actor(), d.ID, "site.items", "401", "官网后台"); err != nil {
		t.Fatal(err)
	}
	r.freeze(t, d.ID)
	for _, statement := range []string{
		`UPDATE annual_snapshots SET body = body || '\x20', sha256 = sha256(body || '\x20')`,
		`DELETE FROM annual_snapshots`,
		`TRUNCATE annual_snapshots CASCADE`,
		`INSERT INTO annual_snapshots SELECT report_id, '\x20', sha256('\x20'), at FROM annual_snapshots`,
		`UPDATE annual_reports SET title = '另一个题目'`,
		`UPDATE annual_reports SET last_day = '2023-12-31'`,
		`UPDATE annual_reports SET hash = sha256('\x20')`,
		`UPDATE annual_reports SET state = 'draft', hash = NULL, frozen_at = NULL`,
		`UPDATE annual_reports SET state = 'published', checked_at = now(), signed_at = now(), published_at = now()`,
		`DELETE FROM annual_reports`,
		`UPDATE annual_blocks SET text = '另一段'`,
		`DELETE FROM annual_blocks`,
		`INSERT INTO annual_blocks (report_id, key, place, name, text, at) SELECT id, 'new', 99, '新', '新', now() FROM annual_reports`,
		`UPDATE annual_texts SET text = '另一段'`,
		`UPDATE annual_overrides SET value = '402'`,
		`DELETE FROM annual_overrides`,
	} {
		if _, err := r.db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("done: %s", statement)
		}
	}
	if n, faults := verifiedReports(t, r.Store); n != 1 || len(faults) != 0 {
		t.Errorf("%d reports, %v", n, faults)
	}
}

func verifiedReports(t *testing.T, store workflow.Store) (int, []annual.Fault) {
	t.Helper()
	var faults []annual.Fault
	n, err := annual.Verify(t.Context(), store, func(f annual.Fault) { faults = append(faults, f) })
	if err != nil {
		t.Fatal(err)
	}
	return n, faults
}

// TestVerifyFindsTamperedReports: who switches the database's guards off and makes
// everything fit is found out by the journal, whose key is elsewhere.
func TestVerifyFindsTamperedReports(t *testing.T) {
	for what, statements := range map[string][]string{
		"its bytes": {`ALTER TABLE annual_snapshots DROP CONSTRAINT annual_snapshots_check`, `UPDATE annual_snapshots SET body = body || '\x20'`},
		"its bytes and hashes": {
			`UPDATE annual_snapshots SET body = body || '\x20', sha256 = sha256(body || '\x20')`,
			`UPDATE annual_reports SET hash = s.sha256 FROM annual_snapshots s WHERE s.report_id = id`,
		},
		"it is a draft again": {`UPDATE annual_reports SET state = 'draft', hash = NULL, frozen_at = NULL`, `DELETE FROM annual_snapshots`},
		"it is gone": {
			`DELETE FROM annual_snapshots`, `DELETE FROM annual_texts`, `DELETE FROM annual_blocks`, `DELETE FROM annual_reports`,
		},
	} {
		r := openReporting(t, pgtest.Open(t))
		r.freeze(t, r.draft(t).ID)
		conn, err := r.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range append([]string{`SET session_replication_role = replica`}, statements...) {
			if _, err := conn.ExecContext(t.Context(), s); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		if _, faults := verifiedReports(t, r.Store); len(faults) != 1 {
			t.Errorf("%s: %v", what, faults)
		}
	}
}

// TestDatabaseCrashesWhileFreezing: freezing fails whole with a clear word, and
// works when it is tried again.
func TestDatabaseCrashesWhileFreezing(t *testing.T) {
	pg := startDatabase(t, freshDir(t))
	dsn, err := pg.Database(t.Context(), "mailbox")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := postgres.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(schema.Migrate(t.Context(), migrations.FS), schema.Close()); err != nil {
		t.Fatal(err)
	}
	r := openReporting(t, dsn)
	d := r.draft(t)
	other, err := r.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.ExecContext(t.Context(), `SELECT FROM annual_reports WHERE id = $1 FOR UPDATE`, d.ID); err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := r.bureau.Freeze(t.Context(), r.Clerk.Actor(), d.ID)
		failed <- err
	}()
	watch := openSQL(t, dsn)
	within(t, 20*time.Second, "freezing waits for the report", func() bool {
		return count(t, watch, `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%annual_reports%'`) > 0
	})
	crash(t, pg)
	if err := <-failed; workflow.KindOf(err) != workflow.Unavailable {
		t.Errorf("freezing said %v", err)
	}
	within(t, time.Minute, "the database is back", func() bool { return watch.PingContext(t.Context()) == nil })
	if n := count(t, watch, `SELECT count(*) FROM annual_snapshots`) + count(t, watch, `SELECT count(*) FROM annual_reports WHERE state <> 'draft'`); n != 0 {
		t.Errorf("%d traces of a freezing that failed", n)
	}
	within(t, time.Minute, "freezing works again", func() bool {
		_, err := r.bureau.Freeze(t.Context(), r.Clerk.Actor(), d.ID)
		return err == nil
	})
	if n, faults := verifiedReports(t, r.Store); n != 1 || len(faults) != 0 {
		t.Errorf("%d reports, %v", n, faults)
	}
}

// exampleYear is what the college printed in its report of 2023.
var exampleYear = map[string]string{
	"site.top_columns": "7", "site.columns": "54", "site.items": "401", "account.items": "357", "video.items": "280",
	"minutes.count": "25", "documents.last_serial": "89", "campaign.closed": "31", "about.total": "0",
}

// printedSentences are the places of those figures in the report.
var printedSentences = []string{
	"设置了美珈概况、组织机构、新闻动态、招生信息、专业设置、素质教育、学工在线七个一级栏目，共设置栏目54个，2023年1月1日至2023年11月17日发布信息401条",
	"2023年1月1日至2023年11月17日，微信公众号发布消息357条，视频号共发布视频280条",
	"2023年1月1日至2023年11月17日，共发布会议纪要25次",
	"2023年1月1日至2023年11月17日，学校办公室印发公文至89号",
	"截至2023年11月17日，“我为群众办实事”主题活动共办理31件校内民生事件",
	"未收到因信息公开产生的举报、投诉等",
}

// rawYear counts the same from raw rows, with statements that are not the
// product's.
var rawYear = map[string]string{
	"site.top_columns":      `SELECT count(*) FROM columns WHERE parent_id IS NULL AND opened_on <= '2023-11-17' AND coalesce(closed_on > '2023-11-17', true)`,
	"site.columns":          `SELECT count(*) FROM columns WHERE opened_on <= '2023-11-17' AND coalesce(closed_on > '2023-11-17', true)`,
	"site.items":            rawItems + `'site'`,
	"account.items":         rawItems + `'account'`,
	"video.items":           rawItems + `'video'`,
	"minutes.count":         rawItems + `'minutes'`,
	"documents.last_serial": `SELECT max(serial) FROM items WHERE channel = 'document' AND state = 'published' AND day BETWEEN '2023-01-01' AND '2023-11-17'`,
	"campaign.closed":       rawFacts + `'campaign'`,
	"about.total":           rawFacts + `ANY ('{concern.report,concern.complaint,concern.reconsideration,concern.litigation}')`,
}

const (
	rawItems = `SELECT count(*) FROM items WHERE state = 'published' AND day BETWEEN '2023-01-01' AND '2023-11-17' AND channel = `
	rawFacts = `SELECT coalesce(sum(n), 0) FROM facts WHERE day BETWEEN '2023-01-01' AND '2023-11-17' AND measure = `
)

// TestExampleYear: the report of the example year holds the figures the college
// printed, in the same places; raw rows give the same; later the live figures move
// and the report does not.
func TestExampleYear(t *testing.T) {
	r := openReporting(t, pgtest.Open(t))
	r.liveExampleYear(t)
	r.checkExampleYear(t)
}

// checkExampleYear holds a college that has lived the example year to its report.
func (r *reporting) checkExampleYear(t *testing.T) {
	t.Helper()
	frozen := r.freeze(t, r.draft(t).ID)
	v, err := r.bureau.View(t.Context(), r.Clerk.Actor(), frozen.ID)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range exampleYear {
		f, _ := v.Frozen.Field(key)
		if raw := strconv.Itoa(count(t, r.db, rawYear[key])); f.Value.Text != want || raw != want {
			t.Errorf("%s is %s, from raw rows %s, printed %s", key, f.Value.Text, raw, want)
		}
		if f.Nature != annual.Serial && f.Value.N != len(f.Value.IDs) {
			t.Errorf("%s is %d with %d behind it", key, f.Value.N, len(f.Value.IDs))
		}
	}
	d := r.bureau.Document(v.Frozen, frozen.Hash)
	var text strings.Builder
	for _, b := range d.Blocks {
		text.WriteString(b.Text + "\n")
	}
	for _, sentence := range printedSentences {
		if !strings.Contains(text.String(), sentence) {
			t.Errorf("the report does not say %q", sentence)
		}
	}
	r.Pass(time.Hour)
	r.publish(t, workflow.Item{Channel: workflow.OnSite, Day: "2023-11-17", Title: "后来补登的一条"})
	changes, err := r.bureau.Changes(t.Context(), r.Clerk.Actor(), frozen.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Field.Key == "site.items" && (c.Then.Text != "401" || c.Now.Text != "402" || c.Came.Total != 1) {
			t.Errorf("%+v", c)
		}
	}
	if len(changes) != 2 {
		t.Errorf("%d changes", len(changes))
	}
	again, err := r.bureau.View(t.Context(), r.Clerk.Actor(), frozen.ID)
	if f, _ := again.Frozen.Field("site.items"); err != nil || f.Value.Text != "401" {
		t.Errorf("the frozen report says %s, %v", f.Value.Text, err)
	}
}

// liveExampleYear fills the ledger with invented items of the college's year.
func (r *reporting) liveExampleYear(t *testing.T) {
	t.Helper()
	r.openColumns(t)
	days := func(i int) string { return time.Date(2023, 1, 1+i%321, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }
	for channel, n := range map[workflow.ItemChannel]int{workflow.OnSite: 401, workflow.OnAccount: 357, workflow.OnVideo: 280} {
		for i := range n {
			r.publish(t, workflow.Item{Channel: channel, Day: days(i), Title: fmt.Sprintf("%s第%d条", channel, i+1)})
		}
	}
	for i := range 25 {
		r.publish(t, workflow.Item{Channel: workflow.InMinutes, Day: days(12 * i), Title: fmt.Sprintf("会议纪要%d", i+1), Meeting: "president"})
	}
	for _, serial := range []int{1, 40, 88, 89} { // not every number is a document that is public
		r.publish(t, workflow.Item{Channel: workflow.InDocument, Day: days(3 * serial), Title: fmt.Sprintf("公文%d", serial), Series: "校办发〔2023〕", Serial: serial})
	}
	r.publish(t, workflow.Item{Channel: workflow.OnSite, Day: "2023-11-18", Title: "止日之后的一条"})
	r.publish(t, workflow.Item{Channel: workflow.OnSite, Day: "2022-12-31", Title: "起日之前的一条"})
	for range 31 {
		k := workflowtest.NewCase(t, r.Store)
		f := workflow.Fact{Measure: "campaign", Day: "2023-06-01", Category: k.Category, Kind: k.Kind, Channel: k.Channel, Mode: k.Mode, Bucket: 1}
		if err := r.Store.AddFacts(t.Context(), k.ID, []workflow.FactChange{{Fact: f, N: 1}}); err != nil {
			t.Fatal(err)
		}
	}
}

// openColumns makes the site of 7 top sections and 54 in all.
func (r *reporting) openColumns(t *testing.T) {
	t.Helper()
	save := func(c workflow.Column) int64 {
		if err := r.Store.SaveColumn(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	var tops []int64
	for i, name := range []string{"美珈概况", "组织机构", "新闻动态", "招生信息", "专业设置", "素质教育", "学工在线"} {
		tops = append(tops, save(workflow.Column{Name: name, Opened: "2020-09-01", Sort: i}))
	}
	for i := range 54 - len(tops) {
		save(workflow.Column{Name: fmt.Sprintf("栏目%d", i+1), Parent: tops[i%len(tops)], Opened: "2020-09-01", Sort: i})
	}
	save(workflow.Column{Name: "已关闭的栏目", Parent: tops[0], Opened: "2020-09-01", Closed: "2023-06-01"})
	save(workflow.Column{Name: "后来的栏目", Parent: tops[0], Opened: "2024-01-01"})
}
