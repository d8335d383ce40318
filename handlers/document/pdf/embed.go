package pdf

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// write embeds what is used of a font in perFont objects: the font, its glyphs'
// measures, its description, its outlines, and which character each glyph is.
func (u *used) write(o *objects, at int) {
	name := u.name(at)
	o.object("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, at+1, at+4)
	o.object("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[0[%s]]>>",
		name, at+2, u.advances())
	box := u.font.Box()
	o.object("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80/FontFile2 %d 0 R>>",
		name, box[0], box[1], box[2], box[3], at+3)
	outlines := u.font.Subset(u.glyphs)
	o.stream(fmt.Sprintf("/Length1 %d", len(outlines)), outlines)
	o.stream("", []byte(u.characters()))
}

// name is the font's name with the six letters that say that it is not all of it.
func (u *used) name(at int) string {
	n := len(u.glyphs)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = byte('A' + n%26)
		n /= 26
	}
	return string(tag) + "+" + names[(at-firstFont)/perFont]
}

func (u *used) advances() string {
	var b strings.Builder
	for _, g := range u.glyphs {
		fmt.Fprintf(&b, "%d ", u.font.Advance(g))
	}
	return b.String()
}

// characters says which character each glyph is, at most a hundred at a time, as
// the format wants it.
func (u *used) characters() string {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100
	for from := 1; from < len(u.runes); from += most {
		to := min(from+most, len(u.runes))
		fmt.Fprintf(&b, "%d beginbfchar\n", to-from)
		for code := from; code < to; code++ {
			fmt.Fprintf(&b, "<%04X> <", code)
			for _, unit := range utf16.Encode(u.runes[code : code+1]) {
				fmt.Fprintf(&b, "%04X", unit)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.String()
}
