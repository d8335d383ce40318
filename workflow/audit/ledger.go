package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"mailbox/workflow"
)

// LedgerFault is one thing about the disclosure ledger that is not as it was
// let out.
type LedgerFault struct {
	Item   int64 // 0: an import as a whole
	Import int64
	What   Flaw
}

// Missing is something the journal says was made public, and which is not there.
const Missing Flaw = "missing"

func (f LedgerFault) String() string {
	if f.Item == 0 {
		return fmt.Sprintf("import %d of the ledger: %s", f.Import, f.What)
	}
	return fmt.Sprintf("item %d of the ledger: %s", f.Item, f.What)
}

// VerifyLedger compares every item that is or was public with the review that
// let it out, and both with the journal: what is public now is what was
// reviewed, that review passed, and it was decided when the journal says. It
// returns how many items it looked at. It may run while people work.
func VerifyLedger(ctx context.Context, store workflow.Store, report func(LedgerFault)) (int, error) {
	n, err := readNotes(ctx, store)
	if err != nil {
		return 0, err
	}
	v := ledgerVerifier{notes: n, report: report, confirmed: maps.Clone(n.confirmed), roots: map[int64]*imported{}, seen: map[int64]bool{}}
	published := n.published
	looked := 0
	for after := int64(0); ; {
		some, err := store.ItemsLetOut(ctx, after, 0, page)
		if err != nil {
			return looked, fmt.Errorf("list items let out: %w", err)
		}
		if len(some) == 0 {
			break
		}
		for _, l := range some {
			after = l.ID
			looked++
			if err := v.item(ctx, l); err != nil {
				return looked, err
			}
		}
	}
	v.whole(published)
	return looked, nil
}

type ledgerVerifier struct {
	*notes
	report    func(LedgerFault)
	confirmed map[int64]note // the imports that were confirmed before the items were read
	roots     map[int64]*imported
	seen      map[int64]bool
}

// imported is what was found of an import.
type imported struct {
	root workflow.ImportRoot
	n    int
}

func (v *ledgerVerifier) item(ctx context.Context, l workflow.LetOut) error {
	v.seen[l.ID] = true
	switch {
	case !bytes.Equal(l.Digest(), l.ContentHash):
		v.report(LedgerFault{Item: l.ID, What: Changed})
	case !l.Passes || l.Subject != workflow.ReviewItem || l.SubjectID != l.ID || !bytes.Equal(l.Reviewed, l.ContentHash):
		v.report(LedgerFault{Item: l.ID, What: NotReviewed})
	}
	noted, err := v.noted(ctx, l)
	if err == nil && !noted {
		v.report(LedgerFault{Item: l.ID, What: NotNoted})
	}
	return err
}

// noted reports whether the journal knows of the review, alone or with that of
// an import. What it does not know yet it may have got since it was read.
func (v *ledgerVerifier) noted(ctx context.Context, l workflow.LetOut) (bool, error) {
	if v.knows(l) {
		return true, nil
	}
	if err := v.more(ctx); err != nil {
		return false, err
	}
	return v.knows(l), nil
}

func (v *ledgerVerifier) knows(l workflow.LetOut) bool {
	if hash, alone := v.decided[l.Review]; alone {
		return hash == "" || hash == hex.EncodeToString(l.ContentHash)
	}
	if l.Import == 0 || v.notes.confirmed[l.Import].by != l.Reviewer || l.Reviewer == 0 {
		return false
	}
	of := v.roots[l.Import]
	if of == nil {
		of = &imported{root: workflow.NewImportRoot()}
		v.roots[l.Import] = of
	}
	of.root.Add(l)
	of.n++
	return true
}

// whole compares imports with what the journal says of each, and finds what was
// published and is not there.
func (v *ledgerVerifier) whole(published []int64) {
	for _, id := range slices.Sorted(maps.Keys(v.confirmed)) {
		was, is := v.confirmed[id], v.roots[id]
		if is == nil {
			is = &imported{root: workflow.NewImportRoot()}
		}
		switch {
		case was.items != strconv.Itoa(is.n):
			v.report(LedgerFault{Import: id, What: Missing})
		case was.root != "" && was.root != is.root.String():
			v.report(LedgerFault{Import: id, What: Changed})
		}
	}
	slices.Sort(published)
	for _, id := range slices.Compact(published) {
		if !v.seen[id] {
			v.report(LedgerFault{Item: id, What: Missing})
		}
	}
}
