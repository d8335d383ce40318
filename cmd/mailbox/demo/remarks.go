package demo

import (
	"fmt"
	"hash/fnv"
	"time"
)

// remarks are what staff say beside the letters' own texts, by occasion.
type remarks map[string][]string

func loadRemarks() (remarks, error) {
	var r remarks
	if err := read("data/remarks.json", &r); err != nil {
		return nil, err
	}
	return r, nil
}

// dice decides what a letter leaves open: always the same for the same letter
// and question, so that a demonstration that was interrupted goes on as it
// began.
type dice struct{ letter string }

// roll is a number from 0 up to, not including, n.
func (d dice) roll(what string, n int) int {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%s/%s", d.letter, what) // a hash takes everything
	// The low bits of FNV are poor; the high ones decide.
	return int((h.Sum64() >> 17) % uint64(max(n, 1))) //nolint:gosec // small and positive
}

// chance is true in so many of a hundred letters.
func (d dice) chance(what string, percent int) bool { return d.roll(what, 100) < percent }

// span is a length of time between lo and hi minutes, to the second.
func (d dice) span(what string, lo, hi int) time.Duration {
	return time.Duration(lo)*time.Minute + time.Duration(d.roll(what, (hi-lo)*60+1))*time.Second
}

func (d dice) say(r remarks, occasion string) string {
	all := r[occasion]
	if len(all) == 0 {
		return ""
	}
	return all[d.roll("say "+occasion, len(all))]
}
