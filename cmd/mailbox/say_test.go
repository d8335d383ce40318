package main

import (
	"strings"
	"testing"

	"mailbox/templates"
)

// TestSayer says a step once, and in a file a line for each tenth of progress.
func TestSayer(t *testing.T) {
	t.Parallel()
	words, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	s := newSayer(&out, words)
	s.step("private.start")
	s.step("private.start")
	for done := range 241 {
		s.progress("x", done, 240)
	}
	s.step("private.create")
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 14 || strings.Contains(out.String(), "\r") {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	if !strings.HasSuffix(lines[11], "240/240") || strings.Count(lines[11], "=") != 30 {
		t.Errorf("the end of progress is %q", lines[11])
	}
	out.Reset()
	s.live = true
	s.progress("y", 1, 2)
	s.step("private.start")
	s.progress("y", 2, 2)
	if got := out.String(); strings.Count(got, "\r") != 2 || strings.Count(got, "\n") != 3 {
		t.Errorf("on a terminal: %q", got)
	}
}
