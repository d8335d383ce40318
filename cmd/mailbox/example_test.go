package main

import (
	"archive/zip"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailbox/handlers/web/webtest"
	"mailbox/repository/postgres"
	"mailbox/repository/postgres/pgtest"
	"mailbox/repository/redisdb/redistest"
	"mailbox/workflow"
	"mailbox/workflow/report/annual"
	"mailbox/workflow/worldtest"
)

// shownYear is the demonstration with its example year, served, and what is
// needed to look at it from outside.
type shownYear struct {
	dir, dsn string
	env      []string
	db       *sql.DB
	clerk    *visitor
	report   int
	frozen   string // when; in SQL and in a command
}

// tellingWithin is how long the demonstration may take to be told where much
// else is going on.
const tellingWithin = 3 * time.Minute

// TestDemonstratedYear: the demonstration's report of 2023 has the figures that
// the college printed, in the same places; raw rows give the same; behind each
// lies as much as it says. Then one more item is published: the live figure
// moves, the frozen report does not, and says what came. A row that somebody
// tampered with is found.
func TestDemonstratedYear(t *testing.T) {
	y := showYear(t)
	y.printed(t)
	y.fromRawRows(t)
	y.drillDowns(t)
	y.commandLine(t)
	y.oneMore(t)
	y.tampered(t)
}

func showYear(t *testing.T) *shownYear {
	t.Helper()
	dir, dsn := freshDir(t), pgtest.Open(t)
	y := &shownYear{dir: dir, dsn: dsn, env: []string{"DATABASE_URL=" + dsn, "REDIS_URL=" + redistest.Open(t)}}
	h := serveWithin(t, tellingWithin, dir, append(y.env[:2:2], "MAILBOX_DEMO_PASSWORD="+passphrase), "--demo")
	y.db, y.clerk = openSQL(t, dsn), newVisitor(at(h.where.Web))
	y.clerk.signIn(t, "clerk")
	y.report = count(t, y.db, `SELECT id FROM annual_reports WHERE year = 2023 AND state = 'published' AND review_passed AND signed_at IS NOT NULL`)
	y.frozen = texts(t, y.db, `SELECT to_char(frozen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM annual_reports WHERE id = $1`, y.report)[0]
	return y
}

func (y *shownYear) path(rest string) string {
	return fmt.Sprintf("/office/reports/%d%s", y.report, rest)
}

// sentences are those of the printed report, with the demonstration's name of the
// first column.
func sentences() []string {
	var out []string
	for _, s := range printedSentences {
		out = append(out, strings.ReplaceAll(s, "美珈", "云汀"))
	}
	return out
}

func (y *shownYear) printed(t *testing.T) {
	t.Helper()
	paper := webtest.Parse(t, y.clerk.get(t, y.path("/print")).body).All(".annual-paper")
	if len(paper) == 0 {
		t.Fatal("there is no paper")
	}
	saysAll(t, "the page", strings.Join(strings.Fields(paper[0].Text()), ""))
}

func saysAll(t *testing.T, what, text string) {
	t.Helper()
	for _, sentence := range sentences() {
		if !strings.Contains(text, sentence) {
			t.Errorf("%s does not say %q", what, sentence)
		}
	}
}

// What was public when the report was frozen, and cases themselves, not what was
// added up of them.
const (
	knownItems = `SELECT count(*) FROM items WHERE published_at <= $1 AND (withdrawn_at IS NULL OR withdrawn_at > $1)
		AND day >= '2023-01-01' AND day < '2023-11-18' AND channel = `
	knownColumns = `SELECT count(*) FROM columns WHERE $1 <> '' AND opened_on <= '2023-11-17' AND (closed_on IS NULL OR closed_on > '2023-11-17')`
	ownDay       = ` AT TIME ZONE 'Asia/Shanghai')::date BETWEEN '2023-01-01' AND '2023-11-17'`
)

var knownThen = map[string]string{
	"site.top_columns":      knownColumns + ` AND parent_id IS NULL`,
	"site.columns":          knownColumns,
	"site.items":            knownItems + `'site'`,
	"account.items":         knownItems + `'account'`,
	"video.items":           knownItems + `'video'`,
	"minutes.count":         knownItems + `'minutes'`,
	"documents.last_serial": strings.Replace(knownItems, "count(*)", "max(serial)", 1) + `'document'`,
	"campaign.closed": `SELECT count(*) FROM cases c JOIN campaigns k ON k.id = c.campaign_id
		WHERE $1 <> '' AND k.name = '我为群众办实事' AND c.state IN ('closed', 'archived') AND (c.ended_at` + ownDay,
	"about.total": `SELECT count(*) FROM cases WHERE $1 <> '' AND concern <> '' AND state <> 'merged' AND (received_at` + ownDay,
}

