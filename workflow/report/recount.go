package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mailbox/workflow"
)

// Difference is a figure that is not what the cases say.
type Difference struct {
	workflow.Fact
	Stored  int
	Counted int
}

const (
	// recountPage is how many cases a recount lists at once.
	recountPage = 1000
	// projectPage is how many facts are added up at once before a recount.
	projectPage = 10000
)

// Recount counts all cases anew and returns every stored figure that differs,
// in order. It adds up first what waits to be counted; nobody should work
// meanwhile, or a change in between may look like a difference.
func (o *Office) Recount(ctx context.Context, progress func(done, total int)) ([]Difference, error) {
	if err := o.project(ctx); err != nil {
		return nil, err
	}
	counted, err := o.countAll(ctx, progress)
	if err != nil {
		return nil, err
	}
	days, err := o.Store.FigureDays(ctx)
	if err != nil {
		return nil, fmt.Errorf("list days: %w", err)
	}
	var out []Difference
	for _, d := range days {
		stored, err := o.Store.StoredFigures(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("read figures of %s: %w", d, err)
		}
		out = append(out, compare(stored, counted[d])...)
		delete(counted, d)
	}
	for _, facts := range counted {
		out = append(out, compare(nil, facts)...) // days nothing is stored of
	}
	slices.SortFunc(out, byFact)
	return out, nil
}

func (o *Office) project(ctx context.Context) error {
	for {
		n, err := o.Store.Project(ctx, projectPage)
		if err != nil {
			return fmt.Errorf("add facts up: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}

// countAll is what all cases count for, by day.
func (o *Office) countAll(ctx context.Context, progress func(done, total int)) (map[string]map[workflow.Fact]int, error) {
	total, err := o.Store.CountCases(ctx, workflow.Query{Scope: workflow.Scope{Everything: true}})
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	out := map[string]map[workflow.Fact]int{}
	done := 0
	for after := int64(0); ; {
		ids, err := o.Store.CaseIDs(ctx, after, recountPage)
		if err != nil {
			return nil, fmt.Errorf("list cases: %w", err)
		}
		if len(ids) == 0 {
			return out, nil
		}
		after = ids[len(ids)-1]
		for _, id := range ids {
			if err := o.countCase(ctx, id, out); err != nil {
				return nil, err
			}
		}
		done += len(ids)
		if progress != nil {
			progress(done, max(done, total))
		}
	}
}

func (o *Office) countCase(ctx context.Context, id int64, out map[string]map[workflow.Fact]int) error {
	c, err := o.Store.Case(ctx, id)
	if err != nil {
		return fmt.Errorf("read case %d: %w", id, err)
	}
	for _, f := range workflow.FactsOf(c, o.Zone) {
		if out[f.Day] == nil {
			out[f.Day] = map[workflow.Fact]int{}
		}
		out[f.Day][f]++
	}
	return nil
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
