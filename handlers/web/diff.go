package web

import (
	"slices"
	"strings"
	"unicode"
)

// Part is a piece of text that two versions share, or that one has more.
type Part struct {
	Text string
	Kind string // same, more or less
}

// maxCompared is how large a table of comparison may grow; texts that differ
// in more are shown as replaced. It bounds memory and time.
const maxCompared = 2_000_000

// Diff is how before became after: line by line, and within lines that changed
// character by character.
func Diff(before, after string) []Part {
	a, b := lines(before), lines(after)
	var out []Part
	for _, run := range compare(a, b) {
		if run.same {
			out = add(out, "same", strings.Join(a[run.a0:run.a1], ""))
			continue
		}
		out = appendWords(out, strings.Join(a[run.a0:run.a1], ""), strings.Join(b[run.b0:run.b1], ""))
	}
	return out
}

func appendWords(out []Part, before, after string) []Part {
	a, b := marks(before), marks(after)
	for _, run := range compare(a, b) {
		if run.same {
			out = add(out, "same", strings.Join(a[run.a0:run.a1], ""))
			continue
		}
		out = add(out, "less", strings.Join(a[run.a0:run.a1], ""))
		out = add(out, "more", strings.Join(b[run.b0:run.b1], ""))
	}
	return out
}

// add appends a piece, joined to the last when that is of its kind.
func add(out []Part, kind, text string) []Part {
	if text == "" {
		return out
	}
	if n := len(out); n > 0 && out[n-1].Kind == kind {
		out[n-1].Text += text
		return out
	}
	return append(out, Part{Text: text, Kind: kind})
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.SplitAfter(s, "\n")
}

// marks splits a text into what is read as one: words of letters and digits,
// and every other character by itself.
func marks(s string) []string {
	var out []string
	inWord := false
	for _, r := range s {
		word := r < unicode.MaxLatin1 && (unicode.IsLetter(r) || unicode.IsDigit(r))
		if word && inWord {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		inWord = word
	}
	return out
}

// run is a stretch of two lists that is the same in both, or is not.
type run struct {
	a0, a1, b0, b1 int
	same           bool
}

// compare cuts two lists into runs by their longest common subsequence.
func compare(a, b []string) []run {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []run
	if head > 0 {
		out = append(out, run{0, head, 0, head, true})
	}
	for _, r := range between(a[head:len(a)-tail], b[head:len(b)-tail]) {
		out = append(out, run{r.a0 + head, r.a1 + head, r.b0 + head, r.b1 + head, r.same})
	}
	if tail > 0 {
		out = append(out, run{len(a) - tail, len(a), len(b) - tail, len(b), true})
	}
	return out
}

func between(a, b []string) []run {
	switch {
	case len(a) == 0 && len(b) == 0:
		return nil
	case len(a)*len(b) == 0 || len(a)*len(b) > maxCompared:
		return []run{{0, len(a), 0, len(b), false}}
	}
	table := longest(a, b)
	var out []run
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		r := run{a0: i, b0: j}
		if r.same = i < len(a) && j < len(b) && a[i] == b[j]; r.same {
			for i < len(a) && j < len(b) && a[i] == b[j] {
				i, j = i+1, j+1
			}
		} else {
			i, j = differing(a, b, table, i, j)
		}
		r.a1, r.b1 = i, j
		out = append(out, r)
	}
	return slices.Clip(out)
}

// differing is where two lists meet again after i and j.
func differing(a, b []string, table [][]int32, i, j int) (int, int) {
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			return i, j
		case j == len(b) || i < len(a) && table[i+1][j] >= table[i][j+1]:
			i++
		default:
			j++
		}
	}
	return i, j
}

// longest holds the length of the longest common subsequence of a[i:] and b[j:].
func longest(a, b []string) [][]int32 {
	cells := make([]int32, (len(a)+1)*(len(b)+1))
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = cells[i*(len(b)+1) : (i+1)*(len(b)+1)]
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}
