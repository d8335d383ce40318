package report

import "slices"

// few is the number of cases below which a cell could point at somebody.
const few = 5

// marginal is one column of a published table: the counts of its rows. Tables
// that divide the same cases share their total.
type marginal []int

// suppress says which cells of marginals with one total stay hidden, and
// whether the total must.
//
// Cells of fewer than five are hidden. What is hidden together must be at least
// two cells, and so much that each of them could be five or more, knowing that
// none is nought; the rows that follow are hidden too until that is so. They are
// taken as they stand in the table, never by their size: whoever knows that the
// smallest was taken knows too much of it. Where there is no cover, nothing of
// the column is shown: neither its total nor a cell that would give it away.
func suppress(all ...marginal) (hidden [][]bool, total bool) {
	for _, m := range all {
		h, safe := hide(m)
		hidden = append(hidden, h)
		total = total || !safe
	}
	if total {
		for i, m := range all {
			for hideNext(m, hidden[i], 0) { // until nothing but noughts is shown
			}
		}
	}
	return hidden, total
}

// hide hides the small cells of a marginal and as many more as they need for
// cover. safe is false when all its cells together give no cover.
func hide(m marginal) (hidden []bool, safe bool) {
	hidden = make([]bool, len(m))
	for i, n := range m {
		hidden[i] = n > 0 && n < few
	}
	first := slices.Index(hidden, true)
	if first < 0 {
		return hidden, true
	}
	for !covered(m, hidden) {
		if !hideNext(m, hidden, first) {
			return hidden, false
		}
	}
	return hidden, true
}

// covered reports whether nobody can tell what the hidden cells are from their
// sum: any of them could be five or more, and if all of them are known to be
// small they are not known to be as large as small cells can be.
func covered(m marginal, hidden []bool) bool {
	cells, sum, large := 0, 0, false
	for i, n := range m {
		if hidden[i] {
			cells++
			sum += n
			large = large || n >= few
		}
	}
	return cells >= 2 && sum >= cells-1+few && (sum != cells*(few-1) || large)
}

// hideNext hides the next cell, round from start, that is shown and not nought.
func hideNext(m marginal, hidden []bool, start int) bool {
	for i := range m {
		j := (start + i) % len(m)
		if m[j] > 0 && !hidden[j] {
			hidden[j] = true
			return true
		}
	}
	return false
}
