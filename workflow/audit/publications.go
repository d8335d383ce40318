package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"mailbox/workflow"
)

// PublicFault is one thing about published answers that is not as it was
// published.
type PublicFault struct {
	Slug string // of the answer; "": a day's root
	Day  string
	What Flaw
}

// The flaws of what was published.
const (
	NotReviewed Flaw = "not_reviewed" // its review is of something else, or did not pass
	NotNoted    Flaw = "not_noted"    // the journal knows nothing of it, or of another content
	Unproved    Flaw = "unproved"     // it is not among what its day's root stands for
)

func (f PublicFault) String() string {
	if f.Slug == "" {
		return fmt.Sprintf("answers of %s: %s", f.Day, f.What)
	}
	return fmt.Sprintf("answer %s: %s", f.Slug, f.What)
}

// VerifyPublic checks every answer that was ever public against its hash, its
// review, the journal and the root of its day, and the chain of the roots. It
// returns how many answers it looked at.
func VerifyPublic(ctx context.Context, store workflow.Store, keeper workflow.Keeper, report func(PublicFault)) (int, error) {
	v := publicVerifier{store: store, keeper: keeper, report: report, noted: map[string]string{}, leaves: map[string][][]byte{}}
	if err := v.readJournal(ctx); err != nil {
		return 0, err
	}
	if err := v.days(ctx); err != nil {
		return 0, err
	}
	n, after := 0, int64(0)
	for {
		rows, err := store.EverPublic(ctx, after, page)
		if err != nil || len(rows) == 0 {
			return n, err
		}
		for _, p := range rows {
			if err := v.answer(ctx, p); err != nil {
				return n, err
			}
			n, after = n+1, p.ID
		}
	}
}

type publicVerifier struct {
	store  workflow.Store
	keeper workflow.Keeper
	report func(PublicFault)
	noted  map[string]string   // hashes by slug, and roots by day, as the journal has them
	leaves map[string][][]byte // by day
	last   string              // day that has a root
}

func (v *publicVerifier) readJournal(ctx context.Context) error {
	for last := int64(0); ; {
		entries, err := v.store.JournalFrom(ctx, last, page)
		if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		if len(entries) == 0 {
			return nil
		}
		for _, e := range entries {
			last = e.Seq
			switch e.Action {
			case "publication.publish":
				v.noted[e.Detail["slug"]] = e.Detail["hash"]
			case "publication.day":
				v.noted[e.Subject] = e.Detail["root"]
			}
		}
	}
}

// days checks each root against what it stands for, the one before and the
// journal.
func (v *publicVerifier) days(ctx context.Context) error {
	var all []workflow.ProofDay
	for before := ""; ; {
		some, err := v.store.ProofDays(ctx, before, page)
		if err != nil {
			return fmt.Errorf("read roots: %w", err)
		}
		if len(some) == 0 {
			break
		}
		all, before = append(all, some...), some[len(some)-1].Day
	}
	slices.Reverse(all)
	var prev []byte
	for _, d := range all {
		switch {
		case !bytes.Equal(d.Prev, prev):
			v.report(PublicFault{Day: d.Day, What: Gap})
		case !bytes.Equal(d.Root, d.RootOf()):
			v.report(PublicFault{Day: d.Day, What: Changed})
		case v.noted["day:"+d.Day] != hex.EncodeToString(d.Root):
			v.report(PublicFault{Day: d.Day, What: NotNoted})
		}
		prev, v.leaves[d.Day], v.last = d.Root, d.Leaves, d.Day
	}
	return nil
}

func (v *publicVerifier) answer(ctx context.Context, p workflow.Publication) error {
	fault := func(what Flaw) { v.report(PublicFault{Slug: p.Slug, What: what}) }
	public, err := p.Answer()
	if err != nil || public.Slug != p.Slug || public.Subject != p.Subject || public.Kind != p.Kind || !bytes.Equal(workflow.HashOf(p.Content), p.ContentHash) {
		fault(Changed)
		return nil //nolint:nilerr // what cannot be read was changed
	}
	if v.noted[p.Slug] != hex.EncodeToString(p.ContentHash) {
		fault(NotNoted)
	}
	r, err := v.store.Review(ctx, p.Review)
	if err != nil && workflow.KindOf(err) != workflow.NotFound {
		return fmt.Errorf("read review of %s: %w", p.Slug, err)
	}
	if err != nil || !r.Passed() || r.Subject != workflow.ReviewAnswer || !bytes.Equal(r.ContentHash, p.ContentHash) {
		fault(NotReviewed)
	}
	if day := v.keeper.Day(p.Visible); v.mustBeProved(p, day) && !slices.ContainsFunc(v.leaves[day], func(leaf []byte) bool { return bytes.Equal(leaf, p.ContentHash) }) {
		fault(Unproved)
	}
	return nil
}

// mustBeProved reports whether the root of p's day is there to stand for it.
func (v *publicVerifier) mustBeProved(p workflow.Publication, day string) bool {
	seen := p.Withdrawn.IsZero() || p.Withdrawn.After(p.Visible)
	return seen && v.last != "" && day <= v.last
}