func (y *shownYear) fromRawRows(t *testing.T) {
	t.Helper()
	for key, want := range exampleYear {
		query := strings.ReplaceAll(knownThen[key], "$1 <> ''", "$1::timestamptz IS NOT NULL")
		if raw := strconv.Itoa(count(t, y.db, query, y.frozen)); raw != want {
			t.Errorf("%s is %s from raw rows, printed %s", key, raw, want)
		}
	}
	for what, query := range map[string]string{
		"an item of the day before":      `SELECT count(*) FROM items WHERE state = 'published' AND day = '2022-12-31'`,
		"an item of the day after":       `SELECT count(*) FROM items WHERE state = 'published' AND day = '2023-11-18'`,
		"an item that was withdrawn":     `SELECT count(*) FROM items WHERE state = 'withdrawn' AND day BETWEEN '2023-01-01' AND '2023-11-17'`,
		"a case closed after midnight":   `SELECT count(*) FROM cases WHERE campaign_id IS NOT NULL AND ended_at BETWEEN '2023-11-17 16:00Z' AND '2023-11-17 16:30Z'`,
		"a case closed before midnight":  `SELECT count(*) FROM cases WHERE campaign_id IS NOT NULL AND ended_at BETWEEN '2023-11-17 15:30Z' AND '2023-11-17 15:59Z'`,
		"a case closed in the new year":  `SELECT count(*) FROM cases WHERE campaign_id IS NOT NULL AND ended_at BETWEEN '2022-12-31 16:00Z' AND '2022-12-31 16:30Z'`,
		"a case closed in the old year":  `SELECT count(*) FROM cases WHERE campaign_id IS NOT NULL AND ended_at BETWEEN '2022-12-31 15:30Z' AND '2022-12-31 15:59Z'`,
		"an item recorded a day late":    `SELECT count(*) FROM items WHERE published_at > '2023-11-20 16:00Z' AND published_at < '2023-12-01' AND day = '2023-11-20'`,
		"a column that was closed":       `SELECT count(*) FROM columns WHERE closed_on < '2023-11-17'`,
		"a column that was opened later": `SELECT count(*) FROM columns WHERE opened_on > '2023-11-17'`,
	} {
		if n := count(t, y.db, query); n != 1 {
			t.Errorf("%s: %d", what, n)
		}
	}
}

// drillDowns opens what lies behind every figure, page by page.
func (y *shownYear) drillDowns(t *testing.T) {
	t.Helper()
	for key, want := range exampleYear {
		n, path := 0, y.path("/fields/"+key)
		for path != "" {
			page := webtest.Parse(t, y.clerk.get(t, path).body)
			n += len(page.All(".annual-behind tbody tr"))
			path = ""
			for _, next := range page.All(`a[rel="next"]`) {
				path = next.Attr("href")
			}
		}
		if key == "documents.last_serial" {
			want = "1" // the document that carries it
		}
		if strconv.Itoa(n) != want {
			t.Errorf("behind %s lie %d, want %s", key, n, want)
		}
	}
}

