package report

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestSuppress_nothingCanBeHad publishes every pair of small tables that divide
// the same cases, and looks at each publication as somebody who knows how it was
// made: among all tables that look like this one, every hidden cell must have
// several possible values.
func TestSuppress_nothingCanBeHad(t *testing.T) {
	for _, shape := range []struct{ rows, others, most int }{{2, 1, 20}, {2, 2, 20}, {3, 2, 15}, {4, 1, 22}, {5, 1, 17}, {6, 1, 13}, {3, 3, 10}} {
		t.Run(fmt.Sprint(shape), func(t *testing.T) {
			t.Parallel()
			possible, examples := publishAll(shape.rows, shape.others, shape.most)
			for shown, cells := range possible {
				for i, values := range cells {
					if len(values) < 2 {
						t.Errorf("%s: hidden cell %d can only be %v (such as %s)", shown, i, values, examples[shown])
					}
				}
			}
			if len(possible) < 10 {
				t.Errorf("only %d publications", len(possible))
			}
		})
	}
}

// publishAll is every publication of two tables with so many rows, with the
// values each of its hidden cells can have.
func publishAll(rows, others, most int) (possible map[string][]map[int]bool, examples map[string]string) {
	possible, examples = map[string][]map[int]bool{}, map[string]string{}
	for total := range most + 1 {
		for _, a := range divisions(total, rows) {
			for _, b := range divisions(total, others) {
				shown, cells := publication(a, b)
				examples[shown] = fmt.Sprint(a, b)
				for len(possible[shown]) < len(cells) {
					possible[shown] = append(possible[shown], map[int]bool{})
				}
				for i, n := range cells {
					possible[shown][i][n] = true
				}
			}
		}
	}
	return possible, examples
}

// publication is two tables as they are shown, and the values that are not.
func publication(a, b marginal) (shown string, hiddenCells []int) {
	hidden, hideTotal := suppress(a, b)
	var out strings.Builder
	for i, m := range []marginal{a, b} {
		for j, n := range m {
			if hidden[i][j] {
				hiddenCells = append(hiddenCells, n)
				out.WriteString(" *")
			} else {
				fmt.Fprintf(&out, " %d", n)
			}
		}
		out.WriteString(" |")
	}
	if hideTotal {
		hiddenCells = append(hiddenCells, a.total())
		out.WriteString(" *")
	} else {
		fmt.Fprintf(&out, " %d", a.total())
	}
	return out.String(), hiddenCells
}

// total is the sum of the rows.
func (m marginal) total() int {
	n := 0
	for _, k := range m {
		n += k
	}
	return n
}

// divisions is every way to divide n into so many rows.
func divisions(n, rows int) []marginal {
	if rows == 1 {
		return []marginal{{n}}
	}
	var out []marginal
	for k := range n + 1 {
		for _, rest := range divisions(n-k, rows-1) {
			out = append(out, append(marginal{k}, rest...))
		}
	}
	return out
}

// TestSuppress_randomTables takes rows, columns and totals from one another in
// large random tables: what is hidden in one table, taken together, must leave
// room for five in each of its cells.
func TestSuppress_randomTables(t *testing.T) {
	r := rand.New(rand.NewPCG(58, 6))
	for range 20_000 {
		all := randomMarginals(r)
		hidden, hideTotal := suppress(all...)
		total := all[0].total()
		if !hideTotal && total > 0 && total < few {
			t.Fatalf("%v: the total %d is shown", all, total)
		}
		for i, m := range all {
			rest, cells := total, 0
			for j, n := range m {
				switch {
				case hidden[i][j]:
					cells++
				case n > 0 && n < few:
					t.Fatalf("%v: row %d of table %d is shown", all, j, i)
				default:
					rest -= n
				}
			}
			if !hideTotal && cells > 0 && (cells < 2 || rest-(cells-1) < few) {
				t.Fatalf("%v: %d cells of table %d share what is left, %d", all, cells, i, rest)
			}
			if hideTotal && cells == 0 {
				t.Fatalf("%v: table %d gives the hidden total away", all, i)
			}
		}
	}
}

// randomMarginals divides the same cases in three ways.
func randomMarginals(r *rand.Rand) []marginal {
	total := r.IntN(r.IntN(200) + 1)
	all := []marginal{make(marginal, 6), make(marginal, 1+r.IntN(30)), make(marginal, 1+r.IntN(12))}
	for _, m := range all {
		for range total {
			i := r.IntN(len(m))
			m[min(i, r.IntN(len(m)))]++ // uneven, as departments are
		}
	}
	return all
}

func TestSuppress_showsWhatItCan(t *testing.T) {
	hidden, total := suppress(marginal{40, 12, 7, 0, 9})
	if slices.Contains(hidden[0], true) || total {
		t.Errorf("hidden = %v %t in a table without small cells", hidden, total)
	}
	hidden, total = suppress(marginal{40, 12, 2, 0, 9})
	if fmt.Sprint(hidden[0]) != "[false false true false true]" || total {
		t.Errorf("hidden = %v %t, want the small cell and the next that is not nought", hidden, total)
	}
	hidden, total = suppress(marginal{3, 3, 50})
	if fmt.Sprint(hidden[0]) != "[true true false]" || total {
		t.Errorf("hidden = %v %t, want the two small cells to cover each other", hidden, total)
	}
}
