package spool_test

import (
	"errors"
	"slices"
	"testing"

	"mailbox/repository/spool"
)

func TestSpool(t *testing.T) {
	dir := t.TempDir()
	s, err := spool.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"aa": "one", "bb": "two"} {
		for range 2 { // the same name twice is one
			if err := s.Keep(t.Context(), name, []byte(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Keep(t.Context(), "../aa", nil); err == nil {
		t.Error("took a name that leads elsewhere")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = spool.New(dir); err != nil { // after a restart
		t.Fatal(err)
	}
	defer s.Close()
	away := errors.New("away")
	if err := s.Each(t.Context(), func([]byte) error { return away }); !errors.Is(err, away) {
		t.Errorf("Each = %v, want the error of do", err)
	}
	read := func() (got []string) {
		if err := s.Each(t.Context(), func(b []byte) error { got = append(got, string(b)); return nil }); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got, want := read(), []string{"one", "two"}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	if got := read(); len(got) != 0 {
		t.Errorf("kept %q although it was taken", got)
	}
}
