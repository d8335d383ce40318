package main

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keys are derived from one secret of 32 bytes that lives in a file beside the
// database, never in it. Who loses it cannot open identities any more.
type keys struct{ secret []byte }

// readKeys reads the key file, or makes it when there is none.
func readKeys(path string) (keys, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKeys(path)
	}
	if err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(secret) != 32 {
		return keys{}, fmt.Errorf("key file %s: want 64 hexadecimal digits", path)
	}
	return keys{secret}, nil
}

// makeKeys writes a new key file, whole and on disk before anything is sealed
// with it. Of two programs that start at once, one makes it and both read it.
func makeKeys(path string) (keys, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails; see crypto/rand
	tmp, err := os.CreateTemp(filepath.Dir(path), ".keys-*")
	if err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // linked under its name, or of no use
	_, err = tmp.WriteString(hex.EncodeToString(secret) + "\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return readKeys(path)
	} else if err != nil {
		return keys{}, fmt.Errorf("key file: %w", err)
	}
	return keys{secret}, nil
}

// derive makes the key for one purpose.
func (k keys) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, k.secret, nil, "mailbox "+purpose, 32)
	if err != nil {
		panic(err) // only for lengths no hash can give
	}
	return key
}