// make makes the same report at the command line, and returns its snapshot.
func (y *shownYear) make(t *testing.T, name string, more ...string) annual.Frozen {
	t.Helper()
	out := filepath.Join(y.dir, name)
	args := []string{"report", "--template", "hubei", "--from", "2023-01-01", "--to", "2023-11-17", "--notice", "鄂教办函〔2023〕13号", "--out"}
	for _, file := range []string{out + ".json", out + ".docx"} {
		if said, err := command(t, y.dir, y.env, "", append(append(args[:len(args):len(args)], file), more...)...); err != nil {
			t.Fatalf("report: %v\n%s", err, said)
		}
	}
	b, err := os.ReadFile(out + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var f annual.Frozen
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func (y *shownYear) commandLine(t *testing.T) {
	t.Helper()
	then, now := y.make(t, "then", "--as-of", y.frozen), y.make(t, "today")
	for key, want := range exampleYear {
		v, _ := then.Field(key)
		today, _ := now.Field(key)
		if v.Value.Text != want || today.Value.Text != want {
			t.Errorf("the command says %s was %s and is %s, printed %s", key, v.Value.Text, today.Value.Text, want)
		}
	}
	z, err := zip.OpenReader(filepath.Join(y.dir, "then.docx"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	part, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer part.Close()
	var text strings.Builder
	for _, run := range webtest.Parse(t, strings.NewReplacer("<w:t ", "<i ", "<w:t>", "<i>", "</w:t>", "</i>").Replace(readAll(t, part))).All("i") {
		text.WriteString(run.Text())
	}
	saysAll(t, "the document", strings.Join(strings.Fields(text.String()), ""))
}

// oneMore publishes an item of a day in the period.
func (y *shownYear) oneMore(t *testing.T) {
	t.Helper()
	store, err := postgres.Open(t.Context(), y.dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	r := &reporting{World: &worldtest.World{Store: store}, db: y.db}
	r.Set(time.Now().UTC().Truncate(time.Second))
	r.Clerk.ID = int64(count(t, y.db, `SELECT id FROM accounts WHERE username = 'clerk'`))
	r.Reviewer.ID = int64(count(t, y.db, `SELECT id FROM accounts WHERE username = 'reviewer'`))
	r.publish(t, workflow.Item{Channel: workflow.OnSite, Day: "2023-11-17", Title: "后来补登的一条"})
	if v, _ := y.make(t, "now").Field("site.items"); v.Value.Text != "402" {
		t.Errorf("the live figure is %s", v.Value.Text)
	}
	y.printed(t)
	changes := webtest.Parse(t, y.clerk.get(t, y.path("/changes")).body).All(".annual-change")
	if len(changes) != 2 || !strings.Contains(changes[0].Text(), "401") || !strings.Contains(changes[0].Text(), "402") || !strings.Contains(changes[0].Text(), "后来补登的一条") {
		t.Errorf("%d changes", len(changes))
	}
}

// tamperings are changes of one row each, and how verify names it.
var tamperings = []struct{ change, named string }{
	{`UPDATE items SET title = title || '。' WHERE id = (SELECT min(id) FROM items WHERE import_id IS NOT NULL AND state = 'published') RETURNING id`, "item %d of the ledger: not_reviewed"},
	{
		`DELETE FROM items WHERE id = (SELECT max(id) FROM items WHERE import_id = (SELECT max(import_id) FROM items WHERE state = 'published')) RETURNING import_id`,
		"import %d of the ledger: missing",
	},
	{
		`UPDATE reviews SET result = 'refused', ground = 'other' WHERE id = (SELECT max(review_id) FROM items WHERE import_id IS NULL AND state = 'published' AND id < (SELECT max(id) FROM items))
		RETURNING subject_id`, "item %d of the ledger: not_reviewed",
	},
	{`UPDATE publications SET subject = subject || '。' WHERE id = (SELECT min(id) FROM publications WHERE state = 'published') RETURNING id`, "answer "},
	{
		`UPDATE figures_daily_channel SET n = n + 7 WHERE ctid = (SELECT ctid FROM figures_daily_channel WHERE measure = 'answered' LIMIT 1) RETURNING n`,
		"(by channel ",
	},
	{
		`UPDATE figures_monthly_total SET n = n + 70 WHERE ctid = (SELECT ctid FROM figures_monthly_total WHERE measure = 'closed' LIMIT 1) RETURNING n`,
		"(by total): stored %d, comes to ",
	},
	{`UPDATE events SET note = note || '。' WHERE (case_id, seq) = (SELECT case_id, seq FROM events ORDER BY at DESC, case_id, seq LIMIT 1) RETURNING seq`, " event %d: changed"},
	{`UPDATE journal SET account_id = NULL WHERE id = (SELECT min(id) FROM journal WHERE account_id IS NOT NULL) RETURNING id`, "journal entry %d: changed"},
	{`UPDATE annual_snapshots SET body = convert_to(replace(convert_from(body, 'UTF8'), '401', '499'), 'UTF8'),
		sha256 = sha256(convert_to(replace(convert_from(body, 'UTF8'), '401', '499'), 'UTF8')) RETURNING report_id`, "report %d: "},
}

// tampered: somebody changes rows behind the program's back, one of each kind,
// and each is named. The item that oneMore published beside the program is known
// from the beginning.
func (y *shownYear) tampered(t *testing.T) {
	t.Helper()
	beside := count(t, y.db, `SELECT max(id) FROM items`)
	out, err := command(t, y.dir, y.env, "", "verify")
	if err == nil || !strings.Contains(out, "1 reports") || !strings.HasPrefix(out, fmt.Sprintf("item %d of the ledger: not_noted\n", beside)) ||
		!strings.Contains(err.Error(), "1 faults") {
		t.Fatalf("verify: %v\n%s", err, out)
	}
	conn, err := y.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), `SET session_replication_role = replica`); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range tamperings {
		var id string
		if err := conn.QueryRowContext(t.Context(), k.change).Scan(&id); err != nil {
			t.Fatalf("%s: %v", k.change, err)
		}
		names = append(names, strings.ReplaceAll(k.named, "%d", id))
	}
	out, err = command(t, y.dir, y.env, "", "verify")
	if err == nil {
		t.Error("verify finds nothing")
	}
	for _, line := range names {
		if !strings.Contains(out, line) {
			t.Errorf("verify does not name %q:\n%s", line, out)
		}
	}
}
