// Package spool keeps what must not be lost in files of this machine while the
// database is away. What it keeps is sealed by whoever gives it.
package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// most is how many files are kept at a time: more is no outage but an attack,
// and the disk is for letters.
const most = 20_000

// Spool is a directory of files.
type Spool struct{ root *os.Root }

// New opens the spool in dir, making the directory when there is none.
func New(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	return &Spool{root: root}, nil
}

// Close ends the use of the directory.
func (s *Spool) Close() error { return s.root.Close() }

// Keep stores content under a name of hexadecimal digits; once it has returned
// nil it is on the disk. The same name twice is one file.
func (s *Spool) Keep(_ context.Context, name string, content []byte) error {
	if name == "" || strings.Trim(name, "0123456789abcdef") != "" {
		return errors.New("spool: a name is hexadecimal")
	}
	names, err := s.names()
	switch {
	case err != nil:
		return err
	case slices.Contains(names, name):
		return nil
	case len(names) >= most:
		return errors.New("spool: full")
	}
	if err := s.write(name+".part", content); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := s.root.Rename(name+".part", name); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return s.sync()
}

func (s *Spool) write(name string, content []byte) error {
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

func (s *Spool) sync() error {
	d, err := s.root.Open(".")
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// names lists what is kept whole.
func (s *Spool) names() ([]string, error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list spool: %w", err)
	}
	var out []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == "" {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// Each gives each content to do, and forgets it when do returns nil. It ends
// with the first error.
func (s *Spool) Each(ctx context.Context, do func(content []byte) error) error {
	names, err := s.names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		content, err := s.root.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) { // another process was quicker
			continue
		}
		if err != nil {
			return fmt.Errorf("read spool: %w", err)
		}
		if err := do(content); err != nil {
			return err
		}
		if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("tidy spool: %w", err)
		}
	}
	return nil
}
