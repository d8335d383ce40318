// Package audit proves that history is what it was: every event and every entry
// of the journal carries a hash over itself and the one before, made with a key
// that is not in the database.
package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"fmt"

	"mailbox/workflow"
)

// Fault is one thing that is not as it was written. Where it names a case and
// an event, or the journal and an entry.
type Fault struct {
	Case   int64 // 0: the journal
	Number string
	Seq    int64
	What   Flaw
}

// Flaw says what is wrong.
type Flaw string

// The flaws.
const (
	Gap       Flaw = "gap"       // an entry is missing or out of order
	Changed   Flaw = "changed"   // its hash does not fit what it says
	CutOff    Flaw = "cut_off"   // the last events are missing, or are not the case's
	Incorrect Flaw = "incorrect" // the case is not in the state its history leads to
)

func (f Fault) String() string {
	if f.Case == 0 {
		return fmt.Sprintf("journal entry %d: %s", f.Seq, f.What)
	}
	return fmt.Sprintf("case %s event %d: %s", f.Number, f.Seq, f.What)
}

// Extent is what has been proved. Whoever keeps Head outside the database can
// tell later that the end of the journal was not cut off.
type Extent struct {
	Cases, Events, Entries int
	Head                   []byte // hash of the last entry of the journal
}

const page = 1000

// Verify checks the history of every case, and the journal. Each fault is
// reported once; the error is about reading, not about what was read. progress
// hears how many cases are checked.
func Verify(ctx context.Context, store workflow.Store, chain workflow.Chain, report func(Fault), progress ...func(done, total int)) (Extent, error) {
	v := verifier{store: store, chain: chain, report: report}
	total, err := store.CountCases(ctx, workflow.Query{Scope: workflow.Scope{Everything: true}})
	if err != nil {
		return v.Extent, fmt.Errorf("count cases: %w", err)
	}
	for after := int64(0); ; {
		cases, err := store.CasesFrom(ctx, after, page)
		if err != nil {
			return v.Extent, fmt.Errorf("list cases: %w", err)
		}
		if len(cases) == 0 {
			break
		}
		after = cases[len(cases)-1].ID
		for _, c := range cases {
			if err := v.caseHistory(ctx, c); err != nil {
				return v.Extent, fmt.Errorf("verify case %d: %w", c.ID, err)
			}
		}
		for _, tell := range progress {
			tell(v.Cases, max(v.Cases, total))
		}
	}
	return v.Extent, v.journal(ctx)
}

// VerifyJournal checks the journal alone.
func VerifyJournal(ctx context.Context, store workflow.Store, chain workflow.Chain, report func(Fault)) (Extent, error) {
	v := verifier{store: store, chain: chain, report: report}
	err := v.journal(ctx)
	return v.Extent, err
}

type verifier struct {
	Extent
	store  workflow.Store
	chain  workflow.Chain
	report func(Fault)
}

// caseHistory checks a case as it was read. What looks wrong may only have gone
// on meanwhile: it is read again while nobody can add to it.
func (v *verifier) caseHistory(ctx context.Context, c workflow.Case) error {
	events, err := v.store.EventsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	faults := CheckCase(v.chain, c, events)
	if len(faults) > 0 {
		if c, events, err = v.held(ctx, c.ID); err != nil {
			return err
		}
		faults = CheckCase(v.chain, c, events)
	}
	v.Cases++
	v.Events += len(events)
	for _, f := range faults {
		v.report(f)
	}
	return nil
}

// held reads a case with its events while nobody can add to them.
func (v *verifier) held(ctx context.Context, id int64) (c workflow.Case, events []workflow.Event, err error) {
	err = v.store.Atomic(ctx, func(tx workflow.Store) error {
		var err error
		if c, err = tx.LockCase(ctx, id); err != nil {
			return err
		}
		events, err = tx.EventsOf(ctx, id)
		return err
	})
	return c, events, err
}

// CheckCase lists what is wrong with the history of one case.
func CheckCase(chain workflow.Chain, c workflow.Case, events []workflow.Event) []Fault {
	var out []Fault
	fault := func(seq int, what Flaw) {
		out = append(out, Fault{Case: c.ID, Number: c.Number, Seq: int64(seq), What: what})
	}
	var prev []byte
	var state workflow.State
	for i, ev := range events {
		if ev.Seq != i+1 || ev.CaseID != c.ID {
			fault(ev.Seq, Gap)
			return out // what follows hangs on what is missing
		}
		if !hmac.Equal(chain.Link(prev, ev), ev.Hash) {
			fault(ev.Seq, Changed)
		}
		if ev.From != state {
			fault(ev.Seq, Incorrect)
		}
		prev, state = ev.Hash, ev.To
	}
	switch {
	case c.ChainSeq != len(events) || !bytes.Equal(c.ChainHash, prev):
		fault(c.ChainSeq, CutOff)
	case c.State != state:
		fault(c.ChainSeq, Incorrect)
	}
	return out
}

func (v *verifier) journal(ctx context.Context) error {
	var last int64
	for {
		entries, err := v.store.JournalFrom(ctx, last, page)
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		if len(entries) == 0 {
			return nil
		}
		for _, e := range entries {
			switch {
			case e.Seq != last+1:
				v.report(Fault{Seq: e.Seq, What: Gap})
			case !hmac.Equal(v.chain.LinkJournal(v.Head, e), e.Hash):
				v.report(Fault{Seq: e.Seq, What: Changed})
			}
			last, v.Head = e.Seq, e.Hash
			v.Entries++
		}
	}
}
