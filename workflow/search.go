package workflow

import (
	"strings"
	"unicode"
)

// Longest text that search looks into, in characters of one field: a tsvector
// clamps positions above 16,383.
const searchable = 12_000

// A word of letters and digits longer than this is kept in pieces: an index
// takes no endless words.
const longestWord = 32

// SearchWords is the text as the index keeps it: pairs of neighbouring
// characters for Chinese, whole words for letters and digits, lower case,
// separated by spaces. A Chinese character that touches a word, as in 3号楼,
// stands alone as well, so that any two characters that stand together are
// found.
func SearchWords(text string) string { return strings.Join(split(text, searchable), " ") }

// SearchQuery is what a person typed as a list of phrases; each phrase is words
// that must follow each other, and all phrases must be found. It is empty when
// there is nothing to search for.
func SearchQuery(typed string) [][]string {
	var out [][]string
	for _, part := range strings.Fields(strings.ToValidUTF8(typed, " ")) {
		if len(out) == 8 {
			break
		}
		if words := split(part, 2*longestWord); len(words) > 0 {
			out = append(out, words)
		}
	}
	return out
}

// split cuts the first limit characters of text into words.
func split(text string, limit int) []string {
	var s splitter
	for _, r := range text {
		if limit--; limit < 0 {
			break
		}
		s.add(fold(r))
	}
	s.endRun(false)
	s.endWord()
	return s.out
}

// splitter reads text one character at a time.
type splitter struct {
	out     []string
	run     []rune // of Chinese characters
	touched bool   // a word stands directly before the run
	word    []rune // of letters and digits
}

func (s *splitter) add(r rune) {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		s.touched = s.touched || len(s.word) > 0
		s.endWord()
		s.run = append(s.run, r)
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		s.endRun(true)
		s.word = append(s.word, r)
		if len(s.word) == longestWord {
			s.endWord()
		}
	default:
		s.endRun(false)
		s.endWord()
	}
}

// endRun keeps the pairs of the run, and its ends alone where words touch it.
func (s *splitter) endRun(touches bool) {
	n := len(s.run)
	if n == 1 || n > 1 && s.touched {
		s.out = append(s.out, string(s.run[:1]))
	}
	for i := 0; i+1 < n; i++ {
		s.out = append(s.out, string(s.run[i:i+2]))
	}
	if n > 1 && touches {
		s.out = append(s.out, string(s.run[n-1:]))
	}
	s.run, s.touched = s.run[:0], false
}

func (s *splitter) endWord() {
	if len(s.word) > 0 {
		s.out = append(s.out, string(s.word))
		s.word = s.word[:0]
	}
}

// fold makes full-width and capital letters small and narrow.
func fold(r rune) rune { return unicode.ToLower(narrow(r)) }

// narrow makes a full-width letter, digit or sign narrow.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}
