package blob

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"time"
)

// unused holds files that nothing names while it is looked at once more whether
// they may go.
const unused = "unused"

// atOnce is how many files one question is about.
const atOnce = 5000

// InUse returns those of the hashes that something names.
type InUse func(ctx context.Context, sums []string) ([]string, error)

// Keep implements workflow.Blobs.
func (s *Store) Keep(_ context.Context, sum string) error {
	if !wellFormed(sum) {
		return notFound(nil)
	}
	now := s.now()
	err := s.root.Chtimes(place(sum), now, now)
	if errors.Is(err, fs.ErrNotExist) {
		return notFound(err)
	}
	if err != nil {
		return fault("keep blob", err)
	}
	return nil
}

// Sweep removes what was last stored or kept before the given time and is of no
// use: uploads that a crash cut off, and files that nothing names. It returns
// how many. It may run while files arrive and letters are sent, in several
// processes at once.
//
// A file that nothing names is set aside first, and only then asked about for
// the last time: whoever stores the same content meanwhile finds the place
// empty and fills it, and whoever keeps it too late is told that it is gone.
func (s *Store) Sweep(ctx context.Context, before time.Time, inUse InUse) (int, error) {
	n, err := s.sweepIncoming(before)
	if err != nil {
		return n, fault("sweep blobs", err)
	}
	if err := s.putBack(); err != nil {
		return n, fault("sweep blobs", err)
	}
	var old []string
	err = fs.WalkDir(s.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == incoming || name == unused):
			return fs.SkipDir
		case d.IsDir() || !wellFormed(d.Name()) || !s.older(name, before):
			return nil
		}
		if old = append(old, d.Name()); len(old) < atOnce {
			return nil
		}
		m, err := s.sweep(ctx, old, before, inUse)
		n, old = n+m, old[:0]
		return err
	})
	if err != nil {
		return n, fault("sweep blobs", err)
	}
	m, err := s.sweep(ctx, old, before, inUse)
	return n + m, err
}

// sweepIncoming removes what a crash left half written.
func (s *Store) sweepIncoming(before time.Time) (n int, err error) {
	entries, err := fs.ReadDir(s.root.FS(), incoming)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		name := path.Join(incoming, e.Name())
		if !s.older(name, before) {
			continue // in use
		}
		if err := s.remove(name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// putBack returns to their places what a sweep that was cut off had set aside.
func (s *Store) putBack() error {
	entries, err := fs.ReadDir(s.root.FS(), unused)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := s.restore(e.Name()); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes those of the files that nothing names.
func (s *Store) sweep(ctx context.Context, sums []string, before time.Time, inUse InUse) (n int, err error) {
	idle, err := without(ctx, sums, inUse)
	if err != nil || len(idle) == 0 {
		return 0, err
	}
	for _, sum := range idle {
		if err := present(s.root.Rename(place(sum), aside(sum))); err != nil {
			return 0, fault("set blob aside", err)
		}
	}
	still, err := without(ctx, idle, inUse)
	for _, sum := range idle {
		if err != nil || !slices.Contains(still, sum) || !s.older(aside(sum), before) {
			err = errors.Join(err, s.restore(sum))
			continue
		}
		if e := s.remove(aside(sum)); e != nil {
			return n, fault("remove blob", e)
		}
		n++
	}
	return n, err
}

// without returns the hashes that nothing names.
func without(ctx context.Context, sums []string, inUse InUse) ([]string, error) {
	if len(sums) == 0 {
		return nil, nil
	}
	used, err := inUse(ctx, sums)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, sum := range used {
		known[sum] = true
	}
	var out []string
	for _, sum := range sums {
		if !known[sum] {
			out = append(out, sum)
		}
	}
	return out, nil
}

// aside is where a file lies while it is looked at.
func aside(sum string) string { return path.Join(unused, sum) }

// restore brings back what was set aside. The same content stored meanwhile is
// left alone: it is the younger.
func (s *Store) restore(sum string) error {
	if err := present(s.root.Link(aside(sum), place(sum))); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.remove(aside(sum))
}

// older reports whether the file is there and was last touched before.
func (s *Store) older(name string, before time.Time) bool {
	info, err := s.root.Stat(name)
	return err == nil && info.ModTime().Before(before)
}

func (s *Store) remove(name string) error { return present(s.root.Remove(name)) }

// present passes over what another sweep took first.
func present(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
