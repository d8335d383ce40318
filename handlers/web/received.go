package web

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// chatTypes is what platforms send besides what may be uploaded.
var chatTypes = map[string]filetype{
	".speex": {kind: "audio/speex", looks: []string{"audio/ogg", "application/octet-stream"}},
}

// CleanFile makes a file that a platform sent one like those that are uploaded:
// what it is is found out from its content, its name ends as that does, and it
// loses what uploads lose. A file that might not be uploaded is Invalid, also
// when that shows only while it is read.
func CleanFile(name string, content io.Reader) (File, error) {
	types := maps.Clone(filetypes)
	maps.Copy(types, chatTypes)
	r := bufio.NewReaderSize(content, sniffSize)
	name = endingAs(types, FileName(name), r)
	checked, kind, err := inspect(r, types, "", name)
	if err != nil {
		return File{}, err
	}
	return File{Name: name, Type: kind, Content: honest{WithoutMetadata(checked, kind), name}}, nil
}

// endingAs gives a name the ending of what the content is, when its own is that
// of something else: platforms call every picture JPEG.
func endingAs(types map[string]filetype, name string, r *bufio.Reader) string {
	head, err := r.Peek(sniffSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return name
	}
	found := mimetype.Detect(head)
	own := strings.ToLower(path.Ext(name))
	if slices.ContainsFunc(types[own].looks, found.Is) {
		return name
	}
	for _, ext := range slices.Sorted(maps.Keys(types)) {
		if found.Is(types[ext].kind) {
			return strings.TrimSuffix(name, path.Ext(name)) + ext
		}
	}
	return name
}

// honest says of a file that proves broken while it is read that it is Invalid.
type honest struct {
	io.Reader
	name string
}

func (h honest) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	switch {
	case errors.Is(err, errBroken):
		err = fileError("upload.broken", "", h.name)
	case errors.Is(err, errBomb):
		err = fileError("upload.archive_bomb", "", h.name)
	}
	return n, err
}
