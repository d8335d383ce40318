package form

import (
	"strings"
	"unicode"
)

// Clean is a text without what does not belong on paper: control characters, and
// those that turn the direction of reading and so could make a page say something
// else than its file. Tabs become blanks; line feeds stay.
func Clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\u0085', r == '\f', r == '\v':
			return '\n'
		case r == '\t':
			return ' '
		case unicode.IsControl(r), turns(r), r == '\ufeff', r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
			return -1
		}
		return r // broken UTF-8 has become U+FFFD
	}, text)
}

// turns reports whether r changes the direction of what follows.
func turns(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// line is a cleaned text on one line.
func line(text string) string {
	return strings.TrimFunc(strings.ReplaceAll(Clean(text), "\n", " "), unicode.IsSpace)
}

// paragraphs are the cleaned lines of a text that are not empty. Their indent
// comes from the form: blanks in front of them are dropped.
func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(Clean(text), "\n") {
		if p = strings.TrimFunc(p, unicode.IsSpace); p != "" {
			out = append(out, p)
		}
	}
	return out
}
