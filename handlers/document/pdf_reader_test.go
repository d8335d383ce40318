package document_test

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"mailbox/handlers/document"
	"mailbox/handlers/document/truetype"
	"mailbox/workflow"
)

// pdfFile is a PDF as a strict reader sees it: every object at the place the file
// says.
type pdfFile struct {
	objects map[int]string
	fonts   map[int]map[string]string // what the glyphs of a font are, by their codes
	pages   []pdfPage
}

// pdfPage is what a page shows.
type pdfPage struct {
	wide  bool
	lines []pdfLine
}

// pdfLine is a line of text and where it begins, in points from the lower left.
type pdfLine struct {
	text string
	x, y float64
}

var (
	startRE  = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	entryRE  = regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`)
	kidRE    = regexp.MustCompile(`(\d+) 0 R `)
	boxRE    = regexp.MustCompile(`/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]/Contents (\d+) 0 R/Resources<</Font<<(.*?)>>`)
	fontRE   = regexp.MustCompile(`/(F\d) (\d+) 0 R`)
	charRE   = regexp.MustCompile(`<([0-9A-F]{4})> <([0-9A-F]+)>`)
	textRE   = regexp.MustCompile(`(?s)BT\n(.*?)ET\n`)
	showRE   = regexp.MustCompile(`/(F\d) [\d.]+ Tf -?[\d.]+ Tc 1 0 0 1 (-?[\d.]+) (-?[\d.]+) Tm <([0-9A-F]*)> Tj\n`)
	lengthRE = regexp.MustCompile(`(?s)/Length (\d+)/.*?>>\nstream\n`)
)

func readPDF(raw []byte) (*pdfFile, error) {
	start := startRE.FindSubmatch(raw)
	if start == nil || !bytes.HasPrefix(raw, []byte("%PDF-1.7\n")) {
		return nil, errors.New("no beginning or no end")
	}
	at, err := strconv.Atoi(string(start[1]))
	if err != nil || !bytes.HasPrefix(raw[at:], []byte("xref\n")) {
		return nil, fmt.Errorf("no table of objects: %w", err)
	}
	f := &pdfFile{objects: map[int]string{}, fonts: map[int]map[string]string{}}
	for i, entry := range entryRE.FindAllSubmatch(raw[at:], -1) {
		begin, err := strconv.Atoi(string(entry[1]))
		if err != nil {
			return nil, err
		}
		body, found := bytes.CutPrefix(raw[begin:], fmt.Appendf(nil, "%d 0 obj\n", i+1))
		end := bytes.Index(body, []byte("\nendobj\n"))
		if !found || end < 0 {
			return nil, fmt.Errorf("object %d is not where it should be", i+1)
		}
		f.objects[i+1] = string(body[:end])
	}
	return f, f.readPages()
}

func (f *pdfFile) readPages() error {
	for _, kid := range kidRE.FindAllStringSubmatch(f.objects[2], -1) {
		box := boxRE.FindStringSubmatch(f.objects[number(kid[1])])
		if box == nil {
			return errors.New("no page " + kid[1])
		}
		content, err := f.stream(number(box[3]))
		if err != nil {
			return err
		}
		characters := map[string]map[string]string{}
		for _, font := range fontRE.FindAllStringSubmatch(box[4], -1) {
			if characters[font[1]], err = f.characters(number(font[2])); err != nil {
				return err
			}
		}
		page := pdfPage{wide: box[1] > box[2]}
		for _, text := range textRE.FindAllStringSubmatch(string(content), -1) {
			page.lines = append(page.lines, line(text[1], characters))
		}
		f.pages = append(f.pages, page)
	}
	return nil
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err) // the expressions let digits through only
	}
	return n
}

// line puts what is shown together.
func line(text string, characters map[string]map[string]string) pdfLine {
	var out pdfLine
	for i, show := range showRE.FindAllStringSubmatch(text, -1) {
		if i == 0 {
			out.x, _ = strconv.ParseFloat(show[2], 64)
			out.y, _ = strconv.ParseFloat(show[3], 64)
		}
		for code := show[4]; len(code) >= 4; code = code[4:] {
			out.text += characters[show[1]][code[:4]]
		}
	}
	return out
}

// stream is the unpacked content of an object.
func (f *pdfFile) stream(n int) ([]byte, error) {
	head := lengthRE.FindStringSubmatchIndex(f.objects[n])
	if head == nil {
		return nil, fmt.Errorf("object %d is no stream", n)
	}
	packed := f.objects[n][head[1]:]
	if size := number(f.objects[n][head[2]:head[3]]); packed[size:] != "\nendstream" {
		return nil, fmt.Errorf("object %d is not %d bytes long", n, size)
	}
	z, err := zlib.NewReader(strings.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// characters is what the glyphs of a font are, by their codes. The embedded font
// must be one.
func (f *pdfFile) characters(font int) (map[string]string, error) {
	if known := f.fonts[font]; known != nil {
		return known, nil
	}
	outlines, err := f.stream(font + 3)
	if err != nil {
		return nil, err
	}
	if err := checkFont(outlines); err != nil {
		return nil, err
	}
	list, err := f.stream(font + 4)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	f.fonts[font] = out
	for _, m := range charRE.FindAllSubmatch(list, -1) {
		raw, err := hex.DecodeString(string(m[2]))
		if err != nil {
			return nil, err
		}
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		out[string(m[1])] = string(utf16.Decode(units))
	}
	return out, nil
}

// checkFont accepts a font that is complete but for its table of characters, which
// an embedded font does not need.
func checkFont(raw []byte) error {
	if _, err := truetype.Parse(raw); err == nil || err.Error() != "font: no table cmap" {
		return fmt.Errorf("not a font cut down: %w", err)
	}
	return nil
}

func asPDF(t *testing.T, d workflow.Document) *pdfFile {
	t.Helper()
	var b bytes.Buffer
	if err := document.WritePDF(&b, d); err != nil {
		t.Fatal(err)
	}
	f, err := readPDF(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return f
}
