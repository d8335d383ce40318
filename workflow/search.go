package workflow

import (
	"strings"
	"unicode"
)

// Longest text that search looks into, in characters of one field: a tsvector
// clamps positions above 16,383.
const searchable = 12_000

// SearchWords is the text as the index keeps it: pairs of neighbouring
// characters for Chinese, whole words for letters and digits, lower case,
// separated by spaces. Any two characters that stand together are found.
func SearchWords(text string) string { return strings.Join(bigrams(text, searchable), " ") }

// SearchQuery is what a person typed as a list of phrases; each phrase is words
// that must follow each other, and all phrases must be found. It is empty when
// there is nothing to search for.
func SearchQuery(typed string) [][]string {
	var out [][]string
	for _, part := range strings.Fields(strings.ToValidUTF8(typed, " ")) {
		if len(out) == 8 {
			break
		}
		if words := bigrams(part, 64); len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

func bigrams(text string, limit int) []string {
	var out []string
	var run []rune // of Han characters
	var word strings.Builder
	flushRun := func() {
		if len(run) == 1 {
			out = append(out, string(run))
		}
		for i := 0; i+1 < len(run); i++ {
			out = append(out, string(run[i:i+2]))
		}
		run = run[:0]
	}
	flushWord := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	n := 0
	for _, r := range text {
		if n++; n > limit {
			break
		}
		switch r = fold(r); {
		case unicode.Is(unicode.Han, r) || unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			flushWord()
			run = append(run, r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			flushRun()
			word.WriteRune(r)
		default:
			flushRun()
			flushWord()
		}
	}
	flushRun()
	flushWord()
	return out
}

// fold makes full-width and capital letters small and narrow.
func fold(r rune) rune {
	if r >= '！' && r <= '～' {
		r -= '！' - '!'
	}
	return unicode.ToLower(r)
}
