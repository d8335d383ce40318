package form

import "unicode"

// Width is about how wide a text is, in half ems: Chinese characters and
// punctuation count two, Latin letters and digits one.
func Width(text string) int {
	n := 0
	for _, r := range text {
		n += RuneWidth(r)
	}
	return n
}

// RuneWidth is Width of one character.
func RuneWidth(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x2e80, r >= 0x2460 && r <= 0x27bf:
		return 2
	}
	switch r {
	case '“', '”', '‘', '’', '…', '—', '℃', '№', '×', '÷', '±', '§':
		return 2
	}
	return 1
}
