package truetype_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"testing"

	"mailbox/handlers/document/truetype"
)

func open(t *testing.T) ([]byte, *truetype.Font) {
	t.Helper()
	packed, err := os.ReadFile("../pdf/font/kai.ttf.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	font, err := truetype.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return raw, font
}

func TestGlyph(t *testing.T) {
	t.Parallel()
	_, font := open(t)
	for _, r := range "信A，𠮷" {
		if g, ok := font.Glyph(r); !ok || g == 0 {
			t.Errorf("no glyph for %c", r)
		}
	}
	for _, r := range "🙂\x00\U0010ffff" {
		if g, ok := font.Glyph(r); ok {
			t.Errorf("glyph %d for %U", g, r)
		}
	}
	han, _ := font.Glyph('信')
	latin, _ := font.Glyph('i')
	if font.Advance(han) != 1000 || font.Advance(latin) >= 500 {
		t.Errorf("信 is %d wide, i %d", font.Advance(han), font.Advance(latin))
	}
}

// tables are the tables of a font file, their sums checked.
func tables(t *testing.T, raw []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(raw[4:])) {
		e := raw[12+16*i:]
		from, size := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
		out[string(e[:4])] = raw[from : from+size]
	}
	var total uint32
	for i := 0; i+4 <= len(raw); i += 4 {
		total += binary.BigEndian.Uint32(raw[i:])
	}
	if total != 0xB1B0AFBA {
		t.Errorf("the words of the file add up to %X", total)
	}
	return out
}

func outline(tables map[string][]byte, glyph int) []byte {
	loca := tables["loca"][4*glyph:]
	return tables["glyf"][binary.BigEndian.Uint32(loca):binary.BigEndian.Uint32(loca[4:])]
}

func TestSubset(t *testing.T) {
	t.Parallel()
	raw, font := open(t)
	whole := tables(t, raw)
	glyphs := []int{0}
	for _, r := range "信箱é" {
		g, _ := font.Glyph(r)
		glyphs = append(glyphs, g)
	}
	cut := tables(t, font.Subset(glyphs))
	n := int(binary.BigEndian.Uint16(cut["maxp"][4:]))
	if n < len(glyphs) || len(cut["loca"]) != 4*(n+1) || len(cut["hmtx"]) != 4*n || int(binary.BigEndian.Uint16(cut["hhea"][34:])) != n {
		t.Fatalf("%d glyphs, but tables for others", n)
	}
	for i, g := range glyphs[:3] {
		if got, want := outline(cut, i), outline(whole, g); !bytes.HasPrefix(got, want) || len(got)-len(want) > 3 {
			t.Errorf("glyph %d is drawn otherwise", i)
		}
	}
}

// TestSubset_composite: parts of a glyph come along, under their new numbers.
func TestSubset_composite(t *testing.T) {
	t.Parallel()
	raw, font := open(t)
	whole := tables(t, raw)
	found := 0
	for g := range len(whole["loca"])/4 - 1 {
		old := outline(whole, g)
		if len(old) == 0 || int16(binary.BigEndian.Uint16(old)) >= 0 {
			continue
		}
		found++
		cut := tables(t, font.Subset([]int{0, g}))
		part := int(binary.BigEndian.Uint16(outline(cut, 1)[12:]))
		want := outline(whole, int(binary.BigEndian.Uint16(old[12:])))
		if part < 2 || len(want) == 0 || !bytes.HasPrefix(outline(cut, part), want) {
			t.Fatalf("glyph %d is made of part %d, which is not its part", g, part)
		}
	}
	if found == 0 {
		t.Error("the font has no composite glyph")
	}
}

func TestParse_broken(t *testing.T) {
	t.Parallel()
	raw, _ := open(t)
	for _, size := range []int{0, 4, 11, 12, 40, 300, len(raw) / 2} {
		if _, err := truetype.Parse(raw[:size]); err == nil {
			t.Errorf("the first %d bytes are taken for a font", size)
		}
	}
}
