package truetype

import (
	"slices"
)

// Subset is a font with only the given glyphs, in their order: the first has
// number 0. It has no table of characters; whoever embeds it knows the numbers.
func (f *Font) Subset(glyphs []int) []byte {
	c := cutting{font: f, glyphs: slices.Clone(glyphs), number: map[int]int{}}
	for i, g := range slices.Backward(c.glyphs) {
		c.number[g] = i
	}
	c.cut()
	return assemble(map[string][]byte{
		"glyf": c.glyf, "loca": c.loca, "hmtx": c.hmtx, "maxp": c.counted("maxp", 4), "hhea": c.counted("hhea", 34), "head": f.cleared(),
	})
}

// cutting is a subset in the making.
type cutting struct {
	font             *Font
	glyphs           []int
	number           map[int]int // in the subset
	glyf, loca, hmtx []byte
}

// cut copies the glyphs. The parts of composite ones are added behind the last.
func (c *cutting) cut() {
	for i := 0; i < len(c.glyphs); i++ {
		c.loca = big.AppendUint32(c.loca, size(c.glyf))
		c.glyf = append(c.glyf, c.renumbered(c.font.outline(c.glyphs[i]))...)
		for len(c.glyf)%4 != 0 {
			c.glyf = append(c.glyf, 0)
		}
		c.hmtx = append(c.hmtx, c.font.metrics(c.glyphs[i])...)
	}
	c.loca = big.AppendUint32(c.loca, size(c.glyf))
}

func size(b []byte) uint32 { return uint32(len(b)) } //nolint:gosec // fonts are far below 4 GiB

// The flags of a part of a composite glyph.
const (
	wordArguments = 1 << 0
	oneScale      = 1 << 3
	moreParts     = 1 << 5
	twoScales     = 1 << 6
	fourScales    = 1 << 7
)

// renumbered is an outline whose parts have their numbers in the subset.
func (c *cutting) renumbered(outline []byte) []byte {
	if len(outline) < 10 || outline[0] < 0x80 { // a count of contours, not negative
		return outline
	}
	outline = slices.Clone(outline)
	for at := 10; at+4 <= len(outline); {
		flags := big.Uint16(outline[at:])
		big.PutUint16(outline[at+2:], c.numberOf(int(big.Uint16(outline[at+2:]))))
		if flags&moreParts == 0 {
			break
		}
		at += partSize(flags)
	}
	return outline
}

func partSize(flags uint16) int {
	size := 6
	if flags&wordArguments != 0 {
		size = 8
	}
	switch {
	case flags&oneScale != 0:
		size += 2
	case flags&twoScales != 0:
		size += 4
	case flags&fourScales != 0:
		size += 8
	}
	return size
}

func (c *cutting) numberOf(glyph int) uint16 {
	n, known := c.number[glyph]
	if !known {
		n = len(c.glyphs)
		c.number[glyph] = n
		c.glyphs = append(c.glyphs, glyph)
	}
	return uint16(n) //nolint:gosec // a font has at most 65,536 glyphs
}

// metrics are advance and left bearing of a glyph.
func (f *Font) metrics(glyph int) []byte {
	hmtx := f.tables["hmtx"]
	if glyph < f.advances {
		return hmtx[4*glyph : 4*glyph+4]
	}
	out := slices.Clone(hmtx[4*f.advances-4 : 4*f.advances])
	if at := 4*f.advances + 2*(glyph-f.advances); at+2 <= len(hmtx) {
		copy(out[2:], hmtx[at:at+2])
	}
	return out
}

// counted is a table with the number of glyphs of the subset in it.
func (c *cutting) counted(name string, at int) []byte {
	out := slices.Clone(c.font.tables[name])
	big.PutUint16(out[at:], uint16(len(c.glyphs))) //nolint:gosec // a font has at most 65,536 glyphs
	return out
}

// cleared is the head without the sum over the file, which is put in at last.
func (f *Font) cleared() []byte {
	out := slices.Clone(f.tables["head"])
	big.PutUint32(out[8:], 0)
	return out
}

// assemble puts tables into a file, in the order of their names.
func assemble(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	const search, selector = 64, 2 // for six tables
	out := big.AppendUint32(nil, 0x00010000)
	for _, n := range []int{len(names), search, selector, 16*len(names) - search} {
		out = big.AppendUint16(out, uint16(n)) //nolint:gosec // small numbers
	}
	var body []byte
	headAt := 0
	for _, name := range names {
		from := 12 + 16*len(names) + len(body)
		if name == "head" {
			headAt = from
		}
		out = append(out, name...)
		for _, n := range []uint32{sum(tables[name]), uint32(from), size(tables[name])} { //nolint:gosec // fonts are far below 4 GiB
			out = big.AppendUint32(out, n)
		}
		body = append(body, tables[name]...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	big.PutUint32(out[headAt+8:], 0xB1B0AFBA-sum(out))
	return out
}

// sum is the sum of a table's words, as the file format wants it.
func sum(table []byte) uint32 {
	var total uint32
	for len(table) >= 4 {
		total += big.Uint32(table)
		table = table[4:]
	}
	var rest [4]byte
	copy(rest[:], table)
	return total + big.Uint32(rest[:])
}
