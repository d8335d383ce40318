package private

import (
	"errors"
	"strings"
	"testing"
)

func TestFindPostgres(t *testing.T) {
	if _, err := findPostgres([]string{t.TempDir()}, ""); !errors.Is(err, errNoPostgres) {
		t.Errorf("nothing installed: %v", err)
	}
	if !strings.Contains(errNoPostgres.Error(), "apt-get install postgresql") {
		t.Errorf("the message does not say what to install: %v", errNoPostgres)
	}
	bin, err := findPostgres(searchPath(), "")
	if err != nil {
		t.Fatal(err)
	}
	major, err := majorVersion(bin)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := findPostgres(searchPath(), major); err != nil || same != bin {
		t.Errorf("version %s is in %q (%v), want %q", major, same, err, bin)
	}
	if _, err := findPostgres(searchPath(), "1"); err == nil || !strings.Contains(err.Error(), "this machine has "+major) {
		t.Errorf("version nobody has: %v", err)
	}
}

// Whoever made a directory in /tmp before us must not get our socket into it.
func TestForeignSocketDirectory(t *testing.T) {
	d := t.TempDir() // mode 0755 or more: open to others
	o, err := ownerOf(d, []string{"nobody"})
	if err == nil && o.mustOwn(d) == nil {
		t.Error("a directory open to others was taken")
	}
}
