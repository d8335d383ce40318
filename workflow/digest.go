package workflow

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Digest is what the facts of a day come to, in two numbers: those of two counts
// differ when any fact does. The salt is new each time, so that nobody can
// choose facts that come to the same.
type Digest struct {
	N   int64 // how many facts
	Sum int64 // of each fact's hash, as often as it counts
}

// DigestMost is how often one fact counts at most in Sum, up or down: a day's
// sum must not overflow. N knows all of them.
const DigestMost = 1 << 20

// Add counts the fact n times.
func (d *Digest) Add(salt string, f Fact, n int) {
	d.N += int64(n)
	d.Sum += int64(max(min(n, DigestMost), -DigestMost)) * factHash(salt, f)
}

// factHash is 40 bits of the SHA-256 of the salt and the fact's columns in the
// order of their table, with bars between; the database computes the same.
func factHash(salt string, f Fact) int64 {
	b := make([]byte, 0, 160)
	b = append(append(b, salt...), '|')
	b = append(append(b, f.Measure...), '|')
	b = append(append(b, f.Day...), '|')
	b = append(strconv.AppendInt(b, f.Department, 10), '|')
	b = append(strconv.AppendInt(b, f.Category, 10), '|')
	b = append(append(b, f.Kind...), '|')
	b = append(append(b, f.Channel...), '|')
	b = append(append(b, f.Mode...), '|')
	b = append(append(b, f.Status...), '|')
	b = strconv.AppendInt(b, int64(f.Bucket), 10)
	sum := sha256.Sum256(b)
	return int64(binary.BigEndian.Uint64(sum[:8]) >> 24)
}
