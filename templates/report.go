package templates

import (
	"io/fs"
	"path"
	"strings"
)

// ReportForms are the forms of the annual report by name, report/<name>.txt, as
// files: who makes reports reads them.
func ReportForms() map[string][]byte {
	out := map[string][]byte{}
	names, err := fs.Glob(files, "report/*.txt")
	if err != nil {
		panic(err) // the pattern is constant
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // embedded files cannot fail to be read
		}
		out[strings.TrimSuffix(path.Base(name), ".txt")] = text
	}
	return out
}
