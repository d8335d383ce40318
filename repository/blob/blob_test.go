package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"mailbox/repository/blob"
	"mailbox/workflow"
)

const letterSum = "5ea2bcaf5b08e9462bc7d5f0a0ff0b6b0ff1a1a7c2b0ad4a7a5c2d5d6f1b1e1a" // well formed, nobody's

func open(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	s, err := blob.New(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func put(t *testing.T, s *blob.Store, content string) string {
	t.Helper()
	sum, size, err := s.Put(t.Context(), strings.NewReader(content), 1<<20)
	if err != nil || size != int64(len(content)) {
		t.Fatalf("put: size %d, %v", size, err)
	}
	return sum
}

func read(t *testing.T, s *blob.Store, sum string) (string, error) {
	t.Helper()
	r, err := s.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	return string(b), err
}

// files lists what is on disk.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPutAndOpen(t *testing.T) {
	s, dir := open(t)
	sum := put(t, s, "abc")
	if sum != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("abc is kept as %s", sum)
	}
	if got, err := read(t, s, sum); got != "abc" || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
	if again := put(t, s, "abc"); again != sum {
		t.Errorf("the same content is also %s", again)
	}
	want := filepath.Join(dir, "ba", "78", sum)
	if got := files(t, dir); len(got) != 1 || got[0] != want {
		t.Errorf("on disk %v, want %s alone", got, want)
	}
	empty := put(t, s, "")
	if got, err := read(t, s, empty); got != "" || err != nil {
		t.Errorf("nothing is read as %q, %v", got, err)
	}
}

func TestUnknownNames(t *testing.T) {
	s, _ := open(t)
	for _, sum := range []string{letterSum, "", "..", "../../etc/passwd", strings.ToUpper(letterSum), letterSum[1:], strings.Repeat("/", 64)} {
		if _, err := s.Open(t.Context(), sum); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("open %q: %v", sum, err)
		}
		if err := s.Keep(t.Context(), sum); workflow.KindOf(err) != workflow.NotFound {
			t.Errorf("keep %q: %v", sum, err)
		}
	}
}

// What is not stored leaves nothing behind.
func TestRefusedLeavesNothing(t *testing.T) {
	broken := errors.New("the line went dead")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name string
		ctx  context.Context
		from io.Reader
		ok   func(error) bool
	}{
		{"one byte too many", t.Context(), strings.NewReader("12345678901"), func(err error) bool { return workflow.KindOf(err) == workflow.Invalid }},
		{"cut off", t.Context(), io.MultiReader(strings.NewReader("12345"), iotest.ErrReader(broken)), func(err error) bool { return errors.Is(err, broken) }},
		{"cancelled", cancelled, strings.NewReader("12345"), func(err error) bool { return errors.Is(err, context.Canceled) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, dir := open(t)
			sum, _, err := s.Put(test.ctx, test.from, 10)
			if sum != "" || !test.ok(err) {
				t.Errorf("stored as %q, error %v", sum, err)
			}
			if got := files(t, dir); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
	s, _ := open(t)
	if _, size, err := s.Put(t.Context(), strings.NewReader("1234567890"), 10); err != nil || size != 10 {
		t.Errorf("as much as allowed: %d, %v", size, err)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	s, dir := open(t)
	content := strings.Repeat("校长您好。", 20000)
	sum := put(t, s, content)
	path := files(t, dir)[0]
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, s, sum); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("one changed bit: %v", err)
	}
	if err := os.WriteFile(path, b[:10], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := read(t, s, sum); err == nil {
		t.Error("a shortened file is read as whole")
	}
	put(t, s, content)
	if got, err := read(t, s, sum); got != content || err != nil {
		t.Errorf("stored anew it is still damaged: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	s, dir := open(t)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			content := bytes.Repeat([]byte{byte(i % 4)}, 100_000)
			sum, _, err := s.Put(context.WithoutCancel(t.Context()), bytes.NewReader(content), 1<<20)
			if err != nil {
				t.Error(err)
				return
			}
			r, err := s.Open(context.WithoutCancel(t.Context()), sum)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = r.Close() }()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
				t.Errorf("read back %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if got := files(t, dir); len(got) != 4 {
		t.Errorf("%d files for four contents", len(got))
	}
}

func TestFullDisk(t *testing.T) {
	s, _ := open(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = full.Close() }()
	_, noSpace := full.Write([]byte("x"))
	_, _, err = s.Put(t.Context(), iotest.ErrReader(noSpace), 10) // as the copy reports it
	if workflow.KindOf(err) != workflow.Unavailable {
		t.Errorf("no space left: %v", err)
	}
}
