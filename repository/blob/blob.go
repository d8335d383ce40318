// Package blob keeps attachments on disk under the SHA-256 of their content.
// A file has its name only when it is whole and on the disk.
package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"mailbox/workflow"
)

// incoming holds files that are still being written.
const incoming = "incoming"

// Store implements workflow.Blobs below one directory.
type Store struct {
	root *os.Root
	now  func() time.Time
}

var _ workflow.Blobs = (*Store)(nil)

// New opens the store in dir, making the directory when there is none.
func New(dir string, now func() time.Time) (*Store, error) {
	for _, sub := range []string{incoming, unused} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("open blob store: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	return &Store{root: root, now: now}, nil
}

// Close ends the use of the directory.
func (s *Store) Close() error { return s.root.Close() }

// Put implements workflow.Blobs.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (sum string, size int64, err error) {
	temp := path.Join(incoming, rand.Text())
	defer func() { // when it was renamed there is nothing left to remove
		if e := s.root.Remove(temp); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("tidy blob: %w", e))
		}
	}()
	sum, size, err = s.write(temp, reader{ctx: ctx, from: r}, limit)
	if err != nil {
		return "", 0, err
	}
	if err := s.publish(temp, sum); err != nil {
		return "", 0, fault("publish blob", err)
	}
	return sum, size, nil
}

// write copies r to a file of that name and waits until the disk has it.
func (s *Store) write(name string, r io.Reader, limit int64) (sum string, size int64, err error) {
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, fault("create blob", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(h, f), io.LimitReader(r, limit+1))
	if err != nil {
		return "", 0, fault("write blob", err)
	}
	if size > limit {
		return "", 0, workflow.Fail(workflow.Invalid, "file.too_large", inWords(limit))
	}
	if err := f.Sync(); err != nil {
		return "", 0, fault("sync blob", err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// publish gives the file its name. Content that is there already is replaced
// by the same bytes, which mends a damaged copy.
func (s *Store) publish(temp, sum string) error {
	name := place(sum)
	dir := path.Dir(name)
	if err := s.makeDirs(dir); err != nil {
		return err
	}
	if err := s.root.Rename(temp, name); err != nil {
		return err
	}
	return s.syncDir(dir)
}

// makeDirs makes aa and aa/bb and waits until the disk knows them.
func (s *Store) makeDirs(dir string) error {
	if _, err := s.root.Stat(dir); err == nil {
		return nil
	}
	if err := s.root.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(s.syncDir("."), s.syncDir(path.Dir(dir)))
}

func (s *Store) syncDir(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements workflow.Blobs.
func (s *Store) Open(_ context.Context, sum string) (io.ReadCloser, error) {
	if !wellFormed(sum) {
		return nil, notFound(nil)
	}
	f, err := s.root.Open(place(sum))
	if errors.Is(err, fs.ErrNotExist) {
		f, err = s.root.Open(aside(sum)) // a sweep is looking at it
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(err)
	}
	if err != nil {
		return nil, fault("open blob", err)
	}
	return &checked{file: f, hash: sha256.New(), want: sum}, nil
}

var name = regexp.MustCompile(`^[0-9a-f]{64}$`)

func wellFormed(sum string) bool { return name.MatchString(sum) }

func place(sum string) string { return path.Join(sum[:2], sum[2:4], sum) }

func notFound(err error) error {
	return &workflow.Error{Kind: workflow.NotFound, Key: "not_found", Err: err}
}

// inWords is a size for people, rounded down.
func inWords(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%d MB", bytes>>20)
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KB", bytes>>10)
	default:
		return fmt.Sprintf("%d B", bytes)
	}
}

// fault tells a full disk, which passes, from other trouble.
func fault(op string, err error) error {
	err = fmt.Errorf("%s: %w", op, err)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &workflow.Error{Kind: workflow.Unavailable, Key: "error.disk_full", RetryAfter: time.Minute, Err: err}
	}
	return err
}

// reader stops when nobody waits for the upload any more.
type reader struct {
	ctx  context.Context //nolint:containedctx // it lives as long as one Put
	from io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// checked reports at the end that the bytes are not those the name promises.
type checked struct {
	file *os.File
	hash hash.Hash
	want string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	_, _ = c.hash.Write(p[:n]) // never fails
	if errors.Is(err, io.EOF) {
		if got := hex.EncodeToString(c.hash.Sum(nil)); got != c.want {
			return n, fmt.Errorf("blob %s is damaged: its bytes are those of %s", c.want, got)
		}
	}
	return n, err
}

func (c *checked) Close() error { return c.file.Close() }
