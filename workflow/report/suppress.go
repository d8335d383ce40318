package report

// few is the number of cases below which a cell could point at somebody.
const few = 5

// marginal is one column of a published table: the counts of its rows. Tables
// that divide the same cases share their total.
type marginal []int

func (m marginal) total() int {
	n := 0
	for _, k := range m {
		n += k
	}
	return n
}

// suppress says which cells of marginals with one total stay hidden, and
// whether the total must.
//
// Cells of fewer than five are hidden. What is hidden together must be at least
// two cells, and so much that each of them could be five or more, knowing that
// none is nought; the smallest cells that are shown are hidden too until that is
// so. Where it cannot be, the total is hidden, and with it at least one cell of
// every marginal, so that no other table gives the total away.
func suppress(all ...marginal) (hidden [][]bool, total bool) {
	for _, m := range all {
		h, safe := hide(m)
		hidden = append(hidden, h)
		total = total || !safe
	}
	if total {
		for i, m := range all {
			if !anyOf(hidden[i]) {
				hideSmallest(m, hidden[i])
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
	if !anyOf(hidden) {
		return hidden, true
	}
	for !covered(m, hidden) {
		if !hideSmallest(m, hidden) {
			return hidden, false
		}
	}
	return hidden, true
}

// covered reports whether nobody can tell from the sum of the hidden cells that
// one of them is small.
func covered(m marginal, hidden []bool) bool {
	cells, sum := 0, 0
	for i, n := range m {
		if hidden[i] {
			cells++
			sum += n
		}
	}
	return cells >= 2 && sum >= cells-1+few
}

// hideSmallest hides the smallest cell that is shown and not nought.
func hideSmallest(m marginal, hidden []bool) bool {
	best := -1
	for i, n := range m {
		if n > 0 && !hidden[i] && (best < 0 || n < m[best]) {
			best = i
		}
	}
	if best >= 0 {
		hidden[best] = true
	}
	return best >= 0
}

func anyOf(b []bool) bool {
	for _, v := range b {
		if v {
			return true
		}
	}
	return false
}
