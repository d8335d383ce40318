package main

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailbox/repository/postgres/pgtest"
	"mailbox/repository/redisdb/redistest"
	"mailbox/workflow/report/annual"
)

// TestReportCommand makes every kind of file without a server.
func TestReportCommand(t *testing.T) {
	dir := freshDir(t)
	env := []string{"DATABASE_URL=" + pgtest.Open(t), "REDIS_URL=" + redistest.Open(t)}
	report := func(out string, more ...string) error {
		_, err := command(t, dir, env, "", append([]string{"report", "--from", "2023-01-01", "--to", "2023-11-17", "--out", filepath.Join(dir, out)}, more...)...)
		return err
	}
	for name, begins := range map[string]string{
		"r.docx": "PK", "r.xlsx": "PK", "r.csv": "\ufeff", "r.json": `{"format":1`, "r.pdf": "%PDF-",
	} {
		if err := report(name, "--template", "hubei", "--notice", "鄂教办函〔2023〕13号"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.HasPrefix(string(b), begins) {
			t.Errorf("%s begins with %.10q, %v", name, b, err)
		}
	}
	wantReport(t, filepath.Join(dir, "r.json"), filepath.Join(dir, "r.docx"))
	for _, template := range []string{"ministry", "tables"} {
		if err := report(template+".docx", "--template", template, "--as-of", "2023-11-17T18:00"); err != nil {
			t.Errorf("%s: %v", template, err)
		}
	}
	for what, args := range map[string][]string{
		"no such table":  {"r2.csv", "--template", "tables", "--table", "nothing"},
		"no such form":   {"r2.docx", "--template", "nothing"},
		"no such format": {"r2.odt", "--template", "hubei"},
		"no such folder": {"none/r2.docx", "--template", "hubei"},
		"no such moment": {"r2.docx", "--template", "hubei", "--as-of", "yesterday"},
		"no such day":    {"r2.docx", "--template", "hubei", "--date", "2023-13-01"},
	} {
		if err := report(args[0], args[1:]...); err == nil || strings.Contains(err.Error(), "annual.") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".report-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(filepath.Join(dir, "r2.csv")); err == nil {
		t.Error("a report that failed left its file")
	}
}

// wantReport compares the snapshot and the document of one report.
func wantReport(t *testing.T, snapshot, docx string) {
	t.Helper()
	b, err := os.ReadFile(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	var f annual.Frozen
	if err := json.Unmarshal(b, &f); err != nil || f.Report.Last != "2023-11-17" || len(f.Fields) != len(annual.Fields) || len(f.Tables) < 8 {
		t.Errorf("the snapshot has %d fields and %d tables, %v", len(f.Fields), len(f.Tables), err)
	}
	z, err := zip.OpenReader(docx)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	if all := readAll(t, text); !strings.Contains(all, "未收到因信息公开产生的举报、投诉等") || strings.Contains(all, "{{") {
		t.Errorf("the document says %.300q", all)
	}
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
