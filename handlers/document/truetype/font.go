// Package truetype reads fonts with TrueType outlines and cuts out the glyphs a
// document uses.
package truetype

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Font is a font. It may be used by several goroutines at the same time.
type Font struct {
	tables     map[string][]byte
	runes      []span
	unitsPerEm int
	glyphs     int
	advances   int // how many glyphs have an advance of their own
	longLoca   bool
}

// span says that the characters from first to last have the glyphs from glyph on.
type span struct {
	first, last rune
	glyph       int
}

var big = binary.BigEndian

// needed are the tables a font must have, and the least bytes of each.
var needed = map[string]int{"head": 54, "hhea": 36, "maxp": 6, "hmtx": 4, "loca": 4, "glyf": 1, "cmap": 4}

// Parse reads a font. It keeps data.
func Parse(data []byte) (*Font, error) {
	f := &Font{tables: map[string][]byte{}}
	if len(data) < 12 {
		return nil, errors.New("font: too short")
	}
	for i := range int(big.Uint16(data[4:])) {
		entry := data[12+16*i:]
		if len(entry) < 16 {
			return nil, errors.New("font: directory cut off")
		}
		from, size := int(big.Uint32(entry[8:])), int(big.Uint32(entry[12:]))
		if from+size > len(data) {
			return nil, fmt.Errorf("font: table %s cut off", entry[:4])
		}
		f.tables[string(entry[:4])] = data[from : from+size]
	}
	for name, size := range needed {
		if len(f.tables[name]) < size {
			return nil, fmt.Errorf("font: no table %s", name)
		}
	}
	f.unitsPerEm = int(big.Uint16(f.tables["head"][18:]))
	f.longLoca = big.Uint16(f.tables["head"][50:]) == 1
	f.glyphs = int(big.Uint16(f.tables["maxp"][4:]))
	f.advances = int(big.Uint16(f.tables["hhea"][34:]))
	if f.unitsPerEm == 0 || f.advances == 0 || len(f.tables["hmtx"]) < 4*f.advances || !f.longLoca || len(f.tables["loca"]) < 4*(f.glyphs+1) {
		return nil, errors.New("font: of a kind that is not read")
	}
	return f, f.readRunes()
}

// readRunes reads the table of characters in its form for all of Unicode.
func (f *Font) readRunes() error {
	cmap := f.tables["cmap"]
	for i := range int(big.Uint16(cmap[2:])) {
		record := cmap[4+8*i:]
		if len(record) < 8 || int(big.Uint32(record[4:]))+16 > len(cmap) {
			break
		}
		table := cmap[big.Uint32(record[4:]):]
		if big.Uint16(table) != 12 {
			continue
		}
		for n := range int(big.Uint32(table[12:])) {
			group := table[16+12*n:]
			f.runes = append(f.runes, span{rune(big.Uint32(group)), rune(big.Uint32(group[4:])), int(big.Uint32(group[8:]))}) //nolint:gosec // characters of a font that came with the program
		}
		return nil
	}
	return errors.New("font: no table of all characters")
}

// Glyph is the glyph of a character, and false when the font has none.
func (f *Font) Glyph(r rune) (int, bool) {
	i, found := slices.BinarySearchFunc(f.runes, r, func(s span, r rune) int {
		switch {
		case r < s.first:
			return 1
		case r > s.last:
			return -1
		}
		return 0
	})
	if !found {
		return 0, false
	}
	return f.runes[i].glyph + int(r-f.runes[i].first), true
}

// Advance is how far a glyph moves on, in thousandths of an em.
func (f *Font) Advance(glyph int) int {
	at := 4 * min(glyph, f.advances-1)
	return int(big.Uint16(f.tables["hmtx"][at:])) * 1000 / f.unitsPerEm
}

// Box is the box around all glyphs, in thousandths of an em: left, bottom, right, top.
func (f *Font) Box() [4]int {
	var box [4]int
	for i := range box {
		box[i] = int(int16(big.Uint16(f.tables["head"][36+2*i:]))) * 1000 / f.unitsPerEm //nolint:gosec // the field is signed
	}
	return box
}

// outline is the drawing of a glyph; empty for a blank.
func (f *Font) outline(glyph int) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	from, to := int(big.Uint32(loca[4*glyph:])), int(big.Uint32(loca[4*glyph+4:]))
	if from >= to || to > len(glyf) {
		return nil
	}
	return glyf[from:to]
}
