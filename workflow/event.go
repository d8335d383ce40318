package workflow

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Event records one thing that happened to a case. Events are never changed.
type Event struct {
	CaseID   int64
	Seq      int
	Action   Action
	From, To State
	By       Actor
	Role     Role // in which role the actor did it
	Note     string
	Detail   map[string]string // facts for the history: department, ground, clock …
	At       time.Time
	Hash     []byte
}

// Chain makes the hashes that tie each event to the one before. Its key lives
// outside the database, so that nobody who can write there can forge a history.
type Chain struct{ key []byte }

// NewChain returns a Chain with a secret key of at least 32 bytes.
func NewChain(key []byte) Chain { return Chain{key: key} }

// Append gives ev its place after the last event of c and lets c remember it.
func (k Chain) Append(c *Case, ev Event) Event {
	ev.CaseID, ev.Seq = c.ID, c.ChainSeq+1
	ev.At = ev.At.UTC().Truncate(time.Microsecond) // as the database keeps it
	ev.Hash = k.Link(c.ChainHash, ev)
	c.ChainSeq, c.ChainHash = ev.Seq, ev.Hash
	return ev
}

// Link is the hash of ev after an event whose hash is prev.
func (k Chain) Link(prev []byte, ev Event) []byte {
	return k.sum(prev,
		fmt.Appendf(nil, "%d %d %s", ev.CaseID, ev.Seq, ev.At.UTC().Format(time.RFC3339Nano)),
		[]byte(ev.Action), []byte(ev.From), []byte(ev.To), []byte(ev.Role), []byte(ev.Note),
		fmt.Appendf(nil, "%d %d", ev.By.ID, ev.By.Department), detail(ev.Detail))
}

// LinkJournal is the hash of a journal entry after one whose hash is prev.
func (k Chain) LinkJournal(prev []byte, e JournalEntry) []byte {
	return k.sum(prev,
		fmt.Appendf(nil, "%d %s %d", e.Seq, e.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano), e.Account),
		[]byte(e.Action), []byte(e.Subject), detail(e.Detail))
}

// sum is a keyed hash of fields, each with its length so that no two lists of
// fields read the same.
func (k Chain) sum(fields ...[]byte) []byte {
	mac := hmac.New(sha256.New, k.key)
	for _, b := range fields {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		mac.Write(n[:])
		mac.Write(b)
	}
	return mac.Sum(nil)
}

func detail(m map[string]string) []byte {
	var out []byte
	for _, k := range slices.Sorted(maps.Keys(m)) {
		b, _ := json.Marshal([2]string{k, m[k]}) // two strings always marshal
		out = append(out, b...)
	}
	return out
}
