package channel

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Limits of the XML that platforms send; theirs is flat and short.
const (
	maxDepth    = 8
	maxElements = 300
)

// Fields reads the elements of a platform's XML that hold text, by their names.
// What has a document type, an entity of its own, a processing instruction, or
// is deeper or longer than any platform's, is refused: nothing is ever fetched
// or expanded.
func Fields(b []byte) (map[string][]string, error) {
	r := fieldReader{out: map[string][]string{}}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, ErrRefused }
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || !r.take(t) {
			return nil, ErrRefused
		}
	}
	if len(r.open) > 0 || r.elements == 0 {
		return nil, ErrRefused
	}
	return r.out, nil
}

type fieldReader struct {
	out      map[string][]string
	open     []string
	text     strings.Builder
	leaf     bool // the element that is open holds no other
	elements int
}

// take reads one token; false refuses the whole.
func (r *fieldReader) take(t xml.Token) bool {
	switch t := t.(type) {
	case xml.StartElement:
		if len(r.open) == 0 && r.elements > 0 { // a second root
			return false
		}
		r.open, r.leaf = append(r.open, t.Name.Local), true
		r.elements++
		r.text.Reset()
		return len(r.open) <= maxDepth && r.elements <= maxElements
	case xml.EndElement:
		if len(r.open) == 0 || r.open[len(r.open)-1] != t.Name.Local {
			return false
		}
		if r.leaf && len(r.open) > 1 {
			r.out[t.Name.Local] = append(r.out[t.Name.Local], r.text.String())
		}
		r.open, r.leaf = r.open[:len(r.open)-1], false
		return true
	case xml.CharData:
		if len(r.open) == 0 {
			return len(bytes.TrimSpace(t)) == 0
		}
		r.text.Write(t)
		return true
	case xml.Comment:
		return true
	default: // a document type, an instruction
		return false
	}
}

// CDATA is text as platforms write it.
func CDATA(s string) string {
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
}
