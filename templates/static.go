package templates

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// staticRoot is where everything in static/ is served. One fingerprint of the
// whole folder stands in the path, so that scripts may import each other by
// relative names and still be kept for a year.
const staticRoot = "/static/"

type asset struct {
	content, gzip []byte
}

type assets struct {
	version string
	files   map[string]asset
}

var loadAssets = sync.OnceValue(func() assets {
	a := assets{files: map[string]asset{}}
	sum := sha256.New()
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "static/")
		_, _ = sum.Write(append([]byte(name+"\x00"), b...))
		a.files[name] = asset{content: b, gzip: compress(b)}
		return nil
	})
	if err != nil {
		panic(err) // embedded files cannot fail to be read
	}
	a.version = hex.EncodeToString(sum.Sum(nil))[:10]
	return a
})

func compress(b []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer takes every byte
	}
	return out.Bytes()
}

// Asset is the URL of a file in static/, changing whenever the folder does.
// It panics when there is no such file, which the tests of any page find.
func Asset(name string) string {
	a := loadAssets()
	if _, ok := a.files[name]; !ok {
		panic("no static file " + name)
	}
	return staticRoot + a.version + "/" + name
}

// Static returns the file behind a URL that [Asset] gave, perhaps in another
// build: then immutable is false and the answer must not be kept.
func Static(url string) (content []byte, contentType string, immutable, ok bool) {
	f, name, current, ok := find(url)
	if !ok {
		return nil, "", false, false
	}
	return f.content, contentTypes[path.Ext(name)], current, true
}

// StaticGzip returns the same file compressed, for clients that accept gzip.
func StaticGzip(url string) ([]byte, bool) {
	f, _, _, ok := find(url)
	return f.gzip, ok
}

func find(url string) (f asset, name string, current, ok bool) {
	rest, ok := strings.CutPrefix(url, staticRoot)
	if !ok {
		return asset{}, "", false, false
	}
	version, name, ok := strings.Cut(rest, "/")
	if !ok {
		return asset{}, "", false, false
	}
	a := loadAssets()
	f, ok = a.files[name]
	return f, name, version == a.version, ok
}

var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".svg":         "image/svg+xml",
	".webmanifest": "application/manifest+json",
}
