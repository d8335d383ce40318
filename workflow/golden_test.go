package workflow_test

import (
	"os"
	"path/filepath"
	"testing"
)

// golden compares got with testdata/name, or rewrites that file when the test
// runs with UPDATE_GOLDEN=1.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the program says; UPDATE_GOLDEN=1 rewrites it. Now:\n%s", path, got)
	}
}
