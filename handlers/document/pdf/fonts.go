package pdf

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"sync"

	"mailbox/handlers/document/form"
	"mailbox/handlers/document/truetype"
)

// The fonts, under the SIL Open Font License; font/make.py made them.
//
//go:embed font/*.gz
var packed embed.FS

// names are the fonts in the order in which one stands in for another.
var names = []string{"song", "kai", "title", "hei"}

// faces are the fonts of the faces: there is no free 仿宋 with outlines as they are
// needed, so 宋 takes its place.
var faces = map[form.Face]int{form.Song: 0, form.FangSong: 0, form.Kai: 1, form.Title: 2, form.Hei: 3}

// fonts are all of names.
type fonts []*truetype.Font

// loadFonts unpacks the fonts when the first PDF is asked for, and keeps them: 23 MB
// of a program that never writes a PDF are not used, and nobody waits twice.
var loadFonts = sync.OnceValues(func() (fonts, error) {
	var all fonts
	for _, name := range names {
		font, err := unpack("font/" + name + ".ttf.gz")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, font)
	}
	return all, nil
})

func unpack(name string) (*truetype.Font, error) {
	raw, err := packed.ReadFile(name)
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	return truetype.Parse(data)
}
