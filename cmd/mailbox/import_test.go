package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailbox/repository/postgres/pgtest"
	"mailbox/repository/redisdb/redistest"
)

// importer is a college with an account of the office and a folder of files.
type importer struct {
	dir string
	env []string
	db  *sql.DB
}

func newImporter(t *testing.T) *importer {
	t.Helper()
	dsn := pgtest.Open(t)
	x := &importer{dir: freshDir(t), env: []string{"DATABASE_URL=" + dsn, "REDIS_URL=" + redistest.Open(t)}}
	for name, role := range map[string]string{"clerk1": "clerk", "leader1": "leader"} {
		if _, err := command(t, x.dir, x.env, "a-long-password-1", "user", "add", name, "--name", "员工", "--role", role); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if x.db, err = sql.Open("postgres", dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.db.Close() })
	return x
}

func (x *importer) bring(t *testing.T, name, content string, more ...string) (string, error) {
	t.Helper()
	file := filepath.Join(x.dir, name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"import", file, "--by", "clerk1", "--basis", "当时已按规定审查", "--reviewed-by", "各部门负责人"}, more...)
	return command(t, x.dir, x.env, "", args...)
}

func (x *importer) items(t *testing.T) string {
	t.Helper()
	return strings.Join(texts(t, x.db, `SELECT channel || ' ' || day || ' ' || title || ' ' || state FROM items ORDER BY id`), "\n")
}

// TestImportCommand brings a table and an archive of mail into the ledger, once,
// with their days, and tells nobody.
func TestImportCommand(t *testing.T) {
	x := newImporter(t)
	table := "标题,日期,渠道\n一,2021-03-05,公众号\n坏,哪天,\n二,2021/3/6,\n"
	out, err := x.bring(t, "2021.csv", table, "--channel", "board")
	if err != nil || !strings.Contains(out, "line 3: Not a day: 哪天") || !strings.Contains(out, "2 added, 0 known already, 1 wrong") || !strings.Contains(out, "not public yet") {
		t.Fatalf("%v: %s", err, out)
	}
	mail := "From hq@college.example Fri Nov 17 08:00:00 2023\nFrom: HQ <hq@college.example>\nSubject: Tender\nDate: Fri, 17 Nov 2023 23:00:00 +0000\nMessage-ID: <1@college.example>\n\nhttps://college.example/1\n"
	if out, err := x.bring(t, "2023.mbox", mail); err != nil || !strings.Contains(out, "1 added") {
		t.Fatalf("%v: %s", err, out)
	}
	want := "account 2021-03-05 一 draft\nboard 2021-03-06 二 draft\nsite 2023-11-18 Tender draft"
	if got := x.items(t); got != want {
		t.Errorf("the ledger has\n%s\nwant\n%s", got, want)
	}
	for name, content := range map[string]string{"2021.csv": table, "again.mbox": "\n" + mail + "\n"} {
		if out, err := x.bring(t, name, content, "--channel", map[bool]string{true: "board", false: "site"}[name == "2021.csv"]); err != nil || !strings.Contains(out, "nothing new") {
			t.Errorf("%s again: %v: %s", name, err, out)
		}
	}
	if got := x.items(t); got != want {
		t.Errorf("again, the ledger has\n%s", got)
	}
	if n := count(t, x.db, `SELECT count(*) FROM notices`); n != 0 {
		t.Errorf("%d notices", n)
	}
	if n := count(t, x.db, `SELECT count(*) FROM journal WHERE action = 'ledger.import'`); n != 2 {
		t.Errorf("%d imports in the journal", n)
	}
	if out, err := command(t, x.dir, x.env, "", "verify"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// Whatever cannot be imported is said in words, and leaves nothing behind.
func TestImportCommandRefuses(t *testing.T) {
	x := newImporter(t)
	for what, k := range map[string]struct {
		content, wants string
		more           []string
	}{
		"nothing good":    {"标题,日期\n坏,哪天\n", "nothing in it can be imported", nil},
		"letters":         {"来信人,问题\n张三,食堂\n", "nothing in it can be imported", nil},
		"no table":        {"\x00\x01", "cannot be read", nil},
		"no such account": {"标题,日期\n一,2021-03-05\n", "nobody", []string{"--by", "nobody"}},
		"no office":       {"标题,日期\n一,2021-03-05\n", "not of the office", []string{"--by", "leader1"}},
		"no such section": {"标题,日期\n一,2021-03-05\n", "No such section", []string{"--column", "没有"}},
		"no such channel": {"标题,日期\n一,2021-03-05\n", "channel", []string{"--channel", "radio"}},
	} {
		if out, err := x.bring(t, "x.csv", k.content, k.more...); err == nil || !strings.Contains(err.Error(), k.wants) {
			t.Errorf("%s: %v: %s", what, err, out)
		}
	}
	if _, err := command(t, x.dir, x.env, "", "import", filepath.Join(x.dir, "none.csv"), "--by", "clerk1", "--basis", "b", "--reviewed-by", "r"); err == nil {
		t.Error("a file that is not there was imported")
	}
	if got := x.items(t); got != "" {
		t.Errorf("the ledger has %s", got)
	}
	if n := count(t, x.db, `SELECT count(*) FROM imports WHERE state <> 'undone'`); n != 0 {
		t.Errorf("%d imports are left", n)
	}
}
