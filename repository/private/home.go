package private

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// maxSocketPath is what fits into sockaddr_un, the closing NUL included.
const maxSocketPath = 108

// home is the directory of one server, owned by the user the server runs as
// and locked against a second copy of the program.
type home struct {
	dir    string
	owner  owner
	sock   string   // directory of the socket
	lock   *os.File // held by this program
	served *os.File // held by this program and, after it, by servers it left behind
	closed sync.Once
}

// errInUse says that another program has the directory.
var errInUse = errors.New("in use by another copy of this program")

// joinHome is the home of a server that another program runs in dir. It holds
// no lock, and closing it leaves everything as it is.
func joinHome(o Options, socket string) (*home, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	h := &home{dir: dir}
	h.sock = h.socketDir(socket)
	h.closed.Do(func() {})
	return h, nil
}

// openHome makes and locks dir. socket is the name of the socket file, which
// decides whether it fits below dir. users are who may run the server when the
// program runs as root.
func openHome(ctx context.Context, o Options, socket string, users ...string) (*home, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	who, err := ownerOf(filepath.Join(dir, "data"), users)
	if err != nil {
		return nil, err
	}
	h := &home{dir: dir, owner: who}
	if err := h.makeDir(dir); err != nil {
		return nil, err
	}
	if err := who.canEnter(dir); err != nil {
		return nil, err
	}
	if err := h.acquire(ctx, o); err != nil {
		return nil, errors.Join(err, h.close())
	}
	if err := h.makeSocketDir(socket); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *home) data() string    { return filepath.Join(h.dir, "data") }
func (h *home) logFile() string { return filepath.Join(h.dir, "log") }

// makeDir makes path and its parents; path itself belongs to the server's user
// alone, parents made on the way may be passed through by it.
func (h *home) makeDir(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil { //nolint:gosec // another user's server must pass through
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return h.owner.own(path)
}

func (h *home) acquire(ctx context.Context, o Options) (err error) {
	if h.lock, err = openLock(filepath.Join(h.dir, "lock")); err != nil {
		return err
	}
	if err := tryLock(h.lock); err != nil {
		return fmt.Errorf("%s is %w: %w", h.dir, errInUse, err)
	}
	if h.served, err = openLock(filepath.Join(h.dir, "served")); err != nil {
		return err
	}
	return waitLock(ctx, h.served, func() { o.progress(StepWait) })
}

// makeSocketDir chooses a directory short enough for a socket. A long data
// directory gets one below the system's temporary directory, which must then
// be ours alone: anybody may have made it before us.
func (h *home) makeSocketDir(socket string) error {
	h.sock = h.socketDir(socket)
	if filepath.Dir(h.sock) == h.dir {
		return h.makeDir(h.sock)
	}
	if err := os.Mkdir(h.sock, 0o700); err == nil {
		return h.owner.own(h.sock)
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	return h.owner.mustOwn(h.sock)
}

// socketDir is the directory of the socket: below dir if its name is short enough.
func (h *home) socketDir(socket string) string {
	below := filepath.Join(h.dir, "sock")
	if len(filepath.Join(below, socket)) < maxSocketPath {
		return below
	}
	sum := sha256.Sum256([]byte(h.dir))
	return filepath.Join("/tmp", "mailbox-"+hex.EncodeToString(sum[:8]))
}

// close gives the directory back, once. Sockets are the server's to remove.
func (h *home) close() (err error) {
	h.closed.Do(func() { err = h.release() })
	return err
}

func (h *home) release() error {
	var errs []error
	for _, f := range []*os.File{h.lock, h.served} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	if h.sock != "" && filepath.Dir(h.sock) != h.dir {
		_ = os.Remove(h.sock) // stays while anything is in it
	}
	return errors.Join(errs...)
}

func openLock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a name we made
}

func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// waitLock waits until nobody holds f: a server whose program was killed needs
// a moment to write its last pages. It says so once, through waiting.
func waitLock(ctx context.Context, f *os.File, waiting func()) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for first := true; ; first = false {
		err := tryLock(f)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if first {
			waiting()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("an earlier server still holds %s: %w", f.Name(), ctx.Err())
		case <-tick.C:
		}
	}
}
