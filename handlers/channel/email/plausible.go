package email

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// common tells the characters of everyday writing: GB 2312 and Big5 both put
// them first.
type commonHan struct {
	simplified  map[rune]bool // GB 2312 level 1
	simplified2 map[rune]bool // GB 2312 level 2
	traditional map[rune]bool // Big5 level 1
}

var han = sync.OnceValue(func() commonHan {
	gbRows := func(from, to byte) map[rune]bool {
		return rows(from, to, 0xa1, 0xfe, through(simplifiedchinese.GB18030))
	}
	return commonHan{
		simplified:  gbRows(0xb0, 0xd7),
		simplified2: gbRows(0xd8, 0xf7),
		traditional: rows(0xa4, 0xc6, 0x40, 0xfe, through(traditionalchinese.Big5)),
	}
})

func rows(from, to, first, last byte, decode func([]byte) string) map[rune]bool {
	set := make(map[rune]bool, 4000)
	for hi := from; hi <= to; hi++ {
		for lo := first; lo < 0xff && lo <= last; lo++ {
			s := decode([]byte{hi, lo})
			if r, n := utf8.DecodeRuneInString(s); n == len(s) && r > utf8.RuneSelf && r != utf8.RuneError {
				set[r] = true
			}
		}
	}
	return set
}

// plausibility is how much a text looks written by a person, from about -4 to
// 2, judged by what in it is not ASCII.
func plausibility(s string) float64 {
	var sum float64
	n := 0
	prev := ' '
	rest := s
	for rest != "" {
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		if r >= utf8.RuneSelf || r == 0x1b {
			next, _ := utf8.DecodeRuneInString(rest)
			sum += weight(r, prev, next)
			n++
		}
		prev = r
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

func weight(r, prev, next rune) float64 {
	switch {
	case r == utf8.RuneError, r == 0x1b:
		return -4
	case r >= 0x80 && r < 0xa0:
		return -3
	case unicode.Is(unicode.Han, r):
		return hanWeight(r)
	case r >= 0x3000 && r <= 0x30ff, r >= 0xff01 && r <= 0xff5e, unicode.Is(unicode.Hangul, r):
		return 2
	case r >= 0xff61 && r <= 0xff9f: // half-width kana
		return 0
	case r >= 0x2010 && r <= 0x2027, r == '·', r == '€', r == 0xa0:
		return 1.5
	case r >= 0x1f300 && r <= 0x1faff:
		return 1.5
	case unicode.Is(unicode.Co, r), !unicode.IsGraphic(r):
		return -2
	case unicode.IsLetter(r):
		return letterWeight(r, prev, next)
	}
	return 0.3
}

func hanWeight(r rune) float64 {
	switch h := han(); {
	case h.simplified[r]:
		return 2
	case h.traditional[r]:
		return 1.7
	case h.simplified2[r]:
		return 0.6
	}
	return 0.1
}

// letterWeight believes an accented letter among plain ones and a letter of
// another script among its own.
func letterWeight(r, prev, next rune) float64 {
	if unicode.Is(unicode.Latin, r) {
		if asciiLetter(prev) || asciiLetter(next) {
			return 1.2
		}
		return 0.2
	}
	if !unicode.IsLetter(prev) || sameScript(r, prev) {
		return 1.2
	}
	return 0.3
}

func asciiLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func sameScript(a, b rune) bool {
	for _, t := range []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew, unicode.Thai, unicode.Devanagari} {
		if unicode.Is(t, a) {
			return unicode.Is(t, b)
		}
	}
	return false
}
