// Package password hashes passwords with Argon2id.
package password

import (
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// Argon2 implements access.Passwords. As many hashes are made at once as there
// are processors, so that a crowd at the door does not fill the memory.
type Argon2 struct {
	params  *argon2id.Params
	nobody  string // hash of nothing, for names that do not exist
	turnout chan struct{}
}

// New returns an Argon2 with 19 MiB, two passes and one lane: OWASP's first
// choice for servers that sign many people in.
func New() (*Argon2, error) {
	p := &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	nobody, err := argon2id.CreateHash("nobody signs in with this", p)
	if err != nil {
		return nil, fmt.Errorf("hash: %w", err)
	}
	return &Argon2{params: p, nobody: nobody, turnout: make(chan struct{}, runtime.GOMAXPROCS(0))}, nil
}

// Hash implements access.Passwords.
func (a *Argon2) Hash(password string) (string, error) {
	defer a.enter()()
	return argon2id.CreateHash(password, a.params)
}

// Fits implements access.Passwords: an empty hash fits nothing, and takes as
// long as any other.
func (a *Argon2) Fits(password, hash string) (bool, error) {
	defer a.enter()()
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(password, a.nobody)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

func (a *Argon2) enter() (leave func()) {
	a.turnout <- struct{}{}
	return func() { <-a.turnout }
}
