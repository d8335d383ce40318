package workflow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"time"
)

// LetOut is an item that is or was public, and what the table of reviews says
// let it out. Without a review there, Reviewer is 0.
type LetOut struct {
	Item
	Subject   ReviewSubject
	SubjectID int64
	Reviewed  []byte // SHA-256 of what was reviewed
	Passes    bool   // the review's own word
	Reviewer  int64
	Decided   time.Time
}

// LetOuts reads what was let out.
type LetOuts interface {
	// ItemsLetOut lists the items that are or were public with the reviews that
	// let them out, by their ids above after; of one import unless it is 0.
	ItemsLetOut(ctx context.Context, after, imported int64, limit int) ([]LetOut, error)
}

// ImportRoot stands for the items that the confirmation of an import let out: a
// SHA-256 over their digests in the order of their ids. The journal keeps it.
type ImportRoot struct{ sum hash.Hash }

// NewImportRoot is the root of no item.
func NewImportRoot() ImportRoot { return ImportRoot{sha256.New()} }

// Add takes the next item in.
func (r ImportRoot) Add(l LetOut) { r.sum.Write(l.ContentHash) }

// String is the root in hex.
func (r ImportRoot) String() string { return hex.EncodeToString(r.sum.Sum(nil)) }
