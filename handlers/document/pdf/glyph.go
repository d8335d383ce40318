package pdf

import (
	"unicode"

	"mailbox/handlers/document/form"
	"mailbox/handlers/document/truetype"
)

// missing stands, as it does in Chinese print, for a character no font has.
const missing = '〓'

// glyph is one character as it is printed.
type glyph struct {
	r     rune
	font  int
	code  uint16  // in the font as it is embedded
	width float64 // in points, with the space behind it
}

// used is what a document uses of a font. Code 0 is the font's sign for nothing.
type used struct {
	font   *truetype.Font
	glyphs []int
	runes  []rune
	codes  map[rune]uint16
}

func newUsed(font *truetype.Font) *used {
	return &used{font: font, glyphs: []int{0}, runes: []rune{0}, codes: map[rune]uint16{}}
}

// mostGlyphs a font can have.
const mostGlyphs = 60000

// code is the number of a character in the embedded font. A character that is
// missing has a number of its own too, so that it can still be found.
func (u *used) code(r rune, at int) uint16 {
	if code, known := u.codes[r]; known {
		return code
	}
	if len(u.glyphs) >= mostGlyphs {
		return 0
	}
	code := uint16(len(u.glyphs)) //nolint:gosec // mostGlyphs
	u.glyphs, u.runes = append(u.glyphs, at), append(u.runes, r)
	u.codes[r] = code
	return code
}

// glyphs are the characters of text in a face. What has no form of its own, such
// as a joiner, is left out.
func (f *file) glyphs(text string, face form.Face, size, space float64) []glyph {
	var out []glyph
	for _, r := range text {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector) {
			continue
		}
		font, at := f.find(r, faces[face])
		u := f.used[font]
		out = append(out, glyph{r: r, font: font, code: u.code(r, at), width: float64(u.font.Advance(at))*size/1000 + space})
	}
	return out
}

// find looks for a character in its face, then in the others.
func (f *file) find(r rune, face int) (font, at int) {
	if at, ok := f.has(r, face); ok {
		return face, at
	}
	for font := range f.used {
		if at, ok := f.has(r, font); ok {
			return font, at
		}
	}
	at, _ = f.used[0].font.Glyph(missing)
	return 0, at
}

// has is false too for Chinese punctuation that a font has in its Latin width only.
func (f *file) has(r rune, font int) (at int, ok bool) {
	const narrow = 600
	u := f.used[font].font
	at, ok = u.Glyph(r)
	return at, ok && (form.RuneWidth(r) < 2 || u.Advance(at) > narrow)
}

func width(glyphs []glyph) float64 {
	total := 0.0
	for _, g := range glyphs {
		total += g.width
	}
	return total
}
