package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mailbox/repository/blob"
	"mailbox/workflow"
)

// named answers a sweep with a fixed list.
func named(sums ...string) blob.InUse {
	return func(_ context.Context, asked []string) ([]string, error) {
		return slices.DeleteFunc(slices.Clone(asked), func(s string) bool { return !slices.Contains(sums, s) }), nil
	}
}

var later = time.Now().Add(time.Hour)

func swept(t *testing.T, s *blob.Store, before time.Time, inUse blob.InUse, want int) {
	t.Helper()
	if n, err := s.Sweep(t.Context(), before, inUse); n != want || err != nil {
		t.Errorf("swept %d, want %d, %v", n, want, err)
	}
}

func gone(t *testing.T, s *blob.Store, sum string) bool {
	t.Helper()
	r, err := s.Open(t.Context(), sum)
	if err == nil {
		_ = r.Close()
	}
	return workflow.KindOf(err) == workflow.NotFound
}

func TestSweep(t *testing.T) {
	s, dir := open(t)
	letter, unsent := put(t, s, "of a letter"), put(t, s, "of a form never sent")
	if err := os.WriteFile(filepath.Join(dir, "incoming", "half"), []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	swept(t, s, time.Now().Add(-time.Hour), named(letter), 0) // all are young
	swept(t, s, later, named(letter), 2)
	if got, err := read(t, s, letter); got != "of a letter" || err != nil {
		t.Errorf("the sweep took the file of a letter: %q, %v", got, err)
	}
	if !gone(t, s, unsent) || len(files(t, dir)) != 1 {
		t.Errorf("left on disk: %v", files(t, dir))
	}
}

// TestKeep: a form that comes back after two days and is sent again.
func TestKeep(t *testing.T) {
	s, _ := open(t)
	kept, forgotten := put(t, s, "kept"), put(t, s, "forgotten")
	moment := time.Now()
	if err := s.Keep(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	swept(t, s, moment, named(), 1)
	if gone(t, s, kept) || !gone(t, s, forgotten) {
		t.Error("the wrong one was kept")
	}
	if err := s.Keep(t.Context(), forgotten); workflow.KindOf(err) != workflow.NotFound {
		t.Errorf("kept too late: %v", err)
	}
}

// TestSentMeanwhile sends the letter while the sweep asks whose the file is.
func TestSentMeanwhile(t *testing.T) {
	again := func(s *blob.Store) bool { put(t, s, "evidence"); return false }
	for name, tt := range map[string]struct {
		question int
		happens  func(*blob.Store) (inUse bool)
	}{
		"it arrives again before it is set aside": {1, again},
		"it arrives again while it is set aside":  {2, again},
		"its letter is stored":                    {2, func(*blob.Store) bool { return true }},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := open(t)
			sum := put(t, s, "evidence")
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(files(t, dir)[0], old, old); err != nil {
				t.Fatal(err)
			}
			asked := 0
			_, err := s.Sweep(t.Context(), old.Add(time.Minute), func(_ context.Context, sums []string) ([]string, error) {
				if got, err := read(t, s, sum); got != "evidence" || err != nil {
					t.Errorf("while it is looked at: %q, %v", got, err)
				}
				if asked++; asked == tt.question && tt.happens(s) {
					return sums, nil
				}
				return nil, nil
			})
			if got, e := read(t, s, sum); got != "evidence" || e != nil || err != nil {
				t.Errorf("after the sweep: %q, %v, %v", got, e, err)
			}
		})
	}
}

// TestSweepCutOff: the database goes away, or the program dies, between the
// two questions.
func TestSweepCutOff(t *testing.T) {
	s, dir := open(t)
	sum := put(t, s, "evidence")
	asked, away := 0, errors.New("away")
	_, err := s.Sweep(t.Context(), later, func(context.Context, []string) ([]string, error) {
		if asked++; asked == 2 {
			return nil, away
		}
		return nil, nil
	})
	if !errors.Is(err, away) || gone(t, s, sum) {
		t.Errorf("gone with the database: %v", err)
	}
	if err := os.Rename(filepath.Join(dir, sum[:2], sum[2:4], sum), filepath.Join(dir, "unused", sum)); err != nil {
		t.Fatal(err)
	}
	swept(t, s, later, named(sum), 0)
	if got := files(t, dir); len(got) != 1 || strings.Contains(got[0], "unused") {
		t.Errorf("after a kill: %v", got)
	}
}

// TestSweepsAndWriters has old files stored again and named while several
// sweeps go round: what was named is never gone.
func TestSweepsAndWriters(t *testing.T) {
	s, dir := open(t)
	const contents = 40
	for i := range contents {
		put(t, s, strings.Repeat("x", i+1))
	}
	old := time.Now().Add(-time.Hour)
	for _, f := range files(t, dir) {
		if err := os.Chtimes(f, old, old); err != nil {
			t.Fatal(err)
		}
	}
	var inUse sync.Map
	ask := func(_ context.Context, sums []string) ([]string, error) {
		return slices.DeleteFunc(slices.Clone(sums), func(sum string) bool { _, ok := inUse.Load(sum); return !ok }), nil
	}
	ctx := context.WithoutCancel(t.Context())
	var done atomic.Bool
	var sweeps, writers sync.WaitGroup
	for range 3 {
		sweeps.Go(func() {
			for !done.Load() {
				if _, err := s.Sweep(ctx, old.Add(time.Minute), ask); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 200 {
		writers.Go(func() {
			sum, _, err := s.Put(ctx, strings.NewReader(strings.Repeat("x", i%contents+1)), 100)
			if err != nil {
				t.Error(err)
			}
			inUse.Store(sum, true)
		})
	}
	writers.Wait()
	done.Store(true)
	sweeps.Wait()
	inUse.Range(func(sum, _ any) bool {
		if gone(t, s, sum.(string)) {
			t.Errorf("%s is gone", sum)
		}
		return true
	})
}
