package report

import (
	"maps"
	"slices"

	"mailbox/workflow"
)

// tally is how often each measure was counted, by bucket.
type tally map[workflow.Measure]map[int]int

func (t tally) add(m workflow.Measure, bucket, n int) {
	if t[m] == nil {
		t[m] = map[int]int{}
	}
	t[m][bucket] += n
}

// addAll adds what o has counted of the measures; of none named, of all.
func (t tally) addAll(o tally, measures ...workflow.Measure) {
	for m, buckets := range o {
		if len(measures) > 0 && !slices.Contains(measures, m) {
			continue
		}
		for b, n := range buckets {
			t.add(m, b, n)
		}
	}
}

func (t tally) count(m workflow.Measure) int {
	n := 0
	for _, k := range t[m] {
		n += k
	}
	return n
}

// nth is the bucket of the i-th value from below, counted from 0.
func (t tally) nth(m workflow.Measure, i int) int {
	for _, b := range slices.Sorted(maps.Keys(t[m])) {
		if i -= t[m][b]; i < 0 {
			return b
		}
	}
	return 0
}

// account is what a row of figures is computed from: what fell into the period,
// and everything up to its last day.
type account struct{ flow, stock tally }

func newAccount() account { return account{flow: tally{}, stock: tally{}} }

func (a account) add(o account) {
	a.flow.addAll(o.flow)
	a.stock.addAll(o.stock)
}
