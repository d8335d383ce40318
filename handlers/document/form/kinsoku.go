package form

import (
	"strings"
	"unicode"
)

// What may not stand at the beginning, and at the end, of a line.
const (
	notFirst = "。，、；：？！）》」』】〕〉〗”’…·—～％‰℃,.;:?!)]}%°′″々ー"
	notLast  = "（《「『【〔〈〖“‘([{￥＄£$¥№"
)

// MayBreak reports whether a line may end between two characters that follow
// each other.
func MayBreak(before, after rune) bool {
	switch {
	case after == ' ' || unicode.Is(unicode.M, after):
		return false // blanks hang at the end of their line, marks stay on their letter
	case before == ' ', after == '@': // long addresses break before their @
		return true
	case strings.ContainsRune(notFirst, after), strings.ContainsRune("-/", after) && word(before),
		strings.ContainsRune(notLast, before):
		return false
	case strings.ContainsRune("-/", before) && unicode.IsDigit(after):
		return false // telephone numbers and dates stay whole
	}
	return !word(before) || !word(after)
}

// word reports whether r is part of something that is not broken: a Latin word,
// a number, an address.
func word(r rune) bool {
	if r == '\u00a0' {
		return true
	}
	return r > ' ' && RuneWidth(r) < 2 && r != '-' && r != '/' && r < 0x2000
}
