package workflow

import (
	"strings"
	"unicode"
)

// fillers have a width and no ink: the Hangul fillers, the empty Braille cell
// and the object that is not there.
const fillers = "\u115F\u1160\u3164\uFFA0\u2800\uFFFC"

// Visible reports whether anything of s can be seen. A subject of characters
// that have no width is as good as none: nobody could click on it.
func Visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) && !strings.ContainsRune(fillers, r)
	})
}
