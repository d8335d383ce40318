package pdf

import "mailbox/handlers/document/form"

// hair is what a line may be too wide: sums of fractions are not exact.
const hair = 0.05

// breakLines divides glyphs into lines, the first and the others as wide as said.
func breakLines(glyphs []glyph, first, rest float64) [][]glyph {
	var out [][]glyph
	for room := first; len(glyphs) > 0; room = rest {
		end := lineEnd(glyphs, room)
		out = append(out, trimEnd(glyphs[:end]))
		glyphs = trimStart(glyphs[end:])
	}
	return out
}

// lineEnd is how many glyphs go on a line: as many as fit up to a place where the
// line may break, and when there is none, as many as fit.
func lineEnd(glyphs []glyph, room float64) int {
	used, breakable := 0.0, 0
	for i, g := range glyphs {
		if i > 0 && form.MayBreak(glyphs[i-1].r, g.r) {
			breakable = i
		}
		used += g.width
		if g.r == ' ' || used <= room+hair {
			continue
		}
		if breakable > 0 {
			return breakable
		}
		return max(1, i)
	}
	return len(glyphs)
}

func trimEnd(glyphs []glyph) []glyph {
	for len(glyphs) > 0 && glyphs[len(glyphs)-1].r == ' ' {
		glyphs = glyphs[:len(glyphs)-1]
	}
	return glyphs
}

func trimStart(glyphs []glyph) []glyph {
	for len(glyphs) > 0 && glyphs[0].r == ' ' {
		glyphs = glyphs[1:]
	}
	return glyphs
}

// justified is the space to add behind each glyph so that the line is full; 0
// when that would tear it apart, and for lines of Latin words.
func justified(glyphs []glyph, room, size float64) float64 {
	if len(glyphs) < 2 || latin(glyphs) {
		return 0
	}
	space := (room - width(glyphs)) / float64(len(glyphs)-1)
	if space < 0 || space > size/8 {
		return 0
	}
	return space
}

// latin reports whether a line is mostly Latin letters.
func latin(glyphs []glyph) bool {
	narrow := 0
	for _, g := range glyphs {
		if form.RuneWidth(g.r) < 2 {
			narrow++
		}
	}
	return narrow > len(glyphs)*2/3
}
