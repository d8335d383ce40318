package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mailbox/workflow"
)

// oneLine cleans a value of one line: valid UTF-8, no control characters, no
// line ends, nothing that turns the direction of what follows, no blanks
// around it; nothing when nothing of it can be seen.
func oneLine(s string) string {
	if !workflow.Visible(s) {
		return ""
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || isDirection(r):
			return -1
		}
		return r
	}, validUTF8(s)))
}

// manyLines cleans prose: valid UTF-8, lines end in \n, and of the control
// characters only \n and \t stay. Blanks at the end go. Nothing stays when
// nothing of it can be seen.
func manyLines(s string) string {
	if !workflow.Visible(s) {
		return ""
	}
	s = strings.ReplaceAll(validUTF8(s), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimRightFunc(s, unicode.IsSpace)
}

// validUTF8 puts U+FFFD where bytes are no character, so that nothing is
// dropped unseen and the database takes the rest.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// isDirection reports the characters that embed, override or isolate a
// direction of writing: they make one word look like another.
func isDirection(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u200E' || r == '\u200F' || r == '\u061C'
}

// isInvisible reports characters of no width.
func isInvisible(r rune) bool {
	return r >= '\u200B' && r <= '\u200D' || r == '\u2060' || r == '\uFEFF' || r == '\u00AD' || r == '\u180E'
}
