package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"

	"mailbox/workflow"
)

// file is a PDF in the making: what its pages show and which glyphs they use.
type file struct {
	used  []*used
	pages []*page
	marks []bookmark
}

// bookmark leads to a place.
type bookmark struct {
	text string
	page int
	y    float64
}

func newFile(all fonts) *file {
	f := &file{}
	for _, font := range all {
		f.used = append(f.used, newUsed(font))
	}
	return f
}

func (f *file) newPage(landscape bool) *page {
	p := newPage(landscape)
	f.pages = append(f.pages, p)
	return p
}

// mark makes a bookmark of a heading that is about to be put on a page.
func (f *file) mark(text string, p *page, y float64) {
	f.marks = append(f.marks, bookmark{text, len(f.pages) - 1, p.up(y)})
}

// Where the objects of a file stand. Pages come behind the fonts, two objects for
// each, and bookmarks behind the pages.
const (
	catalog = 1 + iota
	pageTree
	information
	outlines
	firstFont
)

const perFont = 5

func (f *file) pageObject(i int) int { return firstFont + perFont*len(f.used) + 2*i }

func (f *file) markObject(i int) int { return f.pageObject(len(f.pages)) + i }

// write writes the file: objects in the order of their numbers, and where each
// begins.
func (f *file) write(w io.Writer, d workflow.Document) error {
	var o objects
	o.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	f.writeCatalog(&o, d)
	f.writeOutlines(&o)
	for i, u := range f.used {
		u.write(&o, firstFont+perFont*i)
	}
	for i, p := range f.pages {
		f.writePage(&o, i, p)
	}
	f.writeMarks(&o)
	o.finish()
	_, err := o.WriteTo(w)
	return err
}

func (f *file) writeCatalog(o *objects, d workflow.Document) {
	language := "zh-CN"
	if d.Locale == "en" {
		language = "en"
	}
	o.object("<</Type/Catalog/Pages %d 0 R/Outlines %d 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>>>", pageTree, outlines, language)
	var kids strings.Builder
	for i := range f.pages {
		fmt.Fprintf(&kids, "%d 0 R ", f.pageObject(i))
	}
	o.object("<</Type/Pages/Count %d/Kids[%s]>>", len(f.pages), kids.String())
	made := ""
	if !d.Made.IsZero() {
		made = "/CreationDate(" + d.Made.UTC().Format("D:20060102150405Z") + ")"
	}
	o.object("<</Title%s%s>>", hex(d.Title), made)
}

func (f *file) writePage(o *objects, i int, p *page) {
	var fonts strings.Builder
	for n, u := range f.used {
		if len(u.runes) > 1 {
			fmt.Fprintf(&fonts, "/F%d %d 0 R", n, firstFont+perFont*n)
		}
	}
	o.object("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Contents %d 0 R/Resources<</Font<<%s>>>>>>",
		pageTree, num(p.width), num(p.height), f.pageObject(i)+1, fonts.String())
	o.stream("", p.Bytes())
}

func (f *file) writeOutlines(o *objects) {
	if len(f.marks) == 0 {
		o.object("<</Type/Outlines/Count 0>>")
		return
	}
	o.object("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", f.markObject(0), f.markObject(len(f.marks)-1), len(f.marks))
}

func (f *file) writeMarks(o *objects) {
	for i, m := range f.marks {
		beside := ""
		if i > 0 {
			beside += fmt.Sprintf("/Prev %d 0 R", f.markObject(i-1))
		}
		if i < len(f.marks)-1 {
			beside += fmt.Sprintf("/Next %d 0 R", f.markObject(i+1))
		}
		o.object("<</Title%s/Parent %d 0 R%s/Dest[%d 0 R/XYZ 0 %s 0]>>", hex(m.text), outlines, beside, f.pageObject(m.page), num(m.y))
	}
}

// objects is the body of a file.
type objects struct {
	bytes.Buffer
	begins []int
}

// object writes the next object.
func (o *objects) object(format string, args ...any) {
	o.begins = append(o.begins, o.Len())
	fmt.Fprintf(o, "%d 0 obj\n", len(o.begins))
	fmt.Fprintf(o, format, args...)
	o.WriteString("\nendobj\n")
}

// stream writes content, packed, as the next object. Packing into memory cannot fail.
func (o *objects) stream(entries string, content []byte) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(content)
	_ = z.Close()
	o.object("<</Length %d/Filter/FlateDecode%s>>\nstream\n%s\nendstream", packed.Len(), entries, packed.Bytes())
}

// finish writes where objects begin. The file's identity is the hash of all before,
// so that it is the same whenever it is made.
func (o *objects) finish() {
	identity := sha256.Sum256(o.Bytes())
	at := o.Len()
	fmt.Fprintf(o, "xref\n0 %d\n0000000000 65535 f \n", len(o.begins)+1)
	for _, begin := range o.begins {
		fmt.Fprintf(o, "%010d 00000 n \n", begin)
	}
	fmt.Fprintf(o, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(o.begins)+1, catalog, information, identity[:16], identity[:16], at)
}

// num prints a measure in hundredths of a point.
func num(x float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 3, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// hex is a text as PDF keeps texts: UTF-16 with a mark in front.
func hex(text string) string {
	raw := []byte{0xfe, 0xff}
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = binary.BigEndian.AppendUint16(raw, unit)
	}
	return fmt.Sprintf("<%X>", raw)
}
