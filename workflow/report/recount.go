package report

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"

	"mailbox/workflow"
)

// Difference is a figure that is not what the cases say.
type Difference struct {
	workflow.Fact
	Stored  int
	Counted int
}

const (
	// recountPage is how many cases a recount reads at once.
	recountPage = 2000
	// projectPage is how many facts are added up at once before a recount.
	projectPage = 10000
)

// Recount counts all cases anew and returns every stored figure that differs,
// in order. It adds up first what waits to be counted; nobody should work
// meanwhile, or a change in between may look like a difference.
//
// Of each day only what it comes to is kept, once of the cases and once of the
// stored figures, under a salt nobody could know. Days that come to something
// else are counted once more, fact by fact. progress, which may be nil, hears
// how many cases are counted.
func (o *Office) Recount(ctx context.Context, progress func(done, total int)) ([]Difference, error) {
	if err := o.project(ctx); err != nil {
		return nil, err
	}
	salt := rand.Text()
	var stored map[string]workflow.Digest
	var storedErr error
	var wg sync.WaitGroup
	wg.Go(func() { stored, storedErr = o.Store.FigureDigests(ctx, salt) })
	counted, err := o.digests(ctx, salt, progress)
	wg.Wait()
	if err := errors.Join(err, storedErr); err != nil {
		return nil, fmt.Errorf("recount: %w", err)
	}
	for day, d := range stored {
		if counted[day] == d {
			delete(counted, day)
		} else {
			counted[day] = workflow.Digest{}
		}
	}
	return o.differences(ctx, counted)
}

// unevenShown is how many sums that do not add up are told at most.
const unevenShown = 100

// Uneven returns stored sums, a hundred at most, that are not what the rows they
// stand for come to. Together with Recount, which compares those rows with the
// cases, it proves every figure at every grain.
func (o *Office) Uneven(ctx context.Context) ([]workflow.Uneven, error) {
	out, err := o.Store.UnevenFigures(ctx, unevenShown)
	if err != nil {
		return nil, fmt.Errorf("compare sums: %w", err)
	}
	return out, nil
}

func (o *Office) project(ctx context.Context) error {
	if err := CatchUp(ctx, o.Store, projectPage); err != nil {
		return fmt.Errorf("add facts up: %w", err)
	}
	return nil
}

// catchUps is how often CatchUp looks whether somebody else has added up what it
// could not.
const catchUps = 500

// CatchUp adds up the facts that wait to be counted, atOnce at a time, until
// nothing waits. One process adds up at a time: while it is another, CatchUp looks
// again, and goes on in the end, as where facts come faster than they are counted.
func CatchUp(ctx context.Context, store workflow.Store, atOnce int) error {
	for looked := 0; looked < catchUps; {
		n, err := store.Project(ctx, atOnce)
		if err != nil {
			return err
		}
		if n == atOnce {
			continue
		}
		looked++
		if waiting, err := store.WaitingFacts(ctx); err != nil || waiting == 0 {
			return err
		}
	}
	return nil
}

// digests is what all cases come to, by day.
func (o *Office) digests(ctx context.Context, salt string, progress func(done, total int)) (map[string]workflow.Digest, error) {
	total, err := o.Store.CountCases(ctx, workflow.Query{Scope: workflow.Scope{Everything: true}})
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	out := map[string]workflow.Digest{}
	done := 0
	err = o.eachPage(ctx, func(page []workflow.Case) {
		for _, c := range page {
			for _, f := range workflow.FactsOf(c, o.Zone) {
				d := out[f.Day]
				d.Add(salt, f, 1)
				out[f.Day] = d
			}
		}
		done += len(page)
		if progress != nil {
			progress(done, max(done, total))
		}
	})
	return out, err
}

// eachPage hands over all cases, reading the next ones meanwhile.
func (o *Office) eachPage(ctx context.Context, do func([]workflow.Case)) error {
	pages := make(chan []workflow.Case, 1)
	var err error
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(pages)
		for after := int64(0); ; {
			var page []workflow.Case
			if page, err = o.Store.CasesFrom(ctx, after, recountPage); err != nil || len(page) == 0 {
				return
			}
			after = page[len(page)-1].ID
			pages <- page
		}
	})
	for page := range pages {
		do(page)
	}
	wg.Wait()
	if err != nil {
		return fmt.Errorf("read cases: %w", err)
	}
	return nil
}

// differences compares these days fact by fact.
func (o *Office) differences(ctx context.Context, days map[string]workflow.Digest) ([]Difference, error) {
	if len(days) == 0 {
		return nil, nil
	}
	counted := map[string]map[workflow.Fact]int{}
	for d := range days {
		counted[d] = map[workflow.Fact]int{}
	}
	err := o.eachPage(ctx, func(page []workflow.Case) {
		for _, c := range page {
			for _, f := range workflow.FactsOf(c, o.Zone) {
				if of := counted[f.Day]; of != nil {
					of[f]++
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	var out []Difference
	for d, facts := range counted {
		stored, err := o.Store.StoredFigures(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("read figures of %s: %w", d, err)
		}
		out = append(out, compare(stored, facts)...)
	}
	slices.SortFunc(out, byFact)
	return out, nil
}

// compare lists what differs between two counts of one day.
func compare(stored, counted map[workflow.Fact]int) []Difference {
	var out []Difference
	for f, n := range stored {
		if counted[f] != n {
			out = append(out, Difference{Fact: f, Stored: n, Counted: counted[f]})
		}
	}
	for f, n := range counted {
		if _, ok := stored[f]; !ok {
			out = append(out, Difference{Fact: f, Counted: n})
		}
	}
	return out
}

func byFact(a, b Difference) int {
	return cmp.Or(
		cmp.Compare(a.Day, b.Day), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Department, b.Department),
		cmp.Compare(a.Category, b.Category), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Channel, b.Channel),
		cmp.Compare(a.Mode, b.Mode), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Bucket, b.Bucket),
	)
}
