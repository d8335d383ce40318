package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// owner is the user a server runs as: ourselves, or, when we are root, a user
// that may not do everything. PostgreSQL refuses to run as root.
type owner struct {
	name     string
	uid, gid uint32
	drop     bool // we are root and must become this user
}

// ownerOf finds the owner for the server whose data is in data. Data that
// exists decides, so that a user made later does not lock us out of it.
func ownerOf(data string, users []string) (owner, error) {
	if os.Geteuid() != 0 {
		return owner{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil //nolint:gosec // ids are never negative on unix
	}
	if info, err := os.Stat(data); err == nil {
		st, ok := info.Sys().(*syscall.Stat_t)
		if ok && st.Uid != 0 {
			return owner{name: userName(st.Uid), uid: st.Uid, gid: st.Gid, drop: true}, nil
		}
		return owner{}, fmt.Errorf("%s belongs to root, and no server of ours runs as root: give it to the user it was made by (chown -R)", data)
	}
	for _, name := range users {
		if o, err := lookUp(name); err == nil {
			return o, nil
		}
	}
	return owner{}, fmt.Errorf("running as root needs one of the users %s for the server to run as", strings.Join(users, ", "))
}

func lookUp(name string) (owner, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return owner{}, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return owner{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return owner{}, err
	}
	return owner{name: name, uid: uint32(uid), gid: uint32(gid), drop: true}, nil
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "with id " + id
}

func (o owner) credential() *syscall.Credential {
	if !o.drop {
		return nil
	}
	return &syscall.Credential{Uid: o.uid, Gid: o.gid}
}

func (o owner) own(path string) error {
	if !o.drop {
		return nil
	}
	return os.Lchown(path, int(o.uid), int(o.gid))
}

// mustOwn refuses path unless it is a directory of the owner's and of nobody else's.
func (o owner) mustOwn(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || st.Uid != o.uid || info.Mode().Perm() != 0o700 {
		return fmt.Errorf("%s is in the way: it must be a directory of the server's user with mode 0700", path)
	}
	return nil
}

// canEnter says in words what the system would only call "permission denied":
// a data directory below the private home of root is closed to any other user.
func (o owner) canEnter(dir string) error {
	for p := filepath.Dir(dir); ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && o.drop && !o.passes(info) {
			return fmt.Errorf("user %s cannot pass through %s to %s: choose another data directory", o.name, p, dir)
		}
		if p == filepath.Dir(p) {
			return nil
		}
	}
}

func (o owner) passes(dir fs.FileInfo) bool {
	st, ok := dir.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch perm := dir.Mode().Perm(); {
	case st.Uid == o.uid:
		return perm&0o100 != 0
	case st.Gid == o.gid:
		return perm&0o010 != 0
	default:
		return perm&0o001 != 0
	}
}
