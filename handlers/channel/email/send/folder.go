package send

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailbox/workflow"
)

// Folder writes mails as files instead of sending them.
type Folder struct {
	dir string
	now func() time.Time
}

// NewFolder makes the folder if it is missing.
func NewFolder(dir string, now func() time.Time) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder for outgoing mail: %w", err)
	}
	return &Folder{dir: dir, now: now}, nil
}

// Dir is where the files are.
func (f *Folder) Dir() string { return f.dir }

// Send implements Sender. The file is named by the message id: the same mail
// sent again is the same file.
func (f *Folder) Send(ctx context.Context, m Outgoing) (Outcome, error) {
	msg, err := message(m, f.now())
	if err != nil {
		return failed(err)
	}
	if err := ctx.Err(); err != nil {
		return Outcome{State: Retry, Reason: err.Error()}, err
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return failed(err)
	}
	if err := f.write(fileOf(m.MessageID), b.Bytes()); err != nil {
		return Outcome{State: Retry, Reason: "the mail could not be written to the folder"}, fmt.Errorf("write mail to folder: %w", err)
	}
	return Outcome{State: Sent, Reason: "written to the folder"}, nil
}

// Read returns the mail with a message id as it was written.
func (f *Folder) Read(messageID string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(f.dir, fileOf(messageID))) // fileOf leads nowhere else
	if errors.Is(err, fs.ErrNotExist) {
		return nil, workflow.Absent()
	}
	return b, err
}

// fileOf keeps an id inside the folder, whatever it holds.
func fileOf(id string) string {
	const longest = 200
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_@.+=", r) {
			return r
		}
		return '_'
	}, id)
	return strings.TrimLeft(name[:min(len(name), longest)], ".") + ".eml"
}

// write puts content on the disk under name, whole or not at all.
func (f *Folder) write(name string, content []byte) error {
	tmp, err := os.CreateTemp(f.dir, ".writing-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err = tmp.Write(content); err == nil {
		err = tmp.Sync()
	}
	if closing := tmp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(f.dir, name))
	}
	if err != nil {
		return err
	}
	return syncDir(f.dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the folder comes from the configuration
	if err != nil {
		return err
	}
	err = d.Sync()
	if closing := d.Close(); err == nil {
		err = closing
	}
	return err
}
