package postgres_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailbox/repository/postgres/pgtest"
)

// TestSchemaDump keeps migrations/schema.dump, where people read what all
// migrations together make, the same as what they make.
func TestSchemaDump(t *testing.T) {
	t.Parallel()
	got := dump(t, pgtest.Open(t))
	file := filepath.Join("..", "..", "migrations", "schema.dump")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("migrations/schema.dump is not what the migrations make; UPDATE_GOLDEN=1 writes it anew\n%s", firstDifference(got, string(want)))
	}
}

// What a dump says of the program that made it, and of session settings.
var dumpNoise = regexp.MustCompile(`(?m)^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|COMMENT ON EXTENSION.*|CREATE EXTENSION.*)\n`)

var blankLines = regexp.MustCompile(`\n{3,}`)

func dump(t *testing.T, dsn string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), pgDump(t), "--schema-only", "--no-owner", "--no-privileges", "--dbname", dsn).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	text := dumpNoise.ReplaceAllString(string(out), "")
	text = strings.ReplaceAll(text, "public.", "")
	return strings.TrimSpace(blankLines.ReplaceAllString(text, "\n\n")) + "\n"
}

// pgDump is the newest pg_dump of the machine.
func pgDump(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err == nil && len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one ends before the other"
}
